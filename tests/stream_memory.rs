//! A million rows in a stream. The memory of the process is measured, so that no other test is beside this one.

mod support;

use neko_orm::{Model, schema};
use support::{on_every_backend, resident_memory, run};
use tokio::sync::Mutex;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
    post_id: Option<i64>,
    body: String,
}

async fn post_with_comments(db: &neko_orm::Pool, count: usize) -> Post {
    schema::create::<(Post, Comment)>(db).await.unwrap();
    let post = Post::create().insert(db).await.unwrap();
    let sql = format!(
        "INSERT INTO comments (id, post_id, body) WITH RECURSIVE numbers (n) AS \
        (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) SELECT n, 1, CONCAT('comment number ', n) FROM numbers"
    );
    run(&sql, db).await;
    post
}

/// What one database in memory takes is not to be measured for another.
static ALONE: Mutex<()> = Mutex::const_new(());

on_every_backend! {
    async fn a_million_rows_pass_in_bounded_memory(db) {
        let _alone = ALONE.lock().await;
        let post = post_with_comments(&db, 1_000_000).await;
        let before = resident_memory();
        let mut rows = post.comments().stream(&db);
        let mut greatest = before;
        let (mut count, mut sum) = (0_i64, 0_i64);
        while let Some(comment) = rows.try_next().await.unwrap() {
            count += 1;
            sum += comment.id;
            if count % 50_000 == 0 {
                greatest = greatest.max(resident_memory());
            }
        }
        assert_eq!((count, sum), (1_000_000, 500_000_500_000));
        if let (Some(before), Some(greatest)) = (before, greatest) {
            println!("resident memory: {before} KiB before, at most {greatest} KiB while streaming");
            assert!(greatest - before < 32 * 1024, "the rows pile up: {} KiB", greatest - before);
        }
    }
}
