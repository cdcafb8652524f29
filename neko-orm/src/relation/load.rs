//! Loading what relations lead to: one statement for all sources, and the rows that it returns put where they belong.

use super::foreign_key::Pairs;
use super::numbering::Numbering;
use super::numbers::Side;
use crate::Model;
use crate::backend::{Connection, Field, Row, Value};
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
struct Sources<'s, S> {
    /// The number of each source's key.
    numbers: Vec<Option<u32>>,
    /// The first source of each number.
    first: Vec<&'s S>,
}

impl<'s, S> Sources<'s, S> {
    fn new(sources: &'s [S], mut insert: impl FnMut(&S) -> Option<u32>) -> Self {
        let mut first = Vec::new();
        let mut number_of = |source: &'s S| {
            let number = insert(source)?;
            if number as usize == first.len() {
                first.push(source);
            }
            Some(number)
        };
        let numbers = sources.iter().map(&mut number_of).collect();
        Self { numbers, first }
    }

    /// Whether two sources have the same key.
    fn has_repeated_keys(&self) -> bool {
        self.numbers.iter().flatten().count() > self.first.len()
    }
}

/// Rows as they come, with the numbers of their keys.
struct Found<T> {
    /// Each is taken by the first source that it belongs to.
    targets: Vec<Option<T>>,
    numbers: Vec<u32>,
    /// The rows that the targets were read from, where a target belongs to several sources: each gets one of its own.
    rows: Vec<Row>,
}

impl<T: Model> Found<T> {
    /// The positions of the targets by the numbers of their keys, in the order in which they came; and where each number starts.
    fn sorted(&self, count: usize) -> (Vec<usize>, Vec<usize>) {
        let mut starts = vec![0; count + 1];
        for &number in &self.numbers {
            starts[number as usize + 1] += 1;
        }
        for number in 0..count {
            starts[number + 1] += starts[number];
        }
        let (mut next, mut sorted) = (starts.clone(), vec![0; self.numbers.len()]);
        for (position, &number) in self.numbers.iter().enumerate() {
            sorted[next[number as usize]] = position;
            next[number as usize] += 1;
        }
        (sorted, starts)
    }

    /// The targets of each source in turn, and how many each has.
    fn arranged<S>(mut self, sources: &Sources<'_, S>) -> Result<(Vec<T>, Vec<usize>)> {
        let (sorted, starts) = self.sorted(sources.first.len());
        let mut targets = Vec::with_capacity(self.targets.len());
        let mut counts = Vec::with_capacity(sources.numbers.len());
        for number in &sources.numbers {
            let range = number.map_or(0..0, |number| starts[number as usize]..starts[number as usize + 1]);
            counts.push(range.len());
            for &position in &sorted[range] {
                match self.targets[position].take() {
                    Some(target) => targets.push(target),
                    None => targets.push(T::from_row(&self.rows[position])?),
                }
            }
        }
        Ok((targets, counts))
    }
}

/// The targets of each source, with what is loaded for them.
pub(super) async fn related<S: Model, T: Model, X: Shape<T, Row = T>>(
    mut route: impl Route<S, T>,
    parts: &Parts,
    shape: &X,
    sources: &[S],
    connection: &mut Connection<'_>,
) -> Result<Vec<Vec<X::Item>>> {
    let sources = Sources::new(sources, |source| route.insert(source));
    let found = find(&route, parts, &sources, connection).await?;
    let (targets, counts) = found.arranged(&sources)?;
    let items = match targets.is_empty() {
        true => Vec::new(),
        false => shape.load(targets, connection).await?,
    };
    let mut items = items.into_iter();
    Ok(counts.into_iter().map(|count| items.by_ref().take(count).collect()).collect())
}

async fn find<S: Model, T: Model>(
    route: &impl Route<S, T>,
    parts: &Parts,
    sources: &Sources<'_, S>,
    connection: &mut Connection<'_>,
) -> Result<Found<T>> {
    let mut found = Found { targets: Vec::new(), numbers: Vec::new(), rows: Vec::new() };
    let (dialect, columns, is_repeated) = (connection.dialect(), route.columns(), sources.has_repeated_keys());
    let keys: Vec<_> = sources.first.iter().map(|source| route.arguments(source)).collect();
    for list in parts.lists(&keys, dialect, T::TABLE) {
        let statement = parts.related(dialect, T::TABLE, &columns, &list)?;
        let mut on_row = |row: Row| {
            let target = T::from_row(&row)?;
            let unequal = || Error::UnequalKeys { relation: route.relation(), table: T::TABLE.name };
            found.numbers.push(route.find(&target).ok_or_else(unequal)?);
            found.targets.push(Some(target));
            if is_repeated {
                found.rows.push(row);
            }
            Ok(())
        };
        connection.fetch(statement, &mut on_row).await?;
    }
    Ok(found)
}

/// An aggregate over the children of each parent; its default for those without any.
pub(super) async fn aggregate<P: Model, C: Model, T: Field + Default>(
    (relation, pairs): (&'static str, Pairs<P, C>),
    subquery: &Subquery,
    parents: &[P],
    connection: &mut Connection<'_>,
) -> Result<Vec<T>> {
    let mut numbering = Numbering::new(pairs);
    let parents = Sources::new(parents, |parent| numbering.insert(Side::Parent(parent)));
    let keys: Vec<_> = parents.first.iter().map(|parent| numbering.arguments(Side::Parent(parent))).collect();
    let columns: Vec<_> = pairs.iter().map(|pair| pair.foreign_key()).collect();
    let parts = Parts { condition: subquery.condition.clone(), ..Parts::default() };
    let (dialect, mut values) = (connection.dialect(), vec![T::default(); keys.len()]);
    for list in parts.lists(&keys, dialect, C::TABLE) {
        let statement = parts.related_aggregate(&subquery.of, dialect, C::TABLE, &columns, &list)?;
        let mut on_row = |row: Row| {
            let unequal = || Error::UnequalKeys { relation, table: C::TABLE.name };
            let number = numbering.read(&row)?.ok_or_else(unequal)?;
            let value = row.value(columns.len());
            values[number as usize] = value.map_err(|mismatch| sqlx::Error::Decode(mismatch.into()))?;
            Ok(())
        };
        connection.fetch(statement, &mut on_row).await?;
    }
    let value_of = |number: &Option<u32>| number.and_then(|number| values.get(number as usize)).cloned();
    Ok(parents.numbers.iter().map(|number| value_of(number).unwrap_or_default()).collect())
}
