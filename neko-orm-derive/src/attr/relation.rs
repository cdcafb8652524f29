//! `#[has_many(Post as drafts, id = "author_id", scope = only_drafts)]` and the attributes of the other kinds of relations.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Ident, LitStr, Path, Result, Token};

use super::options::Options;

/// The kinds of relations, by what leads where.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RelationKind {
    /// To the rows that hold a foreign key to the source.
    HasMany,
    /// To the one row that does.
    HasOne,
    /// To the row that the source's foreign key refers to.
    BelongsTo,
    /// Over the rows of a junction.
    BelongsToMany,
    /// To a row of one of several models, of which a column of the source says which.
    MorphTo,
}

impl RelationKind {
    const ALL: [Self; 5] = [Self::HasMany, Self::HasOne, Self::BelongsTo, Self::BelongsToMany, Self::MorphTo];

    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::HasMany => "has_many",
            Self::HasOne => "has_one",
            Self::BelongsTo => "belongs_to",
            Self::BelongsToMany => "belongs_to_many",
            Self::MorphTo => "morph_to",
        }
    }

    /// An example, for messages.
    pub(crate) fn shape(self) -> &'static str {
        match self {
            Self::HasMany => "#[has_many(Comment, id = \"post_id\")]",
            Self::HasOne => "#[has_one(Profile, id = \"user_id\")]",
            Self::BelongsTo => "#[belongs_to(Post, post_id = \"id\")]",
            Self::BelongsToMany => "#[belongs_to_many(Tag, through = PostTag)]",
            Self::MorphTo => "#[morph_to(Commentable { Post, Image })]",
        }
    }
}

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

/// `own = "other"`: a field of one model, and a field of the next.
pub(crate) struct PairAttr {
    pub(crate) own: Ident,
    pub(crate) other: LitStr,
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
    match target.segments.iter().find(|segment| !segment.arguments.is_none()) {
        Some(segment) => Err(Error::new_spanned(&segment.arguments, "a model has no generic arguments")),
        None => Ok(target),
    }
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
        return Err(input.error(format!("expected the models that it can lead to, in braces: write `{shape}`")));
    }
    let content;
    let braces = syn::braced!(content in input);
    let mut variants: Vec<VariantAttr> = Vec::new();
    while !content.is_empty() {
        let model = model(&content, shape)?;
        let name = match content.parse::<Option<Token![as]>>()? {
            Some(_) => content.parse()?,
            None => last_word(&model, shape)?,
        };
        if variants.iter().any(|earlier| earlier.name == name) {
            let message = format!("two variants are named `{name}`: name this one otherwise, as in `{name} as Other`");
            return Err(Error::new(name.span(), message));
        }
        variants.push(VariantAttr { model, name });
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    match variants.is_empty() {
        true => {
            Err(Error::new(braces.span.join(), format!("expected the models that it can lead to: write `{shape}`")))
        }
        false => Ok(variants),
    }
}

impl PairAttr {
    pub(super) fn parse(input: ParseStream<'_>, shape: &str) -> Result<Self> {
        let own = input
            .call(Ident::parse_any)
            .map_err(|error| Error::new(error.span(), format!("expected a pair of fields: write `{shape}`")))?;
        if !input.peek(Token![=]) {
            return Err(Error::new(own.span(), format!("expected the other field too: write `{shape}`")));
        }
        input.parse::<Token![=]>()?;
        let other = input.parse().map_err(|error: Error| {
            Error::new(error.span(), format!("expected the name of the target's field in quotes: write `{shape}`"))
        })?;
        Ok(Self { own, other })
    }
}
