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

async fn example(post: Post, tags: Vec<Tag>, db: sqlx::SqlitePool) {
    let _ = post.tags().associate_with(&tags, |link| link.position(1), &db).await;
}

fn main() {}
