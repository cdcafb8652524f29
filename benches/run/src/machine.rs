//! On what was measured.

use std::fs;

pub use harness::machine::{commit, describe};

use crate::contestant::Contestant;
use crate::root;

/// The crates of a contestant with their versions, from its lock file.
pub fn versions(contestant: &Contestant) -> String {
    let lock = fs::read_to_string(root().join(contestant.lock).join("Cargo.lock")).unwrap_or_default();
    let version = |name: &&str| format!("{name} {}", locked(&lock, name).unwrap_or("?"));
    contestant.crates.iter().map(version).collect::<Vec<_>>().join(", ")
}

fn locked<'l>(lock: &'l str, name: &str) -> Option<&'l str> {
    let (_, package) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    package.split('"').next()
}
