use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Profile)]
struct User {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User)]
struct Profile {
    id: i64,
    user_id: Option<i64>,
}

async fn example(mut user: User, profile: Profile, db: sqlx::SqlitePool) {
    let _ = user.profile_mut().associate(&profile, &db).await;
}

fn main() {}
