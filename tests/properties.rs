//! Random sequences of verbs, in and out of transactions and savepoints, against the same verbs on plain maps.
//! A failing case is printed and shrunk, with the seed that brings it back as `NEKO_SEED`; `PROPTEST_CASES` sets their number.

mod support;

use std::collections::BTreeMap;

use neko_orm::{Error, Model, Pool, Result, Transaction, schema};
use proptest::prelude::*;
use support::cases::{self, Backend, End, randomly};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: Option<i64>,
    body: String,
}

#[derive(Debug, Clone)]
enum Step {
    CreatePost(String),
    CreateComments(Option<usize>, Vec<String>),
    Associate(usize, Vec<usize>),
    Dissociate(usize, Vec<usize>),
    AssociateOne(usize, usize),
    DissociateOne(usize, usize),
    Unlink(usize),
    Save(usize, Option<usize>, String),
    DeletePost(usize),
    DeleteComment(usize),
    /// The steps in a transaction or savepoint, which is committed or rolled back.
    Nested(Vec<Step>, bool),
}

fn step(backend: Backend) -> impl Strategy<Value = Step> {
    let index = 0..6_usize;
    let indexes = || prop::collection::vec(0..6_usize, 0..5);
    // PostgreSQL has no texts with a NUL.
    let is_text = move |text: &String| backend != Backend::Postgres || !text.contains('\0');
    let text = move || any::<String>().prop_filter("has a NUL", is_text);
    let leaf = prop_oneof![
        text().prop_map(Step::CreatePost),
        (prop::option::of(index.clone()), prop::collection::vec(text(), 0..4))
            .prop_map(|(post, bodies)| Step::CreateComments(post, bodies)),
        (index.clone(), indexes()).prop_map(|(post, comments)| Step::Associate(post, comments)),
        (index.clone(), indexes()).prop_map(|(post, comments)| Step::Dissociate(post, comments)),
        (index.clone(), index.clone()).prop_map(|(comment, post)| Step::AssociateOne(comment, post)),
        (index.clone(), index.clone()).prop_map(|(comment, post)| Step::DissociateOne(comment, post)),
        index.clone().prop_map(Step::Unlink),
        (index.clone(), prop::option::of(index.clone()), text())
            .prop_map(|(comment, post, body)| Step::Save(comment, post, body)),
        index.clone().prop_map(Step::DeletePost),
        index.prop_map(Step::DeleteComment),
    ];
    leaf.prop_recursive(2, 16, 6, |step| {
        (prop::collection::vec(step, 0..6), any::<bool>()).prop_map(|(steps, commits)| Step::Nested(steps, commits))
    })
}

/// What the database should hold. Structs that were handed out live on when their row is gone, as they do for a user.
#[derive(Debug, Clone, Default)]
struct Expected {
    posts: BTreeMap<i64, Post>,
    comments: BTreeMap<i64, Comment>,
}

/// The structs that a user holds.
#[derive(Default)]
struct Held {
    posts: Vec<Post>,
    comments: Vec<Comment>,
}

fn ids(comments: &[Comment], indexes: &[usize]) -> Vec<usize> {
    let mut chosen: Vec<_> = indexes.iter().copied().filter(|&index| index < comments.len()).collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

fn chosen<'c>(comments: &'c mut [Comment], indexes: &[usize]) -> Vec<&'c mut Comment> {
    comments.iter_mut().enumerate().filter(|(index, _)| indexes.contains(index)).map(|(_, comment)| comment).collect()
}

/// Changes foreign keys in the expectation if every row allows it, and says whether it does.
fn expect_change(
    expected: &mut Expected,
    held: &mut Held,
    chosen: &[usize],
    new: Option<i64>,
    allowed: impl Fn(&Comment) -> bool,
) -> bool {
    let rows = chosen.iter().map(|&index| expected.comments.get(&held.comments[index].id));
    if !rows.into_iter().all(|row| row.is_some_and(&allowed)) {
        return false;
    }
    for &index in chosen {
        let id = held.comments[index].id;
        expected.comments.entry(id).and_modify(|comment| comment.post_id = new);
        held.comments[index].post_id = new;
    }
    true
}

fn agrees<T>(result: Result<T>, expected: bool, refusal: fn(&Error) -> bool) -> std::result::Result<(), TestCaseError> {
    match (result, expected) {
        (Ok(_), true) => Ok(()),
        (Err(error), false) if refusal(&error) => Ok(()),
        (Ok(_), false) => Err(TestCaseError::fail("should have been refused")),
        (Err(error), _) => Err(TestCaseError::fail(error.to_string())),
    }
}

async fn run(
    step: &Step,
    db: &mut Transaction,
    expected: &mut Expected,
    held: &mut Held,
) -> std::result::Result<(), TestCaseError> {
    let is_not_found: fn(&Error) -> bool = |error| matches!(error, Error::NotFound { .. });
    let is_stranger: fn(&Error) -> bool = |error| matches!(error, Error::NotAssociated { .. });
    let is_refused: fn(&Error) -> bool =
        |error| matches!(error, Error::NotFound { .. } | Error::ForeignKeyViolation(_));
    match step {
        Step::CreatePost(title) => {
            let post = Post::create().title(title.as_str()).insert(&mut *db).await.unwrap();
            expected.posts.insert(post.id, post.clone());
            held.posts.push(post);
        }
        Step::CreateComments(post, bodies) => {
            let post = post.and_then(|index| held.posts.get(index).cloned());
            let rows = bodies.iter().map(|body| match &post {
                Some(post) => post.comments().create().body(body.as_str()),
                None => Comment::create().body(body.as_str()),
            });
            let result = Comment::insert_all(rows, &mut *db).await;
            let allowed = bodies.is_empty() || post.is_none_or(|post| expected.posts.contains_key(&post.id));
            if let Ok(comments) = &result {
                expected.comments.extend(comments.iter().map(|comment| (comment.id, comment.clone())));
                held.comments.extend(comments.iter().cloned());
            }
            agrees(result, allowed, is_refused)?;
        }
        Step::Associate(post, indexes) => {
            let Some(post) = held.posts.get(*post).cloned() else { return Ok(()) };
            let indexes = ids(&held.comments, indexes);
            let result = post.comments().associate(chosen(&mut held.comments, &indexes), &mut *db).await;
            let exists = indexes.is_empty() || expected.posts.contains_key(&post.id);
            let allowed = expect_change(expected, held, &indexes, Some(post.id), |_| exists);
            agrees(result, allowed, is_refused)?;
        }
        Step::Dissociate(post, indexes) => {
            let Some(post) = held.posts.get(*post).cloned() else { return Ok(()) };
            let indexes = ids(&held.comments, indexes);
            let result = post.comments().dissociate(chosen(&mut held.comments, &indexes), &mut *db).await;
            let allowed = expect_change(expected, held, &indexes, None, |comment| comment.post_id == Some(post.id));
            agrees(result, allowed, is_stranger)?;
        }
        Step::AssociateOne(comment, post) => {
            let Some(post) = held.posts.get(*post).cloned() else { return Ok(()) };
            let Some(held_comment) = held.comments.get_mut(*comment) else { return Ok(()) };
            let result = held_comment.post_mut().associate(&post, &mut *db).await;
            let exists = expected.posts.contains_key(&post.id);
            let allowed = expect_change(expected, held, &[*comment], Some(post.id), |_| exists);
            agrees(result, allowed, is_refused)?;
        }
        Step::DissociateOne(comment, post) => {
            let Some(post) = held.posts.get(*post).cloned() else { return Ok(()) };
            let Some(held_comment) = held.comments.get_mut(*comment) else { return Ok(()) };
            let result = held_comment.post_mut().dissociate(&post, &mut *db).await;
            let allowed = expect_change(expected, held, &[*comment], None, |comment| comment.post_id == Some(post.id));
            agrees(result, allowed, is_stranger)?;
        }
        Step::Unlink(comment) => {
            let Some(held_comment) = held.comments.get_mut(*comment) else { return Ok(()) };
            let result = held_comment.post_mut().unlink(&mut *db).await;
            let allowed = expect_change(expected, held, &[*comment], None, |_| true);
            agrees(result, allowed, is_not_found)?;
        }
        Step::Save(comment, post, body) => {
            let post = post.and_then(|index| held.posts.get(index));
            let Some(comment) = held.comments.get_mut(*comment) else { return Ok(()) };
            let before = comment.clone();
            comment.body = body.clone();
            if let Some(post) = post {
                post.comments().associate_in_memory(&mut *comment);
            }
            let result = comment.save(&mut *db).await;
            let allowed = expected.comments.contains_key(&comment.id)
                && comment.post_id.is_none_or(|post| expected.posts.contains_key(&post));
            if allowed {
                expected.comments.insert(comment.id, comment.clone());
            } else {
                *comment = before;
            }
            agrees(result, allowed, is_refused)?;
        }
        Step::DeletePost(post) => {
            let Some(post) = held.posts.get(*post) else { return Ok(()) };
            let result = post.delete(&mut *db).await;
            let used = expected.comments.values().any(|comment| comment.post_id == Some(post.id));
            let allowed = expected.posts.contains_key(&post.id) && !used;
            if allowed {
                expected.posts.remove(&post.id);
            }
            agrees(result, allowed, is_refused)?;
        }
        Step::DeleteComment(comment) => {
            let Some(comment) = held.comments.get(*comment) else { return Ok(()) };
            let result = comment.delete(&mut *db).await;
            let allowed = expected.comments.remove(&comment.id).is_some();
            agrees(result, allowed, is_not_found)?;
        }
        Step::Nested(steps, commits) => {
            let before = expected.clone();
            cases::begin(db).await.unwrap();
            for step in steps {
                Box::pin(run(step, db, expected, held)).await?;
            }
            if *commits {
                cases::end(db, End::Commit).await.unwrap();
            } else {
                cases::end(db, End::Rollback).await.unwrap();
                *expected = before;
            }
        }
    }
    Ok(())
}

/// Every reading verb of every relation agrees with the expectation.
async fn compare(db: &mut Transaction, expected: &Expected, held: &Held) -> std::result::Result<(), TestCaseError> {
    let posts = Post::query().order_by(|p| p.id.asc()).to_vec(&mut *db).await.unwrap();
    prop_assert_eq!(&posts, &expected.posts.values().cloned().collect::<Vec<_>>());
    let comments = Comment::query().order_by(|c| c.id.asc()).to_vec(&mut *db).await.unwrap();
    prop_assert_eq!(&comments, &expected.comments.values().cloned().collect::<Vec<_>>());
    for post in &held.posts {
        let of_post = |comment: &&Comment| comment.post_id == Some(post.id);
        let theirs: Vec<_> = expected.comments.values().filter(of_post).cloned().collect();
        prop_assert_eq!(post.comments().order_by(|c| c.id.asc()).to_vec(&mut *db).await.unwrap(), theirs.clone());
        prop_assert_eq!(post.comments().count(&mut *db).await.unwrap(), theirs.len() as i64);
        prop_assert_eq!(post.comments().exists(&mut *db).await.unwrap(), !theirs.is_empty());
        prop_assert_eq!(
            post.comments().order_by(|c| c.id.asc()).first(&mut *db).await.unwrap(),
            theirs.first().cloned()
        );
    }
    for comment in expected.comments.values() {
        let theirs = comment.post_id.and_then(|post| expected.posts.get(&post).cloned());
        prop_assert_eq!(comment.post().get(&mut *db).await.unwrap(), theirs);
    }
    Ok(())
}

async fn case(steps: &[Step], db: &mut Transaction) -> std::result::Result<(), TestCaseError> {
    let (mut expected, mut held) = (Expected::default(), Held::default());
    for step in steps {
        run(step, db, &mut expected, &mut held).await?;
    }
    compare(db, &expected, &held).await
}

randomly! {
    fn random_verbs_do_what_they_do_on_plain_maps(backend) {
        let create = async |db: &Pool| schema::create::<(Post, Comment)>(db).await.unwrap();
        cases::check(backend, create, prop::collection::vec(step(backend), 0..40), async |db: &Pool, steps| {
            let mut db = db.begin().await.unwrap();
            let result = case(&steps, &mut db).await;
            cases::abandon(db).await.unwrap();
            result
        });
    }
}
