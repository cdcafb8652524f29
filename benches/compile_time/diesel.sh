# Diesel: the derives of its guides, and a struct for new rows.

dependencies() {
    echo 'diesel = { version = "2.3", features = ["sqlite", "returning_clauses_for_sqlite_3_35"] }'
    echo 'libsqlite3-sys = { version = "0.37", features = ["bundled"] }'
}

lock="$root/benches/Cargo.lock"

model() { # NUMBER PARENT [CHILD ..]
    local i=$1 parent=$2 child load=""
    shift 2
    for child in "$@"; do
        local to="crate::m$child::Model$child"
        load+="    let _children: Vec<$to> = $to::belonging_to(&row).select($to::as_select()).load(db)?;"$'\n'
    done
    cat <<RUST
use diesel::prelude::*;

diesel::table! {
    models_$i (id) {
        id -> BigInt,
        parent_id -> Nullable<BigInt>,
        name -> Text,
        note -> Nullable<Text>,
        score -> Integer,
    }
}

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable, Associations, AsChangeset)]
#[diesel(table_name = models_$i, belongs_to(crate::m$parent::Model$parent, foreign_key = parent_id))]
pub struct Model$i {
    pub id: i64,
    pub parent_id: Option<i64>,
    pub name: String,
    pub note: Option<String>,
    pub score: i32,
}

#[derive(Insertable)]
#[diesel(table_name = models_$i)]
pub struct NewModel$i<'a> {
    pub parent_id: Option<i64>,
    pub name: &'a str,
    pub note: Option<&'a str>,
    pub score: i32,
}

pub fn use_model_$i(db: &mut SqliteConnection) -> QueryResult<()> {
    let new = NewModel$i { parent_id: None, name: "a", note: None, score: 1 };
    let insert = diesel::insert_into(models_$i::table).values(new);
    let mut row: Model$i = insert.returning(Model$i::as_returning()).get_result(db)?;
    row.score = 2;
    diesel::update(&row).set(&row).execute(db)?;
    let row = models_$i::table.find(row.id).select(Model$i::as_select()).first(db)?;
    if let Some(parent) = row.parent_id {
        let parent = crate::m$parent::models_$parent::table.find(parent);
        let _parent = parent.select(crate::m$parent::Model$parent::as_select()).first(db).optional()?;
    }
${load}    diesel::delete(&row).execute(db)?;
    Ok(())
}
RUST
}
