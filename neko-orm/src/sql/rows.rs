//! Values of many rows in one statement: as arrays where the database has them, as one JSON array, or one by one.

use super::{KeySet, Sql, ValueRows};
use crate::backend::{Dialect, KeySets, Value};

/// What rows of values are called, and their columns, from one on.
const COLUMN: &str = "column";

/// How many rows like this one a statement may have that has so many `others` as further arguments.
pub(crate) fn most_rows(dialect: Dialect, row: &[&dyn Value], others: impl FnOnce() -> usize) -> usize {
    match takes_arrays(dialect, row) {
        true => usize::MAX,
        false => (dialect.spelling().argument_limit.saturating_sub(others()) / row.len().max(1)).max(1),
    }
}

/// How many of so many new rows go into one statement. Where each number of rows has a text that the driver must keep, more than a few
/// become powers of two.
pub(crate) fn common_size(dialect: Dialect, rows: usize) -> usize {
    match dialect.spelling().key_sets {
        KeySets::Lists if rows > FEW => 1 << rows.ilog2(),
        _ => rows,
    }
}

/// So many rows are common: each number of them has a text that is worth to be kept.
const FEW: usize = 8;

/// Whether there are more rows than a few, and so many that to prepare their statement anew would show.
fn is_some(rows: usize) -> bool {
    const MANY: usize = 100;
    (FEW + 1..MANY).contains(&rows)
}

/// Whether the database takes rows like this one as an array for each column.
pub(crate) fn takes_arrays(dialect: Dialect, row: &[&dyn Value]) -> bool {
    dialect.spelling().key_sets == KeySets::Arrays && row.iter().all(|value| value.has_arrays())
}

impl Sql {
    /// Appends that what stands before is among the keys.
    pub(crate) fn among(&mut self, keys: &KeySet<'_>) -> &mut Self {
        match keys {
            KeySet::Json(keys) => self.push(" IN ").bind_json_keys(keys),
            KeySet::Array(keys) => self.push(" = ANY(").bind_key_array(keys).push(")"),
        }
    }

    /// Appends the set of the keys in a JSON array.
    fn bind_json_keys(&mut self, keys: &[serde_json::Value]) -> &mut Self {
        let json = serde_json::to_string(keys).map_err(Into::into);
        if let Err(error) = json.and_then(|json| json.bind(&mut self.arguments)) {
            self.failure.get_or_insert(sqlx::Error::Encode(error));
        }
        self.push("(SELECT \"json_each\".\"value\" FROM json_each(").placeholder().push("))")
    }

    /// Appends a placeholder for each column of the rows, and binds an array of its values to it.
    pub(crate) fn bind_arrays(&mut self, rows: ValueRows<'_>) -> &mut Self {
        self.list(0..rows.width(), |sql, column| {
            sql.bind_array(&mut rows.column(column));
        })
    }

    /// Appends a placeholder for keys of one column, and binds an array of them to it: of ten at least, which is how many PostgreSQL expects in an
    /// array that it does not know (`estimate_array_length`). For fewer it would plan each time anew.
    pub(crate) fn bind_key_array(&mut self, keys: &[&dyn Value]) -> &mut Self {
        const EXPECTED: usize = 10;
        let more = keys.last().into_iter().cycle().take(EXPECTED.saturating_sub(keys.len()));
        self.bind_array(&mut keys.iter().chain(more).copied())
    }

    fn bind_array(&mut self, values: &mut dyn Iterator<Item = &dyn Value>) -> &mut Self {
        if let Err(error) = self.arguments.push_array(values) {
            self.failure.get_or_insert(sqlx::Error::Encode(error));
        }
        self.placeholder()
    }

    /// Appends rows of values in parentheses, all of the same number.
    pub(crate) fn bind_rows<'v, R: AsRef<[&'v dyn Value]>>(&mut self, rows: impl IntoIterator<Item = R>) -> &mut Self {
        if self.dialect.spelling().numbers_placeholders {
            return self.list(rows, Self::bind_row);
        }
        let (mut rows, start) = (rows.into_iter(), self.text.len());
        self.list(rows.by_ref().take(1), Self::bind_row);
        let first = start..self.text.len();
        for row in rows {
            self.text.push_str(", ");
            self.text.extend_from_within(first.clone());
            row.as_ref().iter().for_each(|value| self.argument(*value));
        }
        self
    }

    fn bind_row<'v>(&mut self, row: impl AsRef<[&'v dyn Value]>) {
        self.push("(").list(row.as_ref(), |sql, value| {
            sql.bind(*value);
        });
        self.push(")");
    }

    /// Appends the rows as those that an `INSERT` inserts.
    pub(crate) fn new_rows(&mut self, rows: ValueRows<'_>) -> &mut Self {
        match self.takes_arrays(rows) {
            true => self.push("SELECT * FROM unnest(").bind_arrays(rows).push(")"),
            false if self.is_padded(rows) => self.padded(rows),
            false => self.keep_if_common(rows.len()).push("VALUES ").bind_rows(rows.iter()),
        }
    }

    /// Whether each number of rows would have a text of its own, and one for several of them is not too long.
    fn is_padded(&self, rows: ValueRows<'_>) -> bool {
        let spelling = self.dialect.spelling();
        let fits = rows.len().next_power_of_two() * rows.width() < spelling.argument_limit;
        spelling.key_sets == KeySets::Json && is_some(rows.len()) && fits
    }

    /// Appends the first of as many rows as the next power of two is: few texts for any number of them.
    fn padded(&mut self, rows: ValueRows<'_>) -> &mut Self {
        let padding: Vec<&dyn Value> = vec![&None::<i64>; rows.width()];
        let more = std::iter::repeat_n(&padding[..], rows.len().next_power_of_two() - rows.len());
        self.push("SELECT * FROM (VALUES ").bind_rows(rows.iter().chain(more));
        self.push(") LIMIT ").bind_any(&(rows.len() as i64))
    }

    /// The same for rows that mostly differ in the last column only.
    pub(crate) fn new_rows_of_one(&mut self, rows: ValueRows<'_>) -> &mut Self {
        match self.same_and_keys(rows) {
            Some((same, keys)) => self.new_rows_of_keys(same.iter().copied(), &KeySet::Json(keys)),
            None => self.new_rows(rows),
        }
    }

    /// Appends rows that differ in the last column only as those that an `INSERT` inserts: one text for any number of them.
    pub(crate) fn new_rows_of_keys<'v>(
        &mut self,
        same: impl IntoIterator<Item = &'v dyn Value>,
        keys: &KeySet<'_>,
    ) -> &mut Self {
        self.push("SELECT ").list(same, |sql, value| {
            sql.bind(value);
        });
        self.push(", * FROM ");
        match keys {
            KeySet::Json(keys) => self.bind_json_keys(keys),
            KeySet::Array(keys) => self.push("unnest(").bind_array(&mut keys.iter().copied()).push(")"),
        };
        // It ends the `FROM`, to which `ON CONFLICT` would belong.
        self.push(" WHERE true")
    }

    /// What all of the rows have in common, and the values of the last column, where they differ in nothing else and the database takes these
    /// as one JSON array.
    fn same_and_keys<'v>(&self, rows: ValueRows<'v>) -> Option<(&'v [&'v dyn Value], Vec<serde_json::Value>)> {
        if rows.len() < 2 || self.dialect.spelling().key_sets != KeySets::Json {
            return None;
        }
        let (_, same) = rows.first()?.split_last().filter(|(_, same)| !same.is_empty())?;
        let in_json: Vec<_> = same.iter().map(|value| value.to_json()).collect();
        if in_json.contains(&None) {
            return None;
        }
        let key = |row: &[&dyn Value]| {
            let (last, others) = row.split_last()?;
            others.iter().map(|value| value.to_json()).eq(in_json.iter().cloned()).then(|| last.to_json())?
        };
        let keys: Option<_> = rows.iter().map(key).collect();
        Some((same, keys?))
    }

    /// Each number of rows has a text of its own, and the driver keeps a hundred: a few rows are common, and to prepare many anew costs a
    /// tenth of the call; between them, a text is hardly worth its place.
    fn keep_if_common(&mut self, rows: usize) -> &mut Self {
        if is_some(rows) {
            self.once();
        }
        self
    }

    /// Appends the rows as a table of this name, whose columns are called by [`column_of_rows`].
    pub(crate) fn rows_as(&mut self, rows: ValueRows<'_>, name: &str) -> &mut Self {
        if self.takes_arrays(rows) {
            self.push("unnest(").bind_arrays(rows).push(") AS ").name(name).push("(");
            return self
                .list(0..rows.width(), |sql, column| {
                    sql.name(&column_of_rows(column));
                })
                .push(")");
        }
        self.keep_if_common(rows.len());
        match self.dialect.spelling().key_sets {
            // Which name columns of VALUES like the others.
            KeySets::Json | KeySets::Arrays => self.push("(VALUES ").bind_rows(rows.iter()),
            KeySets::Lists => {
                self.push("(").separated(" UNION ALL ", rows.iter().enumerate(), |sql, (position, row)| {
                    sql.push("SELECT ").list(row.iter().enumerate(), |sql, (column, value)| {
                        sql.bind(*value);
                        if position == 0 {
                            sql.push(" AS ").name(&column_of_rows(column));
                        }
                    });
                })
            }
        };
        self.push(") AS ").name(name)
    }

    fn takes_arrays(&self, rows: ValueRows<'_>) -> bool {
        rows.len() > 1 && rows.first().is_some_and(|row| takes_arrays(self.dialect, row))
    }
}

/// What a column of a table of rows is called, counted from zero.
pub(crate) fn column_of_rows(column: usize) -> String {
    format!("{COLUMN}{}", column + 1)
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::{Dialect, Sql, Value, ValueRows};

    /// Rows of so many columns, as an `INSERT` has them: how many arguments that has, and whether others of another number have the same text.
    fn new_rows(columns: usize, rows: usize) -> (usize, bool) {
        let value: &dyn Value = &1_i64;
        let written = |count: usize| {
            let mut sql = Sql::new(Dialect::Sqlite, "");
            sql.new_rows(ValueRows::new(&vec![value; columns * count], columns));
            (sql.argument_count(), sql.text)
        };
        let (arguments, text) = written(rows);
        (arguments, written(rows - 1).1 == text)
    }

    #[test]
    fn rows_of_several_numbers_share_a_text_that_fits_the_limit_on_arguments() {
        assert_eq!(new_rows(4, 8), (32, false));
        assert_eq!(new_rows(4, 16), (65, true));
        assert_eq!(new_rows(4, 99), (513, true));
        assert_eq!(new_rows(4, 100), (400, false));
        assert_eq!(new_rows(255, 70), (255 * 128 + 1, true));
        assert_eq!(new_rows(256, 70), (256 * 70, false));
        assert_eq!(new_rows(260, 64), (260 * 64 + 1, true));
    }
}
