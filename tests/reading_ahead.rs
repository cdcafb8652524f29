//! What relations lead to, read in one statement on SQLite: the same as row by row, whatever the values.

mod support;

use std::fmt::Debug;

use futures_util::TryStreamExt;
use neko_orm::{Error, Loader, Model, RowByRow, schema, sql};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sqlx::types::Json;
use support::{counted, on_sqlite, recorded, recorded_with_control, run, sent};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post as written, id = "author_id")]
struct User {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User as author)]
#[has_many(Comment)]
#[has_many(Measure)]
#[has_many(Note, morph = notable)]
#[belongs_to_many(Tag)]
struct Post {
    id: i64,
    author_id: Option<i64>,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: i64,
    body: Option<String>,
    signed: i64,
    small: Option<i8>,
    medium: i32,
    short: Option<i16>,
    is_read: bool,
    is_liked: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Post)]
struct Tag {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Measure {
    id: i64,
    post_id: i64,
    value: f64,
    raw: Json<Vec<u8>>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Notable { Post, User })]
struct Note {
    id: i64,
    notable_id: Option<i64>,
    notable_type: Option<String>,
}

type Everything = (User, Post, Comment, Tag, Measure, Note);

async fn blog(db: &sqlx::SqlitePool) {
    schema::create::<Everything>(db).await.unwrap();
    User::insert_all(["ann", "bob", "cid"].map(|name| User::create().name(name)), db).await.unwrap();
    let posts = [(Some(1), "a"), (Some(2), "b"), (Some(1), "c"), (None, "d")];
    Post::insert_all(posts.map(|(author, title)| Post::create().author_id(author).title(title)), db).await.unwrap();
    let comments = [1, 1, 3].map(|post| Comment::create().post_id(post).signed(post).medium(2).is_read(false));
    Comment::insert_all(comments, db).await.unwrap();
    let tags = Tag::insert_all(["x", "y", "z"].map(|name| Tag::create().name(name)), db).await.unwrap();
    for post in Post::query().to_vec(db).await.unwrap() {
        post.tags().associate(&tags[..usize::try_from(post.id % 4).unwrap()], db).await.unwrap();
        Note::create().notable_id(post.id).notable_type("post".to_owned()).insert(db).await.unwrap();
        Measure::create().post_id(post.id).value(0.1).raw(Json(vec![0, 255])).insert(db).await.unwrap();
    }
    Note::create().notable_id(1).notable_type("user".to_owned()).insert(db).await.unwrap();
    Note::create().insert(db).await.unwrap();
}

/// Loads by one statement what row by row takes several for.
async fn agree<M, L>(load: fn(M::Relations) -> L, db: &sqlx::SqlitePool)
where
    M: Model + Clone + PartialEq + Debug,
    L: Loader<M, Output: PartialEq + Debug>,
{
    let query = M::query().with(load);
    let (ahead, statements) = counted(query.to_vec(db)).await;
    assert_eq!(statements, 1);
    assert_eq!(ahead, query.to_vec(RowByRow(db)).await.unwrap());
    assert_eq!(ahead, query.stream(db).try_collect::<Vec<_>>().await.unwrap());
    assert_eq!(query.first(db).await.unwrap(), query.first(RowByRow(db)).await.unwrap());
    let page = query.page(1, 2, db).await.unwrap();
    assert_eq!(page.items, query.page(1, 2, RowByRow(db)).await.unwrap().items);
    assert_eq!(M::query().to_vec(db).await.unwrap(), M::query().to_vec(RowByRow(db)).await.unwrap());
    let rows: Vec<_> = ahead.iter().rev().chain(&ahead).map(|(row, _)| row.clone()).collect();
    let (loaded, statements) = counted(M::load(&rows, load, db)).await;
    assert_eq!(statements, usize::from(!rows.is_empty()));
    assert_eq!(loaded, M::load(&rows, load, RowByRow(db)).await.unwrap());
}

/// Both ways fail, and say the same.
async fn fail_alike<M, L>(load: fn(M::Relations) -> L, db: &sqlx::SqlitePool) -> Error
where
    M: Model,
    L: Loader<M, Output: Debug>,
    M: Debug,
{
    let query = M::query().with(load);
    let error = query.to_vec(db).await.unwrap_err();
    assert_eq!(format!("{error:?}"), format!("{:?}", query.to_vec(RowByRow(db)).await.unwrap_err()));
    error
}

on_sqlite! {
    async fn one_statement_reads_the_rows_of_all_levels(db) {
        blog(&db).await;
        let query = User::query().filter(|u| u.id.le(2)).with(|u| u.written.order_by(|p| p.title.desc()).with(|p| p.tags.limit(2)));
        let (loaded, statements) = recorded_with_control(query.to_vec(&db)).await;
        assert_eq!(loaded.unwrap(), query.to_vec(RowByRow(&db)).await.unwrap());
        let [statement] = &statements[..] else { panic!("{statements:#?}") };
        assert!(statement.starts_with(
            r#"WITH "neko 0" ("id", "name") AS (SELECT "users"."id", "users"."name" FROM "users" WHERE "users"."id" <= ?), "#
        ), "{statement}");
        let posts = r#""neko 1" ("id", "author_id", "title") AS (SELECT "posts"."id", "posts"."author_id", "posts"."title" FROM "posts" "#.to_owned()
            + r#"WHERE ("posts"."author_id") IN (SELECT "users"."id" FROM "neko 0" AS "users") ORDER BY "posts"."title" DESC)"#;
        assert!(statement.contains(&posts), "{statement}");
        let levels = r#" FROM "neko 1" UNION ALL SELECT 0, json_group_array("neko 0"."id"), json_group_array(CASE WHEN "neko 0"."name" >= x'' THEN x'' ELSE "neko 0"."name" END), NULL FROM "neko 0""#;
        assert!(statement.ends_with(levels), "{statement}");
    }

    async fn integers_of_any_length_are_exact(db) {
        blog(&db).await;
        let powers = (0..19).map(|digits| 10_i64.pow(digits)).flat_map(|power| [power - 1, power, 1 - power, -power]);
        let numbers: Vec<_> = powers.chain([i64::MAX, i64::MIN, 1_234_567, -7_654_321, 89_012_345]).collect();
        for &number in &numbers {
            // Where it is all that the array has.
            Comment::query().filter(|c| c.id.gt(0)).delete(&db).await.unwrap();
            Comment::create().post_id(1).signed(number).medium(2).is_read(false).insert(&db).await.unwrap();
            assert_eq!(Comment::query().select(|c| c.signed).to_vec(&db).await.unwrap(), [number]);
        }
        let comments = numbers.iter().map(|number| Comment::create().post_id(1).signed(*number).medium(2).is_read(false));
        Comment::query().filter(|c| c.id.gt(0)).delete(&db).await.unwrap();
        Comment::insert_all(comments, &db).await.unwrap();
        assert_eq!(Comment::query().order_by(|c| c.id.asc()).select(|c| c.signed).to_vec(&db).await.unwrap(), numbers);
    }

    async fn texts_of_each_level_may_be_of_any_letters(db) {
        blog(&db).await;
        for text in ["\n", "a\nb\n", "%s", "%d%%\n%s", "[1,2]\n[3]", "\u{1}\r\n\u{2028}\"]\\", "\0\n", ""] {
            for update in ["UPDATE users SET name = ?", "UPDATE posts SET title = ?"] {
                sqlx::query(update).bind(text).execute(&db).await.unwrap();
            }
            agree::<User, _>(|u| u.written.with(|p| p.comments), &db).await;
            agree::<User, _>(|u| u.written.with(|p| (p.tags, p.notes, p.author)), &db).await;
        }
    }

    async fn rows_alone_are_read_in_one_statement_that_returns_one(db) {
        blog(&db).await;
        let query = Post::query().filter(|p| p.title.ne("b")).order_by(|p| p.title.desc()).limit(9);
        let (posts, statements) = sent(query.to_vec(&db)).await;
        assert_eq!(posts.unwrap().iter().map(|post| post.id).collect::<Vec<_>>(), [4, 3, 1]);
        let columns = ["id", "author_id", "title"].map(|column| format!(r#""posts"."{column}""#));
        let [id, others @ ..] = columns.each_ref();
        let others = others.map(|column| format!("json_group_array(CASE WHEN {column} >= x'' THEN x'' ELSE {column} END)"));
        let arrays = format!("json_group_array({id}), {}", others.join(", "));
        let rows = format!(
            r#"SELECT {} FROM "posts" WHERE "posts"."title" <> ? ORDER BY "posts"."title" DESC, "posts"."id" ASC LIMIT +?"#,
            columns.join(", ")
        );
        assert_eq!(statements, [format!(r#"SELECT {arrays} FROM ({rows}) AS "posts""#)]);
        assert_eq!(sent(query.to_vec(RowByRow(&db))).await.1, std::slice::from_ref(&rows));
        assert_eq!(sent(query.clone().limit(4).to_vec(&db)).await.1, [rows]);
    }

    async fn selected_values_are_read_like_rows(db) {
        blog(&db).await;
        let query = Post::query().order_by(|p| p.title.desc()).select(|p| (p.author_id, p.title.upper(), p.comments.count(), p.id.gt(2)));
        let (ahead, statements) = sent(query.to_vec(&db)).await;
        let ahead = ahead.unwrap();
        assert_eq!((ahead.len(), &ahead[0], ahead[3].2), (4, &(None, "D".to_owned(), 0, true), 2));
        assert_eq!(ahead, query.to_vec(RowByRow(&db)).await.unwrap());
        assert!(statements[0].starts_with(r#"SELECT json_group_array(CASE WHEN "posts"."neko 0" >= x'' THEN x'' ELSE "posts"."neko 0" END), "#), "{statements:?}");
        let json = Post::query().select(|_| sql(r#"json('"a"')"#).typed::<String>());
        assert_eq!(json.to_vec(&db).await.unwrap(), json.to_vec(RowByRow(&db)).await.unwrap());
        let junk = Post::query().select(|_| sql("x'31'").typed::<String>());
        assert_eq!(format!("{:?}", junk.to_vec(&db).await), format!("{:?}", junk.to_vec(RowByRow(&db)).await));
        let documents = Measure::query().select(|m| (m.id, m.raw));
        assert!(!sent(documents.to_vec(&db)).await.1[0].contains("json"));
    }

    async fn there_is_room_for_the_rows_and_not_for_their_commas(db) {
        blog(&db).await;
        run_sqlite("UPDATE posts SET title = replace(hex(zeroblob(5000)), '00', ',') || '\",]\\' || id", &db).await;
        let titles = Post::query().select(|p| p.title).to_vec(&db).await.unwrap();
        assert_eq!((titles.len(), titles.capacity()), (4, 4));
        assert_eq!(titles, Post::query().select(|p| p.title).to_vec(RowByRow(&db)).await.unwrap());
    }

    async fn rows_of_which_there_is_one_at_most_come_as_they_are(db) {
        blog(&db).await;
        let post = Post::get(1, &db).await.unwrap();
        for (is_array, statements) in [
            (false, sent(post.author().get(&db)).await.1),
            (false, sent(Post::query().first(&db)).await.1),
            (false, sent(Post::find(1, &db)).await.1),
            (true, sent(post.comments().to_vec(&db)).await.1),
            (true, sent(post.tags().to_vec(&db)).await.1),
        ] {
            assert_eq!(statements.len(), 1);
            assert_eq!(statements[0].contains("json_group_array"), is_array, "{statements:?}");
        }
    }

    async fn every_kind_of_relation_is_read_ahead(db) {
        blog(&db).await;
        agree::<Post, _>(|p| p.author, &db).await;
        agree::<Post, _>(|p| (p.comments, p.tags, p.notes, p.author.with(|u| u.written)), &db).await;
        agree::<Post, _>(|p| (p.comments.count(), p.comments.max(|c| c.signed), p.comments.exists(), p.tags.count()), &db).await;
        agree::<Post, _>(|p| (p.comments.limit(1), p.tags.order_by(|t| t.name.desc()).offset(1), p.tags.first()), &db).await;
        agree::<Tag, _>(|t| t.posts.filter(|p| p.title.ne("b")).with(|p| (p.comments, p.author)), &db).await;
        agree::<Note, _>(|n| n.notable, &db).await;
        agree::<Note, _>(|n| n.notable.of::<Post>().with(|p| p.tags), &db).await;
    }

    async fn of_rows_at_hand_and_of_none(db) {
        schema::create::<Everything>(&db).await.unwrap();
        agree::<Post, _>(|p| (p.comments, p.tags, p.author, p.comments.count()), &db).await;
        let (loaded, statements) = counted(Post::load(&[] as &[Post], |p| p.comments, &db)).await;
        assert_eq!((loaded.len(), statements), (0, 0));
    }

    async fn models_that_arrays_do_not_hold_are_read_as_rows(db) {
        blog(&db).await;
        let query = Post::query().with(|p| (p.measures, p.comments, p.comments.avg(|c| c.signed), p.tags));
        let (loaded, statements) = counted(query.to_vec(&db)).await;
        // The posts with their comments and tags, the measures, and the means.
        assert_eq!(statements, 3);
        assert_eq!(loaded, query.to_vec(RowByRow(&db)).await.unwrap());
        let (measures, statements) = counted(Measure::query().to_vec(&db)).await;
        assert_eq!((measures.len(), statements), (4, 1));
    }

    async fn values_that_do_not_fit_are_the_same_errors(db) {
        run_sqlite("CREATE TABLE users (id INTEGER PRIMARY KEY, name)", &db).await;
        run_sqlite("CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER, title)", &db).await;
        run_sqlite("INSERT INTO users VALUES (1, 'ann')", &db).await;
        // SQLite takes bytes for JSON that are so in its binary form: x'00' is a null, and x'1761' a text.
        for title in ["1", "1.5", "NULL", "x'00'", "x'1761'", "x'00ff'", "CAST(x'ff' AS TEXT)", "json_array(1)"] {
            run_sqlite(&format!("DELETE FROM posts; INSERT INTO posts VALUES (1, 1, {title})"), &db).await;
            match title {
                "json_array(1)" => agree::<User, _>(|u| u.written, &db).await,
                _ => assert!(matches!(fail_alike::<User, _>(|u| u.written, &db).await, Error::Decode(_)), "{title}"),
            }
            let (ahead, rows) = (Post::query().to_vec(&db).await, Post::query().to_vec(RowByRow(&db)).await);
            assert_eq!(format!("{ahead:?}"), format!("{rows:?}"), "{title}");
        }
        run_sqlite("DROP TABLE posts; CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id, title)", &db).await;
        for author in ["'1'", "1.0", "x'31'", "x'00'", "x'1331'"] {
            run_sqlite(&format!("DELETE FROM posts; INSERT INTO posts VALUES (1, {author}, 'a')"), &db).await;
            for query in [User::query(), User::query().filter(|u| u.id.eq(1))].map(|users| users.with(|u| u.written)) {
                let (ahead, rows) = (query.to_vec(&db).await, query.to_vec(RowByRow(&db)).await);
                assert_eq!(format!("{ahead:?}"), format!("{rows:?}"), "{author}");
            }
            let (ahead, rows) = (Post::query().to_vec(&db).await, Post::query().to_vec(RowByRow(&db)).await);
            assert_eq!(format!("{ahead:?}"), format!("{rows:?}"), "{author}");
        }
    }

    async fn what_a_view_calls_json_is_a_text(db) {
        run_sqlite("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)", &db).await;
        run_sqlite("CREATE VIEW posts AS SELECT 1 AS id, 1 AS author_id, json('\"a\"') AS title", &db).await;
        run_sqlite("INSERT INTO users VALUES (1, 'ann')", &db).await;
        let query = User::query().with(|u| u.written);
        assert_eq!(query.to_vec(&db).await.unwrap(), query.to_vec(RowByRow(&db)).await.unwrap());
        assert_eq!(Post::query().to_vec(&db).await.unwrap(), Post::query().to_vec(RowByRow(&db)).await.unwrap());
    }

    async fn rows_of_one_key_lead_to_what_each_of_them_refers_to(db) {
        run_sqlite("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)", &db).await;
        run_sqlite("INSERT INTO users VALUES (1, 'ann'), (2, 'bob')", &db).await;
        run_sqlite("CREATE VIEW posts AS SELECT 7 AS id, id AS author_id, name AS title FROM users", &db).await;
        let query = Post::query().filter(|p| p.id.eq(7)).with(|p| p.author.with(|u| u.written));
        let found = query.to_vec(&db).await.unwrap();
        assert_eq!(found.iter().map(|(_, author)| author.as_ref().unwrap().0.id).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(found, query.to_vec(RowByRow(&db)).await.unwrap());
        let query = User::query().filter(|u| u.id.eq(2)).with(|u| u.written.with(|p| p.author));
        assert_eq!(query.to_vec(&db).await.unwrap()[0].1.len(), 1);
    }

    async fn a_missing_target_is_the_same_error(db) {
        run_sqlite("CREATE TABLE comments (id INTEGER PRIMARY KEY, post_id INTEGER, body, signed, small, medium, short, is_read, is_liked)", &db).await;
        run_sqlite("CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER, title TEXT)", &db).await;
        run_sqlite("INSERT INTO comments VALUES (1, 7, 'a', 1, 1, 1, 1, 0, 1)", &db).await;
        assert!(matches!(fail_alike::<Comment, _>(|c| c.post, &db).await, Error::MissingTarget { .. }));
        run_sqlite("UPDATE comments SET is_read = 2", &db).await;
        assert!(matches!(fail_alike::<Comment, _>(|c| c.post, &db).await, Error::Decode(_)));
        run_sqlite("DROP TABLE posts", &db).await;
        run_sqlite("UPDATE comments SET is_read = 1", &db).await;
        assert!(matches!(fail_alike::<Comment, _>(|c| c.post, &db).await, Error::Statement(_)));
    }

    async fn what_is_read_again_is_read_in_a_transaction(db) {
        blog(&db).await;
        run_sqlite("DROP TABLE comments", &db).await;
        let (comments, alone) = recorded_with_control(Comment::query().to_vec(&db)).await;
        assert!(matches!(comments, Err(Error::Statement(error)) if !error.sql().contains("json_group_array")));
        assert_eq!(alone.len(), 2);
        let posts = Post::query().to_vec(&db).await.unwrap();
        let (query, load) = (Post::query().with(|p| (p.author, p.comments)), Post::load(&posts, |p| (p.author, p.comments), &db));
        let (loaded, of_load) = recorded_with_control(load).await;
        let (queried, of_query) = recorded_with_control(query.to_vec(&db)).await;
        assert!(matches!((loaded, queried), (Err(Error::Statement(_)), Err(Error::Statement(_)))));
        let begins = |statements: &[String]| statements.iter().map(|statement| statement.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(begins(&of_load), ["WITH", "BEGIN", "SELECT", "SELECT"]);
        assert_eq!(begins(&of_query), ["WITH", "BEGIN", "SELECT", "SELECT", "SELECT"]);
        assert_eq!(Post::query().count(&db).await.unwrap(), 4);
    }

    async fn the_order_of_a_select_of_ones_own_is_kept(db) {
        blog(&db).await;
        let select = || neko_orm::sql("SELECT * FROM posts WHERE id <> ? ORDER BY title DESC").bind(2);
        let (loaded, statements) = recorded(Post::query_sql(select()).with(|p| p.tags).to_vec(&db)).await;
        let titles: Vec<_> = loaded.unwrap().into_iter().map(|(post, _)| post.title).collect();
        assert_eq!((titles, statements.len()), (["d", "c", "a"].map(str::to_owned).to_vec(), 1));
        let alone = Post::query_sql(select()).to_vec(&db).await.unwrap();
        assert_eq!(alone.iter().map(|post| &*post.title).collect::<Vec<_>>(), ["d", "c", "a"]);
    }

    async fn a_stream_reads_each_chunk_in_one_statement(db) {
        schema::create::<Everything>(&db).await.unwrap();
        let user = User::create().name("ann").insert(&db).await.unwrap();
        let posts = (0..2500).map(|n| Post::create().author_id(user.id).title(format!("{n}")));
        Post::insert_all(posts, &db).await.unwrap();
        let query = Post::query().order_by(|p| p.title.asc()).with(|p| (p.author, p.comments)).limit(2200);
        let (streamed, statements) = recorded(query.stream(&db).try_collect::<Vec<_>>()).await;
        assert_eq!(statements.len(), 3);
        assert_eq!(streamed.unwrap(), query.to_vec(RowByRow(&db)).await.unwrap());
    }

    async fn in_a_transaction_of_the_callers_it_sees_what_was_written(db) {
        blog(&db).await;
        let mut transaction = db.begin().await.unwrap();
        let new = Comment::create().post_id(2).signed(0).medium(0).is_read(true);
        new.insert(&mut transaction).await.unwrap();
        let loaded = Post::query().with(|p| p.comments).to_vec(&mut transaction).await.unwrap();
        assert_eq!(loaded[1].1.len(), 1);
    }
}

async fn run_sqlite(sql: &str, db: &sqlx::SqlitePool) {
    run(sql, &db.clone().into()).await;
}

/// Random rows, of which the texts and numbers are those that JSON writes in other ways, too.
fn rows() -> impl Strategy<Value = Vec<Comment>> {
    let text = prop_oneof![
        "\\PC*",
        any::<String>(),
        prop::sample::select(vec![
            "null",
            "\"",
            "\\",
            "\\\"]",
            "],[",
            "\0",
            "a\0b",
            "\u{1f}\u{7f}\u{2028}",
            "\u{1F600}",
            "[1]",
            "1",
            ""
        ])
        .prop_map(str::to_owned),
    ];
    let number =
        prop_oneof![any::<i64>(), prop::sample::select(vec![i64::MIN, i64::MAX, 0, -1, 1 << 53, (1 << 53) + 1])];
    let flags = (any::<Option<i8>>(), any::<i32>(), any::<Option<i16>>(), any::<bool>(), any::<Option<bool>>());
    let row = (1..6_i64, prop::option::of(text), number, flags).prop_map(|(post_id, body, signed, flags)| {
        let (small, medium, short, is_read, is_liked) = flags;
        Comment { id: 0, post_id, body, signed, small, medium, short, is_read, is_liked }
    });
    prop::collection::vec(row, 0..30)
}

#[test]
fn any_values_are_read_ahead_as_they_are_row_by_row() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases: Config::default().cases.min(2000), failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let result = runner.run(&rows(), |comments| {
        runtime.block_on(async {
            let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
            schema::create::<Everything>(&db).await.unwrap();
            let titles =
                comments.iter().filter_map(|comment| comment.body.clone()).chain((0..5).map(|n| n.to_string()));
            Post::insert_all(titles.take(5).map(|title| Post::create().title(title)), &db).await.unwrap();
            let new = comments.iter().map(|c| {
                let new = Comment::create().post_id(c.post_id).body(c.body.clone()).signed(c.signed).small(c.small);
                new.medium(c.medium).short(c.short).is_read(c.is_read).is_liked(c.is_liked)
            });
            Comment::insert_all(new, &db).await.unwrap();
            agree::<Post, _>(
                |p| {
                    (
                        p.comments.order_by(|c| (c.body.asc(), c.signed.desc())),
                        p.comments.limit(3),
                        p.comments.max(|c| c.signed),
                    )
                },
                &db,
            )
            .await;
            agree::<Comment, _>(|c| c.post.with(|p| p.comments.order_by(|c| c.id.desc())), &db).await;
        });
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}
