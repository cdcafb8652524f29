use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct User {
    id: i64,
    name: String,
    email: Option<String>,
}

async fn insert(db: sqlx::SqlitePool) {
    let _ = User::create().email("a@b").insert(&db).await;
}

fn main() {}
