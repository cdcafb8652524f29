use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
    title: String,
    #[column(name = "title")]
    name: String,
}

fn main() {}
