//! Statements that read. They are the same on both databases but for lists of keys, and are compiled for each.

macro_rules! reads {
    ($module:ident, $db:ident, $connection:ident, $in:literal, $list:expr) => {
        pub mod $module {
            use futures_util::TryStreamExt;
            use harness::data::LAST_TAGGED_POST;
            use harness::models::{Author, Book, Comment, Post, Reading, Sensor, Tag, User};
            use harness::models::{Nested, attach, group, group_linked, keys};
            use sqlx::$connection as Connection;
            use sqlx::{Row as _, query};

            type Row = <sqlx::$db as sqlx::Database>::Row;
            type Result<T> = sqlx::Result<T>;

            fn to_user(row: &Row) -> Result<User> {
                Ok(User { id: row.try_get(0)?, name: row.try_get(1)?, email: row.try_get(2)?, age: row.try_get(3)? })
            }

            fn to_post(row: &Row) -> Result<Post> {
                Ok(Post {
                    id: row.try_get(0)?,
                    user_id: row.try_get(1)?,
                    title: row.try_get(2)?,
                    views: row.try_get(3)?,
                })
            }

            fn to_comment(row: &Row) -> Result<Comment> {
                Ok(Comment {
                    id: row.try_get(0)?,
                    post_id: row.try_get(1)?,
                    body: row.try_get(2)?,
                    score: row.try_get(3)?,
                })
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

            fn to_counted(row: &Row) -> Result<(User, i64)> {
                Ok((to_user(row)?, row.try_get(4)?))
            }

            fn map<T>(rows: &[Row], to: fn(&Row) -> Result<T>) -> Result<Vec<T>> {
                rows.iter().map(to).collect()
            }

            pub async fn user(id: i64, db: &mut Connection) -> Result<User> {
                to_user(&query("SELECT id, name, email, age FROM users WHERE id = $1").bind(id).fetch_one(db).await?)
            }

            pub async fn users(db: &mut Connection) -> Result<Vec<User>> {
                map(&query("SELECT id, name, email, age FROM users").fetch_all(db).await?, to_user)
            }

            pub async fn post(id: i64, db: &mut Connection) -> Result<Post> {
                let sql = "SELECT id, user_id, title, views FROM posts WHERE id = $1";
                to_post(&query(sql).bind(id).fetch_one(db).await?)
            }

            pub async fn comments(db: &mut Connection) -> Result<Vec<Comment>> {
                map(&query("SELECT id, post_id, body, score FROM comments").fetch_all(db).await?, to_comment)
            }

            pub async fn comments_of(post: i64, db: &mut Connection) -> Result<Vec<Comment>> {
                let sql = "SELECT id, post_id, body, score FROM comments WHERE post_id = $1";
                map(&query(sql).bind(post).fetch_all(db).await?, to_comment)
            }

            pub async fn stream(db: &mut Connection) -> Result<i64> {
                let (mut rows, mut sum) = (query("SELECT id, post_id, body, score FROM comments").fetch(db), 0);
                while let Some(row) = rows.try_next().await? {
                    let comment = to_comment(&row)?;
                    sum += comment.score + comment.body.len() as i64;
                }
                Ok(sum)
            }

            pub async fn with_posts(users: Vec<User>, db: &mut Connection) -> Result<Nested<User, Post, Comment>> {
                let sql = concat!("SELECT id, user_id, title, views FROM posts WHERE user_id ", $in);
                let posts = query(sql).bind($list(keys(&users, |user| user.id))).fetch_all(&mut *db).await?;
                let posts = map(&posts, to_post)?;
                let sql = concat!("SELECT id, post_id, body, score FROM comments WHERE post_id ", $in);
                let comments = query(sql).bind($list(keys(&posts, |post| post.id))).fetch_all(db).await?;
                let posts = group(posts, |post| post.id, map(&comments, to_comment)?, |comment| comment.post_id);
                Ok(group(users, |user| user.id, posts, |(post, _)| post.user_id))
            }

            pub async fn with_sensors(db: &mut Connection) -> Result<Nested<User, Sensor, Reading>> {
                let users = users(db).await?;
                let sql = concat!("SELECT id, user_id, gain, calibration FROM sensors WHERE user_id ", $in);
                let sensors = query(sql).bind($list(keys(&users, |user| user.id))).fetch_all(&mut *db).await?;
                let sensors = map(&sensors, to_sensor)?;
                let sql = concat!("SELECT id, sensor_id, value, data FROM readings WHERE sensor_id ", $in);
                let readings = query(sql).bind($list(keys(&sensors, |sensor| sensor.id))).fetch_all(db).await?;
                let readings = map(&readings, to_reading)?;
                let sensors = group(sensors, |sensor| sensor.id, readings, |reading| reading.sensor_id);
                Ok(group(users, |user| user.id, sensors, |(sensor, _)| sensor.user_id))
            }

            pub async fn posts_with_users(db: &mut Connection) -> Result<Vec<(Post, User)>> {
                let posts = query("SELECT id, user_id, title, views FROM posts").fetch_all(&mut *db).await?;
                let posts = map(&posts, to_post)?;
                let sql = concat!("SELECT id, name, email, age FROM users WHERE id ", $in);
                let users = query(sql).bind($list(keys(&posts, |post| post.user_id))).fetch_all(db).await?;
                Ok(attach(posts, |post| post.user_id, map(&users, to_user)?, |user| user.id))
            }

            pub async fn posts_with_tags(db: &mut Connection) -> Result<Vec<(Post, Vec<Tag>)>> {
                let sql = "SELECT id, user_id, title, views FROM posts WHERE id <= $1";
                let posts = map(&query(sql).bind(LAST_TAGGED_POST).fetch_all(&mut *db).await?, to_post)?;
                let sql = concat!(
                    "SELECT post_id, tags.id, tags.name FROM post_tags JOIN tags ON tags.id = tag_id WHERE post_id ",
                    $in
                );
                let tags = query(sql).bind($list(keys(&posts, |post| post.id))).fetch_all(db).await?;
                Ok(group_linked(posts, |post| post.id, map(&tags, to_tag)?))
            }

            pub async fn authors_with_books(db: &mut Connection) -> Result<Vec<(Author, Vec<Book>)>> {
                let authors = map(&query("SELECT id, name FROM authors").fetch_all(&mut *db).await?, to_author)?;
                let sql = concat!("SELECT id, author_id, title FROM books WHERE author_id ", $in);
                let books = query(sql).bind($list(keys(&authors, |author| author.id))).fetch_all(db).await?;
                Ok(group(authors, |author| author.id, map(&books, to_book)?, |book| book.author_id))
            }

            pub async fn users_with_counts(db: &mut Connection) -> Result<Vec<(User, i64)>> {
                let sql =
                    "SELECT id, name, email, age, (SELECT count(*) FROM posts WHERE user_id = users.id) FROM users";
                map(&query(sql).fetch_all(db).await?, to_counted)
            }
        }
    };
}

reads!(sqlite, Sqlite, SqliteConnection, "IN (SELECT value FROM json_each($1))", crate::write::json);
reads!(postgres, Postgres, PgConnection, "= ANY($1)", std::convert::identity);
