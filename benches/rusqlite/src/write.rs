//! Statements that write.

use std::sync::LazyLock;

use harness::Answer;
use harness::data::{NEW_POST, NewComment, hundred, new_comments, new_posts};
use harness::models::nested_comments;
use rusqlite::types::ToSql;
use rusqlite::{Connection, Result, params, params_from_iter};

use crate::{insert, json};

pub fn insert_1(db: &Connection) -> Result<i64> {
    let new = &new_comments()[0];
    let sql = "INSERT INTO comments (post_id, body, score) VALUES (?, ?, ?)";
    db.prepare_cached(sql)?.execute(params![new.post_id, new.body, new.score])?;
    Ok(db.last_insert_rowid())
}

pub fn insert_1000(db: &Connection) -> Result<Answer> {
    comments(new_comments().iter().map(|new| (new.post_id, new)), db)?;
    Ok(Answer::done())
}

pub fn insert_1000_keys(db: &Connection) -> Result<Answer> {
    static SQL: LazyLock<String> =
        LazyLock::new(|| insert("comments (post_id, body, score)", 1000, 3) + " RETURNING id");
    let mut values: Vec<&dyn ToSql> = Vec::with_capacity(3000);
    for new in new_comments() {
        values.extend::<[&dyn ToSql; 3]>([&new.post_id, &new.body, &new.score]);
    }
    Ok(Answer::keys(keys(&SQL, &values, db)?))
}

fn comments(rows: impl Iterator<Item = (i64, &'static NewComment)>, db: &Connection) -> Result<()> {
    static SQL: LazyLock<String> = LazyLock::new(|| insert("comments (post_id, body, score)", 1000, 3));
    let mut statement = db.prepare_cached(&SQL)?;
    for (index, (post, new)) in rows.enumerate() {
        statement.raw_bind_parameter(index * 3 + 1, post)?;
        statement.raw_bind_parameter(index * 3 + 2, &new.body)?;
        statement.raw_bind_parameter(index * 3 + 3, new.score)?;
    }
    statement.raw_execute()?;
    Ok(())
}

fn posts(db: &Connection) -> Result<Vec<i64>> {
    static SQL: LazyLock<String> = LazyLock::new(|| insert("posts (user_id, title, views)", 100, 3) + " RETURNING id");
    let mut values: Vec<&dyn ToSql> = Vec::with_capacity(300);
    for new in new_posts() {
        values.extend::<[&dyn ToSql; 3]>([&new.user_id, &new.title, &new.views]);
    }
    keys(&SQL, &values, db)
}

fn keys(sql: &str, values: &[&dyn ToSql], db: &Connection) -> Result<Vec<i64>> {
    db.prepare_cached(sql)?.query_map(params_from_iter(values), |row| row.get(0))?.collect()
}

pub fn associate(db: &Connection) -> Result<Answer> {
    let sql = "UPDATE comments SET post_id = ? WHERE id IN (SELECT value FROM json_each(?))";
    db.prepare_cached(sql)?.execute(params![NEW_POST, json(&hundred().collect::<Vec<_>>())])?;
    Ok(Answer::done())
}

pub fn attach(db: &Connection) -> Result<Answer> {
    let sql =
        "INSERT INTO post_tags (post_id, tag_id) SELECT ?, value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING";
    db.prepare_cached(sql)?.execute(params![NEW_POST, json(&hundred().collect::<Vec<_>>())])?;
    Ok(Answer::done())
}

pub fn nested_create(db: &mut Connection) -> Result<Answer> {
    let transaction = db.transaction()?;
    let posts = posts(&transaction)?;
    comments(nested_comments(&posts), &transaction)?;
    transaction.commit()?;
    Ok(Answer::done())
}
