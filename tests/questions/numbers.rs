//! How many, how much, is there any? One value of all rows of a query or of a relation.

use neko_orm::{Error, Model};

use crate::chinook::*;

questions! {
    async fn how_long_are_all_tracks_of_an_artist(db) {
        let tracks = Track::query().filter(|t| t.album.is(|a| a.artist.is(|a| a.name.eq("Iron Maiden"))));
        let answer = (
            tracks.count(&db).await.unwrap(),
            tracks.sum(|t| t.milliseconds, &db).await.unwrap(),
            tracks.min(|t| t.milliseconds, &db).await.unwrap(),
            tracks.max(|t| t.name, &db).await.unwrap(),
            tracks.avg(|t| t.milliseconds, &db).await.unwrap(),
        );
        let sql = "SELECT COUNT(*), SUM(Milliseconds), MIN(Milliseconds), MAX(Track.Name), AVG(Milliseconds)
            FROM Track JOIN Album USING (AlbumId) JOIN Artist USING (ArtistId) WHERE Artist.Name = 'Iron Maiden'";
        same_row(answer, sql).await;
    }

    async fn what_has_a_customer_paid(db) {
        let customer = Customer::query().filter(|c| c.email.eq("hholy@gmail.com")).one(&db).await.unwrap();
        let invoices = customer.invoices();
        let answer = (
            invoices.count(&db).await.unwrap(),
            cents(invoices.sum(|i| i.total, &db).await.unwrap()),
            invoices.min(|i| i.total, &db).await.unwrap(),
            invoices.max(|i| i.date, &db).await.unwrap(),
            invoices.avg(|i| i.total, &db).await.unwrap().map(cents),
        );
        let sql = "SELECT COUNT(*), CAST(ROUND(SUM(Total) * 100) AS INTEGER), MIN(Total), MAX(InvoiceDate),
                CAST(ROUND(AVG(Total) * 100) AS INTEGER)
            FROM Invoice JOIN Customer USING (CustomerId) WHERE Email = 'hholy@gmail.com'";
        same_row(answer, sql).await;
    }

    async fn how_much_has_been_sold(db) {
        let revenue = InvoiceLine::query().sum(|l| l.unit_price * l.quantity.as_f64(), &db).await.unwrap();
        let by_hand = "SELECT CAST(ROUND(SUM(UnitPrice * Quantity) * 100) AS INTEGER) FROM InvoiceLine";
        same_value(cents(revenue), by_hand).await;
        let invoiced = Invoice::query().sum(|i| i.total, &db).await.unwrap();
        assert_eq!(cents(invoiced), cents(revenue));
    }

    async fn how_long_are_the_longest_tracks_together(db) {
        let longest = Track::query().order_by(|t| t.milliseconds.desc()).limit(10);
        let answer = (longest.count(&db).await.unwrap(), longest.sum(|t| t.milliseconds, &db).await.unwrap());
        let sql = "SELECT COUNT(*), SUM(Milliseconds)
            FROM (SELECT Milliseconds FROM Track ORDER BY Milliseconds DESC, TrackId LIMIT 10)";
        same_row(answer, sql).await;
        let rest =
            Track::query().order_by(|t| t.milliseconds.desc()).offset(10).max(|t| t.milliseconds, &db).await.unwrap();
        same_value(rest, "SELECT Milliseconds FROM Track ORDER BY Milliseconds DESC LIMIT 1 OFFSET 10").await;
    }

    async fn how_many_countries_are_customers_from(db) {
        let countries = Customer::query().select(|c| c.country).distinct();
        same_value(countries.count(&db).await.unwrap(), "SELECT COUNT(DISTINCT Country) FROM Customer").await;
        let places = Customer::query().select(|c| (c.country, c.state)).distinct().count(&db).await.unwrap();
        same_value(places, "SELECT COUNT(*) FROM (SELECT DISTINCT Country, State FROM Customer)").await;
    }

    async fn is_there_anything_of_a_genre(db) {
        for (name, sql) in [
            ("Opera", "SELECT EXISTS (SELECT 1 FROM Track JOIN Genre USING (GenreId) WHERE Genre.Name = 'Opera')"),
            ("Polka", "SELECT EXISTS (SELECT 1 FROM Track JOIN Genre USING (GenreId) WHERE Genre.Name = 'Polka')"),
        ] {
            let tracks = Track::query().filter(|t| t.genre.is(|g| g.name.eq(name)));
            same_value(tracks.exists(&db).await.unwrap(), sql).await;
        }
        let opera = Genre::query().filter(|g| g.name.eq("Opera")).one(&db).await.unwrap();
        assert!(opera.tracks().exists(&db).await.unwrap());
        assert!(!opera.tracks().filter(|t| t.sales.exists()).exists(&db).await.unwrap());
        let sql = "SELECT COUNT(*) FROM InvoiceLine JOIN Track USING (TrackId) JOIN Genre USING (GenreId)
            WHERE Genre.Name = 'Opera'";
        same_value(0, sql).await;
    }

    async fn which_is_the_first_and_the_only_one(db) {
        let first = Album::query().order_by(|a| a.title.asc()).first(&db).await.unwrap().unwrap();
        let sql = "SELECT AlbumId, Title, ArtistId FROM Album ORDER BY Title LIMIT 1";
        same_row((first.id, first.title, first.artist_id), sql).await;
        let manager = Employee::query().filter(|e| e.reports_to.is_null()).one(&db).await.unwrap();
        same_value(manager.last_name, "SELECT LastName FROM Employee WHERE ReportsTo IS NULL").await;
        let several = Employee::query().filter(|e| e.reports_to.eq(manager.id)).one(&db).await.unwrap_err();
        assert!(matches!(several, Error::SeveralRows { .. }), "{several}");
        let none = Employee::query().filter(|e| e.reports_to.eq(99)).one(&db).await.unwrap_err();
        assert!(matches!(none, Error::NoRow { .. }), "{none}");
    }

    async fn where_does_a_sold_track_come_from(db) {
        let line = InvoiceLine::get(579, &db).await.unwrap();
        let track = line.track().get(&db).await.unwrap();
        let album = track.album().get(&db).await.unwrap().unwrap();
        let artist = album.artist().get(&db).await.unwrap();
        let customer = line.invoice().get(&db).await.unwrap().customer().get(&db).await.unwrap();
        let answer = (track.name, album.title, artist.name, customer.last_name);
        let sql = "SELECT Track.Name, Title, Artist.Name, LastName FROM InvoiceLine
            JOIN Track USING (TrackId) JOIN Album USING (AlbumId) JOIN Artist USING (ArtistId)
            JOIN Invoice USING (InvoiceId) JOIN Customer USING (CustomerId) WHERE InvoiceLineId = 579";
        same_row(answer, sql).await;
    }

    async fn is_a_track_on_a_playlist(db) {
        let entry = PlaylistTrack::find((1, 3402), &db).await.unwrap().unwrap();
        let (playlist, track) = (entry.playlist().get(&db).await.unwrap(), entry.track().get(&db).await.unwrap());
        let sql = "SELECT Playlist.Name, Track.Name FROM PlaylistTrack JOIN Playlist USING (PlaylistId)
            JOIN Track USING (TrackId) WHERE PlaylistId = 1 AND TrackId = 3402";
        same_row((playlist.name, track.name), sql).await;
        assert_eq!(PlaylistTrack::find((2, 3402), &db).await.unwrap(), None);
        same_value(0, "SELECT COUNT(*) FROM PlaylistTrack WHERE PlaylistId = 2 AND TrackId = 3402").await;
    }

    async fn how_many_tracks_of_a_playlist_are_rock(db) {
        let playlist = Playlist::query().filter(|p| p.name.eq("Heavy Metal Classic")).one(&db).await.unwrap();
        let rock = playlist.entries().filter(|e| e.track.is(|t| t.genre.is(|g| g.name.eq("Rock"))));
        let answer = (rock.count(&db).await.unwrap(), playlist.entries().count(&db).await.unwrap());
        let sql = "SELECT SUM(Genre.Name = 'Rock'), COUNT(*) FROM Playlist JOIN PlaylistTrack USING (PlaylistId)
            JOIN Track USING (TrackId) JOIN Genre USING (GenreId) WHERE Playlist.Name = 'Heavy Metal Classic'";
        same_row(answer, sql).await;
        let longest = playlist.entries().max(|e| e.track.map(|t| t.milliseconds), &db).await.unwrap();
        let sql = "SELECT MAX(Milliseconds) FROM Playlist JOIN PlaylistTrack USING (PlaylistId) JOIN Track USING (TrackId)
            WHERE Playlist.Name = 'Heavy Metal Classic'";
        same_value(longest, sql).await;
    }

    async fn how_many_customers_have_paid_for_the_average_invoice_seven_and_a_half_times(db) {
        let mean = Invoice::query().avg(|i| i.total, &db).await.unwrap().unwrap();
        let customers = Customer::query().filter(|c| c.invoices.sum(|i| i.total).gt(mean * 7.5));
        let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM Invoice GROUP BY CustomerId
            HAVING SUM(Total) > (SELECT AVG(Total) FROM Invoice) * 7.5)";
        same_value(customers.count(&db).await.unwrap(), sql).await;
        assert!(customers.count(&db).await.unwrap() < 59);
        let sum = customers.sum(|c| c.invoices.count(), &db).await.unwrap();
        let sql = "SELECT SUM(invoices) FROM (SELECT COUNT(*) AS invoices FROM Invoice GROUP BY CustomerId
            HAVING SUM(Total) > (SELECT AVG(Total) FROM Invoice) * 7.5)";
        same_value(sum, sql).await;
    }
}
