// errors: 2
use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Neko 1")]
struct Post {
    id: i64,
    #[column(name = "neko rank")]
    rank: i64,
}

fn main() {}
