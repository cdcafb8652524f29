//! The pairs of columns that a relation rests on, and the statement that changes foreign keys.

use std::collections::HashSet;

use crate::Model;
use crate::backend::{Dialect, Lease, Row, Statement};
use crate::column::{AnyColumn, Column};
use crate::error::{Error, Result};
use crate::expr::{Alias, Node};
use crate::field::{ForeignKey, KeyField};
use crate::key::{self, KeyColumns as _, KeyList, KeyOf};
use crate::model::not_found;
use crate::query::{self, Equal};
use crate::sql::Sql;

/// A key of the model `P` (the parent) and the foreign key in `C` (the child) that refers to it, whatever their types.
pub trait KeyPair<P, C>: Send + Sync {
    /// The names of the columns, for the schema.
    fn reference(&self) -> ReferencePair;

    /// The name of the foreign key's column.
    fn foreign_key(&self) -> &'static str;

    /// Whether the foreign key can be NULL.
    fn is_nullable(&self) -> bool;

    /// The parent's row has this value in the key's column, if it is the one that `child` refers to.
    fn key_from_child(&self, child: &C) -> Option<Equal>;

    /// The child's row has this value in the foreign key's column, if it refers to `parent`.
    fn foreign_key_from_parent(&self, parent: &P) -> Equal;

    /// The two columns in an expression: the foreign key of one table, and the key of another.
    fn join(&self, parent: Alias, child: Alias) -> [Node; 2];

    /// Lets `child` refer to `parent`.
    fn link(&self, parent: &P, child: &mut C);

    /// Lets `child` refer to nothing, where the foreign key can be NULL.
    fn unlink(&self, child: &mut C);

    /// Whether `child` refers to `parent`.
    fn is_linked(&self, parent: &P, child: &C) -> bool;

    /// Lets a new child refer to `parent`.
    fn fill(&self, parent: &P, child: &mut C::Values)
    where
        C: Model;
}

/// A column of a key and the column that refers to it.
#[derive(Debug)]
pub struct Pair<P: Model, C: Model, K: 'static, F: 'static> {
    key: Column<P, K>,
    foreign_key: Column<C, F>,
}

impl<P: Model, C: Model, K, F> Pair<P, C, K, F> {
    /// Made by the derive. The compiler compares the two types where the pair becomes a [`KeyPair`], and only there.
    ///
    /// # Panics
    /// While compiling, if the key can be NULL: "refers to NULL" and "refers to nothing" would be the same.
    pub const fn new(key: Column<P, K>, foreign_key: Column<C, F>) -> Self {
        assert!(!key.is_nullable(), "a foreign key cannot refer to a column that is an `Option`: remove the `Option`");
        Self { key, foreign_key }
    }
}

impl<P: Model, C: Model, K: KeyField, F: ForeignKey<K>> KeyPair<P, C> for Pair<P, C, K, F> {
    fn reference(&self) -> ReferencePair {
        ReferencePair {
            table: C::TABLE.name,
            column: self.foreign_key(),
            target_table: P::TABLE.name,
            target_column: self.key.facts().name,
            target_key: P::TABLE.key,
            target_index: self.key.facts().index,
        }
    }

    fn foreign_key(&self) -> &'static str {
        self.foreign_key.facts().name
    }

    fn is_nullable(&self) -> bool {
        F::nothing().is_some()
    }

    fn key_from_child(&self, child: &C) -> Option<Equal> {
        let key = self.foreign_key.get(child).key()?;
        Some(Equal { column: self.key.facts().name, value: self.key.argument(key).boxed() })
    }

    fn foreign_key_from_parent(&self, parent: &P) -> Equal {
        Equal { column: self.foreign_key(), value: self.key.argument(self.key.get(parent)).boxed() }
    }

    fn join(&self, parent: Alias, child: Alias) -> [Node; 2] {
        [
            Node::Column(child, C::TABLE.name, self.foreign_key()),
            Node::Column(parent, P::TABLE.name, self.key.facts().name),
        ]
    }

    fn link(&self, parent: &P, child: &mut C) {
        *self.foreign_key.get_mut(child) = F::refer_to(self.key.get(parent).clone());
    }

    fn unlink(&self, child: &mut C) {
        if let Some(nothing) = F::nothing() {
            *self.foreign_key.get_mut(child) = nothing;
        }
    }

    fn is_linked(&self, parent: &P, child: &C) -> bool {
        self.foreign_key.get(child).key() == Some(self.key.get(parent))
    }

    fn fill(&self, parent: &P, child: &mut C::Values) {
        *self.foreign_key.values(child) = Some(F::refer_to(self.key.get(parent).clone()));
    }
}

/// The key pairs of a relation.
pub(crate) type Pairs<P, C> = &'static [&'static dyn KeyPair<P, C>];

/// One column of a [`Reference`].
#[derive(Debug)]
pub struct ReferencePair {
    table: &'static str,
    column: &'static str,
    target_table: &'static str,
    target_column: &'static str,
    target_key: &'static [usize],
    target_index: usize,
}

/// A foreign key as the schema declares it.
#[derive(Debug, PartialEq, Eq)]
pub struct Reference {
    pub(crate) table: &'static str,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) target_table: &'static str,
    pub(crate) target_columns: Vec<&'static str>,
    /// Whether the columns referred to are the target's key: only then does a database accept the foreign key.
    pub(crate) to_key: bool,
}

impl Reference {
    /// The foreign key of a relation.
    pub fn of<P, C>(pairs: &[&dyn KeyPair<P, C>]) -> Option<Self> {
        let mut pairs: Vec<_> = pairs.iter().map(|pair| pair.reference()).collect();
        // The two sides may declare the pairs in different orders, and mean one foreign key.
        pairs.sort_by_key(|pair| pair.column);
        let first = pairs.first()?;
        let indexes: Vec<_> = pairs.iter().map(|pair| pair.target_index).collect();
        Some(Self {
            table: first.table,
            columns: pairs.iter().map(|pair| pair.column).collect(),
            target_table: first.target_table,
            target_columns: pairs.iter().map(|pair| pair.target_column).collect(),
            to_key: first.target_key.len() == indexes.len() && first.target_key.iter().all(|i| indexes.contains(i)),
        })
    }
}

/// What the foreign key of a child that refers to `parent` holds.
pub(crate) fn foreign_key_to<P, C>(pairs: Pairs<P, C>, parent: &P) -> Vec<Equal> {
    pairs.iter().map(|pair| pair.foreign_key_from_parent(parent)).collect()
}

/// Lets `child` refer to `parent`.
pub(crate) fn link<P, C>(pairs: Pairs<P, C>, parent: &P, child: &mut C) {
    pairs.iter().for_each(|pair| pair.link(parent, child));
}

/// Lets `child` refer to nothing.
pub(crate) fn unlink<P, C>(pairs: Pairs<P, C>, child: &mut C) {
    pairs.iter().for_each(|pair| pair.unlink(child));
}

/// The error that rows with these keys are not associated by a relation.
pub(crate) fn not_associated<C: Model>(relation: &'static str, keys: &[KeyOf<C>]) -> Error {
    Error::NotAssociated { table: C::TABLE.name, relation, key: key::display(keys) }
}

/// Whether `child` refers to `parent` by all of the pairs.
pub(crate) fn is_linked<P, C>(pairs: Pairs<P, C>, parent: &P, child: &C) -> bool {
    pairs.iter().all(|pair| pair.is_linked(parent, child))
}

/// A change of foreign keys, for any number of rows.
pub(crate) struct ForeignKeyUpdate<P: 'static, C: 'static> {
    pub(crate) relation: &'static str,
    pub(crate) pairs: Pairs<P, C>,
    /// What the foreign keys refer to from now on; `None` for nothing.
    pub(crate) new: Option<Vec<Equal>>,
    /// What they must refer to before, if that matters.
    pub(crate) old: Vec<Equal>,
}

impl<P, C: Model> ForeignKeyUpdate<P, C> {
    /// Changes the rows with these keys: all of them, or none where one is not there or refers to something else.
    ///
    /// One `UPDATE` for one row; for several, one in a transaction or savepoint, and further ones only beyond the
    /// database's limit on arguments.
    pub(crate) async fn run(self, mut lease: Lease<'_>, keys: &[KeyOf<C>]) -> Result<()> {
        if self.change(&mut lease, keys).await? {
            return Ok(());
        }
        let present = self.present(&mut lease, keys).await?;
        let missing: Vec<_> = keys.iter().filter(|key| !present.contains(key)).cloned().collect();
        // Another connection may have put the rows right meanwhile: then no key can be singled out.
        Err(self.missing(if missing.is_empty() { keys } else { &missing }))
    }

    /// Whether all of the rows could be changed; if not, none of them is.
    async fn change(&self, lease: &mut Lease<'_>, keys: &[KeyOf<C>]) -> Result<bool> {
        let dialect = lease.dialect();
        let mut statements = self.statements(dialect, keys)?;
        if keys.len() == 1
            && let Some(statement) = statements.pop()
        {
            return Ok(lease.connection().execute(statement).await? > 0);
        }
        let mut transaction = lease.begin().await?;
        let mut changed = 0;
        for statement in statements {
            changed += transaction.connection().execute(statement).await?;
        }
        if changed >= keys.len() as u64 {
            transaction.commit().await?;
            return Ok(true);
        }
        transaction.rollback().await?;
        Ok(false)
    }

    fn statements(&self, dialect: Dialect, keys: &[KeyOf<C>]) -> Result<Vec<Statement>> {
        let others = 2 * self.pairs.len();
        let lists = KeyList::<C>::new(dialect, keys, others).statements();
        lists.iter().map(|list| self.statement(dialect, list)).collect()
    }

    fn statement(&self, dialect: Dialect, list: &KeyList<'_, C>) -> Result<Statement> {
        let mut sql = Sql::new(dialect);
        sql.push("UPDATE ").name(C::TABLE.name).push(" SET ");
        match &self.new {
            Some(new) => sql.list(new, |sql, Equal { column, value }| {
                sql.name(column).push(" = ").bind(&**value);
            }),
            None => sql.list(self.pairs.iter().filter(|pair| pair.is_nullable()), |sql, pair| {
                sql.name(pair.foreign_key()).push(" = NULL");
            }),
        };
        self.matching(&mut sql, list);
        sql.finish()
    }

    fn matching(&self, sql: &mut Sql, list: &KeyList<'_, C>) {
        sql.push(" WHERE ");
        if !self.old.is_empty() {
            query::equals::<C>(sql, &self.old);
            sql.push(" AND ");
        }
        list.contains_key(sql);
    }

    /// Which of the rows could be changed; only an error asks for them.
    async fn present(&self, lease: &mut Lease<'_>, keys: &[KeyOf<C>]) -> Result<HashSet<KeyOf<C>>> {
        let mut present = HashSet::new();
        for list in KeyList::<C>::new(lease.dialect(), keys, self.pairs.len()).statements() {
            let mut sql = Sql::new(lease.dialect());
            sql.push("SELECT ");
            key::columns::<C>(&mut sql);
            sql.push(" FROM ").name(C::TABLE.name);
            self.matching(&mut sql, &list);
            let mut on_row = |row: &Row| {
                present.insert(C::KEY.read(row)?);
                Ok(())
            };
            lease.connection().fetch(sql.finish()?, &mut on_row).await?;
        }
        Ok(present)
    }

    fn missing(&self, keys: &[KeyOf<C>]) -> Error {
        if self.old.is_empty() {
            return not_found::<C>(keys);
        }
        not_associated::<C>(self.relation, keys)
    }
}
