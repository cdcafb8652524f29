//! Connecting.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::error::Result;

/// Connects to a PostgreSQL server, or to one that speaks its protocol, and returns sqlx's pool, configured for an application.
///
/// `url` is `postgres://user:password@host:5432/database`, optionally with sqlx's parameters (`?sslmode=verify-full`,
/// `?application_name=shop`); what it leaves out comes from the environment variables of libpq, such as `PGPASSWORD`.
///
/// The pool has up to 10 connections, opened as they are needed; one is opened and closed here, so that a wrong URL is an error at once. A call waits up to 5 seconds
/// for one (sqlx's default is 30). Connections are not tested before each use, which would cost a message there and back: one that the server has
/// closed is [`Error::ConnectionLost`](crate::Error::ConnectionLost) for one call and is not used again.
///
/// Use [`PgPoolOptions`] directly for anything else: every call takes a pool of your own as it is.
///
/// # Errors
/// The URL cannot be parsed, or the server cannot be reached or refuses the user.
///
/// ```no_run
/// # async fn example() -> neko_orm::Result<()> {
/// let db: sqlx::PgPool = neko_orm::postgres::connect("postgres://app@127.0.0.1/shop").await?;
/// # Ok(()) }
/// ```
pub async fn connect(url: &str) -> Result<PgPool> {
    let failed = |problem: sqlx::Error| crate::backend::connect::failed("PostgreSQL", url, problem);
    let options = PgConnectOptions::from_str(url).map_err(failed)?;
    // A pool would try for as long as a call waits, and not say what is wrong.
    options.connect().await.map_err(failed)?.close().await.map_err(failed)?;
    let pool = PgPoolOptions::new().acquire_timeout(Duration::from_secs(5)).test_before_acquire(false);
    Ok(pool.connect_lazy_with(options))
}
