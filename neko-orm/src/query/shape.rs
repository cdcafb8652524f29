//! What is read of each row: the row itself, or the row with those that relations lead to.

use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::ahead::{Ahead, ReadAhead, Start};
use super::alone::{Alone, alone};
use super::reader::Reader;
use super::{Leasing, Parts, Rows, chunks, ready, run, sweep};
use crate::Model;
use crate::backend::{Dialect, Row};
use crate::error::Result;
use crate::executor::Executor;

/// What a query reads of each row of `M`: [`Whole`], [`With`] or [`Selected`](super::Selected).
pub trait Shape<M: Model>: Clone + Send + Sync + 'static {
    /// What one row of the statement is read into.
    #[doc(hidden)]
    type Row: Send + 'static;
    /// What the query returns for each row.
    type Item: Send + 'static;

    #[doc(hidden)]
    fn read(&self, row: &Row) -> Result<Self::Row>;

    /// What reads rows and all that is loaded for them in one statement, where that can be and is faster.
    #[doc(hidden)]
    fn ahead(&self, _parts: &Parts, _dialect: Dialect) -> Option<Ahead> {
        None
    }

    /// Adds what is loaded for rows to what one statement reads.
    #[doc(hidden)]
    fn read_ahead(&self, _start: Start<'_, M>, _ahead: &mut ReadAhead) {}

    /// Adds to the rows what further statements read.
    #[doc(hidden)]
    fn load<'l>(&'l self, rows: Vec<Self::Row>, reader: &'l mut Reader<'_>) -> BoxFuture<'l, Result<Vec<Self::Item>>>;

    /// The rows of a query, with what is loaded for them; none without a query.
    #[doc(hidden)]
    fn all<'c, E: Executor<'c>>(&self, parts: Option<Parts>, db: E) -> BoxFuture<'c, Result<Vec<Self::Item>>>;

    /// The connection for a call that reads this.
    #[doc(hidden)]
    fn lease<'c, E: Executor<'c>>(db: E) -> Leasing<'c> {
        db.lease()
    }

    #[doc(hidden)]
    fn stream<'c, E: Executor<'c>>(&self, parts: Parts, db: E) -> Rows<'c, Self::Item>;
}

/// What is read of each row has not been said yet.
#[diagnostic::on_unimplemented(
    message = "what is read of each row is said already",
    label = "a query has one `with` or one `select`",
    note = "to load or select several things, return a tuple from its closure"
)]
pub trait Undecided {}

impl Undecided for Whole {}

/// What is read is read of rows, and not of groups of rows.
#[diagnostic::on_unimplemented(
    message = "the rows are in groups already",
    label = "this is about rows, and the query is one of groups",
    note = "filter and order the rows before `group_by(..)`; between it and `select(..)`, use `having(..)` and `order_by(..)`"
)]
pub trait OfRows {}

impl OfRows for Whole {}
impl<M, T> OfRows for With<M, T> {}

/// A row is read as its model.
#[derive(Debug, Clone, Copy)]
pub struct Whole;

impl<M: Model> Shape<M> for Whole {
    type Row = M;
    type Item = M;

    fn read(&self, row: &Row) -> Result<M> {
        M::from_row(row, 0)
    }

    fn load<'l>(&'l self, rows: Vec<M>, _reader: &'l mut Reader<'_>) -> BoxFuture<'l, Result<Vec<M>>> {
        ready(rows)
    }

    fn all<'c, E: Executor<'c>>(&self, parts: Option<Parts>, db: E) -> BoxFuture<'c, Result<Vec<M>>> {
        let select = Alone::of_query(parts, (db.dialect(), db.reads()), M::TABLE, M::TABLE.columns);
        alone(select, |row| M::from_row(row, 0), db.lease())
    }

    fn stream<'c, E: Executor<'c>>(&self, parts: Parts, db: E) -> Rows<'c, M> {
        match sweep::is_one(&parts, db.dialect(), db.reads(), M::TABLE) {
            true => sweep::stream(parts, db),
            false => run::cursor(parts.rows(db.dialect(), M::TABLE), |row| M::from_row(row, 0), db),
        }
    }
}

/// A row is read as its model, with what is loaded for it: `(M, T)`.
pub struct With<M, T>(Arc<dyn Loader<M, Output = T>>);

impl<M, T> Clone for With<M, T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<M, T> fmt::Debug for With<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("With").finish_non_exhaustive()
    }
}

impl<M, T> With<M, T> {
    pub(crate) fn new(loader: impl Loader<M, Output = T>) -> Self {
        Self(Arc::new(loader))
    }
}

impl<M: Model, T: Send + 'static> Shape<M> for With<M, T> {
    type Row = M;
    type Item = (M, T);

    fn read(&self, row: &Row) -> Result<M> {
        M::from_row(row, 0)
    }

    fn ahead(&self, parts: &Parts, dialect: Dialect) -> Option<Ahead> {
        let mut ahead = ReadAhead::of_query(parts, dialect, M::TABLE)?;
        self.0.read_ahead(ahead.start(), &mut ahead);
        ahead.finish()
    }

    fn read_ahead(&self, start: Start<'_, M>, ahead: &mut ReadAhead) {
        self.0.read_ahead(start, ahead);
    }

    fn load<'l>(&'l self, rows: Vec<M>, reader: &'l mut Reader<'_>) -> BoxFuture<'l, Result<Vec<Self::Item>>> {
        Box::pin(async move {
            let mut sources = Vec::with_capacity(rows.len());
            for row in &rows {
                sources.push(row);
            }
            let mut loaded = reader.load(&*self.0, &sources).await?.into_iter();
            let mut items = Vec::with_capacity(rows.len());
            for row in rows {
                if let Some(loaded) = loaded.next() {
                    items.push((row, loaded));
                }
            }
            Ok(items)
        })
    }

    fn all<'c, E: Executor<'c>>(&self, parts: Option<Parts>, db: E) -> BoxFuture<'c, Result<Vec<Self::Item>>> {
        match parts {
            Some(parts) => run::all(parts, self.clone(), db),
            None => ready(Vec::new()),
        }
    }

    fn lease<'c, E: Executor<'c>>(db: E) -> Leasing<'c> {
        db.snapshot()
    }

    fn stream<'c, E: Executor<'c>>(&self, parts: Parts, db: E) -> Rows<'c, Self::Item> {
        chunks::stream(parts, self.clone(), db)
    }
}

/// What can be loaded with rows of the model `M`: a relation, narrowed or not; how many rows it leads to, and other
/// aggregates over them; or a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be loaded with rows of `{M}`",
    label = "expected a relation of `{M}`, an aggregate over it, or a tuple of these",
    note = "a tuple has up to eight parts, which may be tuples"
)]
pub trait Loader<M>: Send + Sync + 'static {
    /// What is loaded for each row.
    type Output: Send + 'static;

    /// Whether it is one relation that leads on to none.
    #[doc(hidden)]
    fn is_one(&self) -> bool {
        false
    }

    /// Adds what it loads to what one statement reads. In the order in which it is loaded, or not at all.
    #[doc(hidden)]
    fn read_ahead(&self, _start: Start<'_, M>, ahead: &mut ReadAhead) {
        ahead.apart();
    }

    /// Loads it for all of the rows, in their order.
    #[doc(hidden)]
    fn load<'l>(&'l self, sources: &'l [&'l M], reader: &'l mut Reader<'_>)
    -> BoxFuture<'l, Result<Vec<Self::Output>>>;
}

macro_rules! tuples {
    ($($loader:ident $output:ident $index:tt),+) => {
        impl<Source: Model, $($loader: Loader<Source>),+> Loader<Source> for ($($loader,)+) {
            type Output = ($($loader::Output,)+);

            fn read_ahead(&self, start: Start<'_, Source>, ahead: &mut ReadAhead) {
                $(self.$index.read_ahead(start, ahead);)+
            }

            fn load<'l>(
                &'l self,
                sources: &'l [&'l Source],
                reader: &'l mut Reader<'_>,
            ) -> BoxFuture<'l, Result<Vec<Self::Output>>> {
                Box::pin(async move {
                    $(let mut $output = self.$index.load(sources, reader).await?.into_iter();)+
                    let mut outputs = Vec::with_capacity(sources.len());
                    while let ($(Some($output),)+) = ($($output.next(),)+) {
                        outputs.push(($($output,)+));
                    }
                    Ok(outputs)
                })
            }
        }
    };
}

tuples!(A a 0);
tuples!(A a 0, B b 1);
tuples!(A a 0, B b 1, C c 2);
tuples!(A a 0, B b 1, C c 2, D d 3);
tuples!(A a 0, B b 1, C c 2, D d 3, E e 4);
tuples!(A a 0, B b 1, C c 2, D d 3, E e 4, F f 5);
tuples!(A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6);
tuples!(A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7);
