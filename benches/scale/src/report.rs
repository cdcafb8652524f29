//! `SCALE.md`.

use std::fmt::{self, Write as _};
use std::path::Path;

use harness::machine;

use crate::concurrent::{TASKS, Table};
use crate::growth::Point;
use crate::work::Operation;
use crate::{Options, Result};

const HEAD: &str = "# How neko-orm scales

Written by `cargo run --release --manifest-path benches/Cargo.toml -p scale`; the documentation of [`scale`](scale/src/main.rs) tells its arguments.
Needs a C compiler, and for PostgreSQL the variable `NEKO_POSTGRES_URL`.

![Time and memory of operations on more and more rows](scale.svg)
";

const GROWTH: &str = "## More and more rows

On SQLite in a file, through a pool of `neko_orm::sqlite::connect`, neko-orm and sqlx by hand on the same data. Each measurement is a process of its own, on one thread,
that does the operation once, cold; both libraries take turns, and checksums of all columns are compared. A number is the **median of RUNS**. Time is that of the call, without connecting.
Memory is the peak of the process during the call (`VmHWM`) less what it had before (`VmRSS`), so that it has the result, what SQLite and the library take meanwhile, and SQLite's cache of pages.
Memory by hand tells what the result itself takes.

By hand is what one writes who cares: columns by ordinal, each row made into a struct as it comes; for relations a statement with the list of keys as JSON, and a `HashMap`;
streams with relations by chunks of 1000 rows, `WHERE id > ? ORDER BY id LIMIT 1000`; inserts in one transaction, by one `INSERT` for every 1000 rows, whose values are made for it.
For neko-orm, rows that come back are inserted by `insert_all`, and those that do not by `import_all`.
";

const CONCURRENT: &str = "## At the same time

TASKS tasks on a pool of TASKS connections, on as many threads as there are cores; each makes one call after the other, of other rows each time. Calls per second of all tasks together:
medians of ROUNDS rounds, in each of which both libraries have TURN s, in changing order. A ratio is the median of those of the rounds; above 1, neko-orm does more.
By hand, an eager load is three statements without a transaction; neko-orm reads them in one state of the database. A commit on PostgreSQL does not wait for the disk (`synchronous_commit = off`).
";

pub fn report(points: &[Point], tables: &[Table], options: &Options) -> Result<String> {
    let mut text = HEAD.to_owned();
    let commit = machine::commit(Path::new(env!("CARGO_MANIFEST_DIR")));
    let commit = commit.map(|commit| format!(", commit {commit}")).unwrap_or_default();
    writeln!(text, "\nMeasured on: {}{commit}.\n", machine::describe())?;
    text.push_str(&GROWTH.replace("RUNS", &options.runs.to_string()));
    for operation in Operation::ALL {
        growth(&mut text, operation, points)?;
    }
    let head = CONCURRENT.replace("TASKS", &TASKS.to_string()).replace("ROUNDS", &options.rounds.to_string());
    write!(text, "\n{}", head.replace("TURN", &options.turn.as_secs_f64().to_string()))?;
    for table in tables {
        concurrent(&mut text, table)?;
    }
    Ok(text)
}

fn growth(text: &mut String, operation: Operation, points: &[Point]) -> fmt::Result {
    writeln!(text, "\n### {}\n", operation.title())?;
    writeln!(
        text,
        "| N | neko-orm | for each row | by hand | ratio | memory: neko-orm | for each row | by hand | ratio |"
    )?;
    writeln!(text, "|---:|---:|---:|---:|---:|---:|---:|---:|---:|")?;
    for point in points.iter().filter(|point| point.operation == operation) {
        let (neko, by_hand, rows) = (point.neko, point.by_hand, point.rows as f64);
        let ratio = |neko: u64, by_hand: u64| format!("**{:.2}**", neko as f64 / by_hand.max(1) as f64);
        writeln!(
            text,
            "| {} | {} | {:.2} µs | {} | {} | {} | {:.0} B | {} | {} |",
            thousands(point.rows),
            milliseconds(neko.nanoseconds),
            neko.nanoseconds as f64 / 1000.0 / rows,
            milliseconds(by_hand.nanoseconds),
            ratio(neko.nanoseconds, by_hand.nanoseconds),
            megabytes(neko.kilobytes),
            neko.kilobytes as f64 * 1024.0 / rows,
            megabytes(by_hand.kilobytes),
            ratio(neko.kilobytes, by_hand.kilobytes),
        )?;
    }
    Ok(())
}

fn concurrent(text: &mut String, table: &Table) -> fmt::Result {
    writeln!(text, "\n### {}\n", table.title)?;
    writeln!(text, "| | neko-orm | by hand | ratio |\n|---|---:|---:|---:|")?;
    for (mix, throughput) in &table.rows {
        match throughput {
            Ok(medians) => {
                let [neko, by_hand] = [medians.neko, medians.by_hand].map(|calls| thousands(calls as i64));
                writeln!(text, "| {} | {neko}/s | {by_hand}/s | **{:.2}** |", mix.title, medians.ratio)?;
            }
            Err(error) => writeln!(text, "| {} | error: {} | | |", mix.title, error.replace('\n', " "))?,
        }
    }
    Ok(())
}

fn thousands(number: i64) -> String {
    match number {
        1000.. => format!("{},{:03}", thousands(number / 1000), number % 1000),
        _ => number.to_string(),
    }
}

fn milliseconds(nanoseconds: u64) -> String {
    let value = nanoseconds as f64 / 1e6;
    let decimals = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.decimals$} ms")
}

fn megabytes(kilobytes: u64) -> String {
    let value = kilobytes as f64 / 1024.0;
    format!("{value:.*} MiB", usize::from(value < 100.0))
}
