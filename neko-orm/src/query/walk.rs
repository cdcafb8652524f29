//! The rows that a step leads to when it is repeated, with their depths: a recursive query beside the table.

use super::parts::{Join, JoinSource};
use super::scope::{Scope, Scoping};
use super::select::bound;
use crate::node::{Alias, Hop, Node};
use crate::sql::Sql;

// The derive refuses names that start like these.
/// The rows that are reached, each once.
const TREE: &str = "neko tree";
/// The steps.
const WALK: &str = "neko walk";
/// The rows that are reached, without their depths.
const SEEN: &str = "neko seen";
const DEPTH: &str = "neko depth";

/// A step that is repeated from a row on, within one table.
#[derive(Debug)]
pub(crate) struct Walk {
    /// The step, without the model's default scope.
    pub(crate) hop: Hop,
    pub(crate) default_scope: fn() -> Scope,
    /// The table's key.
    pub(crate) key: Vec<&'static str>,
    /// What the columns of the first step equal.
    pub(crate) starts: Vec<Node>,
    /// The key of the row that the walk starts from, which is not among those that it leads to.
    pub(crate) start: Vec<Node>,
    pub(crate) max_depth: Option<u64>,
}

impl Walk {
    /// Beside each row of the table that is reached, how many steps lead there.
    pub(crate) fn join(self) -> Join {
        let equal = self.key.iter().map(|key| self.column(key).equals(Node::Column(Alias::TABLE, TREE, key)));
        let on = equal.fold(Node::Absent, Node::and);
        Join { source: JoinSource::Walk(Box::new(self)), on, key: Vec::new() }
    }

    /// How many steps lead to a row, at least.
    pub(crate) fn depth() -> Node {
        Node::Column(Alias::TABLE, TREE, DEPTH)
    }

    pub(super) fn write(&self, scoping: Scoping, sql: &mut Sql) {
        let condition = self.condition(scoping);
        sql.push("(WITH RECURSIVE ");
        if self.comes_once() {
            self.write_walk(" UNION ALL ", &condition, sql);
            sql.push(" SELECT ").columns(WALK, self.key.iter().copied()).push(", ").column(WALK, DEPTH);
            sql.push(" FROM ").name(WALK);
        } else {
            self.write_seen(&condition, sql);
            self.write_walk(" UNION ", &condition, sql);
            sql.push(" SELECT ").columns(WALK, self.key.iter().copied());
            sql.push(", MIN(").column(WALK, DEPTH).push(") AS ").name(DEPTH);
            sql.push(" FROM ").name(WALK).push(" GROUP BY ").columns(WALK, self.key.iter().copied());
        }
        sql.push(") AS ").name(TREE);
    }

    /// Whether no two rows lead to the same one. All circles go through the start then, and leaving that out leaves a tree.
    fn comes_once(&self) -> bool {
        self.key.iter().all(|key| self.hop.pairs.iter().any(|pair| pair.from == *key))
    }

    fn write_seen(&self, condition: &Node, sql: &mut Sql) {
        let columns = self.columns();
        write_head(SEEN, &columns, sql);
        sql.columns(self.hop.table, columns.iter().copied());
        self.write_first_step(condition, sql);
        sql.push(" UNION SELECT ").columns(self.hop.table, columns.iter().copied());
        self.write_next_step(SEEN, condition, sql);
        sql.push("), ");
    }

    fn write_walk(&self, union: &'static str, condition: &Node, sql: &mut Sql) {
        let columns = self.columns();
        write_head(WALK, columns.iter().chain([&DEPTH]), sql);
        sql.columns(self.hop.table, columns.iter().copied()).push(", 1");
        self.write_first_step(condition, sql);
        sql.push(union).push("SELECT ").columns(self.hop.table, columns.iter().copied());
        sql.push(", ").column(WALK, DEPTH).push(" + 1");
        self.write_next_step(WALK, condition, sql);
        self.write_end(sql);
        sql.push(")");
    }

    fn write_first_step(&self, condition: &Node, sql: &mut Sql) {
        sql.push(" FROM ").name(self.hop.table).push(" WHERE ");
        let equal = self.hop.pairs.iter().zip(&self.starts);
        equal.map(|(pair, start)| self.column(pair.to).equals(start.clone())).fold(Node::Absent, Node::and).write(sql);
        sql.push(" AND ");
        condition.write(sql);
    }

    fn write_next_step(&self, from: &str, condition: &Node, sql: &mut Sql) {
        sql.push(" FROM ").name(from).push(" JOIN ").name(self.hop.table).push(" ON ");
        sql.separated(" AND ", &self.hop.pairs, |sql, pair| {
            sql.column(self.hop.table, pair.to).push(" = ").column(from, pair.from);
        });
        sql.push(" WHERE ");
        condition.write(sql);
    }

    /// Where rows can come again, the walk ends at the depth of as many steps as there are rows: none is deeper.
    fn write_end(&self, sql: &mut Sql) {
        match (self.comes_once(), self.max_depth) {
            (true, None) => {}
            (true, Some(most)) => {
                sql.push(" AND ").column(WALK, DEPTH).push(" < ").bind(&bound(most));
            }
            (false, None) => {
                sql.push(" AND ").column(WALK, DEPTH).push(" < (SELECT COUNT(*) FROM ").name(SEEN).push(")");
            }
            (false, Some(most)) => {
                sql.push(" AND ").column(WALK, DEPTH).push(" < (SELECT COUNT(*) FROM (SELECT 1 FROM ").name(SEEN);
                sql.push(" LIMIT ").bind_any(&bound(most)).push(") AS ").name(TREE).push(")");
            }
        }
    }

    /// What each row must meet that is reached.
    fn condition(&self, scoping: Scoping) -> Node {
        let mut hop = self.hop.clone();
        if scoping == Scoping::Scoped {
            hop.condition.narrow((self.default_scope)().condition);
        }
        let is_start = self.key.iter().zip(&self.start).map(|(key, start)| self.column(key).equals(start.clone()));
        let picked = hop.own_pick(Alias::TABLE);
        is_start.fold(Node::Absent, Node::and).not().and(hop.condition).and(picked)
    }

    /// The columns of a row that is reached: its key, and those that lead on from there.
    fn columns(&self) -> Vec<&'static str> {
        let mut columns = self.key.clone();
        for pair in &self.hop.pairs {
            if !columns.contains(&pair.from) {
                columns.push(pair.from);
            }
        }
        columns
    }

    fn column(&self, column: &'static str) -> Node {
        Node::Column(Alias::TABLE, self.hop.table, column)
    }
}

/// Writes what a subquery and its columns are called, and how it starts.
fn write_head<'n>(name: &str, columns: impl IntoIterator<Item = &'n &'static str>, sql: &mut Sql) {
    sql.name(name).push("(").list(columns, |sql, column| {
        sql.name(column);
    });
    sql.push(") AS (SELECT ");
}
