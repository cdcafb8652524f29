//! Questions that a user would ask of the Chinook database, each answered by neko-orm and by SQL by hand: the two
//! must be equal.

#[path = "../support/chinook.rs"]
mod chinook;
#[path = "../support/mod.rs"]
mod support;

mod filters;
mod graphs;
mod groups;
mod numbers;
mod orders;
mod pages;
mod relations;
