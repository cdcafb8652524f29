//! Connecting.

use std::str::FromStr;
use std::time::Duration;

use sqlx::Executor as _;
use sqlx::mysql::{MySqlConnectOptions, MySqlPool, MySqlPoolOptions};

use crate::error::Result;

/// Values that do not fit are errors, also in tables that are not of InnoDB; and a recursive query goes as deep as its rows do, where
/// MariaDB would leave out the rest without a word, and MySQL would fail.
const SETTINGS: &str = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), \
     /*M!100601 max_recursive_iterations = 4294967295*/ /*!80003 cte_max_recursion_depth = 4294967295*/";

/// Connects to a MySQL or MariaDB server, or to one that speaks their protocol, and returns sqlx's pool, configured for an application.
///
/// `url` is `mysql://user:password@host:3306/database`, optionally with sqlx's parameters (`?ssl-mode=VERIFY_IDENTITY`).
///
/// The pool has up to 10 connections, of which one is opened here, so that a wrong URL is an error at once. A call waits up to 5 seconds
/// for one (sqlx's default is 30). Each has the time zone UTC, the character set utf8mb4, `STRICT_ALL_TABLES` (a value that does not fit is an error,
/// and not another value) and no limit on recursion, which [trees](crate::guide::trees) need. Connections are not tested before each use,
/// which would cost a message there and back: one that the server has closed is
/// [`Error::ConnectionLost`](crate::Error::ConnectionLost) for one call and is not used again.
///
/// Use [`MySqlPoolOptions`] directly for anything else: every call takes a pool of your own as it is. Make it strict.
///
/// # Errors
/// The URL cannot be parsed, or the server cannot be reached or refuses the user.
///
/// ```no_run
/// # async fn example() -> neko_orm::Result<()> {
/// let db: sqlx::MySqlPool = neko_orm::mysql::connect("mysql://app@127.0.0.1/shop").await?;
/// # Ok(()) }
/// ```
pub async fn connect(url: &str) -> Result<MySqlPool> {
    let failed = |problem: sqlx::Error| crate::backend::connect::failed("MySQL", url, problem);
    let options = MySqlConnectOptions::from_str(url).map_err(failed)?;
    let pool = MySqlPoolOptions::new()
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(async move { connection.execute(SETTINGS).await.map(drop) }));
    Ok(pool.connect_with(options).await.map_err(failed)?)
}
