//! One case: the same steps in the database and in memory, in transactions and savepoints, and a look at both after each.

use std::slice::Iter;

use futures_util::future::BoxFuture;
use neko_orm::{Pool, Transaction};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestCaseResult};

use super::look::{LOOKS, look};
use super::rows::{New, Row};
use super::run::{Db, run};
use super::schema::{Comment, Entry, Image, Mark, Node, Post, Profile, Tag, User};
use super::step::Step;
use super::tables;
use super::world::{FOREIGN_KEY, Held, OR, Outcome, State, UNIQUE, World};
use crate::support::cases::{End, abandon, begin, end};

/// Rows to begin with, and structs of them.
fn start() -> State {
    fn rows<C: Row>(state: &mut State, rows: &[(Option<i64>, Option<i64>, bool)]) {
        state.insert::<C>(&rows.iter().map(|&(a, b, flag)| New { a, b, flag }).collect::<Vec<_>>()).unwrap();
    }
    let (mut state, none) = (State::default(), (None, None, false));
    rows::<User>(&mut state, &[none; 3]);
    rows::<Profile>(&mut state, &[(Some(1), None, false), none]);
    rows::<Post>(
        &mut state,
        &[(Some(1), Some(1), false), (Some(1), Some(1), false), (None, None, true), (Some(2), None, false)],
    );
    rows::<Image>(&mut state, &[none; 2]);
    rows::<Comment>(&mut state, &[(Some(1), None, true), (Some(1), None, false), none]);
    rows::<Tag>(&mut state, &[none; 3]);
    rows::<Mark>(&mut state, &[(Some(1), Some(1), false), (Some(4), Some(1), false)]);
    let one = (Some(1), Some(1), false);
    rows::<Entry>(&mut state, &[one, one, (Some(4), Some(2), false)]);
    let nodes = [(None, Some(1), false), (Some(1), Some(2), false), (Some(2), Some(3), false), (None, Some(2), true)];
    rows::<Node>(&mut state, &nodes);
    state
}

/// Runs the steps, and then looks at every relation, in a way that the index says.
pub async fn check(steps: &[Step], index: usize, db: &Pool) -> TestCaseResult {
    let state = start();
    tables::fill(db).await;
    let mut case = Case { held: state.held.clone(), state, steps: steps.iter() };
    case.outermost(db).await?;
    let mut transaction = db.begin().await.map_err(fail)?;
    for number in 0..LOOKS {
        look(number, index + number, &case.state, &mut transaction).await?;
    }
    transaction.rollback().await.map_err(fail)
}

fn fail(error: impl std::error::Error) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

struct Case<'s> {
    steps: Iter<'s, Step>,
    state: State,
    /// The structs that the crate has changed.
    held: Held,
}

impl Case<'_> {
    async fn outermost(&mut self, db: &Pool) -> TestCaseResult {
        while let Some(step) = self.steps.next() {
            if let Step::Begin = step {
                let before = self.state.world.clone();
                let mut transaction = db.begin().await.map_err(fail)?;
                let end = match self.nested(&mut transaction, 1).await {
                    Ok(end) => end,
                    Err(error) => {
                        abandon(transaction).await.map_err(fail)?;
                        return Err(error);
                    }
                };
                match end {
                    End::Commit => transaction.commit().await.map_err(fail)?,
                    End::Rollback => transaction.rollback().await.map_err(fail)?,
                    End::Drop => drop(transaction),
                }
                self.end(end, before);
            } else {
                self.step(step, &mut Db::Pool(db)).await?;
            }
            let mut transaction = db.begin().await.map_err(fail)?;
            let result = self.compare(step, &mut transaction).await;
            transaction.rollback().await.map_err(fail)?;
            result?;
        }
        Ok(())
    }

    /// The steps up to the end of a transaction or savepoint.
    fn nested<'n>(&'n mut self, db: &'n mut Transaction, depth: usize) -> BoxFuture<'n, Result<End, TestCaseError>> {
        Box::pin(async move {
            while let Some(step) = self.steps.next() {
                match step {
                    Step::End(end) => return Ok(*end),
                    Step::Begin if depth < 3 => {
                        let before = self.state.world.clone();
                        begin(db).await.map_err(fail)?;
                        let ended = self.nested(db, depth + 1).await?;
                        end(db, ended).await.map_err(fail)?;
                        self.end(ended, before);
                    }
                    _ => self.step(step, &mut Db::Transaction(&mut *db)).await?,
                }
                self.compare(step, db).await?;
            }
            Ok(End::Rollback)
        })
    }

    fn end(&mut self, end: End, before: World) {
        if !matches!(end, End::Commit) {
            self.state.world = before;
        }
    }

    async fn step(&mut self, step: &Step, db: &mut Db<'_>) -> TestCaseResult {
        let before = self.state.clone();
        let may_be_refused = step.deletes_a_tree() || before.takes_its_own_parent_away(step);
        let (expected, instead) = either(self.state.foresee(step));
        let outcome = run(step, &mut self.held, db).await;
        if may_be_refused && is_mysql(db) && outcome == Err(FOREIGN_KEY.to_owned()) {
            self.state = before;
            return Ok(());
        }
        // MySQL checks one row after the other: of two violations, it may find the other one first.
        let is_violation =
            |outcome: &Outcome| [FOREIGN_KEY, UNIQUE].iter().any(|kind| *outcome == Err((*kind).to_owned()));
        let is_other = is_mysql(db) && is_violation(&outcome) && is_violation(&expected)
            || is_postgres(db) && instead.is_some_and(|instead| outcome == Err(instead));
        if !is_other {
            prop_assert_eq!(&outcome, &expected, "{:?}", step);
        }
        prop_assert_eq!(&self.held, &self.state.held, "structs after {:?}", step);
        Ok(())
    }

    async fn compare(&mut self, step: &Step, db: &mut Transaction) -> TestCaseResult {
        prop_assert_eq!(tables::rows(db).await, self.state.world.numbers(), "rows after {:?}", step);
        let last = if step.takes_keys() { tables::last(db).await } else { Vec::new() };
        for (table, last) in last {
            let foreseen = self.state.world.last.entry(table).or_default();
            prop_assert!(last >= *foreseen, "a key of `{table}` is given again after {step:?}: {last} is the last");
            *foreseen = last;
        }
        match step {
            Step::Look { relation, index } => look(*relation, *index, &self.state, db).await,
            _ => Ok(()),
        }
    }
}

/// What is expected, and the refusal that PostgreSQL may find first.
fn either(outcome: Outcome) -> (Outcome, Option<String>) {
    match &outcome {
        Err(refusals) => match refusals.split_once(OR) {
            Some((first, second)) => (Err(first.to_owned()), Some(second.to_owned())),
            None => (outcome, None),
        },
        Ok(_) => (outcome, None),
    }
}

fn is_postgres(db: &Db<'_>) -> bool {
    matches!(db, Db::Pool(Pool::Postgres(_)) | Db::Transaction(Transaction::Postgres(_)))
}

fn is_mysql(db: &Db<'_>) -> bool {
    matches!(db, Db::Pool(Pool::MySql(_)) | Db::Transaction(Transaction::MySql(_)))
}
