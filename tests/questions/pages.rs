//! A few rows at a time: pages by number, pages after a row, and streams.

use futures_util::TryStreamExt;
use neko_orm::{Model, Query};

use crate::chinook::*;

/// The keys of all rows, read page by page.
async fn through(tracks: Query<Track>, db: &neko_orm::Pool) -> Vec<i64> {
    let tracks = tracks.limit(100);
    let mut page = tracks.to_vec(db).await.unwrap();
    let mut ids = Vec::new();
    while let Some(last) = page.last() {
        ids.extend(page.iter().map(|track| track.id));
        page = tracks.clone().after(last).to_vec(db).await.unwrap();
    }
    ids
}

/// All that was sold, the dearest first.
fn sales() -> Query<InvoiceLine> {
    InvoiceLine::query().order_by(|l| (l.unit_price.desc(), l.id.asc()))
}

const SALES: &str = "SELECT InvoiceLineId, Track.Name, LastName FROM InvoiceLine JOIN Track USING (TrackId)
    JOIN Invoice USING (InvoiceId) JOIN Customer USING (CustomerId) ORDER BY InvoiceLine.UnitPrice DESC, InvoiceLineId";

questions! {
    async fn what_is_on_the_third_page_of_albums(db) {
        let albums = Album::query().order_by(|a| a.title.asc()).select(|a| (a.id, a.title));
        let page = albums.page(3, 25, &db).await.unwrap();
        same_value(page.total, "SELECT COUNT(*) FROM Album").await;
        assert_eq!((page.pages(), page.has_next()), (14, true));
        same_rows(page.items, "SELECT AlbumId, Title FROM Album ORDER BY Title, AlbumId LIMIT 25 OFFSET 50").await;
        let last = albums.page(14, 25, &db).await.unwrap();
        same_rows(last.items, "SELECT AlbumId, Title FROM Album ORDER BY Title, AlbumId LIMIT 25 OFFSET 325").await;
    }

    async fn which_tracks_come_after_these(db) {
        let ids = through(Track::query(), &db).await;
        same_values(ids, "SELECT TrackId FROM Track ORDER BY TrackId").await;
        let ids = through(Track::query().order_by(|t| (t.unit_price.desc(), t.milliseconds.asc())), &db).await;
        same_values(ids, "SELECT TrackId FROM Track ORDER BY UnitPrice DESC, Milliseconds, TrackId").await;
        let ids = through(Track::query().order_by(|t| t.composer.asc().nulls_last()), &db).await;
        same_values(ids, "SELECT TrackId FROM Track ORDER BY Composer IS NULL, Composer, TrackId").await;
        let ids = through(Track::query().order_by(|t| (t.composer.asc(), t.name.desc())), &db).await;
        same_values(ids, "SELECT TrackId FROM Track ORDER BY Composer, Name DESC, TrackId").await;
    }

    async fn which_entries_of_playlists_come_after_these(db) {
        let entries = PlaylistTrack::query().order_by(|e| e.track_id.desc()).limit(1000);
        let mut page = entries.to_vec(&db).await.unwrap();
        let mut found = Vec::new();
        while let Some(last) = page.last() {
            found.extend(page.iter().map(|entry| (entry.playlist_id, entry.track_id)));
            page = entries.clone().after(last).to_vec(&db).await.unwrap();
        }
        let sql = "SELECT PlaylistId, TrackId FROM PlaylistTrack ORDER BY TrackId DESC, PlaylistId";
        same_rows(found, sql).await;
    }

    async fn who_has_bought_what_one_after_the_other(db) {
        let sold = sales().with(|l| (l.track, l.invoice.with(|i| i.customer)));
        let rows: Vec<_> = sold
            .stream(&db)
            .map_ok(|(line, (track, (_, customer)))| (line.id, track.name, customer.last_name))
            .try_collect()
            .await
            .unwrap();
        same_rows(rows, SALES).await;
        let by_name = InvoiceLine::query().order_by(|l| (l.track.map(|t| t.name).asc(), l.id.asc())).with(|l| l.track);
        let mut rows = Vec::new();
        let mut stream = by_name.stream(&db);
        while let Some((line, track)) = stream.try_next().await.unwrap() {
            rows.push((line.id, track.name));
        }
        let sql = "SELECT InvoiceLineId, Name FROM InvoiceLine JOIN Track USING (TrackId) ORDER BY Name, InvoiceLineId";
        same_rows(rows, sql).await;
    }

    async fn who_has_bought_what_page_by_page(db) {
        let sold = sales().with(|l| (l.track, l.invoice.with(|i| i.customer)));
        let mut rows = Vec::new();
        for number in 1.. {
            let page = sold.page(number, 300, &db).await.unwrap();
            let is_last = !page.has_next();
            rows.extend(
                page.items.into_iter().map(|(line, (track, (_, customer)))| (line.id, track.name, customer.last_name)),
            );
            if is_last {
                break;
            }
        }
        same_rows(rows, SALES).await;
        let mut after = sold.clone().limit(300).to_vec(&db).await.unwrap();
        let mut rows = Vec::new();
        while let Some((last, _)) = after.last() {
            let next = sold.clone().limit(300).after(last).to_vec(&db).await.unwrap();
            rows.extend(after.into_iter().map(|(line, (track, (_, customer)))| (line.id, track.name, customer.last_name)));
            after = next;
        }
        same_rows(rows, SALES).await;
    }

    async fn which_tracks_have_which_composers_in_chunks(db) {
        let tracks = Track::query()
            .order_by(|t| (t.composer.desc().nulls_first(), t.name.asc()))
            .offset(700)
            .limit(2500)
            .with(|t| (t.genre, t.entries.count()));
        let rows: Vec<_> = tracks
            .stream(&db)
            .map_ok(|(track, (genre, entries))| (track.id, track.composer, genre.and_then(|genre| genre.name), entries))
            .try_collect()
            .await
            .unwrap();
        let sql = "SELECT TrackId, Composer, Genre.Name,
                (SELECT COUNT(*) FROM PlaylistTrack WHERE PlaylistTrack.TrackId = Track.TrackId)
            FROM Track JOIN Genre USING (GenreId)
            ORDER BY Composer DESC NULLS FIRST, Track.Name, TrackId LIMIT 2500 OFFSET 700";
        same_rows(rows, sql).await;
    }

    async fn what_is_on_all_playlists(db) {
        let entries = PlaylistTrack::query()
            .order_by(|e| (e.track.map(|t| t.name).desc(), e.playlist_id.desc(), e.track_id.asc()))
            .with(|e| (e.playlist, e.track.with(|t| t.media_type)));
        let rows: Vec<_> = entries
            .stream(&db)
            .map_ok(|(_, (playlist, (track, format)))| (playlist.id, track.name, format.name))
            .try_collect()
            .await
            .unwrap();
        let sql = "SELECT PlaylistId, Track.Name, MediaType.Name FROM PlaylistTrack JOIN Track USING (TrackId)
            JOIN MediaType USING (MediaTypeId) ORDER BY Track.Name DESC, PlaylistId DESC, TrackId";
        same_rows(rows, sql).await;
    }
}
