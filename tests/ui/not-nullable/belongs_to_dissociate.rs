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

async fn dissociate(post: Post, mut comment: Comment, db: sqlx::SqlitePool) {
    let _ = comment.post_mut().dissociate(&post, &db).await;
}

fn main() {}
