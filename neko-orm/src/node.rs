//! The tree of an expression, whatever its type, and how it is written.

use std::sync::Arc;

use crate::backend::Value;
use crate::fragment;
use crate::sql::Sql;
use crate::text::Part;

/// Which of the tables in a statement a column belongs to.
///
/// The statement's own table goes by its name. The table in a relation's predicate goes by the number of predicates around
/// it, so that a model can be related to itself at any depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alias(u16);

impl Alias {
    /// Not in the statement: the rows for which others are loaded.
    pub const LOADED: Self = Self(0);

    /// The statement's own table.
    pub const TABLE: Self = Self::LOADED.inner();

    /// The table of a predicate on this one's relations.
    pub(crate) const fn inner(self) -> Self {
        Self(self.0 + 1)
    }

    /// Writes what the table is called.
    fn write(self, table: &str, sql: &mut Sql) {
        match self {
            Self::TABLE => sql.name(table),
            // The derive refuses names that start like this.
            Self(depth) => sql.name(&format!("neko {}", depth.saturating_sub(Self::TABLE.0))),
        };
    }
}

/// The tree of an expression.
#[derive(Debug, Clone)]
pub enum Node {
    /// A column of a table.
    Column(Alias, &'static str, &'static str),
    /// A value to bind.
    Value(Box<dyn Value>),
    /// SQL of the crate's own.
    Sql(&'static str),
    /// SQL of the user's own, with an operand for each placeholder.
    Raw(&'static str, Vec<Node>),
    /// `left operator right`, where both bind more tightly.
    Compare(&'static str, Box<[Node; 2]>),
    /// Flat, so that a long chain is no deep tree.
    And(Vec<Node>),
    Or(Vec<Node>),
    /// `before operand after`
    Around(&'static str, Box<Node>, &'static str),
    Between(Box<[Node; 3]>),
    /// The operand, which must be within a range.
    Within(Box<Node>, [i64; 2]),
    /// Whether a text is within the operand.
    Text(Part, Box<Node>, String),
    /// `operand LIKE pattern`
    Like(Box<Node>, String),
    In(Box<Node>, Arc<[Box<dyn Value>]>),
    /// `(node, node, ..)`
    Row(Vec<Node>),
    /// `EXISTS (SELECT 1 .. LIMIT 1)`
    Exists(Box<Subquery>),
    /// `(SELECT node ..)`
    Scalar(Box<Subquery>),
    Constant(bool),
    /// No condition: what an `Option` that is `None` is.
    Absent,
}

/// `SELECT of FROM table AS alias WHERE inner = outer AND .. AND condition`
#[derive(Debug, Clone)]
pub struct Subquery {
    pub(crate) of: Node,
    pub(crate) table: &'static str,
    pub(crate) alias: Alias,
    /// The inner table's columns, and the columns of the outer table that they equal.
    pub(crate) join: Vec<[Node; 2]>,
    pub(crate) condition: Node,
}

impl Node {
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent, node) | (node, Self::Absent) => node,
            (Self::Constant(true), node) | (node, Self::Constant(true)) => node,
            (Self::Constant(false), _) | (_, Self::Constant(false)) => Self::Constant(false),
            (Self::And(mut nodes), node) => {
                nodes.push(node);
                Self::And(nodes)
            }
            (left, right) => Self::And(vec![left, right]),
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent, node) | (node, Self::Absent) => node,
            (Self::Constant(false), node) | (node, Self::Constant(false)) => node,
            (Self::Constant(true), _) | (_, Self::Constant(true)) => Self::Constant(true),
            (Self::Or(mut nodes), node) => {
                nodes.push(node);
                Self::Or(nodes)
            }
            (left, right) => Self::Or(vec![left, right]),
        }
    }

    pub(crate) fn not(self) -> Self {
        match self {
            Self::Absent => Self::Absent,
            Self::Constant(value) => Self::Constant(!value),
            node => Self::Around("NOT (", Box::new(node), ")"),
        }
    }

    /// `EXISTS`, unless there is no condition to meet.
    pub(crate) fn exists(subquery: Subquery) -> Self {
        match subquery.condition {
            Self::Absent => Self::Absent,
            Self::Constant(false) => Self::Constant(false),
            _ => Self::Exists(Box::new(subquery)),
        }
    }

    /// Whether every row meets the condition.
    pub(crate) fn is_no_filter(&self) -> bool {
        matches!(self, Self::Absent | Self::Constant(true))
    }

    pub(crate) fn compare(self, operator: &'static str, other: Self) -> Self {
        Self::Compare(operator, Box::new([self, other]))
    }

    /// The node, in parentheses unless it binds as tightly as a column.
    pub(crate) fn atom(self) -> Self {
        match &self {
            Self::Compare(..)
            | Self::And(_)
            | Self::Between(_)
            | Self::Text(..)
            | Self::Like(..)
            | Self::In(..)
            | Self::Constant(_)
            | Self::Absent => {}
            Self::Around(before, ..) if before.is_empty() || before.starts_with("NOT") => {}
            _ => return self,
        }
        Self::Around("(", Box::new(self), ")")
    }

    /// The nodes that this one is made of.
    fn children(&self) -> Vec<&Self> {
        match self {
            Self::Column(..) | Self::Value(_) | Self::Sql(_) | Self::Constant(_) | Self::Absent => Vec::new(),
            Self::Raw(_, nodes) | Self::Row(nodes) | Self::And(nodes) | Self::Or(nodes) => nodes.iter().collect(),
            Self::Compare(_, nodes) => nodes.iter().collect(),
            Self::Between(nodes) => nodes.iter().collect(),
            Self::Around(_, node, _) | Self::In(node, _) | Self::Within(node, _) => vec![node],
            Self::Text(_, node, _) | Self::Like(node, _) => vec![node],
            Self::Exists(subquery) | Self::Scalar(subquery) => {
                subquery.join.iter().flatten().chain([&subquery.of, &subquery.condition]).collect()
            }
        }
    }

    /// Whether a column of this table is in the expression.
    pub(crate) fn mentions(&self, table: Alias) -> bool {
        matches!(self, Self::Column(alias, ..) if *alias == table)
            || self.children().into_iter().any(|node| node.mentions(table))
    }

    /// Whether other rows are in the expression.
    pub(crate) fn has_subquery(&self) -> bool {
        matches!(self, Self::Exists(_) | Self::Scalar(_) | Self::Raw(..))
            || self.children().into_iter().any(Self::has_subquery)
    }

    /// The node with SQL after it.
    pub(crate) fn then(self, after: &'static str) -> Self {
        Self::Around("", Box::new(self), after)
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
            Self::Sql(text) => {
                sql.push(text);
            }
            Self::Raw(text, operands) => write_raw(text, operands, sql),
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
            Self::Between(operands) => {
                let [operand, least, greatest] = &**operands;
                operand.write(sql);
                sql.push(" BETWEEN ");
                infix(" AND ", [least, greatest], sql);
            }
            Self::Within(operand, range) => write_within_range(operand, *range, sql),
            Self::Text(part, operand, text) => write_within(*part, operand, text, sql),
            Self::Like(operand, pattern) => write_like(operand, pattern, sql),
            Self::In(operand, values) => write_in(operand, values, sql),
            Self::Row(nodes) => {
                sql.push("(").list(nodes, |sql, node| node.write(sql)).push(")");
            }
            // With the limit, since SQLite 3.51 counts an OFFSET around it once for each match otherwise.
            Self::Exists(subquery) => subquery.write("EXISTS (SELECT ", " LIMIT 1)", sql),
            Self::Scalar(subquery) => subquery.write("(SELECT ", ")", sql),
            Self::Constant(true) | Self::Absent => {
                sql.push("1 = 1");
            }
            Self::Constant(false) => {
                sql.push("1 = 0");
            }
        }
    }
}

fn infix<'n>(operator: &'static str, operands: impl IntoIterator<Item = &'n Node>, sql: &mut Sql) {
    sql.separated(operator, operands, |sql, operand| operand.write(sql));
}

/// A database whose columns take any integer is made to refuse those that do not fit.
fn write_within_range(operand: &Node, [least, greatest]: [i64; 2], sql: &mut Sql) {
    let Some(refusal) = sql.dialect().refusal() else { return operand.write(sql) };
    sql.push("CASE WHEN ");
    operand.write(sql);
    sql.push(" NOT BETWEEN ").bind(&least).push(" AND ").bind(&greatest).push(refusal);
    operand.write(sql);
    sql.push(" END");
}

fn write_within(part: Part, operand: &Node, text: &str, sql: &mut Sql) {
    let within = sql.dialect().within(part, text);
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
    operand.write(sql);
    sql.push(" LIKE ").bind(&pattern.to_owned());
}

/// The values as one JSON array where they are exact in JSON; otherwise one by one, padded so that few texts occur.
fn write_in(operand: &Node, values: &[Box<dyn Value>], sql: &mut Sql) {
    /// From here on, doubling would waste more arguments than texts are saved.
    const MANY: usize = 1024;
    let Some(last) = values.last() else {
        return Node::Constant(false).write(sql);
    };
    operand.write(sql);
    sql.push(" IN ");
    let json: Option<Vec<_>> = values.iter().map(|value| value.to_json()).collect();
    if let Some(json) = json {
        sql.bind_json_keys(&json);
        return;
    }
    let padded =
        if values.len() < MANY { values.len().next_power_of_two() } else { values.len().next_multiple_of(MANY) };
    let most = sql.dialect().argument_limit().saturating_sub(sql.argument_count());
    let padding = padded.min(most).saturating_sub(values.len());
    sql.push("(").list(values.iter().chain(std::iter::repeat_n(last, padding)), |sql, value| {
        sql.bind(&**value);
    });
    sql.push(")");
}

/// SQL of the user's own in parentheses. A wrong number of operands fails the statement.
fn write_raw(text: &'static str, operands: &[Node], sql: &mut Sql) {
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
    sql.push("\n)");
}

impl Subquery {
    fn write(&self, before: &'static str, after: &'static str, sql: &mut Sql) {
        sql.push(before);
        self.of.write(sql);
        sql.push(" FROM ").name(self.table).push(" AS ");
        self.alias.write(self.table, sql);
        sql.push(" WHERE ").separated(" AND ", &self.join, |sql, pair| infix(" = ", pair, sql));
        if !self.condition.is_no_filter() {
            sql.push(" AND ");
            self.condition.write(sql);
        }
        sql.push(after);
    }
}
