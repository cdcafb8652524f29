//! How neko-orm grows with the number of rows, and what it does for several tasks at the same time; writes `SCALE.md` and `scale.svg`.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml -p scale
//! ```
//!
//! | argument | |
//! |---|---|
//! | `--quick` | up to 10,000 rows instead of 1,000,000, and 3 rounds of 0.1 s instead of 11 of 0.3 s |
//! | `--print` | prints the tables and writes no files |
//!
//! PostgreSQL takes part where `NEKO_POSTGRES_URL` is set, in a schema of its own, `neko_bench_scale`, which is made anew.

mod by_hand;
mod chart;
mod child;
mod concurrent;
mod directory;
mod growth;
mod models;
mod neko;
mod report;
mod work;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use directory::Directory;

/// Tasks return errors to the one that started them.
type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

pub struct Options {
    /// Of the rows, each ten times the one before.
    sizes: Vec<i64>,
    /// How often each operation is done.
    runs: usize,
    rounds: usize,
    /// How long each library has its turn in a round.
    turn: Duration,
    print: bool,
    postgres: Option<String>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            sizes: vec![1000, 10_000, 100_000, 1_000_000],
            runs: 3,
            rounds: 11,
            turn: Duration::from_millis(300),
            print: false,
            postgres: std::env::var("NEKO_POSTGRES_URL").ok(),
        };
        for argument in arguments {
            match argument.as_str() {
                "--quick" => {
                    options.sizes.truncate(2);
                    (options.rounds, options.turn) = (3, Duration::from_millis(100));
                }
                "--print" => options.print = true,
                _ => return Err(format!("`{argument}` is not an argument: see the documentation of `scale`").into()),
            }
        }
        Ok(options)
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [child, arguments @ ..] = &arguments[..]
        && child == child::ARGUMENT
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        return runtime.block_on(child::run(arguments));
    }
    let options = Options::parse(&arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (points, tables) = runtime.block_on(async {
        let directory = Directory::new()?;
        let points = growth::measure(&options, &directory).await?;
        Ok::<_, Box<dyn Error + Send + Sync>>((points, concurrent::measure(&options, &directory).await?))
    })?;
    let report = report::report(&points, &tables, &options)?;
    println!("{report}");
    if !options.print {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
        std::fs::write(root.join("SCALE.md"), report)?;
        std::fs::write(root.join("scale.svg"), chart::chart(&points))?;
    }
    Ok(())
}
