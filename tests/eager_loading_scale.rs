//! Relations loaded for tens of thousands of rows, and streamed with rows in chunks.

mod support;

use futures_util::TryStreamExt;
use neko_orm::{Model, Pool, Query, RowByRow, schema};
use support::{TempFile, counted, each, on_every_backend, recorded, run};

#[derive(Debug, Clone, PartialEq, Model)]
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
struct Comment {
    id: i64,
    post_id: i64,
    body: String,
}

fn posts() -> Query<Post> {
    Post::query().order_by(|p| p.id.asc())
}

/// Posts 1 to `count`, each with as many comments as the last digit of its key modulo three.
async fn many_posts(count: i64, db: &Pool) {
    schema::create::<(User, Post, Comment)>(db).await.unwrap();
    User::create().name("ann").insert(db).await.unwrap();
    let numbers = format!("WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count})");
    let posts = "SELECT n, CASE WHEN n % 2 = 1 THEN 1 END, CONCAT('post ', n) FROM n";
    let comments = "SELECT n, 'c' FROM n JOIN (SELECT 1 AS m UNION SELECT 2) AS ms ON m <= n % 3";
    run(&format!("INSERT INTO posts {numbers} {posts}"), db).await;
    run(&format!("INSERT INTO comments (post_id, body) {numbers} {comments}"), db).await;
}

fn expect_comments(post: &Post, comments: &[Comment]) {
    assert_eq!(comments.len() as i64, post.id % 3);
    assert!(comments.iter().all(|comment| comment.post_id == post.id));
}

on_every_backend! {
    async fn any_number_of_parents_is_loaded_by_one_statement(db) {
        const PARENTS: i64 = 40_000;
        many_posts(PARENTS, &db).await;
        let query = posts().with(|p| (p.author, p.comments.order_by(|c| c.id.asc()), p.comments.count()));
        let (loaded, statements) = counted(query.to_vec(&db)).await;
        // MySQL takes no more than 65,535 values in one statement.
        assert_eq!((loaded.len() as i64, statements), (PARENTS, each([1, 4, 6], &db)));
        for (position, (post, (author, comments, count))) in loaded.iter().enumerate() {
            assert_eq!(post.id, position as i64 + 1);
            assert_eq!(author.is_some(), post.author_id.is_some());
            assert_eq!(*count, post.id % 3);
            expect_comments(post, comments);
        }
        let limited = posts().with(|p| p.comments.limit(1)).to_vec(&db).await.unwrap();
        assert!(limited.iter().all(|(post, comments)| comments.len() as i64 == (post.id % 3).min(1)));
    }

    async fn a_stream_loads_chunk_by_chunk(db) {
        many_posts(2500, &db).await;
        let query = posts().with(|p| (p.author, p.comments.order_by(|c| c.id.asc())));
        let (streamed, statements) = recorded(query.stream(RowByRow(&db)).try_collect::<Vec<_>>()).await;
        assert_eq!(streamed.unwrap(), query.to_vec(&db).await.unwrap());
        assert_eq!(statements.len(), 3 * 3);
        let chunk = r#"ORDER BY "posts"."id" ASC LIMIT ?"#;
        assert!(statements[0].ends_with(chunk), "{}", statements[0]);
        assert!(statements[3].ends_with(&format!(r#"WHERE "posts"."id" > ? {chunk}"#)), "{}", statements[3]);
    }

    async fn a_stream_keeps_to_its_order_and_range(db) {
        many_posts(2500, &db).await;
        let orders: [fn(Query<Post>) -> Query<Post>; 6] = [
            |posts| posts,
            |posts| posts.order_by(|p| p.author_id.desc()),
            |posts| posts.order_by(|p| (p.author_id.asc().nulls_last(), p.title.desc())),
            |posts| posts.order_by(|p| (p.author_id.desc().nulls_first(), p.title.asc())),
            |posts| posts.order_by(|p| (p.comments.count().desc(), p.id.desc())),
            |posts| posts.order_by(|p| p.title.upper().desc()).filter(|p| p.id.gt(100)),
        ];
        for order in orders {
            for range in [|posts: Query<Post>| posts.limit(u64::MAX), |posts: Query<Post>| posts.limit(1700).offset(321)] {
                let query = range(order(Post::query())).with(|p| p.comments.count());
                let streamed: Vec<_> = query.stream(&db).try_collect().await.unwrap();
                let expected = query.to_vec(&db).await.unwrap();
                assert_eq!(streamed.len(), expected.len());
                assert!(streamed == expected);
            }
        }
    }
}

/// On SQLite in a file, which is written while it is read.
macro_rules! one_state {
    ($($backend:ident)*) => {
        mod one_state {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $backend() {
                    support::databases::$backend(a_pools_call_sees_one_state_of_the_database).await;
                }
            )*
        }
    };
}
one_state! { postgres mysql }

#[tokio::test]
async fn a_pools_call_sees_one_state_of_a_file() {
    let file = TempFile::new("one-state");
    a_pools_call_sees_one_state_of_the_database(Pool::connect(&file.url()).await.unwrap()).await;
}

async fn a_pools_call_sees_one_state_of_the_database(db: Pool) {
    many_posts(1500, &db).await;
    let mut rows = posts().with(|p| p.comments.count()).stream(&db);
    rows.try_next().await.unwrap();
    Comment::query().all_rows().delete(&db).await.unwrap();
    Post::query().filter(|p| p.id.gt(1200)).delete(&db).await.unwrap();
    let rest: Vec<_> = rows.try_collect().await.unwrap();
    assert_eq!(rest.len(), 1499);
    assert!(rest.iter().all(|(post, count)| *count == post.id % 3));
    assert_eq!(Post::query().count(&db).await.unwrap(), 1200);
}
