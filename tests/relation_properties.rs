//! Random sequences of the verbs of every kind of relation, in transactions and savepoints, against the same on plain maps.
//! A failing case is printed and shrunk, with the seed that brings it back as `NEKO_SEED`; `PROPTEST_CASES` sets their number.

#[path = "support/relations/mod.rs"]
mod relations;
mod support;

use proptest::prelude::*;
use relations::{case, schema, step};
use support::cases::{check, randomly};

randomly! {
    fn verbs_change_what_relations_lead_to_and_nothing_else(backend) {
        let steps = prop::collection::vec(step::step(), 0..=50);
        check(backend, async |db| schema::create(db).await, (steps, 0..36_usize), async |db, (steps, index)| {
            case::check(&steps, index, db).await
        });
    }
}
