//! Names: those inferred from other names, and those that users write in literals.

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::{Error, LitStr, Path, Result};

/// The identifier without `r#`, in snake case.
pub(crate) fn snake(ident: &Ident) -> String {
    ident.unraw().to_string().to_snake_case()
}

/// The identifier without `r#`, in upper camel case.
pub(crate) fn camel(ident: &Ident) -> String {
    ident.unraw().to_string().to_upper_camel_case()
}

/// The plural of the last word of a name in snake case: `blog_person` -> `blog_people`.
pub(crate) fn plural(name: &str) -> String {
    let start = name.rfind('_').map_or(0, |underscore| underscore + 1);
    let (rest, word) = name.split_at(start);
    format!("{rest}{}", pluralizer::pluralize(word, 2, false))
}

/// An identifier of this name, raw where the name is a keyword; `None` where it cannot be one.
pub(crate) fn ident(name: &str, span: Span) -> Option<Ident> {
    let mut ident = syn::parse_str::<Ident>(name).or_else(|_| syn::parse_str(&format!("r#{name}"))).ok()?;
    ident.set_span(span);
    Some(ident)
}

/// The field that a literal names.
pub(crate) fn field(literal: &LitStr) -> Result<Ident> {
    let name = literal.value();
    ident(&name, literal.span())
        .ok_or_else(|| Error::new(literal.span(), format!("`{}` is not the name of a field", name.escape_debug())))
}

/// A name in the database, from a literal.
pub(crate) fn identifier(literal: &LitStr) -> Result<String> {
    let name = literal.value();
    if name.is_empty() {
        return Err(Error::new(literal.span(), "a name in the database cannot be empty"));
    }
    if name.to_lowercase().starts_with("neko ") {
        return Err(Error::new(
            literal.span(),
            "names that start with `neko ` are kept for statements: choose another",
        ));
    }
    if name.contains('\0') {
        return Err(Error::new(literal.span(), "a name in the database cannot contain a NUL character: remove `\\0`"));
    }
    Ok(name)
}

/// What stands for a model in a column, from a literal.
pub(crate) fn tag(literal: &LitStr) -> Result<String> {
    match literal.value() {
        tag if tag.is_empty() => Err(Error::new(literal.span(), "what stands for a model cannot be empty")),
        tag if tag.contains('\0') => {
            Err(Error::new(literal.span(), "what stands for a model cannot contain a NUL character: remove `\\0`"))
        }
        tag => Ok(tag),
    }
}

/// The name among `names` that `misspelt` probably means.
pub(crate) fn nearest<'n>(misspelt: &str, names: impl Iterator<Item = &'n Ident>) -> Option<String> {
    const SIMILAR: f64 = 0.8;
    names
        .map(|name| name.unraw().to_string())
        .map(|name| (strsim::jaro_winkler(misspelt, &name), name))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// Whether two paths are written alike.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    let words = |path: &Path| path.segments.iter().map(|segment| segment.ident.clone()).collect::<Vec<_>>();
    one.leading_colon.is_some() == other.leading_colon.is_some() && words(one) == words(other)
}

/// FNV-1a: how relations find a column of another model by the name of its field.
pub(crate) fn hash(field: &str) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    field.bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::plural;

    #[test]
    fn plurals_follow_the_rules_of_npms_pluralize() {
        let cases = [
            ("person", "people"),
            ("status", "statuses"),
            ("category", "categories"),
            ("blog_person", "blog_people"),
            ("sheep", "sheep"),
            ("news", "news"),
            ("analysis", "analyses"),
            ("comments", "comments"),
            ("éclair", "éclairs"),
        ];
        for (singular, expected) in cases {
            assert_eq!(plural(singular), expected);
        }
    }
}
