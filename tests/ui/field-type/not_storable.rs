use neko_orm::Model;

#[derive(Debug, Clone, PartialEq)]
struct Money(i64);

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
    price: Money,
}

fn main() {}
