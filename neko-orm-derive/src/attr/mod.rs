//! The attributes as they are written: each is a struct that knows its own grammar.

mod field;
mod model;
mod options;
mod relation;

pub(crate) use field::{Default, FieldAttr};
pub(crate) use model::ModelAttr;
pub(crate) use options::{Keys, Options, Through, Word};
pub(crate) use relation::{PairAttr, RelationAttr, RelationKind, VariantAttr};

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Ident, LitStr, Path, Result, Token};

/// The attributes of this name.
fn named<'a>(attrs: &'a [Attribute], name: &'static str) -> impl Iterator<Item = &'a Attribute> {
    attrs.iter().filter(move |attr| attr.path().is_ident(name))
}

/// An option `name = ".."`, `name = path` or `name` in an attribute.
struct Setting<K> {
    name: Ident,
    kind: K,
    value: Option<Value>,
}

enum Value {
    Text(LitStr),
    Path(Path),
}

/// Parses the settings of an attribute by the table of what it knows.
fn settings<K: Copy>(attr: &Attribute, known: &[(&str, K)], shape: &str) -> Result<Vec<Setting<K>>> {
    let parse = |input: ParseStream<'_>| {
        let mut settings: Vec<Setting<K>> = Vec::new();
        while !input.is_empty() {
            let setting = setting(input, known, shape)?;
            if settings.iter().any(|earlier| earlier.name == setting.name) {
                return Err(Error::new(setting.name.span(), format!("`{}` is given twice", setting.name)));
            }
            settings.push(setting);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(settings)
    };
    attr.parse_args_with(parse).map_err(|error| {
        let bare = matches!(attr.meta, syn::Meta::Path(_));
        if bare { Error::new_spanned(attr, format!("expected options: write `{shape}`")) } else { error }
    })
}

fn setting<K: Copy>(input: ParseStream<'_>, known: &[(&str, K)], shape: &str) -> Result<Setting<K>> {
    let name = input
        .call(Ident::parse_any)
        .map_err(|error| Error::new(error.span(), format!("expected an option: write `{shape}`")))?;
    let Some((_, kind)) = known.iter().find(|(known, _)| name == known) else {
        let known: Vec<_> = known.iter().map(|(known, _)| format!("`{known}`")).collect();
        return Err(Error::new(name.span(), format!("unknown option `{name}`; expected {}", known.join(" or "))));
    };
    let value = match input.parse::<Option<Token![=]>>()? {
        Some(_) if input.peek(LitStr) => Some(Value::Text(input.parse()?)),
        Some(_) => {
            let expected = |error: Error| Error::new(error.span(), format!("expected a string: write `{shape}`"));
            Some(Value::Path(input.parse().map_err(expected)?))
        }
        None => None,
    };
    Ok(Setting { name, kind: *kind, value })
}

impl<K> Setting<K> {
    /// The value, which must be a string.
    fn required(&self, shape: &str) -> Result<&LitStr> {
        self.text(shape)?.ok_or_else(|| Error::new(self.name.span(), format!("expected a value: write `{shape}`")))
    }

    /// The value, which must be a string if there is one.
    fn text(&self, shape: &str) -> Result<Option<&LitStr>> {
        match &self.value {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Path(path)) => Err(Error::new_spanned(path, format!("expected a string: write `{shape}`"))),
        }
    }

    /// The value, which must be the path of a function.
    fn path(&self, shape: &str) -> Result<&Path> {
        match &self.value {
            Some(Value::Path(path)) => Ok(path),
            Some(Value::Text(text)) => Err(Error::new(text.span(), format!("expected a function: write `{shape}`"))),
            None => Err(Error::new(self.name.span(), format!("expected a value: write `{shape}`"))),
        }
    }
}
