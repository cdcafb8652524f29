use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post)]
#[has_many(Post, id = "editor_id")]
struct User {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
    user_id: i64,
    editor_id: i64,
}

fn main() {}
