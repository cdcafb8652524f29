//! sqlx by hand: columns by ordinal, one statement for each level of an eager load, which a `HashMap` of positions groups.

mod read;
mod write;

use harness::data::{COMMENT, POST, USER, parent};
use harness::{Answer, Backend, Contestant, Result, Workload};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Pool, Postgres, Sqlite};

/// A connection that is held, and a pool.
struct ByHand<DB: sqlx::Database> {
    held: PoolConnection<DB>,
    pool: Pool<DB>,
}

/// As `neko_orm::sqlite::connect`, of which the write-ahead log and the busy timeout mean nothing in memory.
async fn sqlite(url: &str) -> Result<SqlitePool> {
    let options = url.parse::<SqliteConnectOptions>()?.foreign_keys(true).row_buffer_size(1024).shared_cache(false);
    let pool = SqlitePoolOptions::new().test_before_acquire(false).max_connections(1).min_connections(1);
    Ok(pool.idle_timeout(None).max_lifetime(None).connect_with(options).await?)
}

/// As `neko_orm::postgres::connect`.
async fn postgres(url: &str) -> Result<PgPool> {
    Ok(PgPoolOptions::new().test_before_acquire(false).connect(url).await?)
}

macro_rules! contestant {
    ($db:ident, $connect:ident, $read:path, $write:path) => {
        impl Contestant for ByHand<$db> {
            async fn connect(url: &str) -> Result<Self> {
                Ok(Self { held: $connect(url).await?.acquire().await?, pool: $connect(url).await? })
            }

            async fn execute(&mut self, sql: &str) -> Result<()> {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *self.held).await?;
                if harness::backend() == Backend::Sqlite {
                    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&self.pool).await?;
                }
                Ok(())
            }

            async fn text(&mut self, sql: &str) -> Result<String> {
                Ok(sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut *self.held).await?)
            }

            async fn run(&mut self, workload: Workload) -> Result<Answer> {
                use {$read as read, $write as write};
                let mut pooled;
                let db = match workload.is_pooled() {
                    true => {
                        pooled = self.pool.acquire().await?;
                        &mut *pooled
                    }
                    false => &mut *self.held,
                };
                Ok(match workload {
                    Workload::Select1 | Workload::PoolSelect1 => Answer::rows(read::user(USER, db).await?),
                    Workload::Select100 => Answer::rows(read::users(db).await?),
                    Workload::Select10000 => Answer::rows(read::comments(db).await?),
                    Workload::Stream10000 => Answer::rows(read::stream(db).await?),
                    Workload::Insert1 => write::insert_1(db).await?,
                    Workload::Insert1Keys => write::insert_1_key(db).await?,
                    Workload::Insert1000 => write::insert_1000(db).await?,
                    Workload::Insert1000Keys => write::insert_1000_keys(db).await?,
                    Workload::HasMany1 | Workload::PoolHasMany1 => Answer::rows(read::comments_of(POST, db).await?),
                    Workload::BelongsTo1 => Answer::rows(read::post(parent(COMMENT), db).await?),
                    Workload::Eager1 | Workload::PoolEager1 => {
                        let users = vec![read::user(USER, db).await?];
                        Answer::rows(read::with_posts(users, db).await?)
                    }
                    Workload::Eager100 => {
                        let users = read::users(db).await?;
                        Answer::rows(read::with_posts(users, db).await?)
                    }
                    Workload::EagerBlobs => Answer::rows(read::with_sensors(db).await?),
                    Workload::EagerBelongsTo => Answer::rows(read::posts_with_users(db).await?),
                    Workload::EagerManyToMany => Answer::rows(read::posts_with_tags(db).await?),
                    Workload::Eager40000 => Answer::rows(read::authors_with_books(db).await?),
                    Workload::Count100 => Answer::rows(read::users_with_counts(db).await?),
                    Workload::Associate100 => write::associate(db).await?,
                    Workload::Attach100 => write::attach(db).await?,
                    Workload::NestedCreate => write::nested_create(db).await?,
                })
            }
        }
    };
}

contestant!(Sqlite, sqlite, crate::read::sqlite, crate::write::sqlite);
contestant!(Postgres, postgres, crate::read::postgres, crate::write::postgres);

fn main() -> Result<()> {
    match harness::backend() {
        Backend::Sqlite => harness::compete::<ByHand<Sqlite>>(),
        Backend::Postgres => harness::compete::<ByHand<Postgres>>(),
    }
}
