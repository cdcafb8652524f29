# neko-orm: a belongs_to, and a has_many for each model that belongs to this one.

dependencies() {
    echo "neko-orm = { path = \"$root/neko-orm\" }"
    echo 'sqlx = { version = "0.9", default-features = false }'
}

lock="$root/Cargo.lock"

model() { # NUMBER PARENT [CHILD ..]
    local i=$1 parent=$2 child has_many="" load=""
    shift 2
    for child in "$@"; do
        has_many+="#[has_many(crate::m$child::Model$child as children_$child, id = \"parent_id\")]"$'\n'
        load+="    let _children = row.children_$child().to_vec(db).await?;"$'\n'
    done
    cat <<RUST
use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(crate::m$parent::Model$parent as parent)]
${has_many}pub struct Model$i {
    pub id: i64,
    pub parent_id: Option<i64>,
    pub name: String,
    pub note: Option<String>,
    pub score: i32,
}

pub async fn use_model_$i(db: &sqlx::SqlitePool) -> neko_orm::Result<()> {
    let mut row = Model$i::create().name("a").score(1).insert(db).await?;
    row.score = 2;
    row.save(db).await?;
    let row = Model$i::get(row.id, db).await?;
    let _parent = row.parent().get(db).await?;
${load}    row.delete(db).await
}
RUST
}
