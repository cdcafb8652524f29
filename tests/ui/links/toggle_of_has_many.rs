use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
    post_id: Option<i64>,
}

async fn example(post: Post, mut comments: Vec<Comment>, db: sqlx::SqlitePool) {
    let _ = post.comments().toggle(&comments, &db).await;
}

fn main() {}
