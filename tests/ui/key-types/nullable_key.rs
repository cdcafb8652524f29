use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post, email = "author_email")]
struct Author {
    id: i64,
    email: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
    author_email: Option<String>,
}

fn main() {}
