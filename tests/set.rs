//! 1-to-many: `post.comments().set(..)` makes rows the only ones of a post.

mod support;

use neko_orm::{Changes, Error, Model, Query, schema};
use support::triggers::{leave_out, refuse};
use support::{TempFile, counted, each, on_every_backend, one_of, recorded, recorded_with_control, run};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
#[has_many(Comment as released, id = "post_id", on_replace = set_null)]
#[has_many(Comment as deleted, id = "post_id", on_replace = delete)]
#[has_many(Comment as public, id = "post_id", on_replace = set_null, scope = public)]
#[has_many(Comment as refusing, id = "post_id", on_replace = refuse)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: Option<i64>,
    position: i64,
    #[column(default = "false")]
    hidden: bool,
}

fn public(comments: Query<Comment>) -> Query<Comment> {
    comments.filter(|c| c.hidden.eq(false)).order_by(|c| c.position.desc())
}

/// Members are never NULL; those who have left are not seen.
#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Member, on_replace = delete)]
struct Club {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = active)]
struct Member {
    #[key]
    country: String,
    #[key]
    number: i64,
    club_id: i64,
    #[column(default = "true")]
    active: bool,
}

fn active(members: Query<Member>) -> Query<Member> {
    members.filter(|m| m.active.eq(true))
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Photo, morph = owner, on_replace = set_null)]
struct Album {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Photo, morph = owner, on_replace = delete)]
struct Person {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Owner { Album, Person })]
struct Photo {
    id: i64,
    owner_id: Option<i64>,
    owner_type: Option<String>,
}

type Db = neko_orm::Pool;

async fn posts(db: &Db) -> [Post; 2] {
    schema::create::<(Post, Comment)>(db).await.unwrap();
    Post::insert_all([Post::create(), Post::create()], db).await.unwrap().try_into().unwrap()
}

/// Comments of the first post, at positions from 1.
async fn comments<const N: usize>(post: &Post, db: &Db) -> [Comment; N] {
    let rows = (1..=N).map(|n| post.comments().create().position(n as i64));
    Comment::insert_all(rows, db).await.unwrap().try_into().unwrap()
}

async fn stored(db: &Db) -> Vec<(i64, Option<i64>)> {
    let comments = Comment::query().order_by(|c| c.id.asc()).to_vec(db).await.unwrap();
    comments.into_iter().map(|comment| (comment.id, comment.post_id)).collect()
}

fn changes<const A: usize, const D: usize>(associated: [i64; A], dissociated: [i64; D]) -> Changes<i64> {
    Changes { associated: associated.into(), dissociated: dissociated.into() }
}

on_every_backend! {
    async fn set_writes_only_the_difference(db) {
        let [first, second] = posts(&db).await;
        let [mut a, mut b, c] = comments(&first, &db).await;
        let mut d = second.comments().create().position(9).insert(&db).await.unwrap();
        let (result, statements) = recorded_with_control(first.released().set([&mut d, &mut b, &mut a], &db)).await;
        assert_eq!(result.unwrap(), changes([4], [3]));
        assert_eq!(
            statements,
            [
                "BEGIN",
                r#"SELECT "comments"."id" FROM "comments" WHERE "comments"."post_id" = ?"#,
                r#"UPDATE "comments" SET "post_id" = NULL WHERE "comments"."post_id" = ? AND "comments"."id" = ?"#,
                r#"UPDATE "comments" SET "post_id" = ? WHERE "comments"."id" = ?"#,
                "COMMIT",
            ]
        );
        assert_eq!((a.post_id, b.post_id, c.post_id, d.post_id), (Some(1), Some(1), Some(1), Some(1)));
        assert_eq!(stored(&db).await, [(1, Some(1)), (2, Some(1)), (3, None), (4, Some(1))]);

        let (result, statements) = recorded(first.released().set([&mut a, &mut b, &mut d], &db)).await;
        assert_eq!((result.unwrap().is_empty(), statements.len()), (true, 1));
        assert!(statements[0].starts_with("SELECT"));
    }

    async fn every_form_of_targets_is_taken(db) {
        let [first, second] = posts(&db).await;
        let [mut a, b] = comments(&first, &db).await;
        assert_eq!(first.released().set(&mut a, &db).await.unwrap(), changes([], [2]));
        let mut all = vec![a, b];
        assert_eq!(second.released().set(&mut all, &db).await.unwrap(), changes([1, 2], []));
        assert_eq!(second.released().set(&mut all[..1], &db).await.unwrap(), changes([], [2]));
        let refs: Vec<_> = all.iter_mut().collect();
        assert_eq!(first.released().set(refs, &db).await.unwrap(), changes([1, 2], []));
        assert_eq!(first.released().set(Vec::new(), &db).await.unwrap(), changes([], [1, 2]));
        assert_eq!(first.released().set([], &db).await.unwrap(), changes([], []));
    }

    async fn a_target_given_twice_counts_once(db) {
        let [_, second] = posts(&db).await;
        let mut a = Comment::create().position(1).insert(&db).await.unwrap();
        let mut twin = a.clone();
        assert_eq!(second.comments().set([&mut a, &mut twin], &db).await.unwrap(), changes([1], []));
        assert_eq!((a.post_id, twin.post_id), (Some(2), Some(2)));
    }

    async fn without_a_word_replaced_rows_are_refused_by_name(db) {
        let [first, _] = posts(&db).await;
        let [mut a, _, _] = comments(&first, &db).await;
        let mut new = Comment::create().position(4).insert(&db).await.unwrap();
        let (result, statements) = recorded(first.comments().set([&mut a, &mut new], &db)).await;
        let error = result.unwrap_err();
        assert!(matches!(&error, Error::WouldReplace { table: "comments", relation: "comments", key } if key == "[2, 3]"));
        assert_eq!(
            error.to_string(),
            "row [2, 3] of `comments` would be replaced in `comments`: say what becomes of it, \
             by `on_replace = set_null` or `on_replace = delete`"
        );
        assert!(matches!(first.refusing().set([&mut new], &db).await, Err(Error::WouldReplace { .. })));
        assert_eq!((statements.len(), new.post_id), (1, None));
        assert_eq!(stored(&db).await, [(1, Some(1)), (2, Some(1)), (3, Some(1)), (4, None)]);
    }

    async fn rows_can_be_added_without_a_word(db) {
        let [first, _] = posts(&db).await;
        let [mut a] = comments(&first, &db).await;
        let mut new = Comment::create().position(2).insert(&db).await.unwrap();
        assert_eq!(first.comments().set([&mut a, &mut new], &db).await.unwrap(), changes([2], []));
        assert_eq!(new.post_id, Some(1));
    }

    async fn replaced_rows_are_deleted_where_the_relation_says_so(db) {
        let [first, second] = posts(&db).await;
        let [mut a, _, _] = comments(&first, &db).await;
        second.comments().create().position(1).insert(&db).await.unwrap();
        let (result, statements) = recorded(first.deleted().set(&mut a, &db)).await;
        assert_eq!(result.unwrap(), changes([], [2, 3]));
        assert_eq!(statements.len(), 2);
        assert_eq!(
            statements[1],
            format!(r#"DELETE FROM "comments" WHERE "comments"."post_id" = ? AND ("comments"."id") {}"#, one_of(2, &db))
        );
        assert_eq!(stored(&db).await, [(1, Some(1)), (4, Some(2))]);
    }

    async fn a_given_struct_without_a_row_is_named_and_nothing_is_changed(db) {
        let [first, _] = posts(&db).await;
        let [a, mut b] = comments(&first, &db).await;
        let mut gone = Comment::create().position(3).insert(&db).await.unwrap();
        let mut new = Comment::create().position(4).insert(&db).await.unwrap();
        gone.delete(&db).await.unwrap();
        b.delete(&db).await.unwrap();
        for error in [
            first.deleted().set([&mut gone, &mut new], &db).await.unwrap_err(),
            first.released().set([&mut gone, &mut new], &db).await.unwrap_err(),
            first.released().set(&mut gone, &db).await.unwrap_err(),
        ] {
            assert_eq!(error.to_string(), "no row of `comments` has the key 3");
        }
        let error = first.released().set([&mut b, &mut new, &mut gone], &db).await.unwrap_err();
        assert_eq!(error.to_string(), "no row of `comments` has the key [2, 3]");
        assert_eq!((gone.post_id, new.post_id), (None, None));
        assert_eq!(stored(&db).await, [(a.id, Some(1)), (new.id, None)]);
    }

    async fn a_unique_value_moves_between_replaced_rows(db) {
        let [first, _] = posts(&db).await;
        run("CREATE UNIQUE INDEX places ON comments (post_id, position)", &db).await;
        let [_, mut kept] = comments(&first, &db).await;
        let mut new = Comment::create().position(1).insert(&db).await.unwrap();
        assert_eq!(first.released().set([&mut new, &mut kept], &db).await.unwrap(), changes([3], [1]));
        let mut newer = Comment::create().position(1).insert(&db).await.unwrap();
        assert_eq!(first.deleted().set([&mut newer, &mut kept], &db).await.unwrap(), changes([4], [3]));
        assert_eq!(stored(&db).await, [(1, None), (2, Some(1)), (4, Some(1))]);
    }

    async fn what_the_last_statement_refuses_leaves_everything_as_it_was(db) {
        let [first, _] = posts(&db).await;
        run("CREATE UNIQUE INDEX places ON comments (post_id, position)", &db).await;
        let [_, mut kept] = comments(&first, &db).await;
        let mut new = Comment::create().position(2).insert(&db).await.unwrap();
        let before = stored(&db).await;
        for result in [
            first.released().set([&mut kept, &mut new], &db).await,
            first.deleted().set([&mut kept, &mut new], &db).await,
        ] {
            assert!(matches!(result, Err(Error::UniqueViolation(_))));
        }
        assert_eq!((stored(&db).await, new.post_id), (before.clone(), None));

        refuse("UPDATE", "comments", "new.post_id IS NOT NULL", &db).await;
        new.position = 7;
        let mut tx = db.begin().await.unwrap();
        assert!(matches!(first.deleted().set([&mut new], &mut tx).await, Err(Error::Statement(_))));
        tx.commit().await.unwrap();
        assert_eq!((stored(&db).await, new.post_id), (before, None));
    }

    async fn a_row_that_a_trigger_keeps_is_an_error(db) {
        let [first, _] = posts(&db).await;
        comments::<2>(&first, &db).await;
        if !leave_out("DELETE", "comments", "old.id = 2", &db).await {
            return;
        }
        assert!(first.deleted().set([], &db).await.is_err());
        assert_eq!(stored(&db).await, [(1, Some(1)), (2, Some(1))]);
    }

    async fn rows_outside_of_a_scope_stay(db) {
        let [first, _] = posts(&db).await;
        let [mut a, _] = comments(&first, &db).await;
        first.comments().create().position(3).hidden(true).insert(&db).await.unwrap();
        assert_eq!(first.public().set(&mut a, &db).await.unwrap(), changes([], [2]));
        assert_eq!(stored(&db).await, [(1, Some(1)), (2, None), (3, Some(1))]);
    }

    async fn composite_keys_and_the_scope_of_a_model(db) {
        schema::create::<(Club, Member)>(&db).await.unwrap();
        let club = Club::create().insert(&db).await.unwrap();
        let rows = (1..=4).map(|n| club.members().create().country("AT").number(n).active(n < 4));
        let mut members = Member::insert_all(rows, &db).await.unwrap();
        let changes = club.members().set(&mut members[..1], &db).await.unwrap();
        assert_eq!(changes.dissociated, [("AT".to_owned(), 2), ("AT".to_owned(), 3)]);
        assert_eq!(Member::query().unscoped().count(&db).await.unwrap(), 2);
        assert!(club.members().set(&mut members[1..2], &db).await.is_err());
        let changes = club.members().unscoped().count(&db).await.unwrap();
        assert_eq!(changes, 2);
    }

    async fn polymorphic_targets_are_those_of_the_source(db) {
        schema::create::<(Album, Person, Photo)>(&db).await.unwrap();
        let (album, person) = (Album::create().insert(&db).await.unwrap(), Person::create().insert(&db).await.unwrap());
        let mut of_album = album.photos().create().insert(&db).await.unwrap();
        let mut of_person = person.photos().create().insert(&db).await.unwrap();
        assert_eq!(album.photos().set(&mut of_person, &db).await.unwrap(), changes([2], [1]));
        assert_eq!(of_person.owner_type.as_deref(), Some("album"));
        of_album.refresh(&db).await.unwrap();
        assert_eq!((of_album.owner_id, of_album.owner_type.clone()), (None, None));
        assert_eq!(person.photos().set([&mut of_album], &db).await.unwrap(), changes([1], []));
        assert_eq!(person.photos().set([], &db).await.unwrap(), changes([], [1]));
        assert_eq!(Photo::query().to_vec(&db).await.unwrap(), [of_person]);
    }

    async fn set_works_in_transactions_and_in_other_tasks(db) {
        let [first, second] = posts(&db).await;
        let [mut a, mut b] = comments(&first, &db).await;
        let mut tx = db.begin().await.unwrap();
        second.comments().create().position(1).insert(&mut tx).await.unwrap();
        assert_eq!(first.deleted().set(&mut a, &mut tx).await.unwrap(), changes([], [2]));
        assert!(first.deleted().set(&mut b, &mut tx).await.is_err());
        assert_eq!(first.comments().count(&mut tx).await.unwrap(), 1);
        tx.rollback().await.unwrap();
        assert_eq!(stored(&db).await, [(1, Some(1)), (2, Some(1))]);

        let pool = db.clone();
        tokio::spawn(async move {
            let both = [&mut a, &mut b];
            let changed = match &pool {
                Db::Sqlite(pool) => second.released().set(both, &mut *pool.acquire().await.unwrap()).await,
                Db::Postgres(pool) => second.released().set(both, &mut *pool.acquire().await.unwrap()).await,
                Db::MySql(pool) => second.released().set(both, &mut *pool.acquire().await.unwrap()).await,
                _ => unreachable!(),
            };
            changed.unwrap();
            second.released().set(&mut a, &pool).await.unwrap();
        }).await.unwrap();
        assert_eq!(stored(&db).await, [(1, Some(2)), (2, None)]);
    }

    async fn two_tasks_that_set_one_list_leave_one_of_the_two(db) {
        set_in_two_tasks(db).await;
    }

    async fn many_rows_are_still_three_statements(db) {
        // MySQL takes no more than 65,535 values in one statement.
        const MANY: usize = 40_000;
        let [first, second] = posts(&db).await;
        let rows = (0..MANY).map(|n| first.comments().create().position(n as i64));
        let mut old = Comment::insert_all(rows, &db).await.unwrap();
        let rows = (0..MANY).map(|n| Comment::create().position(n as i64));
        let mut new = Comment::insert_all(rows, &db).await.unwrap();
        let (changes, statements) = counted(first.released().set(&mut new, &db)).await;
        assert_eq!((changes.associated.len(), changes.dissociated.len(), statements), (MANY, MANY, each([3, 3, 5], &db)));
        assert_eq!(first.comments().count(&db).await.unwrap(), MANY as i64);
        assert_eq!(counted(first.released().set(&mut new, &db)).await.1, 1);
        assert_eq!(counted(second.deleted().set(&mut old, &db)).await.1, each([2, 2, 3], &db));
        assert_eq!(counted(second.deleted().set([], &db)).await.1, each([2, 2, 3], &db));
        assert_eq!(Comment::query().count(&db).await.unwrap(), MANY as i64);
    }
}

/// Two tasks make their own rows the only ones of one post, fifty times each.
async fn set_in_two_tasks(db: Db) {
    let [post, _] = posts(&db).await;
    let rows = (0..4).map(|n| Comment::create().position(n));
    let all = Comment::insert_all(rows, &db).await.unwrap();
    let task = |db: Db, post: Post, mut own: Vec<Comment>| async move {
        for _ in 0..50 {
            post.released().set(&mut own, &db).await.unwrap();
        }
    };
    let tasks = [&all[..2], &all[2..]].map(|own| tokio::spawn(task(db.clone(), post.clone(), own.to_vec())));
    for task in tasks {
        task.await.unwrap();
    }
    let left: Vec<_> = stored(&db).await.into_iter().filter(|(_, post)| post.is_some()).map(|(id, _)| id).collect();
    assert!(left == [1, 2] || left == [3, 4], "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_that_set_one_list_leave_one_of_the_two_in_a_file() {
    let file = TempFile::new("set");
    set_in_two_tasks(Db::connect(&format!("{}?mode=rwc", file.url())).await.unwrap()).await;
}
