use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Tag, from = "post_nr")]
struct Post {
    #[key]
    shop: i64,
    #[key]
    nr: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Tag {
    id: i64,
    name: String,
}

fn main() {}
