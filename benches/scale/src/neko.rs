//! By neko-orm.

use harness::data;
use neko_orm::{Executor, Model};
use sqlx::SqlitePool;

use crate::Result;
use crate::models::{Author, Comment, Post, User};
use crate::work::{Call, Found, Operation};

pub async fn operate(operation: Operation, rows: i64, db: &SqlitePool) -> Result<Found> {
    let new = |n| Comment::create().post_id(n).body(data::comment_body(n)).score(data::comment_score(n));
    Ok(match operation {
        Operation::Eager => Box::new(Author::query().with(|a| a.books).to_vec(db).await?),
        Operation::Stream => {
            let (mut rows, mut sum) = (Comment::query().stream(db), 0);
            while let Some(comment) = rows.try_next().await? {
                sum += comment.score + comment.body.len() as i64;
            }
            Box::new(sum)
        }
        Operation::StreamWith => {
            let (mut rows, mut sum) = (Author::query().with(|a| a.books).stream(db), 0);
            while let Some((author, books)) = rows.try_next().await? {
                let titles: usize = books.iter().map(|book| book.title.len()).sum();
                sum += author.id + (author.name.len() + titles) as i64;
            }
            Box::new(sum)
        }
        Operation::Insert => {
            Comment::import_all((1..=rows).map(new), db).await?;
            Box::new(0_i64)
        }
        Operation::InsertBack => Box::new(Comment::insert_all((1..=rows).map(new), db).await?),
    })
}

pub async fn call(call: Call, user: i64, post: i64, db: impl Executor<'_>) -> Result<Found> {
    Ok(match call {
        Call::Read => Box::new(User::get(user, db).await?),
        Call::HasMany => {
            let post = Post { id: post, user_id: user, title: String::new(), views: 0 };
            Box::new(post.comments().to_vec(db).await?)
        }
        Call::Eager => {
            let users = User::query().filter(|u| u.id.eq(user)).with(|u| u.posts.with(|p| p.comments));
            Box::new(users.to_vec(db).await?)
        }
        Call::Insert => {
            Comment::create().post_id(post).body("a new comment").score(user).insert(db).await?;
            Box::new(0_i64)
        }
    })
}
