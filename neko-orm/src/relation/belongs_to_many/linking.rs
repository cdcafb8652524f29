//! The statements on the rows of a junction.

use std::collections::{HashMap, HashSet};

use crate::Model;
use crate::backend::{Connection, Dialect, Row, Statement, Value};
use crate::error::{Error, Result};
use crate::key::{self, KeyColumns as _, KeyList, KeyOf};
use crate::node::Node;
use crate::query::{self, Equal};
use crate::relation::foreign_key::{KeyPair, PairNames, Pairs};
use crate::sql::Sql;

/// The rows of a junction that link one source.
pub(in crate::relation) struct Linking<T: 'static, J: 'static> {
    pub(in crate::relation) relation: &'static str,
    /// What the columns hold that refer to the source.
    pub(in crate::relation) source: Vec<Equal>,
    pub(in crate::relation) to: Pairs<T, J>,
    /// The columns of the junction's key, where they are known.
    pub(in crate::relation) key: Option<Vec<&'static str>>,
    pub(in crate::relation) model: &'static str,
    /// Which of the junction's rows are meant: those in its model's default scope.
    pub(in crate::relation) scope: Node,
    /// That a row of the target is linked with the source.
    pub(in crate::relation) linked: Node,
}

/// A new row of a junction: columns and their values.
pub(in crate::relation) type NewLink = Vec<(&'static str, Box<dyn Value>)>;

impl<T: Model, J> Linking<T, J> {
    pub(super) fn table(&self) -> &'static str {
        self.to.first().map_or("", |pair| pair.names().table)
    }

    /// The columns that refer to a target by its key.
    fn key_pairs(&self) -> impl Iterator<Item = &'static dyn KeyPair<T, J>> {
        self.to.iter().copied().filter(|pair| pair.tag().is_none())
    }

    /// The columns that refer to the key of the target, in the order of that key; `None` where they refer to other columns.
    pub(super) fn columns_of_key(&self) -> Option<Vec<&'static str>> {
        let pair_of = |index: &usize| self.key_pairs().find(|pair| pair.names().target_index == *index);
        let columns: Option<Vec<_>> = T::TABLE.key.iter().map(|index| Some(pair_of(index)?.foreign_key())).collect();
        columns.filter(|columns| columns.len() == self.key_pairs().count())
    }

    /// What the columns hold that say of which model the target is.
    fn tags(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.to.iter().filter_map(|pair| Some((pair.foreign_key(), pair.tag()?.to_owned())))
    }

    /// The row that links the source with a target: all columns that refer to the two, where `value` tells what those of the target
    /// hold.
    fn row(&self, value: impl Fn(PairNames) -> Option<Box<dyn Value>>) -> Option<NewLink> {
        let mut row: NewLink = self.source.iter().map(|Equal { column, value }| (*column, value.clone())).collect();
        for pair in self.key_pairs() {
            row.push((pair.foreign_key(), value(pair.names())?));
        }
        row.extend(self.tags().map(|(column, tag)| (column, Box::new(tag) as Box<dyn Value>)));
        Some(row)
    }

    /// New rows for the targets of these keys, in their order. Where the junction refers to other columns than the key, these are looked up
    /// first.
    pub(in crate::relation) async fn rows(
        &self,
        keys: &[KeyOf<T>],
        extras: Vec<NewLink>,
        connection: &mut Connection<'_>,
    ) -> Result<Vec<NewLink>> {
        let rows = match self.rows_of_keys(keys) {
            Some(rows) => rows,
            None => self.looked_up(keys, connection).await?,
        };
        Ok(self.with_extras(rows, extras))
    }

    /// The same, where the junction refers to the key.
    pub(super) fn rows_of_keys(&self, keys: &[KeyOf<T>]) -> Option<Vec<NewLink>> {
        self.columns_of_key()?;
        keys.iter().map(|key| self.row_of_key(key)).collect()
    }

    pub(super) fn with_extras(&self, mut rows: Vec<NewLink>, extras: Vec<NewLink>) -> Vec<NewLink> {
        for (row, extras) in rows.iter_mut().zip(extras) {
            self.add_extras(row, extras);
        }
        rows
    }

    fn row_of_key(&self, key: &KeyOf<T>) -> Option<NewLink> {
        let key = T::KEY.arguments(key);
        let part = |names: PairNames| T::TABLE.key.iter().position(|index| *index == names.target_index);
        self.row(|names| Some(key.get(part(names)?)?.boxed()))
    }

    /// Adds the columns that refer neither to the source nor to the target.
    pub(in crate::relation) fn add_extras(&self, row: &mut NewLink, extras: NewLink) {
        row.extend(extras.into_iter().filter(|(column, _)| !self.is_reference(column)));
    }

    /// Whether the column refers to the source or the target.
    pub(super) fn is_reference(&self, column: &str) -> bool {
        self.source.iter().any(|equal| equal.column == column)
            || self.to.iter().any(|pair| pair.foreign_key() == column)
    }

    /// The rows for targets that are read first.
    async fn looked_up(&self, keys: &[KeyOf<T>], connection: &mut Connection<'_>) -> Result<Vec<NewLink>> {
        let arguments = key::arguments::<T>(keys);
        let mut found = HashMap::with_capacity(keys.len());
        for list in KeyList::statements(connection.dialect(), key::rows::<T>(&arguments), || 0) {
            let mut sql = query::select(connection.dialect(), T::TABLE, query::columns);
            sql.push(" WHERE ");
            list.contains(&mut sql, T::TABLE.name, T::TABLE.key_names());
            for row in connection.rows(sql.finish()?).await? {
                let target = T::from_row(&row, 0)?;
                let columns = target.arguments();
                let link = self.row(|names| Some(columns.get(names.target_index)?.boxed()));
                found.insert(target.key(), link.unwrap_or_default());
            }
        }
        let missing: Vec<_> = keys.iter().filter(|key| !found.contains_key(key)).cloned().collect();
        if !missing.is_empty() {
            return Err(Error::NotFound { table: T::TABLE.name, key: display::<T>(&missing) });
        }
        Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
    }

    /// Those of the keys that are linked with the source.
    pub(in crate::relation) async fn present(
        &self,
        keys: &[KeyOf<T>],
        connection: &mut Connection<'_>,
    ) -> Result<HashSet<KeyOf<T>>> {
        let arguments = key::arguments::<T>(keys);
        let mut present = HashSet::with_capacity(keys.len());
        for list in
            KeyList::statements(connection.dialect(), key::rows::<T>(&arguments), || self.source.len() + self.to.len())
        {
            let mut sql = select_keys::<T>(connection.dialect());
            list.contains(&mut sql, T::TABLE.name, T::TABLE.key_names());
            sql.push(" AND ");
            self.linked.write(&mut sql);
            read_keys::<T>(connection.rows(sql.finish()?).await?, &mut present)?;
        }
        Ok(present)
    }

    /// Deletes the rows that link the source with the targets of these keys.
    pub(in crate::relation) async fn delete(&self, keys: &[KeyOf<T>], connection: &mut Connection<'_>) -> Result<()> {
        let arguments = key::arguments::<T>(keys);
        for list in
            KeyList::statements(connection.dialect(), key::rows::<T>(&arguments), || self.source.len() + self.to.len())
        {
            let mut sql = self.delete_from_source(connection.dialect());
            match self.columns_of_key() {
                Some(columns) => {
                    sql.push(" AND ");
                    list.contains(&mut sql, self.table(), columns.into_iter());
                }
                None => self.refers_to(&mut sql, |sql| list.contains(sql, T::TABLE.name, T::TABLE.key_names())),
            }
            connection.execute(sql.finish()?).await?;
        }
        Ok(())
    }

    /// Deletes the rows that link the source with targets in a scope; with no scope, all of them.
    pub(in crate::relation) fn clear(&self, scope: &Node, dialect: Dialect) -> Result<Statement> {
        let mut sql = self.delete_from_source(dialect);
        if !scope.is_no_filter() {
            self.refers_to(&mut sql, |sql| scope.write(sql));
        }
        sql.finish()
    }

    /// Writes that a row refers to one of the targets.
    fn refers_to(&self, sql: &mut Sql, targets: impl FnOnce(&mut Sql)) {
        let pairs: Vec<_> = self.key_pairs().map(|pair| pair.names()).collect();
        sql.push(" AND (").columns(self.table(), pairs.iter().map(|names| names.column)).push(") IN (SELECT ");
        sql.columns(T::TABLE.name, pairs.iter().map(|names| names.target_column)).push(" FROM ");
        sql.name(T::TABLE.name).push(" WHERE ");
        targets(sql);
        sql.push(")");
    }

    fn delete_from_source(&self, dialect: Dialect) -> Sql {
        let mut sql = Sql::new(dialect, self.model);
        sql.push("DELETE FROM ").name(self.table()).push(" WHERE ");
        sql.equals(self.table(), self.source.iter().map(|Equal { column, value }| (*column, &**value)));
        for (column, tag) in self.tags() {
            sql.push(" AND ").column(self.table(), column).push(" = ").bind(&tag);
        }
        self.in_scope(&mut sql);
        sql
    }

    /// Writes that a row is in the scope of the junction's model.
    pub(super) fn in_scope(&self, sql: &mut Sql) {
        if !self.scope.is_no_filter() {
            sql.push(" AND (");
            self.scope.write(sql);
            sql.push(")");
        }
    }

    /// The error that some targets are not linked with the source.
    pub(in crate::relation) fn not_associated(&self, keys: &[KeyOf<T>]) -> Error {
        Error::NotAssociated { table: T::TABLE.name, relation: self.relation, key: display::<T>(keys) }
    }
}

/// Keys as an error names them.
fn display<T: Model>(keys: &[KeyOf<T>]) -> String {
    let keys: Vec<_> = keys.iter().map(|key| key::describe(T::KEY.arguments(key).into_iter())).collect();
    key::display(&keys)
}

/// The keys of all targets that meet a condition.
pub(in crate::relation) fn keys_where<T: Model>(condition: &Node, dialect: Dialect) -> Result<Statement> {
    let mut sql = select_keys::<T>(dialect);
    condition.write(&mut sql);
    sql.finish()
}

fn select_keys<T: Model>(dialect: Dialect) -> Sql {
    let mut sql = Sql::new(dialect, T::TABLE.model);
    sql.push("SELECT ");
    key::columns(&mut sql, T::TABLE);
    sql.push(" FROM ").name(T::TABLE.name).push(" WHERE ");
    sql
}

pub(in crate::relation) fn read_keys<T: Model>(rows: Vec<Row>, keys: &mut impl Extend<KeyOf<T>>) -> Result<()> {
    for row in rows {
        keys.extend([T::KEY.read(&row)?]);
    }
    Ok(())
}
