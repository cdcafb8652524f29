use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Commentable { Post })]
#[morph_to(Commentable as other { Post })]
struct Comment {
    id: i64,
    commentable_id: i64,
    commentable_type: String,
    other_id: i64,
    other_type: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

fn main() {}
