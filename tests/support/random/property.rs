//! Running a test on random cases, each in a transaction on a database with the case's rows.

use std::cell::RefCell;
use std::fmt::Debug;

use neko_orm::schema;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseResult, TestRunner};
use sqlx::{Connection, SqliteConnection};

use super::blog::{Comment, Post, User, World};
use super::rows::world;

/// A failing case is printed and shrunk, with the seed that brings it back as `NEKO_SEED`; `PROPTEST_CASES` sets their number.
pub fn check<T: Debug>(
    case: impl Strategy<Value = T>,
    test: impl AsyncFn(&World, &T, &mut SqliteConnection) -> TestCaseResult,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let db = RefCell::new(runtime.block_on(connect()));
    let seed = crate::support::seed();
    let config = ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        max_shrink_iters: 8192,
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new(config);
    let result = runner.run(&(world(), case), |(world, case)| {
        let mut db = db.borrow_mut();
        runtime.block_on(async {
            let mut transaction = db.begin().await.unwrap();
            world.insert(&mut transaction).await.map_err(fail)?;
            test(&world, &case, &mut transaction).await?;
            transaction.rollback().await.map_err(fail)
        })
    });
    if let Err(error) = result {
        panic!("{error}\n{runner}");
    }
}

async fn connect() -> SqliteConnection {
    let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    schema::create::<(User, Post, Comment)>(&mut db).await.unwrap();
    db
}

/// A call that should have succeeded.
pub fn fail(error: impl std::error::Error) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

/// Runs a test on the model that a number stands for.
macro_rules! on_model {
    ($number:expr, $test:ident($($argument:expr),*)) => {
        match $number % 3 {
            0 => $test::<crate::random::blog::User>($($argument),*).await,
            1 => $test::<crate::random::blog::Post>($($argument),*).await,
            _ => $test::<crate::random::blog::Comment>($($argument),*).await,
        }
    };
}
pub(crate) use on_model;

/// Compares, and names the statement where the two differ.
macro_rules! agree {
    ($query:expr, $found:expr, $expected:expr) => {
        prop_assert_eq!($found, $expected, "{}", $query.to_sql(neko_orm::Dialect::Sqlite).unwrap())
    };
}
pub(crate) use agree;
