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
}

async fn example(post: Post, db: sqlx::SqlitePool) {
    let _ = post.comments().get(&db).await;
}

fn main() {}
