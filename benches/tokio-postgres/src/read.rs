//! Statements that read.

use futures_util::TryStreamExt;
use harness::data::LAST_TAGGED_POST;
use harness::models::{
    Author, Book, Comment, Nested, Post, Reading, Sensor, Tag, User, attach, group, group_linked, keys,
};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row, Statement};

type Result<T> = std::result::Result<T, Error>;

fn to_user(row: &Row) -> Result<User> {
    Ok(User { id: row.try_get(0)?, name: row.try_get(1)?, email: row.try_get(2)?, age: row.try_get(3)? })
}

fn to_post(row: &Row) -> Result<Post> {
    Ok(Post { id: row.try_get(0)?, user_id: row.try_get(1)?, title: row.try_get(2)?, views: row.try_get(3)? })
}

fn to_comment(row: &Row) -> Result<Comment> {
    Ok(Comment { id: row.try_get(0)?, post_id: row.try_get(1)?, body: row.try_get(2)?, score: row.try_get(3)? })
}

fn to_tag(row: &Row) -> Result<(i64, Tag)> {
    Ok((row.try_get(0)?, Tag { id: row.try_get(1)?, name: row.try_get(2)? }))
}

fn to_sensor(row: &Row) -> Result<Sensor> {
    let (id, user_id) = (row.try_get(0)?, row.try_get(1)?);
    Ok(Sensor { id, user_id, gain: row.try_get(2)?, calibration: row.try_get(3)? })
}

fn to_reading(row: &Row) -> Result<Reading> {
    let (id, sensor_id) = (row.try_get(0)?, row.try_get(1)?);
    Ok(Reading { id, sensor_id, value: row.try_get(2)?, data: row.try_get(3)? })
}

fn to_author(row: &Row) -> Result<Author> {
    Ok(Author { id: row.try_get(0)?, name: row.try_get(1)? })
}

fn to_book(row: &Row) -> Result<Book> {
    Ok(Book { id: row.try_get(0)?, author_id: row.try_get(1)?, title: row.try_get(2)? })
}

async fn all<T>(
    statement: &Statement,
    arguments: &[&(dyn ToSql + Sync)],
    to: fn(&Row) -> Result<T>,
    db: &Client,
) -> Result<Vec<T>> {
    db.query(statement, arguments).await?.iter().map(to).collect()
}

macro_rules! statements {
    ($($name:ident: $sql:literal,)*) => {
        pub struct Statements { $($name: Statement),* }

        impl Statements {
            pub async fn prepare(db: &Client) -> Result<Self> {
                Ok(Self { $($name: db.prepare($sql).await?),* })
            }
        }
    };
}

statements! {
    user: "SELECT id, name, email, age FROM users WHERE id = $1",
    users: "SELECT id, name, email, age FROM users",
    users_in: "SELECT id, name, email, age FROM users WHERE id = ANY($1)",
    post: "SELECT id, user_id, title, views FROM posts WHERE id = $1",
    posts: "SELECT id, user_id, title, views FROM posts",
    posts_up_to: "SELECT id, user_id, title, views FROM posts WHERE id <= $1",
    posts_of: "SELECT id, user_id, title, views FROM posts WHERE user_id = ANY($1)",
    comments: "SELECT id, post_id, body, score FROM comments",
    comments_of_one: "SELECT id, post_id, body, score FROM comments WHERE post_id = $1",
    comments_of: "SELECT id, post_id, body, score FROM comments WHERE post_id = ANY($1)",
    sensors_of: "SELECT id, user_id, gain, calibration FROM sensors WHERE user_id = ANY($1)",
    readings_of: "SELECT id, sensor_id, value, data FROM readings WHERE sensor_id = ANY($1)",
    tags_of: "SELECT post_id, tags.id, tags.name FROM post_tags JOIN tags ON tags.id = tag_id WHERE post_id = ANY($1)",
    authors: "SELECT id, name FROM authors",
    books_of: "SELECT id, author_id, title FROM books WHERE author_id = ANY($1)",
    counts: "SELECT id, name, email, age, (SELECT count(*) FROM posts WHERE user_id = users.id) FROM users",
}

impl Statements {
    pub async fn user(&self, id: i64, db: &Client) -> Result<User> {
        to_user(&db.query_one(&self.user, &[&id]).await?)
    }

    pub async fn users(&self, db: &Client) -> Result<Vec<User>> {
        all(&self.users, &[], to_user, db).await
    }

    pub async fn post(&self, id: i64, db: &Client) -> Result<Post> {
        to_post(&db.query_one(&self.post, &[&id]).await?)
    }

    pub async fn comments(&self, db: &Client) -> Result<Vec<Comment>> {
        all(&self.comments, &[], to_comment, db).await
    }

    pub async fn comments_of(&self, post: i64, db: &Client) -> Result<Vec<Comment>> {
        all(&self.comments_of_one, &[&post], to_comment, db).await
    }

    pub async fn stream(&self, db: &Client) -> Result<i64> {
        let rows = db.query_raw(&self.comments, std::iter::empty::<i64>()).await?;
        let (mut rows, mut sum) = (std::pin::pin!(rows), 0);
        while let Some(row) = rows.try_next().await? {
            let comment = to_comment(&row)?;
            sum += comment.score + comment.body.len() as i64;
        }
        Ok(sum)
    }

    pub async fn with_posts(&self, users: Vec<User>, db: &Client) -> Result<Nested<User, Post, Comment>> {
        let posts = all(&self.posts_of, &[&keys(&users, |user| user.id)], to_post, db).await?;
        let comments = all(&self.comments_of, &[&keys(&posts, |post| post.id)], to_comment, db).await?;
        let posts = group(posts, |post| post.id, comments, |comment| comment.post_id);
        Ok(group(users, |user| user.id, posts, |(post, _)| post.user_id))
    }

    pub async fn with_sensors(&self, db: &Client) -> Result<Nested<User, Sensor, Reading>> {
        let users = self.users(db).await?;
        let sensors = all(&self.sensors_of, &[&keys(&users, |user| user.id)], to_sensor, db).await?;
        let readings = all(&self.readings_of, &[&keys(&sensors, |sensor| sensor.id)], to_reading, db).await?;
        let sensors = group(sensors, |sensor| sensor.id, readings, |reading| reading.sensor_id);
        Ok(group(users, |user| user.id, sensors, |(sensor, _)| sensor.user_id))
    }

    pub async fn posts_with_users(&self, db: &Client) -> Result<Vec<(Post, User)>> {
        let posts = all(&self.posts, &[], to_post, db).await?;
        let users = all(&self.users_in, &[&keys(&posts, |post| post.user_id)], to_user, db).await?;
        Ok(attach(posts, |post| post.user_id, users, |user| user.id))
    }

    pub async fn posts_with_tags(&self, db: &Client) -> Result<Vec<(Post, Vec<Tag>)>> {
        let posts = all(&self.posts_up_to, &[&LAST_TAGGED_POST], to_post, db).await?;
        let tags = all(&self.tags_of, &[&keys(&posts, |post| post.id)], to_tag, db).await?;
        Ok(group_linked(posts, |post| post.id, tags))
    }

    pub async fn authors_with_books(&self, db: &Client) -> Result<Vec<(Author, Vec<Book>)>> {
        let authors = all(&self.authors, &[], to_author, db).await?;
        let books = all(&self.books_of, &[&keys(&authors, |author| author.id)], to_book, db).await?;
        Ok(group(authors, |author| author.id, books, |book| book.author_id))
    }

    pub async fn users_with_counts(&self, db: &Client) -> Result<Vec<(User, i64)>> {
        all(&self.counts, &[], |row| Ok((to_user(row)?, row.try_get(4)?)), db).await
    }
}
