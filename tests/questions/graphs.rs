//! Rows with what relations lead to, to several levels: flattened, they are what a join returns.

use neko_orm::Model;

use crate::chinook::*;

questions! {
    async fn what_have_artists_recorded_and_in_which_genre(db) {
        type Recorded = (Album, Vec<(Track, Option<Genre>)>);

        let artists: Vec<(Artist, Vec<Recorded>)> = Artist::query()
            .order_by(|a| a.name.asc())
            .with(|a| a.albums.order_by(|a| a.title.asc()).with(|a| a.tracks.order_by(|t| t.id.asc()).with(|t| t.genre)))
            .to_vec(&db)
            .await
            .unwrap();
        let mut rows = Vec::new();
        for (artist, albums) in artists {
            for (album, tracks) in albums {
                for (track, genre) in tracks {
                    rows.push((artist.name.clone(), album.title.clone(), track.name, genre.and_then(|genre| genre.name)));
                }
            }
        }
        let sql = "SELECT Artist.Name, Title, Track.Name, Genre.Name FROM Artist JOIN Album USING (ArtistId)
            JOIN Track USING (AlbumId) JOIN Genre USING (GenreId) ORDER BY Artist.Name, Title, TrackId";
        same_rows(rows, sql).await;
    }

    async fn what_is_on_an_invoice(db) {
        let (invoice, (customer, lines)) = Invoice::query()
            .filter(|i| i.id.eq(404))
            .with(|i| {
                let lines = i.lines.order_by(|l| l.id.asc());
                (i.customer, lines.with(|l| l.track.with(|t| (t.media_type, t.album.with(|a| a.artist)))))
            })
            .one(&db)
            .await
            .unwrap();
        let rows = lines.into_iter().map(|(line, (track, (format, album)))| {
            let (album, artist) = album.unwrap();
            let customer = customer.last_name.clone();
            (customer, invoice.total, line.unit_price, track.name, format.name, album.title, artist.name)
        });
        let sql = "SELECT LastName, Total, InvoiceLine.UnitPrice, Track.Name, MediaType.Name, Title, Artist.Name
            FROM Invoice JOIN Customer USING (CustomerId) JOIN InvoiceLine USING (InvoiceId) JOIN Track USING (TrackId)
            JOIN MediaType USING (MediaTypeId) JOIN Album USING (AlbumId) JOIN Artist USING (ArtistId)
            WHERE InvoiceId = 404 ORDER BY InvoiceLineId";
        same_rows(rows.collect(), sql).await;
    }

    async fn which_long_tracks_are_on_each_album_of_the_bands(db) {
        let bands = Artist::query()
            .filter(|a| a.name.is_in(["Metallica", "Deep Purple"]))
            .order_by(|a| a.id.asc())
            .with(|a| {
                a.albums
                    .filter(|a| a.tracks.any(|t| t.milliseconds.gt(600_000)))
                    .order_by(|a| a.id.desc())
                    .with(|a| a.tracks.filter(|t| t.milliseconds.gt(600_000)).order_by(|t| t.milliseconds.desc()))
            })
            .to_vec(&db)
            .await
            .unwrap();
        let mut rows = Vec::new();
        for (band, albums) in bands {
            for (album, tracks) in albums {
                assert!(!tracks.is_empty());
                rows.extend(tracks.into_iter().map(|track| (band.id, album.id, track.id)));
            }
        }
        let sql = "SELECT ArtistId, AlbumId, TrackId FROM Artist JOIN Album USING (ArtistId) JOIN Track USING (AlbumId)
            WHERE Artist.Name IN ('Metallica', 'Deep Purple') AND Milliseconds > 600000
            ORDER BY ArtistId, AlbumId DESC, Milliseconds DESC";
        same_rows(rows, sql).await;
    }

    async fn which_are_the_two_dearest_invoices_of_each_customer(db) {
        let customers = Customer::query()
            .order_by(|c| c.id.asc())
            .with(|c| c.invoices.order_by(|i| i.total.desc()).limit(2).with(|i| i.lines.count()));
        let mut rows = Vec::new();
        for (customer, invoices) in customers.to_vec(&db).await.unwrap() {
            rows.extend(invoices.into_iter().map(|(invoice, lines)| (customer.id, invoice.id, invoice.total, lines)));
        }
        let sql = "SELECT CustomerId, InvoiceId, Total,
                (SELECT COUNT(*) FROM InvoiceLine WHERE InvoiceLine.InvoiceId = ranked.InvoiceId)
            FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY CustomerId ORDER BY Total DESC, InvoiceId) AS place
                FROM Invoice) AS ranked
            WHERE place <= 2 ORDER BY CustomerId, place";
        same_rows(rows, sql).await;
    }

    async fn which_tracks_of_each_genre_are_second_to_fourth_in_length(db) {
        let genres = Genre::query()
            .order_by(|g| g.id.asc())
            .with(|g| g.tracks.order_by(|t| t.milliseconds.desc()).offset(1).limit(3).with(|t| t.album));
        let mut rows = Vec::new();
        for (genre, tracks) in genres.to_vec(&db).await.unwrap() {
            rows.extend(
                tracks.into_iter().map(|(track, album)| (genre.name.clone(), track.id, album.map(|album| album.title))),
            );
        }
        let sql = "SELECT Genre.Name, TrackId, Title
            FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY GenreId ORDER BY Milliseconds DESC, TrackId) AS place
                FROM Track)
            JOIN Genre USING (GenreId) JOIN Album USING (AlbumId) WHERE place BETWEEN 2 AND 4 ORDER BY GenreId, place";
        same_rows(rows, sql).await;
    }

    async fn what_has_each_customer_bought_last_and_from_whom(db) {
        type Last = Option<(Invoice, Vec<InvoiceLine>)>;
        type Agent = Option<(Employee, Option<Employee>)>;

        let customers: Vec<(Customer, (Last, Agent))> = Customer::query()
            .order_by(|c| c.id.asc())
            .with(|c| (c.invoices.order_by(|i| i.date.desc()).with(|i| i.lines).first(), c.support_rep.with(|e| e.boss)))
            .to_vec(&db)
            .await
            .unwrap();
        let rows = customers.into_iter().map(|(customer, (invoice, agent))| {
            let ((invoice, lines), (agent, boss)) = (invoice.unwrap(), agent.unwrap());
            (customer.id, invoice.id, lines.len() as i64, agent.last_name, boss.map(|boss| boss.last_name))
        });
        let sql =
            "SELECT CustomerId, InvoiceId, (SELECT COUNT(*) FROM InvoiceLine WHERE InvoiceLine.InvoiceId = last.InvoiceId),
                Employee.LastName, boss.LastName
            FROM Customer JOIN Employee ON Employee.EmployeeId = SupportRepId
            JOIN Employee AS boss ON boss.EmployeeId = Employee.ReportsTo
            JOIN Invoice AS last USING (CustomerId)
            WHERE InvoiceId = (SELECT InvoiceId FROM Invoice WHERE Invoice.CustomerId = Customer.CustomerId
                ORDER BY InvoiceDate DESC, InvoiceId LIMIT 1)
            ORDER BY CustomerId";
        same_rows(rows.collect(), sql).await;
    }

    async fn what_do_the_numbers_of_each_customer_say(db) {
        let customers =
            Customer::query().filter(|c| c.country.eq("Canada") | c.id.eq(1)).order_by(|c| c.id.asc()).with(|c| {
                let dear = c.invoices.filter(|i| i.total.gt(15.0));
                (
                    c.invoices.count(),
                    c.invoices.sum(|i| i.total),
                    c.invoices.min(|i| i.date),
                    c.invoices.max(|i| i.total),
                    c.invoices.avg(|i| i.total),
                    dear.clone().exists(),
                    dear.clone().count(),
                    dear.max(|i| i.date),
                )
            });
        let rows = customers.to_vec(&db).await.unwrap().into_iter();
        let rows = rows.map(|(customer, (count, sum, first, most, mean, is_dear, dear, last_dear))| {
            (customer.id, count, cents(sum), first, most, mean.map(cents), is_dear, dear, last_dear)
        });
        let sql = "SELECT CustomerId, COUNT(*), CAST(ROUND(SUM(Total) * 100) AS INTEGER), MIN(InvoiceDate), MAX(Total),
                CAST(ROUND(AVG(Total) * 100) AS INTEGER), MAX(Total) > 15, SUM(Total > 15),
                MAX(CASE WHEN Total > 15 THEN InvoiceDate END)
            FROM Customer JOIN Invoice USING (CustomerId) WHERE Country = 'Canada' OR CustomerId = 1
            GROUP BY CustomerId ORDER BY CustomerId";
        same_rows(rows.collect(), sql).await;
    }

    async fn who_works_for_whom(db) {
        type Head = (Employee, Vec<(Employee, i64)>);

        let (manager, heads): (Employee, Vec<Head>) = Employee::query()
            .filter(|e| e.reports_to.is_null())
            .with(|e| {
                let heads = e.reports.order_by(|e| e.last_name.asc());
                heads.with(|e| e.reports.order_by(|e| e.last_name.asc()).with(|e| e.customers.count()))
            })
            .one(&db)
            .await
            .unwrap();
        let mut rows = Vec::new();
        for (head, team) in heads {
            for (employee, customers) in team {
                rows.push((manager.last_name.clone(), head.last_name.clone(), employee.last_name, customers));
            }
        }
        let sql = "SELECT a.LastName, b.LastName, c.LastName,
                (SELECT COUNT(*) FROM Customer WHERE SupportRepId = c.EmployeeId)
            FROM Employee a JOIN Employee b ON b.ReportsTo = a.EmployeeId JOIN Employee c ON c.ReportsTo = b.EmployeeId
            WHERE a.ReportsTo IS NULL ORDER BY b.LastName, c.LastName";
        same_rows(rows, sql).await;
    }

    async fn who_is_above_each_employee(db) {
        let employees =
            Employee::query().order_by(|e| e.id.asc()).with(|e| e.boss.with(|b| b.boss)).to_vec(&db).await.unwrap();
        let rows = employees.into_iter().map(|(employee, boss)| {
            let (boss, top) = boss.unzip();
            (employee.id, boss.map(|boss| boss.id), top.flatten().map(|top| top.id))
        });
        let sql = "SELECT a.EmployeeId, b.EmployeeId, c.EmployeeId FROM Employee a
            LEFT JOIN Employee b ON b.EmployeeId = a.ReportsTo LEFT JOIN Employee c ON c.EmployeeId = b.ReportsTo
            ORDER BY a.EmployeeId";
        same_rows(rows.collect(), sql).await;
    }

    async fn what_is_on_the_small_playlists(db) {
        let playlists = Playlist::query()
            .filter(|p| p.entries.count().between(1, 50))
            .order_by(|p| p.id.asc())
            .with(|p| p.entries.order_by(|e| e.track_id.asc()).with(|e| e.track.with(|t| t.album.with(|a| a.artist))));
        let mut rows = Vec::new();
        for (playlist, entries) in playlists.to_vec(&db).await.unwrap() {
            for (entry, (track, album)) in entries {
                let artist = album.and_then(|(_, artist)| artist.name);
                rows.push((playlist.name.clone(), entry.track_id, track.name, artist));
            }
        }
        let sql =
            "SELECT Playlist.Name, TrackId, Track.Name, Artist.Name FROM Playlist JOIN PlaylistTrack USING (PlaylistId)
            JOIN Track USING (TrackId) JOIN Album USING (AlbumId) JOIN Artist USING (ArtistId)
            WHERE (SELECT COUNT(*) FROM PlaylistTrack AS all_of WHERE all_of.PlaylistId = Playlist.PlaylistId) <= 50
            ORDER BY PlaylistId, TrackId";
        same_rows(rows, sql).await;
    }

    async fn which_agents_of_these_customers_are_called_jane(db) {
        let customers: Vec<(Customer, Option<Employee>)> = Customer::query()
            .order_by(|c| c.id.asc())
            .with(|c| c.support_rep.filter(|e| e.first_name.eq("Jane")))
            .to_vec(&db)
            .await
            .unwrap();
        let rows = customers.into_iter().map(|(customer, jane)| (customer.id, jane.map(|jane| jane.last_name)));
        let sql = "SELECT CustomerId, Jane.LastName FROM Customer
            LEFT JOIN Employee AS Jane ON EmployeeId = SupportRepId AND Jane.FirstName = 'Jane' ORDER BY CustomerId";
        same_rows(rows.collect(), sql).await;
    }

    async fn what_leads_on_from_rows_at_hand(db) {
        let albums =
            Album::query().filter(|a| a.title.starts_with("B")).order_by(|a| a.title.desc()).to_vec(&db).await.unwrap();
        type Longest = (Track, Option<Genre>);
        let loaded: Vec<(Artist, Option<Longest>, i64)> = Album::load(
            &albums,
            |a| {
                (
                    a.artist,
                    a.tracks.order_by(|t| t.milliseconds.desc()).with(|t| t.genre).first(),
                    a.tracks.sum(|t| t.milliseconds),
                )
            },
            &db,
        )
        .await
        .unwrap();
        let rows = albums.into_iter().zip(loaded).map(|(album, (artist, longest, length))| {
            let (track, genre) = longest.unwrap();
            (album.title, artist.name, track.name, genre.and_then(|genre| genre.name), length)
        });
        let sql = "SELECT Title, Artist.Name, Track.Name, Genre.Name,
                (SELECT SUM(Milliseconds) FROM Track AS every WHERE every.AlbumId = Album.AlbumId)
            FROM Album JOIN Artist USING (ArtistId) JOIN Track USING (AlbumId) JOIN Genre USING (GenreId)
            WHERE Title GLOB 'B*' AND TrackId = (SELECT TrackId FROM Track AS every WHERE every.AlbumId = Album.AlbumId
                ORDER BY Milliseconds DESC, TrackId LIMIT 1)
            ORDER BY Title DESC";
        same_rows(rows.collect(), sql).await;
    }

    async fn what_has_an_artist_recorded(db) {
        let artist = Artist::query().filter(|a| a.name.eq("U2")).one(&db).await.unwrap();
        let albums =
            artist.albums().order_by(|a| a.title.asc()).with(|a| (a.tracks.count(), a.tracks.avg(|t| t.milliseconds)));
        let rows = albums.to_vec(&db).await.unwrap().into_iter().map(|(album, (count, mean))| (album.title, count, mean));
        let sql =
            "SELECT Title, COUNT(*), AVG(Milliseconds) FROM Artist JOIN Album USING (ArtistId) JOIN Track USING (AlbumId)
            WHERE Artist.Name = 'U2' GROUP BY AlbumId ORDER BY Title";
        same_rows(rows.collect(), sql).await;
    }

    async fn which_tracks_are_on_the_album_of_a_track(db) {
        let track = Track::get(1, &db).await.unwrap();
        let (album, (artist, tracks)) = track
            .album()
            .with(|a| (a.artist, a.tracks.filter(|t| t.id.ne(1)).order_by(|t| t.id.asc())))
            .one(&db)
            .await
            .unwrap();
        let rows = tracks.into_iter().map(|other| (artist.name.clone(), album.title.clone(), other.name));
        let sql = "SELECT Artist.Name, Title, other.Name FROM Track JOIN Album USING (AlbumId) JOIN Artist USING (ArtistId)
            JOIN Track AS other USING (AlbumId) WHERE Track.TrackId = 1 AND other.TrackId <> 1 ORDER BY other.TrackId";
        same_rows(rows.collect(), sql).await;
    }

    async fn which_albums_of_each_artist_have_most_tracks(db) {
        let artists = Artist::query().filter(|a| a.albums.count().gt(2)).order_by(|a| a.id.asc()).with(|a| {
            let largest = a.albums.order_by(|a| (a.tracks.count().desc(), a.title.asc())).limit(2);
            (largest.with(|a| a.tracks.count()), a.albums.sum(|a| a.tracks.count()))
        });
        let mut rows = Vec::new();
        for (artist, (albums, total)) in artists.to_vec(&db).await.unwrap() {
            rows.extend(albums.into_iter().map(|(album, tracks)| (artist.id, album.title, tracks, total)));
        }
        let sql = "WITH sizes AS (
                SELECT ArtistId, Title, COUNT(*) AS size, SUM(COUNT(*)) OVER (PARTITION BY ArtistId) AS total,
                    ROW_NUMBER() OVER (PARTITION BY ArtistId ORDER BY COUNT(*) DESC, Title) AS place,
                    COUNT(*) OVER (PARTITION BY ArtistId) AS albums
                FROM Album JOIN Track USING (AlbumId) GROUP BY AlbumId)
            SELECT ArtistId, Title, size, total FROM sizes WHERE place <= 2 AND albums > 2 ORDER BY ArtistId, place";
        same_rows(rows, sql).await;
    }

    async fn which_line_does_a_playlist_share_with_an_invoice(db) {
        let invoices = Invoice::query()
            .filter(|i| i.lines.any(|l| l.track.is(|t| t.entries.any(|e| e.playlist.is(|p| p.name.eq("Grunge"))))))
            .order_by(|i| i.id.asc())
            .with(|i| {
                let grunge = i.lines.filter(|l| l.track.is(|t| t.entries.any(|e| e.playlist.is(|p| p.name.eq("Grunge")))));
                (i.customer.with(|c| c.support_rep), grunge.order_by(|l| l.id.asc()).with(|l| l.track))
            });
        let mut rows = Vec::new();
        for (invoice, ((customer, agent), lines)) in invoices.to_vec(&db).await.unwrap() {
            let agent = agent.map(|agent| agent.last_name);
            let names = |track: Track| (invoice.id, customer.last_name.clone(), agent.clone(), track.name);
            rows.extend(lines.into_iter().map(|(_, track)| names(track)));
        }
        let sql = "SELECT InvoiceId, Customer.LastName, Employee.LastName, Track.Name FROM Invoice
            JOIN Customer USING (CustomerId) JOIN Employee ON EmployeeId = SupportRepId JOIN InvoiceLine USING (InvoiceId)
            JOIN Track USING (TrackId) JOIN PlaylistTrack USING (TrackId) JOIN Playlist USING (PlaylistId)
            WHERE Playlist.Name = 'Grunge' ORDER BY InvoiceId, InvoiceLineId";
        same_rows(rows, sql).await;
    }
}
