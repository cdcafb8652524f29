use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: i64,
}

async fn associate(post: Post, other: Post, mut third: Post, db: sqlx::SqlitePool) {
    let _ = post.comments().associate(&mut third, &db).await;
    let _ = other;
}

fn main() {}
