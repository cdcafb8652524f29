//! `#[model(table = "posts", crate = "neko_orm")]`

use syn::{Attribute, Error, LitStr, Path, Result};

use super::{named, settings};

/// What a model is called in the database, and where its derive finds the runtime.
#[derive(Default)]
pub(crate) struct ModelAttr {
    pub(crate) table: Option<LitStr>,
    pub(crate) runtime: Option<Path>,
    pub(crate) morph: Option<LitStr>,
    pub(crate) scope: Option<Path>,
}

#[derive(Clone, Copy)]
enum Known {
    Table,
    Crate,
    Morph,
    Scope,
}

const KNOWN: &[super::Known<Known>] = &[
    ("table", "#[model(table = \"posts\")]", Known::Table),
    ("crate", "#[model(crate = \"neko_orm\")]", Known::Crate),
    ("morph", "#[model(morph = \"post\")]", Known::Morph),
    ("scope", "#[model(scope = not_deleted)]", Known::Scope),
];

impl ModelAttr {
    pub(crate) fn parse(attrs: &[Attribute]) -> Result<Self> {
        let mut this = Self::default();
        for (position, attr) in named(attrs, "model").enumerate() {
            if position > 0 {
                return Err(Error::new_spanned(attr, "`#[model(..)]` is given twice: write all options in one"));
            }
            for setting in settings(attr, KNOWN)? {
                match setting.kind {
                    Known::Table => this.table = Some(setting.required()?.clone()),
                    Known::Morph => this.morph = Some(setting.required()?.clone()),
                    Known::Scope => this.scope = Some(setting.path()?.clone()),
                    Known::Crate => this.runtime = Some(setting.required()?.parse()?),
                }
            }
        }
        Ok(this)
    }
}
