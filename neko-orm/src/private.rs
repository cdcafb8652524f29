//! Exactly what generated code may name. Not part of the public API.

pub use crate::backend::{Null, Row, Value};
pub use crate::column::{Column, Default, Facts, Stored, Table};
pub use crate::create::{
    Builder, ColumnNamed, Complete, CreateWith, IsLinked, IsSet, LinkComplete, Missing, NewArguments, Provided, insert,
    with,
};
pub use crate::error::Result;
pub use crate::executor::Executor;
pub use crate::field::{Both, Either, IntoField, Is, NotNull, Nullability, set_null};
pub use crate::inert::{NoBuilder, NoKey, unusable};
pub use crate::model::Model;
pub use crate::node::Alias;
pub use crate::query::{Query, ScopeFn};
pub use crate::relation::{
    BelongsTo, BelongsToMany, BelongsToMut, ForeignKeyOf, HasMany, HasManyThrough, HasOne, InSource, InTarget,
    Junction, JunctionWithoutModel, KindFacts, KindOf, MorphRelation, MorphTo, MorphToMut, Nests, OfKind, OnDelete,
    OnReplace, OneOfMany, Pair, Pairs, Path, References, Related, RelatedMany, RelatedMaybe, RelatedMorph, RelatedOne,
    Relation, TableKey, TableTag, Tag, TagColumn, belongs_to, belongs_to_many, belongs_to_mut, both_or_neither,
    distinct_tags, has_many, has_many_through, has_one, latest, leg, morph_references, morph_to, morph_to_mut, oldest,
    one_of_many, references,
};
pub use futures_core::future::BoxFuture;

/// A list: `Vec::from` is a method of a trait that may not be in scope.
pub fn vec<T, const N: usize>(items: [T; N]) -> Vec<T> {
    Vec::from(items)
}
