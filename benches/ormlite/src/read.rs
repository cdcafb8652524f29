//! Queries.

use futures_util::TryStreamExt;
use harness::data::{COMMENT, LAST_TAGGED_POST, POST, USER, parent};
use harness::models::{Nested, group, group_linked, keys};
use harness::{Answer, Checksum};
use ormlite::Result;
use ormlite::model::Model;
use ormlite::sqlite::SqliteConnection;

use crate::models::{Author, Book, Comment, Post, PostOfUser, Reading, Sensor, Tag, User};

/// A list of keys as one argument of `json_each`.
fn json(keys: &[i64]) -> String {
    format!("[{}]", keys.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
}

pub async fn user(db: &mut SqliteConnection) -> Result<User> {
    User::fetch_one(USER, db).await
}

pub async fn users(db: &mut SqliteConnection) -> Result<Vec<User>> {
    User::select().fetch_all(db).await
}

pub async fn post(db: &mut SqliteConnection) -> Result<Post> {
    Post::fetch_one(parent(COMMENT), db).await
}

pub async fn comments(db: &mut SqliteConnection) -> Result<Vec<Comment>> {
    Comment::select().fetch_all(db).await
}

pub async fn comments_of(db: &mut SqliteConnection) -> Result<Vec<Comment>> {
    Comment::select().where_bind("post_id = ?", POST).fetch_all(db).await
}

pub async fn stream(db: &mut SqliteConnection) -> Result<i64> {
    let (mut rows, mut sum) = (Comment::query("SELECT * FROM comments").fetch(db), 0);
    while let Some(comment) = rows.try_next().await? {
        sum += comment.score + comment.body.len() as i64;
    }
    Ok(sum)
}

pub async fn with_posts(users: Vec<User>, db: &mut SqliteConnection) -> Result<Nested<User, Post, Comment>> {
    let of_users = json(&keys(&users, |user| user.id));
    let of_users = Post::select().where_bind("user_id IN (SELECT value FROM json_each(?))", of_users);
    let posts = of_users.fetch_all(&mut *db).await?;
    let of_posts = json(&keys(&posts, |post| post.id));
    let of_posts = Comment::select().where_bind("post_id IN (SELECT value FROM json_each(?))", of_posts);
    let posts = group(posts, |post| post.id, of_posts.fetch_all(db).await?, |comment| comment.post_id);
    Ok(group(users, |user| user.id, posts, |(post, _)| post.user_id))
}

pub async fn with_sensors(db: &mut SqliteConnection) -> Result<Nested<User, Sensor, Reading>> {
    let users = users(db).await?;
    let of_users = json(&keys(&users, |user| user.id));
    let of_users = Sensor::select().where_bind("user_id IN (SELECT value FROM json_each(?))", of_users);
    let sensors = of_users.fetch_all(&mut *db).await?;
    let of_sensors = json(&keys(&sensors, |sensor| sensor.id));
    let of_sensors = Reading::select().where_bind("sensor_id IN (SELECT value FROM json_each(?))", of_sensors);
    let sensors = group(sensors, |sensor| sensor.id, of_sensors.fetch_all(db).await?, |reading| reading.sensor_id);
    Ok(group(users, |user| user.id, sensors, |(sensor, _)| sensor.user_id))
}

/// The foreign key is read as the key of the user.
pub async fn posts_with_users(db: &mut SqliteConnection) -> Result<Answer> {
    let posts = PostOfUser::select().join(PostOfUser::user()).fetch_all(db).await?;
    Ok(Answer::by(move || {
        let pairs = posts.into_iter().map(|PostOfUser { id, user, title, views }| {
            let user: User = (*user).clone();
            (Post { id, user_id: user.id, title, views }, user)
        });
        pairs.collect::<Vec<_>>().checksum()
    }))
}

pub async fn posts_with_tags(db: &mut SqliteConnection) -> Result<Vec<(Post, Vec<Tag>)>> {
    let posts = Post::select().where_bind("id <= ?", LAST_TAGGED_POST).fetch_all(&mut *db).await?;
    let sql = "SELECT post_id, tags.id, tags.name FROM post_tags JOIN tags ON tags.id = tag_id \
               WHERE post_id IN (SELECT value FROM json_each(?))";
    let tags = ormlite::query_as::<_, (i64, i64, String)>(sql).bind(json(&keys(&posts, |post| post.id)));
    let tags = tags.fetch_all(db).await?.into_iter().map(|(post, id, name)| (post, Tag { id, name }));
    Ok(group_linked(posts, |post| post.id, tags))
}

pub async fn authors_with_books(db: &mut SqliteConnection) -> Result<Vec<(Author, Vec<Book>)>> {
    let authors = Author::select().fetch_all(&mut *db).await?;
    let of_authors = json(&keys(&authors, |author| author.id));
    let of_authors = Book::select().where_bind("author_id IN (SELECT value FROM json_each(?))", of_authors);
    Ok(group(authors, |author| author.id, of_authors.fetch_all(db).await?, |book| book.author_id))
}
