use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment, morph = commentable)]
struct Post {
    #[key]
    shop: i64,
    #[key]
    nr: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
    commentable_id: i64,
    commentable_type: String,
}

fn main() {}
