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
    let _ = Post::query().filter(|p| p.tags.is(|t| t.name.eq("a"))).to_vec(&db).await;
}

fn main() {}
