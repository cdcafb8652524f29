//! Models on a database that somebody else made: tables and columns in PascalCase, money as NUMERIC, NULLs.
//!
//! `cargo run --example chinook -- path/to/chinook.sqlite`, with the Chinook sample database; it is only read.

use std::collections::BTreeMap;

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

/// What an artist has made.
struct Works {
    artist: Artist,
    albums: Vec<(Album, Vec<Track>)>,
}

impl Works {
    async fn of(artist: Artist, db: &SqlitePool) -> Result<Self> {
        let mut albums = Vec::new();
        for album in artist.albums().to_vec(db).await? {
            let tracks = album.tracks().to_vec(db).await?;
            albums.push((album, tracks));
        }
        Ok(Self { artist, albums })
    }

    fn tracks(&self) -> impl Iterator<Item = &Track> {
        self.albums.iter().flat_map(|(_, tracks)| tracks)
    }

    fn hours(&self) -> f64 {
        const MILLISECONDS: f64 = 3_600_000.0;
        self.tracks().map(|track| track.milliseconds as f64).sum::<f64>() / MILLISECONDS
    }
}

/// The five artists with most tracks with their albums and hours, and how many artists have no album.
pub async fn artists_with_most_tracks(db: &SqlitePool) -> Result<Vec<String>> {
    let mut works = Vec::new();
    for artist in Artist::query().to_vec(db).await? {
        works.push(Works::of(artist, db).await?);
    }
    works.sort_by_key(|works| (std::cmp::Reverse(works.tracks().count()), works.artist.id));
    let mut lines = Vec::new();
    for works in &works[..5] {
        let name = works.artist.name.as_deref().unwrap_or("(unknown)");
        lines.push(format!("{name}: {} tracks, {:.2} hours", works.tracks().count(), works.hours()));
        lines.extend(works.albums.iter().map(|(album, tracks)| format!("    {} ({})", album.title, tracks.len())));
    }
    let without = works.iter().filter(|works| works.albums.is_empty()).count();
    lines.push(format!("artists without an album: {without}"));
    Ok(lines)
}

/// The employees from the top down, each with their customers and what those have paid.
pub async fn employees(db: &SqlitePool) -> Result<Vec<String>> {
    let mut open: Vec<(usize, Employee)> = Vec::new();
    for employee in Employee::query().to_vec(db).await? {
        if employee.boss().get(db).await?.is_none() {
            open.push((0, employee));
        }
    }
    let mut lines = Vec::new();
    while let Some((depth, employee)) = open.pop() {
        let indent = "    ".repeat(depth);
        let title = employee.title.as_deref().unwrap_or("-");
        lines.push(format!("{indent}{} {}, {title}", employee.first_name, employee.last_name));
        for customer in employee.customers().to_vec(db).await? {
            let invoices = customer.invoices().to_vec(db).await?;
            let total: f64 = invoices.iter().map(|invoice| invoice.total).sum();
            lines.push(format!("{indent}  - {} {} ({total:.2})", customer.first_name, customer.last_name));
        }
        let reports = employee.reports().to_vec(db).await?;
        open.extend(reports.into_iter().rev().map(|report| (depth + 1, report)));
    }
    Ok(lines)
}

/// How many tracks there are without a composer, and at each price.
pub async fn tracks(db: &SqlitePool) -> Result<Vec<String>> {
    let (mut without, mut prices) = (0, BTreeMap::<String, usize>::new());
    let mut tracks = Track::query().stream(db);
    while let Some(track) = tracks.try_next().await? {
        without += usize::from(track.composer.is_none());
        *prices.entry(format!("{:.2}", track.unit_price)).or_default() += 1;
    }
    let mut lines = vec![format!("without a composer: {without}")];
    lines.extend(prices.into_iter().map(|(price, count)| format!("at {price}: {count}")));
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
