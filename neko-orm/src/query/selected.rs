//! Some columns, or expressions over them, instead of whole rows.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::alone::{Alone, alone};
use super::{Everything, OfRows, Origin, Parts, Query, Rows, Shape, ready, run};
use crate::Model;
use crate::backend::{self, Dialect, Field, Null, Row};
use crate::column::{self, Column, Facts};
use crate::error::Result;
use crate::executor::Executor;
use crate::expr::{Expr, PerRow, ValueFor};
use crate::node::{Alias, Node};
use crate::query::Reader;

/// What the closure of a selection may return: a column of the model, an expression, or a tuple of up to twelve.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected from `{M}`",
    label = "expected a column of `{M}`, an expression, or a tuple of these",
    note = "a tuple has up to twelve parts, which may be tuples"
)]
pub trait Select<M, K = PerRow>: Send + Sync + 'static {
    /// The values that are read.
    type Output: Send + 'static;

    #[doc(hidden)]
    fn nodes(&self, nodes: &mut Vec<Node>);

    /// What is known of the values as columns.
    #[doc(hidden)]
    fn facts(&self, facts: &mut Vec<Facts>);

    /// Reads the values from `index` on, and moves it behind them.
    #[doc(hidden)]
    fn read(&self, index: &mut usize, row: &Row) -> Result<Self::Output>;
}

impl<M: Model, T: Send + 'static, G> Select<M, G> for Column<M, T>
where
    PerRow: ValueFor<G>,
{
    type Output = T;

    fn nodes(&self, nodes: &mut Vec<Node>) {
        nodes.push(self.node());
    }

    fn facts(&self, facts: &mut Vec<Facts>) {
        facts.push(self.stored.facts);
    }

    fn read(&self, index: &mut usize, row: &Row) -> Result<T> {
        let value = self.read_at(*index, row)?;
        *index += 1;
        Ok(value)
    }
}

impl<M: Model, T: Field, G, K: ValueFor<G> + 'static> Select<M, G> for Expr<T, K> {
    type Output = T;

    fn nodes(&self, nodes: &mut Vec<Node>) {
        nodes.push(self.as_node().clone());
    }

    fn facts(&self, facts: &mut Vec<Facts>) {
        facts.push(Facts {
            column_type: Dialect::column_type::<T>,
            is_exact_in: backend::is_exact::<T>,
            ..Facts::new(0, "", Null::Allowed)
        });
    }

    fn read(&self, index: &mut usize, row: &Row) -> Result<T> {
        let misfit = |mismatch| column::misfit(M::TABLE.name, "(expression)", std::any::type_name::<T>(), mismatch);
        let value = row.value(*index).map_err(misfit)?;
        *index += 1;
        Ok(value)
    }
}

macro_rules! tuples {
    ($($part:ident $index:tt),+) => {
        impl<Source: Model, Kind, $($part: Select<Source, Kind>),+> Select<Source, Kind> for ($($part,)+) {
            type Output = ($($part::Output,)+);

            fn nodes(&self, nodes: &mut Vec<Node>) {
                $(self.$index.nodes(nodes);)+
            }

            fn facts(&self, facts: &mut Vec<Facts>) {
                $(self.$index.facts(facts);)+
            }

            fn read(&self, index: &mut usize, row: &Row) -> Result<Self::Output> {
                Ok(($(self.$index.read(index, row)?,)+))
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);

/// What reads a row of selected values.
type Read<T> = dyn Fn(&Row) -> Result<T> + Send + Sync;

/// A row, or a group of rows, is read as a `T`: the value of a column or an expression, or a tuple.
pub struct Selected<T, K = PerRow> {
    read: Arc<Read<T>>,
    facts: Arc<[Facts]>,
    kind: PhantomData<fn() -> K>,
}

impl<T, K> Selected<T, K> {
    /// What is read for a selection, and the expressions to select.
    pub(super) fn new<M>(selection: impl Select<M, K, Output = T>) -> (Self, Vec<Node>) {
        let (mut nodes, mut facts) = (Vec::new(), Vec::new());
        selection.nodes(&mut nodes);
        selection.facts(&mut facts);
        let read = Arc::new(move |row: &Row| selection.read(&mut 0, row));
        (Self { read, facts: facts.into(), kind: PhantomData }, nodes)
    }
}

impl<M: Model, O: Origin<M>> Query<M, O> {
    /// Reads each row with more that its statement holds, such as columns of what is joined.
    pub(crate) fn and_select<C: Select<M>>(self, selection: C) -> Query<M, Everything, Selected<(M, C::Output)>> {
        let columns = M::TABLE.columns.iter();
        let mut nodes: Vec<_> = columns.map(|column| Node::Column(Alias::TABLE, M::TABLE.name, column.name)).collect();
        let width = nodes.len();
        selection.nodes(&mut nodes);
        let mut facts = M::TABLE.columns.to_vec();
        selection.facts(&mut facts);
        let read = move |row: &Row| Ok((M::from_row(row, 0)?, selection.read(&mut { width }, row)?));
        let shape = Selected { read: Arc::new(read), facts: facts.into(), kind: PhantomData };
        let mut query = self.with_shape(shape);
        query.parts.selected = nodes;
        query
    }
}

impl<T, K> Clone for Selected<T, K> {
    fn clone(&self) -> Self {
        Self { read: Arc::clone(&self.read), facts: Arc::clone(&self.facts), kind: PhantomData }
    }
}

impl<T, K> fmt::Debug for Selected<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Selected").finish_non_exhaustive()
    }
}

impl<T> OfRows for Selected<T> {}

impl<M: Model, K: 'static, T: Send + 'static> Shape<M> for Selected<T, K> {
    type Row = T;
    type Item = T;

    fn read(&self, row: &Row) -> Result<T> {
        (self.read)(row)
    }

    fn load<'l>(&'l self, rows: Vec<T>, _reader: &'l mut Reader<'_>) -> BoxFuture<'l, Result<Vec<T>>> {
        ready(rows)
    }

    fn all<'c, E: Executor<'c>>(&self, parts: Option<Parts>, db: E) -> BoxFuture<'c, Result<Vec<T>>> {
        let read = Arc::clone(&self.read);
        let select = Alone::of_query(parts, (db.dialect(), db.reads()), M::TABLE, &self.facts);
        alone(select, move |row| read(row), db.lease())
    }

    fn stream<'c, E: Executor<'c>>(&self, parts: Parts, db: E) -> Rows<'c, T> {
        let read = Arc::clone(&self.read);
        run::cursor(parts.rows(db.dialect(), M::TABLE), move |row| read(row), db)
    }
}
