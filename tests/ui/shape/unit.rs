use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post;

fn main() {}
