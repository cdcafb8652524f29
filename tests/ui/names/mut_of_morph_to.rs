use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Tag as commentable_mut)]
#[morph_to(Commentable { Post })]
struct Comment {
    id: i64,
    commentable_id: i64,
    commentable_type: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Tag {
    id: i64,
    comment_id: i64,
}

fn main() {}
