//! Random updates and deletes against the same changes of plain vectors.
//! A failing case is printed and shrunk, with the seed that brings it back as `NEKO_SEED`; `PROPTEST_CASES` sets their number.

#[path = "support/random/mod.rs"]
mod random;
mod support;

use neko_orm::{Assignment, Dialect, Error, Result, Transaction};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use random::blog::{Comment, Post, Tabled, User, World};
use random::narrowing::Narrowing;
use random::property::{agree, check, fail, on_model};
use random::strategy::narrowing;
use support::cases::{Backend, End, begin, end, randomly};

randomly! {
    fn updates_and_deletes_change_the_rows_of_the_query(backend) {
        check(backend, (0..3, narrowing(backend)), async |world, (model, narrowing), db| {
            on_model!(model, updates(world, narrowing, db))?;
            on_model!(model, deletes(world, narrowing, db))
        });
    }
}

/// What an update sets, in a query and in memory.
trait Changed: Tabled {
    fn assignments(columns: Self::Columns) -> Vec<Assignment<Self>>;
    fn changed(&self, world: &World) -> Self;
}

impl Changed for User {
    fn assignments(u: Self::Columns) -> Vec<Assignment<Self>> {
        let team = u.team.filter(|t| t.active.eq(true)).count().eq(0);
        vec![
            u.name.set(u.name.upper()),
            u.nick.set(u.name),
            u.age.set(u.age + 1),
            u.active.set(team),
            u.boss_id.set(None),
        ]
    }

    fn changed(&self, world: &World) -> Self {
        let (name, nick) = (world.upper(&self.name), Some(self.name.clone()));
        let active = !world.users.iter().any(|user| user.boss_id == Some(self.id) && user.active);
        Self { id: self.id, name, nick, age: self.age.map(|age| age + 1), active, boss_id: None }
    }
}

impl Changed for Post {
    fn assignments(p: Self::Columns) -> Vec<Assignment<Self>> {
        let counts = (p.rating.set(p.rating - 1), p.views.set(p.comments.count()));
        vec![counts.0, counts.1, p.pinned.set(p.subtitle.lt(p.title)), p.score.set(p.score * 2.0), p.subtitle.set("")]
    }

    fn changed(&self, world: &World) -> Self {
        let mut post = self.clone();
        post.rating -= 1;
        post.views = world.comments.iter().filter(|comment| comment.post_id == self.id).count() as i64;
        post.pinned = self.subtitle.as_ref().map(|subtitle| *subtitle < self.title);
        post.score = self.score.map(|score| score * 2.0);
        post.subtitle = Some(String::new());
        post
    }
}

impl Changed for Comment {
    fn assignments(c: Self::Columns) -> Vec<Assignment<Self>> {
        let likes = c.replies.sum(|r| r.likes);
        vec![c.weight.set(1.0), c.spam.set(c.post.is(|p| p.rating.gt(0))), c.likes.set(likes), c.weight.set(0.5)]
    }

    fn changed(&self, world: &World) -> Self {
        let spam = world.posts.iter().any(|post| post.id == self.post_id && post.rating > 0);
        let replies = world.comments.iter().filter(|comment| comment.parent_id == Some(self.id));
        let likes = Some(replies.filter_map(|reply| reply.likes).sum());
        Self { weight: 0.5, spam, likes, ..self.clone() }
    }
}

fn is_refused(result: &Result<u64>) -> bool {
    matches!(result, Err(Error::Unfiltered { .. }))
}

async fn updates<M: Changed>(world: &World, narrowing: &Narrowing, db: &mut Transaction) -> TestCaseResult {
    begin(db).await.map_err(fail)?;
    let query = narrowing.query::<M>();
    let changed = narrowing.rows::<M>(world);
    if narrowing.filters.is_empty() && !narrowing.has_range() {
        let result = query.update(M::assignments, &mut *db).await;
        prop_assert!(is_refused(&result), "{result:?}");
    }
    let query = query.all_rows();
    let count = query.update(M::assignments, &mut *db).await.map_err(fail)?;
    agree!(query, count, changed.len() as u64);
    let mut expected = world.clone();
    for row in M::all_mut(&mut expected).iter_mut().filter(|row| changed.contains(row)) {
        *row = row.changed(world);
    }
    agree!(query, World::read(&mut *db).await.map_err(fail)?, expected);
    end(db, End::Rollback).await.map_err(fail)
}

/// MySQL checks each row as soon as it is gone, and not when the statement ends; one that refers to itself never goes.
fn may_be_refused<M: Tabled>(world: &World, deleted: &[M]) -> bool {
    let refers_to_itself = world.users.iter().any(|user| user.boss_id == Some(user.id))
        || world.comments.iter().any(|comment| comment.parent_id == Some(comment.id));
    let is_needed = |row: &M| {
        let mut rest = world.clone();
        M::all_mut(&mut rest).retain(|other| other.id() != row.id());
        !rest.is_sound()
    };
    world.backend == Backend::MySql && (refers_to_itself || deleted.iter().any(is_needed))
}

async fn deletes<M: Tabled>(world: &World, narrowing: &Narrowing, db: &mut Transaction) -> TestCaseResult {
    begin(db).await.map_err(fail)?;
    let query = narrowing.query::<M>();
    let deleted = narrowing.rows::<M>(world);
    if narrowing.filters.is_empty() && !narrowing.has_range() {
        let result = query.delete(&mut *db).await;
        prop_assert!(is_refused(&result), "{result:?}");
    }
    let query = query.all_rows();
    let mut expected = world.clone();
    M::all_mut(&mut expected).retain(|row| !deleted.contains(row));
    match (query.delete(&mut *db).await, expected.is_sound()) {
        (Ok(count), true) => agree!(query, count, deleted.len() as u64),
        (Err(Error::ForeignKeyViolation(_)), false) => expected = world.clone(),
        (Err(Error::ForeignKeyViolation(_)), true) if may_be_refused(world, &deleted) => expected = world.clone(),
        (result, _) => prop_assert!(false, "{result:?} of {}", query.to_sql(Dialect::Sqlite).unwrap()),
    }
    agree!(query, World::read(&mut *db).await.map_err(fail)?, expected);
    end(db, End::Rollback).await.map_err(fail)
}
