//! All or nothing: savepoints, transactions that the database ends by itself, writers that meet, and calls cut short.

mod support;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use neko_orm::{Error, Model, schema};
use sqlx::Connection as _;
use support::{TempFile, on_every_driver, on_sqlite, triggers};

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

on_every_driver! {
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

    async fn a_transaction_begun_by_hand_is_left_as_it_was(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let mut connection = db.acquire().await.unwrap();
        sqlx::raw_sql("BEGIN").execute(&mut *connection).await.unwrap();
        let rows = ["a", "b"].map(|title| Post::create().title(title));
        Post::insert_all(rows, &mut connection).await.unwrap();
        sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await.unwrap();
        assert_eq!(Post::query().count(&mut connection).await.unwrap(), 0);
        Post::insert_all([Post::create().title("a")], &mut connection).await.unwrap();
        assert_eq!(Post::query().count(&mut connection).await.unwrap(), 1);
    }

    /// On PostgreSQL, it is ended by a statement that fails.
    async fn a_row_that_is_not_there_leaves_nothing_in_a_transaction_begun_by_hand(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let post = Post::create().title("a").insert(&db).await.unwrap();
        let mut comments = Comment::insert_all((0..2).map(|_| Comment::create()), &db).await.unwrap();
        let mut connection = db.acquire().await.unwrap();
        sqlx::raw_sql("BEGIN").execute(&mut *connection).await.unwrap();
        assert_eq!(Comment::query().all_rows().update(|c| c.post_id.set(post.id), &mut connection).await.unwrap(), 2);
        post.comments().dissociate(&mut comments, &mut connection).await.unwrap();
        assert_eq!(post.comments().count(&mut connection).await.unwrap(), 0);
        let [first, second] = &mut comments[..] else { unreachable!() };
        let mut ghost = Comment { id: 9, post_id: None };
        let error = post.comments().associate([first, second, &mut ghost], &mut connection).await.unwrap_err();
        assert!(matches!(error, Error::NotFound { ref key, .. } if key.contains('9')), "{error}");
        sqlx::raw_sql("COMMIT").execute(&mut *connection).await.unwrap();
        assert_eq!(post.comments().count(&mut connection).await.unwrap(), 0);
        post.comments().associate(&mut comments, &mut connection).await.unwrap();
        assert_eq!(post.comments().count(&mut connection).await.unwrap(), 2);
    }

    async fn a_panic_while_rows_are_prepared_leaves_none_in_a_transaction_begun_by_hand(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        for panics_at in [10, 300, 8192, 8200] {
            let mut connection = db.acquire().await.unwrap();
            sqlx::raw_sql("BEGIN").execute(&mut *connection).await.unwrap();
            Post::create().title("before").insert(&mut connection).await.unwrap();
            let rows = (0..9000).map(|position| {
                assert_ne!(position, panics_at, "as meant");
                Post::create().title("a")
            });
            let imported = AssertUnwindSafe(async { Post::import_all(rows, &mut connection).await });
            assert!(imported.catch_unwind().await.is_err());
            assert_eq!(Post::query().count(&mut connection).await.unwrap(), 1, "row {panics_at}");
            sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await.unwrap();
        }
    }
}

on_sqlite! {
    async fn a_statement_on_a_lent_connection_is_undone_alone_and_leaves_it_usable(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let post = Post::create().title("a").insert(&db).await.unwrap();
        let other = Post::create().title("b").insert(&db).await.unwrap();
        let mut comments = Comment::insert_all((0..3).map(|_| Comment::create()), &db).await.unwrap();
        let mut ghost = Comment { id: 9, post_id: None };
        triggers::refuse("UPDATE", "comments", "new.id = 3 AND new.post_id = 2", &neko_orm::Pool::from(db.clone())).await;
        let mut connection = db.acquire().await.unwrap();
        for begin in ["SELECT 1", "BEGIN", "SAVEPOINT own"] {
            sqlx::raw_sql(begin).execute(&mut *connection).await.unwrap();
            post.comments().associate(&mut comments, &mut connection).await.unwrap();
            let error = other.comments().associate(&mut comments, &mut connection).await.unwrap_err();
            assert!(error.to_string().contains("refused"), "{error}");
            let [first, second, _] = &mut comments[..] else { unreachable!() };
            let error = other.comments().associate([first, second, &mut ghost], &mut connection).await.unwrap_err();
            assert_eq!(error.to_string(), "no row of `comments` has the key 9");
            assert!(comments.iter().all(|comment| comment.post_id == Some(post.id)));
            let changed = Comment::query().filter(|c| c.post_id.eq(post.id)).update(|c| c.post_id.set(post.id), &mut connection);
            assert_eq!(changed.await.unwrap(), 3);
            let missing = Comment::query().filter(|c| c.id.gt(0)).update(|c| c.post_id.set(99), &mut connection).await;
            assert!(matches!(missing, Err(Error::ForeignKeyViolation(_))), "{missing:?}");
            assert_eq!(post.comments().count(&mut connection).await.unwrap(), 3);
        }
        sqlx::raw_sql("RELEASE own; ROLLBACK").execute(&mut *connection).await.unwrap();
        assert_eq!(post.comments().count(&mut connection).await.unwrap(), 3);
    }

    async fn a_constraint_that_waits_for_the_end_fails_a_statement_on_a_lent_connection(db) {
        let tables = r#"CREATE TABLE "posts" ("id" INTEGER PRIMARY KEY, "title" TEXT NOT NULL) STRICT;
            CREATE TABLE "comments" ("id" INTEGER PRIMARY KEY,
                "post_id" INTEGER REFERENCES "posts" ("id") DEFERRABLE INITIALLY DEFERRED) STRICT;"#;
        sqlx::raw_sql(tables).execute(&db).await.unwrap();
        Comment::insert_all((0..3).map(|_| Comment::create()), &db).await.unwrap();
        let mut connection = db.acquire().await.unwrap();
        let update = Comment::query().all_rows().update(|c| c.post_id.set(99), &mut connection).await;
        assert!(matches!(update, Err(Error::ForeignKeyViolation(_))), "{update:?}");
        assert_eq!(Comment::query().filter(|c| c.post_id.is_null()).count(&mut connection).await.unwrap(), 3);
        Comment::create().insert(&mut connection).await.unwrap();
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

    async fn a_transaction_that_is_lost_below_savepoints_can_be_rolled_back_and_the_connection_is_good_again(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        sqlx::raw_sql(ROLLBACK_TRIGGER).execute(&db).await.unwrap();
        for depth in 0..3 {
            let mut transaction = db.begin().await.unwrap();
            Post::create().title("a").insert(&mut transaction).await.unwrap();
            nested(&mut transaction, depth).await;
            transaction.rollback().await.unwrap();
            assert_eq!(Post::query().count(&db).await.unwrap(), 0);
        }
        let mut transaction = db.begin().await.unwrap();
        Post::create().title("kept").insert(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(Post::query().count(&db).await.unwrap(), 1);
    }
}

/// Loses the transaction below so many savepoints, by a batch and by a single row.
async fn nested(connection: &mut sqlx::SqliteConnection, depth: usize) {
    if depth == 0 {
        let rows = ["x", "bad"].map(|title| Post::create().title(title));
        let error = Post::insert_all(rows, &mut *connection).await.unwrap_err();
        assert!(matches!(error, Error::TransactionLost(_)), "{error}");
        Post::create().title("bad").insert(connection).await.unwrap_err();
        return;
    }
    let mut savepoint = connection.begin().await.unwrap();
    Box::pin(nested(&mut savepoint, depth - 1)).await;
    savepoint.rollback().await.unwrap();
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
