//! Rows of which each column came as one value, an array or what all rows have: what the driver costs for each row and value is saved, or messages are.

use super::json::{self, BytesArray, JsonArray};
#[cfg(feature = "postgres")]
use super::postgres::Elements;
use super::{ArrayColumn, Field, Known, Null, Row};
use crate::error::Mismatch;

/// In which form the values of a column come as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrayForm {
    /// As a text, an array in JSON; of bytes, after their lengths as such an array.
    Json,
    /// As an array of the database.
    Native,
}

/// Whether a value of the type is the same when it comes back in an array, whatever expression it is the value of.
pub(crate) fn is_exact<T: Field>(form: ArrayForm) -> bool {
    is_exact_in::<T>(form, json::is_exact::<T>())
}

/// As [`is_exact`], of a column of a table.
pub(crate) fn is_exact_column<T: Field>(form: ArrayForm) -> bool {
    is_exact_in::<T>(form, json::is_exact_column::<T>())
}

/// As [`is_exact_column`], where values that are equal are so to the database, too.
pub(crate) fn is_exact_key<T: Field>(form: ArrayForm) -> bool {
    is_exact_in::<T>(form, json::is_exact_key::<T>())
}

#[cfg_attr(not(feature = "postgres"), allow(clippy::extra_unused_type_parameters))]
fn is_exact_in<T: Field>(form: ArrayForm, in_json: bool) -> bool {
    match form {
        ArrayForm::Json => in_json,
        #[cfg(feature = "postgres")]
        ArrayForm::Native => super::postgres::is_exact::<T>(),
        #[cfg(not(feature = "postgres"))]
        ArrayForm::Native => false,
    }
}

/// One row at a time of columns, each an array as long as the others, or one value for all rows.
#[derive(Debug)]
pub struct ColumnRow(Vec<Column>);

#[derive(Debug)]
enum Column {
    Json(JsonArray),
    Bytes(BytesArray),
    /// The one value that all rows have, if there is one.
    Constant(Option<i64>),
    #[cfg(feature = "postgres")]
    Native(Elements),
}

impl ColumnRow {
    /// Before the first row, of these columns, which a row holds from this position on.
    pub(crate) fn of_json<'c>(
        row: &Row,
        first: usize,
        columns: impl IntoIterator<Item = &'c ArrayColumn>,
    ) -> Result<Self, Mismatch> {
        let column = |(index, column): (usize, &ArrayColumn)| Column::of_json(row, first + index, column.known);
        columns.into_iter().enumerate().map(column).collect::<Result<_, _>>().map(Self)
    }

    /// Before the first row of each level, of these columns, of which one row holds all.
    pub(crate) fn levels(row: Row, form: ArrayForm, levels: &[Vec<ArrayColumn>]) -> Result<Vec<Self>, Mismatch> {
        let Self(columns) = match form {
            ArrayForm::Json => Self::of_json(&row, 0, levels.iter().flatten())?,
            ArrayForm::Native => Self::of_arrays(row)?,
        };
        if columns.len() != levels.iter().map(Vec::len).sum::<usize>() {
            return Err(Mismatch::Value(format!("{} levels are not in one row", levels.len()).into()));
        }
        let mut columns = columns.into_iter();
        Ok(levels.iter().map(|level| Self(columns.by_ref().take(level.len()).collect())).collect())
    }

    /// Before the first row, of all columns of this one.
    fn of_arrays(row: Row) -> Result<Self, Mismatch> {
        match row {
            #[cfg(feature = "postgres")]
            Row::Postgres(row) => {
                let row = std::sync::Arc::new(row);
                let column = |index| Elements::new(&row, index).map(Column::Native);
                (0..sqlx::Row::len(&*row)).map(column).collect::<Result<_, _>>().map(Self)
            }
            _ => Err(Mismatch::Value("a row holds no arrays".into())),
        }
    }

    /// Goes to the next row, if there is one.
    pub(crate) fn advance(&mut self) -> bool {
        let mut is_row = !self.0.is_empty();
        for column in &mut self.0 {
            is_row &= match column {
                Column::Json(array) => array.advance(),
                Column::Bytes(array) => array.advance(),
                Column::Constant(_) => true,
                #[cfg(feature = "postgres")]
                Column::Native(elements) => elements.advance(),
            };
        }
        is_row
    }

    /// How many rows there are.
    pub(crate) fn count(&self) -> usize {
        let arrays = self.0.iter().filter_map(|column| Some((column.length()?, column)));
        arrays.min_by_key(|(length, _)| *length).and_then(|(_, column)| column.count()).unwrap_or(0)
    }

    /// How long the arrays are, as far as they are texts.
    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().filter_map(Column::length).sum()
    }

    /// Whether the value at `index` is a NULL that was read.
    #[cfg_attr(not(feature = "postgres"), allow(unused_variables))]
    pub(super) fn holds_null(&self, index: usize) -> bool {
        #[cfg(feature = "postgres")]
        if let Some(Column::Native(elements)) = self.0.get(index) {
            return elements.is_null();
        }
        false
    }

    /// The first of the numbers in a column, if these follow each other, one for each of so many rows.
    pub(crate) fn sequence(&self, index: usize, rows: usize) -> Option<i64> {
        match self.0.get(index)? {
            Column::Json(array) => array.sequence(rows),
            _ => None,
        }
    }

    /// The value at `index`, if it is one that `T` has exactly.
    #[cfg_attr(not(feature = "postgres"), allow(unused_variables))]
    #[inline]
    pub(super) fn get<T: Field>(&self, index: usize, null: Null) -> Result<T, Mismatch> {
        match self.0.get(index) {
            // A type that is exact in JSON takes a NULL only if it is an `Option`.
            Some(Column::Json(array)) => array.get(),
            Some(Column::Bytes(array)) => array.get(),
            Some(Column::Constant(value)) => json::of_integer(*value),
            #[cfg(feature = "postgres")]
            Some(Column::Native(elements)) => elements.get(null),
            None => Err(Mismatch::Value("there is no such column".into())),
        }
    }
}

impl Column {
    fn of_json(row: &Row, index: usize, known: Known) -> Result<Self, Mismatch> {
        if known == Known::Constant {
            let value: Option<i64> = row.value(index)?;
            // A column of integers keeps a float that equals the least of them.
            return Ok(Self::Constant(value.filter(|value| *value != i64::MIN)));
        }
        match row.get(index, Null::Refused) {
            Ok(array) => Ok(Self::Json(JsonArray::new(array))),
            Err(_) => Ok(Self::Bytes(BytesArray::new(row.get(index, Null::Refused)?)?)),
        }
    }

    /// How much of it there is to look through, if it is an array.
    fn length(&self) -> Option<usize> {
        match self {
            Self::Json(array) => Some(array.length()),
            Self::Bytes(array) => Some(array.lengths().length()),
            Self::Constant(_) => None,
            #[cfg(feature = "postgres")]
            Self::Native(elements) => Some(elements.count()),
        }
    }

    /// How many values there are, if it is an array.
    fn count(&self) -> Option<usize> {
        match self {
            Self::Json(array) => Some(array.count()),
            Self::Bytes(array) => Some(array.lengths().count()),
            Self::Constant(_) => None,
            #[cfg(feature = "postgres")]
            Self::Native(elements) => Some(elements.count()),
        }
    }
}
