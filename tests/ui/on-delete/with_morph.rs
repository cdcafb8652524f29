// errors: 2
use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment, morph = commentable, on_delete = cascade)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Comment, morph = commentable, on_delete = restrict)]
struct Image {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Commentable { Post, Image })]
struct Comment {
    id: i64,
    commentable_id: i64,
    commentable_type: String,
}

fn main() {}
