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
        let pieces = match pieces(self.text) {
            Ok(pieces) => pieces,
            Err(mistake) => return sql.fail(format!("{mistake}: {}", self.text)),
        };
        let (given, expected) = (self.values.len(), pieces.len() - 1);
        if given != expected {
            return sql.fail(format!("{given} values are bound to SQL with {expected} placeholders: {}", self.text));
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

/// The text between the placeholders: question marks outside of strings, quoted names and comments. What would end the
/// parentheses that the text is put into, or the statement, is a mistake.
fn pieces(text: &str) -> Result<Vec<String>, &'static str> {
    let (mut pieces, mut piece, mut depth) = (Vec::new(), String::new(), 0_usize);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("??") {
            piece.push('?');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('?') {
            pieces.push(std::mem::take(&mut piece));
            rest = after;
        } else {
            depth = match letter {
                '(' => depth + 1,
                ')' => depth.checked_sub(1).ok_or("a parenthesis is closed that is not open")?,
                ';' => return Err("SQL in a query cannot contain `;`"),
                _ => depth,
            };
            let length = opaque(rest).unwrap_or(letter.len_utf8());
            let (token, after) = rest.split_at(length);
            piece.push_str(token);
            rest = after;
        }
    }
    pieces.push(piece);
    if depth == 0 { Ok(pieces) } else { Err("a parenthesis is not closed") }
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
        let expect = |text: &str, expected: &[&str]| assert_eq!(pieces(text).unwrap_or_default(), expected, "{text}");
        expect("a = ? AND b = ?", &["a = ", " AND b = ", ""]);
        expect("'?' = \"?\" -- ?)\n /* ?; */ `?` ??", &["'?' = \"?\" -- ?)\n /* ?; */ `?` ?"]);
        expect("'it''s ?;' || (?)", &["'it''s ?;' || (", ")"]);
        expect("", &[""]);
    }

    #[test]
    fn the_text_stays_within_its_parentheses() {
        for text in ["1 = 1); DELETE FROM posts", "a;", "(a", "a)", "f((a)", "')' )"] {
            assert!(pieces(text).is_err(), "{text}");
        }
    }
}
