//! Builds and starts all contestants of the benchmarks, lets them take turns, and writes `RESULTS.md` and `results.svg`.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml -p run
//! ```
//!
//! | argument | |
//! |---|---|
//! | `--rounds N` | how often each contestant's turn comes in a workload (31) |
//! | `--only WORKLOAD` | only workloads whose name contains this; may be repeated |
//! | `--contestants a,b` | only these, and `sqlx`, to which all are compared |
//! | `--quick` | 5 rounds of a fifth of the time |
//! | `--setting NAME` | only `one-core`, `two-cores`, `memstatus-0` (SQLite without its statistics of memory) or `postgres`; may be repeated |
//! | `--print` | prints the tables and writes no files |
//!
//! Cores are chosen by `taskset` (util-linux); on other systems than Linux, threads run where the system puts them.
//!
//! Contestants on PostgreSQL run where `NEKO_POSTGRES_URL` is set, each in a schema of its own, `neko_bench_..`, which is made anew.

mod chart;
mod contestant;
mod machine;
mod measure;
mod options;
mod report;

use std::error::Error;
use std::path::Path;

use contestant::{CONTESTANTS, Process};
use harness::Backend;
use measure::Set;
use options::Options;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The directory of the benchmarks.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

fn main() -> Result<()> {
    let options = Options::parse(std::env::args().skip(1))?;
    let mut sets = Vec::new();
    for setting in options.settings() {
        if setting.backend == Backend::Postgres && options.postgres.is_none() {
            eprintln!("PostgreSQL is skipped: NEKO_POSTGRES_URL is not set");
            continue;
        }
        let mut processes = Vec::new();
        for contestant in CONTESTANTS.iter().filter(|contestant| options.includes(contestant, setting.backend)) {
            eprintln!("{}: building and starting {}", setting.title, contestant.name);
            processes.push(Process::start(contestant, setting, &options)?);
        }
        sets.push(Set::measure(setting, processes, &options)?);
    }
    let report = report::report(&sets, &options)?;
    if options.print {
        println!("{report}");
        return Ok(());
    }
    std::fs::write(root().join("RESULTS.md"), report)?;
    std::fs::write(root().join("results.svg"), chart::chart(&sets))?;
    Ok(())
}
