//! Statements that write: rows as an array for each column.

use harness::Answer;
use harness::data::{NEW_POST, NewComment, hundred, new_comments, new_posts};
use harness::models::nested_comments;
use tokio_postgres::{Client, Error, GenericClient, Statement};

type Result<T> = std::result::Result<T, Error>;

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
    comment: "INSERT INTO comments (post_id, body, score) VALUES ($1, $2, $3)",
    comment_key: "INSERT INTO comments (post_id, body, score) VALUES ($1, $2, $3) RETURNING id",
    comments: "INSERT INTO comments (post_id, body, score) SELECT * FROM UNNEST($1::bigint[], $2::text[], $3::bigint[])",
    comments_keys: "INSERT INTO comments (post_id, body, score)
        SELECT * FROM UNNEST($1::bigint[], $2::text[], $3::bigint[]) RETURNING id",
    posts_keys: "INSERT INTO posts (user_id, title, views)
        SELECT * FROM UNNEST($1::bigint[], $2::text[], $3::bigint[]) RETURNING id",
    associate: "UPDATE comments SET post_id = $1 WHERE id = ANY($2)",
    attach: "INSERT INTO post_tags (post_id, tag_id) SELECT $1, UNNEST($2::bigint[]) ON CONFLICT DO NOTHING",
}

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

fn all_comments() -> Columns<'static> {
    columns(new_comments().iter().map(|new| (new.post_id, new)))
}

async fn keys(statement: &Statement, rows: Columns<'_>, db: &impl GenericClient) -> Result<Vec<i64>> {
    db.query(statement, &[&rows.0, &rows.1, &rows.2]).await?.iter().map(|row| row.try_get(0)).collect()
}

impl Statements {
    pub async fn insert_1(&self, db: &Client) -> Result<Answer> {
        let new = &new_comments()[0];
        db.execute(&self.comment, &[&new.post_id, &new.body, &new.score]).await?;
        Ok(Answer::done())
    }

    pub async fn insert_1_key(&self, db: &Client) -> Result<Answer> {
        let new = &new_comments()[0];
        let row = db.query_one(&self.comment_key, &[&new.post_id, &new.body, &new.score]).await?;
        Ok(Answer::keys([row.try_get(0)?]))
    }

    pub async fn insert_1000(&self, db: &Client) -> Result<Answer> {
        let rows = all_comments();
        db.execute(&self.comments, &[&rows.0, &rows.1, &rows.2]).await?;
        Ok(Answer::done())
    }

    pub async fn insert_1000_keys(&self, db: &Client) -> Result<Answer> {
        Ok(Answer::keys(keys(&self.comments_keys, all_comments(), db).await?))
    }

    pub async fn associate(&self, db: &Client) -> Result<Answer> {
        db.execute(&self.associate, &[&NEW_POST, &hundred().collect::<Vec<_>>()]).await?;
        Ok(Answer::done())
    }

    pub async fn attach(&self, db: &Client) -> Result<Answer> {
        db.execute(&self.attach, &[&NEW_POST, &hundred().collect::<Vec<_>>()]).await?;
        Ok(Answer::done())
    }

    pub async fn nested_create(&self, db: &mut Client) -> Result<Answer> {
        let transaction = db.transaction().await?;
        let mut posts = Columns::default();
        for new in new_posts() {
            posts.0.push(new.user_id);
            posts.1.push(&new.title);
            posts.2.push(new.views);
        }
        let posts = keys(&self.posts_keys, posts, &transaction).await?;
        let rows = columns(nested_comments(&posts));
        transaction.execute(&self.comments, &[&rows.0, &rows.1, &rows.2]).await?;
        transaction.commit().await?;
        Ok(Answer::done())
    }
}
