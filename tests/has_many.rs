//! 1-to-many: the handle `post.comments()` and its verbs.

mod support;

use neko_orm::{Error, Model, schema};
use support::{counted, each, on_every_backend, one_of, recorded, recorded_with_control, run};

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
    body: String,
}

type Db = neko_orm::Pool;

async fn two_posts(db: &Db) -> (Post, Post) {
    schema::create::<(Post, Comment)>(db).await.unwrap();
    let mut posts = Post::insert_all(["a", "b"].map(|title| Post::create().title(title)), db).await.unwrap();
    let second = posts.pop().unwrap();
    (posts.pop().unwrap(), second)
}

async fn comments<const N: usize>(db: &Db) -> [Comment; N] {
    let rows = (0..N).map(|number| Comment::create().body(number.to_string()));
    Comment::insert_all(rows, db).await.unwrap().try_into().unwrap()
}

async fn stored(db: &Db) -> Vec<(i64, Option<i64>)> {
    Comment::query()
        .order_by(|c| c.id.asc())
        .to_vec(db)
        .await
        .unwrap()
        .into_iter()
        .map(|comment| (comment.id, comment.post_id))
        .collect()
}

on_every_backend! {
    async fn reading_verbs_see_only_the_related_rows_in_one_statement_each(db) {
        let (first, second) = two_posts(&db).await;
        let created = first.comments().create().body("x").insert(&db).await.unwrap();
        let later = first.comments().create().body("y").insert(&db).await.unwrap();
        Comment::create().body("stray").insert(&db).await.unwrap();

        let (found, statements) = recorded(first.comments().to_vec(&db)).await;
        assert_eq!(found.unwrap(), [created.clone(), later.clone()]);
        assert_eq!(
            statements,
            [r#"SELECT "comments"."id", "comments"."post_id", "comments"."body" FROM "comments" WHERE "comments"."post_id" = ?"#]
        );
        assert_eq!(counted(first.comments().first(&db)).await, (Some(created), 1));
        assert_eq!(counted(first.comments().count(&db)).await, (2, 1));
        assert_eq!(counted(first.comments().exists(&db)).await, (true, 1));
        assert_eq!(second.comments().to_vec(&db).await.unwrap(), []);
        assert_eq!(second.comments().first(&db).await.unwrap(), None);
        assert_eq!(second.comments().count(&db).await.unwrap(), 0);
        assert!(!second.comments().exists(&db).await.unwrap());

        let mut rows = first.comments().stream(&db);
        assert_eq!(rows.try_next().await.unwrap().unwrap().body, "x");
        assert_eq!(rows.try_next().await.unwrap().unwrap(), later);
        assert_eq!(rows.try_next().await.unwrap(), None);
    }

    async fn create_fills_the_foreign_key(db) {
        let (first, _) = two_posts(&db).await;
        let (comment, statements) = counted(first.comments().create().body("x").insert(&db)).await;
        assert_eq!((comment.post_id, statements), (Some(first.id), 1));
    }

    async fn a_handle_can_be_kept_and_copied(db) {
        let (first, _) = two_posts(&db).await;
        let comments = first.comments();
        comments.create().body("x").insert(&db).await.unwrap();
        assert_eq!(comments.clone().count(&db).await.unwrap(), 1);
        assert_eq!(comments.count(&db).await.unwrap(), 1);
    }

    async fn associate_writes_only_the_foreign_key_in_one_update(db) {
        let (first, _) = two_posts(&db).await;
        let [mut a] = comments(&db).await;
        let mut outdated = Comment { body: "changed in memory".into(), ..a.clone() };
        let (result, statements) = recorded(first.comments().associate(&mut outdated, &db)).await;
        result.unwrap();
        assert_eq!(
            statements,
            [r#"UPDATE "comments" SET "post_id" = ? WHERE "comments"."id" = ?"#]
        );
        assert_eq!(outdated.post_id, Some(first.id));
        a.refresh(&db).await.unwrap();
        assert_eq!(a, Comment { post_id: Some(first.id), body: "0".into(), id: 1 });
    }

    async fn associate_takes_many_in_every_form_in_one_update(db) {
        let (first, second) = two_posts(&db).await;
        let [mut a, mut b] = comments(&db).await;
        let (result, statements) = recorded_with_control(first.comments().associate([&mut a, &mut b], &db)).await;
        result.unwrap();
        let update = format!(r#"UPDATE "comments" SET "post_id" = ? WHERE ("comments"."id") {}"#, one_of(2, &db));
        let in_a_transaction = ["BEGIN", &update, "COMMIT"];
        assert_eq!(statements, each([&in_a_transaction[..], &[&update], &in_a_transaction], &db));
        assert_eq!(stored(&db).await, [(1, Some(1)), (2, Some(1))]);
        let mut all = vec![a, b];
        assert_eq!(counted(second.comments().associate(&mut all, &db)).await.1, 1);
        assert_eq!(counted(first.comments().associate(&mut all[..1], &db)).await.1, 1);
        assert_eq!(counted(first.comments().associate(all.iter_mut().collect::<Vec<_>>(), &db)).await.1, 1);
        let mut array: [Comment; 2] = all.try_into().unwrap();
        assert_eq!(counted(second.comments().associate(&mut array, &db)).await.1, 1);
        assert_eq!(stored(&db).await, [(1, Some(2)), (2, Some(2))]);
        assert!(array.iter().all(|comment| comment.post_id == Some(2)));
    }

    async fn associate_of_a_missing_row_names_it_and_changes_nothing(db) {
        let (first, _) = two_posts(&db).await;
        let [mut a, mut b, mut c] = comments(&db).await;
        b.delete(&db).await.unwrap();
        let error = first.comments().associate([&mut a, &mut b, &mut c], &db).await.unwrap_err();
        assert_eq!(error.to_string(), "no row of `comments` has the key 2");
        assert_eq!((a.post_id, b.post_id, c.post_id), (None, None, None));
        assert_eq!(stored(&db).await, [(1, None), (3, None)]);
        let error = first.comments().associate(&mut b, &db).await.unwrap_err();
        assert!(matches!(error, Error::NotFound { .. }));
        assert_eq!(b.post_id, None);
        c.delete(&db).await.unwrap();
        let error = first.comments().associate([&mut b, &mut c], &db).await.unwrap_err();
        assert_eq!(error.to_string(), "no row of `comments` has the key [2, 3]");
    }

    async fn a_target_given_twice_counts_once(db) {
        let (first, _) = two_posts(&db).await;
        let [mut a] = comments(&db).await;
        let mut twin = a.clone();
        first.comments().associate([&mut a, &mut twin], &db).await.unwrap();
        assert_eq!((a.post_id, twin.post_id), (Some(1), Some(1)));
        first.comments().dissociate([&mut a, &mut twin], &db).await.unwrap();
        assert_eq!((a.post_id, twin.post_id), (None, None));
    }

    async fn nothing_is_sent_for_no_targets(db) {
        let post = Post { id: 1, title: String::new() };
        let mut none: Vec<Comment> = Vec::new();
        assert_eq!(counted(post.comments().associate(&mut none, &db)).await.1, 0);
        assert_eq!(counted(post.comments().dissociate(&mut none, &db)).await.1, 0);
    }

    async fn dissociate_sets_null_and_deletes_nothing(db) {
        let (first, _) = two_posts(&db).await;
        let [mut a, mut b, mut c] = comments(&db).await;
        first.comments().associate([&mut a, &mut b, &mut c], &db).await.unwrap();
        let (result, statements) = recorded(first.comments().dissociate(&mut a, &db)).await;
        result.unwrap();
        assert_eq!(
            statements,
            [r#"UPDATE "comments" SET "post_id" = NULL WHERE "comments"."post_id" = ? AND "comments"."id" = ?"#]
        );
        assert_eq!(a.post_id, None);
        assert_eq!(counted(first.comments().dissociate([&mut b, &mut c], &db)).await.1, 1);
        assert_eq!(stored(&db).await, [(1, None), (2, None), (3, None)]);
    }

    async fn dissociate_of_a_stranger_names_it_and_changes_nothing(db) {
        let (first, second) = two_posts(&db).await;
        let [mut a, mut b, mut c] = comments(&db).await;
        first.comments().associate([&mut a, &mut b], &db).await.unwrap();
        second.comments().associate(&mut c, &db).await.unwrap();
        let error = first.comments().dissociate([&mut a, &mut b, &mut c], &db).await.unwrap_err();
        assert!(matches!(error, Error::NotAssociated { table: "comments", relation: "comments", .. }));
        assert_eq!(error.to_string(), "row 3 of `comments` is not associated by `comments`");
        assert_eq!((a.post_id, b.post_id, c.post_id), (Some(1), Some(1), Some(2)));
        assert_eq!(stored(&db).await, [(1, Some(1)), (2, Some(1)), (3, Some(2))]);
        assert!(first.comments().dissociate(&mut c, &db).await.is_err());
        assert_eq!(c.post_id, Some(2));
    }

    async fn dissociate_of_a_row_without_a_post_is_refused(db) {
        let (first, _) = two_posts(&db).await;
        let [mut a] = comments(&db).await;
        assert!(matches!(first.comments().dissociate(&mut a, &db).await, Err(Error::NotAssociated { .. })));
        assert!(matches!(first.comments().dissociate_in_memory(&mut a), Err(Error::NotAssociated { .. })));
        assert!(matches!(a.post_mut().dissociate(&first, &db).await, Err(Error::NotAssociated { .. })));
    }

    async fn a_row_whose_other_columns_cannot_be_read_is_still_named(db) {
        run("CREATE TABLE comments (id INTEGER PRIMARY KEY, post_id INTEGER, body INTEGER)", &db).await;
        run("INSERT INTO comments (id, body) VALUES (1, 7), (2, NULL)", &db).await;
        let mut all = [1, 2, 3].map(|id| Comment { id, post_id: None, body: String::new() });
        let post = Post { id: 1, title: String::new() };
        let error = post.comments().associate(&mut all, &db).await.unwrap_err();
        assert_eq!(error.to_string(), "no row of `comments` has the key 3");
    }

    async fn handles_show_what_they_lead_from(db) {
        drop(db);
        let post = Post { id: 7, title: String::new() };
        assert_eq!(format!("{:?}", post.comments()), "Query { origin: posts.comments of 7 }");
        let mut comment = Comment { id: 5, post_id: None, body: String::new() };
        assert_eq!(format!("{:?}", comment.post()), "Query { origin: comments.post of 5 }");
        assert_eq!(format!("{:?}", comment.post_mut()), "comments.post of 5");
    }

    async fn in_memory_forms_change_the_structs_and_send_nothing(db) {
        let (first, second) = two_posts(&db).await;
        let [mut a, mut b] = comments(&db).await;
        let ((), statements) = recorded(async { first.comments().associate_in_memory([&mut a, &mut b]) }).await;
        assert_eq!((a.post_id, b.post_id, statements.len()), (Some(1), Some(1), 0));
        assert_eq!(stored(&db).await, [(1, None), (2, None)]);
        a.save(&db).await.unwrap();
        assert_eq!(stored(&db).await, [(1, Some(1)), (2, None)]);

        second.comments().associate_in_memory(&mut b);
        let error = first.comments().dissociate_in_memory([&mut a, &mut b]).unwrap_err();
        assert_eq!(error.to_string(), "row 2 of `comments` is not associated by `comments`");
        assert_eq!((a.post_id, b.post_id), (Some(1), Some(2)));
        first.comments().dissociate_in_memory(&mut a).unwrap();
        assert_eq!(a.post_id, None);
        a.save(&db).await.unwrap();
        assert_eq!(stored(&db).await[0], (1, None));
    }

    async fn many_targets_are_still_one_update(db) {
        let (first, _) = two_posts(&db).await;
        let rows = (0..40_000).map(|number| Comment::create().body(number.to_string()));
        let mut all = Comment::insert_all(rows, &db).await.unwrap();
        // MySQL takes no more than 65,535 values in one statement.
        let statements = each([1, 1, 2], &db);
        assert_eq!(counted(first.comments().associate(&mut all, &db)).await.1, statements);
        assert_eq!(first.comments().count(&db).await.unwrap(), 40_000);
        assert_eq!(counted(first.comments().dissociate(&mut all, &db)).await.1, statements);
        assert_eq!(first.comments().count(&db).await.unwrap(), 0);
    }
}
