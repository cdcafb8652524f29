use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Comment { Post })]
struct Comment {
    id: i64,
    comment_id: i64,
    comment_type: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

fn main() {}
