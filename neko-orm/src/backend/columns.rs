//! Rows of which each column came as one value, an array: what the driver costs for each row and value is saved, or messages are.

use super::json::JsonArray;
#[cfg(feature = "postgres")]
use super::postgres::Elements;
use super::{Field, Null, Row};
use crate::error::Mismatch;

/// In which form the values of a column come as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrayForm {
    /// As a text, an array in JSON.
    Json,
    /// As an array of the database.
    Native,
}

/// Whether a value of the type is the same when it comes back in an array.
pub(crate) fn is_exact<T: Field>(form: ArrayForm) -> bool {
    match form {
        ArrayForm::Json => super::json::is_exact::<T>(),
        #[cfg(feature = "postgres")]
        ArrayForm::Native => super::postgres::is_exact::<T>(),
        #[cfg(not(feature = "postgres"))]
        ArrayForm::Native => false,
    }
}

/// One row at a time of columns, each an array as long as the others.
#[derive(Debug)]
pub struct ColumnRow(Vec<Column>);

#[derive(Debug)]
enum Column {
    Json(JsonArray),
    #[cfg(feature = "postgres")]
    Native(Elements),
}

impl ColumnRow {
    /// Before the first row.
    pub(crate) fn of_json(arrays: Vec<String>) -> Self {
        Self(arrays.into_iter().map(|array| Column::Json(JsonArray::new(array))).collect())
    }

    /// Goes to the next row, if there is one.
    pub(crate) fn advance(&mut self) -> bool {
        let mut is_row = !self.0.is_empty();
        for column in &mut self.0 {
            is_row &= match column {
                Column::Json(array) => array.advance(),
                #[cfg(feature = "postgres")]
                Column::Native(elements) => elements.advance(),
            };
        }
        is_row
    }

    /// How many rows there are.
    pub(crate) fn count(&self) -> usize {
        self.0.iter().min_by_key(|column| column.length()).map_or(0, |column| match column {
            Column::Json(array) => array.count(),
            #[cfg(feature = "postgres")]
            Column::Native(elements) => elements.count(),
        })
    }

    /// How long the arrays are, as far as they are texts.
    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().map(Column::length).sum()
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
            #[cfg(feature = "postgres")]
            Column::Native(_) => None,
        }
    }

    /// The value at `index`, if it is one that `T` has exactly.
    #[cfg_attr(not(feature = "postgres"), allow(unused_variables))]
    pub(super) fn get<T: Field>(&self, index: usize, null: Null) -> Result<T, Mismatch> {
        match self.0.get(index) {
            // A type that is exact in JSON takes a NULL only if it is an `Option`.
            Some(Column::Json(array)) => array.get(),
            #[cfg(feature = "postgres")]
            Some(Column::Native(elements)) => elements.get(null),
            None => Err(Mismatch::Value("there is no such column".into())),
        }
    }
}

/// The rows of each level, of so many columns, of which one row holds all.
pub(crate) fn levels_of_row(rows: Vec<Row>, widths: &[usize]) -> Result<Vec<ColumnRow>, Mismatch> {
    match rows.into_iter().next() {
        #[cfg(feature = "postgres")]
        Some(Row::Postgres(row)) => {
            let (row, mut first) = (std::sync::Arc::new(row), 0);
            let level = |&width: &usize| {
                let columns = first..first + width;
                first += width;
                columns
                    .map(|index| Elements::new(&row, index).map(Column::Native))
                    .collect::<Result<_, _>>()
                    .map(ColumnRow)
            };
            widths.iter().map(level).collect()
        }
        _ => Err(Mismatch::Value(format!("{} levels are not in one row", widths.len()).into())),
    }
}

impl Column {
    /// How much of it there is to look through.
    fn length(&self) -> usize {
        match self {
            Self::Json(array) => array.length(),
            #[cfg(feature = "postgres")]
            Self::Native(elements) => elements.count(),
        }
    }
}
