use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Key {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Key)]
struct Lock {
    id: i64,
    key_id: i64,
}

fn main() {}
