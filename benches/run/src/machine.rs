//! On what was measured.

use std::fs;
use std::process::{Command, Stdio};

pub use harness::machine::{commit, describe};

use crate::contestant::Contestant;
use crate::options::Cores;
use crate::{Result, root};

/// The first core that this process may run on, and the last, where the system tells.
pub fn cores() -> Option<(String, String)> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let cores = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?.trim();
    let mut cores = cores.split(['-', ',']);
    let first = cores.next()?;
    Some((first.to_owned(), cores.next_back().unwrap_or(first).to_owned()))
}

/// Has each thread of a process run on one core: the main one on the first, and the others on the same or on the last.
pub fn place(process: u32, cores: Cores) -> Result<()> {
    let Some((first, last)) = self::cores() else { return Ok(()) };
    let others = match cores {
        Cores::Any => return Ok(()),
        Cores::One => &first,
        Cores::Two => &last,
    };
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let thread = thread?.file_name();
        let core = if thread.to_str() == Some(&process.to_string()) { &first } else { others };
        let status = Command::new("taskset").arg("-pc").arg(core).arg(thread).stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err("`taskset` cannot choose a core".into());
        }
    }
    Ok(())
}

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
