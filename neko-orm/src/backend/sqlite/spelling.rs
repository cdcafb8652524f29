//! How SQLite spells what databases spell in different ways.

use std::convert::identity;

use super::{array, text};
use crate::backend::ArrayForm;
use crate::backend::spelling::{
    Changes, ColumnArray, Declares, Duplicates, Inserted, KeySets, MIN_MAX, NullOrder, Spelling,
};

pub(crate) const SPELLING: Spelling = Spelling {
    quote: '"',
    longest_name: None,
    numbers_placeholders: false,
    // SQLite's default `SQLITE_MAX_VARIABLE_NUMBER` since 3.32.
    argument_limit: 32_766,
    // Another thread inserts these while the next ones are prepared. Each message costs as much as 50 rows or more, and most imports need one.
    import_rows: 1024,
    key_sets: KeySets::Json,
    column_array: Some(ColumnArray { form: ArrayForm::Json, around: array::around, constant_type: Some("INTEGER") }),
    inserted: Inserted::Returned,
    duplicates: Duplicates::Skipped,
    nulls: NullOrder::Least,
    within: text::within,
    like: ["", " LIKE ", ""],
    like_escape: None,
    kept_order: "",
    group_names: &[],
    refusal: Some(" THEN abs(-9223372036854775807 - 1) ELSE "),
    letter_by_letter: ["", " COLLATE BINARY"],
    any_value: "+",
    limits_in_text: 0,
    exists_end: " LIMIT 1)",
    read_before_write: " FROM (SELECT 1)",
    changes: Changes::Directly,
    not_a_column: "+",
    as_float: ["CAST(", " AS REAL)"],
    sum: ["SUM(", ")"],
    float_sum: ["SUM(", ")"],
    mean: ["AVG(", ")"],
    extremes: |_| MIN_MAX,
    no_values: "DEFAULT VALUES",
    integers: &["INTEGER"],
    generated_key: " PRIMARY KEY AUTOINCREMENT",
    table_options: " STRICT",
    junction_options: " STRICT, WITHOUT ROWID",
    indexed: identity,
    declares: Declares::Anything,
    undoes_schema_changes: true,
    // `RAISE(FAIL)` in a trigger keeps the rows before it.
    undoes_failures: false,
};
