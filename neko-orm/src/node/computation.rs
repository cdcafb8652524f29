//! Computations that the databases spell in different ways.

use super::Node;
use crate::backend::{Form, Spelling};
use crate::sql::Sql;
use crate::words::{Direction, Sorted};

/// What is computed of an operand.
#[derive(Debug, Clone, Copy)]
pub enum Computation {
    /// The number as a float.
    Float,
    /// The sum of whole numbers, which is 0 where there are none.
    Sum,
    /// The sum of floats, which is 0 where there are none.
    FloatSum,
    /// The sum of decimals, which is 0 where there are none.
    DecimalSum,
    /// The mean.
    Mean,
    /// The value that comes first in this direction.
    First(Direction, Sorted),
}

impl Computation {
    pub(super) fn write(self, operand: &Node, sql: &mut Sql) {
        let zero = match self {
            Self::Sum | Self::DecimalSum => ", 0)",
            Self::FloatSum => ", 0.0)",
            _ => "",
        };
        if !zero.is_empty() {
            sql.push("COALESCE(");
        }
        let form = self.form(sql.dialect().spelling());
        sql.within(form, |sql| operand.write(sql)).push(zero);
    }

    fn form(self, spelling: &Spelling) -> Form {
        match self {
            Self::Float => spelling.as_float,
            Self::Sum => spelling.sum,
            Self::FloatSum => spelling.float_sum,
            Self::DecimalSum => ["SUM(", ")"],
            Self::Mean => spelling.mean,
            Self::First(direction, sorted) => {
                let [least, greatest] = (spelling.extremes)(sorted);
                match direction {
                    Direction::Ascending => least,
                    Direction::Descending => greatest,
                }
            }
        }
    }
}
