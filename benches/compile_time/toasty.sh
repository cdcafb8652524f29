# Toasty: relations as fields that are not loaded.

dependencies() {
    echo 'toasty = { version = "0.11", default-features = false, features = ["sqlite"] }'
}

lock="$root/benches/toasty/Cargo.lock"

model() { # NUMBER PARENT [CHILD ..]
    local i=$1 parent=$2 child has_many="" load=""
    shift 2
    for child in "$@"; do
        has_many+="    #[has_many(pair = parent)]"$'\n'"    pub children_$child: Deferred<Vec<crate::m$child::Model$child>>,"$'\n'
        load+="    let _children = row.children_$child().exec(db).await?;"$'\n'
    done
    cat <<RUST
use toasty::{Connection, Deferred, Model};

#[derive(Debug, Model)]
#[table = "models_$i"]
pub struct Model$i {
    #[key]
    #[auto]
    pub id: i64,
    #[index]
    pub parent_id: Option<i64>,
    #[belongs_to(key = parent_id, references = id)]
    pub parent: Deferred<Option<crate::m$parent::Model$parent>>,
    pub name: String,
    pub note: Option<String>,
    pub score: i32,
${has_many}}

pub async fn use_model_$i(db: &mut Connection) -> toasty::Result<()> {
    let mut row = Model$i::create().name("a").score(1).exec(db).await?;
    row.update().score(2).exec(db).await?;
    let row = Model$i::get_by_id(db, &row.id).await?;
    let _parent = row.parent().exec(db).await?;
${load}    row.delete().exec(db).await
}
RUST
}
