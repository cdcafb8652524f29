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
}

async fn example(user: User, mut profile: Profile, db: sqlx::SqlitePool) {
    let _ = user.profile().dissociate(&mut profile, &db).await;
}

fn main() {}
