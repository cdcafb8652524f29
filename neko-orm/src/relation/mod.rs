//! Relations between models: what the derive declares of each, and the verbs of each kind.

mod aggregate;
mod belongs_to;
mod foreign_key;
mod has_many;
mod load;
mod loaders;
mod numbering;
mod numbers;
mod related;
mod selection;
mod targets;
mod update;

pub use aggregate::{OfRelated, Unlimited};
pub use belongs_to::{
    BelongsTo, BelongsToMut, BelongsToRelation, Found, SourceOf, belongs_to, belongs_to_mut, belongs_to_reference,
};
pub(crate) use foreign_key::Reference;
pub use foreign_key::{KeyPair, Pair, References};
pub use has_many::{ForeignKeyOf, HasMany, HasManyRelation, OwnerOf, has_many, has_many_reference};
pub use related::{Many, Maybe, One, Ranged, Related, RelatedMany, RelatedOne};
pub use selection::{Cardinality, First, Listed, Selection};
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
