//! Which rows? Every operator, columns against columns, and filters that may be left out.

use neko_orm::{Model, Query, sql};

use crate::chinook::*;
use crate::support::each;

/// The keys of the tracks, in their order.
async fn ids(tracks: Query<Track>, db: &neko_orm::Pool) -> Vec<i64> {
    tracks.order_by(|t| t.id.asc()).select(|t| t.id).to_vec(db).await.unwrap()
}

questions! {
    async fn which_tracks_are_called_so(db) {
        let tracks = ids(Track::query().filter(|t| t.name.eq("The Trooper")), &db).await;
        same_values(tracks, "SELECT TrackId FROM Track WHERE Name = 'The Trooper' ORDER BY TrackId").await;
    }

    async fn which_tracks_have_no_composer(db) {
        let sql = "SELECT TrackId FROM Track WHERE Composer IS NULL ORDER BY TrackId";
        same_values(ids(Track::query().filter(|t| t.composer.is_null()), &db).await, sql).await;
        same_values(ids(Track::query().filter(|t| t.composer.eq(None)), &db).await, sql).await;
    }

    async fn which_tracks_has_somebody_else_composed(db) {
        let tracks = ids(Track::query().filter(|t| t.composer.ne("Steve Harris")), &db).await;
        same_values(tracks, "SELECT TrackId FROM Track WHERE Composer <> 'Steve Harris' ORDER BY TrackId").await;
        let tracks = ids(Track::query().filter(|t| t.composer.ne("Steve Harris") | t.composer.is_null()), &db).await;
        same_values(tracks, "SELECT TrackId FROM Track WHERE Composer IS NOT 'Steve Harris' ORDER BY TrackId").await;
    }

    async fn which_tracks_last_longer_than_an_hour(db) {
        const HOUR: i64 = 3_600_000;
        let tracks = ids(Track::query().filter(|t| t.milliseconds.gt(HOUR)), &db).await;
        same_values(tracks, "SELECT TrackId FROM Track WHERE Milliseconds > 3600000 ORDER BY TrackId").await;
        let tracks = ids(Track::query().filter(|t| !t.milliseconds.gt(5_088_838)), &db).await;
        same_values(tracks, "SELECT TrackId FROM Track WHERE NOT Milliseconds > 5088838 ORDER BY TrackId").await;
    }

    async fn which_tracks_are_at_the_bounds_of_length(db) {
        let (least, greatest) = (1_071, 5_286_953);
        let tracks = ids(Track::query().filter(|t| t.milliseconds.le(least) | t.milliseconds.ge(greatest)), &db).await;
        let sql = "SELECT TrackId FROM Track WHERE Milliseconds <= 1071 OR Milliseconds >= 5286953 ORDER BY TrackId";
        same_values(tracks, sql).await;
        assert_eq!(Track::query().filter(|t| t.milliseconds.lt(least)).first(&db).await.unwrap(), None);
    }

    async fn which_tracks_last_between_four_and_five_minutes(db) {
        let tracks = ids(Track::query().filter(|t| t.milliseconds.between(240_000, 300_000)), &db).await;
        let sql = "SELECT TrackId FROM Track WHERE Milliseconds BETWEEN 240000 AND 300000 ORDER BY TrackId";
        same_values(tracks, sql).await;
    }

    async fn which_tracks_are_dear_and_short_or_cheap_and_long(db) {
        let tracks = Track::query().filter(|t| {
            t.unit_price.gt(1.0) & t.milliseconds.lt(1_200_000) | t.unit_price.lt(1.0) & t.milliseconds.gt(900_000)
        });
        let sql = "SELECT TrackId FROM Track
            WHERE UnitPrice > 1 AND Milliseconds < 1200000 OR UnitPrice < 1 AND Milliseconds > 900000 ORDER BY TrackId";
        same_values(ids(tracks, &db).await, sql).await;
    }

    async fn which_customers_live_in_these_countries(db) {
        let countries = ["Brazil", "France", "Atlantis"];
        let customers = Customer::query().filter(|c| c.country.is_in(countries)).order_by(|c| c.id.asc());
        let sql = "SELECT CustomerId, Country FROM Customer WHERE Country IN ('Brazil', 'France') ORDER BY CustomerId";
        same_rows(customers.select(|c| (c.id, c.country)).to_vec(&db).await.unwrap(), sql).await;
        let nobody = Customer::query().filter(|c| c.country.is_in([""; 0]));
        assert_eq!(nobody.count(&db).await.unwrap(), 0);
        same_value(
            Customer::query().filter(|c| !c.country.is_in(countries)).count(&db).await.unwrap(),
            "SELECT COUNT(*) FROM Customer WHERE Country NOT IN ('Brazil', 'France')")
        .await;
    }

    async fn which_customers_can_be_reached_by_fax_or_are_companies(db) {
        let customers = Customer::query().filter(|c| c.fax.is_not_null() | c.company.ne(None)).order_by(|c| c.id.asc());
        let sql = "SELECT CustomerId, Fax, Company FROM Customer
            WHERE Fax IS NOT NULL OR Company IS NOT NULL ORDER BY CustomerId";
        same_rows(customers.select(|c| (c.id, c.fax, c.company)).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_albums_were_recorded_live(db) {
        let titles = |albums: Query<Album>| albums.order_by(|a| a.id.asc()).select(|a| a.title);
        let albums = titles(Album::query().filter(|a| a.title.like("%live%"))).to_vec(&db).await.unwrap();
        same_values(albums, "SELECT Title FROM Album WHERE Title LIKE '%live%' ORDER BY AlbumId").await;
        let albums = titles(Album::query().filter(|a| a.title.contains("Live"))).to_vec(&db).await.unwrap();
        same_values(albums, "SELECT Title FROM Album WHERE INSTR(Title, 'Live') > 0 ORDER BY AlbumId").await;
        let albums = titles(Album::query().filter(|a| a.title.ends_with("[Live]"))).to_vec(&db).await.unwrap();
        same_values(albums, "SELECT Title FROM Album WHERE SUBSTR(Title, -6) = '[Live]' ORDER BY AlbumId").await;
    }

    async fn which_artists_start_with_the_article(db) {
        let artists = Artist::query().filter(|a| a.name.starts_with("The ")).order_by(|a| a.name.asc()).select(|a| a.name);
        let sql = "SELECT Name FROM Artist WHERE SUBSTR(Name, 1, 4) = 'The ' ORDER BY Name";
        same_values(artists.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_tracks_are_called_so_in_whatever_case(db) {
        let tracks = ids(Track::query().filter(|t| t.name.lower().eq("intro") | t.name.upper().eq("OUTRO")), &db).await;
        let sql = "SELECT TrackId FROM Track WHERE Name COLLATE NOCASE IN ('intro', 'outro') ORDER BY TrackId";
        same_values(tracks, sql).await;
    }

    async fn which_tracks_take_most_space_for_their_length(db) {
        let tracks = ids(Track::query().filter(|t| t.bytes.gt(t.milliseconds * 200)), &db).await;
        same_values(tracks, "SELECT TrackId FROM Track WHERE Bytes > Milliseconds * 200 ORDER BY TrackId").await;
    }

    async fn which_tracks_are_called_like_their_album(db) {
        let tracks = ids(Track::query().filter(|t| t.album.is(|a| a.title.eq(t.name))), &db).await;
        let sql = "SELECT TrackId FROM Track JOIN Album USING (AlbumId) WHERE Title = Track.Name ORDER BY TrackId";
        same_values(tracks, sql).await;
    }

    async fn which_albums_are_called_like_their_artist(db) {
        let albums = Album::query().filter(|a| a.artist.map(|artist| artist.name).eq(a.title)).order_by(|a| a.id.asc());
        let sql = "SELECT Title FROM Album JOIN Artist USING (ArtistId) WHERE Name = Title ORDER BY AlbumId";
        same_values(albums.select(|a| a.title).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_customers_does_a_form_find(db) {
        fn search(country: Option<&str>, name: Option<&str>, only_companies: bool) -> Query<Customer> {
            Customer::query()
                .filter(|c| country.map(|country| c.country.eq(country)))
                .filter(|c| name.map(|name| c.first_name.contains(name) | c.last_name.contains(name)))
                .filter(|c| only_companies.then(|| c.company.is_not_null()))
                .order_by(|c| c.id.asc())
        }

        let found = search(None, None, false).select(|c| c.id).to_vec(&db).await.unwrap();
        same_values(found, "SELECT CustomerId FROM Customer ORDER BY CustomerId").await;
        let found = search(Some("USA"), None, true).select(|c| c.id).to_vec(&db).await.unwrap();
        let sql = "SELECT CustomerId FROM Customer WHERE Country = 'USA' AND Company IS NOT NULL ORDER BY CustomerId";
        same_values(found, sql).await;
        let found = search(Some("Canada"), Some("Mar"), false).select(|c| c.id).to_vec(&db).await.unwrap();
        let sql = "SELECT CustomerId FROM Customer
            WHERE Country = 'Canada' AND (FirstName GLOB '*Mar*' OR LastName GLOB '*Mar*') ORDER BY CustomerId";
        same_values(found, sql).await;
    }

    async fn which_invoices_were_written_on_the_last_day_of_a_month(db) {
        let next_day = each(
            [
                "strftime('%d', ?, ?)",
                "TO_CHAR(CAST(? AS TIMESTAMP) + CAST(? AS INTERVAL), 'DD')",
                "DATE_FORMAT(DATE_ADD(?, INTERVAL ? DAY), '%d')",
            ],
            &db,
        );
        let invoices = Invoice::query()
            .filter(|i| {
                sql(next_day).column(i.date).bind_text(each(["+1 day", "1 day", "1"], &db)).typed::<String>().eq("01") & i.total.gt(1.0)
            })
            .order_by(|i| i.id.asc());
        let sql = "SELECT InvoiceId, InvoiceDate FROM Invoice
            WHERE strftime('%d', InvoiceDate, '+1 day') = '01' AND Total > 1 ORDER BY InvoiceId";
        same_rows(invoices.select(|i| (i.id, i.date)).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn who_is_above_an_employee(db) {
        let select = "WITH RECURSIVE above AS (
                SELECT * FROM Employee WHERE EmployeeId = ?
                UNION ALL
                SELECT Employee.* FROM Employee JOIN above ON Employee.EmployeeId = above.ReportsTo
            )
            SELECT * FROM above";
        let quoted = r#"WITH RECURSIVE above AS (
                SELECT * FROM "Employee" WHERE "EmployeeId" = ?
                UNION ALL
                SELECT "Employee".* FROM "Employee" JOIN above ON "Employee"."EmployeeId" = above."ReportsTo"
            )
            SELECT * FROM above"#;
        let select = sql(each([select, quoted, select], &db)).bind(8);
        let chain = Employee::query_sql(select).filter(|e| e.id.ne(8)).order_by(|e| e.id.desc());
        let sql = "SELECT boss.FirstName, boss.Title FROM Employee JOIN Employee AS boss
            ON boss.EmployeeId = Employee.ReportsTo OR boss.EmployeeId = (
                SELECT ReportsTo FROM Employee AS middle WHERE middle.EmployeeId = Employee.ReportsTo)
            WHERE Employee.EmployeeId = 8 ORDER BY boss.EmployeeId DESC";
        same_rows(chain.select(|e| (e.first_name, e.title)).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_tracks_are_in_a_long_list(db) {
        let odd: Vec<i64> = (0..50_000).filter(|id| id % 2 == 1).collect();
        let tracks = Track::query().filter(|t| t.id.is_in(odd) & t.unit_price.is_in([1.99, 2.99]));
        let sql = "SELECT TrackId FROM Track WHERE TrackId % 2 = 1 AND UnitPrice = 1.99 ORDER BY TrackId";
        same_values(ids(tracks, &db).await, sql).await;
    }
}
