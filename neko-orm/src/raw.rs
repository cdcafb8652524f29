//! SQL that the user writes, with bound values: the way out where the typed methods end.

use std::fmt;
use std::sync::Arc;

use crate::backend::Field;
use crate::expr::{Expr, IntoCondition};
use crate::fragment::Fragment;
use crate::node::Node;

/// SQL of your own, with `?` for each value; see [`sql`].
#[derive(Clone)]
#[must_use = "SQL does nothing before it is part of a query"]
pub struct Raw(pub(crate) Fragment);

/// SQL of your own: a condition for [`filter`](crate::Query::filter), an expression of a type ([`typed`](Raw::typed)), or the `SELECT` that
/// [`Model::query_sql`](crate::Model::query_sql) reads models from.
///
/// `text` has a `?` for each value, which is bound by [`bind`](Raw::bind), in order, and never becomes part of the text; `??`
/// is a question mark of SQL's own. It is put into parentheses, which it cannot leave, and sent as it is otherwise, so that it is for the
/// database at hand.
/// Qualify columns by their tables.
///
/// ```
/// # use neko_orm::Model;
/// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
/// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
/// # neko_orm::schema::create::<Post>(&db).await?;
/// # Post::create().title("Hello").insert(&db).await?;
/// use neko_orm::sql;
///
/// let short = Post::query().filter(|p| sql("length(posts.title) < ?").bind(10) & p.id.gt(0)).to_vec(&db).await?;
/// assert_eq!(short.len(), 1);
/// let lengths = Post::query().select(|p| (p.id, sql("length(posts.title)").typed::<i64>())).to_vec(&db).await?;
/// assert_eq!(lengths, [(1, 5)]);
/// let select = sql("SELECT id, upper(title) AS title FROM posts WHERE id < ?").bind(10);
/// let loud = Post::query_sql(select).filter(|p| p.title.starts_with("HELL")).to_vec(&db).await?;
/// assert_eq!(loud[0].title, "HELLO");
/// # Ok(()) }
/// ```
pub fn sql(text: &'static str) -> Raw {
    Raw(Fragment { text, values: Vec::new() })
}

impl Raw {
    /// Binds the value of the next `?`.
    pub fn bind(mut self, value: impl Field) -> Self {
        self.0.values.push(Box::new(value));
        self
    }

    /// The SQL as an expression of type `T`.
    #[must_use]
    pub fn typed<T: Field>(self) -> Expr<T> {
        Expr::from_node(Node::Raw(Arc::new(self.0)))
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Raw").field(&self.0.text).finish()
    }
}

impl IntoCondition for Raw {
    fn into_condition(self) -> Expr<bool> {
        self.typed()
    }
}

impl<O: IntoCondition> std::ops::BitAnd<O> for Raw {
    type Output = Expr<bool>;

    fn bitand(self, other: O) -> Expr<bool> {
        self.typed() & other.into_condition()
    }
}

impl<O: IntoCondition> std::ops::BitOr<O> for Raw {
    type Output = Expr<bool>;

    fn bitor(self, other: O) -> Expr<bool> {
        self.typed() | other.into_condition()
    }
}
