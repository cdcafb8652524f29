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
#[model(crate = "orm", scope = titled)]
#[has_many(Comment)]
#[has_one(Comment as last_comment, latest = "id")]
#[belongs_to_many(Tag)]
#[has_many(Tag as others, through(comments, tags))]
#[has_many(Tag as marks, morph = marked)]
pub struct Post {
    /// The key.
    pub id: i64,
    /// The title.
    pub title: String,
}

fn titled(posts: orm::Query<Post>) -> orm::Query<Post> {
    posts.filter(|p| p.title.ne(""))
}

/// A tag of a post or a comment.
#[derive(Debug, Clone, PartialEq, Eq, Model)]
#[model(crate = "orm")]
#[belongs_to_many(Post)]
#[morph_to(Marked { Post, Comment })]
pub struct Tag {
    /// The key.
    pub id: i64,
    /// What it marks.
    pub marked_id: i64,
    /// The type of that.
    pub marked_type: String,
}

/// A comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Model)]
#[model(crate = "orm")]
#[belongs_to(Post)]
#[has_one(Tag as mark, morph = marked)]
#[belongs_to_many(Tag)]
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
