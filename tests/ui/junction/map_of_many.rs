use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Tag)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Tag {
    id: i64,
    name: String,
}

async fn example(post: Post, tag: Tag, db: sqlx::SqlitePool) {
    let _ = Post::query().order_by(|p| p.tags.map(|t| t.name).asc()).to_vec(&db).await;
}

fn main() {}
