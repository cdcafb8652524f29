//! Loading what relations lead to: one statement for all sources, and the rows that it returns put where they belong.

use std::collections::HashMap;

use super::foreign_key::{KeyPair, Pairs};
use super::numbering::Numbering;
use super::numbers::Side;
use crate::Model;
use crate::backend::{Connection, Field, Value};
use crate::error::{Error, Result};
use crate::node::Subquery;
use crate::query::{Parts, Shape};

/// The way from sources to targets along a relation's keys: from parents to children, or the other way round.
pub(super) struct Route<P: 'static, C: 'static, S, T> {
    pub(super) relation: &'static str,
    pub(super) pairs: Pairs<P, C>,
    /// The side on which a source is.
    pub(super) source: fn(&S) -> Side<'_, P, C>,
    /// The side on which a target is.
    pub(super) target: fn(&T) -> Side<'_, P, C>,
    /// The target's column of a pair.
    pub(super) column: fn(&'static dyn KeyPair<P, C>) -> &'static str,
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
pub(super) async fn related<P, C, S, T: Model, X: Shape<T, Row = T>>(
    route: Route<P, C, S, T>,
    parts: &Parts,
    shape: &X,
    sources: &[&S],
    connection: &mut Connection<'_>,
) -> Result<Vec<Vec<X::Item>>>
where
    S: Sync,
{
    let Found { targets, positions } = find(&route, parts, sources, connection).await?;
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

async fn find<P, C, S: Sync, T: Model>(
    route: &Route<P, C, S, T>,
    parts: &Parts,
    sources: &[&S],
    connection: &mut Connection<'_>,
) -> Result<Found<T>> {
    let mut numbering = Numbering::new(route.pairs);
    let by_key = Sources::new(sources, |source| numbering.insert((route.source)(source)));
    let mut found = Found { targets: Vec::new(), positions: Vec::new() };
    let (dialect, columns) =
        (connection.dialect(), route.pairs.iter().map(|pair| (route.column)(*pair)).collect::<Vec<_>>());
    let keys = by_key.keys(sources, |source| numbering.arguments((route.source)(source)));
    for list in parts.lists(&keys, dialect, T::TABLE) {
        let statement = parts.related(dialect, T::TABLE, &columns, &list)?;
        let rows = connection.rows(statement).await?;
        found.targets.reserve(rows.len());
        found.positions.reserve(rows.len());
        for row in rows {
            let target = T::from_row(&row)?;
            let unequal = || Error::UnequalKeys { relation: route.relation, table: T::TABLE.name };
            let mut positions = by_key.positions(numbering.find((route.target)(&target)).ok_or_else(unequal)?);
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
