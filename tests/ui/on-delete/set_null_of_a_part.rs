use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Seat, row = "x", column = "y", on_delete = set_null)]
struct Place {
    #[key]
    row: i64,
    #[key]
    column: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Seat {
    id: i64,
    x: i64,
    y: Option<i64>,
}

fn main() {}
