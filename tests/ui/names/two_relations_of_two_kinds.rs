use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment as notes)]
#[belongs_to_many(Tag as notes)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
    post_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Tag {
    id: i64,
    name: String,
}

fn main() {}
