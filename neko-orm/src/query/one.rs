//! One row: the statements that read, write and delete the row with a key.

use futures_core::future::BoxFuture;

use super::change::Change;
use super::write::distinct;
use super::{Leasing, Parts, Scope, ScopeMaker, ready};
use crate::Model;
use crate::backend::{Dialect, Inserted, Row, Statement, Value};
use crate::column::Table;
use crate::error::{Error, Result};
use crate::expr::Assignment;
use crate::key::{self, KeyColumns as _};
use crate::node::{Alias, Node};
use crate::sql::Sql;

pub(crate) fn not_found(table: &'static Table, key: &[Box<dyn Value>]) -> Error {
    Error::NotFound { table: table.name, key: key::display(&[key::describe(key.iter().map(|part| &**part))]) }
}

/// The row with this key, if it is in a scope.
pub(crate) fn find<'c>(
    dialect: Dialect,
    table: &'static Table,
    key: Vec<&dyn Value>,
    scope: Option<ScopeMaker>,
    leasing: Leasing<'c>,
) -> BoxFuture<'c, Result<Option<Row>>> {
    Box::pin(row(select_one(dialect, table, &key, &Scope::made_by(scope).condition), leasing))
}

/// The row with this key, which must be there, and in a scope.
pub(crate) fn get<'c>(
    dialect: Dialect,
    table: &'static Table,
    key: Vec<&dyn Value>,
    scope: Option<ScopeMaker>,
    leasing: Leasing<'c>,
) -> BoxFuture<'c, Result<Row>> {
    let statement = select_one(dialect, table, &key, &Scope::made_by(scope).condition);
    let key = key::owned(&key);
    Box::pin(async move { row(statement, leasing).await?.ok_or_else(|| not_found(table, &key)) })
}

/// The row of a statement.
async fn row(statement: Result<Statement>, leasing: Leasing<'_>) -> Result<Option<Row>> {
    let statement = statement?;
    leasing.await?.connection().row(statement).await
}

/// The row with this key, if it meets a condition.
pub(crate) fn select_one(
    dialect: Dialect,
    table: &'static Table,
    key: &[&dyn Value],
    condition: &Node,
) -> Result<Statement> {
    let mut sql = super::select(dialect, table, super::columns);
    sql.push(" WHERE ");
    key::equals(&mut sql, table, key);
    if !condition.is_no_filter() {
        sql.push(" AND ");
        condition.write(&mut sql);
    }
    sql.finish()
}

/// Writes all columns of the row with this key.
pub(crate) fn save<'c>(
    dialect: Dialect,
    table: &'static Table,
    arguments: Vec<&dyn Value>,
    key: Vec<&dyn Value>,
    lease: Leasing<'c>,
) -> BoxFuture<'c, Result<()>> {
    write_one(update(dialect, table, &arguments, &key), table, &key, lease)
}

/// Deletes the row with this key.
pub(crate) fn delete<'c>(
    dialect: Dialect,
    table: &'static Table,
    key: Vec<&dyn Value>,
    lease: Leasing<'c>,
) -> BoxFuture<'c, Result<()>> {
    write_one(delete_one(dialect, table, &key), table, &key, lease)
}

/// Sets all columns but the key's; or those, where there are no others, since whether the row is there must be found out
/// all the same.
fn update(dialect: Dialect, table: &'static Table, arguments: &[&dyn Value], key: &[&dyn Value]) -> Result<Statement> {
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

fn delete_one(dialect: Dialect, table: &'static Table, key: &[&dyn Value]) -> Result<Statement> {
    let mut sql = Sql::new(dialect, table.model);
    sql.push("DELETE FROM ").name(table.name).push(" WHERE ");
    key::equals(&mut sql, table, key);
    sql.finish()
}

/// Runs a statement that must write the row with this key.
fn write_one<'c>(
    statement: Result<Statement>,
    table: &'static Table,
    key: &[&dyn Value],
    lease: Leasing<'c>,
) -> BoxFuture<'c, Result<()>> {
    let key = key::owned(key);
    Box::pin(async move {
        let statement = statement?;
        match lease.await?.execute(statement).await?.rows {
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
    let (statements, key) = (set_columns(dialect, M::TABLE, &assignments, &key), key::owned(&key));
    Box::pin(async move {
        let ((update, read), mut lease) = (statements?, leasing.await?);
        // What was computed may not fit the field: then nothing is written.
        let mut transaction = lease.begin().await?;
        let mut connection = transaction.connection();
        let rows = match read {
            None => connection.rows(update).await?,
            Some(read) => {
                connection.execute(update).await?;
                connection.rows(read).await?
            }
        };
        let Some(row) = rows.last() else { return Err(not_found(M::TABLE, &key)) };
        let change = |(index, assignment): (usize, &Assignment<M>)| assignment.change(index, row);
        let changes = assignments.iter().enumerate().map(change).collect::<Result<Vec<_>>>()?;
        transaction.commit().await?;
        changes.into_iter().for_each(|change| change(model));
        Ok(())
    })
}

/// Sets the columns and returns them, or reads them by a second statement where the first cannot return them.
fn set_columns<M>(
    dialect: Dialect,
    table: &'static Table,
    assignments: &[Assignment<M>],
    key: &[&dyn Value],
) -> Result<(Statement, Option<Statement>)> {
    let mut sql = Sql::new(dialect, table.model);
    let column = |name| Node::Column(Alias::TABLE, table.name, name);
    let equals = table.key_names().zip(key).map(|(name, part)| column(name).equals(Node::Any(part.boxed())));
    let parts = Parts { condition: equals.fold(Node::Absent, Node::and), ..Parts::default() };
    Change::Set(assignments).write(&parts, table, &mut sql)?;
    let columns = assignments.iter().map(|assignment| assignment.column);
    if dialect.spelling().inserted == Inserted::Returned {
        sql.push(" RETURNING ").columns(table.name, columns);
        return Ok((sql.finish()?, None));
    }
    let mut read = Sql::new(dialect, table.model);
    read.push("SELECT ").columns(table.name, columns).push(" FROM ").name(table.name).push(" WHERE ");
    read.separated(" AND ", table.key_names().zip(key), |sql, (name, part)| {
        sql.column(table.name, name).push(" = ");
        match assignments.iter().find(|assignment| assignment.column == name) {
            None => {
                sql.bind(*part);
            }
            Some(Assignment { value: value @ Node::Value(_), .. }) => value.write(sql),
            Some(_) => sql.fail(format!("`{name}` is part of the key: this database can set it to a value only")),
        }
    });
    Ok((sql.finish()?, Some(read.finish()?)))
}
