//! Calls against the same statements by hand in sqlx, interleaved in one run:
//! `cargo test --release --test speed -- --ignored --nocapture`

use std::collections::HashMap;
use std::time::{Duration, Instant};

use neko_orm::{Model, schema};
use sqlx::{Row, SqliteConnection, SqlitePool};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
#[belongs_to_many(Tag)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: Option<i64>,
    body: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Tag {
    id: i64,
    name: String,
}

/// Runs both in turn and prints the medians and their ratio.
macro_rules! compare {
    ($name:expr, $rounds:expr, $by_hand:expr, $by_orm:expr) => {{
        let (mut by_hand, mut by_orm) = (Vec::new(), Vec::new());
        for _ in 0..$rounds {
            let start = Instant::now();
            std::hint::black_box($by_hand);
            by_hand.push(start.elapsed());
            let start = Instant::now();
            std::hint::black_box($by_orm);
            by_orm.push(start.elapsed());
        }
        let (by_hand, by_orm) = (median(by_hand), median(by_orm));
        let ratio = by_orm.as_secs_f64() / by_hand.as_secs_f64();
        println!("{:32} by hand {by_hand:>10.1?}  neko-orm {by_orm:>10.1?}  ratio {ratio:.3}", $name);
    }};
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

async fn comments_by_hand(post: i64, db: &mut SqliteConnection) -> Vec<Comment> {
    let sql = r#"SELECT "comments"."id", "comments"."post_id", "comments"."body" FROM "comments" WHERE "comments"."post_id" = ?"#;
    let rows = sqlx::query(sql).bind(post).fetch_all(db).await.unwrap();
    rows.iter().map(comment).collect()
}

fn comment(row: &sqlx::sqlite::SqliteRow) -> Comment {
    Comment { id: row.get(0), post_id: row.get(1), body: row.get(2) }
}

async fn insert_by_hand(sql: &'static str, bodies: &[String], db: &SqlitePool) -> Vec<Comment> {
    let mut transaction = db.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let mut query = sqlx::query(sql);
    for body in bodies {
        query = query.bind(None::<i64>).bind(body.clone());
    }
    let rows = query.fetch_all(&mut *transaction).await.unwrap();
    let comments = rows.iter().map(comment).collect();
    transaction.commit().await.unwrap();
    comments
}

#[tokio::test]
#[ignore = "a measurement"]
async fn calls_take_as_long_as_their_statements() {
    let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
    schema::create::<(Post, Comment)>(&db).await.unwrap();
    let sizes = [1, 10, 100, 1000];
    for size in sizes {
        let post = Post::create().title("a").insert(&db).await.unwrap();
        let rows = (0..size).map(|number| post.comments().create().body(format!("comment number {number}")));
        Comment::insert_all(rows, &db).await.unwrap();
    }
    let posts = Post::query().to_vec(&db).await.unwrap();
    let mut connection = db.acquire().await.unwrap();
    for (post, size) in posts.iter().zip(sizes) {
        assert_eq!(
            comments_by_hand(post.id, &mut connection).await,
            post.comments().to_vec(&mut connection).await.unwrap()
        );
        compare!(
            format!("to_vec of {size}, held connection"),
            2000,
            comments_by_hand(post.id, &mut connection).await,
            post.comments().to_vec(&mut connection).await.unwrap()
        );
    }
    let find = r#"SELECT "posts"."id", "posts"."title" FROM "posts" WHERE "posts"."id" = ?"#;
    compare!(
        "find, held connection",
        5000,
        {
            let row = sqlx::query(find).bind(1_i64).fetch_one(&mut *connection).await.unwrap();
            Post { id: row.get(0), title: row.get(1) }
        },
        Post::find(1, &mut connection).await.unwrap()
    );
    drop(connection);
    compare!(
        "to_vec of 10, pool",
        2000,
        comments_by_hand(2, &mut db.acquire().await.unwrap()).await,
        posts[1].comments().to_vec(&db).await.unwrap()
    );

    let bodies: Vec<String> = (0..1000).map(|number| format!("comment number {number}")).collect();
    let values = vec!["(?, ?)"; 1000].join(", ");
    let returning = r#"RETURNING "comments"."id", "comments"."post_id", "comments"."body""#;
    let sql = format!(r#"INSERT INTO "comments" ("post_id", "body") VALUES {values} {returning}"#);
    let sql: &'static str = sql.leak();
    compare!(
        "insert_all of 1000, pool",
        300,
        insert_by_hand(sql, &bodies, &db).await,
        Comment::insert_all(bodies.iter().map(|body| Comment::create().body(body.as_str())), &db).await.unwrap()
    );
    let mut hundred = posts[2].comments().to_vec(&db).await.unwrap();
    let ids = serde_json::to_string(&hundred.iter().map(|comment| comment.id).collect::<Vec<_>>()).unwrap();
    compare!(
        "associate 100, pool",
        1000,
        {
            let mut transaction = db.begin_with("BEGIN IMMEDIATE").await.unwrap();
            let sql = r#"UPDATE "comments" SET "post_id" = ? WHERE "id" IN (SELECT "value" FROM json_each(?))"#;
            sqlx::query(sql).bind(1_i64).bind(ids.clone()).execute(&mut *transaction).await.unwrap();
            transaction.commit().await.unwrap();
        },
        posts[0].comments().associate(&mut hundred, &db).await.unwrap()
    );
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Article)]
struct User {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Remark)]
struct Article {
    id: i64,
    user_id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Remark {
    id: i64,
    article_id: i64,
    body: String,
}

type Loaded = Vec<(User, Vec<(Article, Vec<Remark>)>)>;

/// The children of parents with these keys, each with the key that it belongs to.
async fn children_by_hand<T>(
    sql: &'static str,
    keys: &[i64],
    read: fn(&sqlx::sqlite::SqliteRow) -> T,
    db: &mut SqliteConnection,
) -> Vec<T> {
    let keys = serde_json::to_string(keys).unwrap();
    sqlx::query(sql).bind(keys).fetch_all(db).await.unwrap().iter().map(read).collect()
}

/// Three statements, decoded by position, grouped by maps from keys.
async fn graph_by_hand(users: Vec<User>, db: &mut SqliteConnection) -> Loaded {
    let keys: Vec<_> = users.iter().map(|user| user.id).collect();
    let sql = r#"SELECT "articles"."id", "articles"."user_id", "articles"."title" FROM "articles" WHERE "articles"."user_id" IN (SELECT "value" FROM json_each(?))"#;
    let read = |row: &sqlx::sqlite::SqliteRow| Article { id: row.get(0), user_id: row.get(1), title: row.get(2) };
    let articles = children_by_hand(sql, &keys, read, db).await;
    let keys: Vec<_> = articles.iter().map(|article| article.id).collect();
    let sql = r#"SELECT "remarks"."id", "remarks"."article_id", "remarks"."body" FROM "remarks" WHERE "remarks"."article_id" IN (SELECT "value" FROM json_each(?))"#;
    let read = |row: &sqlx::sqlite::SqliteRow| Remark { id: row.get(0), article_id: row.get(1), body: row.get(2) };
    let mut by_article: HashMap<i64, Vec<Remark>> = HashMap::new();
    for remark in children_by_hand(sql, &keys, read, db).await {
        by_article.entry(remark.article_id).or_default().push(remark);
    }
    let mut by_user: HashMap<i64, Vec<(Article, Vec<Remark>)>> = HashMap::new();
    for article in articles {
        let remarks = by_article.remove(&article.id).unwrap_or_default();
        by_user.entry(article.user_id).or_default().push((article, remarks));
    }
    let with_articles = |user: User| {
        let articles = by_user.remove(&user.id).unwrap_or_default();
        (user, articles)
    };
    users.into_iter().map(with_articles).collect()
}

async fn users_by_hand(sql: &'static str, db: &mut SqliteConnection) -> Vec<User> {
    let rows = sqlx::query(sql).bind(42_i64).fetch_all(db).await.unwrap();
    rows.iter().map(|row| User { id: row.get(0), name: row.get(1) }).collect()
}

#[tokio::test]
#[ignore = "a measurement"]
async fn graphs_take_as_long_as_their_statements() {
    let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
    schema::create::<(User, Article, Remark)>(&db).await.unwrap();
    let users = (0..100).map(|number| User::create().name(format!("user {number}")));
    let users = User::insert_all(users, &db).await.unwrap();
    let articles =
        users.iter().flat_map(|user| (0..10).map(|n| user.articles().create().title(format!("article {n}"))));
    let articles = Article::insert_all(articles, &db).await.unwrap();
    let remarks =
        articles.iter().flat_map(|article| (0..10).map(|n| article.remarks().create().body(format!("remark {n}"))));
    Remark::insert_all(remarks, &db).await.unwrap();

    let mut connection = db.acquire().await.unwrap();
    let all = r#"SELECT "users"."id", "users"."name" FROM "users" WHERE ? > 0"#;
    let one = r#"SELECT "users"."id", "users"."name" FROM "users" WHERE "users"."id" = ?"#;
    let query = User::query().with(|u| u.articles.with(|a| a.remarks));
    for (name, rounds, sql, query) in [
        ("100 users x 10 x 10, held", 300, all, query.clone()),
        ("1 user x 10 x 10, held", 5000, one, query.clone().filter(|u| u.id.eq(42))),
    ] {
        let by_hand = graph_by_hand(users_by_hand(sql, &mut connection).await, &mut connection).await;
        assert_eq!(by_hand, query.to_vec(&mut connection).await.unwrap());
        compare!(
            name,
            rounds,
            graph_by_hand(users_by_hand(sql, &mut connection).await, &mut connection).await,
            query.to_vec(&mut connection).await.unwrap()
        );
    }
}

const TAGS_OF_POSTS: &str = r#"SELECT "tags"."id", "tags"."name", "post_tag"."post_id" FROM "post_tag"
    JOIN "tags" ON "tags"."id" = "post_tag"."tag_id"
    WHERE "post_tag"."post_id" IN (SELECT "value" FROM json_each(?))"#;

fn tag(row: &sqlx::sqlite::SqliteRow) -> Tag {
    Tag { id: row.get(0), name: row.get(1) }
}

async fn tags_by_hand(posts: &[Post], db: &mut SqliteConnection) -> Vec<Vec<Tag>> {
    let keys = format!("[{}]", posts.iter().map(|post| post.id.to_string()).collect::<Vec<_>>().join(","));
    let positions: HashMap<i64, usize> = posts.iter().enumerate().map(|(position, post)| (post.id, position)).collect();
    let mut lists = vec![Vec::new(); posts.len()];
    for row in sqlx::query(TAGS_OF_POSTS).bind(keys).fetch_all(db).await.unwrap() {
        lists[positions[&row.get::<i64, _>(2)]].push(tag(&row));
    }
    lists
}

async fn tags_of_one_by_hand(post: i64, db: &mut SqliteConnection) -> Vec<Tag> {
    let sql = r#"SELECT "tags"."id", "tags"."name" FROM "tags"
        JOIN "post_tag" ON "tags"."id" = "post_tag"."tag_id" WHERE "post_tag"."post_id" = ?"#;
    sqlx::query(sql).bind(post).fetch_all(db).await.unwrap().iter().map(tag).collect()
}

#[tokio::test]
#[ignore = "a measurement"]
async fn many_to_many_takes_as_long_as_its_statements() {
    const POSTS: usize = 1000;
    let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
    schema::create::<(Post, Comment, Tag)>(&db).await.unwrap();
    let posts = Post::insert_all((0..POSTS).map(|n| Post::create().title(format!("post {n}"))), &db).await.unwrap();
    Tag::insert_all((0..100).map(|n| Tag::create().name(format!("tag {n}"))), &db).await.unwrap();
    for post in &posts {
        post.tags().associate((0..10).map(|n| (post.id * 7 + n * 3) % 100 + 1), &db).await.unwrap();
    }
    let mut connection = db.acquire().await.unwrap();
    let by_orm = Post::load(&posts, |p| p.tags, &mut connection).await.unwrap();
    for (mut by_hand, mut by_orm) in tags_by_hand(&posts, &mut connection).await.into_iter().zip(by_orm) {
        by_hand.sort_by_key(|tag| tag.id);
        by_orm.sort_by_key(|tag| tag.id);
        assert_eq!(by_hand, by_orm);
    }
    for count in [1, 100, POSTS] {
        compare!(
            format!("10 tags of {count} posts"),
            300,
            tags_by_hand(&posts[..count], &mut connection).await,
            Post::load(&posts[..count], |p| p.tags, &mut connection).await.unwrap()
        );
    }
    compare!(
        "tags().to_vec of 10",
        2000,
        tags_of_one_by_hand(5, &mut connection).await,
        posts[4].tags().to_vec(&mut connection).await.unwrap()
    );
}
