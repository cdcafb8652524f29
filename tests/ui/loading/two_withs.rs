use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
    title: String,
    rating: i32,
    subtitle: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: i64,
    body: String,
}

async fn example(db: sqlx::SqlitePool) {
    let _ = Post::query().with(|p| p.comments).with(|p| p.comments.count()).to_vec(&db).await;
}

fn main() {}
