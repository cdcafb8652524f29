// errors: 2
use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "po\0sts")]
struct Post {
    id: i64,
    #[column(name = "ti\0tle")]
    title: String,
}

fn main() {}
