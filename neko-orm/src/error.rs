//! What can go wrong, and what each error carries.

use std::fmt;

/// The error of every call that talks to the database.
///
/// Errors carry the statement's text where a statement failed, and never its values. Keys are named,
/// since a message without them helps nobody.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A row that the call needs is not there. Nothing was changed.
    #[error("no row of `{table}` has the key {key}")]
    NotFound {
        /// The table that was searched.
        table: &'static str,
        /// The missing keys, as `Debug` prints them.
        key: String,
    },

    /// A row to dissociate does not refer to the given one. Nothing was changed.
    #[error("row {key} of `{table}` is not associated by `{relation}`")]
    NotAssociated {
        /// The table that holds the foreign key.
        table: &'static str,
        /// The relation's name.
        relation: &'static str,
        /// The keys of the rows that are not associated, as `Debug` prints them.
        key: String,
    },

    /// A required foreign key refers to a row that does not exist.
    #[error("`{relation}` of {source_table} {source_key}: no row of `{target_table}` has the key {target_key}")]
    MissingTarget {
        /// The relation's name.
        relation: &'static str,
        /// The table that holds the foreign key.
        source_table: &'static str,
        /// The key of the row that holds the foreign key.
        source_key: String,
        /// The table that the foreign key refers to.
        target_table: &'static str,
        /// The key that was not found there.
        target_key: String,
    },

    /// A relation was asked to associate with a row whose key is NULL.
    #[error("`{relation}` cannot refer to a row of `{table}` whose key is NULL")]
    NullKey {
        /// The relation's name.
        relation: &'static str,
        /// The table whose key is NULL.
        table: &'static str,
    },

    /// A row with this key or this unique value exists already.
    #[error("unique violation: {0}")]
    UniqueViolation(StatementError),

    /// A foreign key refers to a row that does not exist, or a row that is still referred to was deleted.
    #[error("foreign key violation: {0}")]
    ForeignKeyViolation(StatementError),

    /// A NULL was written to a NOT NULL column.
    #[error("not null violation: {0}")]
    NotNullViolation(StatementError),

    /// A CHECK constraint refused the row.
    #[error("check violation: {0}")]
    CheckViolation(StatementError),

    /// The database rolled the whole transaction back when this statement failed.
    ///
    /// Drop the transaction: nothing that was done in it is left.
    #[error("the database rolled the transaction back: {0}")]
    TransactionLost(StatementError),

    /// A value in the database does not fit the field's type.
    #[error("{0}")]
    Decode(DecodeError),

    /// A statement failed for any other reason.
    #[error("{0}")]
    Statement(StatementError),

    /// The database could not be reached, or a transaction could not be started or ended.
    #[error("{0}")]
    Connection(#[from] sqlx::Error),
}

/// `Result` with neko-orm's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed statement: its text and the driver's error.
#[derive(Debug)]
pub struct StatementError(Box<(String, sqlx::Error)>);

impl StatementError {
    pub(crate) fn new(sql: String, source: sqlx::Error) -> Self {
        Self(Box::new((sql, source)))
    }

    /// The statement's text, with placeholders for the values.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.0.0
    }

    /// The driver's error.
    #[must_use]
    pub fn driver_error(&self) -> &sqlx::Error {
        &self.0.1
    }
}

impl fmt::Display for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 400;
        let (sql, source) = &*self.0;
        match sql.char_indices().nth(SHOWN) {
            Some((end, _)) => write!(f, "{source} in `{}..`", &sql[..end]),
            None => write!(f, "{source} in `{sql}`"),
        }
    }
}

impl std::error::Error for StatementError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0.1)
    }
}

impl Error {
    /// Sorts the failure of a statement by what the database refused.
    pub(crate) fn from_statement(sql: String, source: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        let kind = source.as_database_error().map(|error| error.kind());
        let failure = StatementError::new(sql, source);
        match kind {
            Some(ErrorKind::UniqueViolation) => Self::UniqueViolation(failure),
            Some(ErrorKind::ForeignKeyViolation) => Self::ForeignKeyViolation(failure),
            Some(ErrorKind::NotNullViolation) => Self::NotNullViolation(failure),
            Some(ErrorKind::CheckViolation) => Self::CheckViolation(failure),
            _ => Self::Statement(failure),
        }
    }
}

/// A value that does not fit the field it is read into.
#[derive(Debug, thiserror::Error)]
#[error("`{table}.{column}` cannot be read as `{field_type}`: {mismatch}")]
pub struct DecodeError {
    /// The table's name.
    pub table: &'static str,
    /// The column's name.
    pub column: &'static str,
    /// The Rust type of the field.
    pub field_type: &'static str,
    /// How the value differs from what the field can hold.
    pub mismatch: Mismatch,
}

/// How a value differs from what its field can hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// The value is NULL and the field is not an `Option`.
    #[error("the value is NULL; make the field an `Option`")]
    Null,
    /// The value is of another storage class or SQL type.
    #[error("the value is stored as {found}, the field holds {expected}")]
    Type {
        /// The SQL type that the field is stored as.
        expected: String,
        /// The SQL type of the value.
        found: String,
    },
    /// The value is outside of what the field can hold exactly.
    #[error("{0}")]
    Value(Box<dyn std::error::Error + Send + Sync>),
    /// The row has fewer columns than the model.
    #[error("{0}")]
    Row(Box<sqlx::Error>),
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}
