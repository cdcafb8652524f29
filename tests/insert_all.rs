//! Many new rows at once: in order, all or nothing, and beyond every limit.

mod support;

use neko_orm::{Error, Model, schema};
use support::triggers::{leave_out, refuse};
use support::{counted, each, on_every_backend, recorded, recorded_with_control};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: Option<i64>,
    body: String,
    #[column(default = "'new'")]
    state: String,
}

on_every_backend! {
    /// On MySQL, by powers of two: 1000 are 512, 256, 128, 64, 32 and 8.
    async fn rows_come_back_in_the_given_order_from_one_statement(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let rows = (0..1000).map(|number| Comment::create().body(format!("body {number}")));
        let (comments, statements) = counted(Comment::insert_all(rows, &db)).await;
        assert_eq!(statements, each([1, 1, 6], &db));
        for (number, comment) in comments.iter().enumerate() {
            assert_eq!((comment.id, comment.body.as_str()), (number as i64 + 1, &*format!("body {number}")));
            assert_eq!(comment.state, "new");
        }
    }

    async fn nothing_is_sent_for_no_rows(db) {
        let rows = std::iter::empty::<&str>().map(|body| Comment::create().body(body));
        assert_eq!(counted(Comment::insert_all(rows, &db)).await, (Vec::new(), 0));
    }

    async fn more_rows_than_a_statement_can_have_arguments_are_inserted(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let rows = (0..40_000).map(|number| Comment::create().body(number.to_string()));
        let (comments, statements) = counted(Comment::insert_all(rows, &db)).await;
        assert_eq!((comments.len(), statements), (40_000, each([3, 1, 6], &db)));
        assert_eq!(Comment::query().count(&db).await.unwrap(), 40_000);
        assert!(comments.iter().enumerate().all(|(number, comment)| comment.body == number.to_string()));
    }

    async fn rows_that_set_other_columns_start_a_new_statement(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let rows = [
            Comment::create().body("a"),
            Comment::create().body("b").state("old"),
            Comment::create().body("c").id(77),
            Comment::create().body("d"),
        ];
        let (comments, statements) = counted(Comment::insert_all(rows, &db)).await;
        let found: Vec<_> = comments.iter().map(|c| (c.id, c.body.as_str(), c.state.as_str())).collect();
        // PostgreSQL does not count the keys that it is given.
        let last = each([78, 3, 78], &db);
        assert_eq!(found, [(1, "a", "new"), (2, "b", "old"), (77, "c", "new"), (last, "d", "new")]);
        assert_eq!(statements, 4);
    }

    async fn a_row_may_set_no_column_at_all(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let posts = Post::insert_all([Post::create(), Post::create()], &db).await.unwrap();
        assert_eq!(posts, [Post { id: 1 }, Post { id: 2 }]);
    }

    async fn all_rows_are_inserted_or_none(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let rows = [Comment::create().body("a"), Comment::create().body("b").post_id(9)];
        let (result, statements) = recorded(Comment::insert_all(rows, &db)).await;
        assert!(matches!(result.unwrap_err(), Error::ForeignKeyViolation(_)));
        assert_eq!(statements.len(), 1);
        assert_eq!(Comment::query().count(&db).await.unwrap(), 0);
    }

    async fn a_trigger_that_fails_half_way_leaves_no_row(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        refuse("INSERT", "comments", "new.body = 'bad'", &db).await;
        let rows = || ["a", "b", "bad"].map(|body| Comment::create().body(body));
        assert!(matches!(Comment::insert_all(rows(), &db).await.unwrap_err(), Error::Statement(_)));
        assert_eq!(Comment::query().count(&db).await.unwrap(), 0);

        let mut transaction = db.begin().await.unwrap();
        Comment::create().body("before").insert(&mut transaction).await.unwrap();
        Comment::insert_all(rows(), &mut transaction).await.unwrap_err();
        Comment::create().body("after").insert(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        let left = Comment::query().to_vec(&db).await.unwrap();
        assert_eq!(left.iter().map(|comment| comment.body.as_str()).collect::<Vec<_>>(), ["before", "after"]);
    }

    async fn a_trigger_that_ignores_rows_is_an_error_and_none_is_inserted(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        if !leave_out("INSERT", "comments", "new.body = 'bad'", &db).await {
            return;
        }
        let rows = ["a", "bad", "b"].map(|body| Comment::create().body(body));
        let error = Comment::insert_all(rows, &db).await.unwrap_err();
        assert!(matches!(error, Error::NotInserted { given: 3, inserted: 2, .. }), "{error}");
        let error = Comment::create().body("bad").insert(&db).await.unwrap_err();
        assert!(matches!(error, Error::NotInserted { given: 1, inserted: 0, .. }), "{error}");
        assert_eq!(Comment::query().count(&db).await.unwrap(), 0);
    }

    async fn several_rows_are_one_transaction(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let rows = ["a", "b"].map(|body| Comment::create().body(body));
        let (result, statements) = recorded_with_control(Comment::insert_all(rows, &db)).await;
        result.unwrap();
        assert_eq!((statements[0].as_str(), statements.len(), statements[2].as_str()), ("BEGIN", 3, "COMMIT"));
        let (_, statements) = recorded_with_control(Comment::create().body("c").insert(&db)).await;
        // Where a row is read by a second statement, it is there only if it can be read.
        assert_eq!(statements.len(), each([1, 1, 3], &db));
    }

    async fn a_relation_fills_the_foreign_key_of_each_row(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let post = Post::create().insert(&db).await.unwrap();
        let rows = ["a", "b"].map(|body| post.comments().create().body(body));
        let comments = Comment::insert_all(rows, &db).await.unwrap();
        assert!(comments.iter().all(|comment| comment.post_id == Some(post.id)));
    }
}
