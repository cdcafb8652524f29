//! The rows that a relation leads to from any number of sources.

use super::select::{bound, columns, write_order};
use super::{Level, Parts, ReadAhead};
use crate::backend::{ArrayColumn, Dialect, Known, Statement};
use crate::column::Table;
use crate::error::Result;
use crate::key::{KeyList, LevelKeys};
use crate::node::{Alias, Hop, HopPair, Node, Pick};
use crate::sql::{Sql, ValueRows};

// The derive refuses names that start like these.
/// The position of a row among those of its source.
pub(super) const RANK: &str = "neko rank";
/// The pairs of a source's key and the columns that lead to the last table.
const LINK: &str = "neko link";
/// An aggregate over the rows.
const AGGREGATE: &str = "neko aggregate";

/// Statements for the rows of a table that steps lead to.
pub(crate) struct RelatedRows<'a> {
    pub(crate) parts: &'a Parts,
    pub(crate) hops: &'a [Hop],
    pub(crate) table: &'static Table,
    pub(crate) dialect: Dialect,
    pub(crate) repeats: Repeats,
}

/// What becomes of a row to which several rows between lead from one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    /// The statement returns it once.
    LeftOut,
    /// The statement returns it each time, and its reader keeps the first, which takes less than a `DISTINCT` does. Where the rows of each source
    /// are counted or numbered, the statement returns it once nevertheless.
    Returned,
}

/// From where the steps start, in a statement that reads ahead.
#[derive(Clone, Copy)]
pub(crate) enum Keys<'k> {
    /// From rows with these keys.
    Rows(ValueRows<'k>),
    /// From rows that the statement reads.
    Level(Level),
    /// From all rows of a table, beside which the statement reads.
    Table,
}

impl RelatedRows<'_> {
    /// All columns of the rows; over several steps, followed by the key of the source. At most so many for each source as the limit
    /// allows. No statement is needed where no row can match.
    pub(crate) fn rows(&self, keys: ValueRows<'_>) -> Result<Vec<Statement>> {
        self.lists(keys).iter().map(|list| self.rows_of(list)).collect()
    }

    /// Those of the keys that have rows, each with an aggregate over them.
    pub(crate) fn aggregate(&self, of: &Node, keys: ValueRows<'_>) -> Result<Vec<Statement>> {
        self.lists(keys).iter().map(|list| self.aggregate_of(of, list)).collect()
    }

    /// Adds the rows to what is read ahead. Those that no row can match are left to no statement at all.
    pub(crate) fn read_ahead(&self, keys: Keys<'_>, ahead: &mut ReadAhead) -> Option<Level> {
        let list = self.only_list(keys)?;
        Some(ahead.level(self.selected_columns(&list), |sql| self.write_rows(sql, &list)))
    }

    /// As [`aggregate`](Self::aggregate), in what is read ahead.
    pub(crate) fn aggregate_ahead(&self, of: &Node, keys: Keys<'_>, ahead: &mut ReadAhead) -> Option<Level> {
        let list = self.only_list(keys)?;
        let mut columns = self.key_columns();
        // Of a type that is exact whatever the expression.
        columns.push(ArrayColumn { name: AGGREGATE.into(), column_type: "".into(), known: Known::Nothing });
        let write = |sql: &mut Sql| self.write_aggregate(of, sql, &list);
        match list {
            KeyList::OfTable => {
                ahead.joined(columns, self.hops.first()?.pairs.iter().map(|pair| pair.from).collect(), write)
            }
            _ => Some(ahead.level(columns, write)),
        }
    }

    /// The list of all keys, if one holds them.
    fn only_list<'k>(&'k self, keys: Keys<'k>) -> Option<KeyList<'k>> {
        match keys {
            Keys::Rows(keys) => {
                let mut lists = self.lists(keys);
                lists.pop().filter(|_| lists.is_empty())
            }
            Keys::Table if self.parts.is_empty() => None,
            Keys::Table => Some(KeyList::OfTable),
            Keys::Level(level) => {
                let first = self.hops.first().filter(|_| !self.parts.is_empty())?;
                let Hop { from, pairs, from_condition, .. } = first;
                Some(KeyList::OfLevel(LevelKeys { level, table: from, columns: pairs, condition: from_condition }))
            }
        }
    }

    /// The columns that are read.
    fn selected_columns(&self, list: &KeyList<'_>) -> Vec<ArrayColumn> {
        let mut columns = self.table.in_arrays(self.dialect);
        match self.hops {
            // The source's key is among them.
            [hop] => {
                let is_key = |column: &str| hop.pairs.iter().any(|pair| pair.to == column);
                let keys = columns.iter_mut().filter(|column| is_key(&column.name));
                keys.for_each(|column| column.known = Known::Keys);
                if let (true, Some(array)) = (list.is_one(), self.dialect.spelling().column_array) {
                    array.mark_constants(&mut columns, is_key);
                }
            }
            _ => columns.extend(self.key_columns()),
        }
        columns
    }

    /// The source's key.
    fn key_columns(&self) -> Vec<ArrayColumn> {
        let pairs = self.hops.first().map_or(&[][..], |hop| &hop.pairs);
        let column = |(name, pair): (String, &HopPair)| ArrayColumn {
            name: name.into(),
            column_type: (pair.column_type)(self.dialect),
            known: Known::Keys,
        };
        self.key_names().into_iter().zip(pairs).map(column).collect()
    }

    /// The keys in lists, one for each statement that is needed: none where no row can match.
    fn lists<'k>(&self, keys: ValueRows<'k>) -> Vec<KeyList<'k>> {
        match self.parts.condition {
            Node::Constant(false) => Vec::new(),
            _ => KeyList::statements(self.dialect, keys, || self.argument_count()),
        }
    }

    /// How many arguments the conditions have.
    fn argument_count(&self) -> usize {
        const RANGE: usize = 2;
        let mut sql = Sql::new(self.dialect, self.table.model);
        self.from(&mut sql, &KeyList::Rows(ValueRows::NONE), &self.parts.condition, self.repeats);
        self.parts.order.iter().for_each(|term| term.write(&mut sql));
        sql.argument_count() + RANGE
    }

    fn rows_of(&self, list: &KeyList<'_>) -> Result<Statement> {
        let mut sql = Sql::new(self.dialect, self.table.model);
        self.write_rows(&mut sql, list);
        sql.finish()
    }

    fn write_rows(&self, sql: &mut Sql, list: &KeyList<'_>) {
        sql.push("SELECT ");
        let pick = self.pick();
        if !self.parts.has_range() && pick.is_none() {
            self.selected(sql, self.key_table());
            self.from(sql, list, &self.parts.condition, self.repeats);
            return write_order(sql, &self.parts.order);
        }
        self.selected(sql, self.table.name);
        sql.push(" FROM (SELECT ");
        self.selected(sql, self.key_table());
        sql.push(", ROW_NUMBER() OVER (PARTITION BY ");
        self.keys(sql);
        let (condition, rest) = match pick {
            Some(_) => (&Node::Absent, &self.parts.condition),
            None => (&self.parts.condition, &Node::Absent),
        };
        match pick {
            Some(pick) => write_order(sql, &pick.order),
            None => write_order(sql, &self.parts.total_order(self.table)),
        }
        sql.push(") AS ").name(RANK);
        self.from(sql, list, condition, Repeats::LeftOut);
        sql.push(") AS ").name(self.table.name).push(" WHERE ");
        write_ranks(sql, self.table, self.parts, pick.map_or(self.parts.limit, |_| Some(1)));
        if !rest.is_no_filter() {
            sql.push(" AND ");
            rest.write(sql);
        }
        sql.push(" ORDER BY ").column(self.table.name, RANK);
    }

    /// Which row of each source is meant, if one is.
    fn pick(&self) -> Option<&Pick> {
        match self.hops {
            [hop] => hop.pick.as_ref(),
            _ => None,
        }
    }

    fn aggregate_of(&self, of: &Node, list: &KeyList<'_>) -> Result<Statement> {
        let mut sql = Sql::new(self.dialect, self.table.model);
        self.write_aggregate(of, &mut sql, list);
        sql.finish()
    }

    fn write_aggregate(&self, of: &Node, sql: &mut Sql, list: &KeyList<'_>) {
        sql.push("SELECT ").columns(self.key_table(), self.key_names().iter().map(String::as_str)).push(", ");
        of.write(sql);
        self.from(sql, list, &self.parts.condition, Repeats::LeftOut);
        sql.push(" GROUP BY ");
        self.keys(sql);
    }

    /// The columns that are read, where the source's key is found in this table.
    fn selected(&self, sql: &mut Sql, key_table: &str) {
        columns(sql, self.table);
        if self.hops.len() > 1 {
            sql.push(", ").columns(key_table, self.key_names().iter().map(String::as_str));
        }
    }

    /// What holds the source's key: the table itself, or what links it with the source.
    fn key_table(&self) -> &'static str {
        if self.hops.len() > 1 { LINK } else { self.table.name }
    }

    fn key_names(&self) -> Vec<String> {
        let Some(first) = self.hops.first() else { return Vec::new() };
        match self.hops.len() {
            1 => first.pairs.iter().map(|pair| pair.to.to_owned()).collect(),
            _ => (0..first.pairs.len()).map(key_name).collect(),
        }
    }

    /// Writes the source's key so that only those are alike that are so to Rust, whatever the columns' collation.
    fn keys(&self, sql: &mut Sql) {
        let names = self.key_names();
        let pairs = self.hops.first().map_or(&[][..], |hop| &hop.pairs);
        sql.list(names.iter().zip(pairs), |sql, (name, pair)| {
            exact(sql, self.key_table(), name, pair);
        });
    }

    /// Writes the tables, and what the steps and the condition ask of their rows.
    fn from(&self, sql: &mut Sql, list: &KeyList<'_>, condition: &Node, repeats: Repeats) {
        let Some((last, earlier)) = self.hops.split_last() else { return };
        sql.push(" FROM ");
        let [first, rest @ ..] = earlier else {
            sql.name(self.table.name).push(" WHERE ");
            list.contains(sql, self.table.name, last.pairs.iter().map(|pair| pair.to));
            return conditions(sql, [&last.condition, condition]);
        };
        sql.push(match repeats {
            Repeats::LeftOut => "(SELECT DISTINCT ",
            Repeats::Returned => "(SELECT ",
        });
        self.link(sql, first, rest, list);
        sql.push(" AS ").name(LINK).push(" JOIN ").name(self.table.name).push(" ON ");
        let ends: Vec<_> = last.pairs.iter().zip(ENDS).collect();
        sql.separated(" AND ", &ends, |sql, (pair, end)| {
            sql.column(self.table.name, pair.to).push(" = ").column(LINK, end);
        });
        let ends = ends.iter().map(|(_, end)| Node::Column(Alias::TABLE, LINK, end)).collect();
        conditions(sql, [&last.condition, &last.pick(ends, Alias::TABLE), condition]);
    }

    /// The pairs of a source's key and the columns that lead to the last table.
    fn link(&self, sql: &mut Sql, first: &Hop, rest: &[Hop], list: &KeyList<'_>) {
        let alias = |position: usize| (0..position).fold(Alias::TABLE.inner(), |alias, _| alias.inner());
        let names = |position: usize| alias(position).name();
        sql.list(first.pairs.iter().enumerate(), |sql, (index, pair)| {
            exact(sql, &names(0), pair.to, pair);
            sql.push(" AS ").name(&key_name(index));
        });
        let Some(last) = self.hops.last() else { return };
        for (pair, end) in last.pairs.iter().zip(ENDS) {
            sql.push(", ");
            exact(sql, &names(rest.len()), pair.from, pair);
            sql.push(" AS ").name(end);
        }
        sql.push(" FROM ").name(first.table).push(" AS ").name(&names(0));
        for (position, hop) in rest.iter().enumerate() {
            let (before, this) = (names(position), names(position + 1));
            sql.push(" JOIN ").name(hop.table).push(" AS ").name(&this).push(" ON ");
            sql.separated(" AND ", &hop.pairs, |sql, pair| {
                sql.column(&this, pair.to).push(" = ").column(&before, pair.from);
            });
        }
        sql.push(" WHERE ");
        list.contains(sql, &names(0), first.pairs.iter().map(|pair| pair.to));
        for (position, hop) in self.hops.iter().enumerate() {
            if position > 0 {
                conditions(sql, [&hop.from_condition.clone().at(alias(position - 1))]);
            }
            if position < rest.len() + 1 {
                let picked = match position {
                    0 => hop.own_pick(alias(0)),
                    _ => hop.pick(hop.starts(alias(position - 1)), alias(position)),
                };
                conditions(sql, [&hop.condition.clone().at(alias(position)), &picked]);
            }
        }
        sql.push(")");
    }
}

/// Writes further conditions.
fn conditions<'n>(sql: &mut Sql, conditions: impl IntoIterator<Item = &'n Node>) {
    for condition in conditions.into_iter().filter(|condition| !condition.is_no_filter()) {
        sql.push(" AND ");
        condition.write(sql);
    }
}

fn key_name(index: usize) -> String {
    format!("neko {index}")
}

/// The columns that lead to the last table: as many as a key can have.
const ENDS: [&str; 6] = ["neko to 0", "neko to 1", "neko to 2", "neko to 3", "neko to 4", "neko to 5"];

/// Writes a column so that only those values are alike that are so to Rust, whatever its collation.
pub(super) fn exact(sql: &mut Sql, table: &str, column: &str, pair: &HopPair) {
    let dialect = sql.dialect();
    match (pair.column_type)(dialect) == dialect.column_type::<String>() {
        true => sql.within(dialect.spelling().letter_by_letter, |sql| {
            sql.column(table, column);
        }),
        false => sql.column(table, column),
    };
}

/// Writes which of the numbered rows of each source are meant.
pub(super) fn write_ranks(sql: &mut Sql, table: &Table, parts: &Parts, limit: Option<u64>) {
    sql.column(table.name, RANK).push(" > ").bind(&bound(parts.offset));
    if let Some(limit) = limit {
        let last = parts.offset.saturating_add(limit);
        sql.push(" AND ").column(table.name, RANK).push(" <= ").bind(&bound(last));
    }
}
