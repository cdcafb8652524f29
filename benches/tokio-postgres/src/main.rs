//! tokio-postgres by hand: prepared statements that are kept, columns by ordinal.

mod read;
mod write;

use harness::data::{COMMENT, POST, USER, parent};
use harness::{Answer, Contestant, Result, Unsupported, Workload};
use tokio_postgres::{Client, NoTls};

struct TokioPostgres {
    client: Client,
    reads: Option<read::Statements>,
    writes: Option<write::Statements>,
}

impl Contestant for TokioPostgres {
    async fn connect(url: &str) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        Ok(Self { client, reads: None, writes: None })
    }

    async fn execute(&mut self, sql: &str) -> Result<()> {
        Ok(self.client.batch_execute(sql).await?)
    }

    async fn text(&mut self, sql: &str) -> Result<String> {
        Ok(self.client.query_one(sql, &[]).await?.try_get(0)?)
    }

    async fn run(&mut self, workload: Workload) -> Result<Answer> {
        if self.reads.is_none() {
            self.reads = Some(read::Statements::prepare(&self.client).await?);
            self.writes = Some(write::Statements::prepare(&self.client).await?);
        }
        let (Some(read), Some(write)) = (&self.reads, &self.writes) else { return Err("nothing is prepared".into()) };
        let db = &mut self.client;
        Ok(match workload {
            Workload::Select1 => Answer::rows(read.user(USER, db).await?),
            Workload::Select100 => Answer::rows(read.users(db).await?),
            Workload::Select10000 => Answer::rows(read.comments(db).await?),
            Workload::Stream10000 => Answer::rows(read.stream(db).await?),
            Workload::Insert1 => write.insert_1(db).await?,
            Workload::Insert1Keys => write.insert_1_key(db).await?,
            Workload::Insert1000 => write.insert_1000(db).await?,
            Workload::Insert1000Keys => write.insert_1000_keys(db).await?,
            Workload::HasMany1 => Answer::rows(read.comments_of(POST, db).await?),
            Workload::BelongsTo1 => Answer::rows(read.post(parent(COMMENT), db).await?),
            Workload::Eager1 => Answer::rows(read.with_posts(vec![read.user(USER, db).await?], db).await?),
            Workload::Eager100 => Answer::rows(read.with_posts(read.users(db).await?, db).await?),
            Workload::EagerBlobs => Answer::rows(read.with_sensors(db).await?),
            Workload::EagerBelongsTo => Answer::rows(read.posts_with_users(db).await?),
            Workload::EagerManyToMany => Answer::rows(read.posts_with_tags(db).await?),
            Workload::Eager40000 => Answer::rows(read.authors_with_books(db).await?),
            Workload::Count100 => Answer::rows(read.users_with_counts(db).await?),
            Workload::Associate100 => write.associate(db).await?,
            Workload::Attach100 => write.attach(db).await?,
            Workload::NestedCreate => write.nested_create(db).await?,
            Workload::PoolSelect1 | Workload::PoolHasMany1 | Workload::PoolEager1 => {
                return Err(Unsupported("pools are compared between neko-orm and sqlx only").into());
            }
        })
    }
}

fn main() -> Result<()> {
    harness::compete::<TokioPostgres>()
}
