//! Toasty.

mod models;

use harness::data::{
    COMMENT, LAST_TAGGED_POST, NEW_POST, NewComment, NewPost, POST, USER, hundred, new_comments, new_posts,
};
use harness::{Answer, Backend, Checksum, Contestant, Result, Unsupported, Workload};
use models::{Author, Comment, Post, PostTag, User};
use toasty::stmt::Value;
use toasty::{Connection, Db};

/// A connection that is held, and rows whose relations are followed.
struct Toasty {
    held: Connection,
    rows: Option<(Post, Comment)>,
}

impl Contestant for Toasty {
    async fn connect(url: &str) -> Result<Self> {
        let mut builder = Db::builder();
        builder.models(toasty::models!(crate::*));
        // A database in memory is gone with its connection.
        if harness::backend() == Backend::Sqlite {
            builder.max_pool_size(1);
        }
        let db = builder.connect(url).await?;
        Ok(Self { held: db.connection().await?, rows: None })
    }

    async fn execute(&mut self, sql: &str) -> Result<()> {
        match sql.starts_with("SELECT") || sql.starts_with("PRAGMA") {
            true => drop(toasty::sql::query(sql).exec(&mut self.held).await?),
            false => drop(toasty::sql::statement(sql).exec(&mut self.held).await?),
        }
        Ok(())
    }

    async fn text(&mut self, sql: &str) -> Result<String> {
        let rows = toasty::sql::query(sql).exec(&mut self.held).await?;
        match rows.into_iter().next() {
            Some(Value::Record(row)) => match row.fields.into_iter().next() {
                Some(Value::String(text)) => Ok(text),
                other => Err(format!("{other:?} is not a text").into()),
            },
            other => Err(format!("{other:?} is not a row").into()),
        }
    }

    async fn run(&mut self, workload: Workload) -> Result<Answer> {
        let db = &mut self.held;
        if self.rows.is_none() {
            self.rows = Some((Post::get_by_id(db, &key(POST)).await?, Comment::get_by_id(db, &key(COMMENT)).await?));
        }
        let Some((post, comment)) = &self.rows else { return Err("there are no rows".into()) };
        Ok(match workload {
            Workload::Select1 => Answer::rows(User::get_by_id(db, &key(USER)).await?),
            Workload::Select100 => Answer::rows(User::all().exec(db).await?),
            Workload::Select10000 => Answer::rows(Comment::all().exec(db).await?),
            Workload::HasMany1 => Answer::rows(post.comments().exec(db).await?),
            Workload::BelongsTo1 => Answer::rows(comment.post().exec(db).await?),
            Workload::Eager1 => {
                let users = User::filter_by_id(key(USER)).include(User::fields().posts().comments());
                with_posts(users.exec(db).await?)
            }
            Workload::Eager100 => with_posts(User::all().include(User::fields().posts().comments()).exec(db).await?),
            Workload::EagerBlobs => {
                let users = User::all().include(User::fields().sensors().readings()).exec(db).await?;
                Answer::by(move || {
                    pairs(&users, |user| pairs(user.sensors.get(), |sensor| sensor.readings.get())).checksum()
                })
            }
            Workload::EagerBelongsTo => {
                let posts = Post::all().include(Post::fields().user()).exec(db).await?;
                Answer::by(move || pairs(&posts, |post| post.user.get()).checksum())
            }
            Workload::EagerManyToMany => {
                let posts = Post::filter(Post::fields().id().le(key(LAST_TAGGED_POST)));
                let posts = posts.include(Post::fields().links().tag()).exec(db).await?;
                Answer::by(move || {
                    pairs(&posts, |post| post.links.get().iter().map(|link| link.tag.get()).collect::<Vec<_>>())
                        .checksum()
                })
            }
            Workload::Eager40000 if harness::backend() == Backend::Sqlite => {
                return Err(
                    Unsupported("Toasty sends each key as an argument, of which SQLite has 32,766 at most").into()
                );
            }
            Workload::Eager40000 => {
                let authors = Author::all().include(Author::fields().books()).exec(db).await?;
                Answer::by(move || pairs(&authors, |author| author.books.get()).checksum())
            }
            _ => return write(workload, db).await,
        })
    }
}

/// A key as the models have it.
fn key(key: i64) -> u64 {
    key.cast_unsigned()
}

fn with_posts(users: Vec<User>) -> Answer {
    Answer::by(move || pairs(&users, |user| pairs(user.posts.get(), |post| post.comments.get())).checksum())
}

/// Each row with what was loaded for it, as the other contestants have it.
fn pairs<'r, T, L>(rows: &'r [T], loaded: impl Fn(&'r T) -> L) -> Vec<(&'r T, L)> {
    rows.iter().map(|row| (row, loaded(row))).collect()
}

async fn write(workload: Workload, db: &mut Connection) -> Result<Answer> {
    let comment =
        |new: &NewComment| Comment::create().post_id(key(new.post_id)).body(new.body.as_str()).score(new.score);
    Ok(match workload {
        Workload::Insert1 | Workload::Insert1Keys => {
            let inserted = comment(&new_comments()[0]).exec(db).await?;
            if workload == Workload::Insert1 { Answer::done() } else { Answer::keys([inserted.id.cast_signed()]) }
        }
        Workload::Insert1000 | Workload::Insert1000Keys => {
            let rows = new_comments().iter().fold(Comment::create_many(), |rows, new| rows.item(comment(new)));
            let inserted = rows.exec(db).await?;
            match workload {
                Workload::Insert1000 => Answer::done(),
                _ => Answer::keys(inserted.into_iter().map(|comment| comment.id.cast_signed())),
            }
        }
        Workload::Associate100 => {
            let keys: Vec<u64> = hundred().map(key).collect();
            Comment::filter(Comment::fields().id().in_list(keys)).update().post_id(key(NEW_POST)).exec(db).await?;
            Answer::done()
        }
        Workload::Attach100 => {
            let link = |tag| PostTag::create().post_id(key(NEW_POST)).tag_id(key(tag));
            hundred().fold(PostTag::create_many(), |rows, tag| rows.item(link(tag))).exec(db).await?;
            Answer::done()
        }
        Workload::NestedCreate => {
            let comment = |new: &NewComment| Comment::create().body(new.body.as_str()).score(new.score);
            let post = |(index, new): (usize, &NewPost)| {
                let post = Post::create().user_id(key(new.user_id)).title(new.title.as_str()).views(new.views);
                post.comments(NewPost::comments(index).iter().map(comment).collect::<Vec<_>>())
            };
            let posts = new_posts().iter().enumerate();
            posts.fold(Post::create_many(), |rows, new| rows.item(post(new))).exec(db).await?;
            Answer::done()
        }
        Workload::Stream10000 => return Err(Unsupported("Toasty reads pages, and no stream").into()),
        Workload::Count100 => return Err(Unsupported("Toasty has no count of related rows next to each row").into()),
        _ => return Err(Unsupported("pools are compared between neko-orm and sqlx only").into()),
    })
}

fn main() -> Result<()> {
    harness::compete::<Toasty>()
}
