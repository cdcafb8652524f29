//! Many new rows that SQLite numbers, which come back as JSON in the message that inserts them: the same rows, or the same error, as one by one.

mod support;

use neko_orm::{Error, Model, schema};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::{TempFile, counted, on_sqlite, recorded, recorded_with_control, run};

#[derive(Debug, Clone, PartialEq, Model)]
struct Note {
    id: i64,
    text: String,
    rank: Option<i32>,
    #[column(default = "'new'")]
    state: String,
}

/// So many that they are read along.
const MANY: i64 = 40;

fn notes(count: i64) -> impl Iterator<Item = impl neko_orm::Complete<Model = Note> + Send + 'static> {
    (1..=count).map(|number| Note::create().text(format!("text {number}")).rank(number as i32))
}

async fn run_sqlite(sql: &str, db: &sqlx::SqlitePool) {
    run(sql, &neko_orm::Pool::Sqlite(db.clone())).await;
}

/// Inserts rows, and what comes back is what is stored under its keys, in the given order.
async fn insert_truly(db: &sqlx::SqlitePool) -> Vec<Note> {
    let inserted = Note::insert_all(notes(MANY), db).await.unwrap();
    let texts: Vec<_> = inserted.iter().map(|note| note.text.clone()).collect();
    assert_eq!(texts, (1..=MANY).map(|number| format!("text {number}")).collect::<Vec<_>>());
    for note in &inserted {
        assert_eq!(Note::get(note.id, db).await.unwrap(), *note);
    }
    inserted
}

on_sqlite! {
    async fn one_message_inserts_and_reads(db) {
        schema::create::<Note>(&db).await.unwrap();
        let (inserted, statements) = recorded_with_control(Note::insert_all(notes(MANY), &db)).await;
        assert_eq!(inserted.unwrap().last().unwrap().id, MANY);
        let [begin, statement, commit] = &statements[..] else { panic!("{statements:#?}") };
        assert_eq!((begin.as_str(), commit.as_str()), ("BEGIN", "COMMIT"));
        let before = r#"SAVEPOINT neko_orm_rows; UPDATE "notes" SET "id" = "notes"."id" WHERE 0; SELECT MAX("notes"."id"), total_changes() FROM "notes"; INSERT INTO "notes" ("text", "rank") SELECT * FROM (VALUES (?, ?), "#;
        assert!(statement.starts_with(before), "{statement}");
        let after = r#"(?, ?)) LIMIT ?; SELECT changes(), total_changes(), json_group_array("notes"."id"), json_group_array(CASE WHEN "notes"."text" >= x'' THEN x'' ELSE "notes"."text" END), json_group_array(CASE WHEN "notes"."rank" >= x'' THEN x'' ELSE "notes"."rank" END), "#.to_owned()
            + r#"json_group_array(CASE WHEN "notes"."state" >= x'' THEN x'' ELSE "notes"."state" END) FROM "notes" WHERE "notes"."id" BETWEEN last_insert_rowid() - ? AND last_insert_rowid()"#;
        assert!(statement.ends_with(&after), "{statement}");
        assert_eq!(insert_truly(&db).await[0].id, MANY + 1);
    }

    async fn a_few_rows_are_returned_by_their_insert(db) {
        schema::create::<Note>(&db).await.unwrap();
        let (inserted, statements) = recorded(Note::insert_all(notes(3), &db)).await;
        assert_eq!((inserted.unwrap().len(), statements.len()), (3, 1));
        assert!(statements[0].ends_with(r#"RETURNING "notes"."id", "notes"."text", "notes"."rank", "notes"."state""#));
    }

    async fn more_rows_than_one_statement_takes(db) {
        schema::create::<Note>(&db).await.unwrap();
        let (inserted, statements) = counted(Note::insert_all(notes(150_001), &db)).await;
        assert!(inserted.iter().zip(1..).all(|(note, id)| (note.id, note.rank) == (id, Some(id as i32))));
        assert_eq!((inserted.len(), statements), (150_001, 2 * 5 + 2));
    }

    async fn numbers_after_a_key_that_is_gone(db) {
        schema::create::<Note>(&db).await.unwrap();
        insert_truly(&db).await;
        Note::query().filter(|n| n.id.gt(5)).delete(&db).await.unwrap();
        let (inserted, statements) = counted(Note::insert_all(notes(MANY), &db)).await;
        assert_eq!((inserted[0].id, statements), (MANY + 1, 1));
    }

    async fn numbers_after_a_key_that_is_gone_and_a_trigger(db) {
        schema::create::<Note>(&db).await.unwrap();
        insert_truly(&db).await;
        Note::query().filter(|n| n.id.gt(5)).delete(&db).await.unwrap();
        run_sqlite("CREATE TRIGGER more AFTER INSERT ON notes WHEN new.rank = 1 BEGIN INSERT INTO notes (text) VALUES ('more'); END", &db).await;
        insert_truly(&db).await;
    }

    async fn random_numbers_where_the_last_key_is_taken(db) {
        run_sqlite("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, rank INTEGER, state TEXT DEFAULT 'new')", &db).await;
        Note::create().id(i64::MAX - 7).text("near").insert(&db).await.unwrap();
        insert_truly(&db).await;
        assert!(Note::find(i64::MAX, &db).await.unwrap().is_some());
        insert_truly(&db).await;
        assert_eq!(Note::query().count(&db).await.unwrap(), 2 * MANY + 1);
    }

    async fn negative_keys(db) {
        schema::create::<Note>(&db).await.unwrap();
        Note::create().id(-7).text("negative").insert(&db).await.unwrap();
        insert_truly(&db).await;
    }

    async fn a_trigger_that_adds_rows_to_the_table(db) {
        schema::create::<Note>(&db).await.unwrap();
        run_sqlite("CREATE TRIGGER more AFTER INSERT ON notes BEGIN INSERT INTO notes (text) VALUES ('of ' || new.id); END", &db).await;
        insert_truly(&db).await;
        assert_eq!(Note::query().count(&db).await.unwrap(), 2 * MANY);
    }

    async fn a_trigger_that_adds_a_row_instead_is_the_same_error(db) {
        schema::create::<Note>(&db).await.unwrap();
        run_sqlite(
            "CREATE TRIGGER instead BEFORE INSERT ON notes WHEN new.rank = 7 BEGIN INSERT INTO notes (text) VALUES ('other'); SELECT RAISE(IGNORE); END",
            &db,
        )
        .await;
        for count in [7, MANY] {
            let error = Note::insert_all(notes(count), &db).await.unwrap_err();
            assert!(matches!(error, Error::NotInserted { given, inserted, .. } if (given, inserted) == (count as usize, count as usize - 1)), "{error}");
            assert_eq!(Note::query().count(&db).await.unwrap(), 0);
        }
    }

    async fn a_trigger_that_writes_elsewhere(db) {
        schema::create::<Note>(&db).await.unwrap();
        run_sqlite("CREATE TABLE log (note); CREATE TRIGGER logs AFTER INSERT ON notes BEGIN INSERT INTO log VALUES (new.id); END", &db).await;
        let (inserted, statements) = counted(Note::insert_all(notes(MANY), &db)).await;
        assert_eq!((inserted.len() as i64, statements), (MANY, 1));
    }

    async fn a_trigger_that_leaves_rows_out_is_an_error(db) {
        schema::create::<Note>(&db).await.unwrap();
        run_sqlite("CREATE TRIGGER leaves_out BEFORE INSERT ON notes WHEN new.rank = 7 BEGIN SELECT RAISE(IGNORE); END", &db).await;
        let error = Note::insert_all(notes(MANY), &db).await.unwrap_err();
        assert!(matches!(error, Error::NotInserted { given: 40, inserted: 39, .. }), "{error}");
        assert_eq!(Note::query().count(&db).await.unwrap(), 0);
    }

    async fn a_view_that_inserts_into_its_table(db) {
        run_sqlite("CREATE TABLE stored (id INTEGER PRIMARY KEY, text, rank, state DEFAULT 'new')", &db).await;
        run_sqlite("CREATE VIEW notes AS SELECT * FROM stored", &db).await;
        run_sqlite("CREATE TRIGGER adds INSTEAD OF INSERT ON notes BEGIN INSERT INTO stored (text, rank) VALUES (new.text, new.rank); END", &db).await;
        let few = Note::insert_all(notes(2), &db).await.unwrap_err();
        let many = Note::insert_all(notes(MANY), &db).await.unwrap_err();
        assert_eq!(few.to_string(), many.to_string());
        assert_eq!(Note::query().count(&db).await.unwrap(), 0);
    }

    async fn a_row_that_is_refused_is_the_same_error_and_leaves_nothing(db) {
        schema::create::<Note>(&db).await.unwrap();
        run_sqlite("CREATE UNIQUE INDEX ranks ON notes (rank)", &db).await;
        Note::create().text("in the way").rank(30).insert(&db).await.unwrap();
        assert!(matches!(Note::insert_all(notes(MANY), &db).await.unwrap_err(), Error::UniqueViolation(_)));
        assert_eq!(Note::query().count(&db).await.unwrap(), 1);

        let mut transaction = db.begin().await.unwrap();
        Note::create().text("before").insert(&mut transaction).await.unwrap();
        assert!(matches!(Note::insert_all(notes(MANY), &mut transaction).await.unwrap_err(), Error::UniqueViolation(_)));
        Note::create().text("after").insert(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(Note::query().count(&db).await.unwrap(), 3);
    }

    async fn a_transaction_that_the_database_ends_is_lost(db) {
        schema::create::<Note>(&db).await.unwrap();
        run_sqlite("CREATE TRIGGER ends BEFORE INSERT ON notes WHEN new.rank = 30 BEGIN SELECT RAISE(ROLLBACK, 'ended'); END", &db).await;
        let mut transaction = db.begin().await.unwrap();
        Note::create().text("before").insert(&mut transaction).await.unwrap();
        assert!(matches!(Note::insert_all(notes(MANY), &mut transaction).await.unwrap_err(), Error::TransactionLost(_)));
        transaction.rollback().await.unwrap();
        assert_eq!(Note::query().count(&db).await.unwrap(), 0);
    }

    async fn a_value_that_cannot_be_read_is_the_same_error_and_nothing_is_inserted(db) {
        for default in ["7", "x'ff'", "NULL", "1.5"] {
            run_sqlite(&format!("DROP TABLE IF EXISTS notes; CREATE TABLE notes (id INTEGER PRIMARY KEY, text, rank, state DEFAULT {default})"), &db).await;
            let few = Note::insert_all(notes(2), &db).await.unwrap_err();
            let many = Note::insert_all(notes(MANY), &db).await.unwrap_err();
            assert_eq!(format!("{few:?}").replace("VALUES (?, ?), (?, ?)", ""), format!("{many:?}").replace(&format!("SELECT * FROM (VALUES {}) LIMIT +?", ["(?, ?)"; 64].join(", ")), ""));
            assert_eq!(Note::query().count(&db).await.unwrap(), 0, "{default}");
        }
    }

    async fn any_values_come_back(db) {
        schema::create::<Note>(&db).await.unwrap();
        let runtime = tokio::runtime::Handle::current();
        let rows = prop::collection::vec((any::<String>(), any::<Option<i32>>(), any::<Option<String>>()), 0..60);
        TestRunner::new(Config::default()).run(&rows, |rows| {
            let new = rows.iter().map(|(text, rank, state)| {
                let new = Note::create().text(text.as_str()).rank(*rank);
                match state {
                    Some(state) if rows.len() % 2 == 0 => new.state(state.as_str()),
                    _ => new,
                }
            });
            let inserted = tokio::task::block_in_place(|| runtime.block_on(Note::insert_all(new, &db))).unwrap();
            for ((text, rank, _), note) in rows.iter().zip(&inserted) {
                prop_assert_eq!((text, rank), (&note.text, &note.rank));
            }
            let stored = tokio::task::block_in_place(|| runtime.block_on(Note::query().order_by(|n| n.id.desc()).limit(inserted.len() as u64).to_vec(&db))).unwrap();
            prop_assert!(inserted.iter().eq(stored.iter().rev()));
            Ok(())
        }).unwrap();
    }
}

/// A transaction that reads before it writes fails at once where another connection writes, whatever the timeout.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_lent_connection_it_waits_for_another_that_writes() {
    let file = TempFile::new("inserted-along");
    let db = neko_orm::sqlite::connect(&file.url()).await.unwrap();
    schema::create::<Note>(&db).await.unwrap();
    for begins in [false, true] {
        let writing = db.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let (mut lent, mut transaction) = (db.acquire().await.unwrap(), db.begin().await.unwrap());
        let inserting = tokio::spawn(async move {
            if begins {
                let inserted = Note::insert_all(notes(MANY), &mut transaction).await;
                transaction.commit().await.unwrap();
                return inserted;
            }
            Note::insert_all(notes(MANY), &mut lent).await
        });
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        writing.commit().await.unwrap();
        assert_eq!(inserting.await.unwrap().unwrap().len(), MANY as usize);
    }
    assert_eq!(Note::query().count(&db).await.unwrap(), 2 * MANY);
}
