//! rusqlite by hand: no runtime, no thread, no pool; the limit of what SQLite gives.

mod read;
mod write;

use std::iter::repeat_n;

use harness::data::{COMMENT, POST, USER, parent};
use harness::{Answer, Contestant, Result, Unsupported, Workload};
use rusqlite::Connection;

struct Rusqlite(Connection);

/// A list of keys as one argument of `json_each`.
fn json(keys: &[i64]) -> String {
    format!("[{}]", keys.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
}

/// `INSERT` of so many rows, each of so many columns.
fn insert(into: &str, rows: usize, columns: usize) -> String {
    let row = format!("({})", repeat_n("?", columns).collect::<Vec<_>>().join(", "));
    format!("INSERT INTO {into} VALUES {}", repeat_n(row, rows).collect::<Vec<_>>().join(", "))
}

impl Contestant for Rusqlite {
    async fn connect(_url: &str) -> Result<Self> {
        Ok(Self(Connection::open_in_memory()?))
    }

    async fn execute(&mut self, sql: &str) -> Result<()> {
        Ok(self.0.execute_batch(sql)?)
    }

    async fn text(&mut self, sql: &str) -> Result<String> {
        Ok(self.0.query_row(sql, [], |row| row.get(0))?)
    }

    async fn run(&mut self, workload: Workload) -> Result<Answer> {
        let db = &mut self.0;
        Ok(match workload {
            Workload::Select1 => Answer::rows(read::user(USER, db)?),
            Workload::Select100 => Answer::rows(read::users(db)?),
            Workload::Select10000 => Answer::rows(read::comments(db)?),
            Workload::Stream10000 => Answer::rows(read::stream(db)?),
            Workload::Insert1 => {
                write::insert_1(db)?;
                Answer::done()
            }
            Workload::Insert1Keys => Answer::keys([write::insert_1(db)?]),
            Workload::Insert1000 => write::insert_1000(db)?,
            Workload::Insert1000Keys => write::insert_1000_keys(db)?,
            Workload::HasMany1 => Answer::rows(read::comments_of(POST, db)?),
            Workload::BelongsTo1 => Answer::rows(read::post(parent(COMMENT), db)?),
            Workload::Eager1 => Answer::rows(read::with_posts(vec![read::user(USER, db)?], db)?),
            Workload::Eager100 => Answer::rows(read::with_posts(read::users(db)?, db)?),
            Workload::EagerBlobs => Answer::rows(read::with_sensors(db)?),
            Workload::EagerBelongsTo => Answer::rows(read::posts_with_users(db)?),
            Workload::EagerManyToMany => Answer::rows(read::posts_with_tags(db)?),
            Workload::Eager40000 => Answer::rows(read::authors_with_books(db)?),
            Workload::Count100 => Answer::rows(read::users_with_counts(db)?),
            Workload::Associate100 => write::associate(db)?,
            Workload::Attach100 => write::attach(db)?,
            Workload::NestedCreate => write::nested_create(db)?,
            Workload::PoolSelect1 | Workload::PoolHasMany1 | Workload::PoolEager1 => {
                return Err(Unsupported("pools are compared between neko-orm and sqlx only").into());
            }
        })
    }
}

fn main() -> Result<()> {
    harness::compete::<Rusqlite>()
}
