//! On what was measured.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::contestant::Contestant;
use crate::root;

/// Processor, operating system and compiler.
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processor = field("/proc/cpuinfo", "model name", ':').unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let system = field("/etc/os-release", "PRETTY_NAME", '=').unwrap_or_else(|| std::env::consts::OS.to_owned());
    let compiler = Command::new("rustc").arg("--version").output();
    let compiler = compiler.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    format!("{cores} cores ({processor}), {}, {compiler}", system.trim_matches('"'))
}

fn field(path: &str, name: &str, separator: char) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(separator))?;
    Some(value.trim().to_owned())
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

/// Whether the directory is of a repository: the commit that was measured.
pub fn commit(directory: &Path) -> Option<String> {
    let output = Command::new("git").args(["rev-parse", "--short", "HEAD"]).current_dir(directory).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!commit.is_empty()).then_some(commit)
}
