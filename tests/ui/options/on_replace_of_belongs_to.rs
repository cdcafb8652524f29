use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post, on_replace = delete)]
struct Comment {
    id: i64,
    post_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

fn main() {}
