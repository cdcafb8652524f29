//! New rows: the builder's state in its type, and what inserts them, alone or with rows of their relations.

mod along;
mod import_all;
mod nested;
mod read_back;
mod returning;
mod run;
mod statements;

use futures_core::future::BoxFuture;

use crate::Model;
use crate::backend::{Connection, Dialect, Row};
use crate::column::Table;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::key::KeyOf;
use crate::query::{self, Fetched, Leasing, made};

pub(crate) use import_all::{Place, import_rows};
pub use nested::{And, CreateWith, Nested, NewRow, with};
pub(crate) use nested::{BuilderOf, ModelOf};
use read_back::ReadBack;
use returning::{Keys, Returning, Whole};
use run::{Ran, run, run_all};
pub use statements::NewArguments;
use statements::{Alike, Back, Insertion, Rows};

/// A required column that is set.
#[derive(Debug)]
pub struct Provided;

/// A required column that is still missing.
#[derive(Debug)]
pub struct Missing;

/// The state of the required column `C`, once it is set.
#[diagnostic::on_unimplemented(
    message = "the required column `{C}` is missing",
    label = "set the column before this, with the method of its name",
    note = "a column can be left out if its field is an `Option` or has `#[column(default)]`"
)]
pub trait IsSet<C> {}

#[diagnostic::do_not_recommend]
impl<C> IsSet<C> for Provided {}

/// The builder of a new row, whichever columns are set.
pub trait Builder: Sized {
    /// The model of which a row is built.
    type Model: Model;

    /// A builder that goes on from the given values.
    #[doc(hidden)]
    fn from_values(values: <Self::Model as Model>::Values) -> Self;

    /// The values, as far as they are set.
    #[doc(hidden)]
    fn into_values(self) -> <Self::Model as Model>::Values;
}

/// A builder in which every required column is set.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new row",
    label = "expected what `create()` returns, with every required column set",
    note = "start a new row with `Model::create()`"
)]
pub trait Complete: Builder {}

/// The state of the required column `C` in a row that a link makes by itself. The same as [`IsSet`], and another message.
#[diagnostic::on_unimplemented(
    message = "the junction's required column `{C}` would be missing",
    label = "this sets nothing but the two foreign keys",
    note = "set the column by `associate_with(.., |link| link.column(value), ..)` or `set_with(..)`",
    note = "a column can be left out if its field is an `Option` or has `#[column(default)]`"
)]
pub trait IsLinked<C> {}

#[diagnostic::do_not_recommend]
impl<C> IsLinked<C> for Provided {}

/// A builder in which every required column is set by a link, as [`Complete`] says of one that a user has.
pub trait LinkComplete: Builder {}

/// What relations must know of a column of another model: found on the model's builder by a hash of the field's name.
pub trait ColumnNamed<const HASH: u64> {
    /// Whether the column can be NULL.
    type Nullability;
    /// The builder, once this column is set.
    type Provided: Builder;
}

/// Inserts one row and returns it as the database stored it, in one `INSERT .. RETURNING`; or by a `SELECT` after the `INSERT`, in a
/// transaction.
pub fn insert<'c, B: Complete, E: Executor<'c>>(builder: B, db: E) -> BoxFuture<'c, Result<B::Model>> {
    insert_returning::<B, Whole>(builder, db.dialect(), db.lease())
}

/// As [`insert`], of which the key alone comes back.
pub(crate) fn insert_returning_key<'c, B: Complete, E: Executor<'c>>(
    builder: B,
    db: E,
) -> BoxFuture<'c, Result<KeyOf<B::Model>>> {
    insert_returning::<B, Keys>(builder, db.dialect(), db.lease())
}

fn insert_returning<B: Complete, R: Returning<B::Model>>(
    builder: B,
    dialect: Dialect,
    lease: Leasing<'_>,
) -> BoxFuture<'_, Result<R::Output>> {
    let (values, mut arguments) = (builder.into_values(), NewArguments::default());
    B::Model::new_arguments(&values, &mut arguments);
    let row = Alike::new(&arguments, 1);
    let insertion = Insertion::new(dialect, B::Model::TABLE, row.rows(), Back::AsRows(R::COLUMNS));
    made::made(insert_one(insertion, B::Model::TABLE, |row| R::read(row).map(drop), lease), |row| R::read(&row))
}

/// Inserts a row and returns it. Not generic over the model: it is compiled once.
fn insert_one<'c>(
    insertion: Result<Insertion>,
    table: &'static Table,
    check: fn(&Row) -> Result<()>,
    lease: Leasing<'c>,
) -> BoxFuture<'c, Result<Row>> {
    Box::pin(async move {
        let (insertion, mut lease) = (insertion?, lease.await?);
        if let Rows::Returned(_) = insertion.rows {
            let row = lease.rows(insertion.statement).await?.pop();
            return row.ok_or_else(|| not_inserted(table, 1, 0));
        }
        let mut transaction = lease.begin().await?;
        let row = match run(insertion, table, &mut transaction.connection()).await? {
            (Fetched::Rows(mut rows, _), _) => rows.pop(),
            (Fetched::Columns(_), _) => None,
        };
        // Before the commit: a row that cannot be read is not inserted.
        row.as_ref().map_or(Ok(()), check)?;
        transaction.commit().await?;
        row.ok_or_else(|| not_inserted(table, 1, 0))
    })
}

/// Inserts all rows, with those of their relations, or none.
pub(crate) fn insert_all<'c, N: NewRow, E: Executor<'c>>(
    rows: impl IntoIterator<Item = N>,
    db: E,
) -> BoxFuture<'c, Result<Vec<N::Inserted>>> {
    let (mut values, mut nested) = (Vec::new(), Vec::new());
    for row in rows {
        let (row, with) = row.into_parts();
        values.push(row);
        nested.push(with);
    }
    if values.is_empty() {
        return query::ready(Vec::new());
    }
    all_or_none(db.lease(), |begin, connection| {
        Box::pin(async move {
            let rows = insert_rows(values, begin, connection).await?;
            N::insert_nested(nested, rows, connection).await
        })
    })
}

/// Inserts all rows, or none, and returns their keys.
pub(crate) fn insert_all_returning_keys<'c, B: Complete, E: Executor<'c>>(
    rows: impl IntoIterator<Item = B>,
    db: E,
) -> BoxFuture<'c, Result<Vec<KeyOf<B::Model>>>> {
    let values: Vec<_> = rows.into_iter().map(B::into_values).collect();
    if values.is_empty() {
        return query::ready(Vec::new());
    }
    all_or_none(db.lease(), |begin, connection| insert_rows_returning::<B::Model, Keys>(values, begin, connection))
}

/// Inserts rows in a transaction that the first statement begins. Even a single statement needs it: a trigger can leave rows out, or fail and keep
/// those before (`RAISE(FAIL)`), and a row that comes back may not be one that can be read.
fn all_or_none<'c, T: Send>(
    lease: Leasing<'c>,
    insert: impl for<'l> FnOnce(Option<&'static str>, &'l mut Connection<'_>) -> BoxFuture<'l, Result<T>> + Send + 'c,
) -> BoxFuture<'c, Result<T>> {
    Box::pin(async move {
        let mut lease = lease.await?;
        let (mut transaction, begin) = lease.begin_with_next().await?;
        let inserted = insert(begin, &mut transaction.connection()).await?;
        transaction.commit().await?;
        Ok(inserted)
    })
}

/// Inserts rows on a connection that is in a transaction, or will be once the first statement has begun it.
pub(crate) fn insert_rows<'l, M: Model>(
    values: Vec<M::Values>,
    begin: Option<&'static str>,
    connection: &'l mut Connection<'_>,
) -> BoxFuture<'l, Result<Vec<M>>> {
    insert_rows_returning::<M, Whole>(values, begin, connection)
}

/// How many rows are made arguments at a time, so that the arguments of a million rows are not in memory all at once.
const WINDOW: usize = 1 << 16;

fn insert_rows_returning<'l, M: Model, R: Returning<M>>(
    values: Vec<M::Values>,
    mut begin: Option<&'static str>,
    connection: &'l mut Connection<'_>,
) -> BoxFuture<'l, Result<Vec<R::Output>>>
where
    R::Output: 'l,
{
    Box::pin(async move {
        let (table, count, mut values) = (M::TABLE, values.len(), values.into_iter());
        let mut inserted = Vec::with_capacity(count);
        while values.len() > 0 {
            let window: Vec<_> = values.by_ref().take(WINDOW).collect();
            let before = inserted.len();
            for back in [Back::Fastest(R::COLUMNS), Back::AsRows(R::COLUMNS)] {
                let mut insertions = insertions::<M>(connection.dialect(), &window, back)?;
                if let Some(first) = insertions.first_mut() {
                    first.statement.begin = begin.take();
                }
                let mut add = |rows, read_back: Option<ReadBack>| add::<M, R>(rows, read_back.as_ref(), &mut inserted);
                match run_all(insertions, table, connection, &mut add).await? {
                    Ran::Done => break,
                    Ran::Undone => inserted.truncate(before),
                }
            }
        }
        match inserted.len() == count {
            true => Ok(inserted),
            false => Err(not_inserted(table, count, inserted.len())),
        }
    })
}

fn insertions<M: Model>(dialect: Dialect, values: &[M::Values], back: Back) -> Result<Vec<Insertion>> {
    let alike = Alike::all(values.len(), &|row, arguments| M::new_arguments(&values[row], arguments));
    Insertion::all(dialect, M::TABLE, &alike, back)
}

/// Adds what comes back of what a statement has inserted.
fn add<M: Model, R: Returning<M>>(
    mut rows: Fetched,
    read_back: Option<&ReadBack>,
    inserted: &mut Vec<R::Output>,
) -> Result<()> {
    let mut read = Vec::with_capacity(rows.count());
    while let Some(row) = rows.next() {
        read.push(R::read(row)?);
    }
    inserted.extend(match read_back {
        Some(read_back) => read_back.in_order::<M, R>(read),
        None => read,
    });
    Ok(())
}

fn not_inserted(table: &'static Table, given: usize, inserted: usize) -> Error {
    Error::NotInserted { table: table.name, given, inserted }
}
