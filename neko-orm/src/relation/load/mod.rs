//! Loading what relations lead to: one statement for all sources, and the rows that it returns put where they belong.

mod loaders;
pub(in crate::relation) mod numbering;
pub(in crate::relation) mod numbers;

use std::collections::HashMap;

use futures_core::future::BoxFuture;

use crate::Model;
use crate::backend::{Connection, Field, Row, Statement, Value};
use crate::error::{Error, Result};
use crate::node::{Node, Subquery};
use crate::query::{Parts, RelatedRows, Shape};
use crate::relation::load::numbering::Keys;
use crate::relation::{Relation, Way as _, default_order, hops};

/// The sources by their keys.
struct Sources {
    /// The number of each source's key.
    numbers: Vec<Option<u32>>,
    /// The position of the first source of each number.
    first: Vec<usize>,
    /// The position of the next source with the same key, for each source that has one.
    next: HashMap<usize, usize>,
}

// Nothing here is generic over the models: it is compiled once.
impl Sources {
    fn new(count: usize, number_of: &mut dyn FnMut(usize) -> Option<u32>) -> Self {
        let numbers: Vec<_> = (0..count).map(number_of).collect();
        let (mut first, mut last, mut next) = (Vec::with_capacity(count), HashMap::new(), HashMap::new());
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
    fn keys<'s>(&self, arguments: &dyn Fn(usize) -> Vec<&'s dyn Value>) -> Vec<Vec<&'s dyn Value>> {
        self.first.iter().map(|&position| arguments(position)).collect()
    }
}

async fn rows(statements: Result<Vec<Statement>>, connection: &mut Connection<'_>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for statement in statements? {
        let more = connection.rows(statement).await?;
        if rows.is_empty() { rows = more } else { rows.extend(more) }
    }
    Ok(rows)
}

/// Targets as they come, with the positions of the sources that they belong to. A target of several sources is there once for each.
struct Found<T> {
    targets: Vec<T>,
    positions: Vec<usize>,
}

/// The targets of each source with what is loaded for them, and what `finish` makes of that. One future for each relation that is loaded: futures
/// are what costs when a program is compiled.
pub(in crate::relation) fn related<'l, R, X, O>(
    mut parts: Parts,
    shape: X,
    sources: &'l [&'l R::Source],
    connection: &'l mut Connection<'_>,
    finish: impl FnOnce(Vec<Vec<X::Item>>) -> Result<Vec<O>> + Send + 'l,
) -> BoxFuture<'l, Result<Vec<O>>>
where
    R: Relation<Target: Model>,
    X: Shape<R::Target, Row = R::Target>,
{
    let mut numbering = R::WAY.keys();
    numbering.reserve(sources.len());
    let by_key = Sources::new(sources.len(), &mut |position| numbering.insert(sources[position]));
    let keys = by_key.keys(&|position| numbering.arguments(sources[position]));
    if parts.order.is_empty() {
        parts.order = default_order::<R>(parts.scoping);
    }
    let (dialect, hops) = (connection.dialect(), hops::<R>(parts.scoping));
    let statements = RelatedRows { parts: &parts, hops: &hops, table: R::Target::TABLE, dialect }.rows(&keys);
    Box::pin(async move {
        let rows = rows(statements, connection).await?;
        let Found { targets, positions } = found(R::NAME, &*numbering, &by_key, &rows)?;
        drop(rows);
        let items = match targets.is_empty() {
            true => Vec::new(),
            false => shape.load(targets, connection).await?,
        };
        finish(lists(sources.len(), positions, items))
    })
}

fn found<S, T: Model>(
    relation: &'static str,
    numbering: &dyn Keys<S, T>,
    by_key: &Sources,
    rows: &[Row],
) -> Result<Found<T>> {
    let mut found = Found { targets: Vec::with_capacity(rows.len()), positions: Vec::with_capacity(rows.len()) };
    for row in rows {
        let target = T::from_row(row, 0)?;
        let Some(number) = numbering.find(&target, row, T::TABLE.columns.len())? else {
            return Err(Error::UnequalKeys { relation, table: T::TABLE.name });
        };
        found.targets.push(target);
        let before = found.positions.len();
        found.positions.extend(by_key.positions(number));
        for _ in before + 1..found.positions.len() {
            found.targets.push(T::from_row(row, 0)?);
        }
    }
    Ok(found)
}

/// The items in a list for each source. Loops, like others that are generic over models: a chain of adapters is ten functions more for each
/// relation that a program loads.
pub(in crate::relation) fn lists<I>(count: usize, positions: Vec<usize>, items: Vec<I>) -> Vec<Vec<I>> {
    let mut lists = Vec::with_capacity(count);
    for count in counts(count, &positions) {
        lists.push(Vec::with_capacity(count));
    }
    let mut positions = positions.into_iter();
    for item in items {
        if let Some(position) = positions.next() {
            lists[position].push(item);
        }
    }
    lists
}

fn counts(count: usize, positions: &[usize]) -> Vec<usize> {
    let mut counts = vec![0; count];
    positions.iter().for_each(|&position| counts[position] += 1);
    counts
}

/// Targets with the rows of a junction that link them.
type Pairs<T, J> = Vec<(T, J)>;

/// Rows of the junction `J` that link each source, each with a target, which comes before them.
pub(in crate::relation) fn pairs<'l, S: Sync, T: Model, J: Model>(
    relation: &'static str,
    mut numbering: Box<dyn Keys<S, J>>,
    statements: impl FnOnce(&[Vec<&dyn Value>]) -> Result<Vec<Statement>>,
    width: usize,
    sources: &'l [&'l S],
    connection: &'l mut Connection<'_>,
) -> BoxFuture<'l, Result<Vec<Pairs<T, J>>>> {
    numbering.reserve(sources.len());
    let by_key = Sources::new(sources.len(), &mut |position| numbering.insert(sources[position]));
    let statements = statements(&by_key.keys(&|position| numbering.arguments(sources[position])));
    Box::pin(async move {
        let mut lists = Vec::with_capacity(sources.len());
        lists.resize_with(sources.len(), Vec::new);
        for row in rows(statements, connection).await? {
            let link = J::from_row(&row, width)?;
            let number = numbering.find(&link, &row, J::TABLE.columns.len())?;
            let number = number.ok_or(Error::UnequalKeys { relation, table: J::TABLE.name })?;
            let mut positions = by_key.positions(number);
            if let Some(position) = positions.next() {
                lists[position].push((T::from_row(&row, 0)?, link));
            }
            for position in positions {
                lists[position].push((T::from_row(&row, 0)?, J::from_row(&row, width)?));
            }
        }
        Ok(lists)
    })
}

/// An aggregate over the targets of each source; its default for those without any.
pub(in crate::relation) fn aggregate<'l, R, T>(
    of: &Node,
    subquery: &Subquery,
    sources: &'l [&'l R::Source],
    connection: &'l mut Connection<'_>,
) -> BoxFuture<'l, Result<Vec<T>>>
where
    R: Relation<Target: Model>,
    T: Field + Default,
{
    let mut numbering = R::WAY.keys();
    numbering.reserve(sources.len());
    let by_key = Sources::new(sources.len(), &mut |position| numbering.insert(sources[position]));
    let keys = by_key.keys(&|position| numbering.arguments(sources[position]));
    let width = keys.first().map_or(0, Vec::len);
    let parts = Parts { condition: subquery.condition.clone(), ..Parts::default() };
    let (table, dialect, hops) = (R::Target::TABLE, connection.dialect(), hops::<R>(subquery.scoping));
    let statements = RelatedRows { parts: &parts, hops: &hops, table, dialect }.aggregate(of, &keys);
    let mut values = vec![T::default(); keys.len()];
    Box::pin(async move {
        for row in rows(statements, connection).await? {
            let unequal = Error::UnequalKeys { relation: R::NAME, table: table.name };
            let number = numbering.read(&row, 0)?.ok_or(unequal)?;
            let value = row.value(width);
            values[number as usize] = value.map_err(|mismatch| sqlx::Error::Decode(mismatch.into()))?;
        }
        let value_of = |number: &Option<u32>| number.and_then(|number| values.get(number as usize)).cloned();
        Ok(by_key.numbers.iter().map(|number| value_of(number).unwrap_or_default()).collect())
    })
}
