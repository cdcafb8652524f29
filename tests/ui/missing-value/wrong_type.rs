use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct User {
    id: i64,
    name: String,
    email: Option<String>,
}

fn set() {
    let _ = User::create().name(5);
}

fn main() {}
