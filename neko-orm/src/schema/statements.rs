//! The statements that create tables.

use super::definition::{ColumnDefinition, TableDefinition};
use crate::backend::{Declares, Dialect, Null, Statement};
use crate::column::Default;
use crate::error::Result;
use crate::relation::{Holder, OnDelete, Reference};
use crate::sql::Sql;

/// One `CREATE TABLE` for each table, and one `CREATE INDEX` for each foreign key that the table's key does not serve. Where a table can
/// refer only to one that is there, an `ALTER TABLE` for each reference to a later one.
pub(super) fn create(dialect: Dialect, tables: &[TableDefinition]) -> Result<Vec<Statement>> {
    let (mut statements, mut later) = (Vec::new(), Vec::new());
    for (position, table) in tables.iter().enumerate() {
        let is_later =
            |reference: &Reference| tables[position + 1..].iter().any(|later| later.name == reference.target_table);
        let (added, inline): (Vec<_>, Vec<_>) = match dialect.spelling().declares {
            Declares::Anything => (Vec::new(), table.references.iter().collect()),
            _ => table.references.iter().partition(|reference| reference.to_key && is_later(reference)),
        };
        statements.push(create_table(dialect, table, &inline)?);
        if dialect.spelling().declares != Declares::IndexesInTables {
            for index in indexes(table) {
                statements.push(create_index(dialect, table, &index)?);
            }
        }
        later.extend(added.into_iter().map(|reference| add_foreign_key(dialect, table, reference)));
    }
    statements.extend(later.into_iter().collect::<Result<Vec<_>>>()?);
    Ok(statements)
}

fn create_table(dialect: Dialect, table: &TableDefinition, references: &[&Reference]) -> Result<Statement> {
    let mut sql = Sql::new(dialect, table.model);
    // Two models that are created one after the other may declare one junction.
    let create = if table.is_junction() { "CREATE TABLE IF NOT EXISTS " } else { "CREATE TABLE " };
    sql.once().push(create).name(table.name).push(" (").list(&table.columns, column);
    if !table.columns.iter().any(|column| column.is_generated(dialect)) {
        sql.push(", PRIMARY KEY (").list(table.key_names(), name).push(")");
    }
    for reference in references {
        match reference.to_key {
            true => foreign_key(sql.push(", "), reference),
            false => has_an_effect(&mut sql, reference),
        }
    }
    if dialect.spelling().declares == Declares::IndexesInTables {
        for index in indexes(table).iter().filter(|index| !index.is_foreign_key) {
            sql.push(", INDEX ")
                .name(&index.name)
                .push(" (")
                .list(index.columns, |sql, column| name(sql, column))
                .push(")");
        }
    }
    let spelling = dialect.spelling();
    let options = if table.is_junction() { spelling.junction_options } else { spelling.table_options };
    sql.push(")").push(options);
    sql.finish()
}

fn foreign_key(sql: &mut Sql, reference: &Reference) {
    sql.push("FOREIGN KEY (").list(&reference.columns, |sql, column| name(sql, column));
    sql.push(") REFERENCES ").name(reference.target_table);
    sql.push(" (").list(&reference.target_columns, |sql, column| name(sql, column)).push(")");
    on_delete(sql, reference);
}

fn add_foreign_key(dialect: Dialect, table: &TableDefinition, reference: &Reference) -> Result<Statement> {
    let mut sql = Sql::new(dialect, table.model);
    foreign_key(sql.once().push("ALTER TABLE ").name(table.name).push(" ADD "), reference);
    sql.finish()
}

fn on_delete(sql: &mut Sql, reference: &Reference) {
    match reference.on_delete {
        OnDelete::Unsaid => {}
        OnDelete::Cascade => {
            sql.push(" ON DELETE CASCADE");
        }
        OnDelete::SetNull => {
            sql.push(" ON DELETE SET NULL");
        }
        OnDelete::Restrict => {
            sql.push(" ON DELETE RESTRICT");
        }
        OnDelete::Disputed => sql.fail(format!(
            "two relations say different things by `on_delete` of the foreign key `{}` of `{}`",
            reference.columns.join("`, `"),
            reference.table
        )),
    }
}

/// Refuses what would never happen. The tables of junctions without a model are not asked for it by anyone.
fn has_an_effect(sql: &mut Sql, reference: &Reference) {
    if reference.on_delete != OnDelete::Unsaid && reference.holder == Holder::Model {
        sql.fail(format!(
            "`on_delete` of `{}` of `{}` has no effect, for no database checks a reference to columns of `{}` that are not its key: remove it",
            reference.columns.join("`, `"),
            reference.table,
            reference.target_table
        ));
    }
}

fn column(sql: &mut Sql, column: &ColumnDefinition) {
    sql.name(column.facts.name).push(" ").column_type(&column.column_type);
    let dialect = sql.dialect();
    if column.is_generated(dialect) {
        sql.push(dialect.spelling().generated_key);
    }
    if column.facts.null == Null::Refused {
        sql.push(" NOT NULL");
    }
    if let Default::Expression(expression) = column.facts.default {
        sql.push(" DEFAULT ").expression(expression);
    }
}

/// An index for a foreign key.
struct Index<'t> {
    name: String,
    columns: &'t [&'static str],
    /// Whether the columns are those of a `FOREIGN KEY`.
    is_foreign_key: bool,
}

/// The indexes for the foreign keys that the table's key does not serve.
fn indexes(table: &TableDefinition) -> Vec<Index<'_>> {
    let mut indexes: Vec<Index<'_>> = Vec::new();
    for reference in table.references.iter().filter(|reference| !table.has_index(&reference.columns)) {
        let columns = &reference.columns[..];
        match indexes.iter_mut().find(|index| index.columns == columns) {
            Some(index) => index.is_foreign_key |= reference.to_key,
            None => {
                let name = format!("{}_{}_index", table.name, columns.join("_"));
                let alike = indexes.iter().filter(|index| index.name.starts_with(&name)).count();
                let name = if alike > 0 { format!("{name}_{}", alike + 1) } else { name };
                indexes.push(Index { name, columns, is_foreign_key: reference.to_key });
            }
        }
    }
    for index in &mut indexes {
        shorten(&mut index.name);
    }
    indexes
}

/// Makes a name fit into every database, of which PostgreSQL keeps the fewest bytes: a long one ends with its hash (FNV-1a), so that two
/// that start alike still differ.
fn shorten(name: &mut String) {
    const LONGEST: usize = 63;
    if name.len() > LONGEST {
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        let end = format!("_{hash:016x}");
        name.truncate(name.floor_char_boundary(LONGEST - end.len()));
        name.push_str(&end);
    }
}

fn create_index(dialect: Dialect, table: &TableDefinition, index: &Index<'_>) -> Result<Statement> {
    let mut sql = Sql::new(dialect, table.model);
    let create = if table.is_junction() { "CREATE INDEX IF NOT EXISTS " } else { "CREATE INDEX " };
    sql.once().push(create).name(&index.name).push(" ON ").name(table.name);
    sql.push(" (").list(index.columns, |sql, column| name(sql, column)).push(")");
    sql.finish()
}

fn name(sql: &mut Sql, column: &'static str) {
    sql.name(column);
}
