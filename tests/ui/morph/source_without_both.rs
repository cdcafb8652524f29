use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Commentable { Post })]
struct Comment {
    id: i64,
    body: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

fn main() {}
