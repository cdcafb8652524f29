//! By sqlx alone: columns by ordinal, rows made into structs as they come, and a `HashMap` of positions that groups children.

use std::fmt::Write as _;
use std::iter::repeat_n;
use std::sync::LazyLock;

use futures_util::TryStreamExt;
use harness::data;
use harness::models::{Author, Book, Comment, group, keys};
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};
use sqlx::{Row as _, query};

use crate::Result;
use crate::work::{Found, Operation};

/// The rows of one `INSERT`, and the parents of one chunk of a stream with relations; of these, neko-orm has as many.
const CHUNK: i64 = 1000;

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let rows = repeat_n("(?, ?, ?)", CHUNK as usize).collect::<Vec<_>>().join(", ");
    format!("INSERT INTO comments (post_id, body, score) VALUES {rows}")
});
static INSERT_BACK: LazyLock<String> = LazyLock::new(|| format!("{} RETURNING id, post_id, body, score", *INSERT));

pub async fn operate(operation: Operation, rows: i64, db: &SqlitePool) -> Result<Found> {
    Ok(match operation {
        Operation::Eager => {
            let mut db = db.acquire().await?;
            let authors = query("SELECT id, name FROM authors").try_map(to_author).fetch_all(&mut *db).await?;
            Box::new(with_books(authors, &mut db).await?)
        }
        Operation::Stream => Box::new(stream(db).await?),
        Operation::StreamWith => Box::new(stream_with_books(db).await?),
        Operation::Insert => {
            insert(rows, db).await?;
            Box::new(0_i64)
        }
        Operation::InsertBack => Box::new(insert_back(rows, db).await?),
    })
}

fn to_author(row: SqliteRow) -> sqlx::Result<Author> {
    Ok(Author { id: row.try_get(0)?, name: row.try_get(1)? })
}

fn to_book(row: SqliteRow) -> sqlx::Result<Book> {
    Ok(Book { id: row.try_get(0)?, author_id: row.try_get(1)?, title: row.try_get(2)? })
}

fn to_comment(row: SqliteRow) -> sqlx::Result<Comment> {
    Ok(Comment { id: row.try_get(0)?, post_id: row.try_get(1)?, body: row.try_get(2)?, score: row.try_get(3)? })
}

/// A list of keys as SQLite takes it.
pub fn json(keys: Vec<i64>) -> String {
    let mut json = String::with_capacity(keys.len() * 6 + 2);
    json.push('[');
    for (index, key) in keys.iter().enumerate() {
        let _ = write!(json, "{}{key}", if index == 0 { "" } else { "," });
    }
    json + "]"
}

async fn with_books(authors: Vec<Author>, db: &mut SqliteConnection) -> sqlx::Result<Vec<(Author, Vec<Book>)>> {
    let sql = "SELECT id, author_id, title FROM books WHERE author_id IN (SELECT value FROM json_each(?))";
    let keys = json(keys(&authors, |author| author.id));
    let books = query(sql).bind(keys).try_map(to_book).fetch_all(db).await?;
    Ok(group(authors, |author| author.id, books, |book| book.author_id))
}

async fn stream(db: &SqlitePool) -> sqlx::Result<i64> {
    let rows = query("SELECT id, post_id, body, score FROM comments").try_map(to_comment);
    let (mut rows, mut sum) = (rows.fetch(db), 0);
    while let Some(comment) = rows.try_next().await? {
        sum += comment.score + comment.body.len() as i64;
    }
    Ok(sum)
}

async fn stream_with_books(db: &SqlitePool) -> sqlx::Result<i64> {
    let mut db = db.acquire().await?;
    let (mut sum, mut last) = (0, i64::MIN);
    loop {
        let authors = query("SELECT id, name FROM authors WHERE id > ? ORDER BY id LIMIT ?").bind(last).bind(CHUNK);
        let authors = authors.try_map(to_author).fetch_all(&mut *db).await?;
        let Some(author) = authors.last() else { break };
        last = author.id;
        for (author, books) in with_books(authors, &mut db).await? {
            let titles: usize = books.iter().map(|book| book.title.len()).sum();
            sum += author.id + (author.name.len() + titles) as i64;
        }
    }
    Ok(sum)
}

/// The statement with one chunk of rows.
macro_rules! chunk {
    ($sql:ident, $start:ident) => {{
        let mut insert = query($sql.as_str());
        for n in $start..$start + CHUNK {
            insert = insert.bind(n).bind(data::comment_body(n)).bind(data::comment_score(n));
        }
        insert
    }};
}

async fn insert(rows: i64, db: &SqlitePool) -> sqlx::Result<()> {
    let mut db = db.begin_with("BEGIN IMMEDIATE").await?;
    for start in (1..=rows).step_by(CHUNK as usize) {
        chunk!(INSERT, start).execute(&mut *db).await?;
    }
    db.commit().await
}

async fn insert_back(rows: i64, db: &SqlitePool) -> sqlx::Result<Vec<Comment>> {
    let (mut db, mut inserted) = (db.begin_with("BEGIN IMMEDIATE").await?, Vec::new());
    for start in (1..=rows).step_by(CHUNK as usize) {
        inserted.extend(chunk!(INSERT_BACK, start).try_map(to_comment).fetch_all(&mut *db).await?);
    }
    db.commit().await?;
    Ok(inserted)
}

/// The calls that several tasks make. They are the same on both databases but for lists of keys, and are compiled for each.
macro_rules! calls {
    ($module:ident, $db:ident, $in:literal, $list:expr) => {
        pub mod $module {
            use harness::models::{Comment, Nested, Post, User, group, keys};
            use sqlx::{Pool, Row as _, query};

            use crate::Result;
            use crate::work::{Call, Found};

            type Row = <sqlx::$db as sqlx::Database>::Row;

            fn to_user(row: Row) -> sqlx::Result<User> {
                Ok(User { id: row.try_get(0)?, name: row.try_get(1)?, email: row.try_get(2)?, age: row.try_get(3)? })
            }

            fn to_post(row: Row) -> sqlx::Result<Post> {
                let (id, user_id) = (row.try_get(0)?, row.try_get(1)?);
                Ok(Post { id, user_id, title: row.try_get(2)?, views: row.try_get(3)? })
            }

            fn to_comment(row: Row) -> sqlx::Result<Comment> {
                let (id, post_id) = (row.try_get(0)?, row.try_get(1)?);
                Ok(Comment { id, post_id, body: row.try_get(2)?, score: row.try_get(3)? })
            }

            pub async fn call(call: Call, user: i64, post: i64, db: &Pool<sqlx::$db>) -> Result<Found> {
                Ok(match call {
                    Call::Read => {
                        let sql = "SELECT id, name, email, age FROM users WHERE id = $1";
                        Box::new(query(sql).bind(user).try_map(to_user).fetch_one(db).await?)
                    }
                    Call::HasMany => {
                        let sql = "SELECT id, post_id, body, score FROM comments WHERE post_id = $1";
                        Box::new(query(sql).bind(post).try_map(to_comment).fetch_all(db).await?)
                    }
                    Call::Eager => Box::new(eager(user, db).await?),
                    Call::Insert => {
                        let sql = "INSERT INTO comments (post_id, body, score) VALUES ($1, $2, $3)";
                        query(sql).bind(post).bind("a new comment").bind(user).execute(db).await?;
                        Box::new(0_i64)
                    }
                })
            }

            async fn eager(user: i64, db: &Pool<sqlx::$db>) -> sqlx::Result<Nested<User, Post, Comment>> {
                let mut db = db.acquire().await?;
                let sql = "SELECT id, name, email, age FROM users WHERE id = $1";
                let users = query(sql).bind(user).try_map(to_user).fetch_all(&mut *db).await?;
                let sql = concat!("SELECT id, user_id, title, views FROM posts WHERE user_id ", $in);
                let posts = query(sql).bind($list(keys(&users, |user| user.id)));
                let posts = posts.try_map(to_post).fetch_all(&mut *db).await?;
                let sql = concat!("SELECT id, post_id, body, score FROM comments WHERE post_id ", $in);
                let comments = query(sql).bind($list(keys(&posts, |post| post.id)));
                let comments = comments.try_map(to_comment).fetch_all(&mut *db).await?;
                let posts = group(posts, |post| post.id, comments, |comment| comment.post_id);
                Ok(group(users, |user| user.id, posts, |(post, _)| post.user_id))
            }
        }
    };
}

calls!(sqlite, Sqlite, "IN (SELECT value FROM json_each($1))", super::json);
calls!(postgres, Postgres, "= ANY($1)", std::convert::identity);
