use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Key)]
struct Lock {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Key {
    id: i64,
    lock_id: i64,
}

fn main() {}
