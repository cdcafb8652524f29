use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
#[has_many(Tag as title, through(comments, tags))]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Tag)]
struct Comment {
    id: i64,
    post_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Tag {
    id: i64,
    comment_id: i64,
}

fn main() {}
