use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
    tags: Vec<String>,
}

fn main() {}
