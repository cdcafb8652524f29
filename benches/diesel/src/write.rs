//! Batches.

use diesel::prelude::*;
use harness::Answer;
use harness::data::{NEW_POST, hundred, new_comments};
use harness::models::nested_comments;

use crate::models::{InsertComment, InsertPost, comments, links, post_tags, posts};

pub fn insert_1(db: &mut SqliteConnection) -> QueryResult<Answer> {
    let new = &new_comments()[0];
    diesel::insert_into(comments::table).values(InsertComment::new((new.post_id, new))).execute(db)?;
    Ok(Answer::done())
}

pub fn insert_1_key(db: &mut SqliteConnection) -> QueryResult<Answer> {
    let new = &new_comments()[0];
    let insert = diesel::insert_into(comments::table).values(InsertComment::new((new.post_id, new)));
    Ok(Answer::keys([insert.returning(comments::id).get_result(db)?]))
}

pub fn insert_1000(db: &mut SqliteConnection) -> QueryResult<Answer> {
    diesel::insert_into(comments::table).values(InsertComment::all()).execute(db)?;
    Ok(Answer::done())
}

pub fn insert_1000_keys(db: &mut SqliteConnection) -> QueryResult<Answer> {
    let insert = diesel::insert_into(comments::table).values(InsertComment::all());
    Ok(Answer::keys(insert.returning(comments::id).get_results::<i64>(db)?))
}

pub fn associate(db: &mut SqliteConnection) -> QueryResult<Answer> {
    let hundred = comments::table.filter(comments::id.eq_any(hundred()));
    diesel::update(hundred).set(comments::post_id.eq(NEW_POST)).execute(db)?;
    Ok(Answer::done())
}

pub fn attach(db: &mut SqliteConnection) -> QueryResult<Answer> {
    diesel::insert_or_ignore_into(post_tags::table).values(links()).execute(db)?;
    Ok(Answer::done())
}

pub fn nested_create(db: &mut SqliteConnection) -> QueryResult<Answer> {
    db.transaction(|db| {
        let insert = diesel::insert_into(posts::table).values(InsertPost::all());
        let posts: Vec<i64> = insert.returning(posts::id).get_results(db)?;
        let comments: Vec<_> = nested_comments(&posts).map(InsertComment::new).collect();
        diesel::insert_into(comments::table).values(comments).execute(db)?;
        Ok(Answer::done())
    })
}
