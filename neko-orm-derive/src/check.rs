//! The rules that one struct can break by itself, one function each. What needs two structs is left to the compiler.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::{Error, Result};

use crate::attr::Default;
use crate::combine::{Mistakes, Split};
use crate::model::{MAX_KEY_COLUMNS, Model};

/// What a model's trait already calls its own.
const VERBS: &[&str] = &[
    "create",
    "delete",
    "find",
    "from_row",
    "get",
    "insert_all",
    "key",
    "load",
    "query",
    "references",
    "refresh",
    "save",
    "update",
];

pub(crate) fn check(model: &Model<'_>) -> Mistakes {
    let rules = [
        has_key(model),
        key_is_small(model),
        key_is_not_null(model),
        columns_differ(model),
        setters_differ_from_insert(model),
        relations_differ_from_columns(model),
        relations_differ_from_verbs(model),
        defaults_are_sql(model),
    ];
    rules.into_iter().split().1
}

/// Every model has a key.
///
/// ```text
/// struct Post { title: String }
/// ```
fn has_key(model: &Model<'_>) -> Result<()> {
    match model.key[..] {
        [] => Err(Error::new(model.ident.span(), "no key: name a field `id`, or mark the key's fields with `#[key]`")),
        _ => Ok(()),
    }
}

/// A key has at most six columns.
fn key_is_small(model: &Model<'_>) -> Result<()> {
    let marked = model.fields.iter().filter(|field| field.is_key);
    let beyond = marked.map(|field| field.ident.span()).nth(MAX_KEY_COLUMNS);
    fail(beyond, || format!("a key has at most {MAX_KEY_COLUMNS} columns"))
}

/// A key always has a value.
///
/// ```text
/// struct Post { id: Option<i64> }
/// ```
fn key_is_not_null(model: &Model<'_>) -> Result<()> {
    match model.key_fields().find(|field| field.is_option()) {
        Some(field) => Err(Error::new_spanned(field.ty, "a key cannot be NULL: remove the `Option`")),
        None => Ok(()),
    }
}

/// Each field has a column of its own.
///
/// ```text
/// struct Post { id: i64, #[column(name = "id")] number: i64 }
/// ```
fn columns_differ(model: &Model<'_>) -> Result<()> {
    let mut seen = HashMap::new();
    let repeated = model.fields.iter().find(|field| seen.insert(field.column.to_lowercase(), field.ident).is_some());
    fail(repeated.map(|field| field.column_span), || "two fields have this column: give one of them another".to_owned())
}

/// The builder of a new row has a setter for each column, and `insert`.
///
/// ```text
/// struct Post { id: i64, insert: bool }
/// ```
fn setters_differ_from_insert(model: &Model<'_>) -> Result<()> {
    let field = model.fields.iter().find(|field| field.ident == "insert");
    fail(field.map(|field| field.ident.span()), || {
        "`insert` is what ends `create()`: rename the field and write `#[column(name = \"insert\")]`".to_owned()
    })
}

/// A relation and a column would have one name in a query.
///
/// ```text
/// #[has_many(Comment)] struct Post { id: i64, comments: i64 }
/// ```
fn relations_differ_from_columns(model: &Model<'_>) -> Result<()> {
    let repeated = model.relations.iter().find(|relation| model.position(&relation.name).is_some());
    rename(repeated, |name| format!("`{name}` is a column"))
}

/// A relation must not hide a verb.
///
/// ```text
/// #[belongs_to(Key)] struct Lock { id: i64, key_id: i64 }
/// ```
fn relations_differ_from_verbs(model: &Model<'_>) -> Result<()> {
    let verb = |method: &String| VERBS.contains(&method.as_str());
    let repeated = model.relations.iter().find(|relation| relation.methods().iter().any(verb));
    rename(repeated, |name| format!("`{name}` is a method of every model"))
}

/// A default is one SQL expression.
fn defaults_are_sql(model: &Model<'_>) -> Result<()> {
    let wrong = model.fields.iter().find_map(|field| match &field.default {
        Some(Default::Expression(sql)) if sql.value().trim().is_empty() || sql.value().contains(['\0', ';']) => {
            Some(sql.span())
        }
        _ => None,
    });
    fail(wrong, || "expected one SQL expression, such as `\"0\"` or `\"CURRENT_TIMESTAMP\"`".to_owned())
}

fn rename(relation: Option<&crate::model::Relation>, why: impl FnOnce(&syn::Ident) -> String) -> Result<()> {
    let Some(relation) = relation else { return Ok(()) };
    let (kind, target) = (relation.kind.attribute(), relation.target_name());
    let message =
        format!("{}: name the relation otherwise, as in `#[{kind}({target} as other_name, ..)]`", why(&relation.name));
    Err(Error::new(relation.name.span(), message))
}

fn fail(span: Option<Span>, message: impl FnOnce() -> String) -> Result<()> {
    span.map_or(Ok(()), |span| Err(Error::new(span, message())))
}
