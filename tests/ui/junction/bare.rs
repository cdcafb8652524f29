use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many]
struct Post {
    id: i64,
}

fn main() {}
