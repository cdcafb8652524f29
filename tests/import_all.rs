//! New rows that do not come back, alone or with those of their relations: any number of them, all or nothing, in bounded memory.

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};

use neko_orm::{Error, Model, Pool, schema};
use support::triggers::{leave_out, refuse, refuse_late};
use support::{counted, on_every_backend, recorded_with_control, with_connection};

#[derive(Debug, Clone, PartialEq, Model)]
struct Reading {
    id: i64,
    sensor: String,
    value: Option<f64>,
    #[column(default = "'raw'")]
    state: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Chapter)]
#[belongs_to_many(Subject)]
struct Book {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Book)]
#[has_many(Page)]
struct Chapter {
    id: i64,
    book_id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Chapter)]
struct Page {
    id: i64,
    chapter_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Subject {
    id: i64,
    name: String,
}

async fn library(db: &Pool) {
    schema::create::<(Book, Chapter, Page, Subject)>(db).await.unwrap();
    // Other keys than the first ones.
    let old = Book::create().title("old").with(|b| b.chapters, [Chapter::create().title("old")]);
    assert_eq!(Book::import_all([old], db).await.unwrap(), 2);
}

/// Books of two chapters, of which the first has a page.
fn books(
    count: usize,
) -> impl Iterator<Item = impl neko_orm::NewRow<Builder: neko_orm::Complete<Model = Book>>> + Send {
    (0..count).map(|number| {
        let chapter = |name: &str, pages: usize| {
            let pages: Vec<_> = (0..pages).map(|_| Page::create()).collect();
            Chapter::create().title(format!("{name} of {number}")).with(|c| c.pages, pages)
        };
        Book::create().title(format!("book {number}")).with(|b| b.chapters, [chapter("a", 1), chapter("b", 0)])
    })
}

/// How many books, chapters and pages there are.
async fn stored(db: &Pool) -> [i64; 3] {
    [
        Book::query().count(db).await.unwrap(),
        Chapter::query().count(db).await.unwrap(),
        Page::query().count(db).await.unwrap(),
    ]
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

    async fn a_single_row_is_one_statement(db) {
        schema::create::<Reading>(&db).await.unwrap();
        let (inserted, statements) = recorded_with_control(Reading::import_all(readings(1), &db)).await;
        assert_eq!(inserted.unwrap(), 1);
        // SQLite keeps what a statement has written that a trigger fails.
        assert_eq!(statements.len(), if matches!(db, Pool::Sqlite(_)) { 3 } else { 1 }, "{statements:#?}");
        let insert = &statements[statements.len() / 2];
        assert!(insert.starts_with("INSERT INTO ") && !insert.contains("RETURNING"), "{insert}");
        if leave_out("INSERT", "readings", "new.sensor = 'sensor 0'", &db).await {
            let error = Reading::import_all(readings(1), &db).await.unwrap_err();
            assert!(matches!(error, Error::NotInserted { given: 1, inserted: 0, .. }), "{error}");
        }
    }

    async fn rows_that_are_refused_once_they_are_there_are_not_kept(db) {
        schema::create::<Reading>(&db).await.unwrap();
        refuse_late("INSERT", "readings", "new.sensor = 'sensor 0'", &db).await;
        for count in [1, 2, 20] {
            assert!(matches!(Reading::import_all(readings(count), &db).await.unwrap_err(), Error::Statement(_)));
            with_connection!(&db, |connection| {
                Reading::import_all(readings(count), &mut connection).await.unwrap_err();
            });
            assert_eq!(Reading::query().count(&db).await.unwrap(), 0);
        }
    }

    async fn rows_of_relations_are_inserted_along_and_counted(db) {
        library(&db).await;
        assert_eq!(Book::import_all(books(3), &db).await.unwrap(), 3 + 6 + 3);
        let books = Book::query().order_by(|b| b.id.asc()).offset(1).limit(9);
        let books = books.with(|b| b.chapters.order_by(|c| c.id.asc()).with(|c| c.pages)).to_vec(&db).await.unwrap();
        for (number, (book, chapters)) in books.iter().enumerate() {
            assert_eq!(book.title, format!("book {number}"));
            let chapters: Vec<_> = chapters.iter().map(|(chapter, pages)| (&*chapter.title, pages.len())).collect();
            assert_eq!(chapters, [(&*format!("a of {number}"), 1), (&*format!("b of {number}"), 0)]);
        }
        assert_eq!(books.len(), 3);
    }

    async fn only_rows_that_others_refer_to_come_back(db) {
        library(&db).await;
        let (inserted, statements) = recorded_with_control(Book::import_all(books(2), &db)).await;
        assert_eq!(inserted.unwrap(), 8);
        let inserts: Vec<_> = statements.iter().filter(|statement| statement.starts_with("INSERT")).collect();
        let [of_books, of_chapters, of_pages] = &inserts[..] else { panic!("{statements:#?}") };
        assert!(of_pages.starts_with("INSERT INTO ") && !of_pages.contains("RETURNING"), "{of_pages}");
        if !matches!(db, Pool::MySql(_)) {
            assert!(of_books.contains("RETURNING") && of_chapters.contains("RETURNING"), "{statements:#?}");
            assert_eq!(statements.len(), 5, "{statements:#?}");
        }
        assert_eq!((&*statements[0], &**statements.last().unwrap()), ("BEGIN", "COMMIT"));
    }

    async fn new_targets_of_a_many_to_many_relation_are_linked(db) {
        library(&db).await;
        let book = |title: &str, subjects: &[&str]| {
            let subjects: Vec<_> = subjects.iter().map(|name| Subject::create().name(*name)).collect();
            Book::create().title(title).with(|b| b.chapters, [Chapter::create().title("a")]).with(|b| b.subjects, subjects)
        };
        let rows = [book("x", &["cats", "dogs"]), book("y", &[]), book("z", &["birds"])];
        assert_eq!(Book::import_all(rows, &db).await.unwrap(), 3 + 3 + 3);
        let books = Book::query().filter(|b| b.title.ne("old")).order_by(|b| b.id.asc());
        let books = books.with(|b| b.subjects.order_by(|s| s.id.asc())).to_vec(&db).await.unwrap();
        let subjects = |(_, subjects): &(Book, Vec<Subject>)| subjects.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
        assert_eq!(books.iter().map(subjects).collect::<Vec<_>>(), [vec!["cats", "dogs"], vec![], vec!["birds"]]);
    }

    async fn graphs_of_several_batches_are_inserted_and_undone_as_a_whole(db) {
        library(&db).await;
        assert_eq!(Book::import_all(books(5000), &db).await.unwrap(), 20_000);
        assert_eq!(stored(&db).await, [5001, 10_001, 5000]);
        refuse("INSERT", "chapters", "new.title = 'b of 4999'", &db).await;
        assert!(matches!(Book::import_all(books(5000), &db).await.unwrap_err(), Error::Statement(_)));
        assert_eq!(stored(&db).await, [5001, 10_001, 5000]);

        let mut transaction = db.begin().await.unwrap();
        Book::create().title("before").insert(&mut transaction).await.unwrap();
        Book::import_all(books(5000), &mut transaction).await.unwrap_err();
        assert_eq!(Book::import_all(books(2), &mut transaction).await.unwrap(), 8);
        transaction.commit().await.unwrap();
        assert_eq!(stored(&db).await, [5004, 10_005, 5002]);
    }

    async fn a_trigger_that_leaves_a_row_of_a_relation_out_is_an_error(db) {
        library(&db).await;
        if !leave_out("INSERT", "pages", "1 = 1", &db).await {
            return;
        }
        let error = Book::import_all(books(2), &db).await.unwrap_err();
        assert!(matches!(error, Error::NotInserted { table: "pages", given: 2, inserted: 0 }), "{error}");
        assert_eq!(stored(&db).await, [1, 1, 0]);
    }

    async fn no_graphs_send_nothing(db) {
        assert_eq!(counted(Book::import_all(books(0), &db)).await, (0, 0));
    }
}
