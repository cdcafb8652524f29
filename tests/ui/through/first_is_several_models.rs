use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Commentable { Post })]
#[has_many(User as writers, through(commentable, author))]
struct Comment {
    id: i64,
    commentable_id: i64,
    commentable_type: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User as author)]
struct Post {
    id: i64,
    author_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct User {
    id: i64,
}

fn main() {}
