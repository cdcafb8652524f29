//! The command line.

use harness::{Backend, Workload};

use crate::Result;
use crate::contestant::{BASELINE, Contestant};

/// A database, and how SQLite is compiled.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    pub backend: Backend,
    pub title: &'static str,
    /// The value of `LIBSQLITE3_FLAGS` in builds.
    pub sqlite_flags: &'static str,
    /// The directory below the target directory.
    pub directory: &'static str,
}

const SETTINGS: [(&str, Setting); 3] = [
    (
        "1",
        Setting {
            backend: Backend::Sqlite,
            title: "SQLite in memory, as it is compiled by default",
            sqlite_flags: "",
            directory: "contestants",
        },
    ),
    (
        "0",
        Setting {
            backend: Backend::Sqlite,
            title: "SQLite in memory, without its statistics of memory",
            sqlite_flags: "-DSQLITE_DEFAULT_MEMSTATUS=0",
            directory: "contestants-memstatus-0",
        },
    ),
    (
        "",
        Setting {
            backend: Backend::Postgres,
            title: "PostgreSQL over TCP",
            sqlite_flags: "",
            directory: "contestants",
        },
    ),
];

#[derive(Debug)]
pub struct Options {
    pub rounds: usize,
    /// Nanoseconds that a contestant's turn takes at least.
    pub turn: u64,
    /// Nanoseconds that a contestant's turns in a workload take at most, but for three of them.
    pub budget: u64,
    pub print: bool,
    pub postgres: Option<String>,
    only: Vec<String>,
    contestants: Vec<String>,
    memstatus: Option<String>,
    backend: Option<String>,
}

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            rounds: 31,
            turn: 10_000_000,
            budget: 2_000_000_000,
            print: false,
            postgres: std::env::var("NEKO_POSTGRES_URL").ok(),
            only: Vec::new(),
            contestants: Vec::new(),
            memstatus: None,
            backend: None,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--rounds" => options.rounds = value()?.parse()?,
                "--only" => options.only.push(value()?),
                "--contestants" => options.contestants = value()?.split(',').map(str::to_owned).collect(),
                "--memstatus" => options.memstatus = Some(value()?),
                "--backend" => options.backend = Some(value()?),
                "--quick" => (options.rounds, options.turn, options.budget) = (5, 2_000_000, 400_000_000),
                "--print" => options.print = true,
                _ => return Err(format!("`{argument}` is not an argument: see the documentation of `run`").into()),
            }
        }
        Ok(options)
    }

    /// What is measured, one after the other.
    pub fn settings(&self) -> impl Iterator<Item = &'static Setting> {
        let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        let wanted = move |memstatus: &str, setting: &Setting| match setting.backend {
            Backend::Sqlite => is(&self.backend, "sqlite") && is(&self.memstatus, memstatus),
            Backend::Postgres => is(&self.backend, "postgres") && self.memstatus.is_none(),
        };
        SETTINGS.iter().filter(move |(memstatus, setting)| wanted(memstatus, setting)).map(|(_, setting)| setting)
    }

    pub fn workloads(&self) -> impl Iterator<Item = Workload> {
        let is_wanted = |workload: &Workload| {
            self.only.is_empty() || self.only.iter().any(|part| workload.name().contains(part.as_str()))
        };
        Workload::ALL.iter().copied().filter(is_wanted)
    }

    pub fn includes(&self, contestant: &Contestant, backend: Backend) -> bool {
        let is_wanted = self.contestants.is_empty()
            || contestant.name == BASELINE
            || self.contestants.iter().any(|name| name == contestant.name);
        is_wanted && contestant.backends.contains(&backend)
    }
}
