//! The Chinook sample database, a shop of music: all of its tables as models, and answers in SQL to compare with.
//!
//! Reads the file that `NEKO_CHINOOK` names, or `../shared/data/chinook.sqlite`; tests are skipped where there is none. Servers have a copy
//! of it as long as a question is asked. The SQL by hand is answered by the file, whatever database the question is put to.
#![allow(dead_code)]

use std::fmt::Debug;

use neko_orm::{Model, Pool, schema};
use sqlx::sqlite::{Sqlite, SqliteConnection, SqliteRow};
use sqlx::{Connection as _, Decode, FromRow, Type};
use tokio::sync::Mutex;

use crate::support::databases::OnServer;
use crate::support::{each, run};

/// Puts each question to every database, which is called by the given name.
macro_rules! questions {
    ($($(#[$attr:meta])* async fn $name:ident($db:ident) $body:block)*) => {
        mod questions {
            use super::*;
            $(pub(super) async fn $name($db: neko_orm::Pool) $body)*
        }
        crate::chinook::questions!(@to sqlite $($(#[$attr])* $name)*);
        crate::chinook::questions!(@to postgres $($(#[$attr])* $name)*);
        crate::chinook::questions!(@to mysql $($(#[$attr])* $name)*);
    };
    (@to $backend:ident $($(#[$attr:meta])* $name:ident)*) => {
        mod $backend {
            $(
                $(#[$attr])*
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    crate::chinook::$backend(super::questions::$name).await;
                }
            )*
        }
    };
}
pub(crate) use questions;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Artist")]
#[has_many(Album)]
pub struct Artist {
    #[column(name = "ArtistId")]
    pub id: i64,
    #[column(name = "Name")]
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Album")]
#[belongs_to(Artist)]
#[has_many(Track)]
pub struct Album {
    #[column(name = "AlbumId")]
    pub id: i64,
    #[column(name = "Title")]
    pub title: String,
    #[column(name = "ArtistId")]
    pub artist_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Track")]
#[belongs_to(Album)]
#[belongs_to(MediaType)]
#[belongs_to(Genre)]
#[has_many(InvoiceLine as sales)]
#[has_many(PlaylistTrack as entries)]
pub struct Track {
    #[column(name = "TrackId")]
    pub id: i64,
    #[column(name = "Name")]
    pub name: String,
    #[column(name = "AlbumId")]
    pub album_id: Option<i64>,
    #[column(name = "MediaTypeId")]
    pub media_type_id: i64,
    #[column(name = "GenreId")]
    pub genre_id: Option<i64>,
    #[column(name = "Composer")]
    pub composer: Option<String>,
    #[column(name = "Milliseconds")]
    pub milliseconds: i64,
    #[column(name = "Bytes")]
    pub bytes: Option<i64>,
    #[column(name = "UnitPrice")]
    pub unit_price: f64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Genre")]
#[has_many(Track)]
pub struct Genre {
    #[column(name = "GenreId")]
    pub id: i64,
    #[column(name = "Name")]
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "MediaType")]
#[has_many(Track)]
pub struct MediaType {
    #[column(name = "MediaTypeId")]
    pub id: i64,
    #[column(name = "Name")]
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Playlist")]
#[has_many(PlaylistTrack as entries)]
pub struct Playlist {
    #[column(name = "PlaylistId")]
    pub id: i64,
    #[column(name = "Name")]
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "PlaylistTrack")]
#[belongs_to(Playlist)]
#[belongs_to(Track)]
pub struct PlaylistTrack {
    #[key]
    #[column(name = "PlaylistId")]
    pub playlist_id: i64,
    #[key]
    #[column(name = "TrackId")]
    pub track_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Customer")]
#[belongs_to(Employee as support_rep)]
#[has_many(Invoice)]
pub struct Customer {
    #[column(name = "CustomerId")]
    pub id: i64,
    #[column(name = "FirstName")]
    pub first_name: String,
    #[column(name = "LastName")]
    pub last_name: String,
    #[column(name = "Company")]
    pub company: Option<String>,
    #[column(name = "City")]
    pub city: Option<String>,
    #[column(name = "State")]
    pub state: Option<String>,
    #[column(name = "Country")]
    pub country: Option<String>,
    #[column(name = "Phone")]
    pub phone: Option<String>,
    #[column(name = "Fax")]
    pub fax: Option<String>,
    #[column(name = "Email")]
    pub email: String,
    #[column(name = "SupportRepId")]
    pub support_rep_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Employee")]
#[belongs_to(Self as boss, reports_to = "id")]
#[has_many(Self as reports, id = "reports_to")]
#[has_many(Customer, id = "support_rep_id")]
pub struct Employee {
    #[column(name = "EmployeeId")]
    pub id: i64,
    #[column(name = "FirstName")]
    pub first_name: String,
    #[column(name = "LastName")]
    pub last_name: String,
    #[column(name = "Title")]
    pub title: Option<String>,
    #[column(name = "ReportsTo")]
    pub reports_to: Option<i64>,
    #[column(name = "BirthDate")]
    pub birth_date: Option<String>,
    #[column(name = "HireDate")]
    pub hire_date: Option<String>,
    #[column(name = "City")]
    pub city: Option<String>,
    #[column(name = "Country")]
    pub country: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Invoice")]
#[belongs_to(Customer)]
#[has_many(InvoiceLine as lines)]
pub struct Invoice {
    #[column(name = "InvoiceId")]
    pub id: i64,
    #[column(name = "CustomerId")]
    pub customer_id: i64,
    #[column(name = "InvoiceDate")]
    pub date: String,
    #[column(name = "BillingCity")]
    pub billing_city: Option<String>,
    #[column(name = "BillingState")]
    pub billing_state: Option<String>,
    #[column(name = "BillingCountry")]
    pub billing_country: Option<String>,
    #[column(name = "Total")]
    pub total: f64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "InvoiceLine")]
#[belongs_to(Invoice)]
#[belongs_to(Track)]
pub struct InvoiceLine {
    #[column(name = "InvoiceLineId")]
    pub id: i64,
    #[column(name = "InvoiceId")]
    pub invoice_id: i64,
    #[column(name = "TrackId")]
    pub track_id: i64,
    #[column(name = "UnitPrice")]
    pub unit_price: f64,
    #[column(name = "Quantity")]
    pub quantity: i64,
}

/// Puts a question to the file, which is only read.
pub async fn sqlite(question: impl AsyncFnOnce(Pool)) {
    let Some(file) = file() else { return };
    question(Pool::connect(&file).await.unwrap()).await;
}

/// Puts a question to PostgreSQL.
pub async fn postgres(question: impl AsyncFnOnce(Pool)) {
    static COPY: Mutex<Copy> = Mutex::const_new(None);
    to_server(&COPY, OnServer::postgres, question).await;
}

/// Puts a question to MySQL or MariaDB.
pub async fn mysql(question: impl AsyncFnOnce(Pool)) {
    static COPY: Mutex<Copy> = Mutex::const_new(None);
    to_server(&COPY, OnServer::mysql, question).await;
}

/// The copy on a server, and how many questions are being put to it.
type Copy = Option<(std::sync::Arc<OnServer>, usize)>;

/// The first question makes the copy, and the last one removes it.
async fn to_server(copy: &Mutex<Copy>, server: fn() -> Option<OnServer>, question: impl AsyncFnOnce(Pool)) {
    let Some(file) = file() else { return };
    let own = {
        let mut copy = copy.lock().await;
        if copy.is_none() {
            let Some(own) = server() else { return };
            own.create().await;
            own.try_test(async |db| load(&file, &db).await).await.unwrap();
            *copy = Some((own.into(), 0));
        }
        let (own, questions) = copy.as_mut().unwrap();
        *questions += 1;
        own.clone()
    };
    let result = own.try_test(question).await;
    let mut copy = copy.lock().await;
    let (_, questions) = copy.as_mut().unwrap();
    *questions -= 1;
    if *questions == 0 {
        own.remove().await;
        *copy = None;
    }
    if let Err(panic) = result {
        std::panic::resume_unwind(panic);
    }
}

/// The tables and their columns, targets first.
const TABLES: [(&str, &str); 11] = [
    ("Artist", "ArtistId Name"),
    ("Genre", "GenreId Name"),
    ("MediaType", "MediaTypeId Name"),
    ("Playlist", "PlaylistId Name"),
    ("Employee", "EmployeeId FirstName LastName Title ReportsTo BirthDate HireDate City Country"),
    ("Album", "AlbumId Title ArtistId"),
    ("Track", "TrackId Name AlbumId MediaTypeId GenreId Composer Milliseconds Bytes UnitPrice"),
    ("PlaylistTrack", "PlaylistId TrackId"),
    ("Customer", "CustomerId FirstName LastName Company City State Country Phone Fax Email SupportRepId"),
    ("Invoice", "InvoiceId CustomerId InvoiceDate BillingCity BillingState BillingCountry Total"),
    ("InvoiceLine", "InvoiceLineId InvoiceId TrackId UnitPrice Quantity"),
];

/// Copies the file, by SQL that SQLite writes.
async fn load(file: &str, db: &Pool) {
    schema::create::<(Artist, Genre, MediaType, Playlist, Employee)>(db).await.unwrap();
    schema::create::<(Album, Track, PlaylistTrack, Customer, Invoice, InvoiceLine)>(db).await.unwrap();
    let mut from = SqliteConnection::connect(file).await.unwrap();
    let quote = each(['"', '"', '`'], db);
    for (table, columns) in TABLES {
        let columns: Vec<_> = columns.split(' ').collect();
        let values: Vec<_> = columns.iter().map(|column| format!("quote({column})")).collect();
        let sql =
            format!("SELECT '(' || {} || ')' FROM {table} ORDER BY 1 * {}", values.join(" || ',' || "), columns[0]);
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut from).await.unwrap();
        let columns: Vec<_> = columns.iter().map(|column| format!("{quote}{column}{quote}")).collect();
        for rows in rows.chunks(2000) {
            let into = format!("{quote}{table}{quote} ({})", columns.join(", "));
            let rows = rows.join(",").replace('\\', each(["\\", "\\", "\\\\"], db));
            run(&format!("INSERT INTO {into} VALUES {rows}"), db).await;
        }
    }
    run(each(["ANALYZE", "ANALYZE", "DO 0"], db), db).await;
}

/// The URL of the file.
fn file() -> Option<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/chinook.sqlite");
    let path = std::env::var("NEKO_CHINOOK").unwrap_or_else(|_| beside.to_owned());
    if !std::path::Path::new(&path).exists() {
        println!("skipped: no Chinook database, name one in NEKO_CHINOOK");
        return None;
    }
    Some(format!("sqlite:{path}?mode=ro"))
}

async fn by_hand() -> SqliteConnection {
    SqliteConnection::connect(&file().unwrap()).await.unwrap()
}

/// Fails unless the answer is that of a statement that returns tuples. No rows would prove nothing.
pub async fn same_rows<T>(answer: Vec<T>, sql: &'static str)
where
    T: for<'r> FromRow<'r, SqliteRow> + PartialEq + Debug + Send + Unpin,
{
    let expected: Vec<T> = sqlx::query_as(sql).fetch_all(&mut by_hand().await).await.unwrap();
    assert!(!expected.is_empty(), "no rows: {sql}");
    assert_eq!(answer, expected, "{sql}");
}

/// As [`same_rows`], for a statement that returns one column.
pub async fn same_values<T>(answer: Vec<T>, sql: &'static str)
where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + PartialEq + Debug + Send + Unpin,
{
    let expected: Vec<T> = sqlx::query_scalar(sql).fetch_all(&mut by_hand().await).await.unwrap();
    assert!(!expected.is_empty(), "no rows: {sql}");
    assert_eq!(answer, expected, "{sql}");
}

/// As [`same_rows`], for a statement that returns one row.
pub async fn same_row<T>(answer: T, sql: &'static str)
where
    T: for<'r> FromRow<'r, SqliteRow> + PartialEq + Debug + Send + Unpin,
{
    same_rows(vec![answer], sql).await;
}

/// As [`same_rows`], for a statement that returns one value.
pub async fn same_value<T>(answer: T, sql: &'static str)
where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + PartialEq + Debug + Send + Unpin,
{
    same_values(vec![answer], sql).await;
}

/// An amount of money in cents, as `CAST(ROUND(.. * 100) AS INTEGER)` is in SQL: sums of floats differ in their last digits.
pub fn cents(amount: f64) -> i64 {
    (amount * 100.0).round() as i64
}
