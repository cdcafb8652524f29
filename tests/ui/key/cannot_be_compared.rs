use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Point {
    #[key]
    x: f64,
}

fn main() {}
