use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    #[key]
    a: i64,
    #[key]
    b: i64,
    #[key]
    c: i64,
    #[key]
    d: i64,
    #[key]
    e: i64,
    #[key]
    f: i64,
    #[key]
    g: i64,
}

fn main() {}
