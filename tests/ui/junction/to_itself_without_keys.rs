use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(User as following, through = "follows")]
struct User {
    id: i64,
}

fn main() {}
