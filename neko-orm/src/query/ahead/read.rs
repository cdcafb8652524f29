//! What a statement has read ahead.

use std::collections::VecDeque;

use super::{Ahead, Level};
use crate::backend::{self, ArrayForm, ColumnRow, Connection, Field, Null, Row};
use crate::error::{Mismatch, Result};
use crate::query::beside::ReadBeside;

impl Ahead {
    pub(in crate::query) async fn read(self, connection: &mut Connection<'_>) -> Result<ReadRows> {
        let rows = connection.rows(self.statement).await?;
        if let Some(columns) = self.beside {
            let beside = Some(ReadBeside::new(rows, columns));
            return Ok(ReadRows { beside, levels: Vec::new(), relations: VecDeque::new(), leads_on: false });
        }
        let levels = match self.form {
            ArrayForm::Json => levels_of_rows(&rows, &self.widths),
            ArrayForm::Native => backend::levels_of_row(rows, &self.widths),
        };
        let levels = levels.map_err(Mismatch::of_no_field)?.into_iter().map(Some).collect();
        Ok(ReadRows { beside: None, levels, relations: self.relations.into(), leads_on: self.leads_on })
    }
}

/// The rows of each level, of which the last came first.
fn levels_of_rows(rows: &[Row], widths: &[usize]) -> Result<Vec<ColumnRow>, Mismatch> {
    let levels = rows.iter().rev().zip(widths).enumerate();
    levels.map(|(level, (row, width))| level_of_row(level, row, *width)).collect()
}

fn level_of_row(level: usize, row: &Row, width: usize) -> Result<ColumnRow, Mismatch> {
    let found: i64 = row.get(0, Null::Refused)?;
    match usize::try_from(found) {
        Ok(found) if found == level => ColumnRow::of_json(row, 1..width + 1),
        _ => Err(Mismatch::Value("a level is not in its place".into())),
    }
}

/// What a statement has read ahead.
pub(in crate::query) struct ReadRows {
    beside: Option<ReadBeside>,
    levels: Vec<Option<ColumnRow>>,
    relations: VecDeque<Option<Level>>,
    /// Whether relations that were read lead on to what was, too.
    pub(in crate::query) leads_on: bool,
}

impl ReadRows {
    /// The rows of the query that the statement starts with, where aggregates were read beside them.
    pub(in crate::query) fn beside(&self) -> Option<&[Row]> {
        self.beside.as_ref().map(|beside| &beside.rows[..])
    }

    /// The next aggregate for each of these rows, where it was read beside them.
    pub(in crate::query) fn values<T: Field + Default>(&mut self) -> Option<Result<Vec<T>>> {
        self.beside.as_mut().map(ReadBeside::values)
    }

    /// As [`beside`](Self::beside), where they came as arrays.
    pub(in crate::query) fn first(&mut self) -> Option<ColumnRow> {
        self.levels.first_mut()?.take()
    }

    /// Fails where something was read that no relation has asked for: then rows may have been taken for those of another one.
    pub(in crate::query) fn end(&self) -> Result<()> {
        match self.relations.is_empty() {
            true => Ok(()),
            false => Err(Mismatch::Value("a relation was read that none has asked for".into()).of_no_field()),
        }
    }

    /// The rows of the next relation.
    pub(in crate::query) fn next(&mut self) -> Option<ColumnRow> {
        let level = self.relations.pop_front()??;
        self.levels.get_mut(level.position)?.take()
    }
}
