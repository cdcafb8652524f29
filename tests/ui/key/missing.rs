use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    number: i64,
}

fn main() {}
