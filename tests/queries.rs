//! Filters, orders, limits and predicates on relations, on all rows and on relation handles alike.

mod support;

use neko_orm::{Error, IntoCondition, Model, Pool, Query, schema};
use support::{counted, dialect, each, on_every_backend, one_of, recorded, unquoted};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post as written, id = "author_id")]
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
    subtitle: Option<String>,
    rating: i32,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
#[belongs_to(Self as parent)]
#[has_many(Self as replies, id = "parent_id")]
struct Comment {
    id: i64,
    post_id: i64,
    parent_id: Option<i64>,
    body: String,
}

/// Two users, five posts, and a thread: 1 <- 2 <- 3 on post 1, 4 on post 2.
async fn blog(db: &Pool) {
    schema::create::<(User, Post, Comment)>(db).await.unwrap();
    User::insert_all(["ann", "bob"].map(|name| User::create().name(name)), db).await.unwrap();
    let posts = [
        (Some(1), "Rust", Some("a"), 5),
        (Some(1), "rust and C", None, 3),
        (Some(2), "100% [sic] *?", Some("b_c"), 3),
        (None, "", Some(""), -1),
        (Some(2), "Ünï", None, 0),
    ];
    let posts = posts.map(|(author, title, subtitle, rating)| {
        Post::create().author_id(author).title(title).subtitle(subtitle.map(String::from)).rating(rating)
    });
    Post::insert_all(posts, db).await.unwrap();
    let comments = [(1, None, "first"), (1, Some(1), "reply"), (1, Some(2), "reply to reply"), (2, None, "other")];
    let comments = comments.map(|(post, parent, body)| Comment::create().post_id(post).parent_id(parent).body(body));
    Comment::insert_all(comments, db).await.unwrap();
}

/// The keys of the posts, in the order of the query or of the keys.
async fn ids(query: Query<Post>, db: &Pool) -> Vec<i64> {
    query.to_vec(db).await.unwrap().into_iter().map(|post| post.id).collect()
}

/// PostgreSQL has no NUL in a text, and says so.
async fn no_nul(db: &Pool) {
    let stored = Post::create().title("a\0b").rating(1).insert(db).await.unwrap_err();
    let found = Post::query().filter(|p| p.title.contains("\0")).count(db).await.unwrap_err();
    for error in [stored, found] {
        assert!(matches!(&error, Error::Statement(_)) && error.to_string().contains("0x00"), "{error}");
    }
    assert_eq!(Post::query().count(db).await.unwrap(), 5);
}

macro_rules! selects {
    ($db:expr, |$p:pat_param| $condition:expr, $expected:expr) => {{
        let query = Post::query().filter(|$p| $condition).order_by(|p| p.id.asc());
        let expected: &[i64] = &$expected;
        assert_eq!(ids(query, &$db).await, expected, stringify!($condition));
    }};
}

on_every_backend! {
    async fn comparisons_mean_what_they_say(db) {
        blog(&db).await;
        selects!(db, |p| p.rating.eq(3), [2, 3]);
        selects!(db, |p| p.rating.ne(3), [1, 4, 5]);
        selects!(db, |p| p.rating.lt(3), [4, 5]);
        selects!(db, |p| p.rating.le(3), [2, 3, 4, 5]);
        selects!(db, |p| p.rating.gt(3), [1]);
        selects!(db, |p| p.rating.ge(3), [1, 2, 3]);
        selects!(db, |p| p.rating.between(0, 3), [2, 3, 5]);
        selects!(db, |p| p.title.eq("Rust"), [1]);
        selects!(db, |p| p.title.eq(String::from("Rust")), [1]);
        selects!(db, |p| p.title.gt("Rust"), [2, 5]);
        selects!(db, |p| p.rating.is_in([3, 5]), [1, 2, 3]);
        selects!(db, |p| p.title.is_in(["", "Ünï"]), [4, 5]);
        selects!(db, |p| p.rating.is_in(std::iter::empty::<i32>()), []);
        selects!(db, |p| !p.rating.is_in(std::iter::empty::<i32>()), [1, 2, 3, 4, 5]);
    }

    async fn a_list_of_values_may_have_any_length(db) {
        blog(&db).await;
        selects!(db, |p| p.id.is_in(2..40_000), [2, 3, 4, 5]);
        selects!(db, |p| p.author_id.is_in(2..40_000), [3, 5]);
        selects!(db, |p| p.subtitle.is_in([None, Some(String::from("a"))]), [1, 2, 5]);
        selects!(db, |p| !p.subtitle.is_in([None, Some(String::from("a"))]), [3, 4]);
        selects!(db, |p| p.subtitle.is_in([None::<String>]), [2, 5]);
        selects!(db, |p| p.subtitle.is_in((0..40_000).map(|number| number.to_string()).chain(["b_c".into()])), [3]);
        let query = Post::query().filter(|p| p.author_id.is_in([1, 2]));
        let sql = unquoted(&query.to_sql(dialect(&db)).unwrap());
        let list = each([one_of(2, &db), one_of(2, &db), "IN (?, ?)".to_owned()], &db);
        assert!(sql.ends_with(&format!(r#""posts"."author_id" {list}"#)), "{sql}");
    }

    async fn a_null_is_never_compared_with_equals(db) {
        blog(&db).await;
        selects!(db, |p| p.subtitle.is_null(), [2, 5]);
        selects!(db, |p| p.subtitle.is_not_null(), [1, 3, 4]);
        selects!(db, |p| p.subtitle.eq(None::<String>), [2, 5]);
        selects!(db, |p| p.subtitle.ne(None::<String>), [1, 3, 4]);
        selects!(db, |p| p.subtitle.eq(Some(String::from("a"))), [1]);
        selects!(db, |p| p.subtitle.eq("a"), [1]);
        selects!(db, |p| p.subtitle.ne("a"), [3, 4]);
        selects!(db, |p| p.author_id.eq(2), [3, 5]);
        selects!(db, |p| p.author_id.is_in([1]), [1, 2]);
    }

    async fn columns_are_compared_with_columns(db) {
        blog(&db).await;
        selects!(db, |p| p.id.eq(p.author_id), [1]);
        selects!(db, |p| p.author_id.lt(p.id), [2, 3, 5]);
        selects!(db, |p| p.subtitle.lower().eq(p.subtitle), [1, 3, 4]);
        // Letters beyond ASCII have another case on servers, as far as their locale says.
        selects!(db, |p| p.title.lower().eq(p.title) & p.id.ne(5), [3, 4]);
        if let Pool::Sqlite(_) = db {
            selects!(db, |p| p.title.lower().eq(p.title) & p.title.upper().eq("ÜNï"), [5]);
        }
    }

    async fn text_is_matched_letter_by_letter_except_by_like(db) {
        blog(&db).await;
        selects!(db, |p| p.title.like("rust%"), [1, 2]);
        selects!(db, |p| p.title.starts_with("rust"), [2]);
        selects!(db, |p| p.title.ends_with(" C"), [2]);
        selects!(db, |p| p.title.contains("us"), [1, 2]);
        selects!(db, |p| p.title.contains("% [sic] *"), [3]);
        selects!(db, |p| p.title.ends_with("?"), [3]);
        selects!(db, |p| p.title.contains("]"), [3]);
        selects!(db, |p| p.title.contains(""), [1, 2, 3, 4, 5]);
        selects!(db, |p| p.title.lower().eq("rust"), [1]);
        selects!(db, |p| p.title.upper().starts_with("RUST"), [1, 2]);
        selects!(db, |p| p.subtitle.like("b_c"), [3]);
    }

    async fn conditions_are_combined_and_left_out(db) {
        blog(&db).await;
        selects!(db, |p| p.rating.gt(0) & p.subtitle.is_not_null(), [1, 3]);
        selects!(db, |p| p.rating.eq(5) | p.rating.eq(0) & p.title.eq("no"), [1]);
        selects!(db, |p| (p.rating.eq(5) | p.rating.eq(0)) & p.title.ne("no"), [1, 5]);
        selects!(db, |p| !(p.rating.eq(5) | p.rating.eq(0)), [2, 3, 4]);
        selects!(db, |_| true, [1, 2, 3, 4, 5]);
        let least: Option<i32> = None;
        selects!(db, |p| least.map(|least| p.rating.ge(least)), [1, 2, 3, 4, 5]);
        let least = Some(3);
        selects!(db, |p| least.map(|least| p.rating.ge(least)), [1, 2, 3]);
        assert_eq!(ids(Post::query().filter(|p| p.rating.eq(3)).filter(|p| p.id.gt(2)), &db).await, [3]);
        assert_eq!(counted(Post::query().filter(|_| false).to_vec(&db)).await, (Vec::new(), 0));
        assert_eq!(counted(Post::query().filter(|p| p.id.eq(1)).filter(|_| false).exists(&db)).await, (false, 0));
    }

    async fn what_is_left_out_filters_nothing_wherever_it_stands(db) {
        blog(&db).await;
        let least: Option<i32> = None;
        selects!(db, |p| p.id.eq(1) | least.map(|least| p.rating.ge(least)), [1]);
        selects!(db, |p| least.map(|least| p.rating.ge(least)).into_condition() | p.id.eq(1), [1]);
        selects!(db, |p| p.id.eq(1) & least.map(|least| p.rating.ge(least)), [1]);
        selects!(db, |p| !least.map(|least| p.rating.ge(least)).into_condition(), [1, 2, 3, 4, 5]);
        selects!(db, |p| p.comments.any(|c| least.map(|least| c.id.ge(i64::from(least)))), [1, 2, 3, 4, 5]);
        selects!(db, |p| p.comments.none(|c| least.map(|least| c.id.ge(i64::from(least)))), [1, 2, 3, 4, 5]);
        selects!(db, |p| vec![p.id.gt(1), p.id.lt(4)], [2, 3]);
        selects!(db, |_| Vec::<neko_orm::Condition>::new(), [1, 2, 3, 4, 5]);
        selects!(db, |p| p.id.eq(1) | true, [1, 2, 3, 4, 5]);
        selects!(db, |p| p.id.eq(1) & false, []);
        let guarded = Post::query().filter(|p| p.id.eq(1) | true).delete(&db).await;
        assert!(matches!(guarded, Err(neko_orm::Error::Unfiltered { .. })));
    }

    async fn long_chains_of_conditions_are_no_deep_trees(db) {
        blog(&db).await;
        let query = Post::query().filter(|p| (2..20_000).fold(p.id.eq(1), |chain, id| chain | p.id.eq(id)));
        let sql = query.clone().to_sql(dialect(&db)).unwrap();
        assert_eq!(sql.matches(" OR ").count(), 19_998);
        let query = Post::query().filter(|p| (2..900).fold(p.id.eq(1), |chain, id| chain | p.id.eq(id)));
        assert_eq!(query.count(&db).await.unwrap(), 5);
    }

    async fn operators_bind_as_they_are_written(db) {
        blog(&db).await;
        selects!(db, |p| ((p.rating - 1) * 2).eq(4), [2, 3]);
        selects!(db, |p| (p.rating - (p.rating - 1)).eq(1), [1, 2, 3, 4, 5]);
        selects!(db, |p| (p.rating * 2).between(p.rating + 1, p.rating * 2 + 1), [1, 2, 3]);
        selects!(db, |p| (p.rating.gt(3) & p.id.lt(9)).eq(true), [1]);
        selects!(db, |p| (p.rating.gt(3) & p.id.lt(9)).ne(true), [2, 3, 4, 5]);
        selects!(db, |p| p.rating.between(3, 5).eq(p.id.is_in([1, 4])), [1, 5]);
        selects!(db, |p| (!p.rating.eq(3)).eq(p.title.contains("ust")), [1, 3]);
        selects!(db, |p| p.title.starts_with("R").is_null(), []);
        let (title, id, list) = (String::from("Rust"), 4, vec![1, 3]);
        selects!(db, |p| p.title.eq(&title) | p.id.eq(id) | p.title.eq(&title), [1, 4]);
        selects!(db, |p| p.id.is_in(&list) & p.id.is_in(&list), [1, 3]);
    }

    async fn texts_may_hold_anything(db) {
        blog(&db).await;
        if let Pool::Postgres(_) = db {
            return no_nul(&db).await;
        }
        for title in ["a\0b", "\0", "x\0"] {
            Post::create().title(title).rating(1).insert(&db).await.unwrap();
        }
        selects!(db, |p| p.title.contains("\0nothing"), []);
        selects!(db, |p| p.title.contains("\0"), [6, 7, 8]);
        selects!(db, |p| p.title.contains("\0b"), [6]);
        selects!(db, |p| p.title.ends_with("b"), [6]);
        selects!(db, |p| p.title.ends_with("\0"), [7, 8]);
        selects!(db, |p| p.title.starts_with("\0"), [7]);
        selects!(db, |p| p.title.starts_with("x"), [8]);
        selects!(db, |p| p.title.ends_with("Ünï"), [5]);
        selects!(db, |p| p.title.ends_with("n"), []);
        selects!(db, |p| p.title.starts_with("R".repeat(60_000)) | p.title.contains("R".repeat(60_000)), []);
        selects!(db, |p| p.title.is_in(["\0", "a\0b"]), [6, 7]);
        selects!(db, |p| p.title.is_in((0..40_000).map(|n| n.to_string()).chain(["x\0".to_owned()])), [8]);
        if let Pool::Sqlite(_) = db {
            let error = Post::query().filter(|p| p.title.like("\0%")).count(&db).await.unwrap_err();
            assert!(error.to_string().contains("NUL"), "{error}");
        }
    }

    async fn relations_are_asked_to_any_depth(db) {
        blog(&db).await;
        selects!(db, |p| p.comments.any(|_| true), [1, 2]);
        selects!(db, |p| p.comments.none(|_| true), [3, 4, 5]);
        selects!(db, |p| p.comments.any(|c| c.body.eq("reply")), [1]);
        selects!(db, |p| p.comments.none(|c| c.body.eq("reply")), [2, 3, 4, 5]);
        selects!(db, |p| p.author.is(|u| u.name.eq("ann")), [1, 2]);
        selects!(db, |p| !p.author.is(|u| u.name.eq("ann")), [3, 4, 5]);
        selects!(db, |p| p.author.is(|u| u.written.any(|other| other.id.gt(p.id))), [1, 3]);
        selects!(db, |p| p.comments.any(|c| c.replies.any(|r| r.replies.any(|_| true))), [1]);
        let leaf = Comment::query().filter(|c| c.replies.none(|_| true)).order_by(|c| c.id.asc());
        let leaves: Vec<_> = leaf.to_vec(&db).await.unwrap().into_iter().map(|comment| comment.id).collect();
        assert_eq!(leaves, [3, 4]);
        let second = Comment::query().filter(|c| c.parent.is(|p| p.parent_id.is_null() & p.post_id.eq(c.post_id)));
        assert_eq!(second.first(&db).await.unwrap().unwrap().body, "reply");
    }

    async fn the_statement_qualifies_every_column_and_binds_every_value(db) {
        let query = Comment::query()
            .filter(|c| c.parent.is(|p| p.body.eq("x") & p.replies.any(|r| r.id.ne(c.id))))
            .order_by(|c| (c.post_id.desc().nulls_last(), c.id.asc()))
            .limit(10)
            .offset(5);
        let expected = r#"SELECT "comments"."id", "comments"."post_id", "comments"."parent_id", "comments"."body" FROM "comments" "#
            .to_owned()
            + r#"WHERE EXISTS (SELECT 1 FROM "comments" AS "neko 1" WHERE "neko 1"."id" = "comments"."parent_id" AND "neko 1"."body" = ? "#
            + r#"AND EXISTS (SELECT 1 FROM "comments" AS "neko 2" WHERE "neko 2"."parent_id" = "neko 1"."id" AND "neko 2"."id" <> "comments"."id" LIMIT 1) LIMIT 1) "#
            + r#"ORDER BY "comments"."post_id" DESC NULLS LAST, "comments"."id" ASC LIMIT ? OFFSET ?"#;
        let elsewhere = expected.replace(" LIMIT 1)", ")");
        let on_mysql = elsewhere.replace(" NULLS LAST", "");
        // PostgreSQL plans for the number.
        let on_postgres = elsewhere.replace("LIMIT ?", "LIMIT 10");
        let expected = each([expected, on_postgres, on_mysql], &db);
        assert_eq!(unquoted(&query.to_sql(dialect(&db)).unwrap()), expected);
        schema::create::<(User, Post, Comment)>(&db).await.unwrap();
        let (result, statements) = recorded(query.to_vec(&db)).await;
        assert_eq!((result.unwrap(), statements), (Vec::new(), vec![expected]));
    }

    async fn orders_and_ranges(db) {
        blog(&db).await;
        let by_rating = || Post::query().order_by(|p| (p.rating.desc(), p.id.desc()));
        assert_eq!(ids(by_rating(), &db).await, [1, 3, 2, 5, 4]);
        assert_eq!(ids(by_rating().limit(2), &db).await, [1, 3]);
        assert_eq!(ids(by_rating().limit(2).offset(1), &db).await, [3, 2]);
        assert_eq!(ids(by_rating().offset(3), &db).await, [5, 4]);
        assert!(ids(by_rating().limit(0), &db).await.is_empty());
        assert!(ids(by_rating().limit(u64::MAX).offset(u64::MAX), &db).await.is_empty());
        let subtitles = |nulls_first: fn(neko_orm::Order) -> neko_orm::Order| {
            Post::query().order_by(move |p| (nulls_first(p.subtitle.asc()), p.id.asc()))
        };
        assert_eq!(ids(subtitles(neko_orm::Order::nulls_first), &db).await, [2, 5, 4, 1, 3]);
        assert_eq!(ids(subtitles(neko_orm::Order::nulls_last), &db).await, [4, 1, 3, 2, 5]);
    }

    async fn every_reading_verb_takes_the_query_as_it_is(db) {
        blog(&db).await;
        let good = Post::query().filter(|p| p.rating.ge(0)).order_by(|p| p.rating.asc());
        assert_eq!(counted(good.count(&db)).await, (4, 1));
        assert_eq!(counted(good.clone().limit(3).count(&db)).await, (3, 1));
        assert_eq!(good.clone().limit(3).offset(2).count(&db).await.unwrap(), 2);
        assert!(good.exists(&db).await.unwrap());
        assert!(!good.clone().offset(4).exists(&db).await.unwrap());
        assert!(!good.clone().limit(0).exists(&db).await.unwrap());
        assert_eq!(good.first(&db).await.unwrap().unwrap().id, 5);
        assert_eq!(good.clone().offset(1).first(&db).await.unwrap().unwrap().id, 2);
        assert_eq!(good.clone().limit(0).first(&db).await.unwrap(), None);
        let mut rows = good.stream(&db);
        assert_eq!(rows.try_next().await.unwrap().unwrap().id, 5);
    }

    async fn a_relation_handle_is_a_query_too(db) {
        blog(&db).await;
        let ann = User::get(1, &db).await.unwrap();
        let (found, statements) = recorded(ann.written().filter(|p| p.rating.gt(3)).to_vec(&db)).await;
        assert_eq!(found.unwrap().len(), 1);
        assert!(statements[0].ends_with(r#"WHERE "posts"."author_id" = ? AND "posts"."rating" > ?"#), "{statements:?}");
        assert_eq!(ids(ann.written().order_by(|p| p.rating.asc()).limit(1), &db).await, [2]);
        let post = Post::get(4, &db).await.unwrap();
        assert_eq!(counted(post.author().filter(|u| u.name.eq("ann")).to_vec(&db)).await, (Vec::new(), 0));
    }

    async fn a_scope_is_a_function(db) {
        fn good(query: Query<Post>) -> Query<Post> {
            query.filter(|p| p.rating.ge(3))
        }
        blog(&db).await;
        assert_eq!(ids(good(Post::query()).order_by(|p| p.id.asc()), &db).await, [1, 2, 3]);
    }

    async fn hostile_values_are_values(db) {
        blog(&db).await;
        // PostgreSQL has no NUL in a text.
        let nul = each(["\0", "0", "\0"], &db);
        for hostile in ["' OR 1=1 --", "\" OR \"1\"=\"1", "%", "_", "\\", nul, "*", "[a-z]", "?1", "$1"] {
            selects!(db, |p| p.title.eq(hostile), []);
            selects!(db, |p| p.title.is_in([hostile]), []);
            let post = Post::create().title(hostile).rating(7).insert(&db).await.unwrap();
            selects!(db, |p| p.title.eq(hostile), [post.id]);
            selects!(db, |p| p.title.is_in([hostile, "another"]), [post.id]);
            post.delete(&db).await.unwrap();
        }
    }
}
