use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Tag)]
struct Post {
    id: i64,
}

struct Tag {
    id: i64,
}

fn main() {}
