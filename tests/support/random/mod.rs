//! Random data and random queries: what the property tests share.
#![allow(dead_code, unused_macros, unused_imports)]

pub mod blog;
pub mod condition;
pub mod memory;
pub mod narrowing;
pub mod property;
pub mod rows;
pub mod strategy;
