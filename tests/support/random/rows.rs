//! Random rows of the blog.

use proptest::prelude::*;

use super::blog::{Comment, Post, User, World};
use crate::support::cases::Backend;

/// Integers that are often equal, and now and then too large for a float, but not for a sum of all.
pub fn integer() -> impl Strategy<Value = i64> {
    const LARGE: i64 = (1 << 54) + 1;
    prop_oneof![12 => -2..=3_i64, 1 => prop::sample::select(vec![LARGE, LARGE - 1, -LARGE, 1_000_000, -1_000_000])]
}

pub fn small(integer: i64) -> i32 {
    integer.clamp(-1_000_000, 1_000_000) as i32
}

/// Multiples of 1/4, whose sums are exact in any order.
pub fn real(integer: i64) -> f64 {
    f64::from(small(integer)) / 4.0
}

/// Short texts of letters that mean something to SQL, to `GLOB`, to `LIKE` or to JSON, or that are not ASCII.
/// PostgreSQL has none with a NUL.
pub fn text(backend: Backend) -> impl Strategy<Value = String> {
    const LETTERS: &str = "aaab\0A'\"%_*?[]^-\\ ;:$\néÉß\u{301}猫🐈\u{7f}\u{ffff}";
    // PostgreSQL has no NUL in a text, and MariaDB sorts one that ends in it like one that does not.
    let letters = LETTERS.chars().filter(|letter| *letter != '\0' || backend == Backend::Sqlite);
    let letter = prop::sample::select(letters.collect::<Vec<_>>());
    prop::collection::vec(letter, 0..4).prop_map(String::from_iter)
}

type NewUser = (String, Option<String>, Option<i64>, bool, Option<usize>);
type NewPost = (Option<usize>, (String, Option<String>), (i64, i64), Option<i64>, Option<bool>);
type NewComment = (usize, Option<usize>, Option<usize>, (String, Option<i64>), (i64, bool));

pub fn world(backend: Backend) -> impl Strategy<Value = World> {
    use prop::collection::vec;
    use prop::option::of;

    let text = || text(backend);
    let index = || 0..20_usize;
    let user = (text(), of(text()), of(integer()), any::<bool>(), of(index()));
    let post = (of(index()), (text(), of(text())), (integer(), integer()), of(integer()), of(any::<bool>()));
    let comment = (index(), of(index()), of(index()), (text(), of(integer())), (integer(), any::<bool>()));
    (vec(user, 0..=8), vec(post, 0..=12), vec(comment, 0..=20))
        .prop_map(move |(users, posts, comments)| linked(backend, users, posts, comments))
}

/// The keys of the three tables are in part the same. Any index stands for one of the rows, if there are any.
fn linked(backend: Backend, users: Vec<NewUser>, posts: Vec<NewPost>, comments: Vec<NewComment>) -> World {
    let key = |index: usize, step: i64, start: i64| index as i64 * step + start;
    let link =
        |index: Option<usize>, count: usize, step: i64, start: i64| Some(key(index?.checked_rem(count)?, step, start));
    let (user_count, post_count, comment_count) = (users.len(), posts.len(), comments.len());
    let user = |(index, (name, nick, age, active, boss)): (usize, NewUser)| User {
        id: key(index, 1, 1),
        name,
        nick,
        age: age.map(small),
        active,
        boss_id: link(boss, user_count, 1, 1),
    };
    let post = |(index, (author, (title, subtitle), (rating, views), score, pinned)): (usize, NewPost)| Post {
        id: key(index, 2, -3),
        author_id: link(author, user_count, 1, 1),
        title,
        subtitle,
        rating: small(rating),
        views,
        score: score.map(real),
        pinned,
    };
    let comment = |(index, (post, author, parent, (body, likes), (weight, spam))): (usize, NewComment)| {
        Some(Comment {
            id: key(index, 1, 3),
            post_id: link(Some(post), post_count, 2, -3)?,
            author_id: link(author, user_count, 1, 1),
            parent_id: link(parent, comment_count, 1, 3),
            body,
            likes,
            weight: real(weight),
            spam,
        })
    };
    World {
        backend,
        users: users.into_iter().enumerate().map(user).collect(),
        posts: posts.into_iter().enumerate().map(post).collect(),
        comments: comments.into_iter().enumerate().filter_map(comment).collect(),
    }
}
