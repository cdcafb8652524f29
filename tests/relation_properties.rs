//! Random sequences of the verbs of every kind of relation, in transactions and savepoints, against the same on plain maps.
//! A failing case is printed and shrunk, with the seed that brings it back as `NEKO_SEED`; `PROPTEST_CASES` sets their number.

#[path = "support/relations/mod.rs"]
mod relations;
mod support;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use relations::{case, schema, step};

#[test]
fn verbs_change_what_relations_lead_to_and_nothing_else() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let db = runtime.block_on(schema::connect());
    let config = ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(support::seed()),
        max_shrink_iters: 8192,
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new(config);
    let steps = prop::collection::vec(step::step(), 0..=50);
    let result = runner.run(&(steps, 0..36_usize), |(steps, index)| runtime.block_on(case::check(&steps, index, &db)));
    if let Err(error) = result {
        panic!("{error}\n{runner}");
    }
}
