use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Seat)]
struct Guest {
    #[key]
    hall: i64,
    #[key]
    nr: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Seat {
    id: i64,
}

fn main() {}
