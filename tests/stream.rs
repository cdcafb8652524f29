//! Streams are lazy, bounded in memory, and leave the connection usable wherever they end.

mod support;

use futures_util::TryStreamExt;
use neko_orm::{Error, Model, schema};
use support::{counted, on_every_backend, recorded, run, with_connection};

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

on_every_backend! {
    async fn nothing_is_sent_before_the_first_row_is_asked_for(db) {
        let post = post_with_comments(&db, 3).await;
        let (_, statements) = recorded(async { drop(post.comments().stream(&db)) }).await;
        assert_eq!(statements.len(), 0);
        let read = async { post.comments().stream(&db).try_collect::<Vec<_>>().await };
        let (rows, statements) = counted(read).await;
        assert_eq!((rows.len(), statements), (3, 1));
    }

    async fn a_dropped_stream_leaves_the_connection_usable(db) {
        let post = post_with_comments(&db, 100_000).await;
        with_connection!(&db, |connection| {
            for taken in 0..20 {
                let mut rows = post.comments().stream(&mut connection);
                for _ in 0..taken {
                    rows.try_next().await.unwrap().unwrap();
                }
                drop(rows);
                assert_eq!(post.comments().count(&mut connection).await.unwrap(), 100_000);
                Post::create().insert(&mut connection).await.unwrap();
            }
        });
        assert_eq!(Post::query().count(&db).await.unwrap(), 21);
        let mut rows = post.comments().stream(&db);
        rows.try_next().await.unwrap();
        drop(rows);
        assert_eq!(Post::query().count(&db).await.unwrap(), 21);
    }

    async fn a_row_that_does_not_fit_is_an_error_in_its_place(db) {
        run("CREATE TABLE comments (id INTEGER PRIMARY KEY, post_id INTEGER, body TEXT)", &db).await;
        run("INSERT INTO comments (id, body) VALUES (1, 'a'), (2, NULL), (3, 'c')", &db).await;
        let mut rows = Comment::query().order_by(|c| c.id.asc()).stream(&db);
        assert_eq!(rows.try_next().await.unwrap().unwrap().body, "a");
        assert!(matches!(rows.try_next().await, Err(Error::Decode(_))));
        assert_eq!(rows.try_next().await.unwrap().unwrap().body, "c");
        assert_eq!(rows.try_next().await.unwrap(), None);
    }

    async fn a_statement_that_fails_is_an_error_of_the_stream(db) {
        let mut rows = Comment::query().stream(&db);
        assert!(matches!(rows.try_next().await, Err(Error::Statement(_))));
    }
}
