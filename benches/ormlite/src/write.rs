//! Changes.

use harness::Answer;
use harness::data::{NEW_POST, hundred, new_comments, new_posts};
use harness::models::nested_comments;
use ormlite::model::Model;
use ormlite::sqlite::SqliteConnection;
use ormlite::{Connection, Result};

use crate::models::{NewComment, NewPost, PostTag};

fn comment((post_id, new): (i64, &harness::data::NewComment)) -> NewComment {
    NewComment { id: None, post_id, body: new.body.clone(), score: new.score }
}

pub async fn insert_1(db: &mut SqliteConnection) -> Result<NewComment> {
    let new = &new_comments()[0];
    comment((new.post_id, new)).insert(db).await
}

pub async fn insert_1000(db: &mut SqliteConnection) -> Result<Vec<NewComment>> {
    NewComment::insert_many(new_comments().iter().map(|new| comment((new.post_id, new))).collect(), db).await
}

pub async fn attach(db: &mut SqliteConnection) -> Result<Answer> {
    let links = hundred().map(|tag_id| PostTag { post_id: NEW_POST, tag_id });
    PostTag::insert_many(links.collect(), db).await?;
    Ok(Answer::done())
}

pub async fn nested_create(db: &mut SqliteConnection) -> Result<Answer> {
    let mut transaction = db.begin().await?;
    let post = |new: &harness::data::NewPost| NewPost {
        id: None,
        user_id: new.user_id,
        title: new.title.clone(),
        views: new.views,
    };
    let posts = NewPost::insert_many(new_posts().iter().map(post).collect(), &mut *transaction).await?;
    let posts: Vec<i64> = posts.into_iter().filter_map(|post| post.id).collect();
    NewComment::insert_many(nested_comments(&posts).map(comment).collect(), &mut *transaction).await?;
    transaction.commit().await?;
    Ok(Answer::done())
}
