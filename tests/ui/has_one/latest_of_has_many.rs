use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Login, latest = "at")]
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
