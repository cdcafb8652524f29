use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Profile)]
#[has_one(Profile as profile_mut, id = "user_id")]
struct User {
    id: i64,
    profile_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Profile {
    id: i64,
    user_id: i64,
}

fn main() {}
