//! neko-orm.

mod models;

use harness::data::{self, NewComment, NewPost};
use harness::{Answer, Backend, Contestant, Result, Workload};
use models::{Author, Comment, Post, User};
use neko_orm::{Executor, Model};
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Pool, Postgres, Sqlite};

/// A connection that is held, and a pool.
struct Neko<DB: sqlx::Database> {
    held: PoolConnection<DB>,
    pool: Pool<DB>,
    rows: Rows,
}

/// The rows that a program has at hand when it calls a verb on them.
struct Rows {
    post: Post,
    new_post: Post,
    comment: Comment,
    comments: Vec<Comment>,
}

impl Rows {
    fn new() -> Self {
        let post =
            |id| Post { id, user_id: data::parent(id), title: data::post_title(id), views: data::post_views(id) };
        let comment = |id| Comment {
            id,
            post_id: data::parent(id),
            body: data::comment_body(id),
            score: data::comment_score(id),
        };
        Self {
            post: post(data::POST),
            new_post: post(data::NEW_POST),
            comment: comment(data::COMMENT),
            comments: data::hundred().map(comment).collect(),
        }
    }
}

async fn run(workload: Workload, rows: &mut Rows, db: impl Executor<'_>) -> Result<Answer> {
    let users = || User::query().with(|u| u.posts.with(|p| p.comments));
    let create = |new: &NewComment| Comment::create().post_id(new.post_id).body(new.body.as_str()).score(new.score);
    Ok(match workload {
        Workload::Select1 | Workload::PoolSelect1 => Answer::rows(User::get(data::USER, db).await?),
        Workload::Select100 => Answer::rows(User::query().to_vec(db).await?),
        Workload::Select10000 => Answer::rows(Comment::query().to_vec(db).await?),
        Workload::Stream10000 => {
            let (mut stream, mut sum) = (Comment::query().stream(db), 0);
            while let Some(comment) = stream.try_next().await? {
                sum += comment.score + comment.body.len() as i64;
            }
            Answer::rows(sum)
        }
        Workload::Insert1 => {
            Comment::import_all([create(&data::new_comments()[0])], db).await?;
            Answer::done()
        }
        Workload::Insert1Keys => {
            Answer::keys([Comment::insert_returning_key(create(&data::new_comments()[0]), db).await?])
        }
        Workload::Insert1000 => {
            Comment::import_all(data::new_comments().iter().map(create), db).await?;
            Answer::done()
        }
        Workload::Insert1000Keys => {
            Answer::keys(Comment::insert_all_returning_keys(data::new_comments().iter().map(create), db).await?)
        }
        Workload::HasMany1 | Workload::PoolHasMany1 => Answer::rows(rows.post.comments().to_vec(db).await?),
        Workload::BelongsTo1 => Answer::rows(rows.comment.post().get(db).await?),
        Workload::Eager1 | Workload::PoolEager1 => {
            Answer::rows(users().filter(|u| u.id.eq(data::USER)).to_vec(db).await?)
        }
        Workload::Eager100 => Answer::rows(users().to_vec(db).await?),
        Workload::EagerBlobs => Answer::rows(User::query().with(|u| u.sensors.with(|s| s.readings)).to_vec(db).await?),
        Workload::EagerBelongsTo => Answer::rows(Post::query().with(|p| p.user).to_vec(db).await?),
        Workload::EagerManyToMany => {
            let posts = Post::query().filter(|p| p.id.le(data::LAST_TAGGED_POST));
            Answer::rows(posts.with(|p| p.tags).to_vec(db).await?)
        }
        Workload::Eager40000 => Answer::rows(Author::query().with(|a| a.books).to_vec(db).await?),
        Workload::Count100 => Answer::rows(User::query().with(|u| u.posts.count()).to_vec(db).await?),
        Workload::Associate100 => {
            rows.new_post.comments().associate(&mut rows.comments, db).await?;
            Answer::done()
        }
        Workload::Attach100 => {
            rows.new_post.tags().associate(data::hundred(), db).await?;
            Answer::done()
        }
        Workload::NestedCreate => {
            let posts = data::new_posts().iter().enumerate().map(move |(index, new)| {
                let post = Post::create().user_id(new.user_id).title(new.title.as_str()).views(new.views);
                post.with(|p| p.comments, NewPost::comments(index).iter().map(create))
            });
            Post::import_all(posts, db).await?;
            Answer::done()
        }
    })
}

/// Connecting, and what the harness asks for in raw SQL.
macro_rules! contestant {
    ($db:ident, $connect:path) => {
        impl Contestant for Neko<$db> {
            async fn connect(url: &str) -> Result<Self> {
                let held = $connect(url).await?.acquire().await?;
                Ok(Self { held, pool: $connect(url).await?, rows: Rows::new() })
            }

            async fn execute(&mut self, sql: &str) -> Result<()> {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *self.held).await?;
                if harness::backend() == Backend::Sqlite {
                    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&self.pool).await?;
                }
                Ok(())
            }

            async fn text(&mut self, sql: &str) -> Result<String> {
                Ok(sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut *self.held).await?)
            }

            async fn run(&mut self, workload: Workload) -> Result<Answer> {
                match workload.is_pooled() {
                    true => run(workload, &mut self.rows, &self.pool).await,
                    false => run(workload, &mut self.rows, &mut self.held).await,
                }
            }
        }
    };
}

contestant!(Sqlite, neko_orm::sqlite::connect);
contestant!(Postgres, neko_orm::postgres::connect);

fn main() -> Result<()> {
    match harness::backend() {
        Backend::Sqlite => harness::compete::<Neko<Sqlite>>(),
        Backend::Postgres => harness::compete::<Neko<Postgres>>(),
    }
}
