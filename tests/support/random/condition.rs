//! Conditions and the terms they are made of, as a query has them.

use neko_orm::{Condition, Expr, IntoCondition, Operand, Scalar};

use super::blog::{Cell, Scope, Side, Tabled, each, many, one};
use super::rows::{real, small};

/// NULL, or what there is of it in each type.
pub type Value = Option<(i64, String)>;

/// Something that each row has a value for. Any number stands for a column or a relation of the model at hand.
#[derive(Debug, Clone)]
pub enum Term {
    /// A column of the row, or of one of those around it.
    Column {
        up: usize,
        column: usize,
    },
    Lower(Box<Term>),
    Upper(Box<Term>),
    /// A column, plus, minus or times a number.
    Calculated {
        column: usize,
        operator: usize,
        number: i32,
    },
    /// A term of the row that a `belongs_to` relation leads to.
    Mapped(usize, Box<Term>),
    /// An aggregate over those rows that a `has_many` relation leads to for which the condition holds.
    Aggregated(Aggregate, usize, Box<Cond>, Box<Term>),
    Holds(Box<Cond>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aggregate {
    Count,
    Exists,
    Sum,
    Min,
    Max,
    Avg,
}

#[derive(Debug, Clone, Copy)]
pub enum Operator {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone, Copy)]
pub enum Part {
    Start,
    End,
    Anywhere,
}

/// A condition on a row.
#[derive(Debug, Clone)]
pub enum Cond {
    Constant(bool),
    Value(Term, Operator, Value),
    Terms(Term, Operator, Term),
    Between(Term, Value, Value),
    In(Term, Vec<Value>),
    Null(Term),
    NotNull(Term),
    Contains(Term, Part, String),
    And(Box<Cond>, Box<Cond>),
    Or(Box<Cond>, Box<Cond>),
    Not(Box<Cond>),
    Any(usize, Box<Cond>),
    None(usize, Box<Cond>),
    Is(usize, Box<Cond>),
}

/// A type that values are made for.
pub(super) trait Plain: Into<Cell> {
    fn of(value: (i64, String)) -> Self;
}

macro_rules! plain {
    ($($ty:ty, $value:ident => $expr:expr;)*) => {
        $(impl Plain for $ty {
            fn of($value: (i64, String)) -> Self {
                $expr
            }
        })*
    };
}

plain! {
    i64, value => value.0;
    i32, value => small(value.0);
    f64, value => real(value.0);
    bool, value => value.0 > 0;
    String, value => value.1;
}

pub(super) fn of<T: Plain>(value: &Value) -> Option<T> {
    value.clone().map(T::of)
}

pub(super) fn nth<T: Clone>(items: &[T], number: usize) -> T {
    items[number % items.len()].clone()
}

/// The innermost is the last.
pub(super) fn within<T: Clone>(around: &[T], inner: T) -> Vec<T> {
    around.iter().cloned().chain([inner]).collect()
}

pub(super) fn innermost<T>(around: &[T]) -> &T {
    around.last().unwrap()
}

pub(super) fn outward<T>(around: &[T], up: usize) -> &T {
    &around[around.len() - 1 - up % around.len()]
}

impl Term {
    pub fn side(&self, scopes: &[Scope]) -> Side {
        match self {
            Self::Column { up, column } => nth(&outward(scopes, *up).sides(), *column),
            Self::Lower(term) => match term.side(scopes) {
                Side::Text(text) => Side::Text(text.lower()),
                side => side,
            },
            Self::Upper(term) => match term.side(scopes) {
                Side::Text(text) => Side::Text(text.upper()),
                side => side,
            },
            Self::Calculated { column, operator, number } => match nth(&innermost(scopes).sides(), *column) {
                Side::Small(small) => Side::Small(match operator % 3 {
                    0 => small + *number,
                    1 => small - *number,
                    _ => small * *number,
                }),
                side => side,
            },
            Self::Mapped(relation, term) => one!(innermost(scopes), relation, related: Target => {
                let mut inner = None;
                let _ = related.is(|columns| {
                    inner = Some(term.side(&within(scopes, Target::scope(columns))));
                    true
                });
                each!(inner.unwrap(), expr: T => lifted::<T>(related.map(|_| expr)))
            }),
            Self::Aggregated(aggregate, relation, condition, term) => {
                many!(innermost(scopes), relation, related: Target => {
                    let mut inner = None;
                    let filtered = related.filter(|columns| {
                        let scopes = within(scopes, Target::scope(columns));
                        inner = Some(term.side(&scopes));
                        condition.condition(&scopes)
                    });
                    let term = inner.unwrap();
                    match (aggregate, term) {
                        (Aggregate::Exists, _) => Side::Flag(filtered.exists().into_operand()),
                        (Aggregate::Min, term) => each!(term, expr: T => lifted::<T>(filtered.min(|_| expr))),
                        (Aggregate::Max, term) => each!(term, expr: T => lifted::<T>(filtered.max(|_| expr))),
                        (Aggregate::Sum, Side::Int(expr)) => Side::Int(filtered.sum(|_| expr).into_operand()),
                        (Aggregate::Sum, Side::Small(expr)) => Side::Int(filtered.sum(|_| expr).into_operand()),
                        (Aggregate::Sum, Side::Real(expr)) => Side::Real(filtered.sum(|_| expr).into_operand()),
                        (Aggregate::Avg, Side::Int(expr)) => Side::Real(filtered.avg(|_| expr).into_operand()),
                        (Aggregate::Avg, Side::Small(expr)) => Side::Real(filtered.avg(|_| expr).into_operand()),
                        (Aggregate::Avg, Side::Real(expr)) => Side::Real(filtered.avg(|_| expr).into_operand()),
                        _ => Side::Int(filtered.count().into_operand()),
                    }
                })
            }
            Self::Holds(condition) => Side::Flag(condition.condition(scopes).into_operand()),
        }
    }
}

/// The expression as one that can be NULL.
fn lifted<T>(expr: impl Operand<Option<T>>) -> Side
where
    Side: From<Expr<Option<T>>>,
{
    Side::from(expr.into_operand())
}

macro_rules! sides {
    ($($kind:ident $ty:ty),*) => {
        $(impl From<Expr<Option<$ty>>> for Side {
            fn from(expr: Expr<Option<$ty>>) -> Self {
                Self::$kind(expr)
            }
        })*
    };
}

sides!(Int i64, Small i32, Real f64, Flag bool, Text String);

impl Operator {
    fn compare<T: PartialEq + Scalar<Value = T>>(
        self,
        left: Expr<Option<T>>,
        right: impl Operand<Option<T>>,
    ) -> Condition {
        match self {
            Self::Eq => left.eq(right),
            Self::Ne => left.ne(right),
            Self::Lt => left.lt(right),
            Self::Le => left.le(right),
            Self::Gt => left.gt(right),
            Self::Ge => left.ge(right),
        }
    }
}

impl Cond {
    pub fn condition(&self, scopes: &[Scope]) -> Condition {
        match self {
            Self::Constant(value) => value.into_condition(),
            Self::Value(term, operator, value) => {
                each!(term.side(scopes), left: T => operator.compare(left, of::<T>(value)))
            }
            Self::Terms(left, operator, right) => match (left.side(scopes), right.side(scopes)) {
                (Side::Int(left), Side::Int(right)) => operator.compare(left, right),
                (Side::Small(left), Side::Small(right)) => operator.compare(left, right),
                (Side::Real(left), Side::Real(right)) => operator.compare(left, right),
                (Side::Flag(left), Side::Flag(right)) => operator.compare(left, right),
                (Side::Text(left), Side::Text(right)) => operator.compare(left, right),
                (left, _) => each!(left, left: T => operator.compare(left.clone(), left)),
            },
            Self::Between(term, least, greatest) => {
                each!(term.side(scopes), left: T => left.between(of::<T>(least), of::<T>(greatest)))
            }
            Self::In(term, values) => each!(term.side(scopes), left: T => left.is_in(values.iter().map(of::<T>))),
            Self::Null(term) => each!(term.side(scopes), left: T => left.is_null()),
            Self::NotNull(term) => each!(term.side(scopes), left: T => left.is_not_null()),
            Self::Contains(term, part, text) => match (term.side(scopes), part) {
                (Side::Text(left), Part::Start) => left.starts_with(text),
                (Side::Text(left), Part::End) => left.ends_with(text),
                (Side::Text(left), Part::Anywhere) => left.contains(text),
                (side, _) => each!(side, left: T => left.is_not_null()),
            },
            Self::And(left, right) => left.condition(scopes) & right.condition(scopes),
            Self::Or(left, right) => left.condition(scopes) | right.condition(scopes),
            Self::Not(condition) => !condition.condition(scopes),
            Self::Any(relation, condition) => many!(innermost(scopes), relation, related: Target => {
                related.any(|columns| condition.condition(&within(scopes, Target::scope(columns))))
            }),
            Self::None(relation, condition) => many!(innermost(scopes), relation, related: Target => {
                related.none(|columns| condition.condition(&within(scopes, Target::scope(columns))))
            }),
            Self::Is(relation, condition) => one!(innermost(scopes), relation, related: Target => {
                related.is(|columns| condition.condition(&within(scopes, Target::scope(columns))))
            }),
        }
    }
}
