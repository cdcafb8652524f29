//! Keys of one or several columns: taking them from models, binding them, and naming sets of them in SQL.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;

use crate::Model;
use crate::backend::{Dialect, Row, Value};
use crate::column::Column;
use crate::error::Result;
use crate::field::KeyField;
use crate::sql::Sql;

/// The type of a model's key: that of the key's field, or a tuple for several.
pub type KeyOf<M> = <<M as Model>::KeyColumns as KeyColumns<M>>::Key;

/// The columns of a key: a [`Column`], or a tuple of them.
pub trait KeyColumns<M: Model> {
    /// The key's value: the field's type, or a tuple.
    type Key: KeyField;

    /// The key of `model`.
    fn key_of(&self, model: &M) -> Self::Key;

    /// The key in a row of the key's columns alone.
    ///
    /// # Errors
    /// A value does not fit its field.
    fn read(&self, row: &Row) -> Result<Self::Key>;

    /// The key's parts as arguments, in the order of the columns.
    fn arguments<'k>(&self, key: &'k Self::Key) -> Vec<&'k dyn Value>;
}

impl<M: Model, T: KeyField> KeyColumns<M> for Column<M, T> {
    type Key = T;

    fn key_of(&self, model: &M) -> T {
        self.get(model).clone()
    }

    fn read(&self, row: &Row) -> Result<T> {
        self.read_at(0, row)
    }

    fn arguments<'k>(&self, key: &'k T) -> Vec<&'k dyn Value> {
        vec![self.argument(key)]
    }
}

macro_rules! composite {
    ($($part:ident $index:tt),+) => {
        impl<M: Model, $($part: KeyField),+> KeyColumns<M> for ($(Column<M, $part>,)+) {
            type Key = ($($part,)+);

            fn key_of(&self, model: &M) -> Self::Key {
                ($(self.$index.get(model).clone(),)+)
            }

            fn read(&self, row: &Row) -> Result<Self::Key> {
                Ok(($(self.$index.read_at($index, row)?,)+))
            }

            fn arguments<'k>(&self, key: &'k Self::Key) -> Vec<&'k dyn Value> {
                vec![$(self.$index.argument(&key.$index)),+]
            }
        }
    };
}

composite!(A 0, B 1);
composite!(A 0, B 1, C 2);
composite!(A 0, B 1, C 2, D 3);
composite!(A 0, B 1, C 2, D 3, E 4);
composite!(A 0, B 1, C 2, D 3, E 4, F 5);

/// Writes `"table"."key" = ?` for each column of the model's key.
pub(crate) fn equals<M: Model>(sql: &mut Sql, key: &KeyOf<M>) {
    let arguments = M::KEY.arguments(key);
    sql.separated(" AND ", M::TABLE.key_columns().zip(arguments), |sql, (column, value)| {
        sql.column(M::TABLE.name, column.facts().name).push(" = ").bind(value);
    });
}

/// A list of keys in the form in which the database takes it, cut into as many statements as it needs.
///
/// A list of keys never becomes one placeholder for each where the database can take it as a whole: the text is the
/// same for any number of keys. Otherwise each statement has its keys padded to a power of two, so that few texts occur.
pub(crate) enum KeyList<'k, M: Model> {
    /// A single key.
    One(&'k KeyOf<M>),
    /// One JSON array.
    Json(Vec<serde_json::Value>),
    /// Rows of `VALUES`, at most so many in a statement.
    Rows(&'k [KeyOf<M>], usize),
}

impl<'k, M: Model> KeyList<'k, M> {
    /// The form for `keys`, where a statement has `others` further arguments.
    pub(crate) fn new(dialect: Dialect, keys: &'k [KeyOf<M>], others: usize) -> Self {
        if let [key] = keys {
            return Self::One(key);
        }
        if let Some(json) = json_keys::<M>(keys) {
            return Self::Json(json);
        }
        let fit = (dialect.argument_limit() - others) / M::TABLE.key.len();
        // The greatest power of two that fits: padding never goes beyond it.
        Self::Rows(keys, 1 << fit.ilog2())
    }

    /// The lists of the single statements.
    pub(crate) fn statements(self) -> Vec<Self> {
        match self {
            Self::Rows(keys, limit) => keys.chunks(limit).map(|chunk| Self::Rows(chunk, limit)).collect(),
            whole => vec![whole],
        }
    }

    /// Writes that the model's key is in the list, which must not be empty.
    pub(crate) fn contains_key(&self, sql: &mut Sql) {
        match self {
            Self::One(key) => equals::<M>(sql, key),
            Self::Json(keys) => {
                sql.push("(");
                columns::<M>(sql);
                sql.push(") IN ").bind_json_keys(keys);
            }
            Self::Rows(keys, _) => {
                let padding = keys.len().next_power_of_two() - keys.len();
                let rows = keys.iter().chain(keys.last().into_iter().cycle().take(padding));
                sql.push("(");
                columns::<M>(sql);
                sql.push(") IN (VALUES ").list(rows, |sql, key| {
                    sql.push("(").list(M::KEY.arguments(key), |sql, part| {
                        sql.bind(part);
                    });
                    sql.push(")");
                });
                sql.push(")");
            }
        }
    }
}

/// Writes the key's columns.
pub(crate) fn columns<M: Model>(sql: &mut Sql) {
    sql.list(M::TABLE.key_columns(), |sql, column| {
        sql.column(M::TABLE.name, column.facts().name);
    });
}

fn json_keys<M: Model>(keys: &[KeyOf<M>]) -> Option<Vec<serde_json::Value>> {
    keys.iter()
        .map(|key| match &M::KEY.arguments(key)[..] {
            [part] => part.to_json(),
            _ => None,
        })
        .collect()
}

/// Without repetitions, in the order of first appearance.
pub(crate) fn distinct<K: Clone + Eq + Hash>(keys: impl IntoIterator<Item = K>) -> Vec<K> {
    let mut seen = HashSet::new();
    keys.into_iter().filter(|key| seen.insert(key.clone())).collect()
}

/// Keys as an error names them: the key itself, or the first few of several.
pub(crate) fn display<K: Debug>(keys: &[K]) -> String {
    const SHOWN: usize = 10;
    match keys {
        [key] => format!("{key:?}"),
        _ if keys.len() <= SHOWN => format!("{keys:?}"),
        _ => format!("{:?} and {} more", &keys[..SHOWN], keys.len() - SHOWN),
    }
}
