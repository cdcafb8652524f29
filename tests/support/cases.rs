//! Random cases on every backend, and savepoints as sqlx sets them.

use std::fmt::Debug;

use neko_orm::{Pool, Transaction};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseResult, TestRunner};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Database, MySql, Postgres, Sqlite};
use sqlx_core::transaction::TransactionManager;

use super::databases;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
    MySql,
}

impl Backend {
    pub fn of(db: &Transaction) -> Self {
        match db {
            Transaction::Sqlite(_) => Self::Sqlite,
            Transaction::Postgres(_) => Self::Postgres,
            Transaction::MySql(_) => Self::MySql,
            _ => unreachable!(),
        }
    }

    /// How many cases there are: fewer where each takes messages there and back.
    fn cases(self) -> u32 {
        let asked = ProptestConfig::default().cases;
        if self == Self::Sqlite { asked } else { (asked / 100).max(32) }
    }
}

/// A test of random cases on each backend, which it is given.
macro_rules! randomly {
    ($(fn $name:ident($backend:ident) $body:block)*) => {
        mod randomly {
            use super::*;
            $(pub(super) fn $name($backend: crate::support::cases::Backend) $body)*
        }
        crate::support::cases::randomly!(@on sqlite Sqlite $($name)*);
        crate::support::cases::randomly!(@on postgres Postgres $($name)*);
        crate::support::cases::randomly!(@on mysql MySql $($name)*);
    };
    (@on $module:ident $backend:ident $($name:ident)*) => {
        mod $module {
            $(
                #[test]
                fn $name() {
                    super::randomly::$name(crate::support::cases::Backend::$backend);
                }
            )*
        }
    };
}
pub(crate) use randomly;

/// Runs a test on random cases, on a database that is prepared once. A failing case is printed and shrunk, with the seed that brings it
/// back as `NEKO_SEED`; `PROPTEST_CASES` sets their number.
pub fn check<T: Debug>(
    backend: Backend,
    prepare: impl AsyncFn(&Pool),
    case: impl Strategy<Value = T>,
    test: impl AsyncFn(&Pool, T) -> TestCaseResult,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let on_database = async |db: Pool| {
        prepare(&db).await;
        tokio::task::block_in_place(|| check_cases(backend, case, |case| runtime.block_on(test(&db, case))));
    };
    runtime.block_on(async {
        match backend {
            Backend::Sqlite => on_database(one_connection().await).await,
            Backend::Postgres => databases::postgres(on_database).await,
            Backend::MySql => databases::mysql(on_database).await,
        }
    });
}

fn check_cases<T: Debug>(backend: Backend, case: impl Strategy<Value = T>, test: impl Fn(T) -> TestCaseResult) {
    let config = ProptestConfig {
        cases: backend.cases(),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(super::seed()),
        max_shrink_iters: if backend == Backend::Sqlite { 8192 } else { 1024 },
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new(config);
    if let Err(error) = runner.run(&case, test) {
        panic!("{error}\n{runner}");
    }
}

/// One connection, which keeps more statements prepared than sqlx does by itself: most of the time would go into preparing them.
async fn one_connection() -> Pool {
    let options = SqliteConnectOptions::new().in_memory(true).foreign_keys(true).statement_cache_capacity(2000);
    let pool = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    pool.test_before_acquire(false).connect_with(options).await.unwrap().into()
}

/// How a savepoint ends.
#[derive(Debug, Clone, Copy)]
pub enum End {
    Commit,
    Rollback,
    /// As when sqlx's transaction is dropped.
    Drop,
}

/// Sets a savepoint in a transaction, or in a savepoint.
pub async fn begin(db: &mut Transaction) -> sqlx::Result<()> {
    match db {
        Transaction::Sqlite(db) => <Sqlite as Database>::TransactionManager::begin(db, None).await,
        Transaction::Postgres(db) => <Postgres as Database>::TransactionManager::begin(db, None).await,
        Transaction::MySql(db) => <MySql as Database>::TransactionManager::begin(db, None).await,
        _ => unreachable!(),
    }
}

/// Undoes the transaction, with the savepoints that a failed case has left open.
pub async fn abandon(mut db: Transaction) -> neko_orm::Result<()> {
    fn depth<DB: Database>(db: &DB::Connection) -> usize {
        DB::TransactionManager::get_transaction_depth(db)
    }
    let depth = match &db {
        Transaction::Sqlite(db) => depth::<Sqlite>(db),
        Transaction::Postgres(db) => depth::<Postgres>(db),
        Transaction::MySql(db) => depth::<MySql>(db),
        _ => unreachable!(),
    };
    for _ in 1..depth {
        end(&mut db, End::Rollback).await?;
    }
    db.rollback().await
}

/// Ends the innermost savepoint.
pub async fn end(db: &mut Transaction, end: End) -> sqlx::Result<()> {
    async fn of<DB: Database>(db: &mut DB::Connection, end: End) -> sqlx::Result<()> {
        match end {
            End::Commit => DB::TransactionManager::commit(db).await,
            End::Rollback => DB::TransactionManager::rollback(db).await,
            End::Drop => {
                DB::TransactionManager::start_rollback(db);
                Ok(())
            }
        }
    }
    match db {
        Transaction::Sqlite(db) => of::<Sqlite>(db, end).await,
        Transaction::Postgres(db) => of::<Postgres>(db, end).await,
        Transaction::MySql(db) => of::<MySql>(db, end).await,
        _ => unreachable!(),
    }
}
