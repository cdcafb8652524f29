//! The values of a column as one.

use crate::backend::{ArrayColumn, Known};

const KEYS: &[&str] = &["json_group_array(", ")"];

/// SQLite takes a column that is in no aggregate from one of the rows, and computes what is made of it once. Only a column of numbers equals its value as a
/// text, which stands for the number there: one without a type could hold 7.0 or '7' in other rows, and is no constant.
const CONSTANT: &[&str] = &["CASE WHEN ", " = ", " || '' THEN ", " END"];

/// Any bytes are more than any number and any text, and none at all are no JSON, which others can be to SQLite: in its binary form.
const VALUES: &[&str] = &["json_group_array(CASE WHEN ", " >= x'' THEN x'' ELSE ", " END)"];

/// JSON has 15 digits of a float, and `%e` all that SQLite computes, 18 or more, where 17 do. An integer in such a column is one; what else rows refuse is
/// no number here, and neither is a zero in a column that does not turn zeros into integers: it could be -0.0, which no text tells from 0.0.
const FLOATS: &[&str] = &[
    "json_group_array(CASE typeof(",
    ") WHEN 'real' THEN iif(",
    " <> 0 OR ",
    " = '0', format('%!.20e', ",
    "), '') WHEN 'integer' THEN ",
    " WHEN 'null' THEN NULL ELSE '' END)",
];

/// The lengths of bytes, and then all of them, which takes a fraction of the time of hexadecimal digits. The first that is so long that rows come sooner
/// is an error, after which these are read. What else rows refuse has no length here. In a database whose texts are UTF-16, the lengths are in that, too,
/// which nothing takes for the lengths of bytes that it would change.
const BYTES: &[&str] = &[
    "CAST(json_group_array(CASE WHEN length(",
    ") > 256 THEN abs(-9223372036854775807 - 1) WHEN typeof(",
    ") = 'blob' THEN length(",
    ") WHEN ",
    " IS NULL THEN NULL ELSE -1 END) || coalesce(group_concat(",
    ", ''), '') AS BLOB)",
];

/// What makes one of a column: the texts before, between and after its names.
pub(crate) fn around(column: &ArrayColumn) -> &'static [&'static str] {
    match (&*column.column_type, column.known) {
        ("REAL", _) => FLOATS,
        ("BLOB", _) => BYTES,
        (_, Known::Constant) => CONSTANT,
        (_, Known::Keys) => KEYS,
        (_, Known::Nothing) => VALUES,
    }
}
