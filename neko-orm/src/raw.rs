//! SQL that the user writes, with bound values: the way out where the typed methods end.

use std::fmt;
use std::sync::Arc;

use crate::backend::{Field, Value};
use crate::expr::{Expr, IntoCondition};
use crate::node::Node;
use crate::sql::Sql;

/// SQL of your own, with `?` for each value; see [`sql`].
#[derive(Clone)]
#[must_use = "SQL does nothing before it is part of a query"]
pub struct Raw {
    text: &'static str,
    values: Vec<Box<dyn Value>>,
}

/// SQL of your own: a condition for [`filter`](crate::Query::filter), an expression of a type ([`typed`](Raw::typed)), or the `SELECT` that
/// [`Model::query_sql`](crate::Model::query_sql) reads models from.
///
/// `text` has a `?` for each value, which is bound by [`bind`](Raw::bind), in order, and never becomes part of the text; `??`
/// is a question mark of SQL's own. It is put into parentheses and sent as it is otherwise, so that it is for the database at hand.
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
    Raw { text, values: Vec::new() }
}

impl Raw {
    /// Binds the value of the next `?`.
    pub fn bind(mut self, value: impl Field) -> Self {
        self.values.push(Box::new(value));
        self
    }

    /// The SQL as an expression of type `T`.
    #[must_use]
    pub fn typed<T: Field>(self) -> Expr<T> {
        Expr::from_node(Node::Raw(Arc::new(self)))
    }

    /// Writes the SQL in parentheses. A wrong number of values fails the statement.
    pub(crate) fn write(&self, sql: &mut Sql) {
        let pieces = pieces(self.text);
        if pieces.len() != self.values.len() + 1 {
            let (given, expected) = (self.values.len(), pieces.len() - 1);
            sql.fail(format!("{given} values are bound to SQL with {expected} placeholders: {}", self.text));
            return;
        }
        sql.push("(");
        let mut values = self.values.iter();
        for piece in pieces {
            sql.user_text(&piece);
            if let Some(value) = values.next() {
                sql.bind(&**value);
            }
        }
        // The end of the line ends a comment, too.
        sql.push("\n)");
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Raw").field(&self.text).finish()
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

/// The text between the placeholders: question marks outside of strings, quoted names and comments.
fn pieces(text: &str) -> Vec<String> {
    let (mut pieces, mut piece) = (Vec::new(), String::new());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("??") {
            piece.push('?');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('?') {
            pieces.push(std::mem::take(&mut piece));
            rest = after;
        } else {
            let length = opaque(rest).unwrap_or(letter.len_utf8());
            let (token, after) = rest.split_at(length);
            piece.push_str(token);
            rest = after;
        }
    }
    pieces.push(piece);
    pieces
}

/// The length of the string, quoted name or comment that the text starts with.
fn opaque(text: &str) -> Option<usize> {
    const DELIMITERS: [(&str, &str); 5] = [("'", "'"), ("\"", "\""), ("`", "`"), ("--", "\n"), ("/*", "*/")];
    let (start, end) = DELIMITERS.into_iter().find(|(start, _)| text.starts_with(start))?;
    let inside = &text[start.len()..];
    Some(inside.find(end).map_or(text.len(), |position| start.len() + position + end.len()))
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn placeholders_are_found_outside_of_strings_names_and_comments() {
        assert_eq!(pieces("a = ? AND b = ?"), ["a = ", " AND b = ", ""]);
        assert_eq!(pieces("'?' = \"?\" -- ?\n /* ? */ `?` ??"), ["'?' = \"?\" -- ?\n /* ? */ `?` ?"]);
        assert_eq!(pieces("'it''s ?' || ?"), ["'it''s ?' || ", ""]);
        assert_eq!(pieces("'open ?"), ["'open ?"]);
        assert_eq!(pieces(""), [""]);
    }
}
