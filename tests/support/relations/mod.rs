//! Random sequences of the verbs of every kind of relation, and the same in memory.

pub mod case;
pub mod junction;
pub mod links;
pub mod look;
pub mod reach;
pub mod rows;
pub mod run;
pub mod schema;
pub mod step;
pub mod tables;
pub mod verbs;
pub mod world;
