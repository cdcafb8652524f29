//! Several statements that see one state of the database, on any connection: begun with the first, and ended without waiting for it.

use super::{AfterFailure, Connection, Dialect, Lease, statement};

/// A connection to SQLite in a savepoint, which ends when this is dropped. A server's connection is as it was.
pub(crate) struct Reading<'c>(Lease<'c>);

impl<'c> Reading<'c> {
    /// Where there is a text, the first statement must [begin](super::Statement::begin) with it.
    pub(crate) fn begin_with_next(lease: Lease<'c>) -> (Self, Option<&'static str>) {
        statement::log("BEGIN");
        let begin = match lease {
            #[cfg(feature = "sqlite")]
            Lease::Sqlite(_) => Some(super::sqlite::SET),
            #[allow(unreachable_patterns)]
            _ => None,
        };
        (Self(lease), begin)
    }

    pub(crate) fn connection(&mut self) -> Connection<'_> {
        self.0.connection()
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.0.dialect()
    }

    pub(crate) fn after_failure(&self) -> AfterFailure {
        self.0.after_failure()
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        match &mut self.0 {
            #[cfg(feature = "sqlite")]
            Lease::Sqlite(held) => {
                statement::log("COMMIT");
                super::sqlite::release(held.connection());
            }
            #[allow(unreachable_patterns)]
            _ => {}
        }
    }
}
