use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

async fn find(db: sqlx::SqlitePool) {
    let _ = Post::find("1", &db).await;
}

fn main() {}
