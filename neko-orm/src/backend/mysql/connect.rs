//! Connecting.

use std::str::FromStr;
use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlPool, MySqlPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use sqlx_core::rt::timeout;

use crate::error::Result;

/// Values that do not fit are errors, also in tables that are not of InnoDB; 0 is a key like others, and does not ask for a number; and a
/// recursive query goes as deep as its rows do, where MariaDB would leave out the rest without a word, and MySQL would fail.
const SETTINGS: &str = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO'), \
     /*M!100601 max_recursive_iterations = 4294967295*/ /*!80003 cte_max_recursion_depth = 4294967295*/";

/// Connects to a MySQL or MariaDB server, or to one that speaks their protocol, and returns sqlx's pool, configured for an application.
///
/// `url` is `mysql://user:password@host:3306/database`, optionally with sqlx's parameters (`?ssl-mode=VERIFY_IDENTITY`).
///
/// The pool has up to 10 connections, opened as they are needed; one is opened and closed here, so that a wrong URL is an error at once. A call waits up to 5 seconds
/// for one (sqlx's default is 30). Each has the time zone UTC, the character set utf8mb4, `STRICT_ALL_TABLES` (a value that does not fit is an error,
/// and not another value), `NO_AUTO_VALUE_ON_ZERO` (0 is a key like others) and no limit on recursion, which
/// [trees](crate::guide::trees) need, and keeps 256 prepared statements (sqlx's default is 100): to give one up costs 40 ms on TCP.
/// Connections are not tested before each use, which would cost a message there and back: one that the server has closed is
/// [`Error::ConnectionLost`](crate::Error::ConnectionLost) for one call and is not used again.
///
/// For anything else, start from [`pool_options`]: every call takes a pool of your own as it is.
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
    let options = MySqlConnectOptions::from_str(url).map_err(failed)?.statement_cache_capacity(256);
    // A pool would try for as long as a call waits, and not say what is wrong.
    options.connect().await.map_err(failed)?.close().await.map_err(failed)?;
    Ok(pool_options().connect_lazy_with(options))
}

/// The options of [`connect`]'s pools, for one that has others besides.
///
/// A call that is dropped while its statement is being prepared leaves a connection on which sqlx 0.9 would wait for ever once it is given back,
/// and the pool would have one less: these options give it a second to answer, and close it otherwise.
///
/// ```
/// let options = neko_orm::mysql::pool_options().max_connections(50);
/// ```
pub fn pool_options() -> MySqlPoolOptions {
    const PATIENCE: Duration = Duration::from_secs(1);
    MySqlPoolOptions::new()
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(async move { connection.execute(SETTINGS).await.map(drop) }))
        .after_release(|connection, _| {
            Box::pin(async move { Ok(matches!(timeout(PATIENCE, connection.ping()).await, Ok(Ok(())))) })
        })
}
