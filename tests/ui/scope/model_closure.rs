use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = |posts| posts)]
struct Post {
    id: i64,
}

fn main() {}
