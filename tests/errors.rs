//! What the database refuses is the same error on every backend, whatever the code and the words.

mod support;

use neko_orm::{Error, Model, Pool, Transaction, schema};
use support::{TempFile, each, on_every_backend, run_each};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
    title: String,
    rating: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: i64,
}

async fn two_posts(db: &Pool) -> [Post; 2] {
    schema::create::<(Post, Comment)>(db).await.unwrap();
    let posts = Post::insert_all(["a", "b"].map(|title| Post::create().title(title).rating(0)), db).await.unwrap();
    posts.try_into().unwrap()
}

/// Runs a statement by hand in a transaction.
async fn run_in(sql: &str, transaction: &mut Transaction) {
    let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
    match transaction {
        Transaction::Sqlite(transaction) => sql.execute(&mut **transaction).await.map(drop).unwrap(),
        Transaction::Postgres(transaction) => sql.execute(&mut **transaction).await.map(drop).unwrap(),
        Transaction::MySql(transaction) => sql.execute(&mut **transaction).await.map(drop).unwrap(),
        _ => unreachable!(),
    }
}

on_every_backend! {
    async fn a_failure_in_a_transaction_leaves_the_transaction_usable(db) {
        let [post, _] = two_posts(&db).await;
        let mut transaction = db.begin().await.unwrap();
        let error = Post::create().id(post.id).title("x").rating(0).insert(&mut transaction).await.unwrap_err();
        assert!(matches!(error, Error::UniqueViolation(_)), "{error}");
        let error = Comment::create().post_id(77).insert(&mut transaction).await.unwrap_err();
        assert!(matches!(error, Error::ForeignKeyViolation(_)), "{error}");
        Comment::create().post_id(post.id).insert(&mut transaction).await.unwrap();
        let error = post.delete(&mut transaction).await.unwrap_err();
        assert!(matches!(error, Error::ForeignKeyViolation(_)), "{error}");
        transaction.commit().await.unwrap();
        assert_eq!(Comment::query().count(&db).await.unwrap(), 1);
    }

    /// PostgreSQL ends a transaction in which a statement has failed, and says "COMMIT" is done when it has rolled back.
    async fn a_commit_that_would_write_nothing_is_an_error(db) {
        let [mut post, _] = two_posts(&db).await;
        let mut transaction = db.begin().await.unwrap();
        post.update(|p| p.rating.set(5), &mut transaction).await.unwrap();
        // A statement that reads has no savepoint of its own.
        let wrong = Post::query().filter(|_| neko_orm::sql("nonsense(?)").bind(1)).count(&mut transaction).await;
        assert!(matches!(wrong, Err(Error::Statement(_))), "{wrong:?}");
        let after = Post::query().count(&mut transaction).await;
        let committed = transaction.commit().await;
        let stored = Post::get(1, &db).await.unwrap().rating;
        match each([false, true, false], &db) {
            true => {
                assert!(matches!(after, Err(Error::TransactionLost(_))), "{after:?}");
                assert!(matches!(committed, Err(Error::TransactionLost(_))), "{committed:?}");
                assert_eq!(stored, 0);
            }
            false => assert_eq!((after.unwrap(), committed.is_ok(), stored), (2, true, 5)),
        }
        // The connection is as good as before.
        let mut transaction = db.begin().await.unwrap();
        post.update(|p| p.rating.set(6), &mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(Post::get(1, &db).await.unwrap().rating, 6);
    }

    async fn a_lock_that_is_held_for_too_long(db) {
        if each([true, false, false], &db) {
            return;
        }
        let [mut post, _] = two_posts(&db).await;
        let mut holder = db.begin().await.unwrap();
        post.update(|p| p.rating.set(1), &mut holder).await.unwrap();
        let mut other = db.begin().await.unwrap();
        let impatient = each(["", "SET LOCAL lock_timeout = 50", "SET innodb_lock_wait_timeout = 1"], &db);
        run_in(impatient, &mut other).await;
        let error = post.clone().update(|p| p.rating.set(2), &mut other).await.unwrap_err();
        assert!(matches!(error, Error::LockTimeout(_)), "{error}");
        // Only the statement has failed.
        assert_eq!(Post::get(2, &mut other).await.unwrap().title, "b");
        other.rollback().await.unwrap();
        holder.commit().await.unwrap();
        assert_eq!(Post::get(1, &db).await.unwrap().rating, 1);
    }

    async fn transactions_that_wait_for_each_other(db) {
        // On SQLite there is one writer at a time.
        if each([true, false, false], &db) {
            return;
        }
        let [post, other] = two_posts(&db).await;
        let mut first = db.begin().await.unwrap();
        let mut second = db.begin().await.unwrap();
        post.clone().update(|p| p.rating.set(1), &mut first).await.unwrap();
        other.clone().update(|p| p.rating.set(1), &mut second).await.unwrap();
        let (first, second) = (tokio::spawn(finish(other, first)), tokio::spawn(finish(post, second)));
        let results = [first.await.unwrap(), second.await.unwrap()];
        let errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
        assert!(matches!(errors[..], [Error::Deadlock(_)]), "{errors:?}");
        assert_eq!(Post::query().filter(|p| p.title.eq("stray")).count(&db).await.unwrap(), 0);
        assert_eq!(Post::query().sum(|p| p.rating, &db).await.unwrap(), 0);
    }

    async fn what_was_read_has_changed_since(db) {
        // MySQL locks what it writes, and writes it as it is by then.
        if each([true, false, true], &db) {
            return;
        }
        let [mut post, _] = two_posts(&db).await;
        let mut transaction = db.begin().await.unwrap();
        run_in("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", &mut transaction).await;
        assert_eq!(Post::query().count(&mut transaction).await.unwrap(), 2);
        post.clone().update(|p| p.rating.set(1), &db).await.unwrap();
        let error = post.update(|p| p.rating.set(2), &mut transaction).await.unwrap_err();
        assert!(matches!(error, Error::SerializationFailure(_)), "{error}");
        drop(transaction);
        assert_eq!(Post::get(1, &db).await.unwrap().rating, 1);
    }

    async fn a_connection_that_the_server_has_closed(db) {
        // SQLite has no server.
        if each([true, false, false], &db) {
            return;
        }
        two_posts(&db).await;
        let mut transaction = db.begin().await.unwrap();
        let id: i64 = match &mut transaction {
            Transaction::Postgres(own) => {
                sqlx::query_scalar("SELECT pg_backend_pid()::bigint").fetch_one(&mut **own).await.unwrap()
            }
            Transaction::MySql(own) => {
                sqlx::query_scalar("SELECT CAST(CONNECTION_ID() AS SIGNED)").fetch_one(&mut **own).await.unwrap()
            }
            _ => unreachable!(),
        };
        run_each(["", &format!("SELECT pg_terminate_backend({id})"), &format!("KILL {id}")], &db).await;
        let error = loop {
            if let Err(error) = Post::query().count(&mut transaction).await {
                break error;
            }
        };
        assert!(matches!(error, Error::ConnectionLost(_)), "{error:?}");
        drop(transaction);
        for _ in 0..20 {
            assert_eq!(Post::query().count(&db).await.unwrap(), 2);
        }
    }
}

/// Updates a row that another transaction may have locked, and undoes all of it.
async fn finish(mut post: Post, mut transaction: Transaction) -> neko_orm::Result<()> {
    let result = post.update(|p| p.rating.set(2), &mut transaction).await;
    if result.is_err() {
        // MySQL has rolled all of it back: what comes after must not be committed on its own.
        Post::create().title("stray").rating(0).insert(&mut transaction).await.unwrap();
    }
    transaction.rollback().await.unwrap();
    result
}

/// SQLite in memory is one connection: here are several, and transactions that write later than they begin.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_of_sqlite_meet() {
    let file = TempFile::new("errors");
    let db = neko_orm::sqlite::connect(&file.url()).await.unwrap();
    let [mut post, _] = two_posts(&db.clone().into()).await;

    let mut late = db.begin().await.unwrap();
    assert_eq!(Post::query().count(&mut late).await.unwrap(), 2);
    post.clone().update(|p| p.rating.set(1), &db).await.unwrap();
    let error = post.update(|p| p.rating.set(2), &mut late).await.unwrap_err();
    assert!(matches!(error, Error::SerializationFailure(_)) && error.is_retryable(), "{error}");
    drop(late);

    let mut holder = db.begin_with("BEGIN IMMEDIATE").await.unwrap();
    post.clone().update(|p| p.rating.set(3), &mut holder).await.unwrap();
    let mut impatient = db.acquire().await.unwrap();
    sqlx::raw_sql("PRAGMA busy_timeout = 50").execute(&mut *impatient).await.unwrap();
    let error = post.update(|p| p.rating.set(2), &mut impatient).await.unwrap_err();
    assert!(matches!(error, Error::LockTimeout(_)) && error.is_retryable(), "{error}");
    holder.commit().await.unwrap();
    assert_eq!(Post::get(1, &db).await.unwrap().rating, 3);
}

/// Transactions of a pool of whichever database wait for each other, instead of failing where they first write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_of_a_pool_wait_for_the_writer() {
    let file = TempFile::new("waiting");
    let db = Pool::connect(&file.url()).await.unwrap();
    two_posts(&db).await;
    let add = |db: Pool| async move {
        for _ in 0..20 {
            let mut transaction = db.begin().await.unwrap();
            let mut post = Post::get(1, &mut transaction).await.unwrap();
            let rating = post.rating + 1;
            post.update(|p| p.rating.set(rating), &mut transaction).await.unwrap();
            transaction.commit().await.unwrap();
        }
    };
    let tasks: Vec<_> = (0..4).map(|_| tokio::spawn(add(db.clone()))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(Post::get(1, &db).await.unwrap().rating, 80);
}
