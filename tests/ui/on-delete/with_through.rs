use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
#[has_many(User as commenters, through(comments, author), on_delete = cascade)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User as author)]
struct Comment {
    id: i64,
    post_id: i64,
    author_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct User {
    id: i64,
}

fn main() {}
