//! New rows that do not come back: any number of them, all or nothing, in bounded memory.

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};

use neko_orm::{Error, Model, Pool, schema};
use support::triggers::{leave_out, refuse};
use support::{counted, on_every_backend, recorded_with_control};

#[derive(Debug, Clone, PartialEq, Model)]
struct Reading {
    id: i64,
    sensor: String,
    value: Option<f64>,
    #[column(default = "'raw'")]
    state: String,
}

fn readings(count: usize) -> impl Iterator<Item = impl neko_orm::Complete<Model = Reading> + Send + 'static> {
    (0..count).map(|number| Reading::create().sensor(format!("sensor {}", number % 7)).value(number as f64))
}

on_every_backend! {
    async fn all_rows_are_inserted_and_counted(db) {
        schema::create::<Reading>(&db).await.unwrap();
        assert_eq!(Reading::import_all(readings(10_000), &db).await.unwrap(), 10_000);
        assert_eq!(Reading::query().count(&db).await.unwrap(), 10_000);
        let last = Reading::query().order_by(|r| r.id.desc()).first(&db).await.unwrap().unwrap();
        assert_eq!((last.id, last.value, last.state.as_str()), (10_000, Some(9999.0), "raw"));
    }

    async fn one_statement_inserts_them_and_returns_nothing(db) {
        schema::create::<Reading>(&db).await.unwrap();
        let (inserted, statements) = recorded_with_control(Reading::import_all(readings(64), &db)).await;
        assert_eq!(inserted.unwrap(), 64);
        let [begin, insert, commit] = &statements[..] else { panic!("{statements:#?}") };
        assert_eq!((begin.as_str(), commit.as_str()), ("BEGIN", "COMMIT"));
        assert!(insert.starts_with("INSERT INTO ") && !insert.contains("RETURNING"), "{insert}");
    }

    async fn nothing_is_sent_for_no_rows(db) {
        assert_eq!(counted(Reading::import_all(readings(0), &db)).await, (0, 0));
    }

    async fn rows_may_set_different_columns(db) {
        schema::create::<Reading>(&db).await.unwrap();
        let rows = [
            Reading::create().sensor("a"),
            Reading::create().sensor("b").value(0.5).state("clean"),
            Reading::create().sensor("c").id(77),
        ];
        assert_eq!(counted(Reading::import_all(rows, &db)).await, (3, 3));
        let stored = Reading::query().order_by(|r| r.sensor.asc()).to_vec(&db).await.unwrap();
        let stored: Vec<_> = stored.iter().map(|r| (r.sensor.as_str(), r.value, r.state.as_str())).collect();
        assert_eq!(stored, [("a", None, "raw"), ("b", Some(0.5), "clean"), ("c", None, "raw")]);
        assert!(Reading::find(77, &db).await.unwrap().is_some());
    }

    async fn a_row_that_is_refused_leaves_none_and_no_more_are_taken_but_the_next(db) {
        schema::create::<Reading>(&db).await.unwrap();
        refuse("INSERT", "readings", "new.sensor = 'sensor 3'", &db).await;
        let taken = AtomicUsize::new(0);
        let rows = readings(50_000).inspect(|_| _ = taken.fetch_add(1, Ordering::Relaxed));
        assert!(matches!(Reading::import_all(rows, &db).await.unwrap_err(), Error::Statement(_)));
        let twice_as_many_as_are_sent = if matches!(db, Pool::Sqlite(_)) { 2048 } else { 8192 };
        assert_eq!(taken.into_inner(), twice_as_many_as_are_sent);
        assert_eq!(Reading::query().count(&db).await.unwrap(), 0);

        let mut transaction = db.begin().await.unwrap();
        Reading::create().sensor("before").insert(&mut transaction).await.unwrap();
        Reading::import_all(readings(9), &mut transaction).await.unwrap_err();
        Reading::import_all([Reading::create().sensor("after")], &mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(Reading::query().count(&db).await.unwrap(), 2);
    }

    async fn a_trigger_that_leaves_rows_out_is_an_error_and_none_is_inserted(db) {
        schema::create::<Reading>(&db).await.unwrap();
        if !leave_out("INSERT", "readings", "new.sensor = 'sensor 3'", &db).await {
            return;
        }
        let error = Reading::import_all(readings(7), &db).await.unwrap_err();
        assert!(matches!(error, Error::NotInserted { given: 7, inserted: 6, .. }), "{error}");
        assert_eq!(Reading::query().count(&db).await.unwrap(), 0);

        let mut transaction = db.begin().await.unwrap();
        Reading::create().sensor("before").insert(&mut transaction).await.unwrap();
        let error = Reading::import_all(readings(7), &mut transaction).await.unwrap_err();
        assert!(matches!(error, Error::NotInserted { given: 7, inserted: 6, .. }), "{error}");
        assert_eq!(Reading::import_all(readings(3), &mut transaction).await.unwrap(), 3);
        transaction.commit().await.unwrap();
        assert_eq!(Reading::query().count(&db).await.unwrap(), 4);
    }

    async fn an_iterator_that_has_ended_is_not_asked_again(db) {
        schema::create::<Reading>(&db).await.unwrap();
        let mut asked = 0;
        let rows = std::iter::from_fn(|| {
            asked += 1;
            assert!(asked <= 3, "it has ended");
            (asked < 3).then(|| Reading::create().sensor("a"))
        });
        assert_eq!(Reading::import_all(rows, &db).await.unwrap(), 2);
    }

    async fn an_error_counts_the_rows_of_all_statements(db) {
        schema::create::<Reading>(&db).await.unwrap();
        if !leave_out("INSERT", "readings", "new.value = 5000", &db).await {
            return;
        }
        let error = Reading::import_all(readings(9000), &db).await.unwrap_err();
        let Error::NotInserted { given, inserted, .. } = error else { panic!("{error}") };
        assert_eq!((given, inserted), if matches!(db, Pool::Sqlite(_)) { (5120, 5119) } else { (8192, 8191) });
        assert_eq!(Reading::query().count(&db).await.unwrap(), 0);
    }

    async fn a_value_that_cannot_be_sent_leaves_none(db) {
        schema::create::<Reading>(&db).await.unwrap();
        if matches!(db, Pool::Postgres(_)) {
            return;
        }
        for position in [10, 5000] {
            let row = |at| Reading::create().sensor("a").value(if at == position { f64::NAN } else { 1.0 });
            assert!(matches!(Reading::import_all((0..9000).map(row), &db).await.unwrap_err(), Error::Statement(_)));
            assert_eq!(Reading::query().count(&db).await.unwrap(), 0);
        }
    }

    async fn rows_of_several_batches_are_undone_alone_within_a_transaction(db) {
        schema::create::<Reading>(&db).await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        Reading::create().sensor("before").insert(&mut transaction).await.unwrap();
        let row = |at| Reading::create().sensor("a").id(if at == 8999 { 1 } else { at + 2_i64 });
        assert!(matches!(
            Reading::import_all((0..9000_i64).map(row), &mut transaction).await.unwrap_err(),
            Error::UniqueViolation(_)
        ));
        transaction.commit().await.unwrap();
        assert_eq!(Reading::query().count(&db).await.unwrap(), 1);
    }

    /// Also on another task.
    async fn rows_may_borrow(db) {
        schema::create::<Reading>(&db).await.unwrap();
        let names = ["a".to_owned(), "b".to_owned()];
        let rows = names.iter().map(|name| Reading::create().sensor(name.as_str()));
        assert_eq!(Reading::import_all(rows, &db).await.unwrap(), 2);
        let inserted = tokio::spawn({
            let db = db.clone();
            async move { Reading::import_all(readings(5000), &db).await }
        });
        assert_eq!(inserted.await.unwrap().unwrap(), 5000);
    }
}
