// errors: 6
use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(tabel = "posts")]
#[has_many("Comment")]
#[has_many(Comment, nr = "post_id")]
#[belongs_to(User)]
struct Post {
    number: i64,
    #[column(nam = "t")]
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
    post_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct User {
    id: i64,
}

fn main() {}
