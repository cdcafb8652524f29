//! Loading what relations lead to: one statement for all sources, and the rows that it returns put where they belong.

use std::collections::HashMap;

use super::foreign_key::Pairs;
use super::numbering::Numbering;
use super::numbers::Side;
use crate::Model;
use crate::backend::{Connection, Field, Value};
use crate::error::{Error, Result};
use crate::node::Subquery;
use crate::query::{Parts, Shape};

/// The way from sources to targets along a relation's keys.
pub(super) trait Route<S, T>: Send + Sync {
    /// The relation's name.
    fn relation(&self) -> &'static str;
    /// The number of the source's key, unless it refers to nothing.
    fn insert(&mut self, source: &S) -> Option<u32>;
    /// The number of the target's key, if a source has it.
    fn find(&self, target: &T) -> Option<u32>;
    /// The key of a source that has one.
    fn arguments<'s>(&self, source: &'s S) -> Vec<&'s dyn Value>;
    /// The target's columns that hold the key.
    fn columns(&self) -> Vec<&'static str>;
}

/// From rows to those that refer to them.
pub(super) struct ToChildren<P: 'static, C: 'static>(pub(super) &'static str, pub(super) Numbering<P, C>);

/// From rows to those that they refer to.
pub(super) struct ToParents<P: 'static, C: 'static>(pub(super) &'static str, pub(super) Numbering<P, C>);

impl<P, C> ToChildren<P, C> {
    pub(super) fn new(relation: &'static str, pairs: Pairs<P, C>) -> Self {
        Self(relation, Numbering::new(pairs))
    }
}

impl<P, C> ToParents<P, C> {
    pub(super) fn new(relation: &'static str, pairs: Pairs<P, C>) -> Self {
        Self(relation, Numbering::new(pairs))
    }
}

impl<P, C> Route<P, C> for ToChildren<P, C> {
    fn relation(&self) -> &'static str {
        self.0
    }

    fn insert(&mut self, source: &P) -> Option<u32> {
        self.1.insert(Side::Parent(source))
    }

    fn find(&self, target: &C) -> Option<u32> {
        self.1.find(Side::Child(target))
    }

    fn arguments<'s>(&self, source: &'s P) -> Vec<&'s dyn Value> {
        self.1.arguments(Side::Parent(source))
    }

    fn columns(&self) -> Vec<&'static str> {
        self.1.pairs.iter().map(|pair| pair.foreign_key()).collect()
    }
}

impl<P, C> Route<C, P> for ToParents<P, C> {
    fn relation(&self) -> &'static str {
        self.0
    }

    fn insert(&mut self, source: &C) -> Option<u32> {
        self.1.insert(Side::Child(source))
    }

    fn find(&self, target: &P) -> Option<u32> {
        self.1.find(Side::Parent(target))
    }

    fn arguments<'s>(&self, source: &'s C) -> Vec<&'s dyn Value> {
        self.1.arguments(Side::Child(source))
    }

    fn columns(&self) -> Vec<&'static str> {
        self.1.pairs.iter().map(|pair| pair.key_name()).collect()
    }
}

/// The sources by their keys.
struct Sources {
    /// The number of each source's key.
    numbers: Vec<Option<u32>>,
    /// The position of the first source of each number.
    first: Vec<usize>,
    /// The position of the next source with the same key, for each source that has one.
    next: HashMap<usize, usize>,
}

impl Sources {
    fn new<S>(sources: &[&S], mut insert: impl FnMut(&S) -> Option<u32>) -> Self {
        let numbers: Vec<_> = sources.iter().map(|source| insert(source)).collect();
        let (mut first, mut last, mut next) = (Vec::with_capacity(sources.len()), HashMap::new(), HashMap::new());
        for (position, number) in numbers.iter().enumerate() {
            let Some(number) = *number else { continue };
            match first.get(number as usize) {
                None => first.push(position),
                Some(&earlier) => {
                    next.insert(last.insert(number, position).unwrap_or(earlier), position);
                }
            }
        }
        Self { numbers, first, next }
    }

    /// The positions of the sources of this number.
    fn positions(&self, number: u32) -> impl Iterator<Item = usize> {
        let following = |position: &usize| if self.next.is_empty() { None } else { self.next.get(position).copied() };
        std::iter::successors(self.first.get(number as usize).copied(), following)
    }

    /// The keys, each once.
    fn keys<'s, S>(
        &self,
        sources: &[&'s S],
        arguments: impl Fn(&'s S) -> Vec<&'s dyn Value>,
    ) -> Vec<Vec<&'s dyn Value>> {
        self.first.iter().map(|&position| arguments(sources[position])).collect()
    }
}

/// Targets as they come, with the positions of the sources that they belong to. A target of several sources is there once for each.
struct Found<T> {
    targets: Vec<T>,
    positions: Vec<usize>,
}

/// The targets of each source, with what is loaded for them.
pub(super) async fn related<S: Model, T: Model, X: Shape<T, Row = T>>(
    mut route: impl Route<S, T>,
    parts: &Parts,
    shape: &X,
    sources: &[&S],
    connection: &mut Connection<'_>,
) -> Result<Vec<Vec<X::Item>>> {
    let by_key = Sources::new(sources, |source| route.insert(source));
    let Found { targets, positions } = find(&route, parts, sources, &by_key, connection).await?;
    let items = match targets.is_empty() {
        true => Vec::new(),
        false => shape.load(targets, connection).await?,
    };
    let mut counts = vec![0; sources.len()];
    positions.iter().for_each(|&position| counts[position] += 1);
    let mut lists: Vec<_> = counts.into_iter().map(Vec::with_capacity).collect();
    positions.into_iter().zip(items).for_each(|(position, item)| lists[position].push(item));
    Ok(lists)
}

async fn find<S: Model, T: Model>(
    route: &impl Route<S, T>,
    parts: &Parts,
    sources: &[&S],
    by_key: &Sources,
    connection: &mut Connection<'_>,
) -> Result<Found<T>> {
    let mut found = Found { targets: Vec::new(), positions: Vec::new() };
    let (dialect, columns) = (connection.dialect(), route.columns());
    let keys = by_key.keys(sources, |source| route.arguments(source));
    for list in parts.lists(&keys, dialect, T::TABLE) {
        let statement = parts.related(dialect, T::TABLE, &columns, &list)?;
        let rows = connection.rows(statement).await?;
        found.targets.reserve(rows.len());
        found.positions.reserve(rows.len());
        for row in rows {
            let target = T::from_row(&row)?;
            let unequal = || Error::UnequalKeys { relation: route.relation(), table: T::TABLE.name };
            let mut positions = by_key.positions(route.find(&target).ok_or_else(unequal)?);
            found.targets.push(target);
            found.positions.extend(positions.next());
            for position in positions {
                found.targets.push(T::from_row(&row)?);
                found.positions.push(position);
            }
        }
    }
    Ok(found)
}

/// An aggregate over the children of each parent; its default for those without any.
pub(super) async fn aggregate<P: Model, C: Model, T: Field + Default>(
    (relation, pairs): (&'static str, Pairs<P, C>),
    subquery: &Subquery,
    parents: &[&P],
    connection: &mut Connection<'_>,
) -> Result<Vec<T>> {
    let mut numbering = Numbering::new(pairs);
    let by_key = Sources::new(parents, |parent| numbering.insert(Side::Parent(parent)));
    let keys = by_key.keys(parents, |parent| numbering.arguments(Side::Parent(parent)));
    let columns: Vec<_> = pairs.iter().map(|pair| pair.foreign_key()).collect();
    let parts = Parts { condition: subquery.condition.clone(), ..Parts::default() };
    let (dialect, mut values) = (connection.dialect(), vec![T::default(); keys.len()]);
    for list in parts.lists(&keys, dialect, C::TABLE) {
        let statement = parts.related_aggregate(&subquery.of, dialect, C::TABLE, &columns, &list)?;
        for row in connection.rows(statement).await? {
            let unequal = || Error::UnequalKeys { relation, table: C::TABLE.name };
            let number = numbering.read(&row)?.ok_or_else(unequal)?;
            let value = row.value(columns.len());
            values[number as usize] = value.map_err(|mismatch| sqlx::Error::Decode(mismatch.into()))?;
        }
    }
    let value_of = |number: &Option<u32>| number.and_then(|number| values.get(number as usize)).cloned();
    Ok(by_key.numbers.iter().map(|number| value_of(number).unwrap_or_default()).collect())
}
