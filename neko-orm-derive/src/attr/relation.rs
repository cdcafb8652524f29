//! `#[has_many(Post as drafts, id = "author_id")]` and `#[belongs_to(User as author, author_id = "id")]`

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Ident, LitStr, Path, Result, Token};

/// Which of the two models holds the foreign key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RelationKind {
    /// The target does.
    HasMany,
    /// The source does.
    BelongsTo,
}

impl RelationKind {
    const ALL: [Self; 2] = [Self::HasMany, Self::BelongsTo];

    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::HasMany => "has_many",
            Self::BelongsTo => "belongs_to",
        }
    }

    /// An example, for messages.
    pub(crate) fn shape(self) -> &'static str {
        match self {
            Self::HasMany => "#[has_many(Comment, id = \"post_id\")]",
            Self::BelongsTo => "#[belongs_to(Post, post_id = \"id\")]",
        }
    }
}

/// A relation as it is declared.
pub(crate) struct RelationAttr {
    pub(crate) kind: RelationKind,
    pub(crate) target: Path,
    /// The last word of the target's path.
    pub(crate) target_name: Ident,
    pub(crate) name: Option<Ident>,
    pub(crate) pairs: Vec<PairAttr>,
}

/// `own = "other"`: a field of the source, and a field of the target.
pub(crate) struct PairAttr {
    pub(crate) own: Ident,
    pub(crate) other: LitStr,
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
            let target = target(input, shape)?;
            let Some(target_name) = target.segments.last().map(|segment| segment.ident.clone()) else {
                return Err(Error::new_spanned(&target, format!("expected a model: write `{shape}`")));
            };
            let name = match input.parse::<Option<Token![as]>>()? {
                Some(_) => Some(input.call(relation_name)?),
                None => None,
            };
            let mut pairs = Vec::new();
            while !input.is_empty() {
                input.parse::<Token![,]>().map_err(|error| {
                    Error::new(error.span(), format!("expected `,` and a pair of fields: write `{shape}`"))
                })?;
                if !input.is_empty() {
                    pairs.push(PairAttr::parse(input, shape)?);
                }
            }
            Ok(Self { kind, target, target_name, name, pairs })
        })
    }
}

fn target(input: ParseStream<'_>, shape: &str) -> Result<Path> {
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

fn relation_name(input: ParseStream<'_>) -> Result<Ident> {
    input.parse().map_err(|error| Error::new(error.span(), "expected the relation's name, as a method is named"))
}

impl PairAttr {
    fn parse(input: ParseStream<'_>, shape: &str) -> Result<Self> {
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
