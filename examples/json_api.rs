//! A JSON API with axum: one handler returns a page of posts, each with its author, its three newest comments with their
//! authors, and the number of its comments. Six statements for a page, whatever its size.
//!
//! `cargo run --example json_api`, then `curl 'http://127.0.0.1:3000/posts?page=1&search=rust'`

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use neko_orm::Model;
use serde::{Deserialize, Serialize};
use sqlx::SqlitePool;

#[derive(Debug, Clone, Serialize, Model)]
#[has_many(Post, id = "author_id")]
pub struct User {
    pub id: i64,
    pub name: String,
}

#[derive(Debug, Clone, Serialize, Model)]
#[belongs_to(User as author)]
#[has_many(Comment)]
pub struct Post {
    pub id: i64,
    pub author_id: i64,
    pub title: String,
}

#[derive(Debug, Clone, Serialize, Model)]
#[belongs_to(Post)]
#[belongs_to(User as author)]
pub struct Comment {
    pub id: i64,
    pub post_id: i64,
    pub author_id: Option<i64>,
    pub body: String,
}

#[derive(Debug, Serialize)]
pub struct PostWithComments {
    #[serde(flatten)]
    post: Post,
    author: User,
    newest_comments: Vec<CommentWithAuthor>,
    comments: i64,
}

#[derive(Debug, Serialize)]
pub struct CommentWithAuthor {
    #[serde(flatten)]
    comment: Comment,
    author: Option<User>,
}

#[derive(Debug, Serialize)]
pub struct PageOfPosts {
    posts: Vec<PostWithComments>,
    page: u64,
    pages: u64,
    total: i64,
}

#[derive(Debug, Deserialize)]
pub struct Parameters {
    page: Option<u64>,
    search: Option<String>,
}

async fn posts(
    State(db): State<SqlitePool>,
    Query(Parameters { page, search }): Query<Parameters>,
) -> Result<Json<PageOfPosts>, StatusCode> {
    const SIZE: u64 = 20;
    let page = Post::query()
        .filter(|p| search.map(|search| p.title.contains(search))) // no filter where there is nothing to search for
        .order_by(|p| p.id.desc())
        .with(|p| {
            let newest = p.comments.order_by(|c| c.id.desc()).limit(3); // three for each post
            (p.author, newest.with(|c| c.author), p.comments.count())
        })
        .page(page.unwrap_or(1), SIZE, &db)
        .await
        .map_err(|error| {
            eprintln!("{error}");
            StatusCode::INTERNAL_SERVER_ERROR
        })?;
    let (number, pages, total) = (page.number, page.pages(), page.total);
    // The type says what was loaded: (Post, (User, Vec<(Comment, Option<User>)>, i64)).
    let posts = page.items.into_iter().map(|(post, (author, newest, comments))| {
        let newest = newest.into_iter().map(|(comment, author)| CommentWithAuthor { comment, author });
        PostWithComments { post, author, newest_comments: newest.collect(), comments }
    });
    Ok(Json(PageOfPosts { posts: posts.collect(), page: number, pages, total }))
}

pub fn app(db: SqlitePool) -> Router {
    Router::new().route("/posts", get(posts)).with_state(db)
}

/// A database in memory with something in it.
pub async fn database() -> neko_orm::Result<SqlitePool> {
    let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    neko_orm::schema::create::<(User, Post, Comment)>(&db).await?;
    let users = User::insert_all(["Ann", "Bob"].map(|name| User::create().name(name)), &db).await?;
    let titles = (1..=45).map(|number| format!("{} number {number}", if number % 3 == 0 { "Rust" } else { "Cats" }));
    let authors = users.iter().cycle();
    let new = titles.zip(authors).map(|(title, author)| author.posts().create().title(title));
    let posts = Post::insert_all(new, &db).await?;
    let new = posts.iter().flat_map(|post| {
        let author_of = move |number: i64| (number % 3 != 0).then_some(number % 3);
        let comment =
            move |number| post.comments().create().author_id(author_of(number)).body(format!("comment {number}"));
        (0..post.id % 6).map(comment)
    });
    Comment::insert_all(new, &db).await?;
    Ok(db)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = app(database().await?);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    println!("http://{}/posts?page=1&search=Rust", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
