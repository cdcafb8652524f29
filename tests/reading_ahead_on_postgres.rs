//! What relations lead to from few rows, read in one statement on PostgreSQL: the same as row by row, whatever the types.

mod support;

use std::fmt::Debug;

use neko_orm::{Error, Loader, Model, Pool, RowByRow, schema, sql};
use sqlx::types::{Uuid, chrono};
use support::{counted, recorded_with_control, run};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post as written, id = "author_id")]
struct User {
    id: Uuid,
    name: String,
    joined: chrono::DateTime<chrono::Utc>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User as author)]
#[has_many(Comment)]
#[has_many(Label)]
#[belongs_to_many(Tag)]
struct Post {
    id: i64,
    author_id: Option<Uuid>,
    title: String,
    rating: Option<f64>,
    raw: Vec<u8>,
    is_open: bool,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: i64,
    body: Option<String>,
    stars: i16,
    likes: i32,
    day: Option<chrono::NaiveDate>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Post)]
struct Tag {
    id: i64,
    name: String,
}

/// An `i8` does not come in an array.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Label {
    id: i64,
    post_id: i64,
    level: i8,
}

async fn blog(db: &Pool) {
    schema::create::<(User, Post, Comment, Tag, Label)>(db).await.unwrap();
    let joined = chrono::DateTime::from_timestamp(1_700_000_000, 123_456_000).unwrap();
    let users = ["ann", "bob"].map(|name| {
        User::create()
            .id(Uuid::from_u128(name.len() as u128 + u128::from(name.as_bytes()[0])))
            .name(name)
            .joined(joined)
    });
    let users = User::insert_all(users, db).await.unwrap();
    let authors = [Some(users[0].id), Some(users[1].id), Some(users[0].id), None];
    let posts = authors.into_iter().zip(["a", "", "\"\\,{}", "NULL"]).map(|(author, title)| {
        let rating = author.map(|_| 0.1 + 0.2);
        Post::create().author_id(author).title(title).rating(rating).raw(vec![0, 255]).is_open(author.is_none())
    });
    let posts = Post::insert_all(posts, db).await.unwrap();
    let tags = Tag::insert_all(["x", "y", "z"].map(|name| Tag::create().name(name)), db).await.unwrap();
    for (post, count) in posts.iter().zip(0..) {
        post.tags().associate(&tags[..count], db).await.unwrap();
        for number in 0..count {
            let body = (number > 0).then(|| "\u{1F600} \n".to_owned());
            let day = chrono::NaiveDate::from_ymd_opt(2024, 2, 29).filter(|_| number == 0);
            let comment = Comment::create().post_id(post.id).body(body).stars(i16::MIN).likes(i32::MAX).day(day);
            comment.insert(db).await.unwrap();
            Label::create().post_id(post.id).level(i8::MIN).insert(db).await.unwrap();
        }
    }
}

/// Loads by one statement what row by row takes several for; for more than a few rows, by so many statements more what relations lead on to.
async fn agree<M, L>(load: fn(M::Relations) -> L, more: usize, db: &Pool)
where
    M: Model + Clone + PartialEq + Debug,
    L: Loader<M, Output: PartialEq + Debug>,
{
    let all = M::query().with(load);
    for (limit, expected) in [(4, 1), (30, 1 + more)] {
        let few = all.clone().limit(limit);
        let (ahead, statements) = counted(few.to_vec(db)).await;
        assert_eq!(statements, expected);
        assert_eq!(ahead, few.to_vec(RowByRow(db)).await.unwrap());
    }
    assert_eq!(all.first(db).await.unwrap(), all.first(RowByRow(db)).await.unwrap());
    let rows = M::query().to_vec(db).await.unwrap();
    let rows: Vec<_> = rows.iter().rev().chain(&rows).cloned().collect();
    let (loaded, statements) = counted(M::load(&rows, load, db)).await;
    assert_eq!(statements, usize::from(!rows.is_empty()) + if rows.len() > 1 { more } else { 0 });
    assert_eq!(loaded, M::load(&rows, load, RowByRow(db)).await.unwrap());
    for row in &rows {
        let (loaded, statements) = counted(M::load([row], load, db)).await;
        assert!(statements <= 1, "{statements}");
        assert_eq!(loaded, M::load([row], load, RowByRow(db)).await.unwrap());
    }
}

#[tokio::test]
async fn every_type_and_every_kind_of_relation_is_read_ahead() {
    support::databases::postgres(async |db| {
        blog(&db).await;
        agree::<Post, _>(|p| p.author, 0, &db).await;
        agree::<Post, _>(|p| (p.comments, p.tags, p.author), 0, &db).await;
        agree::<Post, _>(|p| (p.comments, p.tags, p.author.with(|u| u.written)), 1, &db).await;
        agree::<Post, _>(|p| (p.comments.count(), p.comments.max(|c| c.likes), p.comments.exists()), 0, &db).await;
        let ranges = |p: <Post as Model>::Relations| {
            (p.comments.limit(1), p.tags.order_by(|t| t.name.desc()).offset(1), p.tags.first())
        };
        agree::<Post, _>(ranges, 0, &db).await;
        agree::<User, _>(|u| u.written.order_by(|p| p.title.desc()).with(|p| (p.comments, p.author)), 1, &db).await;
        agree::<Tag, _>(|t| t.posts.filter(|p| p.rating.is_not_null()).with(|p| p.comments), 1, &db).await;
    })
    .await;
}

/// Enough keys for arrays of one relation, and of what that leads on to.
#[tokio::test]
async fn of_many_rows_each_level_is_read_at_once() {
    support::databases::postgres(async |db| {
        blog(&db).await;
        let posts = (0..30).map(|n| Post::create().title(format!("{n}")).raw(vec![n]).is_open(n % 2 == 0));
        let posts = posts.map(|post| post.with(|p| p.comments, (0..3).map(|n| Comment::create().stars(n).likes(7))));
        Post::insert_all(posts, &db).await.unwrap();
        for count in [9, 10, 34] {
            let posts = Post::query().order_by(|p| p.id.desc()).limit(count).to_vec(&db).await.unwrap();
            let (loaded, statements) = recorded_with_control(Post::load(&posts, |p| p.comments, &db)).await;
            let statement = statements.iter().find(|statement| !["BEGIN", "COMMIT"].contains(&&***statement)).unwrap();
            assert_eq!(
                (statement.contains("array_agg"), statements.len()),
                if count < 10 { (false, 3) } else { (true, 1) }
            );
            assert_eq!(loaded.unwrap(), Post::load(&posts, |p| p.comments, RowByRow(&db)).await.unwrap());
            let deep = |p: <Post as Model>::Relations| p.comments.with(|c| (c.post, c.post.with(|p| p.tags)));
            let (loaded, statements) = counted(Post::load(&posts, deep, &db)).await;
            assert_eq!(statements, 3, "comments, both of their posts, and the tags of these");
            assert_eq!(loaded, Post::load(&posts, deep, RowByRow(&db)).await.unwrap());
        }
    })
    .await;
}

/// How often the server has made a plan for one execution of a statement that has this in its text.
async fn plans(text: &str, connection: &mut sqlx::PgConnection) -> i64 {
    let sql = "SELECT CAST(COALESCE(SUM(custom_plans), 0) AS BIGINT) FROM pg_prepared_statements WHERE strpos(statement, $1) > 0 AND strpos(statement, 'pg_prepared') = 0";
    sqlx::query_scalar(sql).bind(text).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn the_first_rows_and_those_of_a_few_keys_are_not_planned_for_each_time() {
    support::databases::postgres(async |db| {
        blog(&db).await;
        run("INSERT INTO posts SELECT n, NULL, 'a', NULL, '', true FROM generate_series(100, 2100) AS n", &db).await;
        run("INSERT INTO comments SELECT n, n / 10, 'a', 1, 1, NULL FROM generate_series(1000, 21000) AS n", &db).await;
        run("ANALYZE", &db).await;
        let Pool::Postgres(pool) = &db else { unreachable!() };
        let mut connection = pool.acquire().await.unwrap();
        let posts = Post::query().order_by(|p| p.id.desc()).limit(3).to_vec(&mut connection).await.unwrap();
        for _ in 0..20 {
            Comment::query().first(&mut connection).await.unwrap();
            Comment::query().order_by(|c| c.id.asc()).limit(20).to_vec(&mut connection).await.unwrap();
            Post::load(&posts, |p| p.comments, &mut connection).await.unwrap();
            Comment::query().filter(|c| c.post_id.is_in([200, 300])).to_vec(&mut connection).await.unwrap();
        }
        // The first five of two statements, which it compares with a plan for all, and one that is sent once.
        for text in ["LIMIT", "ANY("] {
            assert!(plans(text, &mut connection).await <= 11, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn of_no_rows() {
    support::databases::postgres(async |db| {
        schema::create::<(User, Post, Comment, Tag, Label)>(&db).await.unwrap();
        agree::<Post, _>(|p| (p.comments, p.tags, p.author, p.comments.count()), 0, &db).await;
    })
    .await;
}

#[tokio::test]
async fn few_rows_are_those_of_a_limit_a_key_or_at_hand() {
    support::databases::postgres(async |db| {
        blog(&db).await;
        let with = Post::query().with(|p| p.comments);
        assert_eq!(counted(with.to_vec(RowByRow(&db))).await.1, 2);
        assert_eq!(counted(with.clone().limit(31).to_vec(&db)).await.1, 2);
        assert_eq!(counted(with.clone().limit(30).to_vec(&db)).await.1, 1);
        assert_eq!(counted(with.clone().filter(|p| p.id.eq(3) & p.is_open.eq(false)).to_vec(&db)).await.1, 1);
        assert_eq!(counted(with.first(&db)).await.1, 1);
        let either = with.clone().filter(|p| p.id.eq(3) | p.is_open.eq(true));
        let (found, statements) = recorded_with_control(either.to_vec(&db)).await;
        assert_eq!(found.unwrap().len(), 2);
        // Rows of which none knew how many there would be; what they lead to, once there are few.
        assert_eq!(statements.len(), 4, "{statements:#?}");
        let posts: Vec<Post> = (0..1001)
            .map(|id| Post { id, author_id: None, title: String::new(), rating: None, raw: vec![], is_open: true })
            .collect();
        let (loaded, statements) = recorded_with_control(Post::load(&posts, |p| p.comments, &db)).await;
        assert_eq!((loaded.unwrap().concat().len(), statements.len()), (6, 3));
        let (loaded, statements) = recorded_with_control(Post::load(&posts[..1000], |p| p.comments, &db)).await;
        assert_eq!((loaded.unwrap().concat().len(), statements.len()), (6, 1));
    })
    .await;
}

#[tokio::test]
async fn a_type_that_does_not_come_in_an_array_is_read_as_rows() {
    support::databases::postgres(async |db| {
        blog(&db).await;
        let query = Post::query().limit(9).with(|p| (p.labels, p.comments));
        let (loaded, statements) = counted(query.to_vec(&db)).await;
        assert_eq!(statements, 2);
        assert_eq!(loaded, query.to_vec(RowByRow(&db)).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_is_the_same_error_and_other_integers_and_texts_are_the_same_values() {
    support::databases::postgres(async |db| {
        run(
            "CREATE TABLE posts (id INT, author_id UUID, title VARCHAR(9), rating FLOAT8, raw BYTEA, is_open BOOL)",
            &db,
        )
        .await;
        run("CREATE TABLE comments (id SMALLINT, post_id INT, body TEXT, stars INT, likes BIGINT, day DATE)", &db)
            .await;
        run("INSERT INTO posts VALUES (1, NULL, 'a', NULL, '', true)", &db).await;
        let query = Post::query().limit(1).with(|p| p.comments);
        let both = async || (query.to_vec(&db).await, query.to_vec(RowByRow(&db)).await);
        for (comment, fits) in [
            ("1, 1, 'a', 1, 1, NULL", true),
            ("1, 1, 'a', 40000, 1, NULL", false),
            ("1, 1, 'a', 1, 5000000000, NULL", false),
            ("1, 1, 'a', NULL, 1, NULL", false),
        ] {
            run(&format!("DELETE FROM comments; INSERT INTO comments VALUES ({comment})"), &db).await;
            let (ahead, rows) = both().await;
            assert_eq!((ahead.is_ok(), format!("{ahead:?}")), (fits, format!("{rows:?}")), "{comment}");
        }
        run("ALTER TABLE comments ALTER body TYPE UUID USING gen_random_uuid(); UPDATE comments SET stars = 1", &db)
            .await;
        // Another statement: the plan of the one above does not fit any more.
        let query = Post::query().limit(1).with(|p| p.comments.filter(|c| c.stars.eq(1)));
        let (ahead, rows) = (query.to_vec(&db).await, query.to_vec(RowByRow(&db)).await);
        assert_eq!(format!("{ahead:?}"), format!("{rows:?}"));
        assert!(matches!(ahead, Err(Error::Decode(_))), "{ahead:?}");
    })
    .await;
}

#[tokio::test]
async fn a_failure_in_the_callers_transaction_is_told_as_it_is_and_elsewhere_rows_are_asked_for() {
    support::databases::postgres(async |db| {
        blog(&db).await;
        run("ALTER TABLE comments ALTER stars DROP NOT NULL; UPDATE comments SET stars = NULL", &db).await;
        let posts = Post::query().order_by(|p| p.id.asc()).to_vec(&db).await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        let load = Post::load(&posts, |p| p.comments, &mut transaction).await;
        assert!(matches!(load, Err(Error::Decode(_))), "{load:?}");
        assert_eq!(Post::query().count(&mut transaction).await.unwrap(), 4);
        run("CREATE DOMAIN few AS INT CHECK (VALUE < 2)", &db).await;
        let query = Post::query().limit(2).with(|p| p.comments.filter(|c| sql("CAST(? AS few) > 0").column(c.likes)));
        let failed = query.to_vec(&mut transaction).await;
        assert!(matches!(failed, Err(Error::CheckViolation(_))), "{failed:?}");
        drop(transaction);
        let (failed, statements) = recorded_with_control(query.to_vec(&db)).await;
        assert_eq!(statements.len(), 4, "{statements:#?}");
        assert_eq!(format!("{failed:?}"), format!("{:?}", query.to_vec(RowByRow(&db)).await));
        assert_eq!(Post::query().count(&db).await.unwrap(), 4);
    })
    .await;
}

#[tokio::test]
async fn what_arrays_hold_in_another_way_is_as_in_rows() {
    #[derive(Debug, Clone, PartialEq, Model)]
    #[has_many(Leaf)]
    struct Root {
        id: i32,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    struct Leaf {
        id: i64,
        root_id: i32,
        words: Vec<u8>,
    }

    support::databases::postgres(async |db| {
        run("CREATE DOMAIN posint AS BIGINT; CREATE TABLE roots (id posint)", &db).await;
        run("CREATE TABLE leaves (id BIGINT, root_id INT, words BYTEA)", &db).await;
        run("INSERT INTO roots VALUES (1), (2); INSERT INTO leaves VALUES (1, 1, 'a'), (2, 2, NULL)", &db).await;
        let query = Root::query().limit(9).with(|r| r.leaves.filter(|l| l.id.eq(1)));
        let (loaded, statements) = counted(query.to_vec(&db)).await;
        assert_eq!((loaded.len(), statements), (2, 1));
        assert_eq!(loaded, query.to_vec(RowByRow(&db)).await.unwrap());
        let query = Root::query().limit(9).with(|r| r.leaves);
        let (ahead, rows) = (query.to_vec(&db).await, query.to_vec(RowByRow(&db)).await);
        assert_eq!(format!("{ahead:?}"), format!("{rows:?}"));
        assert!(matches!(ahead, Err(Error::Decode(_))), "{ahead:?}");
    })
    .await;
}
