//! In which order, how many of them, and which columns?

use neko_orm::{Model, Query};

use crate::chinook::*;

questions! {
    async fn which_composers_come_first_and_where_are_those_without(db) {
        let last = Track::query().order_by(|t| (t.composer.asc().nulls_last(), t.id.asc())).select(|t| t.id);
        let sql = "SELECT TrackId FROM Track ORDER BY Composer IS NULL, Composer, TrackId";
        same_values(last.to_vec(&db).await.unwrap(), sql).await;
        let first = Track::query().order_by(|t| (t.composer.desc().nulls_first(), t.id.desc())).select(|t| t.id);
        let sql = "SELECT TrackId FROM Track ORDER BY Composer IS NOT NULL, Composer DESC, TrackId DESC";
        same_values(first.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_artists_have_most_albums(db) {
        let artists = Artist::query()
            .order_by(|a| (a.albums.count().desc(), a.name.asc()))
            .limit(10)
            .select(|a| (a.name, a.albums.count()));
        let sql = "SELECT Name, COUNT(*) FROM Artist JOIN Album USING (ArtistId) GROUP BY ArtistId
            ORDER BY COUNT(*) DESC, Name LIMIT 10";
        same_rows(artists.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_artists_have_most_tracks(db) {
        let artists = Artist::query()
            .order_by(|a| (a.albums.sum(|a| a.tracks.count()).desc(), a.id.asc()))
            .limit(10)
            .select(|a| (a.name, a.albums.sum(|a| a.tracks.count())));
        let sql = "SELECT Artist.Name, COUNT(*) FROM Artist JOIN Album USING (ArtistId) JOIN Track USING (AlbumId)
            GROUP BY ArtistId ORDER BY COUNT(*) DESC, ArtistId LIMIT 10";
        same_rows(artists.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_albums_by_the_names_of_their_artists(db) {
        let albums = Album::query()
            .order_by(|a| (a.artist.map(|a| a.name).desc(), a.title.asc()))
            .offset(29)
            .limit(30)
            .select(|a| (a.artist.map(|a| a.name.upper()), a.title));
        let sql = "SELECT UPPER(Name), Title FROM Album JOIN Artist USING (ArtistId)
            ORDER BY Name DESC, Title LIMIT 30 OFFSET 29";
        same_rows(albums.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_states_and_countries_are_there(db) {
        let places = Customer::query()
            .order_by(|c| (c.country.asc(), c.state.desc().nulls_last()))
            .select(|c| (c.country, c.state))
            .distinct();
        let sql = "SELECT DISTINCT Country, State FROM Customer ORDER BY Country, State DESC NULLS LAST";
        same_rows(places.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn what_does_a_price_list_say(db) {
        let list =
            Track::query().filter(|t| t.genre.is(|g| g.name.eq("Sci Fi & Fantasy"))).order_by(|t| t.id.asc()).select(|t| {
                (
                    t.name,
                    t.album.map(|a| a.title),
                    t.album.map(|a| a.artist.map(|a| a.name)),
                    t.media_type.map(|m| m.name),
                    t.unit_price,
                    t.sales.count(),
                    t.sales.sum(|s| s.quantity),
                    t.entries.exists(),
                    t.composer.is_null(),
                )
            });
        let sql = "SELECT Track.Name, Title, Artist.Name, MediaType.Name, UnitPrice,
                (SELECT COUNT(*) FROM InvoiceLine WHERE InvoiceLine.TrackId = Track.TrackId),
                (SELECT COALESCE(SUM(Quantity), 0) FROM InvoiceLine WHERE InvoiceLine.TrackId = Track.TrackId),
                TrackId IN (SELECT TrackId FROM PlaylistTrack), Composer IS NULL
            FROM Track JOIN Album USING (AlbumId) JOIN Artist USING (ArtistId) JOIN MediaType USING (MediaTypeId)
            JOIN Genre USING (GenreId) WHERE Genre.Name = 'Sci Fi & Fantasy' ORDER BY TrackId";
        same_rows(list.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_customers_have_paid_most(db) {
        fn best(customers: Query<Customer>) -> Query<Customer> {
            customers.order_by(|c| (c.invoices.sum(|i| i.total).desc(), c.id.asc())).limit(5)
        }
        fn abroad(customers: Query<Customer>) -> Query<Customer> {
            customers.filter(|c| c.country.ne("USA"))
        }

        let everywhere = best(Customer::query()).select(|c| (c.id, c.invoices.sum(|i| i.total)));
        let everywhere = everywhere.to_vec(&db).await.unwrap().into_iter().map(|(id, paid)| (id, cents(paid))).collect();
        let sql = "SELECT CustomerId, CAST(ROUND(SUM(Total) * 100) AS INTEGER) FROM Invoice
            GROUP BY CustomerId ORDER BY SUM(Total) DESC, CustomerId LIMIT 5";
        same_rows(everywhere, sql).await;
        let jane = Employee::query().filter(|e| e.first_name.eq("Jane")).one(&db).await.unwrap();
        let hers = jane.customers().scope(abroad).scope(best).select(|c| c.last_name).to_vec(&db).await.unwrap();
        let sql =
            "SELECT LastName FROM Customer JOIN Invoice USING (CustomerId) WHERE SupportRepId = 3 AND Country <> 'USA'
            GROUP BY CustomerId ORDER BY SUM(Total) DESC, CustomerId LIMIT 5";
        same_values(hers, sql).await;
    }

    async fn which_tracks_are_largest_for_their_length(db) {
        let tracks = Track::query()
            .order_by(|t| ((t.bytes - t.milliseconds * 100).desc(), t.id.asc()))
            .limit(10)
            .select(|t| (t.id, t.bytes - t.milliseconds * 100));
        let sql = "SELECT TrackId, Bytes - Milliseconds * 100 FROM Track
            ORDER BY Bytes - Milliseconds * 100 DESC, TrackId LIMIT 10";
        same_rows(tracks.to_vec(&db).await.unwrap(), sql).await;
    }
}
