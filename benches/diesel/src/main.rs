//! Diesel on SQLite, which is synchronous.

mod models;
mod read;
mod write;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;
use harness::{Answer, Contestant, Result, Unsupported, Workload};

struct Diesel(SqliteConnection);

impl Contestant for Diesel {
    async fn connect(_url: &str) -> Result<Self> {
        Ok(Self(SqliteConnection::establish(":memory:")?))
    }

    async fn execute(&mut self, sql: &str) -> Result<()> {
        Ok(self.0.batch_execute(sql)?)
    }

    async fn text(&mut self, query: &str) -> Result<String> {
        Ok(sql::<Text>(query).get_result(&mut self.0)?)
    }

    async fn run(&mut self, workload: Workload) -> Result<Answer> {
        let db = &mut self.0;
        Ok(match workload {
            Workload::Select1 => Answer::rows(read::user(db)?),
            Workload::Select100 => Answer::rows(read::users(db)?),
            Workload::Select10000 => Answer::rows(read::comments(db)?),
            Workload::Stream10000 => Answer::rows(read::stream(db)?),
            Workload::Insert1 => write::insert_1(db)?,
            Workload::Insert1Keys => write::insert_1_key(db)?,
            Workload::Insert1000 => write::insert_1000(db)?,
            Workload::Insert1000Keys => write::insert_1000_keys(db)?,
            Workload::HasMany1 => Answer::rows(read::comments_of(&models::post(), db)?),
            Workload::BelongsTo1 => Answer::rows(read::post(db)?),
            Workload::Eager1 => Answer::rows(read::with_posts(vec![read::user(db)?], db)?),
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
    harness::compete::<Diesel>()
}
