//! Loading what relations lead to: one statement for all sources, and the rows that it returns put where they belong.

mod loaders;
pub(in crate::relation) mod numbering;
pub(in crate::relation) mod numbers;

use futures_core::future::BoxFuture;

use crate::Model;
use crate::backend::{self, ArrayForm, Dialect, Field, Statement, Value};
use crate::error::{Error, Mismatch, Result};
use crate::node::{Hop, HopPair, Node, Subquery};
use crate::query::{Fetched, Keys, Level, Parts, ReadAhead, Reader, RelatedRows, Repeats, Shape, Start};
use crate::relation::{Relation, Way as _, default_order, hops};
use crate::sql::ValueRows;

/// The sources by their keys.
struct Sources {
    /// The number of each source's key.
    numbers: Vec<Option<u32>>,
    /// The position of the first source of each number.
    first: Vec<usize>,
    /// The position of the next source with the same key, for each source; none at all where no two have the same.
    next: Vec<Option<usize>>,
}

// Nothing here is generic over the models: it is compiled once.
impl Sources {
    fn new(count: usize, number_of: &mut dyn FnMut(usize) -> Option<u32>) -> Self {
        let numbers: Vec<_> = (0..count).map(number_of).collect();
        let (mut first, mut last, mut next) = (Vec::with_capacity(count), Vec::with_capacity(count), Vec::new());
        for (position, number) in numbers.iter().enumerate() {
            let Some(number) = *number else { continue };
            match last.get_mut(number as usize) {
                None => {
                    first.push(position);
                    last.push(position);
                }
                Some(last) => {
                    next.resize(count, None);
                    next[std::mem::replace(last, position)] = Some(position);
                }
            }
        }
        Self { numbers, first, next }
    }

    /// The positions of the sources of this number.
    fn positions(&self, number: u32) -> impl Iterator<Item = usize> {
        let following = |position: &usize| self.next.get(*position).copied().flatten();
        std::iter::successors(self.first.get(number as usize).copied(), following)
    }

    /// The parts of the keys, each key once.
    fn keys<'s>(&self, add: &dyn Fn(usize, &mut Vec<&'s dyn Value>)) -> Vec<&'s dyn Value> {
        let mut keys = Vec::with_capacity(self.first.len());
        self.first.iter().for_each(|&position| add(position, &mut keys));
        keys
    }
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
    reader: &'l mut Reader<'_>,
    finish: impl FnOnce(Vec<Vec<X::Item>>) -> Result<Vec<O>> + Send + 'l,
) -> BoxFuture<'l, Result<Vec<O>>>
where
    R: Relation<Target: Model>,
    X: Shape<R::Target, Row = R::Target>,
{
    let mut numbering = R::WAY.keys();
    numbering.reserve(sources.len());
    let by_key = Sources::new(sources.len(), &mut |position| numbering.insert(sources[position]));
    let ahead = reader.next();
    let statements = match &ahead {
        Some(_) => Ok(Vec::new()),
        None => {
            let keys = by_key.keys(&|position, keys| numbering.add_arguments(sources[position], keys));
            let hops = steps::<R>(&mut parts);
            rows_of::<R>(&parts, &hops, reader.dialect()).rows(ValueRows::new(&keys, numbering.width()))
        }
    };
    Box::pin(async move {
        let is_ahead = ahead.is_some();
        let rows = reader.fetch(ahead, statements).await?;
        let Found { targets, positions } = found(R::NAME, &mut *numbering, &by_key, rows)?;
        let items = match is_ahead && reader.leads_on() {
            true => shape.load(targets, reader).await?,
            false if targets.is_empty() => Vec::new(),
            false => shape.load(targets, &mut reader.apart()).await?,
        };
        finish(lists(sources.len(), positions, items))
    })
}

/// The steps of a relation, in whose order the targets come that have no other.
fn steps<R: Relation<Target: Model>>(parts: &mut Parts) -> Vec<Hop> {
    if parts.order.is_empty() {
        parts.order = default_order::<R>(parts.scoping);
    }
    hops::<R>(parts.scoping)
}

fn rows_of<'a, R: Relation<Target: Model>>(parts: &'a Parts, hops: &'a [Hop], dialect: Dialect) -> RelatedRows<'a> {
    RelatedRows { parts, hops, table: R::Target::TABLE, dialect, repeats: R::WAY.repeats() }
}

/// Adds the targets, and what they lead on to, to what one statement reads.
pub(in crate::relation) fn read_ahead<R, X>(
    mut parts: Parts,
    shape: &X,
    start: Start<'_, R::Source>,
    ahead: &mut ReadAhead,
) where
    R: Relation<Target: Model>,
    X: Shape<R::Target, Row = R::Target>,
{
    let hops = steps::<R>(&mut parts);
    let related = rows_of::<R>(&parts, &hops, ahead.dialect());
    let is_exact = is_exact::<R>(&hops, ahead.form()) && R::Target::TABLE.is_exact_in(ahead.form());
    let level = match is_exact && !matches!(start, Start::Table) {
        true => level_of::<R>(start, ahead, &mut |start, ahead| related.read_ahead(start, ahead)),
        false => None,
    };
    ahead.relation(level);
    if let Some(level) = level {
        ahead.lead_on(|ahead| shape.read_ahead(Start::Level(level), ahead));
    }
}

/// Adds a level, by the keys of the rows that a relation starts from; none below what the statement reads.
fn level_of<R: Relation>(
    start: Start<'_, R::Source>,
    ahead: &mut ReadAhead,
    add: &mut dyn FnMut(Keys<'_>, &mut ReadAhead) -> Option<Level>,
) -> Option<Level> {
    match start {
        _ if ahead.is_below() => None,
        Start::Level(level) => add(Keys::Level(level), ahead),
        Start::Table => add(Keys::Table, ahead),
        Start::Rows(sources) => {
            let mut numbering = R::WAY.keys();
            let by_key = Sources::new(sources.len(), &mut |position| numbering.insert(sources[position]));
            let keys = by_key.keys(&|position, keys| numbering.add_arguments(sources[position], keys));
            let keys = ValueRows::new(&keys, numbering.width());
            ahead.starts_from(keys.len());
            add(Keys::Rows(keys), ahead)
        }
    }
}

/// Whether the key by which a relation starts is the same when it comes back in arrays.
fn is_exact<R: Relation>(hops: &[Hop], form: ArrayForm) -> bool {
    let is_exact =
        |pair: &HopPair| R::Source::TABLE.column(pair.from).is_some_and(|column| (column.is_exact_key_in)(form));
    hops.first().is_some_and(|hop| hop.pairs.iter().all(is_exact))
}

/// Whether an aggregate is joined to all rows of the source's table as it is found by their keys: by columns of the key, to which rows that refer to
/// something refer, and of types that the database and Rust take for equal alike. Where the first step has a condition, as that of a tag, most rows
/// of its table may be no source's, and keys find the others by an index.
fn is_joined<R: Relation>(hops: &[Hop], dialect: Dialect) -> bool {
    let text = dialect.column_type::<String>();
    let is_key = |pair: &HopPair| {
        R::Source::TABLE.key_names().any(|key| key == pair.from) && (pair.column_type)(dialect) != text
    };
    let is_plain = |hop: &Hop| hop.from_condition.is_no_filter() && hop.condition.is_no_filter();
    hops.first().is_some_and(|hop| is_plain(hop) && hop.pairs.iter().all(is_key))
}

fn found<S, T: Model>(
    relation: &'static str,
    numbering: &mut dyn numbering::Keys<S, T>,
    by_key: &Sources,
    mut rows: Fetched,
) -> Result<Found<T>> {
    let count = rows.count();
    let mut found = Found { targets: Vec::with_capacity(count), positions: Vec::with_capacity(count) };
    while let Some(row) = rows.next() {
        let target = T::from_row(row, 0)?;
        let Some(number) = numbering.find(&target, row, T::TABLE.columns.len())? else {
            return Err(Error::UnequalKeys { relation, table: T::TABLE.name });
        };
        if !numbering.add_link(number, &target) {
            continue;
        }
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
    mut numbering: Box<dyn numbering::Keys<S, J>>,
    statements: impl FnOnce(ValueRows<'_>) -> Result<Vec<Statement>>,
    width: usize,
    sources: &'l [&'l S],
    reader: &'l mut Reader<'_>,
) -> BoxFuture<'l, Result<Vec<Pairs<T, J>>>> {
    numbering.reserve(sources.len());
    let by_key = Sources::new(sources.len(), &mut |position| numbering.insert(sources[position]));
    let keys = by_key.keys(&|position, keys| numbering.add_arguments(sources[position], keys));
    let statements = statements(ValueRows::new(&keys, numbering.width()));
    Box::pin(async move {
        let mut lists = Vec::with_capacity(sources.len());
        lists.resize_with(sources.len(), Vec::new);
        let mut rows = reader.fetch(None, statements).await?;
        while let Some(row) = rows.next() {
            let link = J::from_row(row, width)?;
            let number = numbering.find(&link, row, J::TABLE.columns.len())?;
            let number = number.ok_or(Error::UnequalKeys { relation, table: J::TABLE.name })?;
            let mut positions = by_key.positions(number);
            if let Some(position) = positions.next() {
                lists[position].push((T::from_row(row, 0)?, link));
            }
            for position in positions {
                lists[position].push((T::from_row(row, 0)?, J::from_row(row, width)?));
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
    reader: &'l mut Reader<'_>,
) -> BoxFuture<'l, Result<Vec<T>>>
where
    R: Relation<Target: Model>,
    T: Field + Default,
{
    if let Some(values) = reader.values() {
        return Box::pin(std::future::ready(values));
    }
    let mut numbering = R::WAY.keys();
    numbering.reserve(sources.len());
    let by_key = Sources::new(sources.len(), &mut |position| numbering.insert(sources[position]));
    let (ahead, count) = (reader.next(), by_key.first.len());
    let parts = Parts { condition: subquery.condition.clone(), ..Parts::default() };
    let (table, dialect, hops) = (R::Target::TABLE, reader.dialect(), hops::<R>(subquery.scoping));
    let width = hops.first().map_or(0, |hop| hop.pairs.len());
    let statements = match &ahead {
        Some(_) => Ok(Vec::new()),
        None => {
            let keys = by_key.keys(&|position, keys| numbering.add_arguments(sources[position], keys));
            let keys = ValueRows::new(&keys, width);
            RelatedRows { parts: &parts, hops: &hops, table, dialect, repeats: Repeats::LeftOut }.aggregate(of, keys)
        }
    };
    Box::pin(async move {
        let mut values = vec![T::default(); count];
        let mut rows = reader.fetch(ahead, statements).await?;
        while let Some(row) = rows.next() {
            let unequal = Error::UnequalKeys { relation: R::NAME, table: table.name };
            let number = numbering.read(row, 0)?.ok_or(unequal)?;
            values[number as usize] = row.value(width).map_err(Mismatch::of_no_field)?;
        }
        let value_of = |number: &Option<u32>| number.and_then(|number| values.get(number as usize)).cloned();
        Ok(by_key.numbers.iter().map(|number| value_of(number).unwrap_or_default()).collect())
    })
}

/// Adds an aggregate over the targets to what one statement reads.
pub(in crate::relation) fn aggregate_ahead<R, T>(
    of: &Node,
    subquery: &Subquery,
    start: Start<'_, R::Source>,
    ahead: &mut ReadAhead,
) where
    R: Relation<Target: Model>,
    T: Field,
{
    let parts = Parts { condition: subquery.condition.clone(), ..Parts::default() };
    let hops = hops::<R>(subquery.scoping);
    let (table, dialect) = (R::Target::TABLE, ahead.dialect());
    let related = RelatedRows { parts: &parts, hops: &hops, table, dialect, repeats: Repeats::LeftOut };
    let is_read = match start {
        Start::Table => is_joined::<R>(&hops, dialect),
        _ => is_exact::<R>(&hops, ahead.form()) && backend::is_exact::<T>(ahead.form()),
    };
    let level = match is_read {
        true => level_of::<R>(start, ahead, &mut |start, ahead| related.aggregate_ahead(of, start, ahead)),
        false => None,
    };
    ahead.relation(level);
}
