//! One operation in a process of its own, so that the peak of its memory is that of nothing else.

use std::fs;
use std::time::Instant;

use harness::Checksum as _;
use sqlx::SqlitePool;

use crate::growth::Measured;
use crate::work::{Library, Operation};
use crate::{Result, by_hand, growth, neko};

/// The first argument of such a process; the others are the operation, the library, the rows and the URL.
pub const ARGUMENT: &str = "operate";

pub async fn run(arguments: &[String]) -> Result<()> {
    let [operation, library, rows, url] = arguments else {
        return Err(format!("`{ARGUMENT}` takes four arguments").into());
    };
    let operation = Operation::named(operation).ok_or("there is no such operation")?;
    let library = Library::named(library).ok_or("there is no such library")?;
    let db = neko_orm::sqlite::connect(url).await?;
    if operation.is_insert() {
        sqlx::raw_sql(growth::COMMENTS).execute(&db).await?;
    }
    let Measured { nanoseconds, kilobytes, checksum } = measure(operation, library, rows.parse()?, &db).await?;
    println!("{nanoseconds} {kilobytes} {checksum}");
    Ok(())
}

async fn measure(operation: Operation, library: Library, rows: i64, db: &SqlitePool) -> Result<Measured> {
    let schema: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_master").fetch_one(db).await?;
    // The peak so far is forgotten, where the kernel lets us: it is that of connecting.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = kilobytes("VmRSS")?;
    let start = Instant::now();
    let found = match library {
        Library::Neko => neko::operate(operation, rows, db).await?,
        Library::ByHand => by_hand::operate(operation, rows, db).await?,
    };
    let nanoseconds = start.elapsed().as_nanos() as u64;
    let kilobytes = kilobytes("VmHWM")?.saturating_sub(before);
    let mut checksum = (schema, found.checksum()).checksum();
    if operation.is_insert() {
        let written: String = sqlx::query_scalar(growth::WRITTEN).fetch_one(db).await?;
        checksum = (checksum, written).checksum();
    }
    Ok(Measured { nanoseconds, kilobytes, checksum })
}

/// A line of what the kernel says of this process.
fn kilobytes(name: &str) -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let value = value.and_then(|value| value.trim().strip_suffix(" kB"));
    Ok(value.ok_or_else(|| format!("/proc/self/status has no {name}"))?.trim().parse()?)
}
