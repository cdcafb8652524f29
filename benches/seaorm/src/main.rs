//! SeaORM.

mod entities;
mod read;
mod write;

use harness::{Answer, Backend, Contestant, Result, Unsupported, Workload};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, FromQueryResult, Statement,
    StreamTrait, TransactionTrait,
};

/// SeaORM has pools only. Its way to hold a connection is a transaction, which begins when the data is there; on PostgreSQL, where each iteration
/// ends its own transaction, it takes a connection from the pool, which has one.
struct SeaOrm {
    pool: DatabaseConnection,
    held: Option<DatabaseTransaction>,
}

#[derive(FromQueryResult)]
struct Text {
    text: String,
}

async fn text(sql: &str, db: &impl ConnectionTrait) -> Result<String> {
    let statement = Statement::from_string(db.get_database_backend(), format!("SELECT ({sql}) AS text"));
    let row = Text::find_by_statement(statement).one(db).await?;
    Ok(row.map(|row| row.text).unwrap_or_default())
}

async fn run(workload: Workload, db: &(impl ConnectionTrait + StreamTrait + TransactionTrait)) -> Result<Answer> {
    Ok(match workload {
        Workload::Select1 => Answer::rows(read::user(db).await?),
        Workload::Select100 => Answer::rows(read::users(db).await?),
        Workload::Select10000 => Answer::rows(read::comments(db).await?),
        Workload::Stream10000 => Answer::rows(read::stream(db).await?),
        Workload::Insert1 => write::insert_1(db).await?,
        Workload::Insert1Keys => write::insert_1_key(db).await?,
        Workload::Insert1000 => write::insert_1000(db).await?,
        Workload::Insert1000Keys => write::insert_1000_keys(db).await?,
        Workload::HasMany1 => Answer::rows(read::comments_of(db).await?),
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

impl Contestant for SeaOrm {
    async fn connect(url: &str) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false).test_before_acquire(false);
        options.map_sqlx_sqlite_opts(|options| options.row_buffer_size(1024));
        Ok(Self { pool: Database::connect(options).await?, held: None })
    }

    async fn execute(&mut self, sql: &str) -> Result<()> {
        match &self.held {
            Some(held) => held.execute_unprepared(sql).await?,
            None => self.pool.execute_unprepared(sql).await?,
        };
        Ok(())
    }

    async fn text(&mut self, sql: &str) -> Result<String> {
        match &self.held {
            Some(held) => text(sql, held).await,
            None => text(sql, &self.pool).await,
        }
    }

    async fn run(&mut self, workload: Workload) -> Result<Answer> {
        if harness::backend() == Backend::Sqlite && self.held.is_none() {
            self.held = Some(self.pool.begin().await?);
        }
        match &self.held {
            Some(held) => run(workload, held).await,
            None => run(workload, &self.pool).await,
        }
    }
}

fn main() -> Result<()> {
    harness::compete::<SeaOrm>()
}
