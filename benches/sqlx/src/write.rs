//! Statements that write: rows as `VALUES` and lists as JSON on SQLite, both as arrays on PostgreSQL.

use std::fmt::Write as _;
use std::iter::repeat_n;

/// A list of keys as SQLite takes it.
pub fn json(keys: Vec<i64>) -> String {
    let mut json = String::with_capacity(keys.len() * 6 + 2);
    json.push('[');
    for (index, key) in keys.iter().enumerate() {
        let _ = write!(json, "{}{key}", if index == 0 { "" } else { "," });
    }
    json + "]"
}

/// `INSERT` of so many rows, each of so many columns.
fn insert(into: &str, rows: usize, columns: usize) -> String {
    let row = format!("({})", repeat_n("?", columns).collect::<Vec<_>>().join(", "));
    format!("INSERT INTO {into} VALUES {}", repeat_n(row, rows).collect::<Vec<_>>().join(", "))
}

/// The statements that have the same text on both databases, or nearly.
macro_rules! writes {
    ($connection:ident, $in:literal, $list:expr) => {
        use harness::data::{NEW_POST, NewComment, hundred, new_comments, new_posts};
        use harness::models::nested_comments;
        use harness::{Answer, Result};
        use sqlx::$connection as Connection;
        use sqlx::{Connection as _, query, query_scalar};

        pub async fn associate(db: &mut Connection) -> Result<Answer> {
            let sql = concat!("UPDATE comments SET post_id = $2 WHERE id ", $in);
            query(sql).bind($list(hundred().collect())).bind(NEW_POST).execute(db).await?;
            Ok(Answer::done())
        }

        pub async fn insert_1000(db: &mut Connection) -> Result<Answer> {
            comments(new_comments().iter().map(|new| (new.post_id, new)), db).await?;
            Ok(Answer::done())
        }

        pub async fn nested_create(db: &mut Connection) -> Result<Answer> {
            let mut transaction = db.begin().await?;
            let posts = posts(&mut transaction).await?;
            comments(nested_comments(&posts), &mut transaction).await?;
            transaction.commit().await?;
            Ok(Answer::done())
        }
    };
}

pub mod sqlite {
    use std::sync::LazyLock;

    writes!(SqliteConnection, "IN (SELECT value FROM json_each($1))", super::json);

    const INSERT: &str = "INSERT INTO comments (post_id, body, score) VALUES (?, ?, ?)";

    pub async fn insert_1(db: &mut Connection) -> Result<Answer> {
        let new = &new_comments()[0];
        query(INSERT).bind(new.post_id).bind(&new.body).bind(new.score).execute(db).await?;
        Ok(Answer::done())
    }

    pub async fn insert_1_key(db: &mut Connection) -> Result<Answer> {
        let new = &new_comments()[0];
        let done = query(INSERT).bind(new.post_id).bind(&new.body).bind(new.score).execute(db).await?;
        Ok(Answer::keys([done.last_insert_rowid()]))
    }

    pub async fn insert_1000_keys(db: &mut Connection) -> Result<Answer> {
        static SQL: LazyLock<String> =
            LazyLock::new(|| super::insert("comments (post_id, body, score)", 1000, 3) + " RETURNING id");
        let mut insert = query_scalar(SQL.as_str());
        for new in new_comments() {
            insert = insert.bind(new.post_id).bind(&new.body).bind(new.score);
        }
        Ok(Answer::keys(insert.fetch_all(db).await?))
    }

    async fn comments(rows: impl Iterator<Item = (i64, &'static NewComment)>, db: &mut Connection) -> Result<()> {
        static SQL: LazyLock<String> = LazyLock::new(|| super::insert("comments (post_id, body, score)", 1000, 3));
        let mut insert = query(SQL.as_str());
        for (post, new) in rows {
            insert = insert.bind(post).bind(&new.body).bind(new.score);
        }
        insert.execute(db).await?;
        Ok(())
    }

    async fn posts(db: &mut Connection) -> Result<Vec<i64>> {
        static SQL: LazyLock<String> =
            LazyLock::new(|| super::insert("posts (user_id, title, views)", 100, 3) + " RETURNING id");
        let mut insert = query_scalar(SQL.as_str());
        for new in new_posts() {
            insert = insert.bind(new.user_id).bind(&new.title).bind(new.views);
        }
        Ok(insert.fetch_all(db).await?)
    }

    pub async fn attach(db: &mut Connection) -> Result<Answer> {
        let sql = "INSERT INTO post_tags (post_id, tag_id) SELECT $2, value FROM json_each($1) WHERE true \
                   ON CONFLICT DO NOTHING";
        query(sql).bind(super::json(hundred().collect())).bind(NEW_POST).execute(db).await?;
        Ok(Answer::done())
    }
}

pub mod postgres {
    writes!(PgConnection, "= ANY($1)", std::convert::identity::<Vec<i64>>);

    pub async fn insert_1(db: &mut Connection) -> Result<Answer> {
        let new = &new_comments()[0];
        let sql = "INSERT INTO comments (post_id, body, score) VALUES ($1, $2, $3)";
        query(sql).bind(new.post_id).bind(&new.body).bind(new.score).execute(db).await?;
        Ok(Answer::done())
    }

    pub async fn insert_1_key(db: &mut Connection) -> Result<Answer> {
        let new = &new_comments()[0];
        let sql = "INSERT INTO comments (post_id, body, score) VALUES ($1, $2, $3) RETURNING id";
        let key = query_scalar(sql).bind(new.post_id).bind(&new.body).bind(new.score).fetch_one(db).await?;
        Ok(Answer::keys([key]))
    }

    const COMMENTS: &str =
        "INSERT INTO comments (post_id, body, score) SELECT * FROM UNNEST($1::bigint[], $2::text[], $3::bigint[])";

    type Columns<'r> = (Vec<i64>, Vec<&'r str>, Vec<i64>);

    fn columns(rows: impl Iterator<Item = (i64, &'static NewComment)>) -> Columns<'static> {
        let mut columns = Columns::default();
        for (post, new) in rows {
            columns.0.push(post);
            columns.1.push(&new.body);
            columns.2.push(new.score);
        }
        columns
    }

    async fn comments(rows: impl Iterator<Item = (i64, &'static NewComment)>, db: &mut Connection) -> Result<()> {
        let (posts, bodies, scores) = columns(rows);
        query(COMMENTS).bind(posts).bind(bodies).bind(scores).execute(db).await?;
        Ok(())
    }

    pub async fn insert_1000_keys(db: &mut Connection) -> Result<Answer> {
        let sql = "INSERT INTO comments (post_id, body, score) \
                   SELECT * FROM UNNEST($1::bigint[], $2::text[], $3::bigint[]) RETURNING id";
        let (posts, bodies, scores) = columns(new_comments().iter().map(|new| (new.post_id, new)));
        let keys: Vec<i64> = query_scalar(sql).bind(posts).bind(bodies).bind(scores).fetch_all(db).await?;
        Ok(Answer::keys(keys))
    }

    async fn posts(db: &mut Connection) -> Result<Vec<i64>> {
        let sql = "INSERT INTO posts (user_id, title, views) \
                   SELECT * FROM UNNEST($1::bigint[], $2::text[], $3::bigint[]) RETURNING id";
        let mut columns = Columns::default();
        for new in new_posts() {
            columns.0.push(new.user_id);
            columns.1.push(&new.title);
            columns.2.push(new.views);
        }
        Ok(query_scalar(sql).bind(columns.0).bind(columns.1).bind(columns.2).fetch_all(db).await?)
    }

    pub async fn attach(db: &mut Connection) -> Result<Answer> {
        let sql = "INSERT INTO post_tags (post_id, tag_id) SELECT $2, UNNEST($1::bigint[]) ON CONFLICT DO NOTHING";
        query(sql).bind(hundred().collect::<Vec<_>>()).bind(NEW_POST).execute(db).await?;
        Ok(Answer::done())
    }
}
