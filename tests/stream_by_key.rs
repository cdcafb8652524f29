//! All rows of a table on SQLite, streamed in chunks that are found by the key: the same as one by one, wherever the stream ends.

mod support;

use futures_util::{StreamExt, TryStreamExt};
use neko_orm::{Error, Model, RowByRow, schema};
use sqlx::SqlitePool;
use support::{TempFile, on_sqlite, recorded, recorded_with_control};

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = not_deleted)]
struct Note {
    id: i64,
    is_deleted: bool,
}

fn not_deleted(notes: neko_orm::Query<Note>) -> neko_orm::Query<Note> {
    notes.filter(|n| n.is_deleted.eq(false))
}

/// A row that has a key of its own.
#[derive(Debug, Clone, PartialEq, Model)]
struct Country {
    #[key]
    code: String,
}

async fn run(sql: &str, db: &SqlitePool) {
    support::run(sql, &db.clone().into()).await;
}

async fn posts(count: usize, db: &SqlitePool) {
    schema::create::<(Post,)>(db).await.unwrap();
    let sql = format!(
        "INSERT INTO posts (id, title) WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count}) \
        SELECT n * 3, 'post ' || n FROM n"
    );
    run(&sql, db).await;
}

async fn streamed(query: &neko_orm::Query<Post>, db: &SqlitePool) -> (Vec<Post>, usize) {
    let (streamed, statements) = recorded(query.stream(db).try_collect::<Vec<_>>()).await;
    let streamed = streamed.unwrap();
    let one_by_one: Vec<_> = query.stream(RowByRow(db)).try_collect().await.unwrap();
    assert_eq!(streamed, one_by_one);
    (streamed, statements.len())
}

on_sqlite! {
    async fn the_rows_come_in_chunks(db) {
        posts(2345, &db).await;
        let all = Post::query();
        let (rows, statements) = streamed(&all, &db).await;
        // How the table is keyed, 100 rows, 1000, 1000, and 245.
        assert_eq!((rows.len(), statements), (2345, 5));
        assert_eq!(rows[2344], Post { id: 7035, title: "post 2345".to_owned() });
        let (rows, _) = streamed(&all.clone().order_by(|p| p.id.desc()), &db).await;
        assert_eq!(rows[0].id, 7035);
        for (limit, read) in [(0, 1), (3, 1), (100, 1), (101, 3), (1100, 3), (1103, 4), (2345, 5), (9999, 5)] {
            let (rows, statements) = streamed(&all.clone().limit(limit), &db).await;
            assert_eq!((rows.len() as u64, statements), (limit.min(2345), read), "limit {limit}");
        }
    }

    async fn a_table_without_rows_has_none(db) {
        posts(1, &db).await;
        run("DELETE FROM posts", &db).await;
        assert_eq!(streamed(&Post::query(), &db).await, (vec![], 2));
    }

    async fn what_is_narrowed_or_in_another_order_is_one_statement(db) {
        posts(1500, &db).await;
        schema::create::<(Note, Country)>(&db).await.unwrap();
        let all = Post::query();
        let queries = [
            all.clone().filter(|p| p.id.gt(0)),
            all.clone().order_by(|p| p.title.asc()),
            all.clone().order_by(|p| (p.title.asc(), p.id.asc())),
            all.clone().offset(1),
            all.clone().after(&Post { id: 1, title: String::new() }),
        ];
        for query in queries {
            assert_eq!(streamed(&query, &db).await.1, 1);
        }
        Note::insert_all((0..150).map(|_| Note::create().is_deleted(false)), &db).await.unwrap();
        Country::insert_all((0..150).map(|n| Country::create().code(format!("{n}"))), &db).await.unwrap();
        let (notes, statements) = recorded(Note::query().stream(&db).try_collect::<Vec<_>>()).await;
        assert_eq!((notes.unwrap().len(), statements.len()), (150, 1));
        let (notes, statements) = recorded(Note::query().unscoped().stream(&db).try_collect::<Vec<_>>()).await;
        assert_eq!((notes.unwrap().len(), statements.len()), (150, 3));
        let (countries, statements) = recorded(Country::query().stream(&db).try_collect::<Vec<_>>()).await;
        assert_eq!((countries.unwrap().len(), statements.len()), (150, 1));
    }

    async fn what_is_no_table_with_a_numbered_key_is_one_statement(db) {
        let numbers = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 300)";
        for (name, make) in [
            ("a view with keys that are there several times", "CREATE VIEW posts AS SELECT 1 + id / 7 AS id, title FROM stored".to_owned()),
            ("a key that is none", format!("CREATE TABLE posts (id INTEGER, title TEXT); INSERT INTO posts {numbers} SELECT n / 7, 'x' FROM n")),
            ("half of a key", format!("CREATE TABLE posts (id INTEGER, title TEXT, PRIMARY KEY (id, title)); INSERT INTO posts {numbers} SELECT n / 7, n FROM n")),
            ("a text", format!("CREATE TABLE posts (id TEXT PRIMARY KEY, title TEXT); INSERT INTO posts {numbers} SELECT n, n FROM n")),
        ] {
            run("DROP TABLE IF EXISTS stored; CREATE TABLE stored (id INTEGER PRIMARY KEY, title TEXT)", &db).await;
            run(&format!("INSERT INTO stored {numbers} SELECT n, 'x' FROM n"), &db).await;
            run(&make, &db).await;
            let (streamed, statements) = recorded(Post::query().stream(&db).collect::<Vec<_>>()).await;
            let one_by_one: Vec<_> = Post::query().stream(RowByRow(&db)).collect().await;
            assert_eq!((streamed.len(), statements.len()), (300, 2), "{name}");
            assert_eq!(format!("{streamed:?}"), format!("{one_by_one:?}"), "{name}");
            let kind = if name.starts_with("a view") { "VIEW" } else { "TABLE" };
            run(&format!("DROP {kind} posts"), &db).await;
        }
    }

    async fn after_long_rows_come_short_ones(db) {
        posts(3000, &db).await;
        run("UPDATE posts SET title = printf('%.*c', 100000, 'x') WHERE id <= 300", &db).await;
        let (rows, statements) = recorded(Post::query().stream(&db).try_collect::<Vec<_>>()).await;
        assert_eq!((rows.unwrap().len(), statements.len()), (3000, 1 + 1 + 1 + 3));
    }

    async fn chunks_of_long_rows_are_small(db) {
        posts(200, &db).await;
        run("UPDATE posts SET title = printf('%.*c', 100000, 'x')", &db).await;
        let (rows, statements) = recorded(Post::query().stream(&db).try_collect::<Vec<_>>()).await;
        assert!(rows.unwrap().iter().all(|post| post.title.len() == 100_000));
        // After the first, five at a time.
        assert_eq!(statements.len(), 1 + 1 + 100 / 5 + 1);
    }

    async fn rows_that_do_not_fit_are_errors_in_their_places(db) {
        run("CREATE TABLE posts (id INTEGER PRIMARY KEY, title)", &db).await;
        run("INSERT INTO posts WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1500) \
            SELECT n, CASE WHEN n IN (1, 99, 100, 700, 1101, 1500) THEN x'ff' ELSE 'post ' || n END FROM n", &db).await;
        for one_by_one in [false, true] {
            let mut rows = match one_by_one {
                false => Post::query().stream(&db),
                true => Post::query().stream(RowByRow(&db)),
            };
            for id in 1..=1500 {
                match rows.try_next().await {
                    Ok(Some(post)) => assert_eq!(post, Post { id, title: format!("post {id}") }),
                    Err(Error::Decode(_)) => assert!([1, 99, 100, 700, 1101, 1500].contains(&id), "{id}"),
                    other => panic!("{id}: {other:?}"),
                }
            }
            assert_eq!(rows.try_next().await.unwrap(), None);
        }
    }

    async fn the_key_is_where_it_goes_on_whatever_is_deleted(db) {
        posts(1000, &db).await;
        let mut transaction = db.begin().await.unwrap();
        Post::query().filter(|p| p.id.le(900)).delete(&mut transaction).await.unwrap();
        let rows: Vec<_> = Post::query().stream(&mut transaction).try_collect().await.unwrap();
        assert_eq!((rows.len(), rows[0].id), (700, 903));
        transaction.commit().await.unwrap();
        assert_eq!(Post::query().count(&db).await.unwrap(), 700);
    }
}

#[tokio::test]
async fn all_chunks_are_of_one_state() {
    let file = TempFile::new("stream-by-key");
    let db = neko_orm::sqlite::connect(&file.url()).await.unwrap();
    let other = neko_orm::sqlite::connect(&file.url()).await.unwrap();
    posts(1500, &db).await;
    let change =
        "UPDATE posts SET title = 'new'; DELETE FROM posts WHERE id > 3000; INSERT INTO posts VALUES (9999, 'new')";
    let mut rows = Post::query().stream(&db);
    let first = rows.try_next().await.unwrap();
    run(change, &other).await;
    let rest: Vec<_> = rows.try_collect().await.unwrap();
    assert_eq!((first.unwrap().id, rest.len()), (3, 1499));
    assert!(rest.iter().all(|post| post.title != "new"));
    let mut connection = db.acquire().await.unwrap();
    let mut rows = Post::query().stream(&mut connection);
    rows.try_next().await.unwrap();
    run("DELETE FROM posts WHERE id > 300", &other).await;
    assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap().len(), 1000);
    assert_eq!(Post::query().count(&mut connection).await.unwrap(), 100);
}

#[tokio::test]
async fn wherever_it_ends_the_connection_is_in_no_transaction() {
    let file = TempFile::new("stream-by-key-dropped");
    let db = neko_orm::sqlite::connect(&file.url()).await.unwrap();
    posts(1500, &db).await;
    let mut connection = db.acquire().await.unwrap();
    for taken in [0, 1, 99, 100, 101, 1100, 1500, 1501] {
        let mut rows = Post::query().stream(&mut connection);
        for _ in 0..taken {
            let _ = rows.try_next().await.unwrap();
        }
        drop(rows);
        // Fails within a transaction.
        sqlx::raw_sql("BEGIN; ROLLBACK").execute(&mut *connection).await.unwrap();
        let mut rows = Post::query().stream(&db);
        for _ in 0..taken {
            let _ = rows.try_next().await.unwrap();
        }
        drop(rows);
        // Waits for those who read, unless they have ended.
        Post::create().title("one more").insert(&db).await.unwrap().delete(&db).await.unwrap();
    }
    let mut transaction = db.begin().await.unwrap();
    let new = Post::create().title("new").insert(&mut transaction).await.unwrap();
    let mut rows = Post::query().stream(&mut transaction);
    rows.try_next().await.unwrap();
    drop(rows);
    transaction.commit().await.unwrap();
    assert_eq!(Post::find(new.id, &db).await.unwrap(), Some(new));
}

#[tokio::test]
async fn it_is_said_that_a_transaction_begins_and_ends() {
    let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
    posts(3, &db).await;
    let (_, statements) = recorded_with_control(Post::query().stream(&db).try_collect::<Vec<_>>()).await;
    let kinds: Vec<_> = statements.iter().map(|statement| statement.split(' ').next().unwrap()).collect();
    assert_eq!(kinds, ["SELECT", "BEGIN", "SELECT", "COMMIT"]);
    let (_, statements) = recorded_with_control(async { drop(Post::query().stream(&db)) }).await;
    assert_eq!(statements, [""; 0]);
}
