use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: i64,
}

fn dissociate(post: Post, mut comment: Comment) {
    let _ = post.comments().dissociate_in_memory(&mut comment);
}

fn main() {}
