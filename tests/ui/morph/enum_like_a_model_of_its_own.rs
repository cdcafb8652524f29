use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Post as commentable { Post })]
struct Comment {
    id: i64,
    commentable_id: i64,
    commentable_type: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

fn main() {}
