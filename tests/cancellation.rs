//! Calls that are dropped before they are ready: all or nothing is done, and the connection is as good as before.

mod support;

use std::task::{Context, Waker};
use std::time::Duration;

use neko_orm::{Model, schema};
use support::on_every_driver;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: Option<i64>,
}

/// Whether a dropped call leaves a transaction that was lent in use. On MySQL, sqlx 0.9 loses its place where a statement is being
/// prepared.
trait Resumes {
    const RESUMES: bool;
}

impl Resumes for sqlx::SqlitePool {
    const RESUMES: bool = true;
}

impl Resumes for sqlx::PgPool {
    const RESUMES: bool = true;
}

impl Resumes for sqlx::MySqlPool {
    const RESUMES: bool = false;
}

on_every_driver! {
    async fn a_dropped_call_does_all_or_nothing_on_a_pool(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let (mut completed, mut polls) = (0, 0);
        // However slow the database is: until calls are polled to their end, and the two ends have met.
        while polls < 60 || completed == 0 {
            completed += usize::from(poll(Post::insert_all(six(polls), &db), polls));
            let rows = Post::query().count(&db).await.unwrap();
            assert_eq!(rows % 6, 0, "{rows} rows");
            polls += 1;
        }
        let before = Post::query().count(&db).await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        Post::create().title("last").insert(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(Post::query().count(&db).await.unwrap(), before + 1);
    }

    async fn a_dropped_verb_on_several_rows_changes_all_or_none(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let post = Post::create().title("a").insert(&db).await.unwrap();
        let mut comments = Comment::insert_all((0..6).map(|_| Comment::create()), &db).await.unwrap();
        let (mut completed, mut polls) = (0, 0);
        while polls < 40 || completed == 0 {
            completed += usize::from(poll(post.comments().associate(&mut comments, &db), polls));
            let mut connection = db.acquire().await.unwrap();
            poll(post.comments().associate(&mut comments, &mut connection), polls / 2);
            drop(connection);
            let rows = post.comments().count(&db).await.unwrap();
            assert!(rows == 0 || rows == 6, "{rows} rows");
            Comment::query().all_rows().update(|c| c.post_id.set(None), &db).await.unwrap();
            polls += 1;
        }
    }

    async fn a_dropped_call_leaves_the_callers_transaction_alone(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let (mut kept, mut completed) = (0, 0);
        for round in 0..120 {
            let polls = round % (40 + round / 2);
            let mut transaction = db.begin().await.unwrap();
            Post::create().title("before").insert(&mut transaction).await.unwrap();
            let is_ready = poll(Post::insert_all(six(round), &mut transaction), polls);
            completed += usize::from(is_ready);
            if !is_ready && !Db::RESUMES {
                drop(transaction);
                assert_eq!(Post::query().count(&db).await.unwrap(), kept);
                continue;
            }
            Post::create().title("after").insert(&mut transaction).await.unwrap();
            let inside = Post::query().count(&mut transaction).await.unwrap();
            assert!(inside == kept + 2 || inside == kept + 8, "{inside} rows after {kept}");
            if round % 2 == 0 {
                transaction.commit().await.unwrap();
                kept = inside;
            } else {
                transaction.rollback().await.unwrap();
            }
            assert_eq!(Post::query().count(&db).await.unwrap(), kept);
        }
        assert!(completed > 0, "no call was polled to its end");
    }

    /// A transaction that is begun and dropped must not stay open on a connection that goes back to the pool: what is written by the next
    /// one would never be committed.
    async fn hundreds_of_dropped_calls_leave_no_transaction_open(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let post = Post::create().title("a").insert(&db).await.unwrap();
        for round in 0..200 {
            let polls = 1 + round % 12;
            poll(Post::insert_all(six(round), &db), polls);
            poll(Post::query().with(|p| p.comments).to_vec(&db), polls);
            poll(neko_orm::Pool::from(db.clone()).begin(), polls);
            let mut connection = db.acquire().await.unwrap();
            poll(Post::insert_all(six(1000 + round), &mut connection), polls);
            drop(connection);
            // Seen by all connections, not only by the one that wrote.
            let comment = post.comments().create().insert(&db).await.unwrap();
            let mut idle: Vec<_> = std::iter::from_fn(|| db.try_acquire()).collect();
            for connection in &mut idle {
                assert!(Comment::find(comment.id, connection).await.unwrap().is_some(), "round {round}");
            }
        }
        assert_eq!(Comment::query().count(&db).await.unwrap(), 200);
    }
}

/// Six rows, of which every other sets its key: a statement for each.
fn six(round: usize) -> Vec<impl neko_orm::Complete<Model = Post>> {
    let key = |number: i64| 1_000_000_000 + round as i64 * 1000 + number;
    let post = |number: i64| {
        let post = Post::create().title(number.to_string());
        if number % 2 == 0 { post.id(key(number)) } else { post }
    };
    (0..6).map(post).collect()
}

/// Polls a call so many times, with time between for the database to answer, drops it, and says whether it was ready.
fn poll(call: impl Future, times: usize) -> bool {
    let mut call = std::pin::pin!(call);
    let mut context = Context::from_waker(Waker::noop());
    (0..times).any(|_| {
        let is_ready = call.as_mut().poll(&mut context).is_ready();
        std::thread::sleep(Duration::from_micros(200));
        is_ready
    })
}
