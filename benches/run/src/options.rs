//! The command line.

use harness::{Backend, Workload};

use crate::Result;
use crate::contestant::{BASELINE, Contestant};

/// A database, and how SQLite is compiled and run.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The name on the command line.
    pub name: &'static str,
    pub backend: Backend,
    pub title: &'static str,
    /// The value of `LIBSQLITE3_FLAGS` in builds.
    pub sqlite_flags: &'static str,
    /// The directory below the target directory.
    pub directory: &'static str,
    pub cores: Cores,
}

/// Where a contestant's threads run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cores {
    /// All on one.
    One,
    /// Those that a library has made to connect on another than its caller's.
    Two,
    /// Where the system puts them.
    Any,
}

const SQLITE: Setting = Setting {
    name: "one-core",
    backend: Backend::Sqlite,
    title: "SQLite in memory, on one core",
    sqlite_flags: "",
    directory: "contestants",
    cores: Cores::One,
};

const SETTINGS: [Setting; 4] = [
    SQLITE,
    Setting { name: "two-cores", title: "SQLite in memory, on two cores", cores: Cores::Two, ..SQLITE },
    Setting {
        name: "memstatus-0",
        title: "SQLite in memory, on one core, without its statistics of memory",
        sqlite_flags: "-DSQLITE_DEFAULT_MEMSTATUS=0",
        directory: "contestants-memstatus-0",
        ..SQLITE
    },
    Setting { name: "postgres", backend: Backend::Postgres, title: "PostgreSQL over TCP", cores: Cores::Any, ..SQLITE },
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
    settings: Vec<String>,
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
            settings: Vec::new(),
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--rounds" => options.rounds = value()?.parse()?,
                "--only" => options.only.push(value()?),
                "--contestants" => options.contestants = value()?.split(',').map(str::to_owned).collect(),
                "--setting" => {
                    let name = value()?;
                    if !SETTINGS.iter().any(|setting| setting.name == name) {
                        return Err(format!("there is no setting `{name}`").into());
                    }
                    options.settings.push(name);
                }
                "--quick" => (options.rounds, options.turn, options.budget) = (5, 2_000_000, 400_000_000),
                "--print" => options.print = true,
                _ => return Err(format!("`{argument}` is not an argument: see the documentation of `run`").into()),
            }
        }
        Ok(options)
    }

    /// What is measured, one after the other.
    pub fn settings(&self) -> impl Iterator<Item = &'static Setting> {
        let is_wanted =
            |setting: &&Setting| self.settings.is_empty() || self.settings.iter().any(|name| name == setting.name);
        SETTINGS.iter().filter(is_wanted)
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
