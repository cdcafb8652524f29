//! The kinds of relations, and what all of them are written with.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, LitStr, Path, Result, Token};

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
    pub(super) const ALL: [Self; 5] =
        [Self::HasMany, Self::HasOne, Self::BelongsTo, Self::BelongsToMany, Self::MorphTo];

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

/// `own = "other"`: a field of one model, and a field of the next.
pub(crate) struct PairAttr {
    pub(crate) own: Ident,
    pub(crate) other: LitStr,
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

pub(super) fn without_arguments(model: &Path) -> Result<()> {
    match model.segments.iter().find(|segment| !segment.arguments.is_none()) {
        Some(segment) => Err(Error::new_spanned(&segment.arguments, "a model has no generic arguments")),
        None => Ok(()),
    }
}
