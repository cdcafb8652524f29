//! What relations lead to: by handles, loaded for rows and for structs, and in filters.

use std::fmt::Debug;

use neko_orm::{Model, Transaction};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestCaseResult};

use super::rows::Row;
use super::schema::{Comment, Commentable, Image, Mark, Node, Post, Profile, Tag, User};
use super::step::LINKED;
use super::world::{State, World};

/// How many looks there are.
pub const LOOKS: usize = 31;

fn fail(error: neko_orm::Error) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

fn agree<T: PartialEq + Debug>(relation: &str, way: &str, found: &T, expected: &T) -> TestCaseResult {
    prop_assert_eq!(found, expected, "{} {}", relation, way);
    Ok(())
}

fn rows<S: Row>(world: &World) -> Vec<S> {
    S::rows(world).values().cloned().collect()
}

/// The rows with what was loaded for them, in the order of their keys.
fn sorted<S: Row, T>(mut loaded: Vec<(S, T)>) -> Vec<(S, T)> {
    loaded.sort_by_key(|(row, _)| row.id());
    loaded
}

fn keys<S: Row>(rows: Vec<S>) -> Vec<S::Key> {
    let mut keys: Vec<_> = rows.iter().map(S::id).collect();
    keys.sort_unstable();
    keys
}

/// A relation to many rows, in the order of a column, read in one of three ways.
macro_rules! many {
    ($state:expr, $index:expr, $db:expr, $source:ident.$name:ident, $id:ident, |$row:ident, $world:ident| $expected:expr) => {{
        let ($world, held) = (&$state.world, $source::held(&$state.held));
        let name = concat!(stringify!($source), ".", stringify!($name));
        let expected = |$row: &$source| $expected;
        let all = rows::<$source>($world);
        let query = || $source::query().unscoped();
        match $index % 3 {
            0 => {
                let handle = &held[$index / 3 % held.len()];
                let found = handle.$name().order_by(|t| t.$id.asc()).to_vec(&mut *$db).await.map_err(fail)?;
                agree(name, "by handle", &found, &expected(handle))?;
                let count = handle.$name().count(&mut *$db).await.map_err(fail)?;
                agree(name, "counted", &count, &(found.len() as i64))?;
                agree(name, "exists", &handle.$name().exists(&mut *$db).await.map_err(fail)?, &(count > 0))
            }
            1 => {
                let load = |s: <$source as Model>::Relations| {
                    (s.$name.order_by(|t| t.$id.desc()), s.$name.count(), s.$name.exists())
                };
                let loaded = $source::load(held, load, &mut *$db).await.map_err(fail)?;
                let lists = held.iter().map(|row| {
                    let list: Vec<_> = expected(row).into_iter().rev().collect();
                    let count = list.len() as i64;
                    (list, count, count > 0)
                });
                agree(name, "loaded for structs", &loaded, &lists.collect())
            }
            _ => {
                let loaded =
                    query().with(|s| s.$name.order_by(|t| t.$id.asc())).to_vec(&mut *$db).await.map_err(fail)?;
                let lists = all.iter().map(|row| (row.clone(), expected(row))).collect::<Vec<_>>();
                agree(name, "loaded", &sorted(loaded), &lists)?;
                let found = query().filter(|s| s.$name.any(|t| t.$id.ne(2))).to_vec(&mut *$db).await.map_err(fail)?;
                let meets = |row: &&$source| expected(row).iter().any(|target| target.$id != 2);
                agree(name, "any", &keys(found), &all.iter().filter(meets).map(Row::id).collect())?;
                let found = query().filter(|s| s.$name.none(|t| t.$id.ne(2))).to_vec(&mut *$db).await.map_err(fail)?;
                agree(name, "none", &keys(found), &all.iter().filter(|row| !meets(row)).map(Row::id).collect())
            }
        }
    }};
}

/// A relation to one row at most, read in one of three ways.
macro_rules! one {
    ($state:expr, $index:expr, $db:expr, $source:ident.$name:ident, $id:ident, |$row:ident, $world:ident| $expected:expr) => {{
        let ($world, held) = (&$state.world, $source::held(&$state.held));
        let name = concat!(stringify!($source), ".", stringify!($name));
        let expected = |$row: &$source| $expected;
        let all = rows::<$source>($world);
        let query = || $source::query().unscoped();
        match $index % 3 {
            0 => {
                let handle = &held[$index / 3 % held.len()];
                agree(name, "by handle", &handle.$name().get(&mut *$db).await.map_err(fail)?, &expected(handle))?;
                let count = i64::from(expected(handle).is_some());
                agree(name, "counted", &handle.$name().count(&mut *$db).await.map_err(fail)?, &count)
            }
            1 => {
                let loaded = $source::load(held, |s| s.$name, &mut *$db).await.map_err(fail)?;
                agree(name, "loaded for structs", &loaded, &held.iter().map(expected).collect())
            }
            _ => {
                let loaded = query().with(|s| s.$name).to_vec(&mut *$db).await.map_err(fail)?;
                agree(name, "loaded", &sorted(loaded), &all.iter().map(|row| (row.clone(), expected(row))).collect())?;
                let found = query().filter(|s| s.$name.is(|t| t.$id.ne(2))).to_vec(&mut *$db).await.map_err(fail)?;
                let meets = |row: &&$source| expected(row).is_some_and(|target| target.$id != 2);
                agree(name, "is", &keys(found), &all.iter().filter(meets).map(Row::id).collect())
            }
        }
    }};
}

/// Compares one relation; the index says in which way, and which handle is taken.
pub async fn look(number: usize, index: usize, state: &State, db: &mut Transaction) -> TestCaseResult {
    match number % LOOKS {
        0..12 => linked(number % LOOKS, index, state, db).await,
        12..17 => down(number % LOOKS, index, state, db).await,
        17..22 => up(number % LOOKS, index, state, db).await,
        22..26 => paths(number % LOOKS, index, state, db).await,
        26 => commentable(index, state, db).await,
        27 => tree(index, state, db).await,
        28 => marks(index, state, db).await,
        29 => entries(index, state, db).await,
        _ => listed_posts(index, state, db).await,
    }
}

async fn linked(number: usize, index: usize, state: &State, db: &mut Transaction) -> TestCaseResult {
    macro_rules! linked {
        ($source:ident.$name:ident) => {
            many!(state, index, db, $source.$name, id, |row, world| world
                .over(LINKED[number].targets(world, row.id).into_iter()))
        };
    }
    match number {
        0 => linked!(User.following),
        1 => linked!(User.followers),
        2 => linked!(Post.tags),
        3 => linked!(Tag.posts),
        4 => linked!(Post.marked),
        5 => linked!(Tag.marked),
        6 => linked!(Post.listed),
        7 => linked!(Tag.listed),
        8 => linked!(Post.labels),
        9 => linked!(Tag.labelled_posts),
        10 => linked!(Image.labels),
        _ => linked!(Tag.labelled_images),
    }
}

async fn down(number: usize, index: usize, state: &State, db: &mut Transaction) -> TestCaseResult {
    match number {
        12 => many!(state, index, db, User.posts, id, |row, world| world.posts_of(row.id)),
        13 => many!(state, index, db, Post.comments, id, |row, world| world.children(row)),
        14 => many!(state, index, db, Image.comments, id, |row, world| world.children(row)),
        15 => many!(state, index, db, Node.children, nr, |row, world| world.children(row)),
        _ => many!(state, index, db, User.received, id, |row, world| world.received(row)),
    }
}

async fn up(number: usize, index: usize, state: &State, db: &mut Transaction) -> TestCaseResult {
    match number {
        17 => one!(state, index, db, User.profile, id, |row, world| world.profile(row)),
        18 => one!(state, index, db, User.latest_post, id, |row, world| world.latest_post(row)),
        19 => one!(state, index, db, Post.author, id, |row, world| world.parent::<User, Post>(row)),
        20 => one!(state, index, db, Profile.user, id, |row, world| world.parent::<User, Profile>(row)),
        _ => one!(state, index, db, Node.parent, nr, |row, world| world.parent::<Node, Node>(row)),
    }
}

async fn paths(number: usize, index: usize, state: &State, db: &mut Transaction) -> TestCaseResult {
    match number {
        22 => many!(state, index, db, User.topics, id, |row, world| world.topics(row)),
        23 => many!(state, index, db, User.inspired, id, |row, world| world.inspired(row)),
        24 => many!(state, index, db, Tag.writers, id, |row, world| world.writers(row)),
        _ => many!(state, index, db, Post.peers, id, |row, world| world.peers(row)),
    }
}

async fn commentable(index: usize, state: &State, db: &mut Transaction) -> TestCaseResult {
    let (world, held) = (&state.world, &state.held.comments);
    let post = |row: &Comment| world.parent::<Post, Comment>(row).filter(|post| !post.hidden);
    let image = |row: &Comment| world.parent::<Image, Comment>(row);
    let expected = |row: &Comment| post(row).map(Commentable::Post).or(image(row).map(Commentable::Image));
    let handle = &held[index % held.len()];
    agree("commentable", "by handle", &handle.commentable().get(&mut *db).await.map_err(fail)?, &expected(handle))?;
    let found = handle.commentable().of::<Post>().get(&mut *db).await.map_err(fail)?;
    agree("commentable", "of posts", &found, &post(handle))?;
    let loaded = Comment::query().with(|c| (c.commentable, c.commentable.of::<Image>()));
    let all: Vec<_> =
        rows::<Comment>(world).into_iter().map(|row| (row.clone(), (expected(&row), image(&row)))).collect();
    agree("commentable", "loaded", &sorted(loaded.to_vec(&mut *db).await.map_err(fail)?), &all)?;
    let loaded = Comment::load(held, |c| c.commentable, &mut *db).await.map_err(fail)?;
    agree("commentable", "loaded for structs", &loaded, &held.iter().map(expected).collect())?;
    let on_posts = Comment::query().filter(|c| c.commentable.of::<Post>().is(|p| p.id.ne(2)));
    let meets = |row: &&Comment| post(row).is_some_and(|post| post.id != 2);
    let expected = world.comments.values().filter(meets).map(Row::id).collect();
    agree("commentable", "is", &keys(on_posts.to_vec(&mut *db).await.map_err(fail)?), &expected)
}

async fn tree(index: usize, state: &State, db: &mut Transaction) -> TestCaseResult {
    let node = &state.held.nodes[index % state.held.nodes.len()];
    let below = node.children().descendants().with_depth().to_vec(&mut *db).await.map_err(fail)?;
    agree("descendants", "with depth", &below, &state.world.below(node))?;
    let above = node.parent().ancestors().with_depth().to_vec(&mut *db).await.map_err(fail)?;
    agree("ancestors", "with depth", &above, &state.world.above(node))?;
    let near = node.children().descendants().max_depth(1).count(&mut *db).await.map_err(fail)?;
    let expected = below.iter().filter(|(_, depth)| *depth == 1).count() as i64;
    agree("descendants", "to a depth", &near, &expected)
}

async fn marks(index: usize, state: &State, db: &mut Transaction) -> TestCaseResult {
    let (world, held) = (&state.world, &state.held.posts);
    let expected = |post: &Post| -> Vec<(Tag, Mark)> {
        let marks = world.marks.values().filter(|mark| mark.post_id == post.id && mark.is_seen());
        marks.map(|mark| (world.tags[&mark.tag_id].clone(), mark.clone())).collect()
    };
    let post = &held[index % held.len()];
    let found =
        post.marked().with_junction().order_by_junction(|m| m.tag_id.asc()).to_vec(&mut *db).await.map_err(fail)?;
    agree("marked", "with junction", &found, &expected(post))?;
    let loaded = Post::load(held, |p| p.marked.with_junction().order_by_junction(|m| m.tag_id.asc()), &mut *db);
    agree("marked", "with junction for structs", &loaded.await.map_err(fail)?, &held.iter().map(expected).collect())
}

async fn entries(index: usize, state: &State, db: &mut Transaction) -> TestCaseResult {
    let (world, held) = (&state.world, &state.held.posts);
    let expected = |post: &Post| -> Vec<_> {
        let entries = world.entries.values().filter(|entry| entry.post_id == post.id && entry.is_seen());
        entries.map(|entry| (world.tags[&entry.tag_id].clone(), entry.clone())).collect()
    };
    let post = &held[index % held.len()];
    let found = post.listed().with_junction().order_by_junction(|e| e.id.asc()).to_vec(&mut *db).await.map_err(fail)?;
    agree("listed", "with junction", &found, &expected(post))?;
    let count = post.listed().with_junction().count(&mut *db).await.map_err(fail)?;
    agree("listed", "with junction, counted", &count, &(found.len() as i64))?;
    let loaded = Post::load(held, |p| p.listed.with_junction().order_by_junction(|e| e.id.asc()), &mut *db);
    agree("listed", "with junction for structs", &loaded.await.map_err(fail)?, &held.iter().map(expected).collect())
}

async fn listed_posts(index: usize, state: &State, db: &mut Transaction) -> TestCaseResult {
    let (world, held) = (&state.world, &state.held.tags);
    let expected = |tag: &Tag| -> Vec<_> {
        let entries = world.entries.values().filter(|entry| entry.tag_id == tag.id && entry.is_seen());
        entries.filter_map(|entry| Some((world.post(entry.post_id)?, entry.clone()))).collect()
    };
    let tag = &held[index % held.len()];
    let found = tag.listed().with_junction().order_by_junction(|e| e.id.asc()).to_vec(&mut *db).await.map_err(fail)?;
    agree("listed posts", "with junction", &found, &expected(tag))?;
    let loaded = Tag::load(held, |t| t.listed.with_junction().order_by_junction(|e| e.id.asc()), &mut *db);
    agree(
        "listed posts",
        "with junction for structs",
        &loaded.await.map_err(fail)?,
        &held.iter().map(expected).collect(),
    )
}
