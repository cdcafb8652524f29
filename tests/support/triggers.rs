//! Triggers that keep rows from being written.

use neko_orm::Pool;

use super::{each, run};

/// Has the database refuse to `INSERT`, `UPDATE` or `DELETE` rows of a table that meet a condition. What SQLite has written before it stays.
pub async fn refuse(event: &str, table: &str, condition: &str, db: &Pool) {
    let on_sqlite = "SELECT RAISE(FAIL, 'refused')";
    create("refuse", ("BEFORE", event), table, condition, [on_sqlite, "RAISE 'refused'"], db).await;
}

/// As [`refuse`], once the rows are there.
pub async fn refuse_late(event: &str, table: &str, condition: &str, db: &Pool) {
    let on_sqlite = "SELECT RAISE(FAIL, 'refused')";
    create("refuse_late", ("AFTER", event), table, condition, [on_sqlite, "RAISE 'refused'"], db).await;
}

/// Has the database go on without the rows that meet a condition, and returns whether it can: MySQL cannot.
pub async fn leave_out(event: &str, table: &str, condition: &str, db: &Pool) -> bool {
    let can = !matches!(db, Pool::MySql(_));
    if can {
        create("leave_out", ("BEFORE", event), table, condition, ["SELECT RAISE(IGNORE)", "RETURN NULL"], db).await;
    }
    can
}

async fn create(
    name: &str,
    (time, event): (&str, &str),
    table: &str,
    condition: &str,
    [on_sqlite, on_postgres]: [&str; 2],
    db: &Pool,
) {
    let trigger = format!("CREATE TRIGGER {name} {time} {event} ON {table} FOR EACH ROW");
    let sqlite = format!("{trigger} WHEN {condition} BEGIN {on_sqlite}; END");
    let postgres = format!(
        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {on_postgres}; END $$; \
         {trigger} WHEN ({condition}) EXECUTE FUNCTION {name}()"
    );
    let mysql = format!(
        "{trigger} BEGIN IF {condition} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'; END IF; END"
    );
    run(&each([sqlite, postgres, mysql], db), db).await;
}
