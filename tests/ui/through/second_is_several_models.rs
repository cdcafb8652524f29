use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
#[has_many(Image as images, through(comments, commentable))]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Commentable { Image })]
struct Comment {
    id: i64,
    post_id: i64,
    commentable_id: i64,
    commentable_type: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Image {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct User {
    id: i64,
}

fn main() {}
