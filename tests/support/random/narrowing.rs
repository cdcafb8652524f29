//! Conditions, an order and a range, in a query and for rows in memory.

use std::cmp::Ordering;

use neko_orm::{Condition, IntoCondition, Order, Query};

use super::blog::{Cell, Scope, Tabled, World, each};
use super::condition::{Cond, Term};

/// One of the terms of an order.
#[derive(Debug, Clone)]
pub struct By {
    pub term: Term,
    pub is_descending: bool,
    /// Whether NULLs come first; `None` for the database's default.
    pub nulls_first: Option<bool>,
}

impl By {
    pub fn order(&self, scopes: &[Scope]) -> Order {
        let order = each!(self.term.side(scopes), expr: T => match self.is_descending {
            true => expr.desc(),
            false => expr.asc(),
        });
        match self.nulls_first {
            Some(true) => order.nulls_first(),
            Some(false) => order.nulls_last(),
            None => order,
        }
    }

    fn compare(&self, left: &Cell, right: &Cell) -> Ordering {
        let is_null = |cell: &Cell| *cell == Cell::Null;
        match (is_null(left), is_null(right)) {
            (false, false) if self.is_descending => right.partial_cmp(left).unwrap(),
            (false, false) => left.partial_cmp(right).unwrap(),
            (left, right) if self.nulls_first.unwrap_or(!self.is_descending) => right.cmp(&left),
            (left, right) => left.cmp(&right),
        }
    }
}

/// Conditions, an order and a range, for a query or for what a relation leads to.
#[derive(Debug, Clone)]
pub struct Narrowing {
    pub filters: Vec<Cond>,
    pub order: Vec<By>,
    pub limit: Option<u64>,
    pub offset: u64,
}

impl Narrowing {
    pub fn has_range(&self) -> bool {
        self.limit.is_some() || self.offset > 0
    }

    pub fn without_range(&self) -> Self {
        Self { limit: None, offset: 0, ..self.clone() }
    }

    /// The orders; with the key's at the end, where no range sees to it that they leave nothing open.
    pub fn orders(&self, scope: Scope) -> Vec<Order> {
        let key = || By { term: Term::Column { up: 0, column: 0 }, is_descending: false, nulls_first: None };
        let key = (!self.has_range()).then(key);
        let scopes = [scope];
        self.order.iter().chain(&key).map(|by| by.order(&scopes)).collect()
    }

    /// All of the conditions.
    pub fn condition<M: Tabled>(&self, columns: M::Columns) -> Condition {
        let scopes = [M::scope(columns)];
        let conditions = self.filters.iter().map(|filter| filter.condition(&scopes));
        conditions.fold(true.into_condition(), |all, condition| all & condition)
    }

    /// Only the conditions.
    pub fn filtered<M: Tabled>(&self) -> Query<M> {
        M::query().filter(|columns| self.condition::<M>(columns))
    }

    pub fn query<M: Tabled>(&self) -> Query<M> {
        let query = self.filtered::<M>().order_by(|columns| self.orders(M::scope(columns))).offset(self.offset);
        self.limit.into_iter().fold(query, Query::limit)
    }

    pub fn compare<M: Tabled>(&self, left: &M, right: &M, world: &World) -> Ordering {
        let orders = self.order.iter().map(|by| by.compare(&by.term.of(left, world), &by.term.of(right, world)));
        orders.fold(Ordering::Equal, Ordering::then).then(left.id().cmp(&right.id()))
    }

    pub fn keeps<M: Tabled>(&self, row: &M, world: &World) -> bool {
        self.filters.iter().all(|filter| filter.holds(&[row.row()], world) == Some(true))
    }

    /// The rows that are left of those for which `keep` holds.
    pub fn rows_where<M: Tabled>(&self, world: &World, keep: impl Fn(&M) -> bool) -> Vec<M> {
        let mut rows: Vec<_> = M::all(world).iter().filter(|row| keep(row) && self.keeps(*row, world)).collect();
        rows.sort_by(|left, right| self.compare(*left, *right, world));
        let limit = self.limit.map_or(usize::MAX, |limit| limit as usize);
        rows.into_iter().skip(self.offset as usize).take(limit).cloned().collect()
    }

    pub fn rows<M: Tabled>(&self, world: &World) -> Vec<M> {
        self.rows_where(world, |_| true)
    }
}
