//! What the databases' dialects spell in different ways: facts, one set for each.

use std::borrow::Cow;

use super::{ArrayForm, Value};
use crate::words::{Part, Sorted};

/// How a database spells what statements are made of.
pub(crate) struct Spelling {
    /// What stands around an identifier, and twice within one.
    pub(crate) quote: char,
    /// How many bytes an identifier may have; `None` where the database refuses one that is too long by itself.
    pub(crate) longest_name: Option<usize>,
    /// Whether placeholders have numbers: `$1`, not `?`.
    pub(crate) numbers_placeholders: bool,
    /// How many arguments one statement may have.
    pub(crate) argument_limit: usize,
    /// How many rows an import sends at a time, while it prepares the next ones.
    pub(crate) import_rows: usize,
    /// How a set of keys is sent.
    pub(crate) key_sets: KeySets,
    /// The values of a column of all rows as one, where that is read faster than rows.
    pub(crate) column_array: Option<ColumnArray>,
    /// How rows that are inserted come back.
    pub(crate) inserted: Inserted,
    /// How rows are inserted that may be there already.
    pub(crate) duplicates: Duplicates,
    /// Where rows without a value come in an order.
    pub(crate) nulls: NullOrder,
    /// How to ask whether a text is within another.
    pub(crate) within: fn(Part, &str) -> Within,
    /// How to ask whether a text matches a pattern, whose letters of either case are the same.
    pub(crate) like: [&'static str; 3],
    /// The letter that makes the next one a plain one in a pattern, where there must be one.
    pub(crate) like_escape: Option<char>,
    /// What keeps the rows of a query within another in their order, after that order.
    pub(crate) kept_order: &'static str,
    /// What HAVING calls what rows are grouped by, where it cannot be asked about by a subquery.
    pub(crate) group_names: &'static [&'static str],
    /// What makes a CASE fail with "integer overflow", where the database does not check what fits into a column.
    pub(crate) refusal: Option<&'static str>,
    /// A text that is equal to another only where their letters are.
    pub(crate) letter_by_letter: Form,
    /// What keeps the database from planning for the value of an argument: SQLite would prepare the statement anew whenever a limit is bound, and
    /// where there are statistics (`ANALYZE`), whenever a value is that an indexed column is compared with.
    pub(crate) any_value: &'static str,
    /// Below which number a limit is part of the text. PostgreSQL expects a tenth of all rows where one is an argument, which is so much worse than
    /// what it plans for a number that it plans each time anew.
    pub(crate) limits_in_text: usize,
    /// What ends an EXISTS. SQLite 3.51 counts an OFFSET around one without a limit once for each match.
    pub(crate) exists_end: &'static str,
    /// What makes an update whose values depend on other rows of the table read all of them before it writes any.
    pub(crate) read_before_write: &'static str,
    /// How rows are changed that are found by reading the table.
    pub(crate) changes: Changes,
    /// What makes an expression of a column, of the same value.
    pub(crate) not_a_column: &'static str,
    /// A whole number or a float as a float.
    pub(crate) as_float: Form,
    /// The sum of whole numbers as a whole number.
    pub(crate) sum: Form,
    /// The sum of floats.
    pub(crate) float_sum: Form,
    /// The mean.
    pub(crate) mean: Form,
    /// The least and the greatest of values.
    pub(crate) extremes: fn(Sorted) -> [Form; 2],
    /// The values of a new row that sets none.
    pub(crate) no_values: &'static str,
    /// The declared types of integers, of which a key can be numbered by the database.
    pub(crate) integers: &'static [&'static str],
    /// What follows the declared type of a key that the database numbers.
    pub(crate) generated_key: &'static str,
    /// What ends a `CREATE TABLE`.
    pub(crate) table_options: &'static str,
    /// What ends the `CREATE TABLE` of a junction, whose columns are its key: then the other side's index has both.
    pub(crate) junction_options: &'static str,
    /// The type of a column in a key or an index, where only some types can be in one.
    pub(crate) indexed: fn(Cow<'static, str>) -> Cow<'static, str>,
    /// Where the tables' foreign keys and indexes are declared.
    pub(crate) declares: Declares,
    /// Whether a transaction that is rolled back undoes changes of the schema, which would end it otherwise.
    pub(crate) undoes_schema_changes: bool,
    /// Whether a statement that fails leaves nothing of what it has written, whatever made it fail.
    pub(crate) undoes_failures: bool,
}

/// What stands before and after an operand.
pub(crate) type Form = [&'static str; 2];

/// How the values of a column of all rows come as one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ColumnArray {
    pub(crate) form: ArrayForm,
    /// What makes one of them of a column, or its one value: the texts before, between and after its names.
    pub(crate) around: fn(&ArrayColumn) -> &'static [&'static str],
    /// The declared type of columns of which one value stands for all rows that are asked for by it.
    pub(crate) constant_type: Option<&'static str>,
}

impl ColumnArray {
    /// Notes which columns need no array, since the rows are asked for by one value of them. One at least must have one, which tells how many rows there are.
    pub(crate) fn mark_constants(self, columns: &mut [ArrayColumn], is_pinned: impl Fn(&str) -> bool) {
        let is_constant =
            |column: &ArrayColumn| Some(&*column.column_type) == self.constant_type && is_pinned(&column.name);
        if !columns.iter().all(is_constant) {
            columns.iter_mut().filter(|column| is_constant(column)).for_each(|column| column.known = Known::Constant);
        }
    }
}

/// A column of which an array is made.
#[derive(Debug)]
pub(crate) struct ArrayColumn {
    pub(crate) name: Cow<'static, str>,
    /// The type that it is declared with.
    pub(crate) column_type: Cow<'static, str>,
    pub(crate) known: Known,
}

/// What is known of a column's values, whatever a database lets it hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nothing.
    Nothing,
    /// That they are numbers by the database, or keys that something has been found by: none is bytes, unless of a type that is.
    Keys,
    /// That all are one, in a column of integers.
    Constant,
}

/// What computes the least and the greatest of values.
pub(super) const MIN_MAX: [Form; 2] = [["MIN(", ")"], ["MAX(", ")"]];

/// Where rows without a value come in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NullOrder {
    /// As if they had the least value, unless the order says something else.
    Least,
    /// As if they had the greatest value, unless the order says something else.
    Greatest,
    /// As if they had the least value, and no order can say something else.
    AlwaysLeast,
}

/// How a set of keys is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeySets {
    /// As one JSON array, where the keys are exact in JSON.
    Json,
    /// As an array for each column of the key.
    Arrays,
    /// One by one.
    Lists,
}

/// How rows that are inserted, or updated, come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inserted {
    /// From the statement itself.
    Returned,
    /// By a statement that reads them.
    Read,
}

/// How rows are inserted that may be there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duplicates {
    /// By saying which columns may conflict.
    Skipped,
    /// By updating whatever row is in the way, and failing if it is another one.
    Updated,
}

/// How rows are changed that are found by reading the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changes {
    /// As any others.
    Directly,
    /// By a join, since no table can be read that is written.
    ByJoin,
}

/// Where the tables' foreign keys and indexes are declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Declares {
    /// In the table, which may refer to one that is not there yet; indexes for themselves.
    Anything,
    /// As [`Anything`](Self::Anything), with references to tables that are not there yet added to the table later.
    TargetsFirst,
    /// As [`TargetsFirst`](Self::TargetsFirst), and indexes in the table; a foreign key has one without being asked.
    IndexesInTables,
}

/// How a database asks whether a text is within another: what stands before the other, and what follows it.
pub(crate) struct Within {
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    /// The values to bind, with what follows each.
    pub(crate) values: Vec<(Box<dyn Value>, &'static str)>,
}
