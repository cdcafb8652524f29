//! Models as a diagram.

use std::fmt::Write as _;

use super::Schema;
use super::definition::{self, ColumnDefinition, TableDefinition};
use crate::backend::Dialect;
use crate::relation::{Count, Reference};

/// The models as an [entity relationship diagram](https://mermaid.js.org/syntax/entityRelationshipDiagram.html) in Mermaid's language, which GitHub,
/// GitLab and rustdoc's plugins draw. Sends nothing.
///
/// Each table has its columns with their types, and `PK` and `FK` where they are part of the key or of a foreign key. A line is a
/// foreign key: `||` where each row refers to one, `|o` where the foreign key can be NULL, `o{` where any number of rows refer to one, `o|`
/// where at most one does, by `has_one` or because the foreign key is the key. It is labelled by the relations that lead from the rows
/// that are referred to, or else by those that lead to them. A dotted line leads to each of the models of a polymorphic
/// relation.
///
/// The tables of many-to-many relations are drawn like others. Models that are referred to and not given are shown by name. The text
/// is the same for the same models in the same order. Names that Mermaid has no words for are escaped; a column's real name then follows
/// in quotes. The types are those of the first database that is enabled.
///
/// ```
/// # use neko_orm::Model;
/// #[derive(Debug, Clone, PartialEq, Model)]
/// #[has_many(Comment)]
/// struct Post { id: i64, title: String }
///
/// #[derive(Debug, Clone, PartialEq, Model)]
/// struct Comment { id: i64, post_id: i64 }
///
/// assert_eq!(neko_orm::schema::mermaid::<(Post, Comment)>(), r#"erDiagram
///     "posts" {
///         INTEGER id PK
///         TEXT title
///     }
///     "comments" {
///         INTEGER id PK
///         INTEGER post_id FK
///     }
///     "posts" ||--o{ "comments" : "comments"
/// "#);
/// ```
#[must_use]
pub fn mermaid<S: Schema>() -> String {
    let dialect = Dialect::first();
    let mut tables: Vec<TableDefinition> = Vec::new();
    for table in definition::complete(S::tables(dialect), dialect) {
        // A model may be given twice.
        if tables.iter().all(|earlier| earlier.name != table.name) {
            tables.push(table);
        }
    }
    let mut text = "erDiagram\n".to_owned();
    tables.iter().for_each(|table| entity(table, &mut text));
    for table in &tables {
        table.references.iter().for_each(|reference| relationship(reference, table, &mut text));
    }
    text
}

fn entity(table: &TableDefinition, text: &mut String) {
    let _ = writeln!(text, "    {} {{", quoted(table.name));
    for (index, column) in table.columns.iter().enumerate() {
        let refers = |reference: &Reference| reference.columns.contains(&column.facts.name);
        let is_foreign_key = table.references.iter().any(|reference| !reference.is_polymorphic && refers(reference));
        let keys = match (table.key.contains(&index), is_foreign_key) {
            (true, true) => " PK, FK",
            (true, false) => " PK",
            (false, true) => " FK",
            (false, false) => "",
        };
        attribute(column, keys, text);
    }
    text.push_str("    }\n");
}

fn attribute(column: &ColumnDefinition, keys: &str, text: &mut String) {
    let name = word(column.facts.name);
    let _ = write!(text, "        {} {name}{keys}", column.column_type);
    if name != column.facts.name {
        let _ = write!(text, " {}", quoted(column.facts.name));
    }
    text.push('\n');
}

fn relationship(reference: &Reference, table: &TableDefinition, text: &mut String) {
    let columns = || table.columns.iter().filter(|column| reference.columns.contains(&column.facts.name));
    let is_optional = reference.is_polymorphic || columns().any(|column| column.facts.is_nullable());
    let is_key = table.is_key(&reference.columns);
    let of_one = if is_optional { "|o" } else { "||" };
    let line = if reference.is_polymorphic { ".." } else { "--" };
    let refer = if is_key || reference.count == Some(Count::One) { "o|" } else { "o{" };
    let names = if reference.names.down.is_empty() { &reference.names.up } else { &reference.names.down };
    let (target, source) = (quoted(reference.target_table), quoted(reference.table));
    let _ = writeln!(text, "    {target} {of_one}{line}{refer} {source} : \"{}\"", escaped(&names.join(", ")));
}

/// A name of a table: any text, in quotes, which also keeps Mermaid from taking it for one of its own words.
fn quoted(name: &str) -> String {
    format!("\"{}\"", escaped(name))
}

/// Text within quotes, with codes for what Mermaid would take for something else.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_alphanumeric() || " _-.,".contains(character) {
            true => escaped.push(character),
            false => {
                let _ = write!(escaped, "#{};", u32::from(character));
            }
        }
    }
    escaped
}

/// A name of a column, which cannot be quoted: letters, digits and underscores, and none of the words that mark a key.
fn word(name: &str) -> String {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let word: String = name.chars().map(|character| if is_allowed(character) { character } else { '_' }).collect();
    let is_mark = ["PK", "FK", "UK"].iter().any(|mark| word.eq_ignore_ascii_case(mark));
    if is_mark || !word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        return format!("_{word}");
    }
    word
}
