use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many("Comment")]
struct Post {
    id: i64,
}

fn main() {}
