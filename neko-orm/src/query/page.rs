//! Pages by number.

use futures_core::future::BoxFuture;

use super::{Origin, Parts, Query, Reader, Shape, ready, run};
use crate::Model;
use crate::error::Result;
use crate::executor::Executor;

/// One page of a query's rows, and how many rows there are on all pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// The number of this page, counted from 1.
    pub number: u64,
    /// How many rows a page has, except the last.
    pub size: u64,
    /// How many rows there are on all pages.
    pub total: i64,
}

impl<T> Page<T> {
    /// How many pages there are.
    #[must_use]
    pub fn pages(&self) -> u64 {
        self.total.unsigned_abs().checked_div(self.size).unwrap_or(0) + u64::from(self.has_partial_page())
    }

    /// Whether there is a page after this one.
    #[must_use]
    pub fn has_next(&self) -> bool {
        self.number < self.pages()
    }

    fn has_partial_page(&self) -> bool {
        self.total.unsigned_abs().checked_rem(self.size).is_some_and(|rest| rest > 0)
    }
}

impl<M: Model, O: Origin<M>, S: Shape<M>> Query<M, O, S> {
    /// The rows of one page, and the number of all rows. Pages are counted from 1; 0 is the first page too.
    ///
    /// Sends one `SELECT COUNT(*)`, one `SELECT .. LIMIT .. OFFSET`, and those of [`with`](Query::with). The database counts through the
    /// rows of earlier pages; for going through many pages, see [`after`](Self::after).
    ///
    /// # Errors
    /// As for [`to_vec`](Self::to_vec).
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// # Post::insert_all((0..45).map(|n| Post::create().title(format!("{n}"))), &db).await?;
    /// let page = Post::query().order_by(|p| p.title.asc()).page(3, 20, &db).await?;
    /// assert_eq!((page.items.len(), page.total, page.pages(), page.has_next()), (5, 45, 3, false));
    /// # Ok(()) }
    /// ```
    pub fn page<'c, E: Executor<'c>>(&self, number: u64, size: u64, db: E) -> BoxFuture<'c, Result<Page<S::Item>>> {
        let number = number.max(1);
        let Some(parts) = self.resolved() else {
            return ready(Page { items: Vec::new(), number, size, total: 0 });
        };
        let (dialect, reads, table, shape) = (db.dialect(), db.reads(), M::TABLE, self.shape.clone());
        let (count, rows) = (parts.count(dialect, table), parts.page(number, size).rows(dialect, table));
        let leasing = db.snapshot();
        Box::pin(async move {
            let (count, rows) = (count?, rows?);
            let mut lease = leasing.await?;
            let total = run::value(count, &mut lease.connection()).await?;
            let items = run::read(rows, &shape, &mut Reader::new(lease.connection(), reads)).await?;
            lease.end().await?;
            Ok(Page { items, number, size, total })
        })
    }
}

impl Parts {
    /// The rows of a page, within the range that the query has already.
    fn page(&self, number: u64, size: u64) -> Self {
        let before = (number - 1).saturating_mul(size);
        let left = self.limit.map_or(u64::MAX, |limit| limit.saturating_sub(before));
        Self { limit: Some(size.min(left)), offset: self.offset.saturating_add(before), ..self.clone() }
    }
}
