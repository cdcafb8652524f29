//! The arguments of a statement.

use super::{Field, Value, on_backend};

/// The arguments of a statement, encoded for its database.
#[derive(Debug)]
pub enum Arguments {
    /// For SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(Box<sqlx::sqlite::SqliteArguments>),
    /// For PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(Box<sqlx::postgres::PgArguments>),
    /// For MySQL.
    #[cfg(feature = "mysql")]
    MySql(Box<sqlx::mysql::MySqlArguments>),
}

impl Arguments {
    pub(crate) fn push<T: Field>(&mut self, value: &T) -> Result<(), sqlx::error::BoxDynError> {
        on_backend!(self, Self(arguments) => driver::push(arguments, value))
    }

    /// Adds an array of the values, which only PostgreSQL has.
    pub(crate) fn push_array(
        &mut self,
        values: &mut dyn Iterator<Item = &dyn Value>,
    ) -> Result<(), sqlx::error::BoxDynError> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(arguments) => {
                let mut array = super::postgres::Array::with_capacity(values.size_hint().1.unwrap_or(0));
                for value in values {
                    value.push_to(&mut array)?;
                }
                sqlx::Arguments::add(&mut **arguments, array)
            }
            #[allow(unreachable_patterns)]
            _ => Err(format!("{} values are for a database that has arrays", values.count()).into()),
        }
    }

    pub(crate) fn len(&self) -> usize {
        on_backend!(self, Self(arguments) => sqlx::Arguments::len(&**arguments))
    }
}
