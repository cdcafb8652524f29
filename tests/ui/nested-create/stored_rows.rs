// errors: 2
use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
#[has_many(Like)]
struct Comment {
    id: i64,
    post_id: i64,
    body: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Like {
    id: i64,
    comment_id: i64,
    stars: i64,
}

async fn insert(db: sqlx::SqlitePool) {
    let post = Post::create().title("a").with(|p| p.comments, [Comment { id: 1, post_id: 1, body: "a".into() }]);
    let _ = post.insert(&db).await;
}

fn main() {}
