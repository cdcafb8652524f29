use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    #[key(auto)]
    id: i64,
}

fn main() {}
