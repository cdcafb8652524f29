//! SeaORM.

mod entities;
mod read;
mod write;

use harness::{Answer, Backend, Contestant, Result, Unsupported, Workload};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult, Statement,
    TransactionTrait,
};

/// SeaORM has pools only. Its way to hold a connection is a transaction, which begins when the data is there.
struct SeaOrm {
    pool: DatabaseConnection,
    held: Option<DatabaseTransaction>,
}

impl SeaOrm {
    async fn held(&mut self) -> std::result::Result<&DatabaseTransaction, DbErr> {
        if self.held.is_none() {
            self.held = Some(self.pool.begin().await?);
        }
        self.held.as_ref().ok_or_else(|| DbErr::Custom("there is no transaction".to_owned()))
    }
}

#[derive(FromQueryResult)]
struct Text {
    text: String,
}

async fn write(workload: Workload, db: &(impl ConnectionTrait + TransactionTrait)) -> Result<Answer> {
    Ok(match workload {
        Workload::Insert1 => write::insert_1(db).await?,
        Workload::Insert1Keys => write::insert_1_key(db).await?,
        Workload::Insert1000 => write::insert_1000(db).await?,
        Workload::Insert1000Keys => write::insert_1000_keys(db).await?,
        Workload::Associate100 => write::associate(db).await?,
        Workload::Attach100 => write::attach(db).await?,
        Workload::NestedCreate => write::nested_create(db).await?,
        _ => return Err(Unsupported("pools are compared between neko-orm and sqlx only").into()),
    })
}

impl Contestant for SeaOrm {
    async fn connect(url: &str) -> Result<Self> {
        let connections = if harness::backend() == Backend::Sqlite { 1 } else { 2 };
        let mut options = ConnectOptions::new(url);
        options.max_connections(connections).sqlx_logging(false).test_before_acquire(false);
        Ok(Self { pool: Database::connect(options).await?, held: None })
    }

    async fn execute(&mut self, sql: &str) -> Result<()> {
        match &self.held {
            Some(held) if harness::backend() == Backend::Sqlite => held.execute_unprepared(sql).await?,
            _ => self.pool.execute_unprepared(sql).await?,
        };
        Ok(())
    }

    async fn text(&mut self, sql: &str) -> Result<String> {
        let db = self.held().await?;
        let sql = format!("SELECT ({sql}) AS text");
        let row = Text::find_by_statement(Statement::from_string(db.get_database_backend(), sql)).one(db).await?;
        Ok(row.map(|row| row.text).unwrap_or_default())
    }

    async fn run(&mut self, workload: Workload) -> Result<Answer> {
        let writes_in_pool = harness::backend() == Backend::Postgres;
        self.held().await?;
        let Some(db) = &self.held else { return Err("there is no transaction".into()) };
        Ok(match workload {
            Workload::Select1 => Answer::rows(read::user(db).await?),
            Workload::Select100 => Answer::rows(read::users(db).await?),
            Workload::Select10000 => Answer::rows(read::comments(db).await?),
            Workload::Stream10000 => Answer::rows(read::stream(db).await?),
            Workload::HasMany1 => Answer::rows(read::comments_of(db).await?),
            Workload::BelongsTo1 => Answer::rows(read::post(db).await?),
            Workload::Eager1 => Answer::rows(read::with_posts(vec![read::user(db).await?], db).await?),
            Workload::Eager100 => Answer::rows(read::with_posts(read::users(db).await?, db).await?),
            Workload::EagerBlobs => Answer::rows(read::with_sensors(db).await?),
            Workload::EagerBelongsTo => Answer::rows(read::posts_with_users(db).await?),
            Workload::EagerManyToMany => Answer::rows(read::posts_with_tags(db).await?),
            Workload::Eager40000 => Answer::rows(read::authors_with_books(db).await?),
            Workload::Count100 => Answer::rows(read::users_with_counts(db).await?),
            _ if writes_in_pool => write(workload, &self.pool).await?,
            _ => write(workload, db).await?,
        })
    }
}

fn main() -> Result<()> {
    harness::compete::<SeaOrm>()
}
