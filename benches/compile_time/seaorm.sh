# SeaORM: entities in its dense format.

dependencies() {
    echo 'sea-orm = { version = "2", default-features = false, features = ["macros", "runtime-tokio", "sqlx-sqlite", "sqlite-use-returning-for-3_35"] }'
}

lock="$root/benches/Cargo.lock"

model() { # NUMBER PARENT [CHILD ..]
    local i=$1 parent=$2 child has_many="" load=""
    shift 2
    for child in "$@"; do
        has_many+="    #[sea_orm(has_many)]"$'\n'"    pub children_$child: HasMany<crate::m$child::Entity>,"$'\n'
        load+="    let _children = row.find_related(crate::m$child::Entity).all(db).await?;"$'\n'
    done
    cat <<RUST
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::entity::prelude::*;
use sea_orm::IntoActiveModel;

#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "models_$i")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub parent_id: Option<i64>,
    pub name: String,
    pub note: Option<String>,
    pub score: i32,
    #[sea_orm(belongs_to, from = "parent_id", to = "id")]
    pub parent: BelongsTo<Option<crate::m$parent::Entity>>,
${has_many}}

impl ActiveModelBehavior for ActiveModel {}

pub async fn use_model_$i(db: &DatabaseConnection) -> Result<(), DbErr> {
    let (name, score) = (Set("a".to_owned()), Set(1));
    let row = ActiveModel { id: NotSet, parent_id: NotSet, name, note: NotSet, score }.insert(db).await?;
    let mut row = row.into_active_model();
    row.score = Set(2);
    let row = row.update(db).await?;
    let Some(row) = Entity::find_by_id(row.id).one(db).await? else { return Ok(()) };
    let _parent = row.find_related(crate::m$parent::Entity).one(db).await?;
${load}    row.delete(db).await?;
    Ok(())
}
RUST
}
