use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Profile)]
struct User {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Profile {
    id: i64,
    user_id: i64,
    text: String,
}

async fn example(user: User, db: sqlx::SqlitePool) {
    let _ = user.profile().create().insert(&db).await;
}

fn main() {}
