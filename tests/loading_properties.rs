//! Random data loaded along relations against the same relations on plain vectors, in twenty shapes.
//! A failing case is printed and shrunk, with the seed that brings it back as `NEKO_SEED`; `PROPTEST_CASES` sets their number.

#[path = "support/random/mod.rs"]
mod random;
mod support;

use std::fmt::Debug;

use futures_util::TryStreamExt;
use neko_orm::{
    Cardinality, HasManyRelation, Loader, Many, Model, Ranged, Related, RelatedMany, Relation, RowByRow, Selection,
    Transaction,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use random::blog::{Comment, Post, Tabled, User, World, find};
use random::narrowing::Narrowing;
use random::property::{check, fail};
use random::strategy::narrowing;
use support::cases::{Backend, randomly};
use support::recorded;

/// What narrows the rows, what they lead to, and what these lead to.
#[derive(Debug)]
struct Case {
    shape: usize,
    rows: Narrowing,
    outer: Narrowing,
    inner: Narrowing,
    /// Some rows in any order, some of them repeatedly.
    at_hand: Vec<prop::sample::Index>,
}

fn case(backend: Backend) -> impl Strategy<Value = Case> {
    let narrowing = || narrowing(backend);
    let at_hand = prop::collection::vec(any::<prop::sample::Index>(), 0..8);
    (0..20_usize, narrowing(), narrowing(), narrowing(), at_hand)
        .prop_map(|(shape, rows, outer, inner, at_hand)| Case { shape, rows, outer, inner, at_hand })
}

randomly! {
    fn what_is_loaded_is_what_relations_lead_to(backend) {
        check(backend, case(backend), async |world, case, db| Loading { world, case }.in_shape(db).await);
    }
}

type Relations<M> = <M as Model>::Relations;

/// What a relation leads to where the filters hold.
fn kept<R, K>(related: Related<R, K>, narrowing: &Narrowing) -> Selection<R, K::Filtered>
where
    R: Relation<Target: Tabled>,
    K: Cardinality,
{
    related.filter(|columns| narrowing.condition::<R::Target>(columns))
}

/// The same in order, without a range.
fn some<R: HasManyRelation<Target: Tabled>>(related: RelatedMany<R>, narrowing: &Narrowing) -> Selection<R, Many> {
    let narrowing = narrowing.without_range();
    kept(related, &narrowing).order_by(|columns| narrowing.orders(R::Target::scope(columns)))
}

/// The same in order and within the range.
fn few<R: HasManyRelation<Target: Tabled>>(related: RelatedMany<R>, narrowing: &Narrowing) -> Selection<R, Ranged> {
    let selection = kept(related, narrowing).order_by(|columns| narrowing.orders(R::Target::scope(columns)));
    let selection = selection.offset(narrowing.offset);
    narrowing.limit.into_iter().fold(selection, Selection::limit)
}

struct Loading<'c> {
    world: &'c World,
    case: &'c Case,
}

impl Loading<'_> {
    /// The user that a key refers to.
    fn user(&self, key: Option<i64>) -> Option<User> {
        find(&self.world.users, key).cloned()
    }

    fn post(&self, key: i64) -> Option<Post> {
        find(&self.world.posts, Some(key)).cloned()
    }

    fn comment(&self, key: Option<i64>) -> Option<Comment> {
        find(&self.world.comments, key).cloned()
    }

    fn team(&self, of: &User, narrowing: &Narrowing) -> Vec<User> {
        narrowing.rows_where(self.world, |user: &User| user.boss_id == Some(of.id))
    }

    fn written(&self, by: &User, narrowing: &Narrowing) -> Vec<Post> {
        narrowing.rows_where(self.world, |post: &Post| post.author_id == Some(by.id))
    }

    fn comments(&self, on: &Post, narrowing: &Narrowing) -> Vec<Comment> {
        narrowing.rows_where(self.world, |comment: &Comment| comment.post_id == on.id)
    }

    fn replies(&self, to: &Comment, narrowing: &Narrowing) -> Vec<Comment> {
        narrowing.rows_where(self.world, |comment: &Comment| comment.parent_id == Some(to.id))
    }

    fn keeps<M: Tabled>(&self, row: &M, narrowing: &Narrowing) -> bool {
        narrowing.keeps(row, self.world)
    }

    /// Loads one of the shapes, which has so many relations, and says what it is in memory.
    async fn in_shape(&self, db: &mut Transaction) -> TestCaseResult {
        let (outer, inner) = (&self.case.outer, &self.case.inner);
        let (some_outer, some_inner) = (&outer.without_range(), &inner.without_range());
        match self.case.shape {
            0 => self.agrees::<Post, _>(1, |p| p.author, |p: &Post| self.user(p.author_id), db).await,
            1 => {
                let author = |p: &Post| self.user(p.author_id).filter(|user| self.keeps(user, outer));
                self.agrees::<Post, _>(1, |p| kept(p.author, outer), author, db).await
            }
            2 => {
                self.agrees::<Post, _>(1, |p| some(p.comments, outer), |p: &Post| self.comments(p, some_outer), db)
                    .await
            }
            3 => self.agrees::<Post, _>(1, |p| few(p.comments, outer), |p: &Post| self.comments(p, outer), db).await,
            4 => {
                let first = |p: &Post| self.comments(p, some_outer).into_iter().next();
                self.agrees::<Post, _>(1, |p| some(p.comments, outer).first(), first, db).await
            }
            5 => {
                let numbers = |p: &Post| {
                    let comments = self.comments(p, some_outer);
                    let likes = || comments.iter().filter_map(|comment| comment.likes);
                    let weights = || comments.iter().map(|comment| comment.weight);
                    let bodies = || comments.iter().map(|comment| comment.body.clone());
                    let mean = (!comments.is_empty()).then(|| weights().sum::<f64>() / comments.len() as f64);
                    let (count, sum) = (comments.len() as i64, likes().sum::<i64>());
                    let greatest = bodies().max();
                    (
                        count,
                        count > 0,
                        sum,
                        likes().min(),
                        greatest,
                        mean,
                        weights().fold(0.0, |sum, weight| sum + weight),
                    )
                };
                let load = |p: Relations<Post>| {
                    let comments = || kept(p.comments, outer);
                    (
                        comments().count(),
                        comments().exists(),
                        comments().sum(|c| c.likes),
                        comments().min(|c| c.likes),
                        comments().max(|c| c.body),
                        comments().avg(|c| c.weight),
                        comments().sum(|c| c.weight),
                    )
                };
                self.agrees::<Post, _>(7, load, numbers, db).await
            }
            6 => {
                let author = |p: &Post| self.user(p.author_id).map(|user| (user.clone(), self.written(&user, inner)));
                self.agrees::<Post, _>(2, |p| p.author.with(|u| few(u.written, inner)), author, db).await
            }
            7 => {
                let of = |c: Comment| (c.clone(), (self.user(c.author_id), self.comment(c.parent_id)));
                let comments = |p: &Post| self.comments(p, outer).into_iter().map(of).collect();
                self.agrees::<Post, _>(3, |p| few(p.comments, outer).with(|c| (c.author, c.parent)), comments, db).await
            }
            8 => {
                let of = |c: Comment| (c.clone(), self.replies(&c, inner));
                let comments = |p: &Post| self.comments(p, some_outer).into_iter().map(of).collect();
                self.agrees::<Post, _>(2, |p| some(p.comments, outer).with(|c| few(c.replies, inner)), comments, db)
                    .await
            }
            9 => {
                let of = |c: Comment| (c.clone(), self.replies(&c, some_inner).len() as i64);
                let comments = |p: &Post| self.comments(p, outer).into_iter().map(of).collect();
                let load = |p: Relations<Post>| few(p.comments, outer).with(|c| kept(c.replies, inner).count());
                self.agrees::<Post, _>(2, load, comments, db).await
            }
            10 => {
                let boss = |u: &User| self.user(u.boss_id).map(|boss| (boss.clone(), self.team(&boss, some_inner)));
                self.agrees::<User, _>(2, |u| u.boss.with(|b| some(b.team, inner)), boss, db).await
            }
            11 => {
                let of = |u: &User| {
                    let ages = self.team(u, some_inner).into_iter().filter_map(|user| user.age);
                    (self.written(u, outer), self.team(u, some_inner).len() as i64, ages.max())
                };
                let load = |u: Relations<User>| {
                    let team = || kept(u.team, inner);
                    (few(u.written, outer), team().count(), team().max(|t| t.age))
                };
                self.agrees::<User, _>(3, load, of, db).await
            }
            12 => {
                let comment = |c: Comment| (c.clone(), self.user(c.author_id));
                let post = |p: Post| {
                    let comments: Vec<_> = self.comments(&p, inner).into_iter().map(comment).collect();
                    let count = self.world.comments.iter().filter(|comment| comment.post_id == p.id).count();
                    (p, (comments, count as i64))
                };
                let posts = |u: &User| self.written(u, some_outer).into_iter().map(post).collect();
                let load = |u: Relations<User>| {
                    some(u.written, outer).with(|p| (few(p.comments, inner).with(|c| c.author), p.comments.count()))
                };
                self.agrees::<User, _>(4, load, posts, db).await
            }
            13 => {
                let of = |u: User| {
                    let first = self.written(&u, some_inner).into_iter().next();
                    (u.clone(), (self.user(u.boss_id), first))
                };
                let team = |u: &User| self.team(u, outer).into_iter().map(of).collect();
                let load = |u: Relations<User>| few(u.team, outer).with(|t| (t.boss, some(t.written, inner).first()));
                self.agrees::<User, _>(3, load, team, db).await
            }
            14 => {
                let first = |u: &User| self.team(u, some_outer).into_iter().next();
                let first = |u: &User| first(u).map(|user| (user.clone(), self.written(&user, inner)));
                let load = |u: Relations<User>| some(u.team, outer).with(|t| few(t.written, inner)).first();
                self.agrees::<User, _>(2, load, first, db).await
            }
            15 => self.agrees::<Comment, _>(1, |c| c.post, |c: &Comment| self.post(c.post_id).unwrap(), db).await,
            16 => {
                let post = |c: &Comment| self.post(c.post_id).filter(|post| self.keeps(post, outer));
                self.agrees::<Comment, _>(1, |c| kept(c.post, outer), post, db).await
            }
            17 => {
                let post = |c: &Comment| self.post(c.post_id).map(|post| (post.clone(), self.comments(&post, inner)));
                let load = |c: Relations<Comment>| c.post.with(|p| few(p.comments, inner));
                self.agrees::<Comment, _>(2, load, |c| post(c).unwrap(), db).await
            }
            18 => {
                let parent = |c: &Comment| self.comment(c.parent_id).filter(|parent| self.keeps(parent, outer));
                let first = |parent: &Comment| self.replies(parent, some_inner).into_iter().next();
                let parent = |c: &Comment| parent(c).map(|parent| (parent.clone(), first(&parent)));
                let load = |c: Relations<Comment>| kept(c.parent, outer).with(|p| some(p.replies, inner).first());
                self.agrees::<Comment, _>(2, load, parent, db).await
            }
            _ => {
                let of = |c: &Comment| {
                    let post = self.post(c.post_id).unwrap();
                    ((post.clone(), self.user(post.author_id)), self.user(c.author_id), self.replies(c, outer))
                };
                let load = |c: Relations<Comment>| (c.post.with(|p| p.author), c.author, few(c.replies, outer));
                self.agrees::<Comment, _>(4, load, of, db).await
            }
        }
    }

    /// Every way to load agrees with the expectation, and sends no more than one statement for each relation.
    async fn agrees<M, L>(
        &self,
        relations: usize,
        load: impl Fn(M::Relations) -> L,
        expected: impl Fn(&M) -> L::Output,
        db: &mut Transaction,
    ) -> TestCaseResult
    where
        M: Tabled,
        L: Loader<M, Output: PartialEq + Debug>,
    {
        let rows = self.case.rows.rows::<M>(self.world);
        let with = |row: &M| (row.clone(), expected(row));
        let query = self.case.rows.query::<M>().with(&load);
        let (found, statements) = recorded(query.to_vec(&mut *db)).await;
        let all: Vec<_> = rows.iter().map(with).collect();
        prop_assert_eq!(found.map_err(fail)?, &all[..], "{:#?}", statements);
        prop_assert!(statements.len() <= 1 + relations, "{statements:#?}");
        let streamed: Vec<_> = query.stream(&mut *db).try_collect().await.map_err(fail)?;
        prop_assert_eq!(streamed, &all[..], "{:#?}", statements);
        let by_rows = query.to_vec(RowByRow(&mut *db)).await.map_err(fail)?;
        prop_assert_eq!(by_rows, &all[..], "{:#?}", statements);
        prop_assert_eq!(query.first(&mut *db).await.map_err(fail)?, all.into_iter().next());

        let rows = M::all(self.world);
        let indexes = self.case.at_hand.iter().filter(|_| !rows.is_empty());
        let rows: Vec<_> = indexes.map(|index| index.get(rows).clone()).collect();
        let (found, statements) = recorded(M::load(&rows, &load, &mut *db)).await;
        prop_assert_eq!(found.map_err(fail)?, rows.iter().map(&expected).collect::<Vec<_>>(), "{:#?}", statements);
        prop_assert!(statements.len() <= relations, "{statements:#?}");
        Ok(())
    }
}
