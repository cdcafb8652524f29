use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
    post_id: i64,
    body: String,
}

async fn insert(post: Post, db: sqlx::SqlitePool) {
    let _ = post.comments().create().insert(&db).await;
}

fn main() {}
