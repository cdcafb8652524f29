//! What all contestants of the benchmarks have in common: the workloads, the rows, and the loop that measures.
//!
//! A contestant is a process that holds one library and its own copy of the data. It implements [`Contestant`] and calls [`compete`]; the
//! runner (`benches/run`) starts all of them, and lets them take turns by lines on their standard input:
//!
//! | line | answer |
//! |---|---|
//! | | `ready DATABASE-VERSION`, once the data is there |
//! | `run WORKLOAD ITERATIONS` | `NANOSECONDS CHECKSUM`: the mean of the iterations, and what the last one found or wrote |
//! | | `unsupported REASON`, where the library has no such thing |
//! | | `error MESSAGE` |
//!
//! Only [`Contestant::run`] is in the time. What a workload writes is undone after each iteration, outside of the time.

mod checksum;
pub mod data;
pub mod machine;
pub mod models;
mod workload;

use std::error::Error;
use std::fmt::{self, Display};
use std::future::Future;
use std::io::{self, BufRead};
use std::time::{Duration, Instant};

pub use checksum::{Answer, Checksum};
pub use data::Backend;
pub use workload::Workload;

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A library under test, on one connection.
///
/// Workloads whose name starts with `pool` take a connection from the library's pool for each iteration; all others hold one.
pub trait Contestant: Sized {
    /// Connects, to a database in memory for the URL `sqlite::memory:`.
    fn connect(url: &str) -> impl Future<Output = Result<Self>>;

    /// Executes one statement, on each database that the contestant has.
    fn execute(&mut self, sql: &str) -> impl Future<Output = Result<()>>;

    /// The text that is the one column of the one row of a query.
    fn text(&mut self, sql: &str) -> impl Future<Output = Result<String>>;

    /// Does a workload once.
    fn run(&mut self, workload: Workload) -> impl Future<Output = Result<Answer>>;
}

/// The error of a contestant whose library cannot do a workload; the text is a footnote of the results.
#[derive(Debug)]
pub struct Unsupported(pub &'static str);

impl Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Unsupported {}

/// Whether the URL on the command line is of SQLite or of PostgreSQL.
pub fn backend() -> Backend {
    if url().starts_with("postgres") { Backend::Postgres } else { Backend::Sqlite }
}

fn url() -> String {
    std::env::args().nth(1).unwrap_or_else(|| "sqlite::memory:".to_owned())
}

/// The main function of a contestant: connects, stores the data, and does what the lines on standard input say.
pub fn compete<C: Contestant>() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let backend = backend();
        let mut contestant = C::connect(&url()).await?;
        for sql in data::setup(backend) {
            contestant.execute(&sql).await?;
        }
        println!("ready {}", contestant.text(backend.version()).await?);
        for line in io::stdin().lock().lines() {
            let line = line?;
            let answer = match answer(&mut contestant, &line).await {
                Ok((time, checksum)) => format!("{} {checksum}", time.as_nanos()),
                Err(error) if error.is::<Unsupported>() => format!("unsupported {error}"),
                Err(error) => format!("error {}", error.to_string().replace('\n', " ")),
            };
            println!("{answer}");
        }
        if let Some(sql) = data::teardown(backend) {
            contestant.execute(sql).await?;
        }
        Ok(())
    })
}

async fn answer(contestant: &mut impl Contestant, line: &str) -> Result<(Duration, u64)> {
    let [_, workload, iterations] = line.split(' ').collect::<Vec<_>>()[..] else {
        return Err(format!("`{line}` is not `run WORKLOAD ITERATIONS`").into());
    };
    let workload = Workload::named(workload).ok_or_else(|| format!("there is no workload `{workload}`"))?;
    measure(contestant, workload, iterations.parse()?).await
}

async fn measure(contestant: &mut impl Contestant, workload: Workload, iterations: u32) -> Result<(Duration, u64)> {
    let (mut time, mut checksum) = (Duration::ZERO, 0);
    for iteration in 1..=iterations {
        let start = Instant::now();
        let answer = contestant.run(workload).await?;
        time += start.elapsed();
        if iteration == iterations {
            checksum = answer.checksum();
            if let Some(sql) = data::written(workload) {
                checksum = (checksum, contestant.text(sql).await?).checksum();
            }
        }
        for sql in data::undo(workload) {
            contestant.execute(sql).await?;
        }
    }
    Ok((time / iterations.max(1), checksum))
}
