//! Reading rows that were inserted, where the database does not return them.

use std::collections::HashMap;

use super::statements::NewRows;
use crate::Model;
use crate::backend::{Dialect, Statement, Value, Written};
use crate::column::Table;
use crate::error::{Error, Result, Sent, StatementError};
use crate::key::{self, KeyColumns as _, KeyList};
use crate::query;
use crate::sql::ValueRows;

/// How rows are found that one statement has inserted.
pub(super) enum ReadBack {
    /// By the keys that they were given.
    Given(Vec<Vec<Box<dyn Value>>>),
    /// By the keys that the database has numbered them with.
    Numbered(usize),
}

impl ReadBack {
    /// How these rows are found.
    pub(super) fn new(table: &'static Table, rows: NewRows<'_>) -> Result<Self> {
        if let Some(keys) = rows.keys(table) {
            return Ok(Self::Given(keys));
        }
        match table.numbered_key() {
            Some(_) => Ok(Self::Numbered(rows.count)),
            None => Err(unknown_key(table)),
        }
    }

    /// The statements that read the rows.
    pub(super) fn statements(
        &self,
        written: Written,
        dialect: Dialect,
        table: &'static Table,
    ) -> Result<Vec<Statement>> {
        match self {
            Self::Given(keys) => {
                let parts: Vec<_> = keys.iter().flatten().map(|part| &**part).collect();
                let lists = KeyList::statements(dialect, ValueRows::new(&parts, table.key.len()), || 0);
                let by_key = |list: &KeyList<'_>| {
                    let mut sql = query::select(dialect, table);
                    sql.push(" WHERE ");
                    list.contains(&mut sql, table.name, table.key_names());
                    sql.finish()
                };
                lists.iter().map(by_key).collect()
            }
            Self::Numbered(count) => Ok(vec![numbered(written.first_key, *count, dialect, table)?]),
        }
    }

    /// The rows in the order in which they were given.
    pub(super) fn in_order<M: Model>(&self, rows: Vec<M>) -> Vec<M> {
        let Self::Given(keys) = self else { return rows };
        if keys.len() < 2 {
            return rows;
        }
        let described = |row: M| (key::describe(M::KEY.arguments(&row.key()).into_iter()), row);
        let mut found: HashMap<_, _> = rows.into_iter().map(described).collect();
        keys.iter().filter_map(|key| found.remove(&key::describe(key.iter().map(|part| &**part)))).collect()
    }
}

/// The rows of one `INSERT`, whose numbers follow each other in the steps of the server.
fn numbered(first: u64, count: usize, dialect: Dialect, table: &'static Table) -> Result<Statement> {
    const STEP: &str = "@@auto_increment_increment";
    let key = table.key_names().next().unwrap_or_default();
    let (first, last) = (i64::try_from(first).unwrap_or(i64::MAX), i64::try_from(count).unwrap_or(i64::MAX) - 1);
    let mut sql = query::select(dialect, table);
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
