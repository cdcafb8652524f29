use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Category as parent)]
#[has_many(Category as children, id = "parent_id")]
struct Category {
    id: i64,
    parent_id: Option<i64>,
}

async fn example(category: Category, db: sqlx::SqlitePool) {
    let _ = category.parent().descendants().to_vec(&db).await;
}

fn main() {}
