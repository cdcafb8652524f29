//! How each database spells what statements are made of.

use std::fmt::Write as _;

#[cfg(feature = "sqlite")]
use super::sqlite;
use super::{Arguments, Field, Value};
use crate::words::{Direction, Nulls, Part};

/// Which SQL a statement is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite,
}

impl Dialect {
    /// Where no database says which.
    pub(crate) fn first() -> Self {
        #[cfg(feature = "sqlite")]
        Self::Sqlite
    }

    /// Writes a quoted identifier.
    pub(crate) fn quote(self, name: &str, text: &mut String) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => {
                text.push('"');
                if name.contains('"') {
                    text.push_str(&name.replace('"', "\"\""));
                } else {
                    text.push_str(name);
                }
                text.push('"');
            }
        }
    }

    /// Writes the placeholder of the argument at `position`, counted from one.
    pub(crate) fn placeholder(self, _position: usize, text: &mut String) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => text.push('?'),
        }
    }

    /// How many arguments one statement may have.
    pub(crate) fn argument_limit(self) -> usize {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => sqlite::ARGUMENT_LIMIT,
        }
    }

    /// Writes the set of the keys in a JSON array that is the statement's next argument.
    pub(crate) fn json_keys(self, position: usize, text: &mut String) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => {
                let _ = write!(text, "(SELECT \"json_each\".\"value\" FROM json_each(");
                self.placeholder(position, text);
                text.push_str("))");
            }
        }
    }

    /// The declared type of a column that holds `T`.
    pub(crate) fn column_type<T: Field>(self) -> &'static str {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => sqlite::column_type::<T>(),
        }
    }

    /// Where the rows without a value come, unless the query says so.
    pub(crate) fn nulls(self, direction: Direction) -> Nulls {
        match (self, direction) {
            #[cfg(feature = "sqlite")]
            (Self::Sqlite, Direction::Ascending) => Nulls::First,
            #[cfg(feature = "sqlite")]
            (Self::Sqlite, Direction::Descending) => Nulls::Last,
        }
    }

    /// How to ask whether a text is within another.
    pub(crate) fn within(self, part: Part, text: &str) -> Within {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => sqlite::within(part, text),
        }
    }

    /// What makes a CASE fail with "integer overflow", where the database does not check what fits into a column.
    pub(crate) fn refusal(self) -> Option<&'static str> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => Some(" THEN abs(-9223372036854775807 - 1) ELSE "),
        }
    }

    /// What makes a comparison of texts one of their letters.
    pub(crate) fn letter_by_letter(self) -> &'static str {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => " COLLATE BINARY",
        }
    }

    /// What keeps the database from planning for the value of a limit: SQLite would prepare the statement anew for each value.
    pub(crate) fn any_limit(self) -> &'static str {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => " + 0",
        }
    }

    /// What makes an expression of a column, of the same value.
    pub(crate) fn not_a_column(self) -> &'static str {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => "+",
        }
    }

    /// What makes an update whose values depend on other rows of the table read all of them before it writes any.
    pub(crate) fn read_before_write(self) -> &'static str {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => " FROM (SELECT 1)",
        }
    }

    /// What makes an integer primary key a generated one.
    pub(crate) fn generated_key(self) -> &'static str {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => "AUTOINCREMENT",
        }
    }

    /// What ends a `CREATE TABLE`.
    pub(crate) fn table_options(self) -> &'static str {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => " STRICT",
        }
    }

    /// What ends the `CREATE TABLE` of a junction, whose columns are its key: then the other side's index has both.
    pub(crate) fn junction_options(self) -> &'static str {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => " STRICT, WITHOUT ROWID",
        }
    }

    pub(crate) fn arguments(self) -> Arguments {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => Arguments::Sqlite(Box::default()),
        }
    }
}

/// How a database asks whether a text is within another: what stands before the other, and what follows it.
pub(crate) struct Within {
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    /// The values to bind, with what follows each.
    pub(crate) values: Vec<(Box<dyn Value>, &'static str)>,
}
