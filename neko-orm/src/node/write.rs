//! How an expression is written.

use super::{Alias, Node, Subquery};
use crate::backend::{Spelling, Value};
use crate::fragment;
use crate::sql::{KeySet, Sql};
use crate::words::Part;

impl Alias {
    /// Writes what the table is called.
    fn write(self, table: &str, sql: &mut Sql) {
        match self {
            Self::LOADED => sql.fail(LOADED.to_owned()),
            Self::TABLE => {
                sql.name(table);
            }
            _ => {
                sql.name(&self.name());
            }
        }
    }

    /// What a table is called that is not the statement's own. The derive refuses names that start like this.
    pub(crate) fn name(self) -> String {
        format!("neko {}", self.0.saturating_sub(Self::TABLE.0))
    }
}

/// Why a relation of the closure of `with` is no part of a filter within.
const LOADED: &str =
    "a filter of what is loaded cannot ask about the rows that it is loaded for: their statement is another one";

impl Node {
    /// Writes the user's own `SELECT` so that an order that it ends in counts for the query around it.
    pub(crate) fn write_in_order(&self, sql: &mut Sql) {
        match self {
            Self::Raw(text, operands) if fragment::ends_in_order(text) => {
                write_raw(text, operands, sql.dialect().spelling().kept_order, sql);
            }
            _ => self.write(sql),
        }
    }

    pub(crate) fn write(&self, sql: &mut Sql) {
        match self {
            Self::Column(alias, table, column) => {
                alias.write(table, sql);
                sql.push(".").name(column);
            }
            Self::Value(value) => {
                sql.bind(&**value);
            }
            Self::Any(value) => {
                sql.bind_any(&**value);
            }
            Self::Sql(text) => {
                sql.push(text);
            }
            Self::Raw(text, operands) => write_raw(text, operands, "", sql),
            Self::Compare(operator, operands) => infix(operator, &**operands, sql),
            Self::And(operands) => infix(" AND ", operands, sql),
            Self::Or(operands) => {
                sql.push("(");
                infix(" OR ", operands, sql);
                sql.push(")");
            }
            Self::Around(before, operand, after) => {
                sql.push(before);
                operand.write(sql);
                sql.push(after);
            }
            Self::Computed(computation, operand) => computation.write(operand, sql),
            Self::Between(operands) => {
                let [operand, least, greatest] = &**operands;
                operand.write(sql);
                sql.push(" BETWEEN ");
                infix(" AND ", [least, greatest], sql);
            }
            Self::Within(operands) => write_within_range(operands, sql),
            Self::Text(part, operand, text) => write_within(*part, operand, text, sql),
            Self::Like(operand, pattern) => write_like(operand, pattern, sql),
            Self::In(operand, values) => write_in(operand, values, sql),
            Self::Row(nodes) => {
                sql.push("(").list(nodes, |sql, node| node.write(sql)).push(")");
            }
            Self::Named(node, index) => {
                node.write(sql);
                sql.push(" AS ").name(&Self::name_of(*index));
            }
            Self::List(nodes) => {
                sql.list(nodes, |sql, node| node.write(sql));
            }
            Self::Exists(subquery) => subquery.write("EXISTS (SELECT ", sql.dialect().spelling().exists_end, sql),
            Self::Scalar(subquery) => subquery.write("(SELECT ", ")", sql),
            Self::Constant(true) | Self::Absent => {
                sql.push("1 = 1");
            }
            Self::Default(node) | Self::Key(_, node) => node.write(sql),
            Self::Mistake(mistake) => sql.fail((*mistake).to_owned()),
            Self::Constant(false) => {
                sql.push("1 = 0");
            }
        }
    }
}

fn infix<'n>(operator: &'static str, operands: impl IntoIterator<Item = &'n Node>, sql: &mut Sql) {
    sql.separated(operator, operands, |sql, operand| operand.write(sql));
}

/// A database whose columns take any number is made to refuse those that do not fit.
fn write_within_range([operand, least, greatest]: &[Node; 3], sql: &mut Sql) {
    let Some(refusal) = sql.dialect().spelling().refusal else { return operand.write(sql) };
    sql.push("CASE WHEN ");
    operand.write(sql);
    sql.push(" NOT BETWEEN ");
    infix(" AND ", [least, greatest], sql);
    sql.push(refusal);
    operand.write(sql);
    sql.push(" END");
}

fn write_within(part: Part, operand: &Node, text: &str, sql: &mut Sql) {
    let within = (sql.dialect().spelling().within)(part, text);
    sql.push(within.before);
    operand.write(sql);
    sql.push(within.after);
    for (value, after) in within.values {
        sql.bind(&*value).push(after);
    }
}

fn write_like(operand: &Node, pattern: &str, sql: &mut Sql) {
    if pattern.contains('\0') {
        return sql.fail("a pattern of LIKE cannot contain NUL".to_owned());
    }
    let Spelling { like: [before, between, after], like_escape, .. } = *sql.dialect().spelling();
    // No letter of the pattern is meant as one.
    let pattern =
        like_escape.map_or(pattern.to_owned(), |escape| pattern.replace(escape, &format!("{escape}{escape}")));
    sql.push(before);
    operand.write(sql);
    sql.push(between).bind(&pattern).push(after);
}

/// The values as one argument where the database takes them so; otherwise one by one, padded so that few texts occur.
fn write_in(operand: &Node, values: &[Box<dyn Value>], sql: &mut Sql) {
    /// From here on, doubling would waste more arguments than texts are saved.
    const MANY: usize = 1024;
    let values: Vec<_> = values.iter().map(|value| &**value).collect();
    let [first, ..] = values[..] else {
        return Node::Constant(false).write(sql);
    };
    operand.write(sql);
    // Equal lists are the same to PostgreSQL only value by value.
    if let Some(set) = KeySet::of(sql.dialect(), &values).filter(|_| !sql.shares_placeholders()) {
        sql.among(&set);
        return;
    }
    let padded =
        if values.len() < MANY { values.len().next_power_of_two() } else { values.len().next_multiple_of(MANY) };
    let most = sql.dialect().spelling().argument_limit.saturating_sub(sql.argument_count());
    let padding = padded.min(most).saturating_sub(values.len());
    sql.push(" IN (").list(values.into_iter().chain(std::iter::repeat_n(first, padding)), |sql, value| {
        sql.bind(value);
    });
    sql.push(")");
}

/// SQL of the user's own in parentheses, with what follows it there. A wrong number of operands fails the statement.
fn write_raw(text: &'static str, operands: &[Node], after: &'static str, sql: &mut Sql) {
    let pieces = match fragment::pieces(text) {
        Ok(pieces) => pieces,
        Err(mistake) => return sql.fail(format!("{mistake}: {text}")),
    };
    let (given, expected) = (operands.len(), pieces.len() - 1);
    if given != expected {
        return sql.fail(format!("{given} values are given to SQL with {expected} placeholders: {text}"));
    }
    sql.push("(");
    let mut operands = operands.iter();
    for piece in pieces {
        sql.user_text(&piece);
        if let Some(operand) = operands.next() {
            operand.write(sql);
        }
    }
    // The end of the line ends a comment, too.
    sql.push("\n").push(after).push(")");
}

impl Subquery {
    fn write(&self, before: &'static str, after: &'static str, sql: &mut Sql) {
        sql.push(before);
        self.of.write(sql);
        sql.push(" FROM ").name(self.table).push(" AS ");
        self.alias.write(self.table, sql);
        let conditions = [&self.join, &self.condition].into_iter().filter(|node| !node.is_no_filter());
        for (position, condition) in conditions.enumerate() {
            sql.push(if position == 0 { " WHERE " } else { " AND " });
            condition.write(sql);
        }
        if !self.first.is_empty() {
            sql.push(" ORDER BY ").list(&self.first, |sql, term| term.write(sql)).push(" LIMIT 1");
        }
        sql.push(after);
    }
}
