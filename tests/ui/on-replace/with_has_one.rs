use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Profile, on_replace = delete)]
struct User {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Profile {
    id: i64,
    user_id: i64,
}

fn main() {}
