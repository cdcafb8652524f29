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

async fn example(comment: Comment, db: sqlx::SqlitePool) {
    let _ = comment.post().ancestors().to_vec(&db).await;
}

fn main() {}
