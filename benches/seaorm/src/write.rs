//! Changes.

use harness::Answer;
use harness::data::{NEW_POST, NewComment, hundred, new_comments, new_posts};
use harness::models::nested_comments;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, TransactionSession, TransactionTrait};

use crate::entities::{comment, post, post_tag};

type Result<T> = std::result::Result<T, DbErr>;

fn comment((post_id, new): (i64, &NewComment)) -> comment::ActiveModel {
    let (post_id, body, score) = (Set(post_id), Set(new.body.clone()), Set(new.score));
    comment::ActiveModel { id: NotSet, post_id, body, score }
}

fn comments() -> impl Iterator<Item = comment::ActiveModel> {
    new_comments().iter().map(|new| comment((new.post_id, new)))
}

fn post(new: &harness::data::NewPost) -> post::ActiveModel {
    let (user_id, title, views) = (Set(new.user_id), Set(new.title.clone()), Set(new.views));
    post::ActiveModel { id: NotSet, user_id, title, views }
}

pub async fn insert_1(db: &impl ConnectionTrait) -> Result<Answer> {
    let new = &new_comments()[0];
    comment::Entity::insert(comment((new.post_id, new))).exec_without_returning(db).await?;
    Ok(Answer::done())
}

pub async fn insert_1_key(db: &impl ConnectionTrait) -> Result<Answer> {
    let new = &new_comments()[0];
    let inserted = comment::Entity::insert(comment((new.post_id, new))).exec(db).await?;
    Ok(Answer::keys([inserted.last_insert_id]))
}

pub async fn insert_1000(db: &impl ConnectionTrait) -> Result<Answer> {
    comment::Entity::insert_many(comments()).exec_without_returning(db).await?;
    Ok(Answer::done())
}

pub async fn insert_1000_keys(db: &impl ConnectionTrait) -> Result<Answer> {
    Ok(Answer::keys(comment::Entity::insert_many(comments()).exec_with_returning_keys(db).await?))
}

pub async fn associate(db: &impl ConnectionTrait) -> Result<Answer> {
    comment::Entity::update_many()
        .col_expr(comment::Column::PostId, Expr::value(NEW_POST))
        .filter(comment::Column::Id.is_in(hundred()))
        .exec(db)
        .await?;
    Ok(Answer::done())
}

pub async fn attach(db: &impl ConnectionTrait) -> Result<Answer> {
    let links = hundred().map(|tag| post_tag::ActiveModel { post_id: Set(NEW_POST), tag_id: Set(tag) });
    let conflict = OnConflict::columns([post_tag::Column::PostId, post_tag::Column::TagId]).do_nothing().to_owned();
    post_tag::Entity::insert_many(links).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(Answer::done())
}

pub async fn nested_create(db: &(impl ConnectionTrait + TransactionTrait)) -> Result<Answer> {
    let transaction = db.begin().await?;
    let posts = post::Entity::insert_many(new_posts().iter().map(post));
    let posts = posts.exec_with_returning_keys(&transaction).await?;
    let comments = nested_comments(&posts).map(comment);
    comment::Entity::insert_many(comments).exec_without_returning(&transaction).await?;
    transaction.commit().await?;
    Ok(Answer::done())
}
