//! Updates and deletes of all rows of a query, and of columns of one row.

mod support;

use neko_orm::{Error, Model, schema};
use support::triggers::refuse;
use support::{counted, each, on_every_backend, recorded, recorded_with_control};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
    title: String,
    rating: i32,
    subtitle: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: Option<i64>,
    is_spam: bool,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Self as part_of)]
#[has_many(Self as parts, id = "part_of_id")]
struct Item {
    id: i64,
    part_of_id: Option<i64>,
    amount: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Weight {
    id: i64,
    single: f32,
    double: Option<f64>,
}

async fn blog(db: &neko_orm::Pool) -> Vec<Post> {
    schema::create::<(Post, Comment)>(db).await.unwrap();
    let posts = [("a", 5), ("b", 3), ("c", 0)].map(|(title, rating)| Post::create().title(title).rating(rating));
    let posts = Post::insert_all(posts, db).await.unwrap();
    let comments = [(1, true), (1, false), (2, true)].map(|(post, spam)| Comment::create().post_id(post).is_spam(spam));
    Comment::insert_all(comments, db).await.unwrap();
    posts
}

async fn ratings(db: &neko_orm::Pool) -> Vec<i32> {
    Post::query().order_by(|p| p.id.asc()).select(|p| p.rating).to_vec(db).await.unwrap()
}

on_every_backend! {
    async fn an_update_changes_the_rows_of_the_query(db) {
        blog(&db).await;
        let (result, statements) = recorded(Post::query().filter(|p| p.rating.lt(4)).update(|p| p.rating.set(4), &db)).await;
        assert_eq!(result.unwrap(), 2);
        assert_eq!(statements, [r#"UPDATE "posts" SET "rating" = ? WHERE "posts"."rating" < ?"#]);
        assert_eq!(ratings(&db).await, [5, 4, 4]);
        let set = Post::query().filter(|p| p.comments.any(|c| c.is_spam.eq(true)));
        let n = set.update(|p| (p.title.set("spammed"), p.rating.set(p.rating - 1), p.subtitle.set(p.title)), &db).await.unwrap();
        assert_eq!((n, ratings(&db).await), (2, vec![4, 3, 4]));
        assert_eq!(Post::get(1, &db).await.unwrap(), Post { id: 1, title: "spammed".into(), rating: 4, subtitle: Some("a".into()) });
        let n = Post::query().filter(|p| p.id.eq(1)).update(|p| p.subtitle.set(None), &db).await.unwrap();
        assert_eq!((n, Post::get(1, &db).await.unwrap().subtitle), (1, None));
        let post = Post::get(1, &db).await.unwrap();
        assert_eq!(post.comments().update(|c| c.is_spam.set(true), &db).await.unwrap(), 2);
        assert_eq!(counted(Post::query().filter(|_| false).update(|p| p.rating.set(9), &db)).await, (0, 0));
        assert_eq!(counted(Post::query().update(|_| Vec::new(), &db)).await, (0, 0));
        let last = Post::query().filter(|p| p.id.eq(2)).update(|p| (p.rating.set(1), p.rating.set(2)), &db).await.unwrap();
        assert_eq!((last, ratings(&db).await[1]), (1, 2));
    }

    async fn a_range_and_a_place_count_for_changes(db) {
        let posts = blog(&db).await;
        let worst = Post::query().order_by(|p| p.rating.asc()).limit(2);
        assert_eq!(worst.update(|p| p.rating.set(p.rating * 10 + 1), &db).await.unwrap(), 2);
        assert_eq!(ratings(&db).await, [5, 31, 1]);
        assert_eq!(Post::query().after(&posts[1]).delete(&db).await.unwrap(), 1);
        assert_eq!(Post::query().offset(2).delete(&db).await.unwrap(), 0);
        assert_eq!(ratings(&db).await, [5, 31]);
    }

    async fn a_delete_removes_the_rows_of_the_query(db) {
        let posts = blog(&db).await;
        let (result, statements) = recorded(posts[0].comments().filter(|c| c.is_spam.eq(true)).delete(&db)).await;
        assert_eq!(result.unwrap(), 1);
        assert_eq!(statements, [r#"DELETE FROM "comments" WHERE "comments"."post_id" = ? AND "comments"."is_spam" = ?"#]);
        assert_eq!(posts[0].comments().delete(&db).await.unwrap(), 1);
        assert_eq!(posts[1].comments().count(&db).await.unwrap(), 1);
        let error = Post::query().filter(|p| p.id.lt(9)).delete(&db).await.unwrap_err();
        assert!(matches!(error, Error::ForeignKeyViolation(_)), "{error}");
        assert_eq!(Post::query().count(&db).await.unwrap(), 3);
        let comment = Comment::query().first(&db).await.unwrap().unwrap();
        let error = comment.post().delete(&db).await.unwrap_err();
        assert!(matches!(error, Error::ForeignKeyViolation(_)), "{error}");
        comment.delete(&db).await.unwrap();
        assert_eq!(Post::query().filter(|p| p.id.is_in([1, 2])).delete(&db).await.unwrap(), 2);
    }

    async fn every_row_is_changed_only_when_asked_for(db) {
        blog(&db).await;
        let title: Option<String> = None;
        let unfiltered = [
            Post::query(),
            Post::query().filter(|_| true),
            Post::query().filter(|p| title.map(|title| p.title.eq(title))),
            Post::query().order_by(|p| p.id.asc()),
        ];
        for query in unfiltered {
            let (result, statements) = recorded(query.update(|p| p.rating.set(0), &db)).await;
            assert!(matches!(result, Err(Error::Unfiltered { table: "posts" })));
            assert!(statements.is_empty());
            assert!(matches!(query.delete(&db).await, Err(Error::Unfiltered { table: "posts" })));
        }
        assert_eq!(Post::query().all_rows().update(|p| p.rating.set(0), &db).await.unwrap(), 3);
        assert_eq!(Comment::query().all_rows().delete(&db).await.unwrap(), 3);
        assert_eq!(Post::query().all_rows().delete(&db).await.unwrap(), 3);
    }

    async fn all_rows_are_changed_or_none(db) {
        blog(&db).await;
        refuse("UPDATE", "posts", "new.id = 2", &db).await;
        let (result, statements) = recorded_with_control(Post::query().all_rows().update(|p| p.rating.set(7), &db)).await;
        assert!(result.is_err());
        // On SQLite, a trigger can keep what was written before it fails.
        assert_eq!(statements.len(), each([2, 1, 1], &db), "{statements:?}");
        assert_eq!(ratings(&db).await, [5, 3, 0]);
        let mut transaction = db.begin().await.unwrap();
        assert!(Post::query().all_rows().update(|p| p.rating.set(7), &mut transaction).await.is_err());
        assert_eq!(Post::query().filter(|p| p.id.eq(3)).update(|p| p.rating.set(7), &mut transaction).await.unwrap(), 1);
        transaction.commit().await.unwrap();
        assert_eq!(ratings(&db).await, [5, 3, 7]);
    }

    async fn a_value_that_does_not_fit_is_refused(db) {
        let mut posts = blog(&db).await;
        let before = posts[0].clone();
        let refusal = each(["integer overflow", "out of range", "out of range"], &db);
        let error = posts[0].update(|p| (p.title.set("x"), p.rating.set(p.rating + i32::MAX)), &db).await.unwrap_err();
        assert!(error.to_string().to_lowercase().contains(refusal), "{error}");
        assert_eq!((posts[0].clone(), Post::get(1, &db).await.unwrap()), (before.clone(), before.clone()));
        let error = Post::query().all_rows().update(|p| p.rating.set(p.rating * 1_000_000_000), &db).await.unwrap_err();
        assert!(error.to_string().to_lowercase().contains(refusal), "{error}");
        let error = Post::query().filter(|p| p.id.eq(1)).update(|p| p.id.set(p.id + i64::MAX), &db).await.unwrap_err();
        assert!(error.to_string().to_lowercase().contains(refusal), "{error}");
        assert_eq!(Post::query().order_by(|p| p.id.asc()).to_vec(&db).await.unwrap(), posts);
        assert_eq!(Post::query().all_rows().update(|p| p.rating.set(p.rating - 6), &db).await.unwrap(), 3);
        assert_eq!(ratings(&db).await, [-1, -3, -6]);
    }

    async fn floats_that_do_not_fit_are_refused_too(db) {
        schema::create::<Weight>(&db).await.unwrap();
        let weight = Weight::create().single(3e38_f32).double(1e308).insert(&db).await.unwrap();
        let all = Weight::query().all_rows();
        assert!(all.update(|w| w.single.set(w.single * 10.0_f32), &db).await.is_err());
        assert!(all.update(|w| w.double.set(w.double * 10.0), &db).await.is_err());
        assert_eq!(all.one(&db).await.unwrap(), weight);
        assert_eq!(all.update(|w| (w.single.set(w.single * 0.5_f32), Some(w.double.set(None))), &db).await.unwrap(), 1);
        assert_eq!(all.one(&db).await.unwrap().double, None);
    }

    async fn an_update_reads_all_rows_before_it_writes_any(db) {
        schema::create::<Item>(&db).await.unwrap();
        Item::insert_all([(None, 1), (Some(1), 2), (Some(2), 3)].map(|(of, n)| Item::create().part_of_id(of).amount(n)), &db).await.unwrap();
        Item::query().all_rows().update(|i| i.amount.set(i.parts.sum(|p| p.amount)), &db).await.unwrap();
        let amounts = Item::query().order_by(|i| i.id.asc()).select(|i| i.amount).to_vec(&db).await.unwrap();
        assert_eq!(amounts, [2, 3, 0]);
    }

    async fn one_row_is_updated_with_its_struct(db) {
        blog(&db).await;
        let mut post = Post::get(1, &db).await.unwrap();
        Post::query().filter(|p| p.id.eq(1)).update(|p| p.rating.set(p.rating + 10), &db).await.unwrap();
        post.subtitle = Some("not saved".into());
        let (result, statements) = recorded(post.update(|p| (p.title.set("New"), p.rating.set(p.rating + 1)), &db)).await;
        result.unwrap();
        assert_eq!(
            statements,
            each(
                [
                    vec![
                        r#"UPDATE "posts" SET "title" = ?, "rating" = CASE WHEN ("posts"."rating" + ?) NOT BETWEEN ? AND ? THEN abs(-9223372036854775807 - 1) ELSE ("posts"."rating" + ?) END WHERE "posts"."id" = ? RETURNING "posts"."title", "posts"."rating""#,
                    ],
                    vec![
                        r#"UPDATE "posts" SET "title" = ?, "rating" = ("posts"."rating" + ?) WHERE "posts"."id" = ? RETURNING "posts"."title", "posts"."rating""#,
                    ],
                    vec![
                        r#"UPDATE "posts" JOIN (SELECT "posts"."id" AS "neko 0", ? AS "neko 1", ("posts"."rating" + ?) AS "neko 2" FROM "posts" WHERE "posts"."id" = ? ORDER BY "posts"."id" ASC LIMIT ?) AS "neko changed" ON "posts"."id" = "neko changed"."neko 0" SET "posts"."title" = "neko changed"."neko 1", "posts"."rating" = "neko changed"."neko 2""#,
                        r#"SELECT "posts"."title", "posts"."rating" FROM "posts" WHERE "posts"."id" = ?"#,
                    ],
                ],
                &db,
            )
        );
        assert_eq!(post, Post { id: 1, title: "New".into(), rating: 16, subtitle: Some("not saved".into()) });
        assert_eq!(Post::get(1, &db).await.unwrap(), Post { subtitle: None, ..post.clone() });
        post.update(|p| p.id.set(99), &db).await.unwrap_err();
        Comment::query().all_rows().delete(&db).await.unwrap();
        post.update(|p| p.id.set(99), &db).await.unwrap();
        assert_eq!(post.id, 99);
        post.delete(&db).await.unwrap();
        let before = post.clone();
        let error = post.update(|p| p.title.set("gone"), &db).await.unwrap_err();
        assert!(matches!(error, Error::NotFound { .. }), "{error}");
        assert_eq!(post, before);
    }
}
