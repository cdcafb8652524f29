//! SQL that the user writes, with bound values: the way out where the typed methods end.

use std::fmt;

use crate::backend::Field;
use crate::expr::{Expr, Expression, IntoCondition, PerGroup};
use crate::node::Node;

/// SQL of your own, with `?` for each value or expression; see [`sql`].
#[derive(Clone)]
#[must_use = "SQL does nothing before it is part of a query"]
pub struct Raw {
    text: &'static str,
    operands: Vec<Node>,
}

/// SQL of your own: a condition for [`filter`](crate::Query::filter), an expression of a type ([`typed`](Raw::typed)), or the `SELECT` that
/// [`Model::query_sql`](crate::Model::query_sql) reads models from.
///
/// `text` has a `?` for each value that is [bound](Raw::bind) and each [column or expression](Raw::column), in order; values never become part of
/// the text. The text is put into parentheses, which it cannot leave, and sent as it is otherwise, so that
/// it is for the database at hand (an `EXISTS` needs a `LIMIT 1`: SQLite 3.51 counts an offset around it once for each match otherwise). Hand columns in as expressions: what a table is called depends on the place.
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
/// let short = Post::query().filter(|p| sql("length(?) < ?").column(p.title).bind(10) & p.id.gt(0)).to_vec(&db).await?;
/// assert_eq!(short.len(), 1);
/// let lengths = Post::query().select(|p| (p.id, sql("length(?)").column(p.title).typed::<i64>())).to_vec(&db).await?;
/// assert_eq!(lengths, [(1, 5)]);
/// let select = sql("SELECT id, upper(title) AS title FROM posts WHERE title <> ?").bind_text("");
/// let loud = Post::query_sql(select).filter(|p| p.title.starts_with("HELL")).to_vec(&db).await?;
/// assert_eq!(loud[0].title, "HELLO");
/// # Ok(()) }
/// ```
pub fn sql(text: &'static str) -> Raw {
    Raw { text, operands: Vec::new() }
}

impl Raw {
    /// Binds the value of the next `?`.
    pub fn bind(self, value: impl Field) -> Self {
        self.operand(Node::Value(Box::new(value)))
    }

    /// Binds a text, also a `&str`, as the value of the next `?`.
    pub fn bind_text(self, text: impl Into<String>) -> Self {
        self.bind(text.into())
    }

    /// Puts a column, or an expression over columns, in the place of the next `?`.
    pub fn column(self, column: impl Expression) -> Self {
        self.operand(column.into_expr().into_node().atom())
    }

    fn operand(mut self, operand: Node) -> Self {
        self.operands.push(operand);
        self
    }

    /// The SQL as an expression of type `T`.
    #[must_use]
    pub fn typed<T: Field>(self) -> Expr<T> {
        Expr::from_node(self.into_node())
    }

    /// The SQL as an aggregate of type `T`, for the closures of [`group_by`](crate::Query::group_by).
    #[must_use]
    pub fn per_group<T: Field>(self) -> Expr<T, PerGroup> {
        Expr::from_node(self.into_node())
    }

    pub(crate) fn into_node(self) -> Node {
        Node::Raw(self.text, self.operands)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Raw").field(&self.text).finish()
    }
}

impl<K> IntoCondition<K> for Raw {
    fn into_condition(self) -> Expr<bool, K> {
        Expr::from_node(self.into_node())
    }
}

impl std::ops::Not for Raw {
    type Output = Expr<bool>;

    fn not(self) -> Expr<bool> {
        !self.typed::<bool>()
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
