//! A million rows with what they lead to. The memory of the process is measured, so that no other test is beside this one.

mod support;

use neko_orm::{Model, Pool, schema};
use support::{TempFile, counted, databases, resident_memory, run};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: i64,
    body: String,
}

const PARENTS: i64 = 1_000_000;

/// Each post has as many comments as its key modulo three.
async fn million_posts(db: &Pool) {
    schema::create::<(Post, Comment)>(db).await.unwrap();
    let numbers = format!("WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {PARENTS})");
    let comments = "SELECT n, 'c' FROM n JOIN (SELECT 1 AS m UNION SELECT 2) AS ms ON m <= n % 3";
    run(&format!("INSERT INTO posts {numbers} SELECT n, CONCAT('post ', n) FROM n"), db).await;
    run(&format!("INSERT INTO comments (post_id, body) {numbers} {comments}"), db).await;
}

fn expect_comments(post: &Post, comments: &[Comment]) {
    assert_eq!(comments.len() as i64, post.id % 3);
    assert!(comments.iter().all(|comment| comment.post_id == post.id));
}

async fn a_stream_is_bounded(db: Pool) {
    million_posts(&db).await;
    let query = Post::query().with(|p| p.comments);
    let before = resident_memory();
    let (mut rows, mut last, mut greatest) = (query.stream(&db), 0, before);
    while let Some((post, comments)) = rows.try_next().await.unwrap() {
        last += 1;
        assert_eq!(post.id, last);
        expect_comments(&post, &comments);
        if last % 50_000 == 0 {
            greatest = greatest.max(resident_memory());
        }
    }
    assert_eq!(last, PARENTS);
    if let (Some(before), Some(greatest)) = (before, greatest) {
        println!("resident memory: {before} KiB before, at most {greatest} KiB while streaming");
        assert!(greatest - before < 32 * 1024, "the rows pile up: {} KiB", greatest - before);
    }
}

/// One test for all, in this order: memory that the system has once given is not given back.
#[tokio::test]
async fn a_million_parents_pass_with_their_children() {
    let file = TempFile::new("million");
    let db = Pool::connect(&file.url()).await.unwrap();
    a_stream_is_bounded(db.clone()).await;
    databases::postgres(a_stream_is_bounded).await;
    databases::mysql(a_stream_is_bounded).await;
    let (loaded, statements) = counted(Post::query().with(|p| p.comments).to_vec(&db)).await;
    assert_eq!((loaded.len() as i64, statements), (PARENTS, 1));
    loaded.iter().for_each(|(post, comments)| expect_comments(post, comments));
}
