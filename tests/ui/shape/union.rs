use neko_orm::Model;

#[derive(Model)]
union Post {
    id: i64,
}

fn main() {}
