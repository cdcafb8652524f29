//! Models of a crate that knows neko-orm by another name, and that denies every lint on what it exports.
#![deny(warnings, clippy::all, clippy::pedantic)]
#![deny(
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_pub,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]

use orm::Model;

/// A post.
#[derive(Debug, Clone, PartialEq, Eq, Model)]
#[model(crate = "orm")]
#[has_many(Comment)]
pub struct Post {
    /// The key.
    pub id: i64,
    /// The title.
    pub title: String,
}

/// A comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Model)]
#[model(crate = "orm")]
#[belongs_to(Post)]
pub struct Comment {
    /// The key.
    pub id: i64,
    /// The post.
    pub post_id: Option<i64>,
}

#[test]
fn a_renamed_dependency_is_named_by_the_crate_option() {
    let post = Post { id: 1, title: String::new() };
    let mut comment = Comment { id: 1, post_id: None };
    comment.post_mut().associate_in_memory(&post);
    assert_eq!(comment.post_id, Some(1));
}
