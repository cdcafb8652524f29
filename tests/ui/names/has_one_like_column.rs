use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Profile)]
struct User {
    id: i64,
    profile: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User)]
struct Profile {
    id: i64,
    user_id: Option<i64>,
}

fn main() {}
