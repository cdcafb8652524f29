//! Relations between models: what the derive declares of each, and the verbs of each kind.

mod belongs_to;
mod foreign_key;
mod has_many;
mod related;
mod targets;
mod update;

pub use belongs_to::{BelongsTo, BelongsToMut, BelongsToRelation, Found, SourceOf, belongs_to, belongs_to_mut};
pub use foreign_key::{KeyPair, Pair, Reference};
pub use has_many::{ForeignKeyOf, HasMany, HasManyRelation, OwnerOf, has_many};
pub use related::{Many, One, Related, RelatedMany, RelatedOne};
pub use targets::Targets;

/// What every relation has. Its identity is its name: two models can have any number of relations.
pub trait Relation: 'static {
    /// The model that declares the relation.
    type Source: crate::Model;
    /// The model that the relation leads to.
    type Target;
    /// The relation's name, which is that of its method.
    const NAME: &'static str;
}

/// How a handle shows itself: the relation, and the key of the row it leads from.
fn show<R: Relation>(source: &R::Source, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    use crate::Model as _;

    write!(f, "{}.{} of {:?}", R::Source::TABLE.name, R::NAME, source.key())
}
