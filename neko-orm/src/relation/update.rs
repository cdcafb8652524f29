//! The statement that changes foreign keys.

use std::collections::HashSet;

use super::foreign_key::Pairs;
use crate::Model;
use crate::backend::{Connection, Dialect, Lease, Row, Statement, Value};
use crate::column::Table;
use crate::error::{Error, Result};
use crate::key::{self, KeyColumns as _, KeyList};
use crate::node::Node;
use crate::query::{self, Equal, Leasing};
use crate::sql::{Sql, ValueRows};

/// What becomes of the rows.
enum Change {
    /// Their foreign keys refer to this.
    Refer(Vec<Equal>),
    /// Their foreign keys refer to nothing.
    Release,
    /// They are deleted.
    Delete,
}

/// A change of foreign keys, for any number of rows.
pub(crate) struct ForeignKeyUpdate {
    table: &'static Table,
    relation: &'static str,
    /// The foreign key's columns that can be NULL.
    nullable: Vec<&'static str>,
    change: Change,
    /// What they must refer to before, if that matters.
    old: Vec<Equal>,
    /// Names the key in a row of the key's columns.
    describe: fn(&Row) -> Result<String>,
}

impl ForeignKeyUpdate {
    pub(crate) fn new<P, C: Model>(
        relation: &'static str,
        pairs: Pairs<P, C>,
        new: Option<Vec<Equal>>,
        old: Vec<Equal>,
    ) -> Self {
        let mut nullable = Vec::new();
        for pair in pairs {
            if pair.is_nullable() {
                nullable.push(pair.foreign_key());
            }
        }
        Self {
            table: C::TABLE,
            relation,
            nullable,
            change: new.map_or(Change::Release, Change::Refer),
            old,
            describe: |row| Ok(key::describe(C::KEY.arguments(&C::KEY.read(row)?).into_iter())),
        }
    }

    /// Deletes the rows instead.
    pub(crate) fn deleting(self) -> Self {
        Self { change: Change::Delete, ..self }
    }

    /// Changes the rows with these keys: all of them, or none where one is not there or refers to something else.
    ///
    /// One `UPDATE`, and further ones only beyond the database's limit on arguments; in a transaction or savepoint where several rows are not
    /// checked by the statement itself. A `SELECT` asks for the keys that an error names.
    pub(crate) async fn run(self, lease: Leasing<'_>, keys: ValueRows<'_>) -> Result<()> {
        let mut lease = lease.await?;
        let lists = self.lists(lease.dialect(), keys);
        let at_once = match &lists[..] {
            [list] => self.change_at_once(keys.len(), list, &mut lease).await?,
            _ => None,
        };
        let are_changed = match at_once {
            Some(changed) => changed >= keys.len() as u64,
            None => self.change_in_transaction(keys.len(), &lists, &mut lease).await?,
        };
        match are_changed {
            true => Ok(()),
            false => self.explain(keys, &lists, &mut lease.connection()).await,
        }
    }

    /// How many rows one statement has changed, where that is all or none; `None` where it takes a transaction to be so.
    async fn change_at_once(&self, count: usize, list: &KeyList<'_>, lease: &mut Lease<'_>) -> Result<Option<u64>> {
        let statement = self.statement(lease.dialect(), list)?;
        match list {
            KeyList::One(_) => Ok(Some(lease.execute(statement).await?.rows)),
            _ => lease.execute_on_all(statement, count as u64).await,
        }
    }

    async fn change_in_transaction(&self, count: usize, lists: &[KeyList<'_>], lease: &mut Lease<'_>) -> Result<bool> {
        let mut transaction = lease.begin().await?;
        let are_changed = self.change(count, lists, &mut transaction.connection()).await?;
        match are_changed {
            true => transaction.commit().await?,
            false => transaction.rollback().await?,
        }
        Ok(are_changed)
    }

    /// As [`run`](Self::run), within a transaction, which is to be rolled back where this fails.
    pub(crate) async fn run_within(&self, keys: ValueRows<'_>, connection: &mut Connection<'_>) -> Result<()> {
        let lists = self.lists(connection.dialect(), keys);
        match self.change(keys.len(), &lists, connection).await? {
            true => Ok(()),
            false => self.explain(keys, &lists, connection).await,
        }
    }

    fn lists<'k>(&self, dialect: Dialect, keys: ValueRows<'k>) -> Vec<KeyList<'k>> {
        let new = if let Change::Refer(new) = &self.change { new.len() } else { 0 };
        // One more is the number of keys.
        KeyList::statements(dialect, keys, || self.old.len() + new + 1)
    }

    /// The error that names the rows that could not be changed.
    async fn explain(&self, keys: ValueRows<'_>, lists: &[KeyList<'_>], connection: &mut Connection<'_>) -> Result<()> {
        let present = match self.present(connection, lists).await {
            // The statement that has failed has ended a transaction that was begun by hand.
            Err(Error::TransactionLost(_)) => HashSet::new(),
            present => present?,
        };
        let all: Vec<_> = keys.iter().map(|key| key::describe(key.iter().copied())).collect();
        let missing: Vec<_> = all.iter().filter(|key| !present.contains(*key)).cloned().collect();
        // Another connection may have put the rows right meanwhile: then no key can be singled out, either.
        Err(self.missing(if missing.is_empty() { &all } else { &missing }))
    }

    /// Changes the row with this key, and lets all others refer to nothing that meet a condition: all of that, or nothing.
    ///
    /// Two `UPDATE`s in a transaction or savepoint.
    pub(crate) async fn take(self, lease: Leasing<'_>, others: &Node, key: &[&dyn Value]) -> Result<()> {
        let mut lease = lease.await?;
        let list = KeyList::One(key);
        let release = self.release(lease.dialect(), others, &list)?;
        let change = self.statement(lease.dialect(), &list)?;
        let mut transaction = lease.begin().await?;
        transaction.connection().execute(release).await?;
        if transaction.connection().execute(change).await?.rows == 0 {
            transaction.rollback().await?;
            return Err(self.missing(&[key::describe(key.iter().copied())]));
        }
        transaction.commit().await
    }

    /// Lets all rows refer to nothing that meet a condition, except those in the list.
    fn release(&self, dialect: Dialect, others: &Node, except: &KeyList<'_>) -> Result<Statement> {
        let mut sql = Sql::new(dialect, self.table.model);
        self.set_null(&mut sql);
        sql.push(" WHERE ");
        others.write(&mut sql);
        sql.push(" AND NOT (");
        except.contains(&mut sql, self.table.name, self.table.key_names());
        sql.push(")");
        sql.finish()
    }

    /// Whether all of the rows could be changed.
    async fn change(&self, count: usize, lists: &[KeyList<'_>], connection: &mut Connection<'_>) -> Result<bool> {
        let mut changed = 0;
        for list in lists {
            changed += connection.execute(self.statement(connection.dialect(), list)?).await?.rows;
        }
        Ok(changed >= count as u64)
    }

    fn statement(&self, dialect: Dialect, list: &KeyList<'_>) -> Result<Statement> {
        let mut sql = Sql::new(dialect, self.table.model);
        match &self.change {
            Change::Refer(new) => {
                sql.push("UPDATE ").name(self.table.name).push(" SET ").list(new, |sql, Equal { column, value }| {
                    sql.name(column).push(" = ").bind(&**value);
                });
            }
            Change::Release => self.set_null(&mut sql),
            Change::Delete => {
                sql.push("DELETE FROM ").name(self.table.name);
            }
        }
        self.matching(&mut sql, list);
        sql.finish()
    }

    fn set_null(&self, sql: &mut Sql) {
        sql.push("UPDATE ").name(self.table.name).push(" SET ").list(&self.nullable, |sql, column| {
            sql.name(column).push(" = NULL");
        });
    }

    fn matching(&self, sql: &mut Sql, list: &KeyList<'_>) {
        sql.push(" WHERE ");
        if !self.old.is_empty() {
            query::equals(sql, self.table, &self.old);
            sql.push(" AND ");
        }
        list.contains(sql, self.table.name, self.table.key_names());
    }

    /// Which of the rows could be changed; only an error asks for them.
    async fn present(&self, connection: &mut Connection<'_>, lists: &[KeyList<'_>]) -> Result<HashSet<String>> {
        let mut present = HashSet::new();
        for list in lists {
            let mut sql = Sql::new(connection.dialect(), self.table.model);
            sql.push("SELECT ");
            key::columns(&mut sql, self.table);
            sql.push(" FROM ").name(self.table.name);
            self.matching(&mut sql, list);
            for row in connection.rows(sql.finish()?).await? {
                present.insert((self.describe)(&row)?);
            }
        }
        Ok(present)
    }

    fn missing(&self, keys: &[String]) -> Error {
        let (table, key) = (self.table.name, key::display(keys));
        if self.old.is_empty() {
            return Error::NotFound { table, key };
        }
        Error::NotAssociated { table, relation: self.relation, key }
    }
}
