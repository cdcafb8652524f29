//! Many-to-1: the handles `comment.post()` and `comment.post_mut()` and their verbs.

mod support;

use neko_orm::{Error, Model, schema};
use support::{counted, on_every_backend, recorded};

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post, post_id = "id")]
struct Comment {
    id: i64,
    post_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Attachment {
    id: i64,
    post_id: i64,
}

type Db = neko_orm::Pool;

async fn two_posts(db: &Db) -> (Post, Post) {
    schema::create::<(Post, Comment, Attachment)>(db).await.unwrap();
    let first = Post::create().title("a").insert(db).await.unwrap();
    (first, Post::create().title("b").insert(db).await.unwrap())
}

on_every_backend! {
    async fn get_returns_an_option_where_the_foreign_key_is_one(db) {
        let (first, _) = two_posts(&db).await;
        let comment = Comment::create().post_id(first.id).insert(&db).await.unwrap();
        let (found, statements) = recorded(comment.post().get(&db)).await;
        let found: Option<Post> = found.unwrap();
        assert_eq!(found, Some(first));
        assert_eq!(
            statements,
            [r#"SELECT "posts"."id", "posts"."title" FROM "posts" WHERE "posts"."id" = ?"#]
        );
    }

    async fn nothing_is_sent_for_a_null_foreign_key(db) {
        let comment = Comment { id: 1, post_id: None };
        assert_eq!(counted(comment.post().get(&db)).await, (None, 0));
        assert_eq!(counted(comment.post().to_vec(&db)).await, (Vec::new(), 0));
        assert_eq!(counted(comment.post().first(&db)).await, (None, 0));
        assert_eq!(counted(comment.post().count(&db)).await, (0, 0));
        assert_eq!(counted(comment.post().exists(&db)).await, (false, 0));
        assert_eq!(counted(async { comment.post().stream(&db).try_next().await }).await, (None, 0));
    }

    async fn get_returns_the_target_itself_where_the_foreign_key_is_required(db) {
        let (first, _) = two_posts(&db).await;
        let attachment = Attachment::create().post_id(first.id).insert(&db).await.unwrap();
        let found: Post = attachment.post().get(&db).await.unwrap();
        assert_eq!(found, first);
    }

    async fn a_required_target_that_is_missing_is_an_error_that_names_both(db) {
        two_posts(&db).await;
        let error = Attachment { id: 5, post_id: 77 }.post().get(&db).await.unwrap_err();
        assert!(matches!(error, Error::MissingTarget { .. }));
        assert_eq!(error.to_string(), "`post` of row 5 of `attachments`: no row of `posts` has the key 77");
        assert_eq!(Comment { id: 5, post_id: Some(77) }.post().get(&db).await.unwrap(), None);
    }

    async fn associate_writes_only_the_foreign_key_of_the_source(db) {
        let (first, second) = two_posts(&db).await;
        let mut comment = Comment::create().insert(&db).await.unwrap();
        let (result, statements) = recorded(comment.post_mut().associate(&first, &db)).await;
        result.unwrap();
        assert_eq!(
            statements,
            [r#"UPDATE "comments" SET "post_id" = ? WHERE "comments"."id" = ?"#]
        );
        assert_eq!(comment.post_id, Some(first.id));
        let mut attachment = Attachment::create().post_id(first.id).insert(&db).await.unwrap();
        attachment.post_mut().associate(&second, &db).await.unwrap();
        assert_eq!(attachment.post_id, second.id);
        assert_eq!(Attachment::get(1, &db).await.unwrap(), attachment);
        assert_eq!(Comment::get(1, &db).await.unwrap(), comment);
    }

    async fn a_source_without_a_row_is_not_found_and_stays_as_it_is(db) {
        let (first, _) = two_posts(&db).await;
        let mut ghost = Comment { id: 9, post_id: None };
        let error = ghost.post_mut().associate(&first, &db).await.unwrap_err();
        assert_eq!(error.to_string(), "no row of `comments` has the key 9");
        assert!(matches!(ghost.post_mut().unlink(&db).await.unwrap_err(), Error::NotFound { .. }));
        assert!(matches!(ghost.post_mut().dissociate(&first, &db).await.unwrap_err(), Error::NotAssociated { .. }));
        assert_eq!(ghost.post_id, None);
    }

    async fn a_target_without_a_row_is_a_foreign_key_violation(db) {
        two_posts(&db).await;
        let mut comment = Comment::create().insert(&db).await.unwrap();
        let ghost = Post { id: 99, title: String::new() };
        let error = comment.post_mut().associate(&ghost, &db).await.unwrap_err();
        assert!(matches!(error, Error::ForeignKeyViolation(_)));
        assert_eq!(comment.post_id, None);
    }

    async fn dissociate_wants_the_right_target(db) {
        let (first, second) = two_posts(&db).await;
        let mut comment = Comment::create().post_id(first.id).insert(&db).await.unwrap();
        let error = comment.post_mut().dissociate(&second, &db).await.unwrap_err();
        assert_eq!(error.to_string(), "row 1 of `comments` is not associated by `post`");
        assert_eq!(comment.post_id, Some(first.id));
        assert_eq!(counted(comment.post_mut().dissociate(&first, &db)).await.1, 1);
        assert_eq!(comment.post_id, None);
        assert_eq!(Comment::get(1, &db).await.unwrap(), comment);
        assert_eq!(Post::query().count(&db).await.unwrap(), 2);
    }

    async fn the_row_decides_whether_it_is_associated(db) {
        let (first, second) = two_posts(&db).await;
        let mut comment = Comment::create().post_id(first.id).insert(&db).await.unwrap();
        let mut outdated = comment.clone();
        comment.post_mut().associate(&second, &db).await.unwrap();
        assert!(outdated.post_mut().dissociate(&first, &db).await.is_err());
        outdated.post_mut().dissociate(&second, &db).await.unwrap();
        assert_eq!(outdated.post_id, None);
    }

    async fn unlink_needs_no_target(db) {
        let (first, _) = two_posts(&db).await;
        let mut comment = Comment::create().post_id(first.id).insert(&db).await.unwrap();
        let (result, statements) = recorded(comment.post_mut().unlink(&db)).await;
        result.unwrap();
        assert_eq!(
            statements,
            [r#"UPDATE "comments" SET "post_id" = NULL WHERE "comments"."id" = ?"#]
        );
        assert_eq!(comment.post_id, None);
        comment.post_mut().unlink(&db).await.unwrap();
    }

    async fn in_memory_forms_change_the_struct_and_send_nothing(db) {
        let (first, second) = two_posts(&db).await;
        let mut comment = Comment::create().insert(&db).await.unwrap();
        comment.post_mut().associate_in_memory(&first);
        assert_eq!(comment.post_id, Some(first.id));
        assert!(matches!(comment.post_mut().dissociate_in_memory(&second), Err(Error::NotAssociated { .. })));
        comment.post_mut().dissociate_in_memory(&first).unwrap();
        assert_eq!(comment.post_id, None);
        assert!(comment.post_mut().dissociate_in_memory(&first).is_err());
        comment.post_mut().associate_in_memory(&first);
        comment.post_mut().unlink_in_memory();
        assert_eq!(comment.post_id, None);
        assert_eq!(Comment::get(1, &db).await.unwrap().post_id, None);
    }
}
