use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: Option<i64>,
}

fn main() {}
