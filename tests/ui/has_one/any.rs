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

async fn example(user: User, mut profile: Profile, db: sqlx::SqlitePool) {
    let _ = User::query().filter(|u| u.profile.any(|p| p.id.eq(1))).to_vec(&db).await;
}

fn main() {}
