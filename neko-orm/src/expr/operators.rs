//! The methods of columns and expressions.

use super::{Expr, Kind, Number, Operand, Order, PerRow, Scalar};
use crate::Model;
use crate::backend::{Field, Null, Value};
use crate::column::Column;
use crate::node::{Computation, Node};
use crate::words::Direction;
use crate::words::Part;

/// A text: `String`, or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` is not a text",
    label = "expected a column of text"
)]
pub trait Text {}

impl Text for String {}
impl Text for Option<String> {}

/// A column and an expression have the same methods, each documented once, here.
macro_rules! operators {
    ($($generics:ident: $bound:path),*; $ty:ty, $compared:ty) => {
        impl<T, $($generics: $bound),*> $ty {
            /// `=`; with an `Option` that is `None`, `IS NULL`.
            pub fn eq(self, other: impl Operand<T, $compared>) -> Expr<bool, $compared>
            where
                T: PartialEq,
            {
                equality(self.node(), other.into_operand().into_node().atom(), " = ", " IS NULL")
            }

            /// `<>`; with an `Option` that is `None`, `IS NOT NULL`. With a value, a NULL in the column is not selected.
            pub fn ne(self, other: impl Operand<T, $compared>) -> Expr<bool, $compared>
            where
                T: PartialEq,
            {
                equality(self.node(), other.into_operand().into_node().atom(), " <> ", " IS NOT NULL")
            }

            /// `<`
            pub fn lt(self, other: impl Operand<T, $compared>) -> Expr<bool, $compared>
            where
                T: Scalar,
            {
                compare(" < ", self.node(), other)
            }

            /// `<=`
            pub fn le(self, other: impl Operand<T, $compared>) -> Expr<bool, $compared>
            where
                T: Scalar,
            {
                compare(" <= ", self.node(), other)
            }

            /// `>`
            pub fn gt(self, other: impl Operand<T, $compared>) -> Expr<bool, $compared>
            where
                T: Scalar,
            {
                compare(" > ", self.node(), other)
            }

            /// `>=`
            pub fn ge(self, other: impl Operand<T, $compared>) -> Expr<bool, $compared>
            where
                T: Scalar,
            {
                compare(" >= ", self.node(), other)
            }

            /// `BETWEEN least AND greatest`, both included.
            pub fn between(self, least: impl Operand<T, $compared>, greatest: impl Operand<T, $compared>) -> Expr<bool, $compared>
            where
                T: Scalar,
            {
                let bounds = [least.into_operand().into_node().atom(), greatest.into_operand().into_node().atom()];
                let [least, greatest] = bounds;
                Expr::from_node(Node::Between(Box::new([self.node(), least, greatest])))
            }

            /// `IN (..)`: any number of values, sent as one argument where the database can take them so. No values
            /// select no row; a `None` among them selects NULL, as in [`eq`](Self::eq).
            pub fn is_in(self, values: impl IntoIterator<Item = impl crate::IntoField<T>>) -> Expr<bool, $compared>
            where
                T: Field + PartialEq,
            {
                let values = values.into_iter().map(|value| Box::new(value.into_field()) as Box<dyn Value>);
                Expr::from_node(list(self.node(), values))
            }

            /// `IS NULL`
            pub fn is_null(self) -> Expr<bool, $compared> {
                Expr::from_node(Node::Around("", Box::new(self.node()), " IS NULL"))
            }

            /// `IS NOT NULL`
            pub fn is_not_null(self) -> Expr<bool, $compared> {
                Expr::from_node(Node::Around("", Box::new(self.node()), " IS NOT NULL"))
            }

            /// `LIKE pattern`, where `%` stands for any text and `_` for any character, and no character makes the next one
            /// a plain one. ASCII letters are the same in both cases on every database; other letters are on PostgreSQL
            /// (`ILIKE`) and MySQL (`LOWER(..) LIKE LOWER(..)`). A pattern with a NUL is an error on SQLite.
            pub fn like(self, pattern: impl Into<String>) -> Expr<bool, $compared>
            where
                T: Text,
            {
                Expr::from_node(Node::Like(Box::new(self.node()), pattern.into()))
            }

            /// Whether the text starts with this one, letter by letter.
            pub fn starts_with(self, text: impl AsRef<str>) -> Expr<bool, $compared>
            where
                T: Text,
            {
                Expr::from_node(Node::Text(Part::Start, Box::new(self.node()), text.as_ref().to_owned()))
            }

            /// Whether the text ends with this one, letter by letter.
            pub fn ends_with(self, text: impl AsRef<str>) -> Expr<bool, $compared>
            where
                T: Text,
            {
                Expr::from_node(Node::Text(Part::End, Box::new(self.node()), text.as_ref().to_owned()))
            }

            /// Whether the text contains this one, letter by letter.
            pub fn contains(self, text: impl AsRef<str>) -> Expr<bool, $compared>
            where
                T: Text,
            {
                Expr::from_node(Node::Text(Part::Anywhere, Box::new(self.node()), text.as_ref().to_owned()))
            }

            /// `LOWER(..)`; on SQLite of ASCII letters.
            #[must_use]
            pub fn lower(self) -> Expr<T, $compared>
            where
                T: Text,
            {
                Expr::from_node(Node::Around("LOWER(", Box::new(self.node()), ")"))
            }

            /// `UPPER(..)`; on SQLite of ASCII letters.
            #[must_use]
            pub fn upper(self) -> Expr<T, $compared>
            where
                T: Text,
            {
                Expr::from_node(Node::Around("UPPER(", Box::new(self.node()), ")"))
            }

            /// The first of the two that is not NULL: `COALESCE(.., other)`.
            #[must_use]
            pub fn coalesce(self, other: impl Operand<T::Value, $compared>) -> Expr<T::Value, $compared>
            where
                T: Scalar,
            {
                let operands = Node::Row(vec![self.node(), other.into_operand().into_node()]);
                Expr::from_node(Node::Around("COALESCE", Box::new(operands), ""))
            }

            /// The same value, read as an `Option`: for expressions of values that may be NULL, such as `p.id - p.parent_id`.
            #[must_use]
            pub fn nullable(self) -> Expr<Option<T::Value>, $compared>
            where
                T: Scalar,
            {
                Expr::from_node(self.node())
            }

            /// The number as a float, so that it goes together with other floats: `i.price * i.amount.as_f64()`.
            #[must_use]
            pub fn as_f64(self) -> Expr<T::Float, $compared>
            where
                T: Number,
            {
                Expr::from_node(Node::Computed(Computation::Float, Box::new(self.node())))
            }

            /// `ASC`
            #[must_use]
            pub fn asc(self) -> Order<$compared> {
                let null = self.null();
                Order::new(self.node(), Direction::Ascending, null)
            }

            /// `DESC`
            #[must_use]
            pub fn desc(self) -> Order<$compared> {
                let null = self.null();
                Order::new(self.node(), Direction::Descending, null)
            }
        }
    };
}

operators!(M: Model; Column<M, T>, PerRow);
operators!(K: Kind; Expr<T, K>, K::Compared);

impl<T, K> Expr<T, K> {
    fn node(self) -> Node {
        self.into_node().atom()
    }

    /// Any expression may be NULL.
    fn null(&self) -> Null {
        Null::Allowed
    }
}

fn compare<T, K>(operator: &'static str, left: Node, right: impl Operand<T, K>) -> Expr<bool, K> {
    Expr::from_node(Node::Compare(operator, Box::new([left, right.into_operand().into_node().atom()])))
}

fn equality<K>(left: Node, right: Node, operator: &'static str, null: &'static str) -> Expr<bool, K> {
    Expr::from_node(match right {
        Node::Value(value) if value.is_null() => Node::Around("", Box::new(left), null),
        right => Node::Compare(operator, Box::new([left, right])),
    })
}

fn list(column: Node, values: impl Iterator<Item = Box<dyn Value>>) -> Node {
    let (nulls, values): (Vec<_>, Vec<_>) = values.partition(|value| value.is_null());
    let is_null = if nulls.is_empty() { Node::Constant(false) } else { column.clone().then(" IS NULL") };
    match values.is_empty() {
        true => is_null,
        false => Node::In(Box::new(column), values.into()).or(is_null),
    }
}
