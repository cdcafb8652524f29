//! The tables: the rows that a case begins with, all rows, and the last key of each table.

use neko_orm::{Pool, Transaction};

use super::world::Numbers;
use crate::support::{each, run};

/// The tables whose keys the database numbers.
const NUMBERED: [&str; 7] = ["users", "profiles", "posts", "images", "comments", "tags", "entries"];

/// In an order that no foreign key minds: to turn them off would have every statement prepared anew on SQLite.
const EMPTY: &str = "DELETE FROM marks; DELETE FROM entries; DELETE FROM post_tag; DELETE FROM labelled; DELETE FROM follows;
    DELETE FROM comments; DELETE FROM images; DELETE FROM tags; DELETE FROM posts; DELETE FROM profiles; DELETE FROM users;
    UPDATE nodes SET parent_nr = NULL; DELETE FROM nodes";

const START: &str =
    "INSERT INTO users (id) VALUES (1), (2), (3); INSERT INTO profiles (id, user_id) VALUES (1, 1), (2, NULL);
    INSERT INTO posts VALUES (1, 1, 1, FALSE), (2, 1, 1, FALSE), (3, NULL, NULL, TRUE), (4, 2, NULL, FALSE);
    INSERT INTO images (id) VALUES (1), (2);
    INSERT INTO comments (id, commentable_id, commentable_type) VALUES (1, 1, 'post'), (2, 1, 'image'), (3, NULL, NULL);
    INSERT INTO tags (id) VALUES (1), (2), (3); INSERT INTO marks (post_id, tag_id, weight) VALUES (1, 1, 1), (4, 1, 4);
    INSERT INTO entries (id, post_id, tag_id, nr) VALUES (1, 1, 1, 1), (2, 1, 1, 1), (3, 4, 2, 4);
    INSERT INTO nodes (forest, nr, parent_nr) VALUES (1, 1, NULL), (1, 2, 1), (1, 3, 2), (2, 2, NULL)";

/// All rows, as numbers; the value of `id - id` is 0, of the type that the others have.
const EVERYTHING: &str = "SELECT id - id + 0 AS t, id AS a, NULLIF(id, id) AS b, NULLIF(id, id) AS c, NULLIF(id, id) AS d FROM users
    UNION ALL SELECT id - id + 1, id, user_id, NULLIF(id, id), NULLIF(id, id) FROM profiles
    UNION ALL SELECT id - id + 2, id, author_id, posts.rank, id - id + CASE WHEN hidden THEN 1 ELSE 0 END FROM posts
    UNION ALL SELECT id - id + 3, id, NULLIF(id, id), NULLIF(id, id), NULLIF(id, id) FROM images
    UNION ALL SELECT id - id + 4, id, commentable_id,
        id - id + CASE commentable_type WHEN 'post' THEN 0 WHEN 'image' THEN 1 ELSE NULL END, NULLIF(id, id) FROM comments
    UNION ALL SELECT id - id + 5, id, NULLIF(id, id), NULLIF(id, id), NULLIF(id, id) FROM tags
    UNION ALL SELECT tag_id - tag_id + 6, post_id, tag_id, weight, NULLIF(tag_id, tag_id) FROM marks
    UNION ALL SELECT id - id + 7, id, post_id, tag_id, nr FROM entries
    UNION ALL SELECT nr - nr + 8, forest, nr, parent_nr, NULLIF(nr, nr) FROM nodes
    UNION ALL SELECT followed_id - followed_id + 9, follower_id, followed_id, NULLIF(followed_id, followed_id), NULLIF(followed_id, followed_id) FROM follows
    UNION ALL SELECT tag_id - tag_id + 10, post_id, tag_id, NULLIF(tag_id, tag_id), NULLIF(tag_id, tag_id) FROM post_tag
    UNION ALL SELECT tag_id - tag_id + CASE labelled_type WHEN 'post' THEN 11 WHEN 'image' THEN 12 ELSE 13 END,
        labelled_id, tag_id, NULLIF(tag_id, tag_id), NULLIF(tag_id, tag_id) FROM labelled";

/// Leaves the rows that a case begins with, and no others; the next keys follow on them.
pub async fn fill(db: &Pool) {
    let restart = |table: &str| {
        let statements = [
            format!("DELETE FROM sqlite_sequence WHERE name = '{table}'"),
            format!("SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))"),
            format!("ALTER TABLE {table} AUTO_INCREMENT = 1"),
        ];
        each(statements, db)
    };
    let restart = NUMBERED.map(restart).join("; ");
    let [before, after] = each([[restart.as_str(), ""], ["", restart.as_str()], ["", restart.as_str()]], db);
    let statements = [EMPTY, before, START, after].into_iter().filter(|sql| !sql.is_empty());
    run(&statements.collect::<Vec<_>>().join("; "), db).await;
}

/// All rows, in order.
pub async fn rows(db: &mut Transaction) -> Vec<Numbers> {
    let rows = match db {
        Transaction::Sqlite(db) => sqlx::query_as(EVERYTHING).fetch_all(&mut **db).await,
        Transaction::Postgres(db) => sqlx::query_as(EVERYTHING).fetch_all(&mut **db).await,
        Transaction::MySql(db) => sqlx::query_as(EVERYTHING).fetch_all(&mut **db).await,
        _ => unreachable!(),
    };
    let mut rows: Vec<Numbers> = rows.unwrap();
    rows.sort_unstable();
    rows
}

/// The last key of each table whose keys are numbered, where the database does not take back those that nothing came of.
pub async fn last(db: &mut Transaction) -> Vec<(&'static str, i64)> {
    let numbers: Vec<i64> = match db {
        Transaction::Sqlite(_) => return Vec::new(),
        Transaction::Postgres(db) => {
            let numbers = NUMBERED.map(|table| format!("SELECT last_value FROM {table}_id_seq"));
            let sql = sqlx::AssertSqlSafe(numbers.join(" UNION ALL "));
            sqlx::query_scalar(sql).fetch_all(&mut **db).await.unwrap()
        }
        Transaction::MySql(db) => {
            const UNCACHED: &str = "SET @unused = 1 /*!80003 , SESSION information_schema_stats_expiry = 0 */";
            sqlx::raw_sql(UNCACHED).execute(&mut **db).await.unwrap();
            let number = |table| {
                format!(
                    "SELECT CAST(auto_increment AS SIGNED) - 1 FROM information_schema.tables \
                     WHERE table_schema = DATABASE() AND table_name = '{table}'"
                )
            };
            let sql = sqlx::AssertSqlSafe(NUMBERED.map(number).join(" UNION ALL "));
            sqlx::query_scalar(sql).fetch_all(&mut **db).await.unwrap()
        }
        _ => unreachable!(),
    };
    NUMBERED.into_iter().zip(numbers).collect()
}
