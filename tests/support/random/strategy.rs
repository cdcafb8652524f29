//! Which terms, conditions and orders there are at random.

use proptest::prelude::*;

use super::condition::{Aggregate, Cond, Operator, Part, Term, Value};
use super::narrowing::{By, Narrowing};
use super::rows::{integer, text};
use crate::support::cases::Backend;

pub fn value(backend: Backend) -> impl Strategy<Value = Value> {
    prop::option::weighted(0.85, (integer(), text(backend)))
}

pub fn column() -> impl Strategy<Value = Term> {
    (prop_oneof![3 => Just(0), 1 => 0..4_usize], 0..24_usize).prop_map(|(up, column)| Term::Column { up, column })
}

fn simple_term() -> impl Strategy<Value = Term> {
    let boxed = || column().prop_map(Box::new);
    prop_oneof![
        6 => column(),
        1 => boxed().prop_map(Term::Lower),
        1 => boxed().prop_map(Term::Upper),
        1 => (0..24_usize, 0..3_usize, -2..=3_i32)
            .prop_map(|(column, operator, number)| Term::Calculated { column, operator, number }),
        1 => (0..3_usize, boxed()).prop_map(|(relation, term)| Term::Mapped(relation, term)),
    ]
}

fn aggregate() -> impl Strategy<Value = Aggregate> {
    use Aggregate::{Avg, Count, Exists, Max, Min, Sum};
    prop::sample::select(vec![Count, Exists, Sum, Min, Max, Avg])
}

fn nested_term(condition: BoxedStrategy<Cond>) -> BoxedStrategy<Term> {
    let holds = condition.clone().prop_map(Box::new);
    let term = simple_term().boxed();
    let aggregated = (aggregate(), 0..3_usize, holds.clone(), term.clone().prop_map(Box::new))
        .prop_map(|(aggregate, relation, condition, term)| Term::Aggregated(aggregate, relation, condition, term))
        .boxed();
    let mapped = prop_oneof![term.clone(), aggregated.clone()].prop_map(Box::new);
    prop_oneof![
        2 => term,
        3 => aggregated,
        1 => (0..3_usize, mapped).prop_map(|(relation, term)| Term::Mapped(relation, term)),
        1 => holds.prop_map(Term::Holds),
    ]
    .boxed()
}

fn comparison(backend: Backend, term: BoxedStrategy<Term>) -> impl Strategy<Value = Cond> {
    use Operator::{Eq, Ge, Gt, Le, Lt, Ne};
    let operator = || prop::sample::select(vec![Eq, Ne, Lt, Le, Gt, Ge]);
    let part = prop::sample::select(vec![Part::Start, Part::End, Part::Anywhere]);
    let value = || value(backend);
    let values = prop::collection::vec(value(), 0..4);
    prop_oneof![
        4 => (term.clone(), operator(), value()).prop_map(|(term, operator, value)| Cond::Value(term, operator, value)),
        2 => (term.clone(), operator(), term.clone()).prop_map(|(left, operator, right)| Cond::Terms(left, operator, right)),
        1 => (term.clone(), value(), value()).prop_map(|(term, least, greatest)| Cond::Between(term, least, greatest)),
        1 => (term.clone(), values).prop_map(|(term, values)| Cond::In(term, values)),
        1 => term.clone().prop_map(Cond::Null),
        1 => term.clone().prop_map(Cond::NotNull),
        2 => (term, part, text(backend)).prop_map(|(term, part, text)| Cond::Contains(term, part, text)),
    ]
}

pub fn condition(backend: Backend) -> BoxedStrategy<Cond> {
    let simple =
        prop_oneof![1 => any::<bool>().prop_map(Cond::Constant), 12 => comparison(backend, simple_term().boxed())];
    let nested = simple.prop_recursive(3, 12, 2, move |condition| {
        let boxed = || condition.clone().prop_map(Box::new);
        let relation = 0..3_usize;
        prop_oneof![
            1 => (boxed(), boxed()).prop_map(|(left, right)| Cond::And(left, right)),
            1 => (boxed(), boxed()).prop_map(|(left, right)| Cond::Or(left, right)),
            1 => boxed().prop_map(Cond::Not),
            1 => (relation.clone(), boxed()).prop_map(|(relation, condition)| Cond::Any(relation, condition)),
            1 => (relation.clone(), boxed()).prop_map(|(relation, condition)| Cond::None(relation, condition)),
            1 => (relation, boxed()).prop_map(|(relation, condition)| Cond::Is(relation, condition)),
            2 => comparison(backend, nested_term(condition)),
        ]
    });
    nested.boxed()
}

/// A term of any kind.
pub fn term(backend: Backend) -> BoxedStrategy<Term> {
    prop_oneof![3 => simple_term(), 1 => nested_term(condition(backend))].boxed()
}

pub fn order(term: impl Strategy<Value = Term>) -> impl Strategy<Value = Vec<By>> {
    let by = (term, any::<bool>(), prop::option::of(any::<bool>())).prop_map(|(term, is_descending, nulls_first)| By {
        term,
        is_descending,
        nulls_first,
    });
    prop::collection::vec(by, 0..3)
}

pub fn narrowing(backend: Backend) -> impl Strategy<Value = Narrowing> {
    let filters = prop_oneof![
        1 => Just(Vec::new()),
        3 => prop::collection::vec(condition(backend), 1..3),
    ];
    let limit = prop::option::of(prop_oneof![8 => 0..6_u64, 1 => Just(u64::MAX)]);
    let offset = prop_oneof![12 => Just(0), 6 => 0..4_u64, 1 => Just(u64::MAX)];
    (filters, order(term(backend)), limit, offset).prop_map(|(filters, order, limit, offset)| Narrowing {
        filters,
        order,
        limit,
        offset,
    })
}
