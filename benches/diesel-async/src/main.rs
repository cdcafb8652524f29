//! diesel-async on PostgreSQL.

#[path = "../../diesel/src/models.rs"]
mod models;
mod read;
mod write;

use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use harness::{Answer, Contestant, Result, Unsupported, Workload};

struct DieselAsync(AsyncPgConnection);

impl Contestant for DieselAsync {
    async fn connect(url: &str) -> Result<Self> {
        Ok(Self(AsyncPgConnection::establish(url).await?))
    }

    async fn execute(&mut self, sql: &str) -> Result<()> {
        Ok(self.0.batch_execute(sql).await?)
    }

    async fn text(&mut self, query: &str) -> Result<String> {
        Ok(sql::<Text>(query).get_result(&mut self.0).await?)
    }

    async fn run(&mut self, workload: Workload) -> Result<Answer> {
        let db = &mut self.0;
        Ok(match workload {
            Workload::Select1 => Answer::rows(read::user(db).await?),
            Workload::Select100 => Answer::rows(read::users(db).await?),
            Workload::Select10000 => Answer::rows(read::comments(db).await?),
            Workload::Stream10000 => Answer::rows(read::stream(db).await?),
            Workload::Insert1 => write::insert_1(db).await?,
            Workload::Insert1Keys => write::insert_1_key(db).await?,
            Workload::Insert1000 => write::insert_1000(db).await?,
            Workload::Insert1000Keys => write::insert_1000_keys(db).await?,
            Workload::HasMany1 => Answer::rows(read::comments_of(&models::post(), db).await?),
            Workload::BelongsTo1 => Answer::rows(read::post(db).await?),
            Workload::Eager1 => Answer::rows(read::with_posts(vec![read::user(db).await?], db).await?),
            Workload::Eager100 => Answer::rows(read::with_posts(read::users(db).await?, db).await?),
            Workload::EagerBlobs => Answer::rows(read::with_sensors(db).await?),
            Workload::EagerBelongsTo => Answer::rows(read::posts_with_users(db).await?),
            Workload::EagerManyToMany => Answer::rows(read::posts_with_tags(db).await?),
            Workload::Eager40000 => Answer::rows(read::authors_with_books(db).await?),
            Workload::Count100 => Answer::rows(read::users_with_counts(db).await?),
            Workload::Associate100 => write::associate(db).await?,
            Workload::Attach100 => write::attach(db).await?,
            Workload::NestedCreate => write::nested_create(db).await?,
            Workload::PoolSelect1 | Workload::PoolHasMany1 | Workload::PoolEager1 => {
                return Err(Unsupported("pools are compared between neko-orm and sqlx only").into());
            }
        })
    }
}

fn main() -> Result<()> {
    harness::compete::<DieselAsync>()
}
