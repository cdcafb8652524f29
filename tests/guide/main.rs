//! The guide shows the statements that are sent.

mod relations;
#[path = "../support/mod.rs"]
mod support;

use neko_orm::{Model, schema};
use support::{recorded, unquoted};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post, id = "author_id")]
struct User {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User as author)]
#[has_many(Comment)]
struct Post {
    id: i64,
    author_id: Option<i64>,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
#[belongs_to(User as author)]
struct Comment {
    id: i64,
    post_id: i64,
    author_id: i64,
    body: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "categories")]
#[belongs_to(Category as parent)]
#[has_many(Category as children, id = "parent_id")]
struct Category {
    id: i64,
    parent_id: Option<i64>,
    name: String,
}

mod nested {
    use super::Model;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[has_many(Comment)]
    #[has_many(Link)]
    pub struct Post {
        id: i64,
        title: String,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(Post)]
    #[has_many(Like)]
    pub struct Comment {
        id: i64,
        post_id: i64,
        body: String,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(Comment)]
    pub struct Like {
        id: i64,
        comment_id: i64,
        stars: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(Post)]
    pub struct Link {
        id: i64,
        post_id: i64,
        url: String,
    }
}

/// The blocks of SQL in a chapter, each on one line.
fn statements(chapter: &str) -> Vec<String> {
    let blocks = chapter.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.map(|block| block.trim().replace("(\n", "(").replace('\n', " ")).collect()
}

#[tokio::test]
async fn the_statements_of_eager_loading() {
    let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
    schema::create::<(User, Post, Comment)>(&db).await.unwrap();
    let users = User::insert_all(["a", "b"].map(|name| User::create().name(name)), &db).await.unwrap();
    for user in &users {
        let post = user.posts().create().title("a").insert(&db).await.unwrap();
        post.comments().create().author_id(user.id).body("b").insert(&db).await.unwrap();
    }
    let page = Post::query().with(|p| {
        let newest = p.comments.order_by(|c| c.id.desc()).limit(3);
        (p.author, newest.with(|c| c.author), p.comments.count())
    });
    let (result, mut sent) = recorded(page.to_vec(neko_orm::RowByRow(&db))).await;
    assert_eq!(result.unwrap().len(), 2);
    let (result, in_one) = recorded(Post::query().with(|p| p.comments).to_vec(&db)).await;
    assert_eq!(result.unwrap().len(), 2);
    sent.extend(in_one);
    let mut told = statements(include_str!("../../neko-orm/src/guide/eager_loading.md"));
    let on_postgres = told.split_off(told.len() - 2);
    assert_eq!(sent, told);
    support::databases::postgres(async |db| {
        schema::create::<(User, Post, Comment)>(&db).await.unwrap();
        let few = Post::query().order_by(|p| p.id.asc()).limit(20).with(|p| p.comments);
        let (result, mut sent) = recorded(few.to_vec(&db)).await;
        assert_eq!(result.unwrap().len(), 0);
        let counts = User::query().order_by(|u| u.name.asc()).with(|u| u.posts.count());
        let (result, counted) = recorded(counts.to_vec(&db)).await;
        assert_eq!(result.unwrap().len(), 0);
        sent.extend(counted);
        assert_eq!(sent, on_postgres);
    })
    .await;
}

#[test]
fn the_statements_of_trees() {
    let animals = Category { id: 1, parent_id: None, name: "animals".into() };
    let lions = Category { id: 3, parent_id: Some(2), name: "lions".into() };
    let queries = [animals.children().descendants().into_query(), lions.parent().ancestors().into_query()];
    let sent = queries.map(|query| unquoted(&query.to_sql(neko_orm::Dialect::Sqlite).unwrap()));
    assert_eq!(sent.as_slice(), statements(include_str!("../../neko-orm/src/guide/trees.md")));
}

#[tokio::test]
async fn the_statements_of_nested_create() {
    use nested::{Comment, Like, Link, Post};
    let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
    schema::create::<(Post, Comment, Like, Link)>(&db).await.unwrap();
    let comments = [
        Comment::create().body("Nice").with(|c| c.likes, [Like::create().stars(5), Like::create().stars(4)]),
        Comment::create().body("Hm").with(|c| c.likes, [Like::create().stars(1)]),
    ];
    let post =
        Post::create().title("Hello").with(|p| p.comments, comments).with(|p| p.links, [Link::create().url("a")]);
    let (result, sent) = recorded(post.insert(&db)).await;
    result.unwrap();
    assert_eq!(sent, statements(include_str!("../../neko-orm/src/guide/nested_create.md")));
}
