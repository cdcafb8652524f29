use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Login as last_login, latest = "")]
struct User {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Login {
    id: i64,
    user_id: i64,
    at: i64,
}

fn main() {}
