//! Rows with those of the junction that they are read by.

use std::marker::PhantomData;

use super::parts::{Join, JoinSource};
use super::related::{RANK, exact, write_ranks};
use super::select::{columns, write_order};
use super::selected::Selected;
use super::{Everything, Origin, Parts, Query, Select};
use crate::Model;
use crate::backend::{Dialect, Row, Statement};
use crate::column::{Facts, Table};
use crate::error::Result;
use crate::expr::{IntoCondition, Orders};
use crate::key::KeyList;
use crate::node::{Alias, Hop, Node, Term};
use crate::sql::{Sql, ValueRows};

/// All columns of the model `J`, whose table is joined.
pub(crate) struct WholeRow<J>(PhantomData<fn() -> J>);

impl<J> WholeRow<J> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<M, J: Model> Select<M> for WholeRow<J> {
    type Output = J;

    fn nodes(&self, nodes: &mut Vec<Node>) {
        let columns = J::TABLE.columns.iter();
        nodes.extend(columns.map(|column| Node::Column(Alias::TABLE, J::TABLE.name, column.name)));
    }

    fn facts(&self, facts: &mut Vec<Facts>) {
        facts.extend(J::TABLE.columns);
    }

    fn read(&self, index: &mut usize, row: &Row) -> Result<J> {
        let first = *index;
        *index += J::TABLE.columns.len();
        J::from_row(row, first)
    }
}

/// What joins a junction to the last of two steps: the step's own columns.
pub(crate) fn join(last: &Hop, junction: &Table) -> Join {
    let key = junction.key_names().map(|key| Node::Column(Alias::TABLE, junction.name, key)).collect();
    Join { source: JoinSource::Table(last.from), on: on(last), key }
}

fn on(last: &Hop) -> Node {
    let column = |table, name| Node::Column(Alias::TABLE, table, name);
    let pairs = last.pairs.iter().map(|pair| column(last.table, pair.to).equals(column(last.from, pair.from)));
    pairs.fold(Node::Absent, Node::and)
}

impl<M: Model, J: Model, O: Origin<M>> Query<M, O, Selected<(M, J)>> {
    /// Only the links for which the condition holds, in addition to earlier ones. The closure is given the columns of the junction.
    pub fn filter_junction<C: IntoCondition>(
        self,
        condition: impl FnOnce(J::Columns) -> C,
    ) -> Query<M, Everything, Selected<(M, J)>> {
        let condition = condition(J::columns(Alias::TABLE)).into_condition().into_node();
        self.with_parts(|parts| parts.condition.narrow(condition))
    }

    /// The links in this order of the junction's columns, after the orders given earlier.
    pub fn order_by_junction<T: Orders>(
        self,
        order: impl FnOnce(J::Columns) -> T,
    ) -> Query<M, Everything, Selected<(M, J)>> {
        let order = order(J::columns(Alias::TABLE)).into_terms();
        self.with_parts(|parts| parts.order.extend(order))
    }
}

/// Statements for the rows that are linked with any number of sources, each with the row of the junction.
pub(crate) struct LinkedRows<'a> {
    pub(crate) parts: &'a Parts,
    /// The step to the junction, and the step from there.
    pub(crate) hops: &'a [Hop; 2],
    pub(crate) table: &'static Table,
    pub(crate) junction: &'static Table,
    pub(crate) dialect: Dialect,
}

impl LinkedRows<'_> {
    pub(crate) fn rows(&self, keys: ValueRows<'_>) -> Result<Vec<Statement>> {
        if matches!(self.parts.condition, Node::Constant(false)) {
            return Ok(Vec::new());
        }
        let lists = KeyList::statements(self.dialect, keys, || {
            self.statement(&KeyList::Rows(ValueRows::NONE)).argument_count()
        });
        lists.iter().map(|list| self.statement(list).finish()).collect()
    }

    fn statement(&self, list: &KeyList<'_>) -> Sql {
        let mut sql = Sql::new(self.dialect, self.table.model);
        sql.push("SELECT ");
        if !self.parts.has_range() {
            columns(&mut sql, self.table);
            sql.push(", ");
            columns(&mut sql, self.junction);
            self.from(&mut sql, list);
            write_order(&mut sql, &self.parts.order);
            return sql;
        }
        let names: Vec<_> = self.junction.columns.iter().map(|column| format!("neko {}", column.index)).collect();
        columns(&mut sql, self.table);
        sql.push(", ").columns(self.table.name, names.iter().map(String::as_str)).push(" FROM (SELECT ");
        columns(&mut sql, self.table);
        for (column, name) in self.junction.columns.iter().zip(&names) {
            sql.push(", ").column(self.junction.name, column.name).push(" AS ").name(name);
        }
        self.rank(&mut sql);
        self.from(&mut sql, list);
        sql.push(") AS ").name(self.table.name).push(" WHERE ");
        write_ranks(&mut sql, self.table, self.parts, self.parts.limit);
        sql.push(" ORDER BY ").column(self.table.name, RANK);
        sql
    }

    /// Numbers the links of each source.
    fn rank(&self, sql: &mut Sql) {
        sql.push(", ROW_NUMBER() OVER (PARTITION BY ");
        sql.list(&self.hops[0].pairs, |sql, pair| exact(sql, self.junction.name, pair.to, pair));
        // One target may be linked several times.
        let key = |key| Term::ascending(Node::Column(Alias::TABLE, self.junction.name, key));
        let mut order = self.parts.total_order(self.table);
        order.extend(self.junction.key_names().map(key));
        write_order(sql, &order);
        sql.push(") AS ").name(RANK);
    }

    fn from(&self, sql: &mut Sql, list: &KeyList<'_>) {
        let [first, last] = self.hops;
        sql.push(" FROM ").name(self.table.name).push(" JOIN ").name(self.junction.name).push(" ON ");
        on(last).write(sql);
        sql.push(" WHERE ");
        list.contains(sql, self.junction.name, first.pairs.iter().map(|pair| pair.to));
        let conditions = [&first.condition, &last.condition, &self.parts.condition];
        for condition in conditions.into_iter().filter(|condition| !condition.is_no_filter()) {
            sql.push(" AND ");
            condition.write(sql);
        }
    }
}
