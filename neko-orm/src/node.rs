//! The tree of an expression, whatever its type, and how it is written.

use crate::backend::Value;
use crate::fragment;
use crate::sql::Sql;

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
            // No table is called so: it has a space.
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
    And(Box<[Node; 2]>),
    Or(Box<[Node; 2]>),
    /// `before operand after`
    Around(&'static str, Box<Node>, &'static str),
    Between(Box<[Node; 3]>),
    In(Box<Node>, Vec<Box<dyn Value>>),
    /// `(node, node, ..)`
    Row(Vec<Node>),
    /// `EXISTS (SELECT 1 ..)`
    Exists(Box<Subquery>),
    /// `(SELECT node ..)`
    Scalar(Box<Subquery>),
    Constant(bool),
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
            (Self::Constant(true), node) | (node, Self::Constant(true)) => node,
            (Self::Constant(false), _) | (_, Self::Constant(false)) => Self::Constant(false),
            (left, right) => Self::And(Box::new([left, right])),
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Constant(false), node) | (node, Self::Constant(false)) => node,
            (left, right) => Self::Or(Box::new([left, right])),
        }
    }

    pub(crate) fn compare(self, operator: &'static str, other: Self) -> Self {
        Self::Compare(operator, Box::new([self, other]))
    }

    /// The node, in parentheses unless it binds as tightly as a column.
    pub(crate) fn atom(self) -> Self {
        match &self {
            Self::Compare(..) | Self::And(_) | Self::Between(_) | Self::In(..) | Self::Constant(_) => {}
            Self::Around(before, ..) if before.is_empty() || before.starts_with("NOT") => {}
            _ => return self,
        }
        Self::Around("(", Box::new(self), ")")
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
            Self::And(operands) => infix(" AND ", &**operands, sql),
            Self::Or(operands) => {
                sql.push("(");
                infix(" OR ", &**operands, sql);
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
            Self::In(operand, values) => write_in(operand, values, sql),
            Self::Row(nodes) => {
                sql.push("(").list(nodes, |sql, node| node.write(sql)).push(")");
            }
            Self::Exists(subquery) => subquery.write("EXISTS (SELECT ", sql),
            Self::Scalar(subquery) => subquery.write("(SELECT ", sql),
            Self::Constant(true) => {
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

/// The values as one JSON array where they are exact in JSON; otherwise one by one, padded to a power of two, so that few
/// texts occur.
fn write_in(operand: &Node, values: &[Box<dyn Value>], sql: &mut Sql) {
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
    let padding = values.len().next_power_of_two() - values.len();
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
    fn write(&self, before: &'static str, sql: &mut Sql) {
        sql.push(before);
        self.of.write(sql);
        sql.push(" FROM ").name(self.table).push(" AS ");
        self.alias.write(self.table, sql);
        sql.push(" WHERE ").separated(" AND ", &self.join, |sql, pair| infix(" = ", pair, sql));
        if !matches!(self.condition, Node::Constant(true)) {
            sql.push(" AND ");
            self.condition.write(sql);
        }
        sql.push(")");
    }
}
