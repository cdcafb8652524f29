// errors: 2
use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post, post_id = "id", post_id = "id")]
#[belongs_to(Post as other, post_id = "id", other_id = "id")]
struct Comment {
    id: i64,
    post_id: i64,
    other_id: i64,
}

fn main() {}
