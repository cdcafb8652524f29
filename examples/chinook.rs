//! Models on a database that somebody else made: tables and columns in PascalCase, money as NUMERIC, NULLs.
//!
//! `cargo run --example chinook -- path/to/chinook.sqlite`, with the Chinook sample database; it is only read.

use neko_orm::{Model, Result};
use sqlx::SqlitePool;

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Artist")]
#[has_many(Album)]
struct Artist {
    #[column(name = "ArtistId")]
    id: i64,
    #[column(name = "Name")]
    name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Album")]
#[belongs_to(Artist)]
#[has_many(Track)]
struct Album {
    #[column(name = "AlbumId")]
    id: i64,
    #[column(name = "Title")]
    title: String,
    #[column(name = "ArtistId")]
    artist_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Track")]
#[belongs_to(Album)]
struct Track {
    #[column(name = "TrackId")]
    id: i64,
    #[column(name = "Name")]
    name: String,
    #[column(name = "AlbumId")]
    album_id: Option<i64>,
    #[column(name = "Composer")]
    composer: Option<String>,
    #[column(name = "Milliseconds")]
    milliseconds: i64,
    #[column(name = "UnitPrice")]
    unit_price: f64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Employee")]
#[belongs_to(Employee as boss, reports_to = "id")]
#[has_many(Employee as reports, id = "reports_to")]
#[has_many(Customer, id = "support_rep_id")]
struct Employee {
    #[column(name = "EmployeeId")]
    id: i64,
    #[column(name = "FirstName")]
    first_name: String,
    #[column(name = "LastName")]
    last_name: String,
    #[column(name = "Title")]
    title: Option<String>,
    #[column(name = "ReportsTo")]
    reports_to: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Customer")]
#[belongs_to(Employee as support_rep)]
#[has_many(Invoice)]
struct Customer {
    #[column(name = "CustomerId")]
    id: i64,
    #[column(name = "FirstName")]
    first_name: String,
    #[column(name = "LastName")]
    last_name: String,
    #[column(name = "SupportRepId")]
    support_rep_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "Invoice")]
#[belongs_to(Customer)]
struct Invoice {
    #[column(name = "InvoiceId")]
    id: i64,
    #[column(name = "CustomerId")]
    customer_id: i64,
    #[column(name = "Total")]
    total: f64,
}

/// The five artists with most tracks with their albums and hours, and how many artists have no album.
pub async fn artists_with_most_tracks(db: &SqlitePool) -> Result<Vec<String>> {
    const HOUR: f64 = 3_600_000.0;
    let mut artists = Artist::query().with(|a| a.albums.with(|b| b.tracks)).to_vec(db).await?;
    let tracks = |albums: &[(Album, Vec<Track>)]| albums.iter().map(|(_, tracks)| tracks.len()).sum::<usize>();
    artists.sort_by_key(|(artist, albums)| (std::cmp::Reverse(tracks(albums)), artist.id));
    let mut lines = Vec::new();
    for (artist, albums) in &artists[..5] {
        let name = artist.name.as_deref().unwrap_or("(unknown)");
        let milliseconds: i64 = albums.iter().flat_map(|(_, tracks)| tracks).map(|track| track.milliseconds).sum();
        lines.push(format!("{name}: {} tracks, {:.2} hours", tracks(albums), milliseconds as f64 / HOUR));
        lines.extend(albums.iter().map(|(album, tracks)| format!("    {} ({})", album.title, tracks.len())));
    }
    let without = Artist::query().filter(|a| a.albums.none(|_| true)).count(db).await?;
    lines.push(format!("artists without an album: {without}"));
    Ok(lines)
}

/// The employees from the top down, each with their customers and what those have paid.
pub async fn employees(db: &SqlitePool) -> Result<Vec<String>> {
    let employees = Employee::query().order_by(|e| e.id.asc());
    let employees = employees
        .with(|e| e.customers.order_by(|c| c.id.asc()).with(|c| c.invoices.sum(|i| i.total)))
        .to_vec(db)
        .await?;
    let mut lines = Vec::new();
    let mut open: Vec<_> = employees.iter().filter(|(top, _)| top.reports_to.is_none()).map(|top| (0, top)).collect();
    while let Some((depth, (employee, customers))) = open.pop() {
        let indent = "    ".repeat(depth);
        let title = employee.title.as_deref().unwrap_or("-");
        lines.push(format!("{indent}{} {}, {title}", employee.first_name, employee.last_name));
        for (customer, total) in customers {
            lines.push(format!("{indent}  - {} {} ({total:.2})", customer.first_name, customer.last_name));
        }
        let reports = employees.iter().rev().filter(|(report, _)| report.reports_to == Some(employee.id));
        open.extend(reports.map(|report| (depth + 1, report)));
    }
    Ok(lines)
}

/// How many tracks there are without a composer, and at each price.
pub async fn tracks(db: &SqlitePool) -> Result<Vec<String>> {
    let without = Track::query().filter(|t| t.composer.is_null()).count(db).await?;
    let prices = Track::query().group_by(|t| t.unit_price).order_by(|price, _| price.asc());
    let prices = prices.select(|price, t| (price, t.id.count())).to_vec(db).await?;
    let mut lines = vec![format!("without a composer: {without}")];
    lines.extend(prices.into_iter().map(|(price, count)| format!("at {price:.2}: {count}")));
    Ok(lines)
}

#[tokio::main]
async fn main() -> Result<()> {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: chinook path/to/chinook.sqlite");
        std::process::exit(2);
    };
    let db = neko_orm::sqlite::connect(&format!("sqlite:{path}?mode=ro")).await?;
    println!("== The five artists with most tracks\n{}", artists_with_most_tracks(&db).await?.join("\n"));
    println!("== The employees from the top down, with their customers\n{}", employees(&db).await?.join("\n"));
    println!("== Tracks\n{}", tracks(&db).await?.join("\n"));
    Ok(())
}
