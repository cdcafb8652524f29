//! The rules that one struct can break by itself, one function each. What needs two structs is left to the compiler.

use std::collections::HashSet;

use syn::ext::IdentExt;
use syn::{Error, Ident};

use crate::attr::Default;
use crate::combine::Mistakes;
use crate::model::{Junction, JunctionTable, MAX_KEY_COLUMNS, Model, Relation, Way};

/// What a model's trait already calls its own, and what a relation must not hide.
const VERBS: &[&str] = &[
    "arguments",
    "new_arguments",
    "clone",
    "columns",
    "create",
    "delete",
    "find",
    "from_row",
    "get",
    "import_all",
    "insert_all",
    "insert_all_returning_keys",
    "insert_returning_key",
    "key",
    "load",
    "query",
    "query_sql",
    "refresh",
    "save",
    "update",
];

/// What the builder of a new row calls its own, and what it does.
const BUILDER_VERBS: &[(&str, &str)] =
    &[("insert", "ends `create()`"), ("with", "adds rows of relations to `create()`")];

/// Whether the builder of a new row has no room for a setter of this name.
pub(crate) fn is_builder_verb(name: &Ident) -> bool {
    BUILDER_VERBS.iter().any(|(verb, _)| name.unraw() == verb)
}

pub(crate) fn check(model: &Model<'_>) -> Mistakes {
    let rules = [
        has_key(model),
        key_is_small(model),
        key_is_not_null(model),
        columns_differ(model),
        setters_differ_from_verbs(model),
        relations_differ_from_columns(model),
        relations_differ_from_verbs(model),
        defaults_are_expressions(model),
        fates_have_a_foreign_key(model),
        junctions_differ(model),
    ];
    rules.into_iter().flatten().collect()
}

/// Every model has a key.
///
/// ```text
/// struct Post { title: String }
/// ```
fn has_key(model: &Model<'_>) -> Vec<Error> {
    match model.key[..] {
        [] => vec![Error::new(model.ident.span(), "no key: name a field `id`, or mark the key's fields with `#[key]`")],
        _ => Vec::new(),
    }
}

/// A key has at most six columns.
fn key_is_small(model: &Model<'_>) -> Vec<Error> {
    let marked = model.fields.iter().filter(|field| field.is_key);
    let beyond = marked.skip(MAX_KEY_COLUMNS);
    beyond.map(|field| Error::new(field.ident.span(), format!("a key has at most {MAX_KEY_COLUMNS} columns"))).collect()
}

/// A key always has a value.
///
/// ```text
/// struct Post { id: Option<i64> }
/// ```
fn key_is_not_null(model: &Model<'_>) -> Vec<Error> {
    let nullable = model.key_fields().filter(|field| field.is_option());
    nullable.map(|field| Error::new_spanned(field.ty, "a key cannot be NULL: remove the `Option`")).collect()
}

/// Each field has a column of its own.
///
/// ```text
/// struct Post { id: i64, #[column(name = "id")] number: i64 }
/// ```
fn columns_differ(model: &Model<'_>) -> Vec<Error> {
    let mut seen = HashSet::new();
    let repeated = model.fields.iter().filter(|field| !seen.insert(field.column.to_lowercase()));
    let message = "two fields have this column: give one of them another";
    repeated.map(|field| Error::new(field.column_span, message)).collect()
}

/// The builder of a new row has a setter for each column, `insert` and `with`.
///
/// ```text
/// struct Post { id: i64, insert: bool }
/// ```
fn setters_differ_from_verbs(model: &Model<'_>) -> Vec<Error> {
    let mut errors = Vec::new();
    for (verb, does) in BUILDER_VERBS {
        let message = format!("`{verb}` is what {does}: rename the field and write `#[column(name = \"{verb}\")]`");
        let fields = model.fields.iter().filter(|field| field.ident.unraw() == verb);
        errors.extend(fields.map(|field| Error::new(field.ident.span(), &message)));
    }
    errors
}

/// A relation and a column would have one name in a query.
///
/// ```text
/// #[has_many(Comment)] struct Post { id: i64, comments: i64 }
/// ```
fn relations_differ_from_columns(model: &Model<'_>) -> Vec<Error> {
    let repeated = model.relations.iter().filter(|relation| model.position(&relation.name).is_some());
    repeated.map(|relation| rename(relation, "a column")).collect()
}

/// A relation must not hide a verb.
///
/// ```text
/// #[belongs_to(Key)] struct Lock { id: i64, key_id: i64 }
/// ```
fn relations_differ_from_verbs(model: &Model<'_>) -> Vec<Error> {
    let is_verb = |method: &String| VERBS.contains(&method.as_str());
    let hiding = model.relations.iter().filter(|relation| relation.methods().iter().any(is_verb));
    hiding.map(|relation| rename(relation, "a method of every model")).collect()
}

/// A default is an SQL expression.
///
/// ```text
/// struct Post { id: i64, #[column(default = "")] title: String }
/// ```
fn defaults_are_expressions(model: &Model<'_>) -> Vec<Error> {
    let message = "expected an SQL expression, such as `\"0\"`, `\"'new'\"` or `\"CURRENT_TIMESTAMP\"`";
    let wrong = model.fields.iter().filter_map(|field| match &field.default {
        Some(Default::Expression(sql)) if sql.value().trim().is_empty() || sql.value().contains('\0') => Some(sql),
        _ => None,
    });
    wrong.map(|sql| Error::new(sql.span(), message)).collect()
}

/// What becomes of rows is said where the foreign key is declared that it is about.
///
/// ```text
/// #[has_many(Comment, morph = commentable, on_delete = cascade)] struct Post { id: i64 }
/// ```
fn fates_have_a_foreign_key(model: &Model<'_>) -> Vec<Error> {
    model.relations.iter().flat_map(homeless_fates).collect()
}

/// What a relation says by `on_delete` and `on_replace` and cannot say.
fn homeless_fates(relation: &Relation) -> Vec<Error> {
    let options = &relation.options;
    let (on_delete, on_replace) = (options.on_delete.as_ref(), options.on_replace.as_ref());
    let (message, words) = match &relation.way {
        Way::Path { .. } => {
            let message = "a path has no foreign key of its own: write this on one of the relations that it leads over";
            (message, [on_delete, on_replace])
        }
        _ if options.pick.is_some() => {
            ("this relation leads to one of many rows: write this on a `has_many` to all of them", [on_delete, None])
        }
        _ if options.morph.is_some() => {
            let message = "no database knows of a polymorphic foreign key: remove this, \
                           and delete or change the rows before the one that they refer to";
            (message, [on_delete, None])
        }
        _ => return Vec::new(),
    };
    words.into_iter().flatten().map(|word| Error::new(word.0.span(), message)).collect()
}

/// Two relations over the same rows of one junction would be one: what is linked by the one is linked by the other.
///
/// ```text
/// #[belongs_to_many(Tag as liked)] #[belongs_to_many(Tag as hated)] struct Post { id: i64 }
/// ```
fn junctions_differ(model: &Model<'_>) -> Vec<Error> {
    let unscoped = model.relations.iter().filter(|relation| relation.options.scope.is_none());
    let tables = unscoped.filter_map(|relation| match &relation.way {
        Way::Junction(Junction { table: JunctionTable::Table(table), from, to, .. }) if !from.is_empty() => {
            let columns = from.iter().map(|(_, column)| column).chain(to.iter().map(|(column, _)| column));
            let columns: Vec<_> = columns.map(syn::LitStr::value).collect();
            Some((relation, (table, columns, &relation.target)))
        }
        _ => None,
    });
    let tables: Vec<_> = tables.collect();
    let repeated = tables.iter().enumerate().filter_map(|(position, (relation, table))| {
        let (earlier, _) = tables[..position].iter().find(|(_, earlier)| earlier == table)?;
        let message = format!(
            "`{}` and `{}` lead over the same columns of `{}`: write another table for one, as in `through = \"{}\"`",
            earlier.name, relation.name, table.0, relation.name
        );
        Some(Error::new(relation.name.span(), message))
    });
    repeated.collect()
}

fn rename(relation: &Relation, is: &str) -> Error {
    let (name, renamed) = (&relation.name, relation.renamed());
    Error::new(name.span(), format!("`{name}` is {is}: name the relation otherwise, as in `{renamed}`"))
}

#[cfg(test)]
mod tests {
    use super::VERBS;

    #[test]
    fn no_relation_can_hide_a_method_of_the_trait() {
        let source = include_str!("../../neko-orm/src/model.rs");
        let (_, source) = source.split_once("pub trait Model").unwrap_or_default();
        let (source, _) = source.split_once("\n}\n").unwrap_or_default();
        let methods: Vec<_> = source.lines().filter_map(|line| line.strip_prefix("    fn ")).collect();
        assert!(methods.len() > 10);
        for method in methods {
            let name = method.split(['(', '<']).next().unwrap_or_default();
            assert!(VERBS.contains(&name), "{name}");
        }
    }
}
