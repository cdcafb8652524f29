//! Rows one at a time.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};

use crate::error::{Error, Result};

/// Rows as they come from the database; made by [`Query::stream`](crate::Query::stream).
///
/// Also a [`Stream`], for the adapters of the futures crates.
#[must_use = "a stream does nothing before its rows are asked for"]
pub struct Rows<'c, M>(pub(super) BoxStream<'c, Result<M>>);

impl<'c, M: Send + 'c> Rows<'c, M> {
    pub(super) fn none() -> Self {
        Self(futures_util::stream::empty().boxed())
    }
}

impl<'c, M: 'c> Rows<'c, M> {
    pub(super) fn failed(error: Error) -> Self {
        let mut error = Some(error);
        Self(futures_util::stream::poll_fn(move |_| Poll::Ready(error.take().map(Err))).boxed())
    }
}

impl<M> Rows<'_, M> {
    /// The next row, or `None` after the last.
    ///
    /// # Errors
    /// A value of the row does not fit its field, or the database fails.
    pub async fn try_next(&mut self) -> Result<Option<M>> {
        TryStreamExt::try_next(&mut self.0).await
    }
}

impl<M> Stream for Rows<'_, M> {
    type Item = Result<M>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(context)
    }
}

impl<M> fmt::Debug for Rows<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").finish_non_exhaustive()
    }
}
