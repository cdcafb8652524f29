//! `#[has_many(Post as drafts, id = "author_id", scope = only_drafts)]` and the attributes of the other kinds of relations.

use syn::parse::ParseStream;
use syn::spanned::Spanned as _;
use syn::{Attribute, Error, Ident, LitStr, Path, Result, Token};

use super::kind::{PairAttr, RelationKind, without_arguments};
use super::options::Options;
use crate::name;

/// As many models as the runtime's tuples of them.
const MAX_VARIANTS: usize = 12;

/// A relation as it is declared.
pub(crate) struct RelationAttr {
    pub(crate) kind: RelationKind,
    /// The target; of a `morph_to`, the enum.
    pub(crate) target: Path,
    /// The last word of the target's path.
    pub(crate) target_name: Ident,
    pub(crate) name: Option<Ident>,
    /// What a `morph_to` can lead to.
    pub(crate) variants: Vec<VariantAttr>,
    pub(crate) pairs: Vec<PairAttr>,
    pub(crate) options: Options,
}

/// `Image` or `gallery::Image as Picture`
pub(crate) struct VariantAttr {
    pub(crate) model: Path,
    pub(crate) name: Ident,
}

impl RelationAttr {
    /// The relations in the order in which they are declared.
    pub(crate) fn parse_all(attrs: &[Attribute]) -> impl Iterator<Item = Result<Self>> {
        attrs.iter().filter_map(|attr| {
            let kind = RelationKind::ALL.into_iter().find(|kind| attr.path().is_ident(kind.attribute()))?;
            Some(Self::parse(attr, kind))
        })
    }

    fn parse(attr: &Attribute, kind: RelationKind) -> Result<Self> {
        let shape = kind.shape();
        if matches!(attr.meta, syn::Meta::Path(_)) {
            return Err(Error::new_spanned(attr, format!("expected the model that it leads to: write `{shape}`")));
        }
        attr.parse_args_with(|input: ParseStream<'_>| {
            let target = model(input, shape)?;
            let target_name = last_word(&target, shape)?;
            if kind == RelationKind::MorphTo && target.get_ident().is_none() {
                let message = format!("expected a name for the enum of the models, not a path: write `{shape}`");
                return Err(Error::new_spanned(&target, message));
            }
            let name = match input.parse::<Option<Token![as]>>()? {
                Some(_) => Some(input.call(relation_name)?),
                None => None,
            };
            let variants = match kind {
                RelationKind::MorphTo => variants(input, shape)?,
                _ => Vec::new(),
            };
            let mut this =
                Self { kind, target, target_name, name, variants, pairs: Vec::new(), options: Options::default() };
            while !input.is_empty() {
                input.parse::<Token![,]>().map_err(|error| {
                    Error::new(error.span(), format!("expected `,` and a pair of fields: write `{shape}`"))
                })?;
                if !input.is_empty() && !this.options.parse(input, kind)? {
                    this.pairs.push(PairAttr::parse(input, shape)?);
                }
            }
            Ok(this)
        })
    }
}

fn model(input: ParseStream<'_>, shape: &str) -> Result<Path> {
    if input.peek(LitStr) {
        return Err(input.error(format!("expected a model's type, not a string: write `{shape}`")));
    }
    let target: Path =
        input.parse().map_err(|error| Error::new(error.span(), format!("expected a model: write `{shape}`")))?;
    without_arguments(&target)?;
    Ok(target)
}

fn last_word(path: &Path, shape: &str) -> Result<Ident> {
    let last = path.segments.last().map(|segment| segment.ident.clone());
    last.ok_or_else(|| Error::new_spanned(path, format!("expected a model: write `{shape}`")))
}

fn relation_name(input: ParseStream<'_>) -> Result<Ident> {
    input.parse().map_err(|error| Error::new(error.span(), "expected the relation's name, as a method is named"))
}

fn variants(input: ParseStream<'_>, shape: &str) -> Result<Vec<VariantAttr>> {
    if !input.peek(syn::token::Brace) {
        let message = format!("expected the models that it can lead to, in braces: write `{shape}`");
        return Err(Error::new(input.span(), message));
    }
    let content;
    let braces = syn::braced!(content in input);
    let mut variants: Vec<VariantAttr> = Vec::new();
    while !content.is_empty() {
        let variant = VariantAttr::parse(&content, shape)?;
        variant.unlike(&variants)?;
        variants.push(variant);
        if !content.is_empty() {
            let expected = |error: Error| Error::new(error.span(), format!("expected `,`: write `{shape}`"));
            content.parse::<Token![,]>().map_err(expected)?;
        }
    }
    match variants.is_empty() {
        true => {
            Err(Error::new(braces.span.join(), format!("expected the models that it can lead to: write `{shape}`")))
        }
        false => Ok(variants),
    }
}

impl VariantAttr {
    fn parse(input: ParseStream<'_>, shape: &str) -> Result<Self> {
        let model = model(input, shape)?;
        let name = match input.parse::<Option<Token![as]>>()? {
            Some(_) => input.parse().map_err(|error: Error| Error::new(error.span(), "expected the variant's name"))?,
            None => last_word(&model, shape)?,
        };
        Ok(Self { model, name })
    }

    /// A row says by its model which variant it is, so that each model has one.
    fn unlike(&self, earlier: &[Self]) -> Result<()> {
        let Self { model, name } = self;
        if earlier.iter().any(|earlier| name::is_same(&earlier.model, model)) {
            return Err(Error::new(model.span(), "this model is given twice: remove one"));
        }
        if earlier.iter().any(|earlier| earlier.name == *name) {
            let message = format!("two variants are named `{name}`: name this one otherwise, as in `{name} as Other`");
            return Err(Error::new(name.span(), message));
        }
        if earlier.len() == MAX_VARIANTS {
            let message = format!("a relation leads to at most {MAX_VARIANTS} models");
            return Err(Error::new(model.span(), message));
        }
        Ok(())
    }
}
