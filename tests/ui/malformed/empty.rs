use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to()]
struct Post {
    id: i64,
}

fn main() {}
