use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User, latest = "id")]
struct Login {
    id: i64,
    user_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct User {
    id: i64,
}

fn main() {}
