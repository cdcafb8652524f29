//! Nothing changes its value silently: what a field cannot hold exactly is an error that names the column.

mod support;

use neko_orm::{Error, Mismatch, Model};
use sqlx::SqlitePool;

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
    assert_eq!(read!(u32, "4294967295").unwrap(), u32::MAX);
    refused!(u32, "4294967296", Mismatch::Value(_));
    refused!(u32, "-1", Mismatch::Value(_));
    refused!(u8, "256", Mismatch::Value(_));
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
    #[derive(Debug, Clone, PartialEq)]
    struct Meters(i32);

    impl sqlx::Type<sqlx::Sqlite> for Meters {
        fn type_info() -> sqlx::sqlite::SqliteTypeInfo {
            <i32 as sqlx::Type<sqlx::Sqlite>>::type_info()
        }

        fn compatible(ty: &sqlx::sqlite::SqliteTypeInfo) -> bool {
            <i32 as sqlx::Type<sqlx::Sqlite>>::compatible(ty)
        }
    }

    impl<'q> sqlx::Encode<'q, sqlx::Sqlite> for Meters {
        fn encode_by_ref(
            &self,
            buffer: &mut sqlx::sqlite::SqliteArgumentsBuffer,
        ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
            self.0.encode_by_ref(buffer)
        }
    }

    impl<'r> sqlx::Decode<'r, sqlx::Sqlite> for Meters {
        fn decode(value: sqlx::sqlite::SqliteValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
            <i32 as sqlx::Decode<'r, sqlx::Sqlite>>::decode(value).map(Self)
        }
    }

    assert_eq!(read!(Meters, "5").unwrap(), Meters(5));
    assert_eq!(read!(Option<Meters>, "NULL").unwrap(), None);
    refused!(Meters, "NULL", Mismatch::Null);
    refused!(Meters, "5000000000", Mismatch::Value(_));
    refused!(Meters, "'5'", Mismatch::Type { .. });
}

#[tokio::test]
async fn columns_are_read_by_position_even_if_the_table_has_others() {
    #[derive(Debug, Clone, PartialEq, Model)]
    struct Pair {
        right: i64,
        #[key]
        left: i64,
    }
    let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
    sqlx::raw_sql("CREATE TABLE pairs (other TEXT, \"left\" INTEGER PRIMARY KEY, \"right\" INTEGER)")
        .execute(&db)
        .await
        .unwrap();
    let pair = Pair::create().left(1).right(2).insert(&db).await.unwrap();
    assert_eq!(pair, Pair { right: 2, left: 1 });
    assert_eq!(Pair::get(1, &db).await.unwrap(), pair);
}

#[tokio::test]
async fn nan_is_refused_since_sqlite_would_store_null() {
    #[derive(Debug, Clone, PartialEq, Model)]
    struct Reading {
        id: i64,
        exact: Option<f64>,
        rough: Option<f32>,
    }
    let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
    neko_orm::schema::create::<Reading>(&db).await.unwrap();
    assert!(matches!(Reading::create().exact(f64::NAN).insert(&db).await, Err(Error::Statement(_))));
    assert!(matches!(Reading::create().rough(f32::NAN).insert(&db).await, Err(Error::Statement(_))));
    let mut reading = Reading::create().exact(f64::INFINITY).rough(f32::NEG_INFINITY).insert(&db).await.unwrap();
    assert_eq!(Reading::get(1, &db).await.unwrap(), reading);
    reading.exact = Some(-f64::NAN);
    let error = reading.save(&db).await.unwrap_err();
    assert!(error.to_string().contains("NaN"), "{error}");
    assert_eq!(Reading::query().count(&db).await.unwrap(), 1);
}
