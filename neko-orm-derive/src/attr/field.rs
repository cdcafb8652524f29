//! `#[key]` and `#[column(name = "post_title", default)]`

use syn::{Attribute, Error, LitStr, Result};

use super::{named, settings};

/// What a field is in the database, apart from its type.
#[derive(Default)]
pub(crate) struct FieldAttr {
    pub(crate) is_key: Option<Attribute>,
    pub(crate) name: Option<LitStr>,
    pub(crate) default: Option<Default>,
}

/// Where the value comes from when a new row does not set it.
pub(crate) enum Default {
    /// `default`: the database knows.
    Database,
    /// `default = "0"`: the SQL expression for the schema.
    Expression(LitStr),
}

#[derive(Clone, Copy)]
enum Known {
    Name,
    Default,
}

const KNOWN: &[super::Known<Known>] = &[
    ("name", "#[column(name = \"post_title\")]", Known::Name),
    ("default", "#[column(default = \"0\")]", Known::Default),
];

impl FieldAttr {
    pub(crate) fn parse(attrs: &[Attribute]) -> Result<Self> {
        let mut this = Self::default();
        for attr in named(attrs, "key") {
            attr.meta.require_path_only().map_err(|_| Error::new_spanned(&attr.meta, "`#[key]` takes no options"))?;
            if this.is_key.replace(attr.clone()).is_some() {
                return Err(Error::new_spanned(attr, "`#[key]` is given twice"));
            }
        }
        for (position, attr) in named(attrs, "column").enumerate() {
            if position > 0 {
                return Err(Error::new_spanned(attr, "`#[column(..)]` is given twice: write all options in one"));
            }
            for setting in settings(attr, KNOWN)? {
                match setting.kind {
                    Known::Name => this.name = Some(setting.required()?.clone()),
                    Known::Default => {
                        let expression = setting.text()?.cloned();
                        this.default = Some(expression.map_or(Default::Database, Default::Expression));
                    }
                }
            }
        }
        Ok(this)
    }
}
