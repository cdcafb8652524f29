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
    on_server(OnServer::postgres(), test).await;
}

/// Runs a test on MySQL or MariaDB, where `NEKO_MYSQL_URL` says which.
pub async fn mysql(test: impl AsyncFnOnce(Pool)) {
    on_server(OnServer::mysql(), test).await;
}

/// What a test has for itself on a server.
pub struct OnServer {
    server: String,
    create: String,
    remove: String,
    own: String,
}

impl OnServer {
    /// A schema.
    pub fn postgres() -> Option<Self> {
        let (server, name) = (url("NEKO_POSTGRES_URL")?, unused_name());
        let separator = if server.contains('?') { '&' } else { '?' };
        let own = format!("{server}{separator}options[search_path]={name}&options[synchronous_commit]=off");
        Some(Self {
            server,
            create: format!("CREATE SCHEMA {name}"),
            remove: format!("DROP SCHEMA {name} CASCADE"),
            own,
        })
    }

    /// A database.
    pub fn mysql() -> Option<Self> {
        let (server, name) = (url("NEKO_MYSQL_URL")?, unused_name());
        let (path, parameters) = server.split_once('?').unwrap_or((&server, ""));
        let own = format!("{}/{name}?{parameters}", path.rsplit_once('/').unwrap().0);
        Some(Self { create: format!("CREATE DATABASE {name}"), remove: format!("DROP DATABASE {name}"), own, server })
    }

    pub async fn create(&self) {
        self.run(&self.create).await;
    }

    pub async fn remove(&self) {
        self.run(&self.remove).await;
    }

    async fn run(&self, sql: &str) {
        let server = Pool::connect(&self.server).await.unwrap();
        super::run(sql, &server).await;
        close(server).await;
    }

    /// Runs a test there, and returns what it panics with.
    pub async fn try_test(&self, test: impl AsyncFnOnce(Pool)) -> std::thread::Result<()> {
        let db = Pool::connect(&self.own).await.unwrap();
        let result = AssertUnwindSafe(test(db.clone())).catch_unwind().await;
        close(db).await;
        result
    }
}

/// Creates what the test has for itself, and removes it also when the test fails.
async fn on_server(own: Option<OnServer>, test: impl AsyncFnOnce(Pool)) {
    let Some(own) = own else { return };
    own.create().await;
    let result = own.try_test(test).await;
    own.remove().await;
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
