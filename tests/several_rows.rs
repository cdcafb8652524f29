//! Verbs on several rows: all of them or none, also where others write them meanwhile, and where the table has triggers or rules.

mod support;

use std::time::Duration;

use neko_orm::{Error, Model, Pool, schema};
use support::{each, on_every_backend, run, triggers, with_connection};

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

on_every_backend! {
    async fn a_row_that_is_deleted_while_a_call_waits_for_it_leaves_the_others_as_they_were(db) {
        for lends in [false, true] {
            let Some((waited, post, comments)) = meet(lends, Meeting::Deleted, &db).await else { return };
            assert_eq!(waited.unwrap_err().to_string(), format!("no row of `comments` has the key {}", comments[1].id));
            assert_eq!(post.comments().count(&db).await.unwrap(), 0);
        }
    }

    async fn a_row_that_is_released_while_a_call_waits_for_it_leaves_the_others_as_they_were(db) {
        for lends in [false, true] {
            let Some((waited, post, comments)) = meet(lends, Meeting::Released, &db).await else { return };
            let released = comments[1].id;
            assert!(matches!(waited, Err(Error::NotAssociated { ref key, .. }) if *key == released.to_string()), "{waited:?}");
            assert_eq!(post.comments().count(&db).await.unwrap(), 2);
        }
    }

    async fn a_row_that_is_changed_while_a_call_waits_for_it_is_changed_again(db) {
        for lends in [false, true] {
            let Some((waited, post, _)) = meet(lends, Meeting::Changed, &db).await else { return };
            waited.unwrap();
            assert_eq!(post.comments().count(&db).await.unwrap(), 3);
        }
    }

    async fn a_row_that_a_trigger_leaves_out_leaves_the_others_as_they_were(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let post = Post::create().title("a").insert(&db).await.unwrap();
        let mut comments = Comment::insert_all((0..3).map(|_| Comment::create()), &db).await.unwrap();
        if !triggers::leave_out("UPDATE", "comments", "new.id = 2", &db).await {
            return;
        }
        post.comments().associate(&mut comments, &db).await.unwrap_err();
        with_connection!(&db, |connection| {
            post.comments().associate(&mut comments, &mut connection).await.unwrap_err();
        });
        let mut transaction = db.begin().await.unwrap();
        post.comments().associate(&mut comments, &mut transaction).await.unwrap_err();
        assert_eq!(post.comments().count(&mut transaction).await.unwrap(), 0);
        let [first, _, third] = &mut comments[..] else { unreachable!() };
        post.comments().associate([first, third], &mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(post.comments().count(&db).await.unwrap(), 2);
    }

    async fn a_table_may_have_rules(db) {
        if each([true, false, true], &db) {
            return;
        }
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let post = Post::create().title("a").insert(&db).await.unwrap();
        let mut comments = Comment::insert_all((0..2).map(|_| Comment::create()), &db).await.unwrap();
        let logs = "CREATE TABLE log (id BIGINT); CREATE RULE logs AS ON UPDATE TO comments DO ALSO INSERT INTO log VALUES (new.id)";
        run(logs, &db).await;
        post.comments().associate(&mut comments, &db).await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        post.comments().dissociate(&mut comments, &mut transaction).await.unwrap();
        post.comments().associate(&mut comments, &mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        let mut ghost = Comment { id: 9, post_id: None };
        let error = post.comments().associate([&mut comments[0], &mut ghost], &db).await.unwrap_err();
        assert_eq!(error.to_string(), "no row of `comments` has the key 9");
        assert_eq!(post.comments().count(&db).await.unwrap(), 2);
    }
}

/// What becomes of a row while a call waits for it.
#[derive(Clone, Copy)]
enum Meeting {
    Deleted,
    Released,
    Changed,
}

/// A call on three comments meets a transaction that has written the second one, and waits for it to end. `None` on SQLite, where one writes
/// at a time.
async fn meet(lends: bool, meeting: Meeting, db: &Pool) -> Option<(neko_orm::Result<()>, Post, Vec<Comment>)> {
    if each([true, false, false], db) {
        return None;
    }
    if !lends {
        schema::create::<(Post, Comment)>(db).await.unwrap();
    }
    let post = Post::create().title("a").insert(db).await.unwrap();
    let other = Post::create().title("b").insert(db).await.unwrap();
    let own = matches!(meeting, Meeting::Released).then_some(post.id);
    let comments = Comment::insert_all((0..3).map(|_| Comment::create().post_id(own)), db).await.unwrap();
    let mut holder = db.begin().await.unwrap();
    let mut second = comments[1].clone();
    match meeting {
        Meeting::Deleted => second.delete(&mut holder).await.unwrap(),
        Meeting::Released => post.comments().dissociate(&mut second, &mut holder).await.unwrap(),
        Meeting::Changed => other.comments().associate(&mut second, &mut holder).await.unwrap(),
    }
    let waiting = tokio::spawn({
        let (db, post, mut rows) = (db.clone(), post.clone(), comments.clone());
        async move {
            match (lends, meeting) {
                (false, Meeting::Released) => post.comments().dissociate(&mut rows, &db).await,
                (false, _) => post.comments().associate(&mut rows, &db).await,
                (true, Meeting::Released) => {
                    with_connection!(&db, |db| { post.comments().dissociate(&mut rows, &mut db).await })
                }
                (true, _) => with_connection!(&db, |db| { post.comments().associate(&mut rows, &mut db).await }),
            }
        }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished(), "it has not waited");
    holder.commit().await.unwrap();
    Some((waiting.await.unwrap(), post, comments))
}
