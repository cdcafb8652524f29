//! What the behaviour tests share: a database of its own for each test, and the statements that a call sends.
#![allow(dead_code, unused_macros, unused_imports)]

pub mod cases;
pub mod databases;
pub mod triggers;

use std::collections::HashMap;
use std::future::Future;
use std::sync::{LazyLock, Mutex, Once};

use neko_orm::{Dialect, Pool};
use tracing::field::{Field, Visit};
use tracing::span::Id;
use tracing::{Event, Instrument, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// Runs each test against every backend, each time on a database of its own that is called by the given name.
macro_rules! on_every_backend {
    ($($(#[$attr:meta])* async fn $name:ident($db:ident) $body:block)*) => {
        mod on_every_backend {
            use super::*;
            $(pub(super) async fn $name($db: neko_orm::Pool) $body)*
        }
        crate::support::on_every_backend!(@on sqlite $($(#[$attr])* $name)*);
        crate::support::on_every_backend!(@on postgres $($(#[$attr])* $name)*);
        crate::support::on_every_backend!(@on mysql $($(#[$attr])* $name)*);
    };
    (@on $backend:ident $($(#[$attr:meta])* $name:ident)*) => {
        mod $backend {
            $(
                $(#[$attr])*
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    crate::support::databases::$backend(super::on_every_backend::$name).await;
                }
            )*
        }
    };
}
pub(crate) use on_every_backend;

/// As [`on_every_backend`], with sqlx's own pool, which is known as `Db`, and its connection, as `Connection`.
macro_rules! on_every_driver {
    ($($(#[$attr:meta])* async fn $name:ident($db:ident) $body:block)*) => {
        crate::support::on_every_driver!(@on sqlite Sqlite SqlitePool SqliteConnection $($(#[$attr])* $name $db $body)*);
        crate::support::on_every_driver!(@on postgres Postgres PgPool PgConnection $($(#[$attr])* $name $db $body)*);
        crate::support::on_every_driver!(@on mysql MySql MySqlPool MySqlConnection $($(#[$attr])* $name $db $body)*);
    };
    (@on $module:ident $backend:ident $pool:ident $connection:ident
        $($(#[$attr:meta])* $name:ident $db:ident $body:block)*) => {
        mod $module {
            use super::*;
            type Db = sqlx::$pool;
            #[allow(dead_code)]
            type Connection = sqlx::$connection;
            $(
                $(#[$attr])*
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    async fn body($db: Db) $body
                    crate::support::databases::$module(async |db| match db {
                        neko_orm::Pool::$backend(db) => body(db).await,
                        _ => unreachable!(),
                    })
                    .await;
                }
            )*
        }
    };
}
pub(crate) use on_every_driver;

/// Runs each test against SQLite alone: what it is about, no other database has.
macro_rules! on_sqlite {
    ($($(#[$attr:meta])* async fn $name:ident($db:ident) $body:block)*) => {
        mod on_sqlite {
            use super::*;
            $(
                $(#[$attr])*
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let $db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
                    $body
                }
            )*
        }
    };
}
pub(crate) use on_sqlite;

/// Runs the block with a connection of the pool, of whichever database it is.
macro_rules! with_connection {
    ($db:expr, |$connection:ident| $body:block) => {
        match $db {
            neko_orm::Pool::Sqlite(db) => {
                let mut $connection = db.acquire().await.unwrap();
                $body
            }
            neko_orm::Pool::Postgres(db) => {
                let mut $connection = db.acquire().await.unwrap();
                $body
            }
            neko_orm::Pool::MySql(db) => {
                let mut $connection = db.acquire().await.unwrap();
                $body
            }
            _ => unreachable!(),
        }
    };
}
pub(crate) use with_connection;

/// A database file that is removed with its folder.
pub struct TempFile(std::path::PathBuf);

impl TempFile {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("neko-orm-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn url(&self) -> String {
        format!("sqlite:{}", self.0.join("test.db").display())
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs statements by hand, one after the other.
pub async fn run(sql: &str, db: &Pool) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    match db {
        Pool::Sqlite(db) => sqlx::raw_sql(sql).execute(db).await.map(drop).unwrap(),
        Pool::Postgres(db) => sqlx::raw_sql(sql).execute(db).await.map(drop).unwrap(),
        Pool::MySql(db) => sqlx::raw_sql(sql).execute(db).await.map(drop).unwrap(),
        _ => unreachable!(),
    }
}

/// As [`run`], with the database's own SQL: for SQLite, for PostgreSQL, for MySQL.
pub async fn run_each([sqlite, postgres, mysql]: [&str; 3], db: &Pool) {
    run(each([sqlite, postgres, mysql], db), db).await;
}

/// What is for this database: for SQLite, for PostgreSQL, for MySQL.
pub fn each<T>([sqlite, postgres, mysql]: [T; 3], db: &Pool) -> T {
    match db {
        Pool::Sqlite(_) => sqlite,
        Pool::Postgres(_) => postgres,
        Pool::MySql(_) => mysql,
        _ => unreachable!(),
    }
}

/// The SQL that the database speaks.
pub fn dialect(db: &Pool) -> Dialect {
    each([Dialect::Sqlite, Dialect::Postgres, Dialect::MySql], db)
}

/// How a statement says that a column is one of so many integers or texts.
pub fn one_of(count: usize, db: &Pool) -> String {
    let one_by_one = vec!["(?)"; count.next_power_of_two()].join(", ");
    match db {
        Pool::Sqlite(_) => r#"IN (SELECT "json_each"."value" FROM json_each(?))"#.to_owned(),
        Pool::Postgres(_) => "= ANY(?)".to_owned(),
        Pool::MySql(_) => format!("IN ({one_by_one})"),
        _ => unreachable!(),
    }
}

/// Runs a call and returns its result with the statements that it sent, apart from those that begin and end transactions.
/// Names and placeholders are written as SQLite has them. Where the database does not return what it inserts, the `SELECT` that reads it counts as
/// part of the `INSERT`.
pub async fn recorded<T>(call: impl Future<Output = T>) -> (T, Vec<String>) {
    let (result, mut statements) = recorded_with_control(call).await;
    statements.retain(|statement| !["BEGIN", "COMMIT", "ROLLBACK"].contains(&statement.as_str()));
    (result, statements)
}

/// As [`recorded`], with `BEGIN`, `COMMIT` and `ROLLBACK`, which stand for those of savepoints too.
pub async fn recorded_with_control<T>(call: impl Future<Output = T>) -> (T, Vec<String>) {
    let (result, statements) = sent(call).await;
    (result, alike(statements))
}

/// The statements of a call as they are sent, with those that begin and end transactions.
pub async fn sent<T>(call: impl Future<Output = T>) -> (T, Vec<String>) {
    static SUBSCRIBE: Once = Once::new();
    SUBSCRIBE.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(Recorder);
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
    let span = tracing::info_span!("recorded");
    let id = span.id().unwrap();
    STATEMENTS.lock().unwrap().insert(id.clone(), Vec::new());
    let result = call.instrument(span).await;
    let statements = STATEMENTS.lock().unwrap().remove(&id).unwrap();
    (result, statements)
}

/// A statement as SQLite would have it, as far as they differ in quotes and placeholders.
pub fn unquoted(statement: &str) -> String {
    unnumbered(&statement.replace('`', "\"").replace("+?", "?"))
}

/// The statement within one that returns each column of its rows as one array.
fn one_by_one(statement: &str) -> &str {
    let columns = statement.strip_prefix("SELECT ").filter(|columns| columns.contains("json_group_array("));
    let within = columns.and_then(|columns| Some(columns.split_once(" FROM (")?.1.rsplit_once(") AS ")?.0));
    within.unwrap_or(statement)
}

/// The statement that checks by itself whether it has changed all rows or none, as it is without.
fn unchecked(statement: &str) -> &str {
    let checked = statement.strip_prefix(r#"WITH "neko changed" AS ("#);
    let within = checked.and_then(|checked| Some(checked.split_once(" RETURNING 1) SELECT COUNT(*)")?.0));
    within.unwrap_or(statement)
}

/// The statements as SQLite would have them, as far as they differ in quotes, placeholders, reading back what was inserted, whether rows come
/// one by one, and what makes sure that they are all changed.
fn alike(statements: Vec<String>) -> Vec<String> {
    let mut alike: Vec<String> = Vec::new();
    let mut inserts = false;
    for statement in statements {
        let reads_back = inserts && statement.starts_with("SELECT `");
        inserts = statement.starts_with("INSERT INTO `") || (reads_back && inserts);
        if !reads_back {
            alike.push(unquoted(unchecked(one_by_one(&statement))));
        }
    }
    alike
}

/// `?` for each `$1`.
fn unnumbered(statement: &str) -> String {
    let mut pieces = statement.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|digit: char| digit.is_ascii_digit());
        text.extend([if rest.len() < piece.len() { "?" } else { "$" }, rest]);
    }
    text
}

/// As [`recorded`], for calls that must succeed, with only the number of statements.
pub async fn counted<T, E: std::fmt::Debug>(call: impl Future<Output = Result<T, E>>) -> (T, usize) {
    let (result, statements) = recorded(call).await;
    (result.unwrap(), statements.len())
}

/// The statements of the calls that are being recorded, by their spans.
static STATEMENTS: LazyLock<Mutex<HashMap<Id, Vec<String>>>> = LazyLock::new(Mutex::default);

/// Notes each statement with the span of the call that sent it.
struct Recorder;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != "neko_orm::sql" {
            return;
        }
        let mut text = Statement::default();
        event.record(&mut text);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(statements) = STATEMENTS.lock().unwrap().get_mut(&span.id()) {
                statements.push(text.0.clone());
            }
        }
    }
}

#[derive(Default)]
struct Statement(String);

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "statement" {
            self.0 = value.to_owned();
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn std::fmt::Debug) {}
}

/// The seed of a randomised test: `NEKO_SEED`, or another one each time. Printed, so that a failure can be brought back.
pub fn seed() -> u64 {
    let given = std::env::var("NEKO_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0));
    println!("NEKO_SEED={seed}");
    seed
}

/// The resident memory of this process in KiB, where the system tells.
pub fn resident_memory() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
}
