//! What verbs return of a model, made of what is the same for all models.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::future::BoxFuture;

use crate::Model;
use crate::backend::Row;
use crate::error::Result;

/// What a future returns, made into something else. Written out: an `async` block takes the compiler several times as long, and is
/// compiled for each model.
struct Made<'c, A, F> {
    of: BoxFuture<'c, Result<A>>,
    make: F,
}

// Neither field is pinned.
impl<A, F> Unpin for Made<'_, A, F> {}

impl<A, T, F: FnMut(A) -> Result<T>> Future for Made<'_, A, F> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let Self { of, make } = self.get_mut();
        match of.as_mut().poll(context) {
            Poll::Ready(Ok(of)) => Poll::Ready(make(of)),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// What is made of what a future returns.
pub(crate) fn made<'c, A: 'c, T>(
    of: BoxFuture<'c, Result<A>>,
    make: impl FnMut(A) -> Result<T> + Send + 'c,
) -> BoxFuture<'c, Result<T>> {
    Box::pin(Made { of, make })
}

/// The model that a row is.
pub(crate) fn row<M: Model>(row: Row) -> Result<M> {
    M::from_row(&row, 0)
}

/// The model that a row is, if there is one.
pub(crate) fn found<M: Model>(row: Option<Row>) -> Result<Option<M>> {
    match row {
        Some(row) => Ok(Some(M::from_row(&row, 0)?)),
        None => Ok(None),
    }
}
