//! Connecting.

use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::error::Result;

/// Connects to a SQLite database and returns sqlx's pool, configured for an application.
///
/// `url` is `sqlite::memory:`, or `sqlite:path/to/file.db`, optionally with sqlx's parameters (`?mode=ro`). A file that
/// does not exist is created, unless the URL has a `mode`.
///
/// Each connection has foreign keys on, the write-ahead log with `synchronous = NORMAL` (except read-only ones), a busy
/// timeout of 5 seconds and a row buffer of 1024 rows. A database in memory is one connection without idle or lifetime
/// limits, since it is gone with its last connection: inside a transaction on it, pass the transaction on, not the pool.
/// That connection has a cache of its own, since SQLite locks a shared one at each step: two calls have two databases. For one of both, give it a
/// name and say so in each URL: `sqlite:name?mode=memory&cache=shared`.
///
/// SQLite's plain `BEGIN` takes the right to write only at the first write, and fails then, without waiting, if another
/// connection has written since the transaction first read. Begin transactions that will write with
/// `db.begin_with("BEGIN IMMEDIATE")`, as the calls of this crate do for their own.
///
/// Use [`SqlitePoolOptions`] directly for anything else: every call takes a pool of your own as it is.
///
/// # Errors
/// The URL cannot be parsed, or the file cannot be opened.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
/// let db: sqlx::SqlitePool = neko_orm::sqlite::connect("sqlite::memory:").await?;
/// # Ok(()) }
/// ```
pub async fn connect(url: &str) -> Result<SqlitePool> {
    let failed = |problem: &dyn std::fmt::Display| {
        sqlx::Error::Configuration(format!("cannot connect to `{url}`: {problem}").into())
    };
    let parts = Url::parse(url).map_err(|problem| failed(&problem))?;
    let mut options = SqliteConnectOptions::from_str(url)
        .map_err(|error| failed(&error))?
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .row_buffer_size(1024);
    if parts.mode.is_none() {
        options = options.create_if_missing(true);
    }
    if !parts.is_read_only {
        options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
    }
    let mut pool = SqlitePoolOptions::new().test_before_acquire(false);
    if parts.is_in_memory {
        if !parts.names_cache {
            options = options.shared_cache(false);
        }
        pool = pool.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    }
    Ok(pool.connect_with(options).await.map_err(|error| failed(&error))?)
}

/// What of a URL decides how to connect.
struct Url<'u> {
    mode: Option<&'u str>,
    names_cache: bool,
    is_in_memory: bool,
    is_read_only: bool,
}

impl<'u> Url<'u> {
    fn parse(url: &'u str) -> Result<Self, &'static str> {
        let rest = url.strip_prefix("sqlite:").unwrap_or(url);
        if rest == url && url.contains("://") {
            return Err("it is not the URL of a SQLite database");
        }
        let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() {
            return Err("it names no file; for a database in memory, write `sqlite::memory:`");
        }
        let parameter = |name| {
            let mut pairs = parameters.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let mode = parameter("mode");
        Ok(Self {
            mode,
            names_cache: parameter("cache").is_some(),
            is_in_memory: path == ":memory:" || mode == Some("memory"),
            is_read_only: mode == Some("ro") || matches!(parameter("immutable"), Some("true" | "1")),
        })
    }
}
