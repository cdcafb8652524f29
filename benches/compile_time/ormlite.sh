# ormlite: its joins hold their targets by value and cannot go round in circles, as these models do; relations are queries.

dependencies() {
    echo 'ormlite = { version = "0.25", features = ["sqlite"] }'
    # Of the same version, to which neither adds features: the one that the derive names.
    echo 'sqlx = { version = "0.9", default-features = false, features = ["runtime-tokio", "sqlite"] }'
}

lock="$root/benches/Cargo.lock"

model() { # NUMBER PARENT [CHILD ..]
    local i=$1 parent=$2 child load=""
    shift 2
    for child in "$@"; do
        local children="crate::m$child::Model$child::select().where_bind(\"parent_id = ?\", row.id)"
        load+="    let _children = $children.fetch_all(&mut *db).await?;"$'\n'
    done
    cat <<RUST
use ormlite::Result;
use ormlite::model::{Model, ModelBuilder};
use ormlite::sqlite::SqliteConnection;

#[derive(Debug, Clone, PartialEq, Model)]
#[ormlite(table = "models_$i")]
pub struct Model$i {
    pub id: i64,
    pub parent_id: Option<i64>,
    pub name: String,
    pub note: Option<String>,
    pub score: i32,
}

pub async fn use_model_$i(db: &mut SqliteConnection) -> Result<()> {
    let mut row = Model$i::builder().name("a").score(1).insert(&mut *db).await?;
    row.score = 2;
    let row = row.update_all_fields(&mut *db).await?;
    let row = Model$i::fetch_one(row.id, &mut *db).await?;
    let parent = crate::m$parent::Model$parent::select().where_bind("id = ?", row.parent_id);
    let _parent = parent.fetch_optional(&mut *db).await?;
${load}    row.delete(db).await
}
RUST
}
