use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    number: i64,
    #[key]
    code: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: i64,
}

fn main() {}
