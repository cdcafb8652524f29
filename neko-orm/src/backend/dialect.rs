//! The dialects of SQL.

use std::borrow::Cow;

use super::{Arguments, Field, Spelling};

/// Which SQL a statement is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite,
    /// PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres,
    /// MySQL and MariaDB.
    #[cfg(feature = "mysql")]
    MySql,
}

/// Goes on with the module of the dialect's backend as `driver`.
macro_rules! on_dialect {
    ($dialect:expr => $body:expr) => {
        match $dialect {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => {
                use super::sqlite as driver;
                $body
            }
            #[cfg(feature = "postgres")]
            Dialect::Postgres => {
                use super::postgres as driver;
                $body
            }
            #[cfg(feature = "mysql")]
            Dialect::MySql => {
                use super::mysql as driver;
                $body
            }
        }
    };
}

impl Dialect {
    /// Where no database says which.
    pub(crate) fn first() -> Self {
        #[cfg(feature = "sqlite")]
        return Self::Sqlite;
        #[cfg(all(feature = "postgres", not(feature = "sqlite")))]
        return Self::Postgres;
        #[cfg(all(feature = "mysql", not(any(feature = "sqlite", feature = "postgres"))))]
        return Self::MySql;
    }

    pub(crate) fn spelling(self) -> &'static Spelling {
        on_dialect!(self => &driver::SPELLING)
    }

    /// The declared type of a column that holds `T`.
    pub(crate) fn column_type<T: Field>(self) -> Cow<'static, str> {
        on_dialect!(self => driver::column_type::<T>())
    }

    /// Whether the value is NULL in the database.
    pub(super) fn is_null<T: Field>(self, value: &T) -> bool {
        on_dialect!(self => encodes_null::<driver::Db, T>(value))
    }

    pub(crate) fn arguments(self) -> Arguments {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => Arguments::Sqlite(Box::default()),
            #[cfg(feature = "postgres")]
            Self::Postgres => Arguments::Postgres(Box::default()),
            #[cfg(feature = "mysql")]
            Self::MySql => Arguments::MySql(Box::default()),
        }
    }

    /// Writes a quoted identifier.
    pub(crate) fn quote(self, name: &str, text: &mut String) {
        let quote = self.spelling().quote;
        text.reserve(name.len() + 2 * quote.len_utf8());
        text.push(quote);
        // Names are short: what finds a letter in a long text costs more.
        if name.bytes().any(|byte| char::from(byte) == quote) {
            text.extend(name.chars().flat_map(|letter| std::iter::repeat_n(letter, 1 + usize::from(letter == quote))));
        } else {
            text.push_str(name);
        }
        text.push(quote);
    }

    /// Writes the placeholder of the argument at `position`, counted from one.
    pub(crate) fn placeholder(self, position: usize, text: &mut String) {
        match self.spelling().numbers_placeholders {
            true => text.extend(["$", &position.to_string()]),
            false => text.push('?'),
        }
    }
}

fn encodes_null<DB, T>(value: &T) -> bool
where
    DB: sqlx::Database<ArgumentBuffer: Default>,
    T: for<'q> sqlx::Encode<'q, DB>,
{
    matches!(value.encode_by_ref(&mut DB::ArgumentBuffer::default()), Ok(sqlx::encode::IsNull::Yes))
}
