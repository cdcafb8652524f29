//! `RESULTS.md`.

use std::fmt::{self, Write as _};

use crate::contestant::BASELINE;
use crate::measure::{Cell, Set};
use crate::options::Options;
use crate::{Result, machine, root};

const HEAD: &str = "# Results of the benchmarks

Written by `cargo run --release --manifest-path benches/Cargo.toml -p run`; the documentation of [`run`](run/src/main.rs) tells its arguments.
Needs a C compiler, and for PostgreSQL the variable `NEKO_POSTGRES_URL`; nothing is downloaded but the crates of the lock files.

![neko-orm and its peers, compared with sqlx by hand](results.svg)

## How it is measured

Each contestant is a process that holds one library and its own copy of the same rows ([harness/src/data.rs](harness/src/data.rs)), on one thread and one connection that
it holds; `through a pool` takes one for each call. It does each workload in the best idiom of its library that we know; if you know a better one, tell us.
In each round every contestant has its turn, in rotating order, and repeats the workload for at least TURN ms. All must find, or write, the same: checksums of all columns are compared.
What was written is undone outside of the time. A cell is the **median of the ratios to sqlx by hand** in the same round, and below it the median time and the 10th percentile.
Below 1 is faster than by hand. A contestant whose turns in a workload would take more than BUDGET s has fewer of them, at least three: its cell tells how many.

All are built by plain `--release`, each by itself. sqlx by hand reads columns by ordinal, and loads each level of relations by one statement, grouped by a `HashMap`; its connections are set up as
`neko_orm::sqlite::connect` does, and those of SeaORM and ormlite have its buffer of rows.
sqlx runs SQLite in a thread of its own. On the core of the thread that waits for it, as on a busy server, there is nothing to wake up; on another one, as on an idle server, each
message takes until that core has woken up. The system puts them here or there, so each table of SQLite says which; a process has its threads where the table says from the start.
SeaORM holds a connection of SQLite by a transaction, in which its writes need no commit of their own; on PostgreSQL it takes one from its pool each time. SQLite is compiled in and in memory; PostgreSQL does not wait for the disk (`synchronous_commit = off`).
";

pub fn report(sets: &[Set], options: &Options) -> Result<String> {
    let mut text = HEAD.replace("TURN", &(options.turn / 1_000_000).to_string());
    text = text.replace("BUDGET", &(options.budget as f64 / 1e9).to_string());
    let commit = machine::commit(root()).map(|commit| format!(", commit {commit}")).unwrap_or_default();
    writeln!(text, "\nMeasured on: {}. {} rounds{commit}.", machine::describe(), options.rounds)?;
    for set in sets {
        table(&mut text, set, options.rounds)?;
    }
    Ok(text)
}

fn table(text: &mut String, set: &Set, most: usize) -> fmt::Result {
    writeln!(text, "\n## {}\n", set.setting.title)?;
    if !set.setting.sqlite_flags.is_empty() {
        writeln!(text, "Built with `LIBSQLITE3_FLAGS={}`.\n", set.setting.sqlite_flags)?;
    }
    write!(text, "| |")?;
    set.contestants.iter().try_for_each(|(contestant, _)| write!(text, " {} |", contestant.title))?;
    writeln!(text, "\n|---|{}", "---:|".repeat(set.contestants.len()))?;
    let mut footnotes: Vec<&str> = Vec::new();
    for (workload, cells) in &set.rows {
        write!(text, "| {} |", workload.title())?;
        for ((contestant, _), cell) in set.contestants.iter().zip(cells) {
            match cell {
                Cell::Times { median, tenth, .. } if contestant.name == BASELINE => {
                    write!(text, " {}<br>{} |", time(*median), time(*tenth))?;
                }
                Cell::Times { median, tenth, ratio, rounds } => {
                    let few = if *rounds < most { format!("<br>{rounds} rounds") } else { String::new() };
                    write!(text, " **{ratio:.2}**<br>{}<br>{}{few} |", time(*median), time(*tenth))?;
                }
                Cell::Unsupported(reason) => write!(text, " –{} |", footnote(reason, &mut footnotes))?,
            }
        }
        writeln!(text)?;
    }
    writeln!(text)?;
    for (number, reason) in footnotes.iter().enumerate() {
        writeln!(text, "<sup>{}</sup> {reason}<br>", number + 1)?;
    }
    for (contestant, database) in &set.contestants {
        writeln!(text, "- {}: {}, {}", contestant.title, machine::versions(contestant), database_name(set, database))?;
    }
    Ok(())
}

fn database_name(set: &Set, version: &str) -> String {
    match set.setting.backend {
        harness::Backend::Sqlite => format!("SQLite {version}"),
        harness::Backend::Postgres => format!("PostgreSQL {version}"),
    }
}

fn footnote<'r>(reason: &'r str, footnotes: &mut Vec<&'r str>) -> String {
    let number = footnotes.iter().position(|known| *known == reason).unwrap_or_else(|| {
        footnotes.push(reason);
        footnotes.len() - 1
    });
    format!("<sup>{}</sup>", number + 1)
}

/// Three digits and a unit.
fn time(nanoseconds: u64) -> String {
    let (value, unit) = match nanoseconds as f64 {
        value if value < 1e6 => (value / 1e3, "µs"),
        value => (value / 1e6, "ms"),
    };
    let decimals = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.decimals$} {unit}")
}
