//! Running statements.

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use futures_util::StreamExt;
use sqlx::Either;

use super::{Arguments, Row, Statement, statement};
use crate::error::{Error, Result, Sent};

/// The stream of a statement's rows.
pub(crate) type RowStream<'c> = BoxStream<'c, Result<Row>>;

/// What a statement has written.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// The number of rows.
    pub rows: u64,
    /// The first key that the database has generated, where it does not return rows that are inserted.
    pub first_key: u64,
}

/// What running statements must know of a database.
pub trait Driver:
    sqlx::Database<Arguments: sqlx::IntoArguments<Self>> + sqlx_core::database::HasStatementCache
{
    /// Whether sqlx rolls a transaction back that was dropped while it was begun.
    const UNDOES_DROPPED_BEGIN: bool;

    /// Whether a statement must be kept, even if it will hardly come again. sqlx 0.9 closes one that is not by a message to which no answer comes;
    /// on TCP, the next message then waits for the acknowledgement, which Linux delays by 40 ms.
    const KEEPS_STATEMENTS: bool = false;

    /// What fails where a transaction can no longer be committed, if the `COMMIT` itself does not.
    const BEFORE_COMMIT: Option<&'static str> = None;

    /// The arguments, if they were encoded for this database.
    fn arguments(arguments: Arguments) -> Option<Self::Arguments>;

    /// The row as one of whichever database.
    fn row(row: Self::Row) -> Row;

    /// What a statement has written.
    fn written(result: Self::QueryResult) -> Written;

    /// Sorts the failure of a statement by what the database refused.
    fn sort(sent: Sent, error: sqlx::Error) -> Error {
        Error::from_statement(sent, error)
    }

    /// What has gone wrong, and with it the transaction if the database has ended it.
    fn failure(_connection: &mut Self::Connection, sent: Sent, error: sqlx::Error) -> BoxFuture<'_, Error> {
        Box::pin(std::future::ready(Self::sort(sent, error)))
    }
}

/// Runs a statement that writes.
pub(super) async fn execute<DB: Driver>(connection: &mut DB::Connection, statement: Statement) -> Result<Written>
where
    for<'e> &'e mut DB::Connection: sqlx::Executor<'e, Database = DB>,
{
    let sent = statement.sent.clone();
    let result = async { sqlx::Executor::execute(&mut *connection, query::<DB>(statement)?).await }.await;
    sorted::<DB, _>(connection, sent, result).await.map(DB::written)
}

/// Runs a statement and returns its rows.
pub(super) async fn rows<DB: Driver>(connection: &mut DB::Connection, statement: Statement) -> Result<Vec<Row>>
where
    for<'e> &'e mut DB::Connection: sqlx::Executor<'e, Database = DB>,
{
    let mut rows = Vec::new();
    each::<DB>(connection, statement, &mut |row| rows.push(row)).await?;
    Ok(rows)
}

/// Runs a statement that reads, and ends it with its first row: on SQLite, the reader is woken once then, by the row, and not by the end as well. What
/// writes must come to its end, where constraints are checked.
#[cfg(feature = "sqlite")]
pub(super) async fn row(connection: &mut sqlx::SqliteConnection, statement: Statement) -> Result<Option<Row>> {
    let sent = statement.sent.clone();
    let row = async { sqlx::Executor::fetch_optional(&mut *connection, query::<sqlx::Sqlite>(statement)?).await }.await;
    Ok(sorted::<sqlx::Sqlite, _>(connection, sent, row).await?.map(Row::Sqlite))
}

/// Runs a statement and hands over its rows as they come, which need not all be in memory then.
pub(super) async fn each<DB: Driver>(
    connection: &mut DB::Connection,
    statement: Statement,
    take: &mut (dyn FnMut(Row) + Send),
) -> Result<()>
where
    for<'e> &'e mut DB::Connection: sqlx::Executor<'e, Database = DB>,
{
    let sent = statement.sent.clone();
    let taken = async {
        let results = sqlx::Executor::fetch_many(&mut *connection, query::<DB>(statement)?);
        drain::<DB>(results, take).await
    };
    let taken = taken.await;
    sorted::<DB, _>(connection, sent, taken).await
}

async fn drain<DB: Driver>(
    mut results: BoxStream<'_, sqlx::Result<Either<DB::QueryResult, DB::Row>>>,
    take: &mut (dyn FnMut(Row) + Send),
) -> sqlx::Result<()> {
    while let Some(result) = results.next().await {
        if let Either::Right(row) = result? {
            take(DB::row(row));
        }
    }
    Ok(())
}

/// The result, or what it is that failed.
async fn sorted<DB: Driver, T>(connection: &mut DB::Connection, sent: Sent, result: sqlx::Result<T>) -> Result<T> {
    match result {
        Ok(result) => Ok(result),
        Err(error) => Err(DB::failure(connection, sent, error).await),
    }
}

/// The rows of a statement as they come.
pub(crate) fn stream<'c, DB, E>(executor: E, statement: Statement) -> RowStream<'c>
where
    DB: Driver,
    E: sqlx::Executor<'c, Database = DB>,
{
    let sent = statement.sent.clone();
    let mut rows = match query::<DB>(statement) {
        Ok(query) => executor.fetch(query),
        Err(error) => futures_util::stream::once(std::future::ready(Err(error))).boxed(),
    };
    let mut unsent = Some(sent.clone());
    futures_util::stream::poll_fn(move |context| {
        if let Some(sent) = unsent.take() {
            statement::log(&sent.sql);
        }
        rows.poll_next_unpin(context).map_ok(DB::row).map_err(|error| DB::sort(sent.clone(), error))
    })
    .boxed()
}

pub(super) fn query<DB: Driver>(statement: Statement) -> sqlx::Result<sqlx::query::Query<'static, DB, DB::Arguments>> {
    let (sql, persistent) = (statement.sql(), statement.persistent);
    let arguments = DB::arguments(statement.arguments)
        .ok_or_else(|| sqlx::Error::InvalidArgument("the statement is for another database".to_owned()))?;
    Ok(sqlx::query_with(sql, arguments).persistent(persistent || DB::KEEPS_STATEMENTS))
}
