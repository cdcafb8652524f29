//! A column that rows are asked for by comes once on SQLite, and not with each row: the same as row by row.

mod support;

use std::fmt::Debug;

use neko_orm::{Error, Model, Pool, Query, RowByRow, schema};
use support::{recorded, run, sent};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post)]
struct User {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User)]
#[has_many(Comment)]
#[has_many(Like)]
struct Post {
    id: i64,
    user_id: Option<i64>,
    title: String,
    views: i32,
    is_open: bool,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: i64,
    body: Option<String>,
}

/// Of integers alone.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Like {
    id: i64,
    post_id: i64,
}

async fn blog() -> Pool {
    let db: Pool = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap().into();
    schema::create::<(User, Post, Comment, Like)>(&db).await.unwrap();
    let users = User::insert_all(["ann", "bob"].map(|name| User::create().name(name)), &db).await.unwrap();
    let posts = (0..12).map(|n| {
        let user = [Some(users[0].id), Some(users[1].id), None][n % 3];
        let post = Post::create().user_id(user).title(format!("{}", n % 2)).views(n as i32 % 4).is_open(n % 2 == 0);
        let comments = (0..n).map(|c| Comment::create().body((c % 2 == 0).then(|| format!("[{c},\"{n}\"]"))));
        post.with(|p| p.comments, comments).with(|p| p.likes, (0..n).map(|_| Like::create()))
    });
    Post::insert_all(posts, &db).await.unwrap();
    db
}

/// The rows are as they are one by one; and of these columns, one value came for all of them.
async fn agree<M, O, S>(query: &Query<M, O, S>, once: &[&str], db: &Pool)
where
    M: Model,
    O: neko_orm::Origin<M>,
    S: neko_orm::Shape<M, Item: PartialEq + Debug>,
{
    let (rows, statements) = sent(query.to_vec(db)).await;
    assert_eq!(rows.unwrap(), query.to_vec(RowByRow(db)).await.unwrap());
    let [statement] = &statements[..] else { panic!("{statements:#?}") };
    let (arrays, _) = statement.split_once(" FROM (").unwrap_or_else(|| panic!("{statement}"));
    let all = [r#""posts"."user_id""#, r#""posts"."views""#, r#""posts"."is_open""#, r#""comments"."post_id""#];
    for column in all {
        let comes_once = arrays.contains(&format!("CASE WHEN {column} = {column} || '' THEN {column} END"));
        assert_eq!(comes_once, once.contains(&column), "{column}: {statement}");
    }
}

#[tokio::test]
async fn the_foreign_key_of_related_rows_comes_once() {
    let db = blog().await;
    for post in Post::query().to_vec(&db).await.unwrap() {
        let comments = post.comments();
        agree(&comments, &[r#""comments"."post_id""#], &db).await;
        agree(&comments.clone().order_by(|c| c.body.desc()).limit(5), &[r#""comments"."post_id""#], &db).await;
        let likes = post.likes().to_vec(&db).await.unwrap();
        assert_eq!(likes, post.likes().to_vec(RowByRow(&db)).await.unwrap());
    }
    let post = Post { id: 77, ..Post::query().first(&db).await.unwrap().unwrap() };
    assert_eq!(post.comments().to_vec(&db).await.unwrap(), []);
}

#[tokio::test]
async fn an_integer_that_a_filter_asks_for_comes_once() {
    let db = blog().await;
    agree(&Post::query().filter(|p| p.user_id.eq(1)), &[r#""posts"."user_id""#], &db).await;
    agree(
        &Post::query().filter(|p| p.user_id.eq(1) & p.views.eq(0)),
        &[r#""posts"."user_id""#, r#""posts"."views""#],
        &db,
    )
    .await;
    agree(&Post::query().filter(|p| p.user_id.eq(9)), &[r#""posts"."user_id""#], &db).await;
    // Whatever else it asks for.
    agree(&Post::query().filter(|p| p.user_id.is_null()), &[], &db).await;
    agree(&Post::query().filter(|p| p.user_id.eq(1) | p.views.eq(1)), &[], &db).await;
    agree(&Post::query().filter(|p| p.title.eq("1") & p.is_open.eq(false)), &[r#""posts"."is_open""#], &db).await;
    agree(&Post::query().filter(|p| p.views.ge(1)), &[], &db).await;
    agree(&Post::query().filter(|p| p.user_id.eq(p.id)), &[], &db).await;
    // One column must tell how many rows there are.
    for likes in [1, 5, 700].map(|id| Like::query().filter(move |l| l.id.eq(id) & l.post_id.eq(2))) {
        assert_eq!(likes.to_vec(&db).await.unwrap(), likes.to_vec(RowByRow(&db)).await.unwrap());
    }
    let ids = Comment::query().filter(|c| c.post_id.eq(4)).select(|c| c.post_id);
    assert_eq!(ids.to_vec(&db).await.unwrap(), [4, 4, 4]);
}

#[tokio::test]
async fn the_foreign_key_of_what_one_row_leads_to_comes_once() {
    let db = blog().await;
    for id in [1, 2, 3] {
        let query = User::query().filter(|u| u.id.eq(id)).with(|u| u.posts.with(|p| (p.comments, p.likes)));
        let (users, statements) = recorded(query.to_vec(&db)).await;
        assert_eq!(users.unwrap(), query.to_vec(RowByRow(&db)).await.unwrap());
        assert!(
            statements[0].contains(
                r#"SELECT 0, CASE WHEN "neko 0"."id" = "neko 0"."id" || '' THEN "neko 0"."id" END, json_group_array("#
            ),
            "{statements:?}"
        );
        assert!(
            statements[0].contains(
                r#"json_group_array("neko 1"."id"), CASE WHEN "neko 1"."user_id" = "neko 1"."user_id" || '' "#
            ),
            "{statements:?}"
        );
        assert!(statements[0].contains(r#", json_group_array("neko 2"."post_id"), "#), "{statements:?}");
    }
    for post in Post::query().to_vec(&db).await.unwrap() {
        let (comments, statements) = recorded(Post::load([&post], |p| p.comments, &db)).await;
        assert_eq!(comments.unwrap(), Post::load([&post], |p| p.comments, RowByRow(&db)).await.unwrap());
        assert!(
            statements[0].contains(r#", CASE WHEN "neko 0"."post_id" = "neko 0"."post_id" || '' "#),
            "{statements:?}"
        );
    }
}

/// A note that refers to a post, or to none.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Note {
    id: i64,
    post_id: Option<i64>,
}

#[tokio::test]
async fn other_values_that_equal_the_integer_are_as_they_are_row_by_row() {
    const LEAST: &str = "-9223372036854775807 - 1";
    for declared in ["", "ANY", "TEXT", "TEXT COLLATE RTRIM", "REAL", "NUMERIC", "INTEGER", "BLOB"] {
        for values in ["1, '1'", "'1', 1", "1, 1.0", "1.0, 1", "' 1.0 ', 1", "1, '1 '", "1, 1", "x'31', 1"] {
            let db = blog().await;
            let strict = if declared == "ANY" { "STRICT" } else { "" };
            let columns = format!("(id INTEGER PRIMARY KEY, post_id {declared}) {strict}");
            run(&format!("CREATE TABLE notes {columns}"), &db).await;
            run("DROP TABLE likes", &db).await;
            run(&format!("CREATE TABLE likes {columns}"), &db).await;
            for value in values.split(", ") {
                run(&format!("INSERT INTO notes (post_id) VALUES ({value})"), &db).await;
                run(&format!("INSERT INTO likes (post_id) VALUES ({value})"), &db).await;
            }
            let post = Post::query().first(&db).await.unwrap().unwrap();
            let likes = (post.likes().to_vec(&db).await, post.likes().to_vec(RowByRow(&db)).await);
            assert_eq!(format!("{:?}", likes.0), format!("{:?}", likes.1), "{declared}: {values}");
            let notes = Note::query().filter(|n| n.post_id.eq(1));
            let notes = (notes.to_vec(&db).await, notes.to_vec(RowByRow(&db)).await);
            assert_eq!(format!("{:?}", notes.0), format!("{:?}", notes.1), "{declared}: {values}");
            let above = Note::query().filter(|n| n.post_id.eq(1)).with(|n| n.post);
            let above = (above.to_vec(&db).await, above.to_vec(RowByRow(&db)).await);
            assert_eq!(format!("{:?}", above.0), format!("{:?}", above.1), "{declared}: {values}");
            let with = Post::query().filter(|p| p.id.eq(1)).with(|p| p.likes);
            let with = (with.to_vec(&db).await, with.to_vec(RowByRow(&db)).await);
            assert_eq!(format!("{:?}", with.0), format!("{:?}", with.1), "{declared}: {values}");
        }
    }
    let db = blog().await;
    run("DROP TABLE likes; CREATE TABLE likes (id INTEGER PRIMARY KEY, post_id INTEGER)", &db).await;
    run(&format!("INSERT INTO likes (post_id) VALUES ({LEAST}), (-9223372036854775808.0)"), &db).await;
    let least = Like::query().filter(|l| l.post_id.eq(i64::MIN));
    let rows = least.to_vec(RowByRow(&db)).await;
    assert!(matches!(rows, Err(Error::Decode(_))), "{rows:?}");
    assert_eq!(format!("{:?}", least.to_vec(&db).await), format!("{rows:?}"));
}
