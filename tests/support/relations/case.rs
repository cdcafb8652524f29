//! One case: the same steps in the database and in memory, in transactions and savepoints, and a look at both after each.

use std::slice::Iter;

use futures_util::future::BoxFuture;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestCaseResult};
use sqlx::{Connection, Sqlite, SqliteConnection, SqlitePool, Transaction};

use super::look::{LOOKS, look};
use super::rows::{New, Row};
use super::run::{Db, run};
use super::schema::{Comment, Entry, Image, Mark, Node, Post, Profile, Tag, User};
use super::step::{End, Step};
use super::world::{Held, State, World};

/// The rows of [`start`] and no others. In an order that no foreign key minds: to turn them off would have every statement prepared anew.
const START: &str = "DELETE FROM marks; DELETE FROM entries; DELETE FROM post_tag; DELETE FROM labelled; DELETE FROM follows;
    DELETE FROM comments; DELETE FROM images; DELETE FROM tags; DELETE FROM posts; DELETE FROM profiles; DELETE FROM users;
    DELETE FROM nodes; DELETE FROM sqlite_sequence;
    INSERT INTO users VALUES (1), (2), (3); INSERT INTO profiles VALUES (1, 1), (2, NULL);
    INSERT INTO posts VALUES (1, 1, 1, FALSE), (2, 1, 1, FALSE), (3, NULL, NULL, TRUE), (4, 2, NULL, FALSE);
    INSERT INTO images VALUES (1), (2); INSERT INTO comments VALUES (1, 1, 'post'), (2, 1, 'image'), (3, NULL, NULL);
    INSERT INTO tags VALUES (1), (2), (3); INSERT INTO marks VALUES (1, 1, 1), (4, 1, 4);
    INSERT INTO entries VALUES (1, 1, 1, 1), (2, 1, 1, 1), (3, 4, 2, 4);
    INSERT INTO nodes VALUES (1, 1, NULL), (1, 2, 1), (1, 3, 2), (2, 2, NULL)";

/// All tables in one row, each as JSON.
const EVERYTHING: &str = "SELECT
    (SELECT json_group_array(json_array(id)) FROM (SELECT * FROM users ORDER BY id))
    || ' ' || (SELECT json_group_array(json_array(id, user_id)) FROM (SELECT * FROM profiles ORDER BY id))
    || ' ' || (SELECT json_group_array(json_array(id, author_id, rank, hidden)) FROM (SELECT * FROM posts ORDER BY id))
    || ' ' || (SELECT json_group_array(json_array(id)) FROM (SELECT * FROM images ORDER BY id))
    || ' ' || (SELECT json_group_array(json_array(id, commentable_id, commentable_type)) FROM (SELECT * FROM comments ORDER BY id))
    || ' ' || (SELECT json_group_array(json_array(id)) FROM (SELECT * FROM tags ORDER BY id))
    || ' ' || (SELECT json_group_array(json_array(post_id, tag_id, weight)) FROM (SELECT * FROM marks ORDER BY 1, 2))
    || ' ' || (SELECT json_group_array(json_array(id, post_id, tag_id, nr)) FROM (SELECT * FROM entries ORDER BY id))
    || ' ' || (SELECT json_group_array(json_array(forest, nr, parent_nr)) FROM (SELECT * FROM nodes ORDER BY 1, 2))
    || ' ' || (SELECT json_group_array(json_array(follower_id, followed_id)) FROM (SELECT * FROM follows ORDER BY 1, 2))
    || ' ' || (SELECT json_group_array(json_array(post_id, tag_id)) FROM (SELECT * FROM post_tag ORDER BY 1, 2))
    || ' ' || (SELECT json_group_array(json_array(labelled_id, tag_id)) FROM
        (SELECT * FROM labelled WHERE labelled_type = 'post' ORDER BY labelled_id, tag_id))
    || ' ' || (SELECT json_group_array(json_array(labelled_id, tag_id)) FROM
        (SELECT * FROM labelled WHERE labelled_type = 'image' ORDER BY labelled_id, tag_id))";

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
pub async fn check(steps: &[Step], index: usize, db: &SqlitePool) -> TestCaseResult {
    let state = start();
    sqlx::raw_sql(START).execute(db).await.map_err(fail)?;
    let mut case = Case { held: state.held.clone(), state, steps: steps.iter() };
    case.outermost(db).await?;
    let mut connection = db.acquire().await.map_err(fail)?;
    for number in 0..LOOKS {
        look(number, index + number, &case.state, &mut connection).await?;
    }
    Ok(())
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
    async fn outermost(&mut self, db: &SqlitePool) -> TestCaseResult {
        while let Some(step) = self.steps.next() {
            if let Step::Begin = step {
                let before = self.state.world.clone();
                let mut transaction = db.begin().await.map_err(fail)?;
                let end = self.nested(&mut transaction, 1).await?;
                self.end(end, before, transaction).await?;
                self.compare(step, &mut *db.acquire().await.map_err(fail)?).await?;
                continue;
            }
            self.step(step, &mut Db::Pool(db)).await?;
            self.compare(step, &mut *db.acquire().await.map_err(fail)?).await?;
        }
        Ok(())
    }

    /// The steps up to the end of a transaction or savepoint.
    fn nested<'n>(
        &'n mut self,
        db: &'n mut Transaction<'_, Sqlite>,
        depth: usize,
    ) -> BoxFuture<'n, Result<End, TestCaseError>> {
        Box::pin(async move {
            while let Some(step) = self.steps.next() {
                match step {
                    Step::End(end) => return Ok(*end),
                    Step::Begin if depth < 3 => {
                        let before = self.state.world.clone();
                        let mut savepoint = db.begin().await.map_err(fail)?;
                        let end = self.nested(&mut savepoint, depth + 1).await?;
                        self.end(end, before, savepoint).await?;
                    }
                    _ => self.step(step, &mut Db::Transaction(&mut *db)).await?,
                }
                self.compare(step, db).await?;
            }
            Ok(End::Rollback)
        })
    }

    async fn end(&mut self, end: End, before: World, transaction: Transaction<'_, Sqlite>) -> TestCaseResult {
        match end {
            End::Commit => return transaction.commit().await.map_err(fail),
            End::Rollback => transaction.rollback().await.map_err(fail)?,
            End::Drop => drop(transaction),
        }
        self.state.world = before;
        Ok(())
    }

    async fn step(&mut self, step: &Step, db: &mut Db<'_, '_>) -> TestCaseResult {
        let expected = self.state.foresee(step);
        let outcome = run(step, &mut self.held, db).await;
        prop_assert_eq!(&outcome, &expected, "{:?}", step);
        prop_assert_eq!(&self.held, &self.state.held, "structs after {:?}", step);
        Ok(())
    }

    async fn compare(&mut self, step: &Step, db: &mut SqliteConnection) -> TestCaseResult {
        let text: String = sqlx::query_scalar(EVERYTHING).fetch_one(&mut *db).await.map_err(fail)?;
        prop_assert_eq!(text, self.state.world.text(), "rows after {:?}", step);
        match step {
            Step::Look { relation, index } => look(*relation, *index, &self.state, db).await,
            _ => Ok(()),
        }
    }
}
