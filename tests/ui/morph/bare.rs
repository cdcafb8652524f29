use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to]
struct Comment {
    id: i64,
    commentable_id: Option<i64>,
    commentable_type: Option<String>,
}

fn main() {}
