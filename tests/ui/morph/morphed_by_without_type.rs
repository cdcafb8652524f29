use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Post, through = Tagging, morphed_by = taggable)]
struct Tag {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Tagging {
    id: i64,
    taggable_id: i64,
    tag_id: i64,
}

fn main() {}
