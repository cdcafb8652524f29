//! The databases behind one face: what differs between them is decided here and in the modules below, nowhere else.

mod arguments;
mod columns;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod connect;
mod connection;
mod dialect;
mod json;
#[cfg(feature = "mysql")]
pub(crate) mod mysql;
mod own_transaction;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod reading;
mod row;
mod run;
#[cfg(any(feature = "postgres", feature = "mysql"))]
// Only PostgreSQL needs guards.
#[cfg_attr(not(feature = "postgres"), allow(dead_code))]
mod savepoint;
// Each database has some of the ways.
#[cfg_attr(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")), allow(dead_code))]
mod spelling;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
pub(crate) mod statement;
mod value;

/// Goes on with what the variant of the enabled backend holds, and with its module as `driver`.
macro_rules! on_backend {
    ($value:expr, $kind:ident($inner:pat) => $body:expr $(, $other:pat => $otherwise:expr)?) => {
        match $value {
            $($other => $otherwise,)?
            #[cfg(feature = "sqlite")]
            $kind::Sqlite($inner) => {
                #[allow(unused_imports)]
                use $crate::backend::sqlite as driver;
                $body
            }
            #[cfg(feature = "postgres")]
            $kind::Postgres($inner) => {
                #[allow(unused_imports)]
                use $crate::backend::postgres as driver;
                $body
            }
            #[cfg(feature = "mysql")]
            $kind::MySql($inner) => {
                #[allow(unused_imports)]
                use $crate::backend::mysql as driver;
                $body
            }
        }
    };
}
pub(crate) use on_backend;

pub(crate) use arguments::Arguments;
pub(crate) use columns::{ArrayForm, ColumnRow, is_exact, is_exact_column, is_exact_key};
pub(crate) use connection::{AfterFailure, Connection, Held, Lease};
pub use dialect::Dialect;
pub use own_transaction::OwnTransaction;
pub(crate) use reading::Reading;
pub use row::Row;
pub(crate) use run::{RowStream, Written, stream};
pub(crate) use spelling::{
    ArrayColumn, Changes, ColumnArray, Declares, Duplicates, Form, Inserted, KeySets, Known, NullOrder, Spelling,
};
pub(crate) use statement::Statement;
pub(crate) use value::Encoded;
pub use value::{Field, Null, Value};
