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

async fn example(post: Post, other: Post, tag: Tag, tags: Vec<Tag>, db: sqlx::SqlitePool) {
    let _ = post.tags().dissociate(&other, &db).await;
}

fn main() {}
