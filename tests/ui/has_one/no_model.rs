use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Profile)]
struct User {
    id: i64,
}

struct Profile {
    user_id: i64,
}

fn main() {}
