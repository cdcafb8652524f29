//! Plain structs, and grouping, for contestants whose library has no models.

use std::collections::HashMap;

use crate::data;

macro_rules! models {
    ($($(#[$doc:meta])* $model:ident { $($field:ident: $type:ty),* })*) => {
        $($(#[$doc])* #[derive(Debug, Clone)] pub struct $model { $(pub $field: $type),* })*
        crate::checksum! { $($model { $($field),* })* }
    };
}

models! {
    User { id: i64, name: String, email: String, age: i64 }
    Post { id: i64, user_id: i64, title: String, views: i64 }
    Comment { id: i64, post_id: i64, body: String, score: i64 }
    Tag { id: i64, name: String }
    Sensor { id: i64, user_id: i64, gain: f64, calibration: Vec<u8> }
    Reading { id: i64, sensor_id: i64, value: f64, data: Vec<u8> }
    Author { id: i64, name: String }
    Book { id: i64, author_id: i64, title: String }
}

/// Rows with their children, and those with theirs.
pub type Nested<A, B, C> = Vec<(A, Vec<(B, Vec<C>)>)>;

/// Each parent with its children, in the order in which they come.
pub fn group<P, C>(parents: Vec<P>, key: fn(&P) -> i64, children: Vec<C>, parent: fn(&C) -> i64) -> Vec<(P, Vec<C>)> {
    group_linked(parents, key, children.into_iter().map(|child| (parent(&child), child)))
}

/// Each parent with its children, of which each comes with the key of its parent.
pub fn group_linked<P, C>(
    parents: Vec<P>,
    key: fn(&P) -> i64,
    children: impl IntoIterator<Item = (i64, C)>,
) -> Vec<(P, Vec<C>)> {
    let mut positions = HashMap::with_capacity(parents.len());
    let mut grouped = Vec::with_capacity(parents.len());
    for (position, row) in parents.into_iter().enumerate() {
        positions.insert(key(&row), position);
        grouped.push((row, Vec::new()));
    }
    for (parent, child) in children {
        if let Some(position) = positions.get(&parent) {
            grouped[*position].1.push(child);
        }
    }
    grouped
}

/// Each child with its parent.
pub fn attach<C, P: Clone>(
    children: Vec<C>,
    parent: fn(&C) -> i64,
    parents: Vec<P>,
    key: fn(&P) -> i64,
) -> Vec<(C, P)> {
    let parents: HashMap<i64, P> = parents.into_iter().map(|row| (key(&row), row)).collect();
    let with_parent = |child| parents.get(&parent(&child)).cloned().map(|parent| (child, parent));
    children.into_iter().filter_map(with_parent).collect()
}

/// The keys of rows, each once.
pub fn keys<R>(rows: &[R], key: fn(&R) -> i64) -> Vec<i64> {
    let mut keys: Vec<i64> = rows.iter().map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The columns of the comments of all new posts, whose keys are given in their order.
pub fn nested_comments(posts: &[i64]) -> impl Iterator<Item = (i64, &'static data::NewComment)> {
    let of = |(index, post): (usize, &i64)| {
        let post = *post;
        data::NewPost::comments(index).iter().map(move |comment| (post, comment))
    };
    posts.iter().enumerate().flat_map(of)
}
