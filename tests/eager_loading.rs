//! Relations loaded with their rows: what is returned, in which order, and by which statements.

mod support;

use futures_util::TryStreamExt;
use neko_orm::{Error, Model, Query, RowByRow, schema};
use support::{counted, each, on_every_backend, one_of, recorded, run, with_connection};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post as written, id = "author_id")]
#[has_many(Comment, id = "author_id")]
struct User {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User as author)]
#[has_many(Comment)]
struct Post {
    id: i64,
    author_id: Option<i64>,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
#[belongs_to(User as author)]
#[belongs_to(Self as parent)]
#[has_many(Self as replies, id = "parent_id")]
struct Comment {
    id: i64,
    post_id: i64,
    author_id: i64,
    parent_id: Option<i64>,
    body: String,
    likes: Option<i32>,
}

/// Users 1 to 3, of whom the third has written nothing; posts 1 to 4, of which the last has no author; on post 1 the thread
/// 1 <- 2 <- 3 and the comment 4, on post 2 the comment 5.
async fn blog(db: &neko_orm::Pool) {
    schema::create::<(User, Post, Comment)>(db).await.unwrap();
    User::insert_all(["ann", "bob", "cid"].map(|name| User::create().name(name)), db).await.unwrap();
    let posts = [(Some(1), "a"), (Some(2), "b"), (Some(1), "c"), (None, "d")];
    let posts = posts.map(|(author, title)| Post::create().author_id(author).title(title));
    Post::insert_all(posts, db).await.unwrap();
    let comments = [
        (1, 2, None, "first", Some(5)),
        (1, 1, Some(1), "reply", None),
        (1, 2, Some(2), "reply to reply", Some(1)),
        (1, 1, None, "other", Some(2)),
        (2, 1, None, "on b", None),
    ];
    let comments = comments.map(|(post, author, parent, body, likes)| {
        Comment::create().post_id(post).author_id(author).parent_id(parent).body(body).likes(likes)
    });
    Comment::insert_all(comments, db).await.unwrap();
}

fn posts() -> Query<Post> {
    Post::query().order_by(|p| p.id.asc())
}

fn ids(comments: &[Comment]) -> Vec<i64> {
    comments.iter().map(|comment| comment.id).collect()
}

on_every_backend! {
    async fn has_many_becomes_a_vec_in_the_given_order(db) {
        blog(&db).await;
        let (loaded, statements) = recorded(posts().with(|p| p.comments.order_by(|c| c.id.desc())).to_vec(RowByRow(&db))).await;
        let loaded: Vec<(Post, Vec<Comment>)> = loaded.unwrap();
        let found: Vec<_> = loaded.iter().map(|(post, comments)| (post.id, ids(comments))).collect();
        assert_eq!(found, [(1, vec![4, 3, 2, 1]), (2, vec![5]), (3, vec![]), (4, vec![])]);
        let expected = [
            r#"SELECT "posts"."id", "posts"."author_id", "posts"."title" FROM "posts" ORDER BY "posts"."id" ASC"#.to_owned(),
            r#"SELECT "comments"."id", "comments"."post_id", "comments"."author_id", "comments"."parent_id", "comments"."body", "comments"."likes" "#.to_owned()
                + &format!(r#"FROM "comments" WHERE ("comments"."post_id") {} ORDER BY "comments"."id" DESC"#, one_of(4, &db)),
        ];
        assert_eq!(statements, expected);
    }

    async fn belongs_to_becomes_an_option_or_the_target(db) {
        blog(&db).await;
        let loaded: Vec<(Post, Option<User>)> = posts().with(|p| p.author).to_vec(&db).await.unwrap();
        let names: Vec<_> = loaded.iter().map(|(_, author)| author.as_ref().map(|author| author.name.as_str())).collect();
        assert_eq!(names, [Some("ann"), Some("bob"), Some("ann"), None]);
        let comments: Vec<(Comment, User)> = Comment::query().order_by(|c| c.id.asc()).with(|c| c.author).to_vec(&db).await.unwrap();
        let names: Vec<_> = comments.iter().map(|(_, author)| author.name.as_str()).collect();
        assert_eq!(names, ["bob", "ann", "bob", "ann", "ann"]);
        let active: Vec<(Comment, Option<User>)> =
            Comment::query().with(|c| c.author.filter(|u| u.name.eq("bob"))).to_vec(&db).await.unwrap();
        assert_eq!(active.iter().filter(|(_, author)| author.is_some()).count(), 2);
    }

    async fn every_level_of_every_relation_costs_one_statement(db) {
        blog(&db).await;
        type Loaded = Vec<(Post, (Option<(User, Vec<Post>)>, Vec<(Comment, (User, Vec<(Comment, i64)>))>, i64))>;
        let query = posts().with(|p| (
            p.author.with(|u| u.written),
            p.comments.filter(|c| c.parent_id.is_null()).with(|c| (c.author, c.replies.with(|r| r.replies.count()))),
            p.comments.count(),
        ));
        let (loaded, statements) = counted(query.to_vec(&db)).await;
        let loaded: Loaded = loaded;
        assert_eq!(statements, each([1, 5, 8], &db));
        let (post, (author, comments, count)) = &loaded[0];
        assert_eq!((post.id, *count), (1, 4));
        assert_eq!(author.as_ref().unwrap().1.iter().map(|post| post.id).collect::<Vec<_>>(), [1, 3]);
        let (first, (author, replies)) = &comments[0];
        assert_eq!((first.id, author.name.as_str(), replies[0].0.id, replies[0].1), (1, "bob", 2, 1));
        assert_eq!(loaded[3].1, (None, vec![], 0));
        assert_eq!(counted(query.to_vec(RowByRow(&db))).await, (loaded, 8));
    }

    async fn a_limit_counts_for_each_row(db) {
        blog(&db).await;
        let query = posts().with(|p| p.comments.order_by(|c| c.id.desc()).limit(2));
        let (loaded, statements) = recorded(query.to_vec(RowByRow(&db))).await;
        assert_eq!(loaded.as_ref().unwrap(), &query.to_vec(&db).await.unwrap());
        let found: Vec<_> = loaded.unwrap().iter().map(|(_, comments)| ids(comments)).collect();
        assert_eq!(found, [vec![4, 3], vec![5], vec![], vec![]]);
        let columns = r#""comments"."id", "comments"."post_id", "comments"."author_id", "comments"."parent_id", "comments"."body", "comments"."likes""#;
        let expected = format!(r#"SELECT {columns} FROM (SELECT {columns}, ROW_NUMBER() OVER (PARTITION BY "comments"."post_id" ORDER BY "comments"."id" DESC) AS "neko rank" "#)
            + &format!(r#"FROM "comments" WHERE ("comments"."post_id") {}) AS "comments" "#, one_of(4, &db))
            + r#"WHERE "comments"."neko rank" > ? AND "comments"."neko rank" <= ? ORDER BY "comments"."neko rank""#;
        assert_eq!(statements[1], expected);

        let ids_of = |loaded: Vec<(Post, Vec<Comment>)>| ids(&loaded[0].1);
        let first = posts().with(|p| p.comments.limit(0).first()).to_vec(&db).await.unwrap();
        assert!(first.iter().all(|(_, comment)| comment.is_none()));
        let rest = posts().with(|p| p.comments.order_by(|c| c.id.asc()).offset(1)).to_vec(&db).await.unwrap();
        assert_eq!(ids_of(rest), [2, 3, 4]);
        let middle = posts().with(|p| p.comments.order_by(|c| c.likes.desc().nulls_last()).offset(1).limit(2));
        assert_eq!(ids_of(middle.to_vec(&db).await.unwrap()), [4, 3]);
        let none = posts().with(|p| p.comments.limit(0)).to_vec(&db).await.unwrap();
        assert!(none.iter().all(|(_, comments)| comments.is_empty()));
        let all = posts().with(|p| p.comments.limit(u64::MAX).offset(1)).to_vec(&db).await.unwrap();
        assert_eq!(ids_of(all), [2, 3, 4]);
    }

    async fn the_key_decides_where_the_order_does_not(db) {
        blog(&db).await;
        let latest = posts().with(|p| p.comments.order_by(|c| c.post_id.desc()).limit(1)).to_vec(&db).await.unwrap();
        assert_eq!(ids(&latest[0].1), [1]);
        let first = posts().with(|p| p.comments.first()).to_vec(&db).await.unwrap();
        assert_eq!(first[0].1.as_ref().unwrap().id, 1);
    }

    async fn the_first_of_each_row(db) {
        blog(&db).await;
        let query = posts().with(|p| p.comments.order_by(|c| c.id.desc()).first());
        let loaded: Vec<(Post, Option<Comment>)> = query.to_vec(&db).await.unwrap();
        let found: Vec<_> = loaded.iter().map(|(_, comment)| comment.as_ref().map(|comment| comment.id)).collect();
        assert_eq!(found, [Some(4), Some(5), None, None]);
        let with_author = posts().with(|p| p.comments.with(|c| c.author).order_by(|c| c.id.asc()).first());
        let loaded: Vec<(Post, Option<(Comment, User)>)> = with_author.to_vec(&db).await.unwrap();
        assert_eq!(loaded[0].1.as_ref().unwrap().1.name, "bob");
    }

    async fn aggregates_are_loaded_for_each_row(db) {
        blog(&db).await;
        let query = posts().with(|p| (
            p.comments.count(),
            p.comments.exists(),
            p.comments.sum(|c| c.likes),
            p.comments.min(|c| c.likes),
            p.comments.max(|c| c.body),
            p.comments.avg(|c| c.likes),
            p.comments.filter(|c| c.likes.gt(1)).count(),
            p.comments.filter(|c| c.replies.any(|_| true)).exists(),
        ));
        let (loaded, statements) = counted(query.to_vec(&db)).await;
        // SQLite reads the mean apart: JSON does not hold floats exactly. PostgreSQL joins them all to the rows.
        assert_eq!(statements, each([2, 1, 9], &db));
        let loaded: Vec<_> = loaded.into_iter().map(|(_, values)| values).collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(loaded[0], (4, true, 8, Some(1), text("reply to reply"), Some(8.0 / 3.0), 2, true));
        assert_eq!(loaded[1], (1, true, 0, None, text("on b"), None, 0, false));
        assert_eq!(loaded[2], (0, false, 0, None, None, None, 0, false));
        let (_, statements) = recorded(posts().with(|p| p.comments.sum(|c| c.likes)).to_vec(RowByRow(&db))).await;
        let sum = each([r#"SUM("comments"."likes")"#, r#"CAST(SUM("comments"."likes") AS BIGINT)"#, r#"SUM("comments"."likes") DIV 1"#], &db);
        let expected = format!(r#"SELECT "comments"."post_id", COALESCE({sum}, 0) FROM "comments" "#)
            + &format!(r#"WHERE ("comments"."post_id") {} GROUP BY "comments"."post_id""#, one_of(4, &db));
        assert_eq!(statements[1], expected);
    }

    async fn rows_at_hand_are_loaded_in_their_order(db) {
        blog(&db).await;
        let mut posts = posts().to_vec(&db).await.unwrap();
        posts.reverse();
        let first = posts[3].clone();
        posts.push(first);
        let (lists, statements) = counted(Post::load(&posts, |p| p.comments.order_by(|c| c.id.asc()), &db)).await;
        let lists: Vec<Vec<Comment>> = lists;
        let lists: Vec<_> = lists.iter().map(|comments| ids(comments)).collect();
        assert_eq!((lists, statements), (vec![vec![], vec![], vec![5], vec![1, 2, 3, 4], vec![1, 2, 3, 4]], 1));
        let (both, statements) = counted(Post::load(&posts, |p| (p.author, p.comments.count()), &db)).await;
        let both: Vec<(Option<User>, i64)> = both;
        assert_eq!((both[3].clone(), both[4].1, statements), ((User::find(1, &db).await.unwrap(), 4), 4, each([1, 1, 2], &db)));
        assert_eq!(counted(Post::load(&[], |p| p.comments, &db)).await, (Vec::new(), 0));
        let pairs = Post::query().with(|p| p.author).to_vec(&db).await.unwrap();
        let counts = Post::load(pairs.iter().map(|(post, _)| post), |p| p.comments.count(), &db).await.unwrap();
        assert_eq!(counts, [4, 1, 0, 0]);
        let (_, control) = support::recorded_with_control(Post::load([&posts[0]], |p| p.comments, RowByRow(&db))).await;
        assert_eq!((control[0].as_str(), control.len(), control[2].as_str()), ("BEGIN", 3, "COMMIT"));
    }

    async fn nothing_is_sent_for_no_keys(db) {
        blog(&db).await;
        let orphans = Post::query().filter(|p| p.author_id.is_null());
        assert_eq!(counted(orphans.with(|p| p.author.with(|u| u.written)).to_vec(&db)).await.1, 1);
        let none = Post::query().filter(|p| p.id.gt(99));
        assert_eq!(counted(none.with(|p| (p.comments.with(|c| c.author), p.comments.count())).to_vec(&db)).await.1, 1);
        assert_eq!(counted(posts().with(|p| p.comments.filter(|_| false)).to_vec(&db)).await.1, 1);
        assert_eq!(counted(posts().filter(|_| false).with(|p| p.comments).to_vec(&db)).await.1, 0);
    }

    async fn keys_are_looked_for_once(db) {
        blog(&db).await;
        let (comments, statements) = recorded(Comment::query().with(|c| c.post.with(|p| p.comments)).to_vec(&db)).await;
        let comments: Vec<(Comment, (Post, Vec<Comment>))> = comments.unwrap();
        assert_eq!(statements.len(), each([1, 3, 3], &db));
        assert!(comments.iter().all(|(comment, (post, siblings))| comment.post_id == post.id && siblings.contains(comment)));
        let one = Comment::query().filter(|c| c.post_id.eq(1)).with(|c| c.post);
        let (_, statements) = recorded(one.to_vec(RowByRow(&db))).await;
        assert!(statements[1].ends_with(r#"WHERE "posts"."id" = ?"#), "{}", statements[1]);
    }

    async fn the_other_reading_verbs_load_too(db) {
        blog(&db).await;
        let query = posts().with(|p| p.comments.count());
        assert_eq!(query.first(&db).await.unwrap().unwrap().1, 4);
        assert_eq!(counted(query.clone().filter(|p| p.id.eq(2)).one(&db)).await.0.1, 1);
        assert_eq!(counted(query.count(&db)).await, (4, 1));
        assert!(query.exists(&db).await.unwrap());
        let (page, statements) = counted(query.page(2, 3, &db)).await;
        assert_eq!((page.items.len(), page.items[0].1, page.total, statements), (1, 0, 4, 3));
        let after = query.clone().after(&page.items[0].0).to_vec(&db).await.unwrap();
        assert!(after.is_empty());
        let ann = User::get(1, &db).await.unwrap();
        let written: Vec<(Post, i64)> = ann.written().order_by(|p| p.id.asc()).with(|p| p.comments.count()).to_vec(&db).await.unwrap();
        assert_eq!(written.iter().map(|(post, count)| (post.id, *count)).collect::<Vec<_>>(), [(1, 4), (3, 0)]);
    }

    async fn a_missing_target_is_an_error(db) {
        let columns = "(id BIGINT PRIMARY KEY, post_id BIGINT, author_id BIGINT, parent_id BIGINT, body TEXT, likes INT)";
        run(&format!("CREATE TABLE comments {columns}"), &db).await;
        run("CREATE TABLE users (id BIGINT PRIMARY KEY, name TEXT)", &db).await;
        run("INSERT INTO comments VALUES (1, 1, 7, 9, '', 0)", &db).await;
        let comments = Comment::query();
        let error = comments.clone().with(|c| c.author).to_vec(&db).await.unwrap_err();
        assert!(matches!(error, Error::MissingTarget { relation: "author", .. }), "{error}");
        assert_eq!(error.to_string(), "`author` of row 1 of `comments`: no row of `users` has the key 7");
        assert_eq!(comments.clone().with(|c| c.author.filter(|_| true)).to_vec(&db).await.unwrap()[0].1, None);
        assert_eq!(comments.with(|c| c.parent).to_vec(&db).await.unwrap()[0].1, None);
    }

    async fn a_filter_of_what_is_loaded_is_not_about_the_rows_it_is_loaded_for(db) {
        blog(&db).await;
        let query = posts().with(|p| p.comments.filter(|_| p.author.is(|u| u.name.eq("ann"))));
        let error = query.to_vec(&db).await.unwrap_err();
        assert!(error.to_string().contains("cannot ask about the rows that it is loaded for"), "{error}");
    }

    async fn it_works_on_connections_in_transactions_and_in_other_tasks(db) {
        blog(&db).await;
        let query = posts().with(|p| (p.author, p.comments.order_by(|c| c.id.asc()).with(|c| c.author)));
        let expected = query.to_vec(&db).await.unwrap();
        with_connection!(&db, |connection| {
            assert_eq!(query.to_vec(&mut connection).await.unwrap(), expected);
            let mut transaction = sqlx::Connection::begin(&mut *connection).await.unwrap();
            assert_eq!(query.to_vec(&mut transaction).await.unwrap(), expected);
            let posts: Vec<_> = expected.iter().map(|(post, _)| post.clone()).collect();
            assert_eq!(Post::load(&posts, |p| p.comments.count(), &mut transaction).await.unwrap(), [4, 1, 0, 0]);
            let streamed: Vec<_> = query.stream(&mut transaction).try_collect().await.unwrap();
            assert_eq!(streamed, expected);
            transaction.rollback().await.unwrap();
        });
        let (pool, tasks) = (db.clone(), query.clone());
        let spawned = tokio::spawn(async move { tasks.to_vec(&pool).await.unwrap() });
        assert_eq!(spawned.await.unwrap(), expected);
        let pool = db.clone();
        let spawned = tokio::spawn(async move { query.stream(&pool).try_collect::<Vec<_>>().await.unwrap() });
        assert_eq!(spawned.await.unwrap(), expected);
    }

    async fn a_dropped_call_leaves_the_pool_usable(db) {
        blog(&db).await;
        let query = posts().with(|p| p.comments.with(|c| c.author));
        for polls in 0..60 {
            let mut call = Box::pin(query.to_vec(&db));
            for _ in 0..polls % 12 {
                if futures_util::FutureExt::now_or_never(&mut call).is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(call);
            let mut rows = query.stream(&db);
            rows.try_next().await.unwrap();
            drop(rows);
            let mut transaction = db.begin().await.unwrap();
            Post::create().title("x").insert(&mut transaction).await.unwrap();
            transaction.rollback().await.unwrap();
        }
        assert_eq!(Post::query().count(&db).await.unwrap(), 4);
    }
}
