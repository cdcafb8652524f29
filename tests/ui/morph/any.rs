use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Commentable { Post, Image })]
struct Comment {
    id: i64,
    commentable_id: Option<i64>,
    commentable_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Image {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Tag {
    id: i64,
}

async fn example(comment: &mut Comment, post: Post, tag: Tag, db: sqlx::SqlitePool) {
    let _ = Comment::query().filter(|c| c.commentable.any(|p| p.id.eq(1))).to_vec(&db).await;
}

fn main() {}
