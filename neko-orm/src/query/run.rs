//! Running a `SELECT` and reading its rows into models.

use futures_core::future::BoxFuture;

use crate::Model;
use crate::backend::{Field, Lease, Null, Row, Statement};
use crate::error::{Error, Result};

/// A connection on its way.
pub(crate) type Leasing<'c> = BoxFuture<'c, Result<Lease<'c>>>;

pub(crate) fn ready<'c, T: Send + 'c>(value: T) -> BoxFuture<'c, Result<T>> {
    Box::pin(std::future::ready(Ok(value)))
}

pub(crate) fn all<'c, M: Model>(statement: Result<Statement>, lease: Leasing<'c>) -> BoxFuture<'c, Result<Vec<M>>> {
    Box::pin(async move {
        let mut models = Vec::new();
        each(statement?, lease, &mut |row| {
            models.push(M::from_row(row)?);
            Ok(())
        })
        .await?;
        Ok(models)
    })
}

/// The only row of a statement that returns at most one.
pub(crate) fn optional<'c, M: Model>(
    statement: Result<Statement>,
    lease: Leasing<'c>,
) -> BoxFuture<'c, Result<Option<M>>> {
    Box::pin(async move {
        let mut found = None;
        each(statement?, lease, &mut |row| {
            found = Some(M::from_row(row)?);
            Ok(())
        })
        .await?;
        Ok(found)
    })
}

pub(super) fn scalar<'c, T: Field + Default>(
    statement: Result<Statement>,
    lease: Leasing<'c>,
) -> BoxFuture<'c, Result<T>> {
    Box::pin(async move {
        let mut value = T::default();
        each(statement?, lease, &mut |row| {
            value = row.get(0, Null::Refused).map_err(|mismatch| sqlx::Error::Decode(mismatch.into()))?;
            Ok(())
        })
        .await?;
        Ok(value)
    })
}

async fn each(
    statement: Statement,
    lease: Leasing<'_>,
    on_row: &mut (dyn FnMut(&Row) -> Result<(), Error> + Send),
) -> Result<()> {
    lease.await?.connection().fetch(statement, on_row).await
}
