use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
    #[column(default = "")]
    rating: i64,
}

fn main() {}
