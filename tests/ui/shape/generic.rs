use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post<T> {
    id: i64,
    value: T,
}

fn main() {}
