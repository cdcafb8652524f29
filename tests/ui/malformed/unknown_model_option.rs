use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(tabel = "posts")]
struct Post {
    id: i64,
}

fn main() {}
