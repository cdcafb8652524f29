//! Which rows, by what relations lead to? `any`, `none` and `is` to several levels, counts of related rows, and the
//! self relation.

use neko_orm::Model;

use crate::chinook::*;

questions! {
    async fn which_artists_have_no_album(db) {
        let artists = Artist::query().filter(|a| a.albums.none(|_| true)).order_by(|a| a.id.asc()).select(|a| a.name);
        let sql = "SELECT Name FROM Artist WHERE ArtistId NOT IN (SELECT ArtistId FROM Album) ORDER BY ArtistId";
        same_values(artists.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_customers_have_bought_jazz(db) {
        let customers = Customer::query()
            .filter(|c| c.invoices.any(|i| i.lines.any(|l| l.track.is(|t| t.genre.is(|g| g.name.eq("Jazz"))))))
            .order_by(|c| c.id.asc());
        let sql = "SELECT DISTINCT CustomerId, LastName FROM Customer
            JOIN Invoice USING (CustomerId) JOIN InvoiceLine USING (InvoiceId) JOIN Track USING (TrackId)
            JOIN Genre USING (GenreId) WHERE Genre.Name = 'Jazz' ORDER BY CustomerId";
        same_rows(customers.select(|c| (c.id, c.last_name)).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_customers_have_never_bought_metal(db) {
        let metal = ["Metal", "Heavy Metal"];
        let customers = Customer::query()
            .filter(|c| c.invoices.none(|i| i.lines.any(|l| l.track.is(|t| t.genre.is(|g| g.name.is_in(metal))))))
            .order_by(|c| c.id.asc());
        let sql = "SELECT CustomerId FROM Customer WHERE CustomerId NOT IN (
                SELECT CustomerId FROM Invoice JOIN InvoiceLine USING (InvoiceId) JOIN Track USING (TrackId)
                JOIN Genre USING (GenreId) WHERE Genre.Name IN ('Metal', 'Heavy Metal'))
            ORDER BY CustomerId";
        same_values(customers.select(|c| c.id).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_playlists_play_an_artist(db) {
        let playlists = Playlist::query()
            .filter(|p| p.entries.any(|e| e.track.is(|t| t.album.is(|a| a.artist.is(|a| a.name.eq("AC/DC"))))))
            .order_by(|p| p.id.asc());
        let sql = "SELECT DISTINCT Playlist.PlaylistId, Playlist.Name FROM Playlist
            JOIN PlaylistTrack USING (PlaylistId) JOIN Track USING (TrackId) JOIN Album USING (AlbumId)
            JOIN Artist USING (ArtistId) WHERE Artist.Name = 'AC/DC' ORDER BY Playlist.PlaylistId";
        same_rows(playlists.select(|p| (p.id, p.name)).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_tracks_has_nobody_bought_though_they_are_on_many_playlists(db) {
        let tracks = Track::query().filter(|t| !t.sales.exists() & t.entries.count().ge(5)).order_by(|t| t.id.asc());
        let sql = "SELECT TrackId FROM Track WHERE TrackId NOT IN (SELECT TrackId FROM InvoiceLine)
            AND (SELECT COUNT(*) FROM PlaylistTrack WHERE PlaylistTrack.TrackId = Track.TrackId) >= 5 ORDER BY TrackId";
        same_values(tracks.select(|t| t.id).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_albums_have_more_than_twenty_long_tracks(db) {
        let albums = Album::query()
            .filter(|a| a.tracks.filter(|t| t.milliseconds.gt(2_000_000)).count().gt(20))
            .order_by(|a| a.id.asc())
            .select(|a| (a.title, a.tracks.count()));
        let sql = "SELECT Title, (SELECT COUNT(*) FROM Track WHERE Track.AlbumId = Album.AlbumId) FROM Album
            JOIN Track USING (AlbumId) WHERE Milliseconds > 2000000 GROUP BY AlbumId HAVING COUNT(*) > 20 ORDER BY AlbumId";
        same_rows(albums.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_albums_mix_genres(db) {
        let albums = Album::query()
            .filter(|a| a.tracks.any(|t| t.album.is(|same| same.tracks.any(|other| other.genre_id.ne(t.genre_id)))))
            .order_by(|a| a.id.asc());
        let sql = "SELECT Title FROM Album JOIN Track USING (AlbumId)
            GROUP BY AlbumId HAVING COUNT(DISTINCT GenreId) > 1 ORDER BY AlbumId";
        same_values(albums.select(|a| a.title).to_vec(&db).await.unwrap(), sql).await;
        let albums = Album::query()
            .filter(|a| a.tracks.min(|t| t.genre_id).ne(a.tracks.max(|t| t.genre_id)))
            .order_by(|a| a.id.asc());
        same_values(albums.select(|a| a.title).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_customers_live_in_the_country_of_their_support(db) {
        let customers = Customer::query()
            .filter(|c| c.support_rep.is(|e| e.country.eq(c.country)))
            .order_by(|c| c.id.asc())
            .select(|c| (c.last_name, c.support_rep.map(|e| e.last_name)));
        let sql = "SELECT Customer.LastName, Employee.LastName FROM Customer JOIN Employee ON SupportRepId = EmployeeId
            WHERE Customer.Country = Employee.Country ORDER BY CustomerId";
        same_rows(customers.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_customers_have_one_invoice_dearer_than_all_the_others_of_their_support(db) {
        let customers = Customer::query()
            .filter(|c| {
                c.support_rep.is(|e| {
                    e.customers.none(|o| o.id.ne(c.id) & o.invoices.max(|i| i.total).ge(c.invoices.max(|i| i.total)))
                })
            })
            .order_by(|c| c.id.asc());
        let sql = "WITH best AS (
                SELECT CustomerId, SupportRepId, MAX(Total) AS most FROM Customer JOIN Invoice USING (CustomerId)
                GROUP BY CustomerId)
            SELECT CustomerId FROM best WHERE NOT EXISTS (SELECT 1 FROM best AS other
                WHERE other.SupportRepId = best.SupportRepId AND other.CustomerId <> best.CustomerId
                    AND other.most >= best.most)
            ORDER BY CustomerId";
        same_values(customers.select(|c| c.id).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn who_has_a_boss_whose_boss_is_the_general_manager(db) {
        let employees = Employee::query()
            .filter(|e| e.boss.is(|b| b.boss.is(|b| b.title.eq("General Manager"))))
            .order_by(|e| e.id.asc())
            .select(|e| (e.first_name, e.boss.map(|b| b.first_name), e.boss.map(|b| b.boss.map(|b| b.first_name))));
        let sql =
            "SELECT e.FirstName, b.FirstName, bb.FirstName FROM Employee e JOIN Employee b ON b.EmployeeId = e.ReportsTo
            JOIN Employee bb ON bb.EmployeeId = b.ReportsTo WHERE bb.Title = 'General Manager' ORDER BY e.EmployeeId";
        same_rows(employees.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn who_leads_somebody_who_was_hired_before_them(db) {
        let employees = Employee::query()
            .filter(|e| e.reports.any(|r| r.hire_date.lt(e.hire_date)))
            .order_by(|e| e.id.asc())
            .select(|e| (e.id, e.reports.filter(|r| r.hire_date.lt(e.hire_date)).count()));
        let sql = "SELECT e.EmployeeId, COUNT(*) FROM Employee e JOIN Employee r ON r.ReportsTo = e.EmployeeId
            WHERE r.HireDate < e.HireDate GROUP BY e.EmployeeId ORDER BY e.EmployeeId";
        same_rows(employees.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn who_is_at_the_top_and_who_at_the_bottom(db) {
        let top = Employee::query().filter(|e| e.boss.is(|_| true)).count(&db).await.unwrap();
        same_value(top, "SELECT COUNT(ReportsTo) FROM Employee").await;
        let bottom = Employee::query().filter(|e| e.reports.none(|_| true)).order_by(|e| e.last_name.asc());
        let sql = "SELECT LastName FROM Employee WHERE EmployeeId NOT IN (
            SELECT ReportsTo FROM Employee WHERE ReportsTo IS NOT NULL) ORDER BY LastName";
        same_values(bottom.select(|e| e.last_name).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_lines_were_sold_at_another_price_than_the_tracks(db) {
        let lines = InvoiceLine::query();
        let other = lines.clone().filter(|l| l.track.map(|t| t.unit_price).ne(l.unit_price));
        let same = lines.filter(|l| l.track.is(|t| t.unit_price.eq(l.unit_price)));
        let counts = (other.count(&db).await.unwrap(), same.count(&db).await.unwrap());
        let sql = "SELECT SUM(Track.UnitPrice <> InvoiceLine.UnitPrice), SUM(Track.UnitPrice = InvoiceLine.UnitPrice)
            FROM InvoiceLine JOIN Track USING (TrackId)";
        same_row(counts, sql).await;
    }

    async fn which_customers_have_a_neighbour_with_the_same_support(db) {
        let customers = Customer::query()
            .filter(|c| c.support_rep.is(|e| e.customers.any(|other| other.id.ne(c.id) & other.city.eq(c.city))))
            .order_by(|c| (c.city.asc(), c.id.asc()));
        let sql = "SELECT DISTINCT c.City, c.CustomerId FROM Customer c JOIN Customer other
            ON other.SupportRepId = c.SupportRepId AND other.City = c.City AND other.CustomerId <> c.CustomerId
            ORDER BY c.City, c.CustomerId";
        same_rows(customers.select(|c| (c.city, c.id)).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_albums_cost_more_than_twenty(db) {
        let albums = Album::query()
            .filter(|a| a.tracks.sum(|t| t.unit_price).gt(20.0) & a.tracks.avg(|t| t.milliseconds).lt(3_000_000.0))
            .order_by(|a| a.id.asc());
        let sql = "SELECT Title FROM Album JOIN Track USING (AlbumId) GROUP BY AlbumId
            HAVING SUM(UnitPrice) > 20 AND AVG(Milliseconds) < 3000000 ORDER BY AlbumId";
        same_values(albums.select(|a| a.title).to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_tracks_of_an_album_are_longer_than_all_of_another(db) {
        let other = Album::query().filter(|a| a.title.eq("Let There Be Rock")).one(&db).await.unwrap();
        let longest = other.tracks().max(|t| t.milliseconds, &db).await.unwrap();
        let album = Album::query().filter(|a| a.title.eq("Master Of Puppets")).one(&db).await.unwrap();
        let tracks =
            album.tracks().filter(|t| longest.map(|longest| t.milliseconds.gt(longest))).order_by(|t| t.name.asc());
        let sql = "SELECT Name FROM Track JOIN Album USING (AlbumId) WHERE Title = 'Master Of Puppets'
            AND Milliseconds > (SELECT MAX(Milliseconds) FROM Track JOIN Album USING (AlbumId)
                WHERE Title = 'Let There Be Rock')
            ORDER BY Name";
        same_values(tracks.select(|t| t.name).to_vec(&db).await.unwrap(), sql).await;
    }
}
