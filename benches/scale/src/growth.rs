//! Time and memory of operations on more and more rows.

use std::process::{Command, Stdio};

use sqlx::AssertSqlSafe;

use crate::work::{Library, Operation};
use crate::{Directory, Options, Result, child};

/// What a process says of one operation.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub nanoseconds: u64,
    /// The peak during the operation above what was in memory before.
    pub kilobytes: u64,
    pub checksum: u64,
}

/// The medians of one operation on so many rows.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    pub operation: Operation,
    pub rows: i64,
    pub neko: Measured,
    pub by_hand: Measured,
}

pub const COMMENTS: &str = "CREATE TABLE comments (id INTEGER PRIMARY KEY, post_id INTEGER NOT NULL, body TEXT NOT NULL, score INTEGER NOT NULL)";
pub const WRITTEN: &str =
    "SELECT CAST(count(*) AS TEXT) || ' ' || sum(post_id * score) || ' ' || sum(length(body)) FROM comments";

const TABLES: &str = "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors (id), title TEXT NOT NULL);
    CREATE INDEX books_author_id ON books (author_id)";

pub async fn measure(options: &Options, directory: &Directory) -> Result<Vec<Point>> {
    let mut points = Vec::new();
    for rows in &options.sizes {
        let name = format!("{rows}.db");
        prepare(*rows, &directory.database(&name)).await?;
        for operation in Operation::ALL {
            eprintln!("{rows} rows: {}", operation.title());
            let database = if operation.is_insert() { "new.db" } else { &name };
            points.push(point(operation, *rows, database, options.runs, directory)?);
        }
        directory.remove(&name);
    }
    Ok(points)
}

/// The tables that are read, each of so many rows.
async fn prepare(rows: i64, url: &str) -> Result<()> {
    let db = neko_orm::sqlite::connect(url).await?;
    let insert = |table, columns| {
        let numbers =
            format!("WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT {rows})");
        format!("INSERT INTO {table} {numbers} SELECT {columns} FROM numbers")
    };
    let statements = [
        COMMENTS.to_owned(),
        TABLES.to_owned(),
        insert("authors", "n, 'author ' || n"),
        insert("books", "n, n, 'the only book of author ' || n"),
        insert("comments", "n, n, 'comment ' || n || ', which says something of some length', n * 37 % 1001 - 500"),
        "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)".to_owned(),
    ];
    for sql in statements {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&db).await?;
    }
    db.close().await;
    Ok(())
}

/// Both libraries in turns.
fn point(operation: Operation, rows: i64, database: &str, runs: usize, directory: &Directory) -> Result<Point> {
    let mut measured = [Vec::new(), Vec::new()];
    for _ in 0..runs {
        for (library, measured) in Library::ALL.into_iter().zip(&mut measured) {
            measured.push(run(operation, library, rows, &directory.database(database))?);
            if operation.is_insert() {
                directory.remove(database);
            }
        }
    }
    let [neko, by_hand] = &mut measured;
    match neko.iter().chain(by_hand.iter()).all(|run| run.checksum == neko[0].checksum) {
        true => Ok(Point { operation, rows, neko: medians(neko), by_hand: medians(by_hand) }),
        false => Err(format!("{} of {rows} rows: the libraries differ", operation.name()).into()),
    }
}

/// This program, as a process that does one operation.
fn run(operation: Operation, library: Library, rows: i64, url: &str) -> Result<Measured> {
    let program = std::env::current_exe()?;
    let arguments = [child::ARGUMENT, operation.name(), library.name(), &rows.to_string(), url];
    let output = Command::new(program).args(arguments).stderr(Stdio::inherit()).output()?;
    let line = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<u64> = line.split_whitespace().map_while(|number| number.parse().ok()).collect();
    match numbers[..] {
        [nanoseconds, kilobytes, checksum] => Ok(Measured { nanoseconds, kilobytes, checksum }),
        _ => Err(format!("{} of {rows} rows by {}: {}", operation.name(), library.name(), output.status).into()),
    }
}

fn medians(runs: &mut [Measured]) -> Measured {
    let middle = runs.len() / 2;
    runs.sort_unstable_by_key(|run| run.kilobytes);
    let kilobytes = runs[middle].kilobytes;
    runs.sort_unstable_by_key(|run| run.nanoseconds);
    Measured { kilobytes, ..runs[middle] }
}
