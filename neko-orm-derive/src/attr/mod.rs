//! The attributes as they are written: each is a struct that knows its own grammar.

mod field;
mod kind;
mod model;
mod options;
mod relation;

pub(crate) use field::{Default, FieldAttr};
pub(crate) use kind::{PairAttr, RelationKind};
pub(crate) use model::ModelAttr;
pub(crate) use options::{Keys, Options, Through, Word, misspelt};
pub(crate) use relation::{RelationAttr, VariantAttr};

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Ident, LitStr, Path, Result, Token};

/// The attributes of this name.
fn named<'a>(attrs: &'a [Attribute], name: &'static str) -> impl Iterator<Item = &'a Attribute> {
    attrs.iter().filter(move |attr| attr.path().is_ident(name))
}

/// An option that an attribute knows: its name, an example for messages, and what it is.
type Known<K> = (&'static str, &'static str, K);

/// An option `name = ".."`, `name = path` or `name` in an attribute.
struct Setting<K> {
    name: Ident,
    shape: &'static str,
    kind: K,
    value: Option<Value>,
}

enum Value {
    Text(LitStr),
    Path(Path),
}

/// Parses the settings of an attribute by the table of what it knows.
fn settings<K: Copy>(attr: &Attribute, known: &[Known<K>]) -> Result<Vec<Setting<K>>> {
    let parse = |input: ParseStream<'_>| {
        let mut settings: Vec<Setting<K>> = Vec::new();
        while !input.is_empty() {
            let setting = Setting::parse(input, known)?;
            if settings.iter().any(|earlier| earlier.name == setting.name) {
                return Err(Error::new(setting.name.span(), format!("`{}` is given twice", setting.name)));
            }
            if !input.is_empty() {
                let expected =
                    |error: Error| Error::new(error.span(), format!("expected `,`: write `{}`", setting.shape));
                input.parse::<Token![,]>().map_err(expected)?;
            }
            settings.push(setting);
        }
        Ok(settings)
    };
    attr.parse_args_with(parse).map_err(|error| {
        let bare = matches!(attr.meta, syn::Meta::Path(_));
        if bare { Error::new_spanned(attr, format!("expected options: write `{}`", example(known))) } else { error }
    })
}

/// How the first of the options is written.
fn example<K>(known: &[Known<K>]) -> &'static str {
    known.first().map_or("", |(_, shape, _)| shape)
}

impl<K: Copy> Setting<K> {
    fn parse(input: ParseStream<'_>, known: &[Known<K>]) -> Result<Self> {
        let name = input
            .call(Ident::parse_any)
            .map_err(|error| Error::new(error.span(), format!("expected an option: write `{}`", example(known))))?;
        let Some(&(_, shape, kind)) = known.iter().find(|(known, ..)| name == known) else {
            let known: Vec<_> = known.iter().map(|(known, ..)| format!("`{known}`")).collect();
            return Err(Error::new(name.span(), format!("unknown option `{name}`; expected {}", known.join(" or "))));
        };
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) if input.peek(LitStr) => Some(Value::Text(input.parse()?)),
            Some(_) => {
                let expected = |error: Error| Error::new(error.span(), format!("expected a value: write `{shape}`"));
                Some(Value::Path(input.parse().map_err(expected)?))
            }
            None => None,
        };
        Ok(Self { name, shape, kind, value })
    }

    /// The value, which must be a string.
    fn required(&self) -> Result<&LitStr> {
        self.text()?.ok_or_else(|| self.without_value())
    }

    /// The value, which must be a string if there is one.
    fn text(&self) -> Result<Option<&LitStr>> {
        match &self.value {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Path(path)) => {
                Err(Error::new_spanned(path, format!("expected a string: write `{}`", self.shape)))
            }
        }
    }

    /// The value, which must be the path of a function.
    fn path(&self) -> Result<&Path> {
        match &self.value {
            Some(Value::Path(path)) => Ok(path),
            Some(Value::Text(text)) => {
                Err(Error::new(text.span(), format!("expected the name of a function: write `{}`", self.shape)))
            }
            None => Err(self.without_value()),
        }
    }

    fn without_value(&self) -> Error {
        Error::new(self.name.span(), format!("expected a value: write `{}`", self.shape))
    }
}
