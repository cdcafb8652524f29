//! Batches.

use diesel::prelude::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use harness::Answer;
use harness::data::{NEW_POST, hundred, new_comments};
use harness::models::nested_comments;

use crate::models::{InsertComment, InsertPost, comments, links, post_tags, posts};

pub async fn insert_1(db: &mut AsyncPgConnection) -> QueryResult<Answer> {
    let new = &new_comments()[0];
    diesel::insert_into(comments::table).values(InsertComment::new((new.post_id, new))).execute(db).await?;
    Ok(Answer::done())
}

pub async fn insert_1_key(db: &mut AsyncPgConnection) -> QueryResult<Answer> {
    let new = &new_comments()[0];
    let insert = diesel::insert_into(comments::table).values(InsertComment::new((new.post_id, new)));
    Ok(Answer::keys([insert.returning(comments::id).get_result(db).await?]))
}

pub async fn insert_1000(db: &mut AsyncPgConnection) -> QueryResult<Answer> {
    diesel::insert_into(comments::table).values(InsertComment::all()).execute(db).await?;
    Ok(Answer::done())
}

pub async fn insert_1000_keys(db: &mut AsyncPgConnection) -> QueryResult<Answer> {
    let insert = diesel::insert_into(comments::table).values(InsertComment::all());
    Ok(Answer::keys(insert.returning(comments::id).get_results::<i64>(db).await?))
}

pub async fn associate(db: &mut AsyncPgConnection) -> QueryResult<Answer> {
    let hundred = comments::table.filter(comments::id.eq_any(hundred()));
    diesel::update(hundred).set(comments::post_id.eq(NEW_POST)).execute(db).await?;
    Ok(Answer::done())
}

pub async fn attach(db: &mut AsyncPgConnection) -> QueryResult<Answer> {
    diesel::insert_into(post_tags::table).values(links()).on_conflict_do_nothing().execute(db).await?;
    Ok(Answer::done())
}

pub async fn nested_create(db: &mut AsyncPgConnection) -> QueryResult<Answer> {
    db.transaction(async |db| {
        let insert = diesel::insert_into(posts::table).values(InsertPost::all());
        let posts: Vec<i64> = insert.returning(posts::id).get_results(db).await?;
        let comments: Vec<_> = nested_comments(&posts).map(InsertComment::new).collect();
        diesel::insert_into(comments::table).values(comments).execute(db).await
    })
    .await?;
    Ok(Answer::done())
}
