//! A database of its own for each test, on every backend: in memory on SQLite, a schema on PostgreSQL, a database on MySQL.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt;
use neko_orm::Pool;

/// Runs a test on SQLite.
pub async fn sqlite(test: impl AsyncFnOnce(Pool)) {
    test(Pool::connect("sqlite::memory:").await.unwrap()).await;
}

/// Runs a test on PostgreSQL, where `NEKO_POSTGRES_URL` says which.
pub async fn postgres(test: impl AsyncFnOnce(Pool)) {
    let Some(url) = url("NEKO_POSTGRES_URL") else { return };
    let name = unused_name();
    let separator = if url.contains('?') { '&' } else { '?' };
    let own = format!("{url}{separator}options[search_path]={name}&options[synchronous_commit]=off");
    on_server(&url, "SCHEMA", &name, &own, "CASCADE", test).await;
}

/// Runs a test on MySQL or MariaDB, where `NEKO_MYSQL_URL` says which.
pub async fn mysql(test: impl AsyncFnOnce(Pool)) {
    let Some(url) = url("NEKO_MYSQL_URL") else { return };
    let name = unused_name();
    let (path, parameters) = url.split_once('?').unwrap_or((&url, ""));
    let (server, _) = path.rsplit_once('/').unwrap();
    let own = format!("{server}/{name}?{parameters}");
    on_server(&url, "DATABASE", &name, &own, "", test).await;
}

/// Creates what the test has for itself, and removes it also when the test fails.
async fn on_server(url: &str, kind: &str, name: &str, own: &str, cascade: &str, test: impl AsyncFnOnce(Pool)) {
    let server = Pool::connect(url).await.unwrap();
    super::run(&format!("CREATE {kind} {name}"), &server).await;
    let db = Pool::connect(own).await.unwrap();
    let result = AssertUnwindSafe(test(db.clone())).catch_unwind().await;
    close(db).await;
    super::run(&format!("DROP {kind} {name} {cascade}"), &server).await;
    close(server).await;
    if let Err(panic) = result {
        std::panic::resume_unwind(panic);
    }
}

async fn close(db: Pool) {
    match db {
        Pool::Sqlite(db) => db.close().await,
        Pool::Postgres(db) => db.close().await,
        Pool::MySql(db) => db.close().await,
        _ => unreachable!(),
    }
}

fn url(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok();
    if url.is_none() {
        println!("skipped: {variable} is not set");
    }
    url
}

fn unused_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("neko_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
