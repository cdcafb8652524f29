//! Texts within texts, letter by letter. `GLOB` can use an index, but reads neither side beyond a NUL, and a NUL in a pattern would make it
//! match everything; `instr` and bytes are exact.

use crate::backend::Value;
use crate::backend::spelling::Within;
use crate::words::Part;

/// SQLite takes patterns of up to 50,000 bytes, and a letter of a text can take three.
const LONG: usize = 16_000;

pub(crate) fn within(part: Part, text: &str) -> Within {
    let value = || -> Box<dyn Value> { Box::new(text.to_owned()) };
    match part {
        Part::Start if !text.contains('\0') && text.len() < LONG => {
            Within { before: "", after: " GLOB ", values: vec![(Box::new(format!("{}*", literal(text))), "")] }
        }
        Part::Start => Within { before: "instr(", after: ", ", values: vec![(value(), ") = 1")] },
        Part::End if !text.is_empty() => {
            let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
            let from_end: Box<dyn Value> = Box::new(-length);
            let values = vec![(from_end, ") = CAST("), (value(), " AS BLOB)")];
            // A byte that is in no text: the end of no bytes at all would be NULL.
            Within { before: "substr(CAST(CAST(x'FF' AS TEXT) || ", after: " AS BLOB), ", values }
        }
        Part::End | Part::Anywhere => Within { before: "instr(", after: ", ", values: vec![(value(), ") > 0")] },
    }
}

/// The pattern that matches this text and no other.
fn literal(text: &str) -> String {
    text.chars().map(|letter| if "*?[".contains(letter) { format!("[{letter}]") } else { letter.to_string() }).collect()
}
