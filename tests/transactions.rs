//! All or nothing: savepoints, transactions that the database ends by itself, writers that meet, and calls cut short.

mod support;

use std::time::Duration;

use neko_orm::{Error, Model, schema};
use support::{TempFile, on_every_backend};

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
    post_id: Option<i64>,
}

const ROLLBACK_TRIGGER: &str = r#"CREATE TRIGGER "refuse" BEFORE INSERT ON "posts" WHEN new."title" = 'bad'
    BEGIN SELECT RAISE(ROLLBACK, 'refused'); END"#;

on_every_backend! {
    async fn a_call_that_fails_inside_a_transaction_undoes_itself_alone(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let post = Post::create().title("a").insert(&db).await.unwrap();
        let mut comment = Comment::create().insert(&db).await.unwrap();
        let mut ghost = Comment { id: 9, post_id: None };
        let mut transaction = db.begin().await.unwrap();
        Post::create().title("b").insert(&mut transaction).await.unwrap();
        post.comments().associate([&mut comment, &mut ghost], &mut transaction).await.unwrap_err();
        assert_eq!(post.comments().count(&mut transaction).await.unwrap(), 0);
        transaction.commit().await.unwrap();
        assert_eq!(Post::query().count(&db).await.unwrap(), 2);
        assert_eq!(post.comments().count(&db).await.unwrap(), 0);
    }

    async fn a_transaction_that_the_database_ended_is_reported_and_nothing_commits_by_itself(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        sqlx::raw_sql(ROLLBACK_TRIGGER).execute(&db).await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        Post::create().title("a").insert(&mut transaction).await.unwrap();
        let error = Post::create().title("bad").insert(&mut transaction).await.unwrap_err();
        assert!(matches!(error, Error::TransactionLost(_)), "{error}");
        // To SQLite, this would be a statement of its own, committed at once.
        Post::create().title("b").insert(&mut transaction).await.unwrap();
        drop(transaction);
        assert_eq!(Post::query().count(&db).await.unwrap(), 0);
    }

    async fn a_batch_that_loses_its_own_transaction_leaves_the_connection_usable(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        sqlx::raw_sql(ROLLBACK_TRIGGER).execute(&db).await.unwrap();
        for _ in 0..3 {
            let rows = ["a", "bad", "b"].map(|title| Post::create().title(title));
            Post::insert_all(rows, &db).await.unwrap_err();
            let error = Post::create().title("bad").insert(&db).await.unwrap_err();
            assert!(matches!(error, Error::Statement(_)), "{error}");
        }
        let mut transaction = db.begin().await.unwrap();
        Post::create().title("c").insert(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(Post::query().count(&db).await.unwrap(), 1);
    }

    async fn a_call_that_is_dropped_half_way_leaves_all_or_nothing_and_a_usable_connection(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let mut rows_before = 0;
        for micros in (0..2000).step_by(50) {
            let rows = (0..2000).map(|number| Post::create().title(number.to_string()));
            let call = Post::insert_all(rows, &db);
            let _ = tokio::time::timeout(Duration::from_micros(micros), call).await;
            let rows = Post::query().count(&db).await.unwrap();
            assert!(rows == rows_before || rows == rows_before + 2000, "{rows} rows after {rows_before}");
            rows_before = rows;
        }
        let mut transaction = db.begin().await.unwrap();
        Post::create().title("last").insert(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(Post::query().count(&db).await.unwrap(), rows_before + 1);
    }
}

/// A transaction that begins by reading cannot write once another one has: SQLite says BUSY at once, whatever the timeout.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_wait_for_each_other() {
    let file = TempFile::new("writers");
    let db = neko_orm::sqlite::connect(&file.url()).await.unwrap();
    schema::create::<(Post, Comment)>(&db).await.unwrap();
    let post = Post::create().title("a").insert(&db).await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (db, post) = (db.clone(), post.clone());
            tokio::spawn(async move {
                for _ in 0..20 {
                    let mut comments = Comment::insert_all([Comment::create(), Comment::create()], &db).await?;
                    post.comments().associate(&mut comments, &db).await?;
                    post.comments().dissociate(&mut comments, &db).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(Comment::query().count(&db).await.unwrap(), 320);
    assert_eq!(post.comments().count(&db).await.unwrap(), 0);
}
