//! The statements that create tables.

use super::definition::{ColumnDefinition, TableDefinition};
use crate::backend::{Dialect, Null, Statement};
use crate::column::Default;
use crate::error::Result;
use crate::relation::{Holder, OnDelete, Reference};
use crate::sql::Sql;

/// One `CREATE TABLE` for each table, and one `CREATE INDEX` for each foreign key that the table's key does not serve.
pub(super) fn create(dialect: Dialect, tables: &[TableDefinition]) -> Result<Vec<Statement>> {
    let (mut statements, mut indexes) = (Vec::new(), Vec::new());
    for table in tables {
        statements.push(create_table(dialect, table)?);
        for reference in table.references.iter().filter(|reference| !table.has_index(&reference.columns)) {
            let index = (table.name, &reference.columns);
            if !indexes.contains(&index) {
                statements.push(create_index(dialect, table, reference, &indexes)?);
                indexes.push(index);
            }
        }
    }
    Ok(statements)
}

fn create_table(dialect: Dialect, table: &TableDefinition) -> Result<Statement> {
    let mut sql = Sql::new(dialect, table.model);
    // Two models that are created one after the other may declare one junction.
    let create = if table.is_junction() { "CREATE TABLE IF NOT EXISTS " } else { "CREATE TABLE " };
    sql.once().push(create).name(table.name).push(" (").list(&table.columns, column);
    if !table.columns.iter().any(|column| column.is_generated(dialect)) {
        sql.push(", PRIMARY KEY (").list(table.key_names(), name).push(")");
    }
    for reference in &table.references {
        if !reference.to_key {
            has_an_effect(&mut sql, reference);
            continue;
        }
        sql.push(", FOREIGN KEY (").list(&reference.columns, |sql, column| name(sql, column));
        sql.push(") REFERENCES ").name(reference.target_table);
        sql.push(" (").list(&reference.target_columns, |sql, column| name(sql, column)).push(")");
        on_delete(&mut sql, reference);
    }
    let options = if table.is_junction() { dialect.junction_options() } else { dialect.table_options() };
    sql.push(")").push(options);
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
    table: &TableDefinition,
    reference: &Reference,
    earlier: &Indexes<'_>,
) -> Result<Statement> {
    let mut sql = Sql::new(dialect, table.model);
    let name_of = |table: &str, columns: &[&str]| format!("{table}_{}_index", columns.join("_"));
    let mut index = name_of(reference.table, &reference.columns);
    let alike = earlier.iter().filter(|(table, columns)| name_of(table, columns) == index).count();
    if alike > 0 {
        index = format!("{index}_{}", alike + 1);
    }
    let create = if table.is_junction() { "CREATE INDEX IF NOT EXISTS " } else { "CREATE INDEX " };
    sql.once().push(create).name(&index).push(" ON ").name(reference.table);
    sql.push(" (").list(&reference.columns, |sql, column| name(sql, column)).push(")");
    sql.finish()
}

fn name(sql: &mut Sql, column: &'static str) {
    sql.name(column);
}
