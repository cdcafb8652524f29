//! How MySQL and MariaDB spell what databases spell in different ways.

use std::borrow::Cow;

use crate::backend::Value;
use crate::backend::spelling::{
    Changes, Declares, Duplicates, Inserted, KeySets, MIN_MAX, NullOrder, Spelling, Within,
};
use crate::words::Part;

/// A text without a limit. It cannot be in an index.
pub(super) const TEXT: &str = "LONGTEXT";

pub(crate) const SPELLING: Spelling = Spelling {
    quote: '`',
    longest_name: None,
    numbers_placeholders: false,
    // The protocol counts them in 16 bits.
    argument_limit: 65_535,
    // More are no faster.
    import_rows: 4096,
    key_sets: KeySets::Lists,
    column_array: None,
    inserted: Inserted::Read,
    duplicates: Duplicates::Updated,
    nulls: NullOrder::AlwaysLeast,
    within,
    like: ["LOWER(CONVERT(", " USING utf8mb4)) COLLATE utf8mb4_bin LIKE LOWER(", ") ESCAPE '!'"],
    like_escape: Some('!'),
    // Without a limit, the order of a query within another counts for nothing.
    kept_order: "LIMIT 18446744073709551615",
    // MariaDB does not find the columns of a subquery there, unless the rows are grouped by them.
    group_names: &["`neko group 0`", "`neko group 1`", "`neko group 2`", "`neko group 3`"],
    refusal: None,
    letter_by_letter: [
        "CONVERT(",
        " USING utf8mb4) COLLATE /*M!100202 utf8mb4_nopad_bin *//*!80017 utf8mb4_0900_bin */",
    ],
    any_value: "",
    limits_in_text: 0,
    exists_end: ")",
    read_before_write: "",
    changes: Changes::ByJoin,
    not_a_column: "",
    as_float: ["(0E0 + ", ")"],
    // Of another type than its values, and `DIV` fails where that of the values is exceeded.
    sum: ["SUM(", ") DIV 1"],
    float_sum: ["SUM(", ")"],
    mean: ["AVG(0E0 + ", ")"],
    extremes: |_| MIN_MAX,
    no_values: "() VALUES ()",
    integers: &[
        "TINYINT",
        "SMALLINT",
        "INT",
        "BIGINT",
        "TINYINT UNSIGNED",
        "SMALLINT UNSIGNED",
        "INT UNSIGNED",
        "BIGINT UNSIGNED",
    ],
    generated_key: " AUTO_INCREMENT PRIMARY KEY",
    // MariaDB and MySQL have different names for it: each takes the comment that is meant for it as SQL.
    table_options: LETTER_BY_LETTER,
    junction_options: LETTER_BY_LETTER,
    indexed,
    declares: Declares::IndexesInTables,
    undoes_schema_changes: false,
    undoes_failures: true,
};

/// What makes texts equal only where their letters are.
const LETTER_BY_LETTER: &str =
    " CHARACTER SET utf8mb4 COLLATE /*M!100202 utf8mb4_nopad_bin *//*!80017 utf8mb4_0900_bin */";

/// Byte by byte: the column may have any collation.
fn within(part: Part, text: &str) -> Within {
    const BEFORE: &str = "INSTR(CAST(CONVERT(";
    const AFTER: &str = " USING utf8mb4) AS BINARY), CAST(";
    let value = || -> Box<dyn Value> { Box::new(text.to_owned()) };
    match part {
        Part::Start => Within { before: BEFORE, after: AFTER, values: vec![(value(), " AS BINARY)) = 1")] },
        Part::End => Within {
            before: "RIGHT(CAST(CONVERT(",
            after: " USING utf8mb4) AS BINARY), LENGTH(",
            values: vec![(value(), ")) = CAST("), (value(), " AS BINARY)")],
        },
        Part::Anywhere => Within { before: BEFORE, after: AFTER, values: vec![(value(), " AS BINARY)) > 0")] },
    }
}

/// Of texts and bytes, a key or an index takes those with a limit alone; 255 letters are 1020 of the 3072 bytes that InnoDB allows.
fn indexed(column_type: Cow<'static, str>) -> Cow<'static, str> {
    match &*column_type {
        TEXT => Cow::Borrowed("VARCHAR(255)"),
        "LONGBLOB" => Cow::Borrowed("VARBINARY(255)"),
        _ => column_type,
    }
}
