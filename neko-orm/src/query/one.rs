//! One row: the statements that read, write and delete the row with a key.

use futures_core::future::BoxFuture;

use super::write::{distinct, write_assignments};
use super::{Leasing, ready};
use crate::Model;
use crate::backend::{Dialect, Statement, Value};
use crate::column::Table;
use crate::error::{Error, Result};
use crate::expr::Assignment;
use crate::key::{self, KeyColumns as _};
use crate::node::Node;
use crate::sql::Sql;

pub(crate) fn not_found(table: &'static Table, key: &[Box<dyn Value>]) -> Error {
    Error::NotFound { table: table.name, key: key::display(&[key::describe(key.iter().map(|part| &**part))]) }
}

/// The row with this key, if it meets a condition.
pub(crate) fn select_one(
    dialect: Dialect,
    table: &'static Table,
    key: &[&dyn Value],
    condition: &Node,
) -> Result<Statement> {
    let mut sql = super::select(dialect, table);
    sql.push(" WHERE ");
    key::equals(&mut sql, table, key);
    if !condition.is_no_filter() {
        sql.push(" AND ");
        condition.write(&mut sql);
    }
    sql.finish()
}

/// Sets all columns but the key's; or those, where there are no others, since whether the row is there must be found out
/// all the same.
pub(crate) fn update(
    dialect: Dialect,
    table: &'static Table,
    arguments: &[&dyn Value],
    key: &[&dyn Value],
) -> Result<Statement> {
    let mut sql = Sql::new(dialect, table.model);
    let is_only_key = table.key.len() == table.columns.len();
    let written =
        table.columns.iter().zip(arguments).filter(|(column, _)| is_only_key || !table.key.contains(&column.index));
    sql.push("UPDATE ").name(table.name).push(" SET ").list(written, |sql, (column, value)| {
        sql.name(column.name).push(" = ").bind(*value);
    });
    sql.push(" WHERE ");
    key::equals(&mut sql, table, key);
    sql.finish()
}

pub(crate) fn delete(dialect: Dialect, table: &'static Table, key: &[&dyn Value]) -> Result<Statement> {
    let mut sql = Sql::new(dialect, table.model);
    sql.push("DELETE FROM ").name(table.name).push(" WHERE ");
    key::equals(&mut sql, table, key);
    sql.finish()
}

/// Runs a statement that must write the row with this key.
pub(crate) fn write_one<'c>(
    statement: Result<Statement>,
    table: &'static Table,
    key: &[&dyn Value],
    lease: Leasing<'c>,
) -> BoxFuture<'c, Result<()>> {
    let key = key::owned(key);
    Box::pin(async move {
        let statement = statement?;
        match lease.await?.connection().execute(statement).await? {
            0 => Err(not_found(table, &key)),
            _ => Ok(()),
        }
    })
}

/// Sets columns of one row, and the same fields of its struct to what the database has stored.
pub(crate) fn update_columns<'c, 'e: 'c, M: Model>(
    model: &'c mut M,
    assignments: Vec<Assignment<M>>,
    dialect: Dialect,
    leasing: Leasing<'e>,
) -> BoxFuture<'c, Result<()>> {
    let assignments = distinct(assignments);
    if assignments.is_empty() {
        return ready(());
    }
    let key = model.key();
    let key = M::KEY.arguments(&key);
    let (statement, key) = (set_columns(dialect, M::TABLE, &assignments, &key), key::owned(&key));
    Box::pin(async move {
        let (statement, mut lease) = (statement?, leasing.await?);
        // What was computed may not fit the field: then nothing is written.
        let mut transaction = lease.begin().await?;
        let rows = transaction.connection().rows(statement).await?;
        let Some(row) = rows.last() else { return Err(not_found(M::TABLE, &key)) };
        let change = |(index, assignment): (usize, &Assignment<M>)| assignment.change(index, row);
        let changes = assignments.iter().enumerate().map(change).collect::<Result<Vec<_>>>()?;
        transaction.commit().await?;
        changes.into_iter().for_each(|change| change(model));
        Ok(())
    })
}

fn set_columns<M>(
    dialect: Dialect,
    table: &Table,
    assignments: &[Assignment<M>],
    key: &[&dyn Value],
) -> Result<Statement> {
    let mut sql = Sql::new(dialect, table.model);
    sql.push("UPDATE ").name(table.name);
    write_assignments(&mut sql, assignments);
    sql.push(" WHERE ");
    key::equals(&mut sql, table, key);
    sql.push(" RETURNING ").columns(table.name, assignments.iter().map(|assignment| assignment.column));
    sql.finish()
}
