use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
enum Post {
    Draft,
}

async fn use_it(db: sqlx::SqlitePool) -> neko_orm::Result<()> {
    let _ = Post::query().to_vec(&db).await?;
    Ok(())
}

fn main() {}
