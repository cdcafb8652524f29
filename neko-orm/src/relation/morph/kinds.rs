//! The models that a relation to several models leads to.

use futures_core::future::BoxFuture;

use crate::Model;
use crate::error::{Error, Result};
use crate::query::{Parts, ReadAhead, Reader, Scoping, Start, Whole};
use crate::relation::belongs_to::{missing, target_key};
use crate::relation::foreign_key::Pairs;
use crate::relation::reference::{Reference, references};
use crate::relation::{KindOf, MorphRelation, OfKind, load};

/// What a relation knows of one of its models. That the type is a model is asked for here, and only here.
pub struct KindFacts<R: MorphRelation, M: 'static> {
    /// The model's key and the foreign key in the source, with the column that says that it refers to this model.
    pub(in crate::relation) pairs: Pairs<M, R::Source>,
    tag: &'static str,
    references: fn() -> Vec<Reference>,
    read_ahead: ReadKindAhead<R>,
    load: LoadKind<R>,
    missing: fn(&R::Source) -> Error,
}

/// Adds the rows of one model to what one statement reads.
type ReadKindAhead<R> = fn(Start<'_, <R as MorphRelation>::Source>, Scoping, &mut ReadAhead);

/// Loads the rows of one model for those of the sources that refer to it.
type LoadKind<R> = for<'l> fn(
    &'l [&'l <R as MorphRelation>::Source],
    Scoping,
    &'l mut [Option<<R as MorphRelation>::Target>],
    &'l mut Reader<'_>,
) -> BoxFuture<'l, Result<()>>;

impl<R: MorphRelation, M: Model + KindOf<R>> KindFacts<R, M> {
    /// Made by the derive.
    #[must_use]
    pub const fn new(pairs: Pairs<M, R::Source>) -> Self {
        Self {
            pairs,
            tag: M::MORPH,
            references: references::<OfKind<R, M>>,
            read_ahead: read_kind_ahead::<R, M>,
            load: load_kind::<R, M>,
            missing: missing_of::<R, M>,
        }
    }
}

/// The models that a relation leads to, as a tuple of up to twelve.
pub trait Kinds<R: MorphRelation> {
    /// One of them: the foreign key is the same for all.
    #[doc(hidden)]
    type First: KindOf<R>;

    /// The foreign key, once for each of them.
    #[doc(hidden)]
    fn references() -> Vec<Reference>;

    /// What stands for them in the column of the type.
    #[doc(hidden)]
    fn tags() -> &'static [&'static str];

    /// Adds the rows to what one statement reads.
    #[doc(hidden)]
    fn read_ahead(start: Start<'_, R::Source>, scoping: Scoping, ahead: &mut ReadAhead);

    /// Loads the rows, by one statement for each model that is referred to.
    #[doc(hidden)]
    fn load<'l>(
        sources: &'l [&'l R::Source],
        scoping: Scoping,
        reader: &'l mut Reader<'_>,
    ) -> BoxFuture<'l, Result<Vec<Option<R::Target>>>>;

    /// The error that the row is not there that a source refers to.
    #[doc(hidden)]
    fn missing(source: &R::Source) -> Error;
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<R: MorphRelation, $first: KindOf<R>, $($rest: KindOf<R>),*> Kinds<R> for ($first, $($rest,)*) {
            type First = $first;

            fn references() -> Vec<Reference> {
                [($first::KIND.references)() $(, ($rest::KIND.references)())*].into_iter().flatten().collect()
            }

            fn tags() -> &'static [&'static str] {
                &[$first::KIND.tag, $($rest::KIND.tag),*]
            }

            fn read_ahead(start: Start<'_, R::Source>, scoping: Scoping, ahead: &mut ReadAhead) {
                ($first::KIND.read_ahead)(start, scoping, ahead);
                $(($rest::KIND.read_ahead)(start, scoping, ahead);)*
            }

            fn load<'l>(
                sources: &'l [&'l R::Source],
                scoping: Scoping,
                reader: &'l mut Reader<'_>,
            ) -> BoxFuture<'l, Result<Vec<Option<R::Target>>>> {
                Box::pin(async move {
                    let mut found = Vec::new();
                    found.resize_with(sources.len(), || None);
                    ($first::KIND.load)(sources, scoping, &mut found, reader).await?;
                    $(($rest::KIND.load)(sources, scoping, &mut found, reader).await?;)*
                    Ok(found)
                })
            }

            fn missing(source: &R::Source) -> Error {
                match R::TAG.tag(source) {
                    $(Some(tag) if tag == $rest::KIND.tag => ($rest::KIND.missing)(source),)*
                    _ => ($first::KIND.missing)(source),
                }
            }
        }
        tuples!($($rest)*);
    };
    () => {};
}

tuples!(A B C D E F G H I J K L);

fn read_kind_ahead<R: MorphRelation, M: Model + KindOf<R>>(
    start: Start<'_, R::Source>,
    scoping: Scoping,
    ahead: &mut ReadAhead,
) {
    load::read_ahead::<OfKind<R, M>, Whole>(Parts { scoping, ..Parts::default() }, &Whole, start, ahead);
}

fn load_kind<'l, R: MorphRelation, M: Model + KindOf<R>>(
    sources: &'l [&'l R::Source],
    scoping: Scoping,
    found: &'l mut [Option<R::Target>],
    reader: &'l mut Reader<'_>,
) -> BoxFuture<'l, Result<()>> {
    let targets = load::related::<OfKind<R, M>, Whole, Option<M>>(
        Parts { scoping, ..Parts::default() },
        Whole,
        sources,
        reader,
        |lists| Ok(lists.into_iter().map(|mut targets| targets.pop()).collect()),
    );
    Box::pin(async move {
        for (target, slot) in targets.await?.into_iter().zip(found) {
            if let Some(target) = target {
                *slot = Some(target.wrap());
            }
        }
        Ok(())
    })
}

fn missing_of<R: MorphRelation, M: Model + KindOf<R>>(source: &R::Source) -> Error {
    missing::<OfKind<R, M>>(&source.key(), &target_key::<OfKind<R, M>>(source))
}
