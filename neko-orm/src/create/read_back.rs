//! Reading rows that were inserted, where the database does not return them.

use std::collections::HashMap;

use super::returning::{Columns, Returning};
use super::statements::NewRows;
use crate::Model;
use crate::backend::{Dialect, Statement, Value, Written};
use crate::column::Table;
use crate::error::{Error, Result, Sent, StatementError};
use crate::key::{self, KeyColumns as _, KeyList};
use crate::query;
use crate::sql::{Sql, ValueRows};

/// How rows are read that one statement has inserted.
pub(super) struct ReadBack {
    found: Found,
    columns: Columns,
}

/// How the rows are found.
enum Found {
    /// By the keys that they were given.
    Given(Vec<Vec<Box<dyn Value>>>),
    /// By the keys that the database has numbered them with.
    Numbered(usize),
}

impl ReadBack {
    /// These columns of these rows.
    pub(super) fn new(table: &'static Table, rows: NewRows<'_>, columns: Columns) -> Result<Self> {
        let found = match (rows.keys(table), table.numbered_key()) {
            (Some(keys), _) => Found::Given(keys),
            (None, Some(_)) => Found::Numbered(rows.count),
            (None, None) => return Err(unknown_key(table)),
        };
        Ok(Self { found, columns })
    }

    /// The statements that read the rows.
    pub(super) fn statements(
        &self,
        written: Written,
        dialect: Dialect,
        table: &'static Table,
    ) -> Result<Vec<Statement>> {
        let columns = |sql: &mut Sql, table| self.columns.write(sql, table);
        match &self.found {
            Found::Given(keys) => {
                let parts: Vec<_> = keys.iter().flatten().map(|part| &**part).collect();
                let lists = KeyList::statements(dialect, ValueRows::new(&parts, table.key.len()), || 0);
                let by_key = |list: &KeyList<'_>| {
                    let mut sql = query::select(dialect, table, columns);
                    sql.push(" WHERE ");
                    list.contains(&mut sql, table.name, table.key_names());
                    sql.finish()
                };
                lists.iter().map(by_key).collect()
            }
            Found::Numbered(count) => {
                let sql = query::select(dialect, table, columns);
                Ok(vec![numbered(sql, written.first_key, *count, table)?])
            }
        }
    }

    /// What was read, in the order in which the rows were given.
    pub(super) fn in_order<M: Model, R: Returning<M>>(&self, read: Vec<R::Output>) -> Vec<R::Output> {
        let Found::Given(keys) = &self.found else { return read };
        if keys.len() < 2 {
            return read;
        }
        let described = |output| (key::describe(M::KEY.arguments(&R::key_of(&output)).into_iter()), output);
        let mut found: HashMap<_, _> = read.into_iter().map(described).collect();
        keys.iter().filter_map(|key| found.remove(&key::describe(key.iter().map(|part| &**part)))).collect()
    }
}

/// The rows of one `INSERT`, whose numbers follow each other in the steps of the server.
fn numbered(mut sql: Sql, first: u64, count: usize, table: &'static Table) -> Result<Statement> {
    const STEP: &str = "@@auto_increment_increment";
    let key = table.key_names().next().unwrap_or_default();
    let (first, last) = (i64::try_from(first).unwrap_or(i64::MAX), i64::try_from(count).unwrap_or(i64::MAX) - 1);
    sql.push(" WHERE ").column(table.name, key);
    if count == 1 {
        sql.push(" = ").bind(&first);
        return sql.finish();
    }
    sql.push(" BETWEEN ").bind(&first).push(" AND ").bind(&first).push(" + ").bind(&last).push(" * ").push(STEP);
    sql.push(" AND (").column(table.name, key).push(" - ").bind(&first).push(") % ").push(STEP).push(" = 0");
    sql.push(" ORDER BY ").column(table.name, key);
    sql.finish()
}

fn unknown_key(table: &'static Table) -> Error {
    let key: Vec<_> = table.key_names().collect();
    let message = format!("set `{}`: the database does not tell which key its default has made", key.join("`, `"));
    let sent = Sent { model: table.model, ..Sent::default() };
    Error::Statement(StatementError::new(sent, sqlx::Error::InvalidArgument(message)))
}
