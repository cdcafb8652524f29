//! Random queries against the same queries on plain vectors: what they read, count, add up and group.
//! A failing case is printed and shrunk, with the seed that brings it back as `NEKO_SEED`; `PROPTEST_CASES` sets their number.

#[path = "support/random/mod.rs"]
mod random;
mod support;

use futures_util::TryStreamExt;
use neko_orm::{Error, Everything, Expr, Model, Query, Result, Transaction};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use random::blog::{Cell, Kind, Scope, Side, Tabled, World, each};
use random::condition::{Aggregate, Term};
use random::narrowing::Narrowing;
use random::property::{agree, check, fail, on_model};
use random::strategy::{column, condition, narrowing, order, term};
use support::cases::{Backend, randomly};

/// What the closures of a query are given, to be used outside of them.
fn scope<M: Tabled>() -> Scope {
    let mut scope = None;
    let _ = M::query().filter(|columns| {
        scope = Some(M::scope(columns));
        true
    });
    scope.unwrap()
}

fn side<M: Tabled>(term: &Term) -> Side {
    term.side(&[scope::<M>()])
}

randomly! {
    fn every_verb_reads_the_rows_of_the_query(backend) {
        check(backend, (0..3, narrowing(backend), 1..5_u64, 0..4_u64), async |world, (model, narrowing, size, number), db| {
            on_model!(model, reads(world, narrowing, *size, *number, db))
        });
    }

    fn after_a_row_come_the_rest(backend) {
        let order =
            order(prop_oneof![15 => column(), 1 => condition(backend).prop_map(|condition| Term::Holds(Box::new(condition)))]);
        let case = (0..3, narrowing(backend), order, 1..5_u64, any::<prop::sample::Index>());
        check(backend, case, async |world, (model, narrowing, order, size, place), db| {
            let narrowing = Narrowing { order: order.clone(), ..narrowing.clone() };
            on_model!(model, goes_on(world, &narrowing, *size, place, db))
        });
    }

    fn selections_aggregates_and_groups_are_those_of_the_rows(backend) {
        let case = (0..3, narrowing(backend), term(backend), term(backend), (prop::option::of(0..4_u64), 0..3_u64));
        check(backend, case, async |world, (model, narrowing, term, key, range), db| {
            on_model!(model, selects(world, narrowing, term, *range, db))?;
            on_model!(model, adds_up(world, narrowing, term, db))?;
            on_model!(model, groups(world, narrowing, key, term, *range, db))
        });
    }
}

async fn reads<M: Tabled>(
    world: &World,
    narrowing: &Narrowing,
    size: u64,
    number: u64,
    db: &mut Transaction,
) -> TestCaseResult {
    let query = narrowing.query::<M>();
    let expected = narrowing.rows::<M>(world);
    let found = query.to_vec(&mut *db).await.map_err(fail)?;
    agree!(query, &found, &expected);
    agree!(query, query.count(&mut *db).await.map_err(fail)?, expected.len() as i64);
    agree!(query, query.exists(&mut *db).await.map_err(fail)?, !expected.is_empty());
    agree!(query, query.first(&mut *db).await.map_err(fail)?, expected.first().cloned());
    let streamed: Vec<M> = query.stream(&mut *db).try_collect().await.map_err(fail)?;
    agree!(query, &streamed, &expected);
    match (query.one(&mut *db).await, expected.len()) {
        (Ok(row), 1) => agree!(query, &row, &expected[0]),
        (Err(Error::NoRow { .. }), 0) => {}
        (Err(Error::SeveralRows { .. }), 2..) => {}
        (result, count) => prop_assert!(false, "{count} rows, but {result:?}"),
    }
    let page = query.page(number, size, &mut *db).await.map_err(fail)?;
    let pages: Vec<_> = expected.chunks(size as usize).collect();
    let number = number.max(1) as usize;
    agree!(query, &page.items[..], pages.get(number - 1).copied().unwrap_or_default());
    prop_assert_eq!((page.total, page.pages()), (expected.len() as i64, pages.len() as u64));
    prop_assert_eq!(page.has_next(), number < pages.len());
    Ok(())
}

async fn goes_on<M: Tabled>(
    world: &World,
    narrowing: &Narrowing,
    size: u64,
    place: &prop::sample::Index,
    db: &mut Transaction,
) -> TestCaseResult {
    if M::all(world).is_empty() {
        return Ok(());
    }
    let place = place.get(M::all(world));
    let query = narrowing.query::<M>().after(place);
    if !narrowing.order.iter().all(|by| matches!(by.term, Term::Column { .. })) {
        let has_no_place = |result: &Result<i64>| matches!(result, Err(Error::NoPlace { .. }) | Ok(0));
        let result = query.count(&mut *db).await;
        prop_assert!(has_no_place(&result), "{result:?}");
        return Ok(());
    }
    let is_beyond = |row: &M| narrowing.compare(row, place, world).is_gt();
    let expected = narrowing.rows_where(world, is_beyond);
    agree!(query, &query.to_vec(&mut *db).await.map_err(fail)?, &expected);
    agree!(query, query.count(&mut *db).await.map_err(fail)?, expected.len() as i64);
    agree!(query, query.exists(&mut *db).await.map_err(fail)?, !expected.is_empty());
    agree!(query, query.first(&mut *db).await.map_err(fail)?, expected.first().cloned());
    let streamed: Vec<M> = query.stream(&mut *db).try_collect().await.map_err(fail)?;
    agree!(query, &streamed, &expected);

    let narrowing = narrowing.without_range();
    let query = narrowing.query::<M>().limit(size);
    let (mut walked, expected) = (Vec::new(), narrowing.rows::<M>(world));
    let mut page = query.to_vec(&mut *db).await.map_err(fail)?;
    while let Some(last) = page.last().cloned() {
        walked.append(&mut page);
        prop_assert!(walked.len() <= expected.len(), "a row is seen twice: {walked:?}");
        page = query.clone().after(&last).to_vec(&mut *db).await.map_err(fail)?;
    }
    agree!(query, walked, expected);
    Ok(())
}

async fn selects<M: Tabled>(
    world: &World,
    narrowing: &Narrowing,
    term: &Term,
    range: (Option<u64>, u64),
    db: &mut Transaction,
) -> TestCaseResult {
    let rows = narrowing.rows::<M>(world);
    let values: Vec<_> = rows.iter().map(|row| (Some(row.id()), term.of(row, world))).collect();
    let mut distinct: Vec<_> =
        narrowing.without_range().rows::<M>(world).iter().map(|row| term.of(row, world)).collect();
    distinct.sort_by(|left, right| left.partial_cmp(right).unwrap());
    distinct.dedup();
    each!(side::<M>(term), expr: T => {
        let query = narrowing.query::<M>().select(|_| (key::<M>(), expr.clone()));
        let found = query.to_vec(&mut *db).await.map_err(fail)?;
        let found: Vec<_> = found.into_iter().map(|(id, value)| (id, Cell::from(value))).collect();
        agree!(query, query.count(&mut *db).await.map_err(fail)?, values.len() as i64);
        agree!(query, found, values);

        // MariaDB takes no notice of an OFFSET where it finds that all that is selected is one constant.
        let range = if world.backend == Backend::MySql && distinct.len() == 1 { (range.0, 0) } else { range };
        let unordered = Narrowing { order: Vec::new(), ..narrowing.without_range() };
        let query = unordered.filtered::<M>().select(|_| expr.clone()).distinct().order_by(|_| expr.asc());
        let query = ranged(query, range);
        let found = query.to_vec(&mut *db).await.map_err(fail)?;
        let found: Vec<_> = found.into_iter().map(Cell::from).collect();
        let distinct = in_range(distinct, range);
        agree!(query, query.count(&mut *db).await.map_err(fail)?, distinct.len() as i64);
        agree!(query, query.exists(&mut *db).await.map_err(fail)?, !distinct.is_empty());
        agree!(query, found, distinct);
    });
    Ok(())
}

/// The column of the key.
fn key<M: Tabled>() -> Expr<Option<i64>> {
    match scope::<M>().sides().swap_remove(0) {
        Side::Int(key) => key,
        side => panic!("{side:?}"),
    }
}

fn ranged<M: Model, S>(query: Query<M, Everything, S>, (limit, offset): (Option<u64>, u64)) -> Query<M, Everything, S> {
    limit.into_iter().fold(query.offset(offset), Query::limit)
}

fn in_range<T>(items: Vec<T>, (limit, offset): (Option<u64>, u64)) -> Vec<T> {
    items.into_iter().skip(offset as usize).take(limit.map_or(usize::MAX, |limit| limit as usize)).collect()
}

async fn adds_up<M: Tabled>(world: &World, narrowing: &Narrowing, term: &Term, db: &mut Transaction) -> TestCaseResult {
    let cells: Vec<_> = narrowing.rows::<M>(world).iter().map(|row| term.of(row, world)).collect();
    let expected = |aggregate: Aggregate| aggregate.of(term.kind(&[M::table()]), cells.clone());
    let query = narrowing.query::<M>();
    let (least, greatest) = each!(side::<M>(term), expr: T => (
        Cell::from(query.min(|_| expr.clone(), &mut *db).await.map_err(fail)?),
        Cell::from(query.max(|_| expr, &mut *db).await.map_err(fail)?),
    ));
    agree!(query, (least, greatest), (expected(Aggregate::Min), expected(Aggregate::Max)));
    macro_rules! adds_up {
        ($expr:expr) => {{
            let sum = query.sum(|_| $expr.clone(), &mut *db).await.map_err(fail)?;
            let mean = query.avg(|_| $expr, &mut *db).await.map_err(fail)?;
            let rounded = |aggregate| Rounded::of(&cells, expected(aggregate));
            agree!(
                query,
                (Rounded::from(sum), Rounded::from(mean)),
                (rounded(Aggregate::Sum), rounded(Aggregate::Avg))
            );
        }};
    }
    match side::<M>(term) {
        Side::Int(expr) => adds_up!(expr),
        Side::Small(expr) => adds_up!(expr),
        Side::Real(expr) => adds_up!(expr),
        Side::Flag(_) | Side::Text(_) => {}
    }
    Ok(())
}

/// A sum or a mean, equal to what differs from it by rounding alone. Means are not exact, and what is lost when they
/// are added up goes by the size of each, also where they cancel out.
#[derive(Debug, Clone)]
struct Rounded {
    cell: Cell,
    error: f64,
}

impl Rounded {
    /// What comes of adding up the cells.
    fn of(cells: &[Cell], cell: Cell) -> Self {
        let size = |cell: &Cell| match cell {
            Cell::Int(value) => (*value as f64).abs(),
            Cell::Real(value) => value.abs(),
            _ => 0.0,
        };
        Self { cell, error: 1e-14 * cells.iter().map(size).sum::<f64>() }
    }
}

impl<T: Into<Cell>> From<T> for Rounded {
    fn from(value: T) -> Self {
        Self { cell: value.into(), error: 0.0 }
    }
}

impl PartialEq for Rounded {
    fn eq(&self, other: &Self) -> bool {
        match (&self.cell, &other.cell) {
            (Cell::Real(left), Cell::Real(right)) => (left - right).abs() <= self.error.max(other.error),
            (left, right) => left == right,
        }
    }
}

async fn groups<M: Tabled>(
    world: &World,
    narrowing: &Narrowing,
    by: &Term,
    term: &Term,
    range: (Option<u64>, u64),
    db: &mut Transaction,
) -> TestCaseResult {
    let (value, term) = match side::<M>(term) {
        Side::Int(value) => (value, term),
        _ => (key::<M>(), &Term::Column { up: 0, column: 0 }),
    };
    let mut groups: Vec<(Cell, Vec<Cell>)> = Vec::new();
    for row in narrowing.rows::<M>(world) {
        let (by, cell) = (by.of(&row, world), term.of(&row, world));
        match groups.iter_mut().find(|(other, _)| *other == by) {
            Some((_, cells)) => cells.push(cell),
            None => groups.push((by, vec![cell])),
        }
    }
    groups.retain(|(_, cells)| cells.len() > 1);
    groups.sort_by(|(left, _), (right, _)| left.partial_cmp(right).unwrap());
    let expected: Vec<_> = in_range(groups, range)
        .into_iter()
        .map(|(by, cells)| {
            let of = |aggregate: Aggregate| aggregate.of(Kind::Int, cells.clone());
            let present = cells.iter().filter(|cell| **cell != Cell::Null).count() as i64;
            let aggregates = [Aggregate::Count, Aggregate::Sum, Aggregate::Min, Aggregate::Max].map(of);
            (by, present, aggregates, Rounded::of(&cells, of(Aggregate::Avg)))
        })
        .collect();
    each!(side::<M>(by), by: T => {
        let groups = narrowing.query::<M>().group_by(|_| by).having(|_, _| key::<M>().count().gt(1));
        let query = groups.order_by(|by, _| by.asc()).select(|by, _| {
            let value = || value.clone();
            (by, key::<M>().count(), value().count(), value().sum(), value().min(), value().max(), value().avg())
        });
        let query = ranged(query, range);
        let found = query.to_vec(&mut *db).await.map_err(fail)?;
        let found: Vec<_> = found.into_iter().map(|(by, count, present, sum, least, greatest, mean)| {
            let aggregates = [count.into(), sum.into(), least.into(), greatest.into()];
            (Cell::from(by), present, aggregates, Rounded::from(mean))
        }).collect();
        agree!(query, query.count(&mut *db).await.map_err(fail)?, expected.len() as i64);
        agree!(query, found, expected);
    });
    Ok(())
}
