//! ormlite on SQLite. It leaves lists of keys, and what leads to many rows, to SQL of one's own in its query builder.

mod models;
mod read;
mod write;

use harness::{Answer, Contestant, Result, Unsupported, Workload};
use ormlite::Connection as _;
use ormlite::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::AssertSqlSafe;

struct Ormlite(SqliteConnection);

impl Contestant for Ormlite {
    async fn connect(_url: &str) -> Result<Self> {
        let options = SqliteConnectOptions::new().in_memory(true).row_buffer_size(1024);
        Ok(Self(SqliteConnection::connect_with(&options).await?))
    }

    async fn execute(&mut self, sql: &str) -> Result<()> {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.0).await?;
        Ok(())
    }

    async fn text(&mut self, sql: &str) -> Result<String> {
        Ok(sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut self.0).await?)
    }

    async fn run(&mut self, workload: Workload) -> Result<Answer> {
        let db = &mut self.0;
        Ok(match workload {
            Workload::Select1 => Answer::rows(read::user(db).await?),
            Workload::Select100 => Answer::rows(read::users(db).await?),
            Workload::Select10000 => Answer::rows(read::comments(db).await?),
            Workload::Stream10000 => Answer::rows(read::stream(db).await?),
            Workload::Insert1 => {
                write::insert_1(db).await?;
                Answer::done()
            }
            Workload::Insert1Keys => Answer::keys(write::insert_1(db).await?.id),
            Workload::Insert1000 => {
                write::insert_1000(db).await?;
                Answer::done()
            }
            Workload::Insert1000Keys => {
                Answer::keys(write::insert_1000(db).await?.into_iter().filter_map(|comment| comment.id))
            }
            Workload::HasMany1 => Answer::rows(read::comments_of(db).await?),
            Workload::BelongsTo1 => Answer::rows(read::post(db).await?),
            Workload::Eager1 => Answer::rows(read::with_posts(vec![read::user(db).await?], db).await?),
            Workload::Eager100 => Answer::rows(read::with_posts(read::users(db).await?, db).await?),
            Workload::EagerBlobs => Answer::rows(read::with_sensors(db).await?),
            Workload::EagerBelongsTo => read::posts_with_users(db).await?,
            Workload::EagerManyToMany => Answer::rows(read::posts_with_tags(db).await?),
            Workload::Eager40000 => Answer::rows(read::authors_with_books(db).await?),
            Workload::Attach100 => write::attach(db).await?,
            Workload::NestedCreate => write::nested_create(db).await?,
            Workload::Count100 => return Err(Unsupported("ormlite counts by SQL of one's own only").into()),
            Workload::Associate100 => return Err(Unsupported("ormlite updates one row, or by SQL of one's own").into()),
            Workload::PoolSelect1 | Workload::PoolHasMany1 | Workload::PoolEager1 => {
                return Err(Unsupported("pools are compared between neko-orm and sqlx only").into());
            }
        })
    }
}

fn main() -> Result<()> {
    harness::compete::<Ormlite>()
}
