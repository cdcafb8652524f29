//! `examples/chinook.rs` against the same questions in SQL, on the Chinook sample database. Reads the file that
//! `NEKO_CHINOOK` names, or `../shared/data/chinook.sqlite`; skipped where there is none.

#[allow(dead_code)]
#[path = "../examples/chinook.rs"]
mod example;

use sqlx::SqlitePool;

async fn chinook() -> Option<SqlitePool> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/chinook.sqlite");
    let path = std::env::var("NEKO_CHINOOK").unwrap_or_else(|_| beside.to_owned());
    if !std::path::Path::new(&path).exists() {
        println!("skipped: no Chinook database, name one in NEKO_CHINOOK");
        return None;
    }
    Some(neko_orm::sqlite::connect(&format!("sqlite:{path}?mode=ro")).await.unwrap())
}

async fn lines(db: &SqlitePool, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(db).await.unwrap()
}

#[tokio::test]
async fn the_five_artists_with_most_tracks() {
    let Some(db) = chinook().await else { return };
    let sql = "
        WITH works AS (
            SELECT Artist.ArtistId, Artist.Name, COUNT(*) AS tracks, SUM(Milliseconds) / 3600000.0 AS hours
            FROM Artist JOIN Album USING (ArtistId) JOIN Track USING (AlbumId)
            GROUP BY Artist.ArtistId ORDER BY tracks DESC, Artist.ArtistId LIMIT 5
        )
        SELECT line FROM (
            SELECT tracks, ArtistId, 0 AS AlbumId, printf('%s: %d tracks, %.2f hours', Name, tracks, hours) AS line
            FROM works
            UNION ALL
            SELECT works.tracks, ArtistId, AlbumId, printf('    %s (%d)', Title,
                (SELECT COUNT(*) FROM Track WHERE Track.AlbumId = Album.AlbumId))
            FROM works JOIN Album USING (ArtistId)
        ) ORDER BY tracks DESC, ArtistId, AlbumId";
    let mut expected = lines(&db, sql).await;
    let sql = "SELECT 'artists without an album: ' || COUNT(*) FROM Artist
        WHERE ArtistId NOT IN (SELECT ArtistId FROM Album)";
    expected.extend(lines(&db, sql).await);
    assert_eq!(expected.last().unwrap(), "artists without an album: 71");
    assert_eq!(example::artists_with_most_tracks(&db).await.unwrap(), expected);
}

#[tokio::test]
async fn the_tree_of_employees_with_their_customers() {
    let Some(db) = chinook().await else { return };
    let sql = "
        WITH RECURSIVE tree (id, depth, path) AS (
            SELECT EmployeeId, 0, printf('%04d', EmployeeId) FROM Employee WHERE ReportsTo IS NULL
            UNION ALL
            SELECT EmployeeId, depth + 1, path || printf('/%04d', EmployeeId)
            FROM Employee JOIN tree ON ReportsTo = tree.id
        )
        SELECT line FROM (
            SELECT path, 0 AS CustomerId, printf('%.*c%s %s, %s', depth * 4, ' ', FirstName, LastName, Title) AS line, depth
            FROM tree JOIN Employee ON EmployeeId = id
            UNION ALL
            SELECT path, CustomerId, printf('%.*c  - %s %s (%.2f)', depth * 4, ' ', FirstName, LastName,
                (SELECT SUM(Total) FROM Invoice WHERE Invoice.CustomerId = Customer.CustomerId)), depth
            FROM tree JOIN Customer ON SupportRepId = id
        ) ORDER BY path, CustomerId";
    let expected = lines(&db, sql).await;
    assert_eq!(expected.len(), 8 + 59);
    let found = example::employees(&db).await.unwrap();
    let trimmed = |lines: &[String]| lines.iter().map(|line| line.trim_start().to_owned()).collect::<Vec<_>>();
    assert_eq!(trimmed(&found), trimmed(&expected));
    assert!(found[0].starts_with("Andrew Adams") && found[1].starts_with("    Nancy Edwards"));
}

#[tokio::test]
async fn tracks_without_a_composer_and_at_each_price() {
    let Some(db) = chinook().await else { return };
    let sql = "SELECT 'without a composer: ' || COUNT(*) FROM Track WHERE Composer IS NULL";
    let mut expected = lines(&db, sql).await;
    assert_eq!(expected, ["without a composer: 977"]);
    let sql = "SELECT printf('at %.2f: %d', UnitPrice, COUNT(*)) FROM Track GROUP BY UnitPrice ORDER BY UnitPrice";
    expected.extend(lines(&db, sql).await);
    assert_eq!(example::tracks(&db).await.unwrap(), expected);
}
