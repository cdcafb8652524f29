//! Columns and expressions instead of whole rows, aggregates, and groups.
#![allow(clippy::type_complexity)]

mod support;

use futures_util::TryStreamExt;
use neko_orm::{Error, Model, RowByRow, schema};
use support::{counted, dialect, each, on_every_backend, recorded, unquoted};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post as written, id = "author_id")]
struct User {
    id: i64,
    name: String,
    nickname: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User as author)]
#[has_many(Comment)]
struct Post {
    id: i64,
    author_id: Option<i64>,
    title: String,
    rating: i32,
    price: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: i64,
    body: String,
}

async fn blog(db: &neko_orm::Pool) {
    schema::create::<(User, Post, Comment)>(db).await.unwrap();
    let users = [("ann", Some("a")), ("bob", None)]
        .map(|(name, nick)| User::create().name(name).nickname(nick.map(String::from)));
    User::insert_all(users, db).await.unwrap();
    let posts = [
        (Some(1), "a", 5, Some(1.5)),
        (Some(1), "b", 3, None),
        (Some(2), "c", 3, Some(2.0)),
        (None, "d", -1, Some(0.25)),
    ];
    let posts = posts.map(|(author, title, rating, price)| {
        Post::create().author_id(author).title(title).rating(rating).price(price)
    });
    Post::insert_all(posts, db).await.unwrap();
    let comments = [(1, "x"), (1, "y"), (2, "z")].map(|(post, body)| Comment::create().post_id(post).body(body));
    Comment::insert_all(comments, db).await.unwrap();
}

on_every_backend! {
    async fn columns_and_tuples_are_selected(db) {
        blog(&db).await;
        let posts = Post::query().order_by(|p| p.id.asc());
        let titles: Vec<String> = posts.clone().select(|p| p.title).to_vec(&db).await.unwrap();
        assert_eq!(titles, ["a", "b", "c", "d"]);
        let pairs: Vec<(i64, Option<f64>)> = posts.clone().select(|p| (p.id, p.price)).limit(2).to_vec(&db).await.unwrap();
        assert_eq!(pairs, [(1, Some(1.5)), (2, None)]);
        let nested: Vec<((i64, String), i32)> = posts.clone().select(|p| ((p.id, p.title), p.rating)).limit(1).to_vec(&db).await.unwrap();
        assert_eq!(nested, [((1, "a".into()), 5)]);
        let query = posts.select(|p| (p.title.upper(), p.rating + 1, p.comments.count(), p.author.map(|u| u.name)));
        let (rows, statements) = recorded(query.to_vec(RowByRow(&db))).await;
        assert_eq!(query.to_vec(&db).await.unwrap(), rows.as_deref().unwrap());
        let ann = || Some("ann".to_owned());
        let expected = [
            ("A".to_owned(), 6, 2, ann()),
            ("B".to_owned(), 4, 1, ann()),
            ("C".to_owned(), 4, 0, Some("bob".to_owned())),
            ("D".to_owned(), 0, 0, None),
        ];
        assert_eq!(rows.unwrap(), expected);
        let expected = r#"SELECT UPPER("posts"."title"), "posts"."rating" + ?, "#.to_owned()
            + r#"(SELECT COUNT(*) FROM "comments" AS "neko 1" WHERE "neko 1"."post_id" = "posts"."id"), "#
            + r#"(SELECT "neko 1"."name" FROM "users" AS "neko 1" WHERE "neko 1"."id" = "posts"."author_id") FROM "posts" ORDER BY "posts"."id" ASC"#;
        assert_eq!(statements, [expected]);
        assert_eq!(query.first(&db).await.unwrap().unwrap().2, 2);
        let streamed: Vec<_> = query.stream(&db).try_collect().await.unwrap();
        assert_eq!(streamed.len(), 4);
        assert_eq!(counted(query.count(&db)).await, (4, 1));
    }

    async fn distinct_drops_repetitions_of_what_is_selected(db) {
        blog(&db).await;
        let authors = Post::query().select(|p| p.author_id).distinct().order_by(|p| p.author_id.asc());
        assert_eq!(authors.to_vec(&db).await.unwrap(), [None, Some(1), Some(2)]);
        assert_eq!(counted(authors.count(&db)).await, (3, 1));
        assert_eq!(authors.clone().limit(2).count(&db).await.unwrap(), 2);
        assert_eq!(authors.clone().offset(1).first(&db).await.unwrap(), Some(Some(1)));
        assert!(authors.exists(&db).await.unwrap());
        let page = authors.page(2, 2, &db).await.unwrap();
        assert_eq!((page.items, page.total), (vec![Some(2)], 3));
    }

    async fn a_null_is_no_value_of_an_expression_that_has_none(db) {
        blog(&db).await;
        let error = Post::query().select(|p| p.price.gt(1.0)).to_vec(&db).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error}");
        let known = Post::query().filter(|p| p.price.is_not_null()).order_by(|p| p.id.asc()).select(|p| p.price.gt(1.0));
        assert_eq!(known.to_vec(&db).await.unwrap(), [true, true, false]);
        let doubled: Vec<Option<f64>> = Post::query().order_by(|p| p.id.asc()).select(|p| p.price * 2.0).to_vec(&db).await.unwrap();
        assert_eq!(doubled, [Some(3.0), None, Some(4.0), Some(0.5)]);
        let nicknames: Vec<Option<String>> =
            Post::query().order_by(|p| p.id.asc()).select(|p| p.author.map(|u| u.nickname.upper())).to_vec(&db).await.unwrap();
        assert_eq!(nicknames, [Some("A".to_owned()), Some("A".to_owned()), None, None]);
    }

    async fn aggregates_of_all_rows(db) {
        blog(&db).await;
        let posts = Post::query();
        let sum: i64 = posts.sum(|p| p.rating, &db).await.unwrap();
        let prices: f64 = posts.sum(|p| p.price, &db).await.unwrap();
        let product: i64 = posts.sum(|p| p.rating * (p.rating - 1), &db).await.unwrap();
        assert_eq!((sum, prices, product), (10, 3.75, 34));
        assert_eq!(posts.min(|p| p.rating, &db).await.unwrap(), Some(-1));
        assert_eq!(posts.max(|p| p.title, &db).await.unwrap(), Some("d".to_owned()));
        assert_eq!(posts.max(|p| p.price, &db).await.unwrap(), Some(2.0));
        assert_eq!(posts.avg(|p| p.price, &db).await.unwrap(), Some(1.25));
        assert_eq!(posts.max(|p| p.comments.count(), &db).await.unwrap(), Some(2));
        assert_eq!(counted(posts.sum(|p| p.comments.count(), &db)).await, (3, 1));
        let none = Post::query().filter(|p| p.id.gt(9));
        assert_eq!(none.sum(|p| p.rating, &db).await.unwrap(), 0);
        assert_eq!(none.sum(|p| p.price, &db).await.unwrap(), 0.0);
        assert_eq!((none.max(|p| p.rating, &db).await.unwrap(), none.avg(|p| p.price, &db).await.unwrap()), (None, None));
        assert_eq!(counted(Post::query().filter(|_| false).sum(|p| p.rating, &db)).await, (0, 0));
        let ann = User::get(1, &db).await.unwrap();
        assert_eq!(ann.written().sum(|p| p.rating, &db).await.unwrap(), 8);
        let best = Post::query().order_by(|p| p.rating.desc()).limit(2);
        assert_eq!(best.sum(|p| p.rating, &db).await.unwrap(), 8);
        assert_eq!(best.offset(1).sum(|p| p.comments.count(), &db).await.unwrap(), 1);
    }

    async fn a_sum_that_does_not_fit_is_an_error(db) {
        schema::create::<User>(&db).await.unwrap();
        let users = [i64::MAX, 1].map(|id| User::create().id(id).name("a"));
        User::insert_all(users, &db).await.unwrap();
        let error = User::query().sum(|u| u.id, &db).await.unwrap_err();
        let message = each(["integer overflow", "bigint out of range", "BIGINT value is out of range"], &db);
        assert!(error.to_string().contains(message), "{error}");
    }

    async fn groups_are_typed_tuples(db) {
        blog(&db).await;
        let groups = Post::query().group_by(|p| p.author_id).order_by(|author, _| author.asc().nulls_last());
        let query = groups.select(|author, p| (author, p.id.count(), p.rating.sum(), p.price.max(), p.price.count(), p.rating.avg()));
        let rows: Vec<(Option<i64>, i64, i64, Option<f64>, i64, Option<f64>)> = query.to_vec(&db).await.unwrap();
        assert_eq!(rows, [
            (Some(1), 2, 8, Some(1.5), 1, Some(4.0)),
            (Some(2), 1, 3, Some(2.0), 1, Some(3.0)),
            (None, 1, -1, Some(0.25), 1, Some(-1.0)),
        ]);
        assert_eq!(counted(query.count(&db)).await, (3, 1));
        assert_eq!(query.clone().limit(2).count(&db).await.unwrap(), 2);
        assert_eq!(query.first(&db).await.unwrap().unwrap().0, Some(1));
        assert_eq!(query.page(2, 2, &db).await.unwrap().items.len(), 1);
        let streamed: Vec<_> = query.stream(&db).try_collect().await.unwrap();
        assert_eq!(streamed, rows);
        let sql = unquoted(&query.to_sql(dialect(&db)).unwrap());
        let order = each([r#"ASC NULLS LAST"#, r#"ASC NULLS LAST"#, r#"IS NULL ASC, "posts"."author_id" ASC"#], &db);
        let expected = r#"FROM "posts" GROUP BY "posts"."author_id" ORDER BY "posts"."author_id" "#.to_owned() + order;
        assert!(sql.ends_with(&expected), "{sql}");
    }

    async fn groups_are_filtered_ordered_and_limited(db) {
        blog(&db).await;
        let by_rating = Post::query()
            .filter(|p| p.id.lt(4))
            .group_by(|p| (p.rating, p.author.map(|u| u.name)))
            .having(|(rating, _), p| p.id.count().ge(1) & rating.gt(0))
            .order_by(|(_, name), p| (p.title.max().asc(), name.desc()))
            .select(|(rating, name), p| (name, rating, p.title.min(), p.rating.sum() - p.id.count()));
        let rows: Vec<(Option<String>, i32, Option<String>, i64)> = by_rating.to_vec(&db).await.unwrap();
        let name = |name: &str| Some(name.to_owned());
        assert_eq!(rows, [(name("ann"), 5, name("a"), 4), (name("ann"), 3, name("b"), 2), (name("bob"), 3, name("c"), 2)]);
        assert_eq!(by_rating.clone().limit(1).offset(1).to_vec(&db).await.unwrap(), rows[1..2]);
        let busy = Comment::query().group_by(|c| c.post_id).having(|_, c| c.id.count().gt(1) | c.body.max().eq("z"));
        let busy = busy.having(|post, _| Some(post.lt(2))).select(|post, c| (post, c.body.count_distinct()));
        assert_eq!(busy.to_vec(&db).await.unwrap(), [(1, 2)]);
        let titles = Post::query().group_by(|p| p.title.upper()).select(|title, _| title).limit(1).to_vec(&db).await.unwrap();
        assert_eq!(titles, ["A"]);
    }

    async fn a_limit_before_groups_counts_for_the_rows(db) {
        blog(&db).await;
        let best = Post::query().order_by(|p| p.rating.desc()).limit(3).group_by(|p| p.author_id);
        let counts: Vec<(Option<i64>, i64)> = best.order_by(|a, _| a.asc()).select(|a, p| (a, p.id.count())).to_vec(&db).await.unwrap();
        assert_eq!(counts, [(Some(1), 2), (Some(2), 1)]);
        let upwards = Post::query().order_by(|p| p.rating.desc()).limit(4).group_by(|p| p.rating);
        let upwards = upwards.order_by(|r, _| r.asc()).select(|r, _| r).to_vec(&db).await.unwrap();
        assert_eq!(upwards, [-1, 3, 5]);
        let sql = Post::query().order_by(|p| p.rating.desc()).group_by(|p| p.title).select(|t, _| t).to_sql(dialect(&db)).unwrap();
        assert!(!sql.contains("ORDER BY"), "{sql}");
    }

    async fn an_aggregate_is_over_the_related_rows_whatever_its_columns(db) {
        blog(&db).await;
        let posts = Post::query().order_by(|p| p.id.asc());
        let sums: Vec<i64> = posts.clone().select(|p| p.comments.sum(|_| p.rating)).to_vec(&db).await.unwrap();
        assert_eq!(sums, [10, 3, 0, 0]);
        assert_eq!(posts.filter(|p| p.comments.max(|_| p.rating).ge(4)).count(&db).await.unwrap(), 1);
    }

    async fn an_offset_counts_rows_and_not_matches(db) {
        blog(&db).await;
        let discussed = Post::query().filter(|p| p.comments.any(|_| true)).order_by(|p| p.id.asc());
        assert_eq!(discussed.clone().offset(1).select(|p| p.id).to_vec(&db).await.unwrap(), [2]);
        assert_eq!(discussed.page(2, 1, &db).await.unwrap().items[0].id, 2);
        let ratings = Post::query().select(|p| p.rating).distinct();
        assert!(ratings.clone().offset(2).exists(&db).await.unwrap() && !ratings.offset(3).exists(&db).await.unwrap());
    }

    async fn several_aggregates_are_one_statement(db) {
        blog(&db).await;
        let query = Post::query().filter(|p| p.rating.gt(0));
        let (all, statements) = counted(query.aggregate(|p| (p.id.count(), p.rating.sum(), p.price.max(), p.title.min()), &db)).await;
        assert_eq!((all, statements), ((3, 11, Some(2.0), Some("a".to_owned())), 1));
        let best = query.clone().order_by(|p| p.rating.desc()).limit(1).aggregate(|p| p.comments.count().sum(), &db).await.unwrap();
        assert_eq!(best, 2);
        let none = Post::query().filter(|_| false);
        let of_none = none.aggregate(|p| (p.id.count() + 1, p.rating.max().coalesce(7), p.id.max()), &db).await.unwrap();
        assert_eq!(of_none, (1, 7, None));
    }

    async fn related_counts_are_grouped_by_and_added_up(db) {
        blog(&db).await;
        let by_comments = Post::query().group_by(|p| p.comments.count()).order_by(|n, _| n.desc());
        let rows: Vec<(i64, i64)> = by_comments.select(|n, p| (n, p.id.count())).to_vec(&db).await.unwrap();
        assert_eq!(rows, [(2, 1), (1, 1), (0, 2)]);
    }

    async fn values_that_may_be_null_are_read_as_options_or_replaced(db) {
        blog(&db).await;
        let posts = Post::query().order_by(|p| p.id.asc());
        let differences: Vec<Option<i64>> = posts.clone().select(|p| (p.id - p.author_id).nullable()).to_vec(&db).await.unwrap();
        assert_eq!(differences, [Some(0), Some(1), Some(1), None]);
        let cheap: Vec<Option<bool>> = posts.clone().select(|p| p.price.lt(1.6).nullable()).to_vec(&db).await.unwrap();
        assert_eq!(cheap, [Some(true), None, Some(false), Some(true)]);
        let prices: Vec<f64> = posts.clone().select(|p| p.price.coalesce(9.0)).to_vec(&db).await.unwrap();
        assert_eq!(prices, [1.5, 9.0, 2.0, 0.25]);
        let nicknames: Vec<String> =
            posts.clone().select(|p| p.author.map(|u| u.nickname).coalesce(p.title)).to_vec(&db).await.unwrap();
        assert_eq!(nicknames, ["a", "a", "c", "d"]);
        let total: f64 = posts.sum(|p| p.price * p.rating.as_f64() - 1.0, &db).await.unwrap();
        assert_eq!(total, 7.5 - 1.0 + 6.0 - 1.0 - 0.25 - 1.0);
    }

    async fn tables_may_be_called_like_anything(db) {
        schema::create::<(Parent, Child)>(&db).await.unwrap();
        Parent::insert_all([1, 2, 3].map(|id| Parent::create().id(id)), &db).await.unwrap();
        Child::insert_all([3, 3].map(|parent| Child::create().parent_id(parent)), &db).await.unwrap();
        assert_eq!(
            Parent::query()
                .filter(|p| p.children.any(|c| c.parent.is(|_| true)))
                .select(|p| p.id)
                .to_vec(&db)
                .await
                .unwrap(),
            [3]
        );
        assert_eq!(
            Parent::query().order_by(|p| p.id.asc()).select(|p| p.children.count()).to_vec(&db).await.unwrap(),
            [0, 0, 2]
        );
    }
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "t1")]
#[has_many(Child as children, id = "parent_id")]
struct Parent {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "t2")]
#[belongs_to(Parent)]
struct Child {
    id: i64,
    parent_id: i64,
}
