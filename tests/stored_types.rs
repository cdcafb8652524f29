//! Types of sqlx's features are stored and read back on every backend, whatever the range.

mod support;

use neko_orm::{Model, schema};
use sqlx::types::chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use sqlx::types::{Json, Uuid};
use support::on_every_backend;

#[derive(Debug, Clone, PartialEq, Model)]
struct Record {
    id: Uuid,
    at: DateTime<Utc>,
    seen: Option<DateTime<Utc>>,
    local: NaiveDateTime,
    day: NaiveDate,
    tags: Json<Vec<String>>,
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

on_every_backend! {
    async fn times_json_and_uuids_come_back_as_they_were(db) {
        schema::create::<Record>(&db).await.unwrap();
        let times = ["1969-07-20T20:17:40Z", "2026-11-22T12:00:00.123456Z", "2040-01-01T00:00:00Z", "9999-12-31T23:59:59Z"];
        for (number, text) in times.into_iter().enumerate() {
            let (at, id) = (time(text), Uuid::from_u128(number as u128 + 1));
            let new = Record::create().id(id).at(at).seen(at).local(at.naive_utc()).day(at.date_naive());
            let mut record = new.tags(Json(vec!["a".to_owned(), "ü\"".to_owned()])).insert(&db).await.unwrap();
            assert_eq!((record.at, record.seen, record.local), (at, Some(at), at.naive_utc()));
            assert_eq!(Record::get(id, &db).await.unwrap(), record);
            record.update(|r| r.seen.set(time("2050-05-05T05:05:05Z")), &db).await.unwrap();
            record.save(&db).await.unwrap();
            assert_eq!(Record::get(id, &db).await.unwrap().seen, Some(time("2050-05-05T05:05:05Z")));
            assert_eq!(Record::query().filter(|r| r.at.eq(at)).count(&db).await.unwrap(), 1);
        }
        let latest = Record::query().max(|r| r.at, &db).await.unwrap();
        assert_eq!(latest, Some(time("9999-12-31T23:59:59Z")));
        let ids = [1, 3, 9].map(Uuid::from_u128);
        assert_eq!(Record::query().filter(|r| r.id.is_in(ids)).count(&db).await.unwrap(), 2);
        assert_eq!(Record::query().min(|r| r.id, &db).await.unwrap(), Some(Uuid::from_u128(1)));
    }

    /// What cannot be read back is not inserted either.
    async fn a_row_that_cannot_be_read_is_not_there(db) {
        support::run("CREATE TABLE notes (id INTEGER PRIMARY KEY, body VARCHAR(20) NOT NULL, number INTEGER)", &db).await;
        #[derive(Debug, Clone, PartialEq, Model)]
        struct Note {
            id: i64,
            body: String,
            #[column(default)]
            number: i64,
        }
        let error = Note::create().id(1).body("a").insert(&db).await.unwrap_err();
        assert!(matches!(error, neko_orm::Error::Decode(_)), "{error}");
        // Where the row comes back with the statement itself, it is there by then.
        let rows = Note::query().count(&db).await.unwrap();
        assert_eq!(rows, support::each([1, 1, 0], &db));
    }

    async fn no_letter_of_a_pattern_escapes_another(db) {
        #[derive(Debug, Clone, PartialEq, Model)]
        struct Text {
            id: i64,
            body: String,
        }
        schema::create::<Text>(&db).await.unwrap();
        Text::insert_all(["a_b", "axb", r"a\xb", "a%b", "A!b", "cafe"].map(|body| Text::create().body(body)), &db).await.unwrap();
        let matching = async |pattern: &str| {
            let query = Text::query().filter(|t| t.body.like(pattern)).order_by(|t| t.id.asc());
            query.select(|t| t.body).to_vec(&db).await.unwrap()
        };
        assert_eq!(matching(r"a\_b").await, [r"a\xb"]);
        assert_eq!(matching("a!b").await, ["A!b"]);
        assert_eq!(matching("A_B").await, ["a_b", "axb", "a%b", "A!b"]);
        assert_eq!(matching("café").await, [""; 0]);
    }
}
