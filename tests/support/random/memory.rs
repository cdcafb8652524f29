//! Conditions and terms for rows in memory, in SQL's logic of three values.

use super::blog::{Cell, Kind, Row, Table, Tabled, World};
use super::condition::{Aggregate, Cond, Operator, Part, Term, Value, innermost, nth, of, outward, within};
use crate::support::cases::Backend;

impl Kind {
    fn cell(self, value: &Value) -> Cell {
        match self {
            Self::Int => of::<i64>(value).into(),
            Self::Small => of::<i32>(value).into(),
            Self::Real => of::<f64>(value).into(),
            Self::Flag => of::<bool>(value).into(),
            Self::Text => of::<String>(value).into(),
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Small | Self::Real)
    }

    /// What the database makes of an aggregate over it. Only numbers are added up: others are counted instead.
    fn aggregated(self, aggregate: Aggregate) -> Self {
        match aggregate {
            Aggregate::Exists => Self::Flag,
            Aggregate::Min | Aggregate::Max => self,
            Aggregate::Sum if self == Self::Real => Self::Real,
            Aggregate::Avg if self.is_number() => Self::Real,
            Aggregate::Count | Aggregate::Sum | Aggregate::Avg => Self::Int,
        }
    }
}

impl Term {
    pub fn kind(&self, tables: &[Table]) -> Kind {
        match self {
            Self::Column { up, column } => nth(outward(tables, *up).kinds(), *column),
            Self::Lower(term) | Self::Upper(term) => term.kind(tables),
            Self::Calculated { column, .. } => nth(innermost(tables).kinds(), *column),
            Self::Mapped(relation, term) => term.kind(&within(tables, innermost(tables).one(*relation))),
            Self::Aggregated(aggregate, relation, _, term) => {
                term.kind(&within(tables, innermost(tables).many(*relation))).aggregated(*aggregate)
            }
            Self::Holds(_) => Kind::Flag,
        }
    }

    pub fn cell(&self, rows: &[Row<'_>], world: &World) -> Cell {
        match self {
            Self::Column { up, column } => nth(&outward(rows, *up).cells(), *column),
            Self::Lower(term) => match term.cell(rows, world) {
                Cell::Text(text) => Cell::Text(world.lower(&text)),
                cell => cell,
            },
            Self::Upper(term) => match term.cell(rows, world) {
                Cell::Text(text) => Cell::Text(world.upper(&text)),
                cell => cell,
            },
            Self::Calculated { column, operator, number } => {
                let row = innermost(rows);
                match (nth(row.table().kinds(), *column), nth(&row.cells(), *column)) {
                    (Kind::Small, Cell::Int(left)) => Cell::Int(match operator % 3 {
                        0 => left + i64::from(*number),
                        1 => left - i64::from(*number),
                        _ => left * i64::from(*number),
                    }),
                    (_, cell) => cell,
                }
            }
            Self::Mapped(relation, term) => {
                let target = world.one(*innermost(rows), *relation);
                target.map_or(Cell::Null, |target| term.cell(&within(rows, target), world))
            }
            Self::Aggregated(aggregate, relation, condition, term) => {
                let tables = tables(rows);
                let kind = term.kind(&within(&tables, innermost(&tables).many(*relation)));
                let targets = world.many(*innermost(rows), *relation).into_iter().map(|row| within(rows, row));
                let targets: Vec<_> = targets.filter(|rows| condition.holds(rows, world) == Some(true)).collect();
                aggregate.of(kind, targets.iter().map(|rows| term.cell(rows, world)).collect())
            }
            Self::Holds(condition) => condition.holds(rows, world).into(),
        }
    }

    /// The value for a row of a query.
    pub fn of<M: Tabled>(&self, row: &M, world: &World) -> Cell {
        self.cell(&[row.row()], world)
    }
}

fn tables(rows: &[Row<'_>]) -> Vec<Table> {
    rows.iter().map(|row| row.table()).collect()
}

impl Aggregate {
    pub fn of(self, kind: Kind, cells: Vec<Cell>) -> Cell {
        let count = cells.len();
        let values: Vec<_> = cells.into_iter().filter(|cell| *cell != Cell::Null).collect();
        let integers = || values.iter().map(|value| if let Cell::Int(value) = value { *value } else { 0 }).sum::<i64>();
        let reals = || {
            values
                .iter()
                .map(|value| if let Cell::Real(value) = value { *value } else { 0.0 })
                .fold(0.0, |sum, value| sum + value)
        };
        let by = |left: &Cell, right: &Cell| left.partial_cmp(right).unwrap();
        match self {
            Self::Exists => (count > 0).into(),
            Self::Min => values.into_iter().min_by(by).unwrap_or(Cell::Null),
            Self::Max => values.into_iter().max_by(by).unwrap_or(Cell::Null),
            Self::Sum if kind == Kind::Real => reals().into(),
            Self::Sum if kind.is_number() => integers().into(),
            Self::Avg if kind.is_number() && values.is_empty() => Cell::Null,
            Self::Avg if kind == Kind::Real => (reals() / values.len() as f64).into(),
            Self::Avg if kind.is_number() => (integers() as f64 / values.len() as f64).into(),
            Self::Count | Self::Sum | Self::Avg => (count as i64).into(),
        }
    }
}

impl Operator {
    fn holds(self, left: &Cell, right: &Cell) -> Option<bool> {
        if [left, right].contains(&&Cell::Null) {
            return None;
        }
        let ordering = left.partial_cmp(right)?;
        Some(match self {
            Self::Eq => ordering.is_eq(),
            Self::Ne => ordering.is_ne(),
            Self::Lt => ordering.is_lt(),
            Self::Le => ordering.is_le(),
            Self::Gt => ordering.is_gt(),
            Self::Ge => ordering.is_ge(),
        })
    }
}

impl Cond {
    /// Whether it holds; `None` where a NULL leaves that open.
    pub fn holds(&self, rows: &[Row<'_>], world: &World) -> Option<bool> {
        let cell = |term: &Term| term.cell(rows, world);
        let kind = |term: &Term| term.kind(&tables(rows));
        match self {
            Self::Constant(value) => Some(*value),
            Self::Value(term, Operator::Eq, None) => Some(cell(term) == Cell::Null),
            Self::Value(term, Operator::Ne, None) => Some(cell(term) != Cell::Null),
            Self::Value(term, operator, value) => operator.holds(&cell(term), &kind(term).cell(value)),
            Self::Terms(left, operator, right) => {
                let right = if kind(left) == kind(right) { right } else { left };
                operator.holds(&cell(left), &cell(right))
            }
            Self::Between(term, least, greatest) => {
                let (cell, kind) = (cell(term), kind(term));
                let is_above = Operator::Ge.holds(&cell, &kind.cell(least));
                and(is_above, Operator::Le.holds(&cell, &kind.cell(greatest)))
            }
            Self::In(term, values) => {
                let (cell, kind) = (cell(term), kind(term));
                let (nulls, values): (Vec<_>, Vec<_>) =
                    values.iter().map(|value| kind.cell(value)).partition(|value| *value == Cell::Null);
                let is_null = (!nulls.is_empty()).then_some(cell == Cell::Null);
                let equals = values.iter().map(|value| Operator::Eq.holds(&cell, value));
                equals.chain([is_null.unwrap_or(false)].map(Some)).fold(Some(false), or)
            }
            Self::Null(term) => Some(cell(term) == Cell::Null),
            Self::NotNull(term) => Some(cell(term) != Cell::Null),
            Self::Contains(term, part, text) => match (kind(term), cell(term)) {
                (Kind::Text, Cell::Text(cell)) => Some(match part {
                    Part::Start => cell.starts_with(text),
                    Part::End => cell.ends_with(text),
                    Part::Anywhere => cell.contains(text),
                }),
                (Kind::Text, _) => None,
                (_, cell) => Some(cell != Cell::Null),
            },
            Self::And(left, right) => and(left.holds(rows, world), right.holds(rows, world)),
            Self::Or(left, right) => or(left.holds(rows, world), right.holds(rows, world)),
            Self::Not(condition) => condition.holds(rows, world).map(|holds| !holds),
            Self::Any(relation, condition) => Some(meets(*relation, condition, rows, world)),
            Self::None(relation, condition) => Some(!meets(*relation, condition, rows, world)),
            Self::Is(relation, condition) => {
                let target = world.one(*innermost(rows), *relation);
                Some(target.is_some_and(|target| condition.holds(&within(rows, target), world) == Some(true)))
            }
        }
    }
}

impl World {
    /// What the database makes of the text: MySQL knows more letters than those of ASCII.
    pub fn lower(&self, text: &str) -> String {
        if self.backend == Backend::MySql { letters(text, char::to_lowercase) } else { text.to_ascii_lowercase() }
    }

    /// As [`lower`](Self::lower).
    pub fn upper(&self, text: &str) -> String {
        if self.backend == Backend::MySql { letters(text, char::to_uppercase) } else { text.to_ascii_uppercase() }
    }
}

/// Each letter as another one, if it is one.
fn letters<L: ExactSizeIterator<Item = char>>(text: &str, other: impl Fn(char) -> L) -> String {
    let one = |letter| Some(other(letter)).filter(|other| other.len() == 1).and_then(|mut other| other.next());
    text.chars().map(|letter| one(letter).unwrap_or(letter)).collect()
}

fn and(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    and(left.map(|holds| !holds), right.map(|holds| !holds)).map(|neither| !neither)
}

fn meets(relation: usize, condition: &Cond, rows: &[Row<'_>], world: &World) -> bool {
    let mut targets = world.many(*innermost(rows), relation).into_iter();
    targets.any(|target| condition.holds(&within(rows, target), world) == Some(true))
}
