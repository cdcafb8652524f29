//! The statement that changes foreign keys.

use std::collections::HashSet;

use super::foreign_key::Pairs;
use crate::Model;
use crate::backend::{Dialect, Lease, Row, Statement, Value};
use crate::column::Table;
use crate::error::{Error, Result};
use crate::key::{self, KeyColumns as _, KeyList};
use crate::query::{self, Equal, Leasing};
use crate::sql::Sql;

/// A change of foreign keys, for any number of rows.
pub(crate) struct ForeignKeyUpdate {
    table: &'static Table,
    relation: &'static str,
    /// The foreign key's columns that can be NULL.
    nullable: Vec<&'static str>,
    /// What the foreign keys refer to from now on; `None` for nothing.
    new: Option<Vec<Equal>>,
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
            new,
            old,
            describe: |row| Ok(key::describe(C::KEY.arguments(&C::KEY.read(row)?).into_iter())),
        }
    }

    /// Changes the rows with these keys: all of them, or none where one is not there or refers to something else.
    ///
    /// One `UPDATE` for one row; for several, one in a transaction or savepoint, and further ones only beyond the
    /// database's limit on arguments. A `SELECT` asks for the keys that an error names.
    pub(crate) async fn run(self, lease: Leasing<'_>, keys: &[Vec<&dyn Value>]) -> Result<()> {
        let mut lease = lease.await?;
        let lists =
            KeyList::statements(lease.dialect(), keys, || self.old.len() + self.new.as_ref().map_or(0, Vec::len));
        if self.change(&mut lease, keys.len(), &lists).await? {
            return Ok(());
        }
        let present = self.present(&mut lease, &lists).await?;
        let all: Vec<_> = keys.iter().map(|key| key::describe(key.iter().copied())).collect();
        let missing: Vec<_> = all.iter().filter(|key| !present.contains(*key)).cloned().collect();
        // Another connection may have put the rows right meanwhile: then no key can be singled out.
        Err(self.missing(if missing.is_empty() { &all } else { &missing }))
    }

    /// Changes the row with this key, and lets all others refer to nothing that refer to what is in `others`: all of that, or nothing.
    ///
    /// Two `UPDATE`s in a transaction or savepoint.
    pub(crate) async fn take(self, lease: Leasing<'_>, others: Vec<Equal>, key: &[&dyn Value]) -> Result<()> {
        let mut lease = lease.await?;
        let list = KeyList::One(key);
        let release = self.release(lease.dialect(), &others, &list)?;
        let change = self.statement(lease.dialect(), &list)?;
        let mut transaction = lease.begin().await?;
        transaction.connection().execute(release).await?;
        if transaction.connection().execute(change).await? == 0 {
            transaction.rollback().await?;
            return Err(self.missing(&[key::describe(key.iter().copied())]));
        }
        transaction.commit().await
    }

    /// Lets all rows refer to nothing that refer to what is in `others`, except those in the list.
    fn release(&self, dialect: Dialect, others: &[Equal], except: &KeyList<'_>) -> Result<Statement> {
        let mut sql = Sql::new(dialect, self.table.model);
        sql.push("UPDATE ").name(self.table.name).push(" SET ").list(&self.nullable, |sql, column| {
            sql.name(column).push(" = NULL");
        });
        sql.push(" WHERE ");
        query::equals(&mut sql, self.table, others);
        sql.push(" AND NOT (");
        except.contains(&mut sql, self.table.name, self.table.key_names());
        sql.push(")");
        sql.finish()
    }

    /// Whether all of the rows could be changed; if not, none of them is.
    async fn change(&self, lease: &mut Lease<'_>, count: usize, lists: &[KeyList<'_>]) -> Result<bool> {
        let dialect = lease.dialect();
        if let [list @ KeyList::One(_)] = lists {
            return Ok(lease.connection().execute(self.statement(dialect, list)?).await? > 0);
        }
        let mut transaction = lease.begin().await?;
        let mut changed = 0;
        for list in lists {
            changed += transaction.connection().execute(self.statement(dialect, list)?).await?;
        }
        if changed >= count as u64 {
            transaction.commit().await?;
            return Ok(true);
        }
        transaction.rollback().await?;
        Ok(false)
    }

    fn statement(&self, dialect: Dialect, list: &KeyList<'_>) -> Result<Statement> {
        let mut sql = Sql::new(dialect, self.table.model);
        sql.push("UPDATE ").name(self.table.name).push(" SET ");
        match &self.new {
            Some(new) => sql.list(new, |sql, Equal { column, value }| {
                sql.name(column).push(" = ").bind(&**value);
            }),
            None => sql.list(&self.nullable, |sql, column| {
                sql.name(column).push(" = NULL");
            }),
        };
        self.matching(&mut sql, list);
        sql.finish()
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
    async fn present(&self, lease: &mut Lease<'_>, lists: &[KeyList<'_>]) -> Result<HashSet<String>> {
        let mut present = HashSet::new();
        for list in lists {
            let mut sql = Sql::new(lease.dialect(), self.table.model);
            sql.push("SELECT ");
            key::columns(&mut sql, self.table);
            sql.push(" FROM ").name(self.table.name);
            self.matching(&mut sql, list);
            for row in lease.connection().rows(sql.finish()?).await? {
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
