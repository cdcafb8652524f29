//! The contestants: how each is built, and the process that it runs in.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use harness::{Backend, Workload};

use crate::options::{Options, Setting};
use crate::{Result, machine, root};

/// The contestant to which all others are compared.
pub const BASELINE: &str = "sqlx";

pub struct Contestant {
    pub name: &'static str,
    /// What tables call it.
    pub title: &'static str,
    /// The crates whose versions count.
    pub crates: &'static [&'static str],
    pub backends: &'static [Backend],
    /// Where its lock file is, below the directory of the benchmarks.
    pub lock: &'static str,
}

const SQLITE: &[Backend] = &[Backend::Sqlite];
const POSTGRES: &[Backend] = &[Backend::Postgres];
const BOTH: &[Backend] = &[Backend::Sqlite, Backend::Postgres];

const fn contestant(
    name: &'static str,
    title: &'static str,
    crates: &'static [&'static str],
    backends: &'static [Backend],
) -> Contestant {
    Contestant { name, title, crates, backends, lock: "" }
}

pub const CONTESTANTS: &[Contestant] = &[
    contestant("neko", "neko-orm", &["neko-orm"], BOTH),
    contestant(BASELINE, "sqlx by hand", &["sqlx"], BOTH),
    contestant("rusqlite", "rusqlite by hand", &["rusqlite"], SQLITE),
    contestant("diesel", "Diesel (synchronous)", &["diesel"], SQLITE),
    contestant("tokio-postgres", "tokio-postgres by hand", &["tokio-postgres"], POSTGRES),
    contestant("diesel-async", "diesel-async", &["diesel-async", "diesel"], POSTGRES),
    contestant("seaorm", "SeaORM", &["sea-orm"], BOTH),
    contestant("ormlite", "ormlite", &["ormlite"], SQLITE),
    Contestant { lock: "toasty", ..contestant("toasty", "Toasty", &["toasty"], BOTH) },
];

/// What a contestant answers to a turn.
pub enum Turn {
    Done { nanoseconds: u64, checksum: u64 },
    Unsupported(String),
}

/// A contestant that runs.
pub struct Process {
    pub contestant: &'static Contestant,
    pub database: String,
    child: Child,
    /// `None` once no more turns come.
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    pub fn start(contestant: &'static Contestant, setting: &Setting, options: &Options) -> Result<Self> {
        let program = build(contestant, setting)?;
        let url = match (setting.backend, &options.postgres) {
            (Backend::Postgres, Some(url)) => postgres(url, contestant.name),
            _ => "sqlite::memory:".to_owned(),
        };
        let mut child = Command::new(program).arg(url).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("a contestant has no standard input or output".into());
        };
        let output = BufReader::new(output).lines();
        let mut process = Self { contestant, database: String::new(), child, input: Some(input), output };
        let line = process.line()?;
        process.database = line.strip_prefix("ready ").ok_or_else(|| process.failed("start", &line))?.to_owned();
        machine::place(process.child.id(), setting.cores)?;
        Ok(process)
    }

    /// Does a workload so many times.
    pub fn run(&mut self, workload: Workload, iterations: u64) -> Result<Turn> {
        if let Some(input) = &mut self.input {
            writeln!(input, "run {} {iterations}", workload.name())?;
        }
        let line = self.line()?;
        if let Some(reason) = line.strip_prefix("unsupported ") {
            return Ok(Turn::Unsupported(reason.to_owned()));
        }
        let done = line.split_once(' ').and_then(|(time, sum)| Some((time.parse().ok()?, sum.parse().ok()?)));
        let (nanoseconds, checksum) = done.ok_or_else(|| self.failed(workload.name(), &line))?;
        Ok(Turn::Done { nanoseconds, checksum })
    }

    fn line(&mut self) -> Result<String> {
        let ended = || format!("{} has ended", self.contestant.name);
        Ok(self.output.next().ok_or_else(ended)??)
    }

    fn failed(&self, what: &str, line: &str) -> String {
        format!("{}, {what}: {line}", self.contestant.name)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.wait();
    }
}

/// The URL of a schema of the contestant's own, in which a commit does not wait for the disk.
fn postgres(url: &str, name: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    let name = name.replace('-', "_");
    format!("{url}{separator}options=-c%20search_path%3Dneko_bench_{name}%20-c%20synchronous_commit%3Doff")
}

/// Each is built by itself: built together, each would get the features that any of them asks of sqlx.
fn build(contestant: &Contestant, setting: &Setting) -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let target = target.join(setting.directory).join(contestant.lock);
    let package = format!("bench-{}", contestant.name);
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--locked", "--release", "--package", &package, "--manifest-path"])
        .arg(root().join(contestant.lock).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env("LIBSQLITE3_FLAGS", setting.sqlite_flags)
        .status()?;
    match status.success() {
        true => Ok(target.join("release").join(package)),
        false => Err(format!("{package} does not build").into()),
    }
}
