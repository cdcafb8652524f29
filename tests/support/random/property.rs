//! Running a test on random cases, each in a transaction on a database with the case's rows.

use std::fmt::Debug;

use neko_orm::{Pool, Transaction, schema};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::blog::{Comment, Post, User, World};
use super::rows::world;
use crate::support::cases::{self, Backend};

/// Runs the test on each case, with the rows of a world.
pub fn check<T: Debug>(
    backend: Backend,
    case: impl Strategy<Value = T>,
    test: impl AsyncFn(&World, &T, &mut Transaction) -> TestCaseResult,
) {
    let prepare = async |db: &Pool| schema::create::<(User, Post, Comment)>(db).await.unwrap();
    cases::check(backend, prepare, (world(backend), case), async |db: &Pool, (world, case)| {
        let mut transaction = db.begin().await.map_err(fail)?;
        world.insert(&mut transaction).await.map_err(fail)?;
        let result = test(&world, &case, &mut transaction).await;
        cases::abandon(transaction).await.map_err(fail)?;
        result
    });
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
