//! What can go wrong, and what each error carries.

mod sort;

use std::fmt;
use std::sync::Arc;

/// The error of every call that talks to the database.
///
/// Errors carry the statement's text where a statement failed, and never its values. Keys are named,
/// since a message without them helps nobody; MySQL's own words name the value that is not unique.
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

    /// A row to dissociate does not refer to the given one, or is not linked with it. Nothing was changed.
    #[error("row {key} of `{table}` is not associated by `{relation}`")]
    NotAssociated {
        /// The table of the rows that are not associated.
        table: &'static str,
        /// The relation's name.
        relation: &'static str,
        /// The keys of the rows that are not associated, as `Debug` prints them.
        key: String,
    },

    /// Rows would be replaced of which their relation does not say what becomes of them. Nothing was changed.
    #[error(
        "row {key} of `{table}` would be replaced in `{relation}`: say what becomes of it, by `on_replace = set_null` or `on_replace = delete`"
    )]
    WouldReplace {
        /// The table that holds the foreign key.
        table: &'static str,
        /// The relation's name.
        relation: &'static str,
        /// The keys of the rows that would be replaced, as `Debug` prints them.
        key: String,
    },

    /// A required foreign key refers to a row that does not exist, or that a scope leaves out.
    #[error(
        "`{relation}` of row {source_key} of `{source_table}`: no row of `{target_table}` has the key {target_key}{}",
        if *.is_scoped { ", or its scope leaves it out" } else { "" }
    )]
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
        /// Whether a scope limits which rows are found.
        is_scoped: bool,
    },

    /// A relation that must lead to one row leads to several: the columns that a `belongs_to` refers to, or the foreign key of a `has_one`, are
    /// not unique.
    #[error("`{relation}` of row {source_key} of `{source_table}` leads to several rows of `{target_table}`")]
    SeveralTargets {
        /// The relation's name.
        relation: &'static str,
        /// The table that holds the foreign key.
        source_table: &'static str,
        /// The key of the row that holds the foreign key.
        source_key: String,
        /// The table that the foreign key refers to.
        target_table: &'static str,
    },

    /// A polymorphic relation refers to a row of none of its models.
    #[error(
        "`{relation}` of row {source_key} of `{source_table}` refers to a row of {tag:?}, which is none of its models"
    )]
    UnknownTag {
        /// The relation's name.
        relation: &'static str,
        /// The table that holds the foreign key.
        source_table: &'static str,
        /// The key of the row that holds the foreign key.
        source_key: String,
        /// What the column of the type holds.
        tag: String,
    },

    /// No row matches where one must.
    #[error("no row of `{table}` matches the query")]
    NoRow {
        /// The table that was searched.
        table: &'static str,
    },

    /// Several rows match where one must.
    #[error("several rows of `{table}` match the query")]
    SeveralRows {
        /// The table that was searched.
        table: &'static str,
    },

    /// An update or a delete without a filter. Nothing was sent.
    #[error("this would change every row of `{table}`: filter the query, or say so with `.all_rows()`")]
    Unfiltered {
        /// The table that was left alone.
        table: &'static str,
    },

    /// [`after`](crate::Query::after) with an order by something else than a column. Nothing was sent.
    #[error("`after` finds its place among rows of `{table}` in order of columns, not of other expressions")]
    NoPlace {
        /// The table.
        table: &'static str,
    },

    /// The database found a row by a key that differs from the row's own, as a text of another case under a collation that
    /// ignores case. Which rows belong together cannot be told then.
    #[error("`{relation}`: the database takes keys of `{table}` for equal that differ")]
    UnequalKeys {
        /// The relation's name.
        relation: &'static str,
        /// The table that was searched.
        table: &'static str,
    },

    /// A trigger kept new rows from being inserted. Nothing was inserted.
    #[error("{inserted} of {given} rows would have been inserted into `{table}`")]
    NotInserted {
        /// The table.
        table: &'static str,
        /// How many rows were to be inserted.
        given: usize,
        /// How many the database would have inserted.
        inserted: usize,
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

    /// Another transaction has changed what this one has read: drop it, and begin it again.
    #[error("serialization failure: {0}")]
    SerializationFailure(StatementError),

    /// Two transactions wait for each other, and the database has chosen this one to fail. On MySQL, all of the transaction is rolled back:
    /// drop it, and begin it again.
    #[error("deadlock: {0}")]
    Deadlock(StatementError),

    /// Another transaction holds a lock for longer than this connection waits for one.
    #[error("lock timeout: {0}")]
    LockTimeout(StatementError),

    /// The connection broke, or the server closed it. Whether a statement that writes was carried out is not known.
    #[error("connection lost: {0}")]
    ConnectionLost(StatementError),

    /// The database rolled the whole transaction back when this statement failed; on PostgreSQL, an earlier one has failed, and nothing can
    /// be done in the transaction any more.
    ///
    /// Drop the transaction: nothing that was done in it is left. What is done on it after this error is undone with it,
    /// unless you commit it all the same: sqlx does not know, and commits what came after.
    #[error("the database rolled the transaction back: {0}")]
    TransactionLost(StatementError),

    /// A value in the database does not fit the field's type.
    #[error("{0}")]
    Decode(DecodeError),

    /// A statement failed for any other reason.
    #[error("{0}")]
    Statement(StatementError),

    /// The driver failed apart from a statement: the database could not be reached, a pool has no connection left, a
    /// transaction could not be begun.
    #[error(transparent)]
    Driver(sqlx::Error),
}

impl Error {
    /// Whether the same transaction may succeed when it is begun again: other transactions were in its way.
    ///
    /// So are [`SerializationFailure`](Self::SerializationFailure), [`Deadlock`](Self::Deadlock) and [`LockTimeout`](Self::LockTimeout); a lost
    /// connection is not, since what was sent on it may have been carried out.
    ///
    /// ```
    /// # async fn once() -> neko_orm::Result<()> { Ok(()) }
    /// # async fn example() -> neko_orm::Result<()> {
    /// let result = loop {
    ///     match once().await {
    ///         Err(error) if error.is_retryable() => {}
    ///         result => break result,
    ///     }
    /// };
    /// # result }
    /// ```
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::SerializationFailure(_) | Self::Deadlock(_) | Self::LockTimeout(_))
    }

    /// Whether the database has refused a statement.
    pub(crate) fn is_of_statement(&self) -> bool {
        use Error::{CheckViolation, ForeignKeyViolation, NotNullViolation, Statement, UniqueViolation};
        matches!(
            self,
            Statement(_) | UniqueViolation(_) | ForeignKeyViolation(_) | NotNullViolation(_) | CheckViolation(_)
        )
    }
}

/// Errors of sqlx's own calls next to those of this crate: sorted in the same way, without the statement's text.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(_) => Self::from_statement(Sent::default(), error),
            other => Self::Driver(other),
        }
    }
}

/// `Result` with neko-orm's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed statement: its text, the model it is for, and the driver's error.
pub struct StatementError(Box<(Sent, sqlx::Error)>);

/// What is known of a statement apart from its values.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    pub(crate) sql: Arc<String>,
    pub(crate) model: &'static str,
}

impl StatementError {
    pub(crate) fn new(sent: Sent, source: sqlx::Error) -> Self {
        Self(Box::new((sent, source)))
    }

    /// The statement's text, with placeholders for the values; empty for an error of a call of sqlx itself.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.0.0.sql
    }

    /// The name of the model whose table the statement reads or writes; empty where there is none, as for `COMMIT`.
    #[must_use]
    pub fn model(&self) -> &'static str {
        self.0.0.model
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
        let (Sent { sql, model }, source) = &*self.0;
        if !model.is_empty() {
            write!(f, "{model}: ")?;
        }
        if sql.is_empty() {
            return write!(f, "{source}");
        }
        match sql.char_indices().nth(SHOWN) {
            Some((end, _)) => write!(f, "{source} in `{}..`", &sql[..end]),
            None => write!(f, "{source} in `{sql}`"),
        }
    }
}

/// As in messages, long statements are cut off.
impl fmt::Debug for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StatementError").field(&format_args!("{self}")).finish()
    }
}

/// The driver's error is part of the message, and so not a source.
impl std::error::Error for StatementError {}

/// A value that does not fit the field it is read into.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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

impl Mismatch {
    /// The error of a value that is no field's: an aggregate, or what a statement reads besides.
    pub(crate) fn of_no_field(self) -> Error {
        Error::Driver(sqlx::Error::Decode(self.into()))
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}
