use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Tag, through = PostTag)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Tag {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct PostTag {
    #[key]
    post_id: i64,
    #[key]
    tag_id: String,
}

fn main() {}
