use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
enum Post {
    Draft,
}

fn main() {}
