use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

async fn insert(post: Post, db: sqlx::SqlitePool) {
    let _ = Post::insert_all([post], &db).await;
}

fn main() {}
