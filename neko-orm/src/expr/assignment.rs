//! What an update writes: columns and their new values.

use std::any::TypeId;
use std::fmt;

use super::{Expr, Operand};
use crate::Model;
use crate::backend::Row;
use crate::column::Column;
use crate::error::Result;
use crate::node::Node;

/// A column of the model `M` and its new value: made by [`set`](Column::set).
pub struct Assignment<M> {
    pub(crate) column: &'static str,
    pub(crate) value: Node,
    field: Box<dyn Written<M>>,
}

/// A change of a struct, once its row has changed.
pub(crate) type Change<M> = Box<dyn FnOnce(&mut M) + Send>;

/// A column whose new value can be read back.
trait Written<M>: Send + Sync {
    /// The change that writes the value at `index` to the column's field.
    fn change(&self, index: usize, row: &Row) -> Result<Change<M>>;
}

impl<M: Model, T: Send + 'static> Written<M> for Column<M, T> {
    fn change(&self, index: usize, row: &Row) -> Result<Change<M>> {
        let (column, value) = (*self, self.read_at(index, row)?);
        Ok(Box::new(move |model| *column.get_mut(model) = value))
    }
}

impl<M: Model> Assignment<M> {
    /// The change that the value at `index` means for the struct.
    pub(crate) fn change(&self, index: usize, row: &Row) -> Result<Change<M>> {
        self.field.change(index, row)
    }
}

impl<M> fmt::Debug for Assignment<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {:?}", self.column, self.value)
    }
}

impl<M: Model, T: Send + 'static> Column<M, T> {
    /// Sets the column in an update: to a value, or to an expression over the row as it was, such as `p.rating + 1`.
    pub fn set(self, value: impl Operand<T>) -> Assignment<M> {
        let value: Expr<T> = value.into_operand();
        let value = match (value.into_node(), range_of::<T>()) {
            (node @ (Node::Value(_) | Node::Column(..)), _) | (node, None) => node,
            (node, Some([least, greatest])) => Node::Within(Box::new([node.atom(), least, greatest])),
        };
        Assignment { column: self.facts().name, value, field: Box::new(self) }
    }
}

/// The least and the greatest value, if `T` is a number or an `Option` of one.
fn range_of<T: 'static>() -> Option<[Node; 2]> {
    let ty = TypeId::of::<T>();
    macro_rules! numbers {
        ($stored:ty: $($number:ty),*) => {
            $(if ty == TypeId::of::<$number>() || ty == TypeId::of::<Option<$number>>() {
                let bounds = [<$number>::MIN, <$number>::MAX];
                return Some(bounds.map(|bound| Node::Value(Box::new(<$stored>::from(bound)))));
            })*
        };
    }
    numbers!(i64: i8, i16, i32, i64, u8, u16, u32);
    numbers!(f64: f32, f64);
    None
}

/// What the closure of an update may return: one assignment, a tuple of up to twelve, a `Vec`, or an `Option`, where `None` sets nothing.
///
/// Of several assignments to one column, the last counts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what to set in `{M}`",
    label = "expected an assignment",
    note = "set columns by `set`, as in `p.rating.set(5)`; for several, return a tuple"
)]
pub trait Assignments<M> {
    /// The assignments.
    #[doc(hidden)]
    fn into_assignments(self) -> Vec<Assignment<M>>;
}

impl<M> Assignments<M> for Assignment<M> {
    fn into_assignments(self) -> Vec<Self> {
        vec![self]
    }
}

impl<M, A: Assignments<M>> Assignments<M> for Option<A> {
    fn into_assignments(self) -> Vec<Assignment<M>> {
        self.map_or_else(Vec::new, A::into_assignments)
    }
}

impl<M> Assignments<M> for Vec<Assignment<M>> {
    fn into_assignments(self) -> Self {
        self
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<Model, $first: Assignments<Model>, $($rest: Assignments<Model>),*> Assignments<Model> for ($first, $($rest,)*) {
            fn into_assignments(self) -> Vec<Assignment<Model>> {
                #[allow(non_snake_case)]
                let ($first, $($rest,)*) = self;
                let assignments = [$first.into_assignments(), $($rest.into_assignments()),*];
                assignments.into_iter().flatten().collect()
            }
        }
        tuples!($($rest)*);
    };
    () => {};
}

tuples!(A B C D E F G H I J K L);
