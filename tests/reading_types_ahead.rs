//! Columns of each type in arrays on SQLite: the same values, or the same failure, as row by row.

mod support;

use std::fmt::Debug;

use neko_orm::{Model, RowByRow, schema, sql};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sqlx::types::chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use sqlx::types::time::{Date, OffsetDateTime, PrimitiveDateTime, Time};
use sqlx::types::{Uuid, time};
use support::{counted, on_sqlite, recorded_with_control, run, sent};

/// A model for each type, all of one table; and another that takes a NULL.
macro_rules! things {
    ($($module:ident: $ty:ty),*) => {
        $(mod $module {
            use super::*;

            #[derive(Debug, Clone, Model)]
            #[model(table = "things")]
            pub(super) struct Thing {
                pub(super) id: i64,
                pub(super) value: $ty,
            }

            #[derive(Debug, Clone, Model)]
            #[model(table = "things")]
            pub(super) struct Optional {
                pub(super) id: i64,
                pub(super) value: Option<$ty>,
            }
        })*

        async fn all_alike(db: &sqlx::SqlitePool) {
            $(
                alike::<$module::Thing>(db).await;
                alike::<$module::Optional>(db).await;
            )*
        }
    };
}

things! {
    double: f64, single: f32, bytes: Vec<u8>, uuid: Uuid, document: serde_json::Value,
    date: NaiveDate, clock: NaiveTime, date_time: NaiveDateTime, utc: DateTime<Utc>, local: DateTime<Local>,
    calendar_date: Date, clock_time: Time, primitive: PrimitiveDateTime, offset: OffsetDateTime
}

/// To the last bit and offset, which equal values can differ in.
async fn alike<M: Model + Debug>(db: &sqlx::SqlitePool) {
    let (ahead, rows) = (M::query().to_vec(db).await, M::query().to_vec(RowByRow(db)).await);
    assert_eq!(format!("{ahead:?}"), format!("{rows:?}"));
}

/// And in one statement, so that nothing is read again.
async fn alike_at_once<M: Model + Debug>(db: &sqlx::SqlitePool) -> Vec<M> {
    alike::<M>(db).await;
    let (rows, statements) = counted(M::query().to_vec(db)).await;
    assert_eq!(statements, 1);
    rows
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Sample)]
#[has_many(Photo)]
struct Device {
    id: Uuid,
    made: NaiveDate,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Device)]
#[belongs_to_many(Label)]
struct Sample {
    id: i64,
    device_id: Option<Uuid>,
    at: DateTime<Utc>,
    value: f64,
    weight: Option<f32>,
    hash: Vec<u8>,
    signature: Option<Vec<u8>>,
    local: Option<NaiveDateTime>,
    day: Option<NaiveDate>,
    clock: Option<NaiveTime>,
    date: Option<Date>,
    time: Option<Time>,
    primitive: Option<PrimitiveDateTime>,
    offset: Option<OffsetDateTime>,
    document: Option<serde_json::Value>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Sample)]
struct Label {
    id: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Device)]
struct Photo {
    id: i64,
    device_id: Uuid,
    data: Vec<u8>,
}

/// Of which a filter by the device leaves bytes alone.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Room)]
struct Door {
    id: Vec<u8>,
    room_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Door)]
struct Room {
    id: i64,
}

type Everything = (Device, Sample, Label, Photo, Door, Room);

async fn run_sqlite(sql: &str, db: &sqlx::SqlitePool) {
    run(sql, &db.clone().into()).await;
}

async fn things_of(values: &[&str], db: &sqlx::SqlitePool) {
    let rows: Vec<_> = values.iter().map(|value| format!("({value})")).collect();
    run_sqlite(&format!("DELETE FROM things; INSERT INTO things (value) VALUES {}", rows.join(", ")), db).await;
}

fn sample(n: u8, device_id: Option<Uuid>) -> Sample {
    let at = DateTime::from_timestamp(i64::from(n) * 1_000_003, 123_000_000).unwrap();
    Sample { device_id, ..plain(at, f64::from(n) / 10.0, vec![n; 20]) }
}

fn plain(at: DateTime<Utc>, value: f64, hash: Vec<u8>) -> Sample {
    Sample {
        id: 0,
        device_id: None,
        at,
        value,
        weight: None,
        hash,
        signature: None,
        local: None,
        day: None,
        clock: None,
        date: None,
        time: None,
        primitive: None,
        offset: None,
        document: None,
    }
}

async fn insert(samples: impl IntoIterator<Item = Sample>, db: &sqlx::SqlitePool) -> neko_orm::Result<Vec<Sample>> {
    let new = samples.into_iter().map(|s| {
        let new = Sample::create()
            .device_id(s.device_id)
            .at(s.at)
            .value(s.value)
            .weight(s.weight)
            .hash(s.hash)
            .signature(s.signature);
        let new = new.local(s.local).day(s.day).clock(s.clock).date(s.date).time(s.time).primitive(s.primitive);
        new.offset(s.offset).document(s.document)
    });
    Sample::insert_all(new, db).await
}

on_sqlite! {
    // SQLite reads what an index has by the index alone, whose order is another than the table's.
    async fn columns_of_a_row_stay_together_in_whatever_order_they_are_found(db) {
        schema::create::<Everything>(&db).await.unwrap();
        let made = |n| NaiveDate::from_yo_opt(2000, n).unwrap();
        let devices = [9, 1, 5].map(|n| Device::create().id(Uuid::from_u128(n.into())).made(made(n)));
        let devices = Device::insert_all(devices, &db).await.unwrap();
        for device in devices.iter().chain(&devices) {
            Photo::create().device_id(device.id).data(device.id.as_bytes().to_vec()).insert(&db).await.unwrap();
        }
        for (device, (photos, _)) in Device::query().with(|d| (d.photos, d.samples)).to_vec(&db).await.unwrap() {
            assert_eq!(device.made, made(u32::try_from(device.id.as_u128()).unwrap()));
            assert_eq!(photos.len(), 2);
            assert!(photos.iter().all(|photo| photo.data == device.id.as_bytes()));
        }
        for (photo, device) in Photo::query().with(|p| p.device).to_vec(&db).await.unwrap() {
            assert_eq!((photo.device_id, &photo.data[..]), (device.id, &device.id.as_bytes()[..]));
        }
    }

    async fn a_level_of_bytes_and_of_no_rows_is_read_at_once(db) {
        schema::create::<Everything>(&db).await.unwrap();
        let query = Door::query().filter(|d| d.room_id.eq(1)).with(|d| d.room);
        let (doors, statements) = counted(query.to_vec(&db)).await;
        assert_eq!((doors, statements), (Vec::new(), 1));
        Room::create().id(1).insert(&db).await.unwrap();
        Door::create().id(vec![7]).room_id(1).insert(&db).await.unwrap();
        let (doors, statements) = counted(query.to_vec(&db)).await;
        assert_eq!((doors, statements), (query.to_vec(RowByRow(&db)).await.unwrap(), 1));
    }

    async fn a_level_of_every_type_is_read_in_one_statement(db) {
        schema::create::<Everything>(&db).await.unwrap();
        let devices = (0..3).map(|n| Device::create().id(Uuid::from_u128(n)).made("2024-02-29".parse::<NaiveDate>().unwrap()));
        let devices = Device::insert_all(devices, &db).await.unwrap();
        let labels = Label::insert_all([1, 2].map(|n| Label::create().id(vec![n; 3])), &db).await.unwrap();
        for (n, device) in (0..9).zip(devices.iter().cycle()) {
            let samples = insert([sample(n, Some(device.id))], &db).await.unwrap();
            samples[0].labels().associate(&labels[..usize::from(n % 3)], &db).await.unwrap();
        }
        let query = Device::query().with(|d| d.samples.with(|s| (s.device, s.labels)));
        let (ahead, statements) = counted(query.to_vec(&db)).await;
        assert_eq!(statements, 1);
        assert_eq!((ahead.len(), ahead[2].1.len(), ahead[2].1[0].1.1.len()), (3, 3, 2));
        assert_eq!(format!("{ahead:?}"), format!("{:?}", query.to_vec(RowByRow(&db)).await.unwrap()));
        // Of which one level has bytes and nothing else.
        let query = Label::query().with(|l| l.samples.with(|s| (s.labels, s.device)));
        let (ahead, statements) = counted(query.to_vec(&db)).await;
        assert_eq!((statements, ahead[0].1.len(), ahead[0].1[0].1.0.len()), (1, 6, 1));
        assert_eq!(format!("{ahead:?}"), format!("{:?}", query.to_vec(RowByRow(&db)).await.unwrap()));
        let (loaded, statements) = counted(Device::load(&devices, |d| d.samples.with(|s| s.labels), &db)).await;
        assert_eq!(statements, 1);
        assert_eq!(loaded, Device::load(&devices, |d| d.samples.with(|s| s.labels), RowByRow(&db)).await.unwrap());
        let latest = Device::query().with(|d| (d.samples.max(|s| s.at), d.samples.count()));
        let (ahead, statements) = counted(latest.to_vec(&db)).await;
        assert_eq!((ahead, statements), (latest.to_vec(RowByRow(&db)).await.unwrap(), 1));
        let mean = Device::query().with(|d| (d.samples.avg(|s| s.value), d.samples.max(|s| s.hash)));
        assert_eq!(mean.to_vec(&db).await.unwrap(), mean.to_vec(RowByRow(&db)).await.unwrap());
    }

    async fn each_type_has_an_array_of_its_own(db) {
        schema::create::<Everything>(&db).await.unwrap();
        insert((0..9).map(|n| sample(n, None)), &db).await.unwrap();
        let query = Sample::query().select(|s| (s.id, s.at, s.value, s.hash));
        let (rows, statements) = sent(query.to_vec(&db)).await;
        assert_eq!(rows.unwrap(), query.to_vec(RowByRow(&db)).await.unwrap());
        let arrays = concat!(
            r#"SELECT json_group_array("samples"."neko 0"), json_group_array(CASE WHEN "samples"."neko 1" >= x'' THEN x'' ELSE "samples"."neko 1" END), "#,
            r#"json_group_array(CASE typeof("samples"."neko 2") WHEN 'real' THEN iif("samples"."neko 2" <> 0 OR "samples"."neko 2" = '0', "#,
            r#"format('%!.20e', "samples"."neko 2"), '') WHEN 'integer' THEN "samples"."neko 2" WHEN 'null' THEN NULL ELSE '' END), "#,
            r#"CAST(json_group_array(CASE WHEN length("samples"."neko 3") > 256 THEN abs(-9223372036854775807 - 1) "#,
            r#"WHEN typeof("samples"."neko 3") = 'blob' THEN length("samples"."neko 3") WHEN "samples"."neko 3" IS NULL THEN NULL ELSE -1 END) "#,
            r#"|| coalesce(group_concat("samples"."neko 3", ''), '') AS BLOB) FROM (SELECT "#,
        );
        assert!(statements[0].starts_with(arrays), "{statements:#?}");
        assert_eq!(statements.len(), 1);
    }

    async fn a_computed_float_is_read_in_a_row(db) {
        schema::create::<Everything>(&db).await.unwrap();
        insert((0..9).map(|n| sample(n, None)), &db).await.unwrap();
        let query = Sample::query().select(|s| (s.id, sql("-0.0").typed::<f64>(), sql("x'00'").typed::<Vec<u8>>()));
        let (rows, statements) = sent(query.to_vec(&db)).await;
        assert_eq!(format!("{:?}", rows.unwrap()), format!("{:?}", query.to_vec(RowByRow(&db)).await.unwrap()));
        assert!(statements.len() == 1 && !statements[0].contains("json_group_array"), "{statements:#?}");
        let counted = Sample::query().select(|s| (s.at, sql("'2024-05-06'").typed::<NaiveDate>()));
        assert!(sent(counted.to_vec(&db)).await.1[0].contains("json_group_array"));
    }

    async fn many_new_rows_of_every_type_come_back(db) {
        schema::create::<Everything>(&db).await.unwrap();
        let (new, statements) = counted(insert((0..40).map(|n| sample(n, None)), &db)).await;
        let (few, of_few) = counted(insert((0..8).map(|n| sample(n, None)), &db)).await;
        assert_eq!((statements, of_few), (1, 1));
        let all = Sample::query().to_vec(RowByRow(&db)).await.unwrap();
        assert_eq!(format!("{:?}", [new, few].concat()), format!("{all:?}"));
    }

    async fn new_times_and_floats_come_along(db) {
        #[derive(Debug, Clone, PartialEq, Model)]
        struct Visit {
            id: i64,
            at: DateTime<Utc>,
            value: f64,
        }
        schema::create::<Visit>(&db).await.unwrap();
        let visits = (0..40).map(|n| Visit::create().at(DateTime::from_timestamp(n, 500_000_000).unwrap()).value(n as f64 / 7.0));
        let (visits, statements) = sent(Visit::insert_all(visits, &db)).await;
        assert!(statements.iter().any(|statement| statement.contains("SELECT changes()")), "{statements:#?}");
        assert_eq!(visits.unwrap(), Visit::query().to_vec(RowByRow(&db)).await.unwrap());
    }

    async fn whatever_is_in_a_column_is_read_or_refused_alike(db) {
        run_sqlite("CREATE TABLE things (id INTEGER PRIMARY KEY, value)", &db).await;
        let values = [
            "NULL", "0", "1", "-1", "1700000000", "16777216", "16777217", "0.0", "-0.0", "1.5", "0.1", "1e300", "-1e-300", "3.5e38", "2460000.5", "5e-324",
            "9e999", "-9e999", "''", "'0'", "'1.5e+00'", "'NULL'", "'null'", "'Inf'", "'nan'", "'a'", "x''", "x'00'", "x'31'", "zeroblob(16)", "zeroblob(17)",
            "randomblob(16)", "'0123456789abcdef'", "CAST(zeroblob(16) AS TEXT)", "'00000000-0000-0000-0000-000000000000'", "CAST(x'ff' AS TEXT)",
            "'[1,2]'", "'{\"a\": [1.5, \"b\\u0041\"]}'", "'\"a\"'", "'1'", "'{'",
        ];
        for value in values {
            things_of(&[value], &db).await;
            all_alike(&db).await;
            things_of(&["NULL", value, value, "NULL"], &db).await;
            all_alike(&db).await;
        }
    }

    async fn a_moment_in_any_form_is_the_same_or_refused_alike(db) {
        run_sqlite("CREATE TABLE things (id INTEGER PRIMARY KEY, value)", &db).await;
        let days = ["2024-02-29", "2023-02-29", "0000-01-01", "9999-12-31", "10000-01-01", "-0001-01-01", "+2024-01-01", "24-01-01", "2024-1-1", " 2024-01-01", "2024-13-01", "2024-00-00"];
        let clocks = ["12:00", "12:00:00", "23:59:59.999999999", "00:00:00.1", "00:00:00.1234567890", "00:00:00.", "24:00:00", "12:00:60", "12:60:00", "1:02:03", "12:00:00.f", "12:00:00 "];
        let offsets = ["", "Z", "z", "+00:00", "-00:00", "+02:00", "-11:30", "+23:59", "+24:00", "+02:60", "+0200", "+02", " +02:00", "+02:00:00"];
        let mut texts: Vec<_> = days.into_iter().chain(clocks).map(str::to_owned).collect();
        texts.extend(clocks.iter().flat_map(|clock| offsets.map(|offset| format!("{clock}{offset}"))));
        for separator in [" ", "T", "t", "  "] {
            texts.extend(days.iter().map(|day| format!("{day}{separator}12:00:00")));
            texts.extend(clocks.iter().flat_map(|clock| offsets.map(|offset| format!("2024-02-29{separator}{clock}{offset}"))));
            texts.extend(["0000-01-01", "9999-12-31"].iter().flat_map(|day| offsets.map(|offset| format!("{day}{separator}23:59:59{offset}"))));
        }
        run_sqlite("INSERT INTO things (id, value) VALUES (1, NULL)", &db).await;
        for text in texts {
            run_sqlite(&format!("UPDATE things SET value = '{text}'"), &db).await;
            all_alike(&db).await;
        }
        let numbers = ["-62135596800", "-1", "0", "253402300799"];
        things_of(&numbers, &db).await;
        all_alike(&db).await;
    }

    async fn what_sqlite_and_sqlx_write_is_not_read_again(db) {
        run_sqlite("CREATE TABLE things (id INTEGER PRIMARY KEY, value)", &db).await;
        things_of(&["CURRENT_TIMESTAMP", "'2024-02-29T12:00:00Z'", "'2024-02-29T12:00:00.5+02:00'", "1700000000"], &db).await;
        alike_at_once::<utc::Thing>(&db).await;
        alike_at_once::<date_time::Thing>(&db).await;
        alike_at_once::<offset::Thing>(&db).await;
        things_of(&["CURRENT_TIMESTAMP", "datetime('now', 'subsec')"], &db).await;
        alike_at_once::<primitive::Thing>(&db).await;
        things_of(&["CURRENT_DATE"], &db).await;
        alike_at_once::<date::Thing>(&db).await;
        alike_at_once::<calendar_date::Thing>(&db).await;
        things_of(&["CURRENT_TIME"], &db).await;
        alike_at_once::<clock::Thing>(&db).await;
        alike_at_once::<clock_time::Thing>(&db).await;
        things_of(&["1", "0", "0.5"], &db).await;
        alike_at_once::<double::Thing>(&db).await;
        things_of(&["'{\"a\": [1.5, \"b\\u0041\", null]}'", "'null'"], &db).await;
        alike_at_once::<document::Thing>(&db).await;
    }

    async fn a_zero_of_a_column_of_floats_is_not_read_again(db) {
        for declared in ["REAL", "DOUBLE", "FLOAT", "NUMERIC"] {
            run_sqlite(&format!("DROP TABLE IF EXISTS things; CREATE TABLE things (id INTEGER PRIMARY KEY, value {declared})"), &db).await;
            things_of(&["0", "0.0", "-0.0", "1", "0.1"], &db).await;
            alike_at_once::<double::Thing>(&db).await;
            alike_at_once::<single::Optional>(&db).await;
            let query = double::Thing::query().order_by(|t| t.value.desc()).limit(5);
            assert_eq!(counted(query.to_vec(&db)).await.1, 1);
        }
    }

    async fn long_and_empty_bytes_are_told_apart(db) {
        run_sqlite("CREATE TABLE things (id INTEGER PRIMARY KEY, value BLOB)", &db).await;
        alike_at_once::<bytes::Optional>(&db).await;
        things_of(&["zeroblob(256)", "x''", "NULL", "randomblob(255)", "x'5d'", "x'2c5b'"], &db).await;
        alike_at_once::<bytes::Optional>(&db).await;
        things_of(&["x''", "randomblob(257)", "zeroblob(70000)"], &db).await;
        alike::<bytes::Thing>(&db).await;
        let (read, statements) = recorded_with_control(bytes::Thing::query().to_vec(&db)).await;
        assert_eq!((read.unwrap().len(), statements.len()), (3, 2));
        let mut transaction = db.begin().await.unwrap();
        assert_eq!(bytes::Thing::query().to_vec(&mut transaction).await.unwrap().len(), 3);
        transaction.commit().await.unwrap();
        things_of(&["NULL", "x''"], &db).await;
        alike_at_once::<bytes::Optional>(&db).await;
        alike::<bytes::Thing>(&db).await;
    }

    async fn keys_in_another_form_lead_where_they_lead_from_rows(db) {
        #[derive(Debug, Clone, PartialEq, Model)]
        #[has_many(Entry, day = "day")]
        struct Day {
            #[key]
            day: NaiveDateTime,
        }
        #[derive(Debug, Clone, PartialEq, Model)]
        #[belongs_to(Day as of, day = "day")]
        struct Entry {
            id: i64,
            day: NaiveDateTime,
        }
        schema::create::<(Day, Entry)>(&db).await.unwrap();
        run_sqlite("PRAGMA foreign_keys = OFF; INSERT INTO days VALUES ('2024-02-29T00:00:00'), ('2024-03-01 00:00:00')", &db).await;
        run_sqlite("INSERT INTO entries VALUES (1, '2024-02-29T00:00:00'), (2, '2024-02-29 00:00:00'), (3, '2024-03-01 00:00:00')", &db).await;
        let query = Day::query().with(|d| d.entries);
        assert_eq!(query.to_vec(&db).await.unwrap(), query.to_vec(RowByRow(&db)).await.unwrap());
    }
}

#[tokio::test]
async fn a_database_whose_texts_are_utf_16_is_read_alike() {
    let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
    run_sqlite("PRAGMA encoding = 'UTF-16'; CREATE TABLE things (id INTEGER PRIMARY KEY, value)", &db).await;
    for values in [
        &["x'c380'", "x'4100'"][..],
        &["zeroblob(16)", "randomblob(16)"],
        &["x''", "NULL"],
        &["NULL"],
        &["0.5", "0"],
        &["'2024-02-29'"],
    ] {
        things_of(values, &db).await;
        all_alike(&db).await;
    }
}

fn moment() -> impl Strategy<Value = (i64, u32)> {
    let nanoseconds = prop_oneof![Just(0), (0..1000_u32).prop_map(|n| n * 1_000_000), 0..1_000_000_000_u32];
    (-62_135_000_000..253_402_200_000_i64, nanoseconds)
}

fn floats() -> impl Strategy<Value = f64> {
    let bits = any::<u64>().prop_map(f64::from_bits);
    let cents = any::<i32>().prop_map(|cents| f64::from(cents) / 100.0);
    let written = (any::<i64>(), -70..90_i32).prop_map(|(digits, power)| digits as f64 * 10_f64.powi(power));
    prop_oneof![1 => bits, 40 => written, 20 => cents, 20 => any::<f32>().prop_map(f64::from)]
        .prop_filter("not NaN", |value| !value.is_nan())
}

/// Whether SQLite writes the digits of this float and of no other, so that it is not read again.
fn is_written(value: f64) -> bool {
    value == 0.0 || (1e-80..1e110).contains(&value.abs())
}

fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..40);
    let values = (floats(), prop::option::of(any::<f32>()), bytes(), prop::option::of(bytes()));
    let sample = (values, moment(), prop::option::of((moment(), -1439..1440_i32))).prop_map(|(values, at, zoned)| {
        let (value, weight, hash, signature) = values;
        let at = DateTime::from_timestamp(at.0, at.1).unwrap();
        let zoned = zoned.map(|((seconds, nanoseconds), minutes)| {
            let zone = FixedOffset::east_opt(minutes * 60).unwrap();
            let offset = time::UtcOffset::from_whole_seconds(minutes * 60).unwrap();
            let moment = OffsetDateTime::from_unix_timestamp_nanos(
                i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds),
            )
            .unwrap();
            (DateTime::from_timestamp(seconds, nanoseconds).unwrap().with_timezone(&zone), moment.to_offset(offset))
        });
        let (chrono, time) = (zoned.map(|zoned| zoned.0), zoned.map(|zoned| zoned.1));
        Sample {
            weight: weight.filter(|weight| !weight.is_nan()),
            signature,
            local: chrono.map(|at| at.naive_local()),
            day: chrono.map(|at| at.date_naive()),
            clock: chrono.map(|at| at.time()),
            date: time.map(OffsetDateTime::date),
            time: time.map(OffsetDateTime::time),
            primitive: time.map(|at| PrimitiveDateTime::new(at.date(), at.time())),
            offset: time,
            document: value
                .is_finite()
                .then(|| serde_json::json!({ "value": value, "text": format!("\"{value}\\,]") })),
            ..plain(at, value, hash)
        }
    });
    prop::collection::vec(sample, 1..40)
}

/// Random rows of all types: read at once, they are the same as row by row; as many as are inserted come along.
#[test]
fn any_values_of_any_type_are_the_same() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases: Config::default().cases.min(500), failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&samples(), |samples| {
        runtime.block_on(async {
            let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
            schema::create::<Everything>(&db).await.unwrap();
            let inserted = insert(samples, &db).await.unwrap();
            let floats = inserted.iter().flat_map(|s| [s.value, s.weight.unwrap_or(0.0).into()]);
            let is_written = floats.into_iter().all(is_written);
            let (ahead, statements) = counted(Sample::query().to_vec(&db)).await;
            let rows = Sample::query().to_vec(RowByRow(&db)).await.unwrap();
            assert_eq!(format!("{ahead:?}"), format!("{rows:?}"));
            assert_eq!(format!("{inserted:?}"), format!("{rows:?}"));
            assert_eq!(statements, if is_written { 1 } else { 2 });
        });
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

/// Floats of random bits, of any size: all digits that SQLite writes are those of the same float.
#[test]
fn any_float_is_the_same_to_the_last_bit() {
    const BATCH: u64 = 10_000;
    let batches = std::env::var("FLOAT_BATCHES").ok().and_then(|batches| batches.parse().ok()).unwrap_or(1);
    let seed = std::env::var("FLOAT_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
        run_sqlite("CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, value)", &db).await;
        let mut state = seed;
        for _ in 0..batches {
            let floats = std::iter::repeat_with(|| f64::from_bits(next(&mut state)))
                .filter(|value| is_written(*value) && *value != 0.0);
            let floats: Vec<_> = floats.take(BATCH as usize).collect();
            run_sqlite("DELETE FROM things", &db).await;
            let things = floats.iter().map(|&value| double::Thing::create().value(value));
            double::Thing::import_all(things, &db).await.unwrap();
            let (read, statements) = counted(double::Thing::query().order_by(|t| t.id.asc()).to_vec(&db)).await;
            let read: Vec<_> = read.iter().map(|thing| thing.value.to_bits()).collect();
            let stored: Vec<_> = floats.iter().map(|value| value.to_bits()).collect();
            assert!(read == stored && statements == 1, "FLOAT_SEED={seed}");
        }
    });
}

/// The next of a sequence of random numbers: splitmix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
