//! How many, how much of each kind? Groups by columns, by what relations lead to, and by SQL.

use neko_orm::{Model, sql};

use crate::chinook::*;
use crate::support::each;

questions! {
    async fn how_many_tracks_are_there_at_each_price(db) {
        let prices = Track::query()
            .group_by(|t| t.unit_price)
            .order_by(|price, _| price.asc())
            .select(|price, t| (price, t.id.count(), t.composer.count(), t.composer.count_distinct()));
        let sql = "SELECT UnitPrice, COUNT(*), COUNT(Composer), COUNT(DISTINCT Composer) FROM Track
            GROUP BY UnitPrice ORDER BY UnitPrice";
        same_rows(prices.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn how_much_has_been_sold_to_each_country(db) {
        let sales = Invoice::query()
            .group_by(|i| i.billing_country)
            .order_by(|country, i| (i.id.count().desc(), i.id.sum().desc(), country.asc()))
            .select(|country, i| (country, i.total.sum(), i.id.count(), i.customer_id.count_distinct()));
        let sales = sales.to_vec(&db).await.unwrap();
        let sales = sales.into_iter().map(|(country, sum, count, customers)| (country, cents(sum), count, customers));
        let sql = "SELECT BillingCountry, CAST(ROUND(SUM(Total) * 100) AS INTEGER), COUNT(*), COUNT(DISTINCT CustomerId)
            FROM Invoice GROUP BY BillingCountry ORDER BY COUNT(*) DESC, SUM(InvoiceId) DESC, BillingCountry";
        same_rows(sales.collect(), sql).await;
    }

    async fn how_much_has_been_sold_of_each_genre(db) {
        let genres = InvoiceLine::query()
            .group_by(|l| l.track.map(|t| t.genre.map(|g| g.name)))
            .order_by(|genre, l| (l.unit_price.sum().desc(), genre.asc()))
            .select(|genre, l| (genre, l.unit_price.sum(), l.quantity.sum()));
        let genres = genres.to_vec(&db).await.unwrap().into_iter().map(|(genre, sum, count)| (genre, cents(sum), count));
        let sql =
            "SELECT Genre.Name, CAST(ROUND(SUM(InvoiceLine.UnitPrice) * 100) AS INTEGER), SUM(Quantity) FROM InvoiceLine
            JOIN Track USING (TrackId) JOIN Genre USING (GenreId)
            GROUP BY Genre.Name ORDER BY SUM(InvoiceLine.UnitPrice) DESC, Genre.Name";
        same_rows(genres.collect(), sql).await;
    }

    async fn which_artists_sell_best(db) {
        let artists = InvoiceLine::query()
            .group_by(|l| l.track.map(|t| t.album.map(|a| a.artist.map(|a| a.name))))
            .order_by(|artist, l| (l.id.count().desc(), artist.asc()))
            .select(|artist, l| (artist, l.id.count()))
            .limit(5);
        let sql = "SELECT Artist.Name, COUNT(*) FROM InvoiceLine JOIN Track USING (TrackId) JOIN Album USING (AlbumId)
            JOIN Artist USING (ArtistId) GROUP BY Artist.Name ORDER BY COUNT(*) DESC, Artist.Name LIMIT 5";
        same_rows(artists.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn how_many_tracks_of_each_genre_are_in_each_format(db) {
        let tracks = Track::query()
            .group_by(|t| (t.genre.map(|g| g.name), t.media_type.map(|m| m.name)))
            .having(|_, t| t.id.count().gt(1))
            .order_by(|(genre, format), _| (genre.asc(), format.desc()))
            .select(|(genre, format), t| (genre, format, t.id.count(), t.bytes.sum()));
        let sql = "SELECT Genre.Name, MediaType.Name, COUNT(*), SUM(Bytes) FROM Track
            JOIN Genre USING (GenreId) JOIN MediaType USING (MediaTypeId)
            GROUP BY 1, 2 HAVING COUNT(*) > 1 ORDER BY 1, 2 DESC";
        same_rows(tracks.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_genres_have_long_tracks(db) {
        let genres = Track::query()
            .group_by(|t| t.genre.map(|g| g.name))
            .having(|genre, t| t.milliseconds.avg().gt(300_000.0) & genre.is_not_null())
            .having(|_, t| t.milliseconds.max().gt(t.milliseconds.min() * 2))
            .order_by(|_, t| t.milliseconds.avg().desc())
            .select(|genre, t| (genre, t.milliseconds.avg(), t.milliseconds.min(), t.milliseconds.max()));
        let sql = "SELECT Genre.Name, AVG(Milliseconds), MIN(Milliseconds), MAX(Milliseconds) FROM Track
            JOIN Genre USING (GenreId) GROUP BY Genre.Name
            HAVING AVG(Milliseconds) > 300000 AND MAX(Milliseconds) > MIN(Milliseconds) * 2
            ORDER BY AVG(Milliseconds) DESC";
        same_rows(genres.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn how_many_customers_does_each_agent_have_in_each_country(db) {
        let customers = Customer::query()
            .group_by(|c| (c.support_rep.map(|e| e.last_name), c.country))
            .having(|_, c| c.id.count().ge(2))
            .order_by(|(agent, country), c| (c.id.count().desc(), agent.asc(), country.asc()))
            .select(|(agent, country), c| (agent, country, c.id.count()));
        let sql =
            "SELECT Employee.LastName, Customer.Country, COUNT(*) FROM Customer JOIN Employee ON EmployeeId = SupportRepId
            GROUP BY 1, 2 HAVING COUNT(*) >= 2 ORDER BY 3 DESC, 1, 2";
        same_rows(customers.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn how_much_does_each_agent_sell(db) {
        let agents = Invoice::query()
            .group_by(|i| i.customer.map(|c| c.support_rep.map(|e| e.last_name)))
            .order_by(|agent, _| agent.asc())
            .select(|agent, i| (agent, i.total.sum(), i.total.max()));
        let agents = agents.to_vec(&db).await.unwrap().into_iter().map(|(agent, sum, most)| (agent, cents(sum), most));
        let sql = "SELECT Employee.LastName, CAST(ROUND(SUM(Total) * 100) AS INTEGER), MAX(Total) FROM Invoice
            JOIN Customer USING (CustomerId) JOIN Employee ON EmployeeId = SupportRepId GROUP BY 1 ORDER BY 1";
        same_rows(agents.collect(), sql).await;
    }

    async fn when_did_each_customer_buy_first_and_last(db) {
        let customers = Invoice::query()
            .group_by(|i| (i.customer_id, i.customer.map(|c| c.email)))
            .order_by(|(id, _), i| (i.date.max().desc(), id.asc()))
            .select(|(id, email), i| (id, email, i.date.min(), i.date.max()));
        let sql = "SELECT CustomerId, Email, MIN(InvoiceDate), MAX(InvoiceDate) FROM Invoice
            JOIN Customer USING (CustomerId) GROUP BY CustomerId ORDER BY MAX(InvoiceDate) DESC, CustomerId";
        same_rows(customers.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn how_many_invoices_were_there_in_each_year(db) {
        let year = each(["strftime('%Y', ?)", "LEFT(?, 4)", "DATE_FORMAT(?, '%Y')"], &db);
        let years = Invoice::query()
            .group_by(|i| sql(year).column(i.date).typed::<String>())
            .order_by(|year, _| year.asc())
            .select(|year, i| (year, i.id.count(), i.date.max()));
        let by_hand = "SELECT strftime('%Y', InvoiceDate), COUNT(*), MAX(InvoiceDate) FROM Invoice GROUP BY 1 ORDER BY 1";
        same_rows(years.to_vec(&db).await.unwrap(), by_hand).await;
    }

    async fn which_totals_does_a_customer_pay_how_often(db) {
        let customer = Customer::get(5, &db).await.unwrap();
        let totals = customer
            .invoices()
            .filter(|i| i.total.gt(1.0))
            .group_by(|i| (i.total, i.billing_city))
            .order_by(|(total, _), _| total.desc())
            .select(|(total, city), i| (total, city, i.id.count(), i.date.max()));
        let sql = "SELECT Total, BillingCity, COUNT(*), MAX(InvoiceDate) FROM Invoice
            WHERE CustomerId = 5 AND Total > 1 GROUP BY 1, 2 ORDER BY Total DESC";
        same_rows(totals.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn how_many_albums_have_how_many_tracks(db) {
        let sizes = Album::query()
            .group_by(|a| a.tracks.count())
            .order_by(|size, _| size.desc())
            .select(|size, a| (size, a.id.count()));
        let sql = "SELECT size, COUNT(*) FROM (SELECT COUNT(*) AS size FROM Track GROUP BY AlbumId)
            GROUP BY size ORDER BY size DESC";
        same_rows(sizes.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn how_many_groups_are_there_and_which_are_on_a_page(db) {
        let composers = Track::query()
            .filter(|t| t.composer.is_not_null())
            .group_by(|t| t.composer)
            .having(|_, t| t.id.count().ge(5))
            .order_by(|composer, t| (t.id.count().desc(), composer.asc()))
            .select(|composer, t| (composer, t.id.count()));
        let sql =
            "SELECT COUNT(*) FROM (SELECT 1 FROM Track WHERE Composer IS NOT NULL GROUP BY Composer HAVING COUNT(*) >= 5)";
        same_value(composers.count(&db).await.unwrap(), sql).await;
        let page = composers.page(2, 10, &db).await.unwrap();
        same_value(page.total, sql).await;
        let sql = "SELECT Composer, COUNT(*) FROM Track WHERE Composer IS NOT NULL GROUP BY Composer HAVING COUNT(*) >= 5
            ORDER BY COUNT(*) DESC, Composer LIMIT 10 OFFSET 10";
        same_rows(page.items, sql).await;
        let first = composers.first(&db).await.unwrap().unwrap();
        let sql =
            "SELECT Composer, COUNT(*) FROM Track WHERE Composer IS NOT NULL GROUP BY Composer ORDER BY 2 DESC, 1 LIMIT 1";
        same_row(first, sql).await;
        assert!(composers.exists(&db).await.unwrap());
    }

    async fn how_many_of_the_longest_tracks_are_of_each_genre(db) {
        let genres = Track::query()
            .order_by(|t| t.milliseconds.desc())
            .limit(250)
            .group_by(|t| t.genre.map(|g| g.name))
            .order_by(|genre, t| (t.id.count().desc(), genre.asc()))
            .select(|genre, t| (genre, t.id.count()));
        let sql =
            "SELECT Genre.Name, COUNT(*) FROM (SELECT GenreId FROM Track ORDER BY Milliseconds DESC, TrackId LIMIT 250)
            JOIN Genre USING (GenreId) GROUP BY 1 ORDER BY 2 DESC, 1";
        same_rows(genres.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn how_many_reports_does_each_title_have(db) {
        let titles = Employee::query()
            .group_by(|e| (e.title, e.boss.map(|b| b.title), e.boss.map(|b| b.boss.map(|b| b.title))))
            .order_by(|(title, ..), _| title.asc())
            .select(|(title, boss, top), e| (title, boss, top, e.id.count(), e.reports.count().sum()));
        let sql = "SELECT e.Title, b.Title, bb.Title, COUNT(*),
                SUM((SELECT COUNT(*) FROM Employee r WHERE r.ReportsTo = e.EmployeeId))
            FROM Employee e LEFT JOIN Employee b ON b.EmployeeId = e.ReportsTo
            LEFT JOIN Employee bb ON bb.EmployeeId = b.ReportsTo GROUP BY 1, 2, 3 ORDER BY 1";
        same_rows(titles.to_vec(&db).await.unwrap(), sql).await;
    }

    async fn which_tracks_last_longest_and_shortest_on_each_album_of_an_artist(db) {
        let albums = Track::query()
            .filter(|t| t.album.is(|a| a.artist.is(|a| a.name.eq("Led Zeppelin"))))
            .group_by(|t| t.album.map(|a| a.title))
            .having(|title, t| title.like("%[%]%") | t.milliseconds.sum().gt(t.milliseconds.max() * 8))
            .order_by(|title, t| ((t.milliseconds.max() - t.milliseconds.min()).desc(), title.asc()))
            .select(|title, t| (title, t.milliseconds.max() - t.milliseconds.min(), t.unit_price.sum() * 2.0));
        let albums =
            albums.to_vec(&db).await.unwrap().into_iter().map(|(title, range, price)| (title, range, cents(price)));
        let sql =
            "SELECT Title, MAX(Milliseconds) - MIN(Milliseconds), CAST(ROUND(SUM(UnitPrice) * 200) AS INTEGER) FROM Track
            JOIN Album USING (AlbumId) JOIN Artist USING (ArtistId) WHERE Artist.Name = 'Led Zeppelin' GROUP BY Title
            HAVING Title LIKE '%[%]%' OR SUM(Milliseconds) > MAX(Milliseconds) * 8 ORDER BY 2 DESC, Title";
        same_rows(albums.collect(), sql).await;
    }

    async fn which_tracks_are_sold_most_often_by_whom(db) {
        let tracks = InvoiceLine::query()
            .group_by(|l| {
                let agent = l.invoice.map(|i| i.customer.map(|c| c.support_rep.map(|e| e.last_name)));
                (agent, l.track.map(|t| t.media_type.map(|m| m.name)), l.unit_price)
            })
            .order_by(|(agent, format, price), l| (l.quantity.sum().desc(), agent.asc(), format.asc(), price.asc()))
            .select(|(agent, format, price), l| (agent, format, price, l.quantity.sum(), l.track_id.count_distinct()))
            .limit(8);
        let sql = "SELECT Employee.LastName, MediaType.Name, InvoiceLine.UnitPrice, SUM(Quantity), COUNT(DISTINCT TrackId)
            FROM InvoiceLine JOIN Invoice USING (InvoiceId) JOIN Customer USING (CustomerId)
            JOIN Employee ON EmployeeId = SupportRepId JOIN Track USING (TrackId) JOIN MediaType USING (MediaTypeId)
            GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT 8";
        same_rows(tracks.to_vec(&db).await.unwrap(), sql).await;
    }
}
