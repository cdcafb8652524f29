//! Models of a crate that knows neko-orm by another name.

use orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(crate = "orm")]
#[has_many(Comment)]
pub struct Post {
    pub id: i64,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(crate = "orm")]
#[belongs_to(Post)]
pub struct Comment {
    pub id: i64,
    pub post_id: Option<i64>,
}

#[test]
fn a_renamed_dependency_is_named_by_the_crate_option() {
    let post = Post { id: 1, title: String::new() };
    let mut comment = Comment { id: 1, post_id: None };
    comment.post_mut().associate_in_memory(&post);
    assert_eq!(comment.post_id, Some(1));
}
