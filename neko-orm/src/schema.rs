//! Tables for models: enough to start, to test and to try things; an application that lives on uses migrations.

use futures_core::future::BoxFuture;

use crate::Model;
use crate::backend::{Dialect, Null, Statement};
use crate::column::{Default, Facts, Table};
use crate::error::Result;
use crate::executor::Executor;
use crate::relation::Reference;
use crate::sql::Sql;

/// The models of a schema: one model, or a tuple of up to sixteen.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of models",
    label = "expected a model, or a tuple of up to 16 models",
    note = "nest tuples for more than 16: `((A, B), (C, D))`"
)]
pub trait Schema {
    /// The tables of these models.
    #[doc(hidden)]
    fn tables(dialect: Dialect) -> Vec<TableDefinition>;
}

/// A table to create.
#[derive(Debug)]
pub struct TableDefinition {
    model: &'static str,
    name: &'static str,
    columns: Vec<ColumnDefinition>,
    key: &'static [usize],
    references: Vec<Reference>,
}

#[derive(Debug)]
struct ColumnDefinition {
    facts: Facts,
    column_type: &'static str,
}

/// Creates the tables of the given models in one transaction, each with its key, its foreign keys and an index on each
/// foreign key.
///
/// Sends one `CREATE TABLE` for each model and one `CREATE INDEX` for each foreign key. Foreign keys are those that
/// `#[belongs_to]` and `#[has_many]` declare on either side, as far as they refer to the key of their target. On SQLite
/// the tables are `STRICT`, and generated keys are never used twice (`AUTOINCREMENT`).
///
/// # Errors
/// A table exists already; then none is created.
///
/// ```
/// # use neko_orm::Model;
/// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)] struct Post { id: i64 }
/// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: Option<i64> }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
/// let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
/// neko_orm::schema::create::<(Post, Comment)>(&db).await?;
/// # Ok(()) }
/// ```
pub fn create<'c, S: Schema>(db: impl Executor<'c>) -> BoxFuture<'c, Result<()>> {
    let statements = statements(db.dialect(), S::tables(db.dialect()));
    let lease = db.lease();
    Box::pin(async move {
        let mut lease = lease.await?;
        let mut transaction = lease.begin().await?;
        for statement in statements? {
            transaction.connection().execute(statement).await?;
        }
        transaction.commit().await
    })
}

fn statements(dialect: Dialect, tables: Vec<TableDefinition>) -> Result<Vec<Statement>> {
    let mut references: Vec<&Reference> = Vec::new();
    for reference in tables.iter().flat_map(|table| &table.references) {
        if !references.contains(&reference) {
            references.push(reference);
        }
    }
    let (mut statements, mut indexes) = (Vec::new(), Vec::new());
    for table in &tables {
        let own: Vec<_> = references.iter().copied().filter(|reference| reference.table == table.name).collect();
        statements.push(create_table(dialect, table, &own)?);
        for reference in own.into_iter().filter(|reference| !table.has_index(&reference.columns)) {
            let index = (table.name, &reference.columns);
            if !indexes.contains(&index) {
                statements.push(create_index(dialect, table.model, reference, &indexes)?);
                indexes.push(index);
            }
        }
    }
    Ok(statements)
}

fn create_table(dialect: Dialect, table: &TableDefinition, references: &[&Reference]) -> Result<Statement> {
    let mut sql = Sql::new(dialect, table.model);
    sql.once().push("CREATE TABLE ").name(table.name).push(" (").list(&table.columns, column);
    if !table.columns.iter().any(|column| column.is_generated(dialect)) {
        sql.push(", PRIMARY KEY (").list(table.key_names(), name).push(")");
    }
    for reference in references.iter().filter(|reference| reference.to_key) {
        sql.push(", FOREIGN KEY (").list(&reference.columns, |sql, column| name(sql, column));
        sql.push(") REFERENCES ").name(reference.target_table);
        sql.push(" (").list(&reference.target_columns, |sql, column| name(sql, column)).push(")");
    }
    sql.push(")").push(dialect.table_options());
    sql.finish()
}

fn column(sql: &mut Sql, column: &ColumnDefinition) {
    sql.name(column.facts.name).push(" ").push(column.column_type);
    let dialect = sql.dialect();
    if column.is_generated(dialect) {
        sql.push(" PRIMARY KEY ").push(dialect.generated_key());
    }
    if column.facts.null == Null::Refused {
        sql.push(" NOT NULL");
    }
    if let Default::Expression(expression) = column.facts.default {
        sql.push(" DEFAULT ").expression(expression);
    }
}

/// The tables and columns of indexes.
type Indexes<'t> = [(&'static str, &'t Vec<&'static str>)];

fn create_index(
    dialect: Dialect,
    model: &'static str,
    reference: &Reference,
    earlier: &Indexes<'_>,
) -> Result<Statement> {
    let mut sql = Sql::new(dialect, model);
    let name_of = |table: &str, columns: &[&str]| format!("{table}_{}_index", columns.join("_"));
    let mut index = name_of(reference.table, &reference.columns);
    let alike = earlier.iter().filter(|(table, columns)| name_of(table, columns) == index).count();
    if alike > 0 {
        index = format!("{index}_{}", alike + 1);
    }
    sql.once().push("CREATE INDEX ").name(&index).push(" ON ").name(reference.table);
    sql.push(" (").list(&reference.columns, |sql, column| name(sql, column)).push(")");
    sql.finish()
}

fn name(sql: &mut Sql, column: &'static str) {
    sql.name(column);
}

impl ColumnDefinition {
    /// Whether the database numbers the rows, which it can do with integers only.
    fn is_generated(&self, dialect: Dialect) -> bool {
        self.facts.default == Default::Generated && self.column_type == dialect.column_type::<i64>()
    }
}

impl TableDefinition {
    fn of<M: Model>(dialect: Dialect) -> Self {
        Self::new(dialect, M::TABLE, M::REFERENCES.iter().flat_map(|references| references()).collect())
    }

    fn new(dialect: Dialect, table: &'static Table, references: Vec<Reference>) -> Self {
        let definition = |facts: &Facts| ColumnDefinition { facts: *facts, column_type: (facts.column_type)(dialect) };
        let model = table.model;
        Self {
            model,
            name: table.name,
            columns: table.columns.iter().map(definition).collect(),
            key: table.key,
            references,
        }
    }

    fn key_names(&self) -> impl Iterator<Item = &'static str> {
        self.key.iter().filter_map(|&index| self.columns.get(index)).map(|column| column.facts.name)
    }

    /// Whether the primary key's own index serves a search for these columns.
    fn has_index(&self, columns: &[&'static str]) -> bool {
        self.key_names().take(columns.len()).eq(columns.iter().copied())
    }
}

impl<M: Model> Schema for M {
    fn tables(dialect: Dialect) -> Vec<TableDefinition> {
        vec![TableDefinition::of::<M>(dialect)]
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<$first: Schema, $($rest: Schema),*> Schema for ($first, $($rest,)*) {
            fn tables(dialect: Dialect) -> Vec<TableDefinition> {
                let tables = [$first::tables(dialect), $($rest::tables(dialect)),*];
                tables.into_iter().flatten().collect()
            }
        }
        tuples!($($rest)*);
    };
    () => {};
}

tuples!(A B C D E F G H I J K L M N O P);
