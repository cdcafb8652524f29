use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Commentable { Post, Image })]
struct Comment {
    id: i64,
    commentable_id: Option<i64>,
    commentable_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

struct Image {
    id: i64,
}

fn main() {}
