//! Relations between models: what the derive declares of each, and the verbs of each kind.

mod aggregate;
mod belongs_to;
mod belongs_to_many;
mod changes;
mod foreign_key;
mod handle;
mod has_many;
mod has_one;
mod load;
mod morph;
mod nested;
mod path;
mod reference;
mod related;
mod replace;
mod selection;
mod tag;
mod targets;
mod tree;
mod update;
mod way;

pub use aggregate::{OfRelated, Unlimited};
pub use belongs_to::{BelongsTo, BelongsToMut, BelongsToRelation, Found, belongs_to, belongs_to_mut};
pub use belongs_to_many::extras::{LinkedByModel, PlainJunction, PlainLinks};
pub use belongs_to_many::junction::{Junction, JunctionRow, JunctionWithoutModel, TableKey, TableTag};
pub use belongs_to_many::links::{ByKey, ByModel, Links, Several, Single};
pub use belongs_to_many::with_junction::{LinkedQuery, WithJunction};
pub use belongs_to_many::{BelongsToMany, BelongsToManyRelation, ManyToMany, OverJunction, RowOf, belongs_to_many};
pub use changes::Changes;
pub use foreign_key::{Pair, Pairs};
pub use handle::{LeadsToOne, RelatedTo};
pub use has_many::{ForeignKeyOf, HasMany, HasManyRelation, has_many};
pub use has_one::{HasOne, OneOfMany, Picked, has_one, latest, oldest, one_of_many};
pub use morph::kinds::{KindFacts, Kinds};
pub use morph::{
    KindOf, MorphRelation, MorphTo, MorphToMut, OfKind, OfOneModel, OptionalMorph, RelatedMorph, morph_references,
    morph_to, morph_to_mut,
};
pub use nested::{AtMostOne, Given, Inserts, Nests, NewTargets};
pub use path::{HasManyThrough, LeadsTo, Path, Through, has_many_through, leg};
pub(crate) use reference::{Count, Holder, Reference};
pub use reference::{OnDelete, References, references};
pub use related::{Many, Maybe, One, Ranged, Related, RelatedMany, RelatedMaybe, RelatedOne, ToMany, ToOne};
pub use replace::OnReplace;
pub use selection::{Cardinality, First, Listed, Selection};
pub use tag::{Tag, TagColumn, TagField, both_or_neither, distinct_tags};
pub use targets::Targets;
pub use tree::{Downwards, Tree, Upwards, WithDepth};
pub use way::{InSource, InTarget, Way};

use crate::Model;
use crate::node::{Hop, Node};
use crate::query::{Scope, ScopeFn, ScopeMaker, Scoped as _, Scoping};

/// What every relation has. Its identity is its name: two models can have any number of relations.
pub trait Relation: 'static {
    /// The model that declares the relation.
    type Source: Model;
    /// The model that the relation leads to.
    type Target;
    /// How it leads there.
    type Way: Way<Self::Source, Self::Target>;
    /// The relation's name, which is that of its method.
    const NAME: &'static str;
    /// By which columns it leads there.
    #[doc(hidden)]
    const WAY: Self::Way;
    /// Which of the targets are meant.
    #[doc(hidden)]
    const SCOPE: Option<ScopeFn<Self::Target>> = None;
}

/// The scope of a relation, whatever the relation.
trait OwnScope {
    /// What makes it, if there is one: otherwise, nothing is compiled for it.
    const OWN: Option<ScopeMaker>;
}

impl<R: Relation<Target: Model>> OwnScope for R {
    const OWN: Option<ScopeMaker> = match R::SCOPE {
        Some(_) => Some(|| Scope::of(R::SCOPE)),
        None => None,
    };
}

/// The steps of a relation, the last of which leads to rows in the relation's scope and, if that counts, in the target's default scope.
fn hops<R: Relation<Target: Model>>(scoping: Scoping) -> Vec<Hop> {
    settled(hops_of_handle::<R>(), scoping, R::Target::MADE_BY)
}

// Not generic over the relation: compiled once.
fn settled(mut hops: Vec<Hop>, scoping: Scoping, target: Option<ScopeMaker>) -> Vec<Hop> {
    if let Some(last) = hops.last_mut() {
        match scoping {
            Scoping::Unscoped => last.condition.settle(|_| Node::Absent),
            Scoping::Scoped => {
                last.condition.settle(|scope| scope);
                last.condition.narrow(Scope::made_by(target).condition);
            }
        }
    }
    hops
}

/// The steps of a relation, where whether the target's default scope counts is still open. The query of a handle asks for that scope anyway, except that which
/// row is picked of many depends on it.
fn hops_of_handle<R: Relation<Target: Model>>() -> Vec<Hop> {
    scoped(R::WAY.hops(), Scope::made_by(R::OWN).condition, R::Target::MADE_BY)
}

// Not generic over the relation: compiled once.
fn scoped(mut hops: Vec<Hop>, own: Node, target: Option<ScopeMaker>) -> Vec<Hop> {
    if let Some(last) = hops.last_mut() {
        last.condition.narrow(own);
        if let (Some(_), Some(target)) = (&last.pick, target) {
            last.condition.narrow(Node::Default(Box::new(target().condition)));
        }
    }
    hops
}

/// The order in which a relation's targets come, unless a query says otherwise.
fn default_order<R: Relation<Target: Model>>(scoping: Scoping) -> Vec<crate::node::Term> {
    let order = Scope::of(R::SCOPE).order;
    match scoping {
        Scoping::Scoped if order.is_empty() => Scope::of(R::Target::SCOPE).order,
        _ => order,
    }
}

/// How a handle shows itself: the relation, and the key of the row it leads from.
fn show<R: Relation>(source: &R::Source, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    write!(f, "{}.{} of {:?}", R::Source::TABLE.name, R::NAME, source.key())
}
