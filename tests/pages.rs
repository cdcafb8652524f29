//! Pages by number, and keyset pagination.

mod support;

use futures_util::TryStreamExt;
use neko_orm::{Error, Model, Query, schema};
use support::{counted, dialect, each, on_every_backend, run, unquoted};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Vote)]
struct Post {
    id: i64,
    title: String,
    rating: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Vote {
    #[key]
    post_id: i64,
    #[key]
    voter: String,
    points: i32,
}

async fn posts(count: i32, db: &neko_orm::Pool) {
    schema::create::<(Post, Vote)>(db).await.unwrap();
    let rating = |n: i32| (n % 4 != 0).then_some(n % 3);
    Post::insert_all((0..count).map(|n| Post::create().title(format!("{}", n % 5)).rating(rating(n))), db)
        .await
        .unwrap();
}

/// Goes through all pages of three rows, and compares them with the whole.
async fn expect_pages(query: Query<Post>, db: &neko_orm::Pool) {
    let whole = query.clone().limit(1000).to_vec(db).await.unwrap();
    let mut page = query.clone().limit(3).to_vec(db).await.unwrap();
    let mut seen = page.clone();
    while let Some(last) = page.last() {
        page = query.clone().after(last).limit(3).to_vec(db).await.unwrap();
        seen.extend(page.iter().cloned());
    }
    assert!(seen == whole, "{}", query.to_sql(dialect(db)).unwrap());
}

on_every_backend! {
    async fn a_page_has_its_rows_and_the_number_of_all(db) {
        posts(23, &db).await;
        let query = Post::query().filter(|p| p.id.le(21)).order_by(|p| p.title.desc());
        let (page, statements) = counted(query.page(1, 10, &db)).await;
        assert_eq!((page.items.len(), page.number, page.size, page.total, page.pages(), page.has_next(), statements), (10, 1, 10, 21, 3, true, 2));
        let all: Vec<Post> = query.clone().limit(99).to_vec(&db).await.unwrap();
        let mut seen = page.items;
        for number in [2, 3] {
            seen.extend(query.page(number, 10, &db).await.unwrap().items);
        }
        assert_eq!(seen, all);
        let beyond = query.page(4, 10, &db).await.unwrap();
        assert_eq!((beyond.items.len(), beyond.total, beyond.has_next()), (0, 21, false));
        assert_eq!(query.page(0, 10, &db).await.unwrap(), query.page(1, 10, &db).await.unwrap());
        let empty = query.page(1, 0, &db).await.unwrap();
        assert_eq!((empty.items.len(), empty.pages(), empty.total), (0, 0, 21));
        let far = query.page(u64::MAX, u64::MAX, &db).await.unwrap();
        assert_eq!((far.items.len(), far.total, far.pages()), (0, 21, 1));
        let within = query.clone().limit(12).offset(3).page(2, 10, &db).await.unwrap();
        assert_eq!((within.items, within.total), (all[13..15].to_vec(), 12));
        assert_eq!(counted(Post::query().filter(|_| false).page(1, 10, &db)).await.1, 0);
        let post = Post::get(1, &db).await.unwrap();
        assert_eq!(post.votes().page(1, 10, &db).await.unwrap().total, 0);
    }

    async fn going_on_after_a_row_sees_every_row_once(db) {
        posts(23, &db).await;
        let orders: [fn(Query<Post>) -> Query<Post>; 9] = [
            |posts| posts,
            |posts| posts.order_by(|p| p.id.desc()),
            |posts| posts.order_by(|p| (p.title.asc(), p.id.asc())),
            |posts| posts.order_by(|p| p.title.desc()),
            |posts| posts.order_by(|p| p.rating.asc()),
            |posts| posts.order_by(|p| p.rating.desc()),
            |posts| posts.order_by(|p| (p.rating.asc().nulls_last(), p.title.desc())),
            |posts| posts.order_by(|p| (p.title.asc(), p.rating.desc().nulls_first())),
            |posts| posts.order_by(|p| (p.rating.desc().nulls_last(), p.title.asc(), p.id.desc())).filter(|p| p.id.ne(7)),
        ];
        for order in orders {
            expect_pages(order(Post::query()), &db).await;
        }
    }

    async fn going_on_uses_one_comparison_where_it_can(db) {
        let post = Post { id: 7, title: "x".into(), rating: None };
        let sql = |query: Query<Post>| unquoted(&query.after(&post).limit(3).to_sql(dialect(&db)).unwrap());
        let limit = each(["?", "3", "?"], &db);
        let start = r#"SELECT "posts"."id", "posts"."title", "posts"."rating" FROM "posts" WHERE "#;
        let by_key = format!(r#""posts"."id" > ? ORDER BY "posts"."id" ASC LIMIT {limit}"#);
        assert_eq!(sql(Post::query()), format!("{start}{by_key}"));
        let by_title = r#"("posts"."title", "posts"."id") > (?, ?) ORDER BY "posts"."title" ASC, "posts"."id" ASC LIMIT "#.to_owned() + limit;
        assert_eq!(sql(Post::query().order_by(|p| p.title.asc())), format!("{start}{by_title}"));
        let mixed = r#""posts"."title" <= ? AND ("posts"."title" < ? OR "posts"."title" = ? AND "posts"."id" > ?) "#.to_owned()
            + &format!(r#"ORDER BY "posts"."title" DESC, "posts"."id" ASC LIMIT {limit}"#);
        assert_eq!(sql(Post::query().order_by(|p| p.title.desc())), format!("{start}{mixed}"));
        let nulls_first = each(["", " NULLS FIRST", ""], &db);
        let by_rating = r#"("posts"."rating" IS NOT NULL OR "posts"."rating" IS NULL AND "posts"."id" > ?) "#.to_owned()
            + &format!(r#"ORDER BY "posts"."rating" ASC{nulls_first}, "posts"."id" ASC LIMIT {limit}"#);
        assert_eq!(sql(Post::query().order_by(|p| p.rating.asc())), format!("{start}{by_rating}"));
    }

    async fn the_row_before_may_be_gone(db) {
        posts(6, &db).await;
        let query = Post::query().order_by(|p| p.title.asc());
        let first = query.clone().limit(2).to_vec(&db).await.unwrap();
        let rest = query.clone().after(&first[1]).to_vec(&db).await.unwrap();
        first[1].delete(&db).await.unwrap();
        assert_eq!(query.clone().after(&first[1]).to_vec(&db).await.unwrap(), rest);
        assert_eq!(query.clone().after(&first[1]).count(&db).await.unwrap(), 4);
        assert_eq!(query.after(&first[1]).select(|p| p.id).to_vec(&db).await.unwrap().len(), 4);
    }

    async fn composite_keys_have_a_place_too(db) {
        posts(3, &db).await;
        let votes = (1..4).flat_map(|post| ["a", "b", "c"].map(|voter| Vote::create().post_id(post).voter(voter).points(1)));
        let votes = Vote::insert_all(votes, &db).await.unwrap();
        let rest = Vote::query().after(&votes[4]).to_vec(&db).await.unwrap();
        assert_eq!(rest, votes[5..]);
        let post = Post::get(2, &db).await.unwrap();
        assert_eq!(post.votes().after(&votes[4]).to_vec(&db).await.unwrap(), votes[5..6]);
    }

    async fn an_order_by_expressions_has_no_place_for_a_row(db) {
        posts(3, &db).await;
        let post = Post::get(1, &db).await.unwrap();
        let query = Post::query().order_by(|p| p.title.lower().asc()).after(&post);
        let (result, statements) = support::recorded(query.to_vec(&db)).await;
        assert!(matches!(result, Err(Error::NoPlace { table: "posts" })));
        assert!(statements.is_empty());
        assert!(query.count(&db).await.is_err());
        assert!(query.stream(&db).try_next().await.is_err());
    }

    async fn values_that_the_database_holds_in_another_form_are_found_in_it(db) {
        schema::create::<(Sample, Reading)>(&db).await.unwrap();
        // As a double, 0.1 is not the 0.1 of an `f32`, and so is what one third and 0.7 are.
        let sql = "INSERT INTO samples WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2500)
            SELECT n, CASE n % 3 WHEN 0 THEN 0.1 WHEN 1 THEN 0.7 ELSE 1.0 / 3 END FROM n";
        run(sql, &db).await;
        let orders: [fn(Query<Sample>) -> Query<Sample>; 3] = [
            |samples| samples.order_by(|s| s.weight.asc()),
            |samples| samples.order_by(|s| (s.weight.desc(), s.id.desc())),
            |samples| samples.order_by(|s| (s.id.eq(7).asc(), s.weight.desc())),
        ];
        for order in orders {
            let query = order(Sample::query()).with(|s| s.readings);
            let streamed: Vec<_> = query.stream(&db).try_collect().await.unwrap();
            assert_eq!(streamed.len(), 2500);
            assert!(streamed == query.clone().limit(9999).to_vec(&db).await.unwrap());
        }
        let query = Sample::query().order_by(|s| s.weight.desc());
        let all = query.clone().limit(9999).to_vec(&db).await.unwrap();
        assert!(query.after(&all[1200]).to_vec(&db).await.unwrap() == all[1201..]);
    }

    async fn pages_of_groups_and_of_distinct_values_are_in_a_total_order(db) {
        posts(20, &db).await;
        let titles = Post::query().group_by(|p| p.title).order_by(|_, p| p.id.count().desc()).select(|title, _| title);
        let distinct = Post::query().select(|p| p.title).distinct();
        let sql = unquoted(&distinct.clone().limit(2).to_sql(dialect(&db)).unwrap());
        let limit = each(["?", "2", "?"], &db);
        assert!(sql.ends_with(&format!(r#"ORDER BY "posts"."title" ASC LIMIT {limit}"#)), "{sql}");
        for page in [1, 2, 3] {
            let expected: Vec<_> = (0..5).map(|n| n.to_string()).skip((page as usize - 1) * 2).take(2).collect();
            assert_eq!(titles.page(page, 2, &db).await.unwrap().items, expected);
            assert_eq!(distinct.page(page, 2, &db).await.unwrap().items, expected);
        }
        let first = Post::get(1, &db).await.unwrap();
        assert!(matches!(distinct.after(&first).to_vec(&db).await, Err(Error::NoPlace { .. })));
        let grouped = Post::query().after(&first).group_by(|p| p.title).select(|_, p| p.id.count());
        assert_eq!(grouped.to_vec(&db).await.unwrap().iter().sum::<i64>(), 19);
        let sum = Post::query().after(&first).sum(|p| p.id, &db).await.unwrap();
        assert_eq!(sum, (2..=20).sum::<i64>());
    }
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Reading)]
struct Sample {
    id: i64,
    weight: f32,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Reading {
    id: i64,
    sample_id: i64,
}
