//! Nothing changes its value silently: what a field cannot hold exactly is an error that names the column.

mod support;

use neko_orm::{Error, Mismatch, Model, Pool, schema};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, MySql, Postgres, Sqlite, SqlitePool, Type};
use support::{each, on_every_backend, run, run_each};

/// A type of one's own, with the type that each database stores it as.
macro_rules! own_type {
    ($name:ident($inner:ty): $($db:ident $stored:ty),*) => {
        #[derive(Debug, Clone, PartialEq)]
        struct $name($inner);

        $(impl Type<$db> for $name {
            fn type_info() -> <$db as Database>::TypeInfo {
                <$stored as Type<$db>>::type_info()
            }

            fn compatible(ty: &<$db as Database>::TypeInfo) -> bool {
                <$stored as Type<$db>>::compatible(ty)
            }
        }

        impl<'q> Encode<'q, $db> for $name {
            fn encode_by_ref(&self, buffer: &mut <$db as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                <$stored as Encode<'q, $db>>::encode_by_ref(&<$stored>::from(self.0), buffer)
            }
        }

        impl<'r> Decode<'r, $db> for $name {
            fn decode(value: <$db as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
                Ok(Self(<$stored as Decode<'r, $db>>::decode(value)?.try_into()?))
            }
        })*
    };
}

own_type!(Meters(i32): Sqlite i32, Postgres i32, MySql i32);
own_type!(Unsigned(u32): Sqlite u32, Postgres i64, MySql u32);
own_type!(Byte(u8): Sqlite u8, Postgres i16, MySql u8);

/// The model under test reads one row whose single value is the given SQL expression.
macro_rules! read {
    ($ty:ty, $sql:expr) => {{
        #[derive(Debug, Clone, PartialEq, Model)]
        #[model(table = "records")]
        struct Record {
            id: i64,
            value: $ty,
        }
        let db: SqlitePool = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
        sqlx::raw_sql("CREATE TABLE records (id INTEGER PRIMARY KEY, value)").execute(&db).await.unwrap();
        let insert = concat!("INSERT INTO records (value) VALUES (", $sql, ")");
        sqlx::raw_sql(insert).execute(&db).await.unwrap();
        Record::get(1, &db).await.map(|record| record.value)
    }};
}

/// Asserts that reading fails, and where and why.
macro_rules! refused {
    ($ty:ty, $sql:expr, $mismatch:pat) => {{
        let error = read!($ty, $sql).unwrap_err();
        let Error::Decode(error) = error else { panic!("{error}") };
        assert_eq!((error.table, error.column), ("records", "value"));
        assert!(matches!(error.mismatch, $mismatch), "{error}");
        error.to_string()
    }};
}

#[tokio::test]
async fn null_is_refused_unless_the_field_is_an_option() {
    let message = refused!(i64, "NULL", Mismatch::Null);
    assert_eq!(message, "`records.value` cannot be read as `i64`: the value is NULL; make the field an `Option`");
    refused!(i32, "NULL", Mismatch::Null);
    refused!(bool, "NULL", Mismatch::Null);
    refused!(f64, "NULL", Mismatch::Null);
    refused!(String, "NULL", Mismatch::Null);
    refused!(Vec<u8>, "NULL", Mismatch::Null);
    assert_eq!(read!(Option<i64>, "NULL").unwrap(), None);
    assert_eq!(read!(Option<bool>, "NULL").unwrap(), None);
    assert_eq!(read!(Option<String>, "NULL").unwrap(), None);
    assert_eq!(read!(Option<Vec<u8>>, "NULL").unwrap(), None);
    assert_eq!(read!(Option<f64>, "NULL").unwrap(), None);
}

#[tokio::test]
async fn an_alias_of_an_option_is_an_option() {
    type Maybe = Option<i64>;
    assert_eq!(read!(Maybe, "NULL").unwrap(), None);
    assert_eq!(read!(Maybe, "5").unwrap(), Some(5));
}

#[tokio::test]
async fn integers_are_refused_beyond_their_range() {
    assert_eq!(read!(i64, "-9223372036854775808").unwrap(), i64::MIN);
    assert_eq!(read!(i64, "9223372036854775807").unwrap(), i64::MAX);
    assert_eq!(read!(i32, "2147483647").unwrap(), i32::MAX);
    let message = refused!(i32, "2147483648", Mismatch::Value(_));
    assert!(message.contains("2147483648: out of range"), "{message}");
    refused!(Option<i32>, "2147483648", Mismatch::Value(_));
    assert_eq!(read!(i16, "-32768").unwrap(), i16::MIN);
    refused!(i16, "-32769", Mismatch::Value(_));
    assert_eq!(read!(i8, "127").unwrap(), 127);
    refused!(i8, "128", Mismatch::Value(_));
    assert_eq!(read!(Unsigned, "4294967295").unwrap(), Unsigned(u32::MAX));
    refused!(Unsigned, "4294967296", Mismatch::Value(_));
    refused!(Unsigned, "-1", Mismatch::Value(_));
    refused!(Byte, "256", Mismatch::Value(_));
}

#[tokio::test]
async fn values_of_another_storage_class_are_refused() {
    let message = refused!(i64, "'abc'", Mismatch::Type { .. });
    assert_eq!(
        message,
        "`records.value` cannot be read as `i64`: the value is stored as TEXT, the field holds INTEGER"
    );
    refused!(i64, "1.5", Mismatch::Type { .. });
    refused!(i64, "x'00'", Mismatch::Type { .. });
    refused!(String, "5", Mismatch::Type { .. });
    refused!(String, "x'00'", Mismatch::Type { .. });
    refused!(Option<String>, "5", Mismatch::Type { .. });
    refused!(f64, "'1.5'", Mismatch::Type { .. });
    refused!(Vec<u8>, "'abc'", Mismatch::Type { .. });
    refused!(Option<Vec<u8>>, "'abc'", Mismatch::Type { .. });
    refused!(Vec<u8>, "5", Mismatch::Type { .. });
    refused!(bool, "'true'", Mismatch::Type { .. });
}

#[tokio::test]
async fn a_boolean_is_zero_or_one() {
    assert!(!read!(bool, "0").unwrap());
    assert!(read!(bool, "1").unwrap());
    assert_eq!(read!(Option<bool>, "TRUE").unwrap(), Some(true));
    refused!(bool, "2", Mismatch::Value(_));
    refused!(Option<bool>, "-1", Mismatch::Value(_));
}

#[tokio::test]
async fn whole_numbers_are_read_as_floats_where_they_are_exact() {
    assert_eq!(read!(f64, "2").unwrap(), 2.0);
    assert_eq!(read!(Option<f64>, "-2").unwrap(), Some(-2.0));
    assert_eq!(read!(f64, "9007199254740992").unwrap(), 9_007_199_254_740_992.0);
    refused!(f64, "9007199254740993", Mismatch::Value(_));
    refused!(f64, "-9223372036854775808", Mismatch::Value(_));
    assert_eq!(read!(f32, "16777216").unwrap(), 16_777_216.0);
    refused!(f32, "16777217", Mismatch::Value(_));
    assert_eq!(read!(f32, "0.5").unwrap(), 0.5);
    refused!(f32, "1e300", Mismatch::Value(_));
    assert_eq!(read!(f64, "9e999").unwrap(), f64::INFINITY);
    assert_eq!(read!(f32, "9e999").unwrap(), f32::INFINITY);
}

#[tokio::test]
async fn text_and_bytes_round_trip() {
    assert_eq!(read!(String, "''").unwrap(), "");
    assert_eq!(read!(String, "'a' || char(0) || 'b'").unwrap(), "a\0b");
    assert_eq!(read!(Vec<u8>, "x''").unwrap(), Vec::<u8>::new());
    assert_eq!(read!(Vec<u8>, "x'00ff'").unwrap(), [0, 255]);
    refused!(String, "CAST(x'ff' AS TEXT)", Mismatch::Value(_));
}

#[tokio::test]
async fn a_type_of_ones_own_is_stored_as_what_it_wraps() {
    assert_eq!(read!(Meters, "5").unwrap(), Meters(5));
    assert_eq!(read!(Option<Meters>, "NULL").unwrap(), None);
    refused!(Meters, "NULL", Mismatch::Null);
    refused!(Meters, "5000000000", Mismatch::Value(_));
    refused!(Meters, "'5'", Mismatch::Type { .. });
}

/// The model under test reads one column of the only record, which is given by its name.
macro_rules! column {
    ($db:expr, $name:literal, $ty:ty) => {{
        #[derive(Debug, Clone, PartialEq, Model)]
        #[model(table = "records")]
        struct Record {
            id: i64,
            #[column(name = $name)]
            value: $ty,
        }
        Record::get(1, &$db).await.map(|record| record.value)
    }};
}

/// Asserts that reading a column fails, and why.
macro_rules! column_refused {
    ($db:expr, $name:literal, $ty:ty, $mismatch:pat) => {{
        let error = column!($db, $name, $ty).unwrap_err();
        let Error::Decode(error) = error else { panic!("{error}") };
        assert_eq!((error.table, error.column), ("records", $name));
        assert!(matches!(error.mismatch, $mismatch), "{error}");
        error.to_string()
    }};
}

/// Creates the only record, of columns with a name and a value.
async fn record(columns: &[(&str, &str)], db: &Pool) {
    let declared = |(name, _): &(&str, &str)| {
        let types = match name.trim_end_matches(|letter: char| letter.is_ascii_digit()) {
            "big" => ["INTEGER", "BIGINT", "BIGINT"],
            "text" => ["TEXT", "TEXT", "TEXT"],
            "flag" => ["INTEGER", "BOOLEAN", "BOOLEAN"],
            "wide" => ["REAL", "DOUBLE PRECISION", "DOUBLE"],
            "single" => ["REAL", "REAL", "FLOAT"],
            _ => ["BLOB", "BYTEA", "LONGBLOB"],
        };
        format!(", {name} {}", each(types, db))
    };
    let declared: String = columns.iter().map(declared).collect();
    let values: String = columns.iter().map(|(_, value)| format!(", {value}")).collect();
    run(&format!("CREATE TABLE records (id BIGINT PRIMARY KEY{declared})"), db).await;
    run(&format!("INSERT INTO records VALUES (1{values})"), db).await;
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "things")]
struct Thing {
    id: i64,
    tiny: i8,
    small: i16,
    int: i32,
    big: i64,
    single: f32,
    double: f64,
    flag: bool,
    text: String,
    bytes: Vec<u8>,
    maybe: Option<i8>,
}

impl Thing {
    fn of(id: i64, number: i64) -> Self {
        Self {
            id,
            tiny: number.clamp(i8::MIN.into(), i8::MAX.into()) as i8,
            small: number.clamp(i16::MIN.into(), i16::MAX.into()) as i16,
            int: number.clamp(i32::MIN.into(), i32::MAX.into()) as i32,
            big: number,
            single: number as f32 * 1.1,
            double: number as f64 * 1.1,
            flag: number > 0,
            text: "it's \"quoted\" `\\` %_ é猫🐈\n\t".to_owned(),
            bytes: (0..=255).collect(),
            maybe: (number == 0).then_some(i8::MIN),
        }
    }
}

on_every_backend! {
    async fn null_in_a_column_is_refused_unless_the_field_is_an_option(db) {
        record(&[("big", "NULL"), ("text", "NULL"), ("flag", "NULL"), ("wide", "NULL"), ("bytes", "NULL")], &db).await;
        let message = column_refused!(db, "big", i64, Mismatch::Null);
        assert_eq!(message, "`records.big` cannot be read as `i64`: the value is NULL; make the field an `Option`");
        column_refused!(db, "big", i8, Mismatch::Null);
        column_refused!(db, "big", Meters, Mismatch::Null);
        column_refused!(db, "flag", bool, Mismatch::Null);
        column_refused!(db, "wide", f64, Mismatch::Null);
        column_refused!(db, "text", String, Mismatch::Null);
        column_refused!(db, "bytes", Vec<u8>, Mismatch::Null);
        assert_eq!(column!(db, "big", Option<i64>).unwrap(), None);
        assert_eq!(column!(db, "big", Option<i8>).unwrap(), None);
        assert_eq!(column!(db, "big", Option<Meters>).unwrap(), None);
        assert_eq!(column!(db, "flag", Option<bool>).unwrap(), None);
        assert_eq!(column!(db, "wide", Option<f64>).unwrap(), None);
        assert_eq!(column!(db, "text", Option<String>).unwrap(), None);
        assert_eq!(column!(db, "bytes", Option<Vec<u8>>).unwrap(), None);
    }

    async fn integers_in_a_column_are_refused_beyond_the_field(db) {
        let numbers = ["-9223372036854775807 - 1", "9223372036854775807", "2147483647", "2147483648", "-32768", "-32769", "127", "128"];
        let names = ["big1", "big2", "big3", "big4", "big5", "big6", "big7", "big8"];
        record(&names.into_iter().zip(numbers).collect::<Vec<_>>(), &db).await;
        assert_eq!(column!(db, "big1", i64).unwrap(), i64::MIN);
        assert_eq!(column!(db, "big2", i64).unwrap(), i64::MAX);
        assert_eq!(column!(db, "big3", i32).unwrap(), i32::MAX);
        assert_eq!(column!(db, "big3", Meters).unwrap(), Meters(i32::MAX));
        column_refused!(db, "big4", i32, Mismatch::Value(_));
        column_refused!(db, "big4", Option<i32>, Mismatch::Value(_));
        column_refused!(db, "big4", Meters, Mismatch::Value(_));
        assert_eq!(column!(db, "big5", i16).unwrap(), i16::MIN);
        column_refused!(db, "big6", i16, Mismatch::Value(_));
        assert_eq!(column!(db, "big7", i8).unwrap(), i8::MAX);
        column_refused!(db, "big8", i8, Mismatch::Value(_));
        column_refused!(db, "big8", Option<i8>, Mismatch::Value(_));
    }

    async fn a_column_of_another_type_is_refused(db) {
        let (text, bytes) = (("text", "'5'"), ("bytes", each(["x'35'", "'5'", "x'35'"], &db)));
        record(&[("big", "5"), text, ("flag", "TRUE"), ("wide", "1.5"), bytes], &db).await;
        for message in [
            column_refused!(db, "text", i64, Mismatch::Type { .. }),
            column_refused!(db, "text", Option<i64>, Mismatch::Type { .. }),
            column_refused!(db, "text", f64, Mismatch::Type { .. }),
            column_refused!(db, "text", bool, Mismatch::Type { .. }),
            column_refused!(db, "text", Vec<u8>, Mismatch::Type { .. }),
            column_refused!(db, "text", Option<Vec<u8>>, Mismatch::Type { .. }),
        ] {
            assert!(message.contains("the value is stored as TEXT, the field holds "), "{message}");
        }
        column_refused!(db, "bytes", String, Mismatch::Type { .. });
        column_refused!(db, "bytes", i64, Mismatch::Type { .. });
        column_refused!(db, "wide", i64, Mismatch::Type { .. });
        column_refused!(db, "big", String, Mismatch::Type { .. });
        column_refused!(db, "big", Vec<u8>, Mismatch::Type { .. });
        assert_eq!(column!(db, "text", String).unwrap(), "5");
        assert_eq!(column!(db, "bytes", Vec<u8>).unwrap(), [0x35]);
        assert!(column!(db, "flag", bool).unwrap());
    }

    async fn a_float_is_refused_beyond_the_field(db) {
        record(&[("single", "0.5"), ("wide1", "0.1"), ("wide2", "1e300")], &db).await;
        assert_eq!(column!(db, "single", f32).unwrap(), 0.5);
        assert_eq!(column!(db, "wide1", f64).unwrap(), 0.1);
        assert_eq!(column!(db, "wide2", f64).unwrap(), 1e300);
        // PostgreSQL tells the two types apart, others do not.
        column_refused!(db, "wide2", f32, Mismatch::Value(_) | Mismatch::Type { .. });
    }

    async fn every_type_comes_back_as_it_went(db) {
        schema::create::<Thing>(&db).await.unwrap();
        for (id, number) in (1..).zip([0, 1, -1, i64::MIN, i64::MAX]) {
            let mut thing = Thing::of(id, number);
            let create = Thing::create().tiny(thing.tiny).small(thing.small).int(thing.int).big(thing.big);
            let create = create.single(thing.single).double(thing.double).flag(thing.flag);
            let create = create.text(&thing.text).bytes(&thing.bytes).maybe(thing.maybe);
            assert_eq!(create.insert(&db).await.unwrap(), thing);
            assert_eq!(Thing::get(id, &db).await.unwrap(), thing);
            let found = Thing::query().filter(|t| {
                t.tiny.eq(thing.tiny) & t.big.eq(thing.big) & t.double.eq(thing.double) & t.text.eq(&thing.text)
                    & t.bytes.eq(&thing.bytes) & t.flag.eq(thing.flag) & t.maybe.eq(thing.maybe)
            });
            assert_eq!(found.to_vec(&db).await.unwrap(), [thing.clone()]);
            (thing.text, thing.bytes) = (String::new(), Vec::new());
            thing.save(&db).await.unwrap();
            assert_eq!(Thing::get(id, &db).await.unwrap(), thing);
        }
    }

    async fn a_text_with_nul_comes_back_or_is_refused(db) {
        schema::create::<Pair>(&db).await.unwrap();
        let result = Pair::create().left(1).right("a\0b").insert(&db).await;
        if let Pool::Postgres(_) = db {
            assert!(matches!(result, Err(Error::Statement(_))), "{result:?}");
            assert_eq!(Pair::query().count(&db).await.unwrap(), 0);
        } else {
            assert_eq!(Pair::get(1, &db).await.unwrap(), result.unwrap());
        }
    }

    async fn columns_are_read_by_position_even_if_the_table_has_others(db) {
        run_each([
            r#"CREATE TABLE pairs (other TEXT, "left" INTEGER PRIMARY KEY, "right" TEXT)"#,
            r#"CREATE TABLE pairs (other TEXT, "left" BIGINT PRIMARY KEY, "right" TEXT)"#,
            "CREATE TABLE pairs (other TEXT, `left` BIGINT PRIMARY KEY, `right` TEXT)",
        ], &db).await;
        let pair = Pair::create().left(1).right("2").insert(&db).await.unwrap();
        assert_eq!(pair, Pair { right: "2".to_owned(), left: 1 });
        assert_eq!(Pair::get(1, &db).await.unwrap(), pair);
    }

    async fn what_is_no_number_is_refused_where_it_cannot_be_stored(db) {
        schema::create::<Reading>(&db).await.unwrap();
        let not_a_number = Reading::create().exact(f64::NAN).insert(&db).await;
        let roughly = Reading::create().rough(f32::NAN).insert(&db).await;
        if let Pool::Postgres(_) = db {
            assert!(not_a_number.unwrap().exact.unwrap().is_nan() && roughly.unwrap().rough.unwrap().is_nan());
        } else {
            assert!(matches!(not_a_number, Err(Error::Statement(_))));
            assert!(matches!(roughly, Err(Error::Statement(_))));
            assert_eq!(Reading::query().count(&db).await.unwrap(), 0);
        }
        let infinite = Reading::create().exact(f64::INFINITY).rough(f32::NEG_INFINITY).insert(&db).await;
        if let Pool::MySql(_) = db {
            assert!(matches!(infinite, Err(Error::Statement(_))));
        } else {
            let reading = infinite.unwrap();
            assert_eq!(Reading::get(reading.id, &db).await.unwrap(), reading);
        }
        let mut reading = Reading::create().exact(1.0).insert(&db).await.unwrap();
        reading.exact = Some(-f64::NAN);
        if !matches!(db, Pool::Postgres(_)) {
            let error = reading.save(&db).await.unwrap_err();
            assert!(error.to_string().contains("NaN"), "{error}");
        }
    }
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Pair {
    right: String,
    #[key]
    left: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Reading {
    id: i64,
    exact: Option<f64>,
    rough: Option<f32>,
}

/// MySQL has no type of truth values.
mod mysql_alone {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_boolean_is_zero_or_one() {
        support::databases::mysql(|db: Pool| async move {
            record(&[("flag1", "0"), ("flag2", "1"), ("flag3", "2"), ("flag4", "-1")], &db).await;
            assert!(!column!(db, "flag1", bool).unwrap());
            assert!(column!(db, "flag2", bool).unwrap());
            column_refused!(db, "flag3", bool, Mismatch::Value(_));
            column_refused!(db, "flag4", Option<bool>, Mismatch::Value(_));
        })
        .await;
    }
}
