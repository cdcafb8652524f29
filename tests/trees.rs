//! Relations of a model to itself: what is above and below a row.

mod support;

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::time::Duration;

use neko_orm::{Error, Model, schema};
use support::{counted, each, on_every_backend, recorded, run, run_each};

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "categories")]
#[belongs_to(Category as parent)]
#[has_many(Category as children, id = "parent_id")]
struct Category {
    id: i64,
    parent_id: Option<i64>,
    name: String,
}

/// A key of a number and a text.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Part as whole, shop = "shop", whole_code = "code")]
#[has_many(Part as parts, shop = "shop", code = "whole_code")]
struct Part {
    #[key]
    shop: i64,
    #[key]
    code: String,
    whole_code: Option<String>,
}

/// Related by a column that is not the key, and that several rows may have in common.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Person as boss, boss_email = "email")]
#[has_many(Person as reports, email = "boss_email")]
struct Person {
    id: i64,
    email: String,
    boss_email: Option<String>,
}

type Db = neko_orm::Pool;

/// Categories with the ids 1, 2, .. and these parents.
async fn categories(db: &Db, parents: &[Option<i64>]) -> Vec<Category> {
    schema::create::<Category>(db).await.unwrap();
    let rows = (1..=parents.len()).map(|id| Category::create().name(format!("c{id}")));
    let mut all = Category::insert_all(rows, db).await.unwrap();
    // One by one: MySQL checks the key of each row before it has the next.
    for (category, parent) in all.iter_mut().zip(parents) {
        category.update(|c| c.parent_id.set(*parent), db).await.unwrap();
    }
    all
}

/// ```text
/// 1 ─ 2 ─ 4 ─ 7
///   │   └ 5
///   └ 3 ─ 6
/// 8 ─ 9
/// ```
async fn forest(db: &Db) -> Vec<Category> {
    categories(db, &[None, Some(1), Some(1), Some(2), Some(2), Some(3), Some(4), None, Some(8)]).await
}

fn ids(categories: &[Category]) -> Vec<i64> {
    categories.iter().map(|category| category.id).collect()
}

fn depths(categories: &[(Category, i64)]) -> Vec<(i64, i64)> {
    categories.iter().map(|(category, depth)| (category.id, *depth)).collect()
}

/// What servers do by themselves some time after a table has grown: they plan by what they know of it.
async fn analyze(db: &Db) {
    run_each(["ANALYZE categories", "ANALYZE categories", "ANALYZE TABLE categories"], db).await;
}

/// The result, unless it takes for ever.
async fn soon<T>(call: impl Future<Output = neko_orm::Result<T>>) -> T {
    tokio::time::timeout(Duration::from_secs(20), call).await.expect("the walk comes to an end").unwrap()
}

async fn below(id: usize, all: &[Category], db: &Db) -> Vec<(i64, i64)> {
    depths(&soon(all[id - 1].children().descendants().with_depth().to_vec(db)).await)
}

async fn above(id: usize, all: &[Category], db: &Db) -> Vec<(i64, i64)> {
    depths(&soon(all[id - 1].parent().ancestors().with_depth().to_vec(db)).await)
}

/// How many steps lead to each row from one of them on, which is not among them: nearest first, and then by key.
fn expected(start: usize, count: usize, is_step: impl Fn(usize, usize) -> bool) -> Vec<(i64, i64)> {
    let mut found = BTreeMap::from([(start, 0)]);
    let mut waiting = VecDeque::from([start]);
    while let Some(from) = waiting.pop_front() {
        for to in (0..count).filter(|&to| is_step(from, to)) {
            if !found.contains_key(&to) {
                found.insert(to, found[&from] + 1);
                waiting.push_back(to);
            }
        }
    }
    found.remove(&start);
    let mut rows: Vec<_> = found.into_iter().map(|(row, depth)| (row as i64 + 1, depth)).collect();
    rows.sort_by_key(|&(row, depth)| (depth, row));
    rows
}

/// Numbers below a limit, the same in each run.
fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |limit| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    }
}

on_every_backend! {
    async fn descendants_are_all_rows_below_in_one_statement(db) {
        let all = forest(&db).await;
        let (found, statements) = recorded(all[0].children().descendants().to_vec(&db)).await;
        assert_eq!(ids(&found.unwrap()), [2, 3, 4, 5, 6, 7]);
        assert_eq!(statements, [
            r#"SELECT "categories"."id", "categories"."parent_id", "categories"."name" FROM "categories" "#.to_owned()
                + r#"JOIN (WITH RECURSIVE "neko walk"("id", "neko depth") AS ("#
                + r#"SELECT "categories"."id", 1 FROM "categories" "#
                + r#"WHERE "categories"."parent_id" = ? AND NOT ("categories"."id" = ?) "#
                + r#"UNION ALL SELECT "categories"."id", "neko walk"."neko depth" + 1 FROM "neko walk" "#
                + r#"JOIN "categories" ON "categories"."parent_id" = "neko walk"."id" WHERE NOT ("categories"."id" = ?)) "#
                + r#"SELECT "neko walk"."id", "neko walk"."neko depth" FROM "neko walk") AS "neko tree" "#
                + r#"ON "categories"."id" = "neko tree"."id" ORDER BY "neko tree"."neko depth" ASC, "categories"."id" ASC"#
        ]);
    }

    async fn ancestors_are_all_rows_above_the_nearest_first_in_one_statement(db) {
        let all = forest(&db).await;
        let (found, statements) = recorded(all[6].parent().ancestors().to_vec(&db)).await;
        assert_eq!(ids(&found.unwrap()), [4, 2, 1]);
        assert_eq!(statements.len(), 1, "{statements:?}");
        assert_eq!(all[6].parent().ancestors().first(&db).await.unwrap().unwrap().id, 4);
    }

    async fn a_row_without_relatives_has_none(db) {
        let all = forest(&db).await;
        assert_eq!(counted(all[8].children().descendants().to_vec(&db)).await, (vec![], 1));
        assert_eq!(counted(all[7].parent().ancestors().to_vec(&db)).await, (vec![], 0));
        assert_eq!(counted(all[7].parent().ancestors().count(&db)).await, (0, 0));
    }

    async fn depths_are_counted_from_one(db) {
        let all = forest(&db).await;
        assert_eq!(below(1, &all, &db).await, [(2, 1), (3, 1), (4, 2), (5, 2), (6, 2), (7, 3)]);
        assert_eq!(above(7, &all, &db).await, [(4, 1), (2, 2), (1, 3)]);
    }

    async fn a_greatest_depth_ends_the_walk(db) {
        let all = forest(&db).await;
        let (root, leaf) = (&all[0], &all[6]);
        for (depth, below, above) in [(0, &[][..], &[][..]), (1, &[2, 3], &[4]), (2, &[2, 3, 4, 5, 6], &[4, 2])] {
            assert_eq!(ids(&root.children().descendants().max_depth(depth).to_vec(&db).await.unwrap()), below);
            assert_eq!(ids(&leaf.parent().ancestors().max_depth(depth).to_vec(&db).await.unwrap()), above);
        }
        for depth in [3, 4, u64::MAX] {
            assert_eq!(root.children().descendants().max_depth(depth).count(&db).await.unwrap(), 6);
            assert_eq!(leaf.parent().ancestors().max_depth(depth).count(&db).await.unwrap(), 3);
        }
        let depths = depths(&root.children().descendants().max_depth(1).with_depth().to_vec(&db).await.unwrap());
        assert_eq!(depths, [(2, 1), (3, 1)]);
    }

    async fn all_that_queries_have_works_on_trees(db) {
        let all = forest(&db).await;
        let tree = || all[0].children().descendants();
        assert_eq!(counted(tree().count(&db)).await, (6, 1));
        assert_eq!(counted(tree().exists(&db)).await, (true, 1));
        assert_eq!(ids(&tree().order_by(|c| c.id.desc()).to_vec(&db).await.unwrap()), [7, 6, 5, 4, 3, 2]);
        assert_eq!(ids(&tree().limit(2).offset(1).to_vec(&db).await.unwrap()), [3, 4]);
        assert_eq!(ids(&tree().filter(|c| c.children.any(|_| true)).to_vec(&db).await.unwrap()), [2, 3, 4]);
        assert_eq!(tree().first(&db).await.unwrap().unwrap().id, 2);
        assert_eq!(tree().filter(|c| c.name.eq("c7")).one(&db).await.unwrap().id, 7);
        assert_eq!(tree().select(|c| c.name).limit(1).to_vec(&db).await.unwrap(), ["c2"]);
        assert_eq!(tree().max(|c| c.id, &db).await.unwrap(), Some(7));
        assert_eq!(tree().limit(3).sum(|c| c.id, &db).await.unwrap(), 9);
        let page = tree().page(2, 4, &db).await.unwrap();
        assert_eq!((ids(&page.items), page.total), (vec![6, 7], 6));
        let ordered = tree().order_by(|c| c.name.desc());
        assert_eq!(ids(&ordered.after(&all[5]).to_vec(&db).await.unwrap()), [5, 4, 3, 2]);
        let parents = tree().group_by(|c| c.parent_id).order_by(|parent, _| parent.asc());
        let counts = parents.select(|parent, c| (parent, c.id.count())).to_vec(&db).await.unwrap();
        assert_eq!(counts, [(Some(1), 2), (Some(2), 2), (Some(3), 1), (Some(4), 1)]);
        let first = tree().order_by(|c| c.id.desc()).limit(2).group_by(|c| c.parent_id).select(|parent, _| parent);
        assert_eq!(first.to_vec(&db).await.unwrap().len(), 2);
        let (loaded, statements) = counted(tree().with(|c| c.children.count()).to_vec(&db)).await;
        assert_eq!((depths(&loaded), statements), (vec![(2, 2), (3, 1), (4, 1), (5, 0), (6, 0), (7, 0)], each([1, 2, 2], &db)));
    }

    async fn rows_with_depths_are_filtered_ordered_and_limited(db) {
        let all = forest(&db).await;
        let tree = || all[0].children().descendants().with_depth();
        let found = tree().filter(|c| c.id.gt(3)).order_by(|c| c.id.desc()).limit(3).to_vec(&db).await.unwrap();
        assert_eq!(depths(&found), [(7, 3), (6, 2), (5, 2)]);
        assert_eq!(counted(tree().filter(|c| c.id.gt(3)).count(&db)).await, (4, 1));
        assert_eq!(tree().offset(5).first(&db).await.unwrap(), Some((all[6].clone(), 3)));
        assert_eq!(depths(&tree().page(2, 4, &db).await.unwrap().items), [(6, 2), (7, 3)]);
    }

    async fn trees_are_streamed(db) {
        let all = forest(&db).await;
        let mut rows = all[0].children().descendants().with_depth().stream(&db);
        let mut streamed = Vec::new();
        while let Some(row) = rows.try_next().await.unwrap() {
            streamed.push(row);
        }
        drop(rows);
        assert_eq!(depths(&streamed), [(2, 1), (3, 1), (4, 2), (5, 2), (6, 2), (7, 3)]);
        let mut rows = all[6].parent().ancestors().with(|c| c.children).stream(&db);
        let (parent, siblings) = rows.try_next().await.unwrap().unwrap();
        assert_eq!((parent.id, ids(&siblings)), (4, vec![7]));
    }

    async fn all_rows_below_are_changed_or_deleted_in_one_statement(db) {
        let all = forest(&db).await;
        let tree = || all[1].children().descendants();
        assert_eq!(counted(tree().update(|c| c.name.set("x"), &db)).await, (3, 1));
        assert_eq!(Category::query().filter(|c| c.name.eq("x")).count(&db).await.unwrap(), 3);
        if let neko_orm::Pool::MySql(_) = db {
            // It checks the key of each row before it deletes the next.
            assert!(matches!(tree().delete(&db).await, Err(Error::ForeignKeyViolation(_))));
            let leaves = || tree().filter(|c| c.children.none(|_| true));
            assert_eq!((leaves().delete(&db).await.unwrap(), leaves().delete(&db).await.unwrap()), (2, 1));
        } else {
            assert_eq!(counted(tree().delete(&db)).await, (3, 1));
        }
        assert_eq!(ids(&Category::query().order_by(|c| c.id.asc()).to_vec(&db).await.unwrap()), [1, 2, 3, 6, 8, 9]);
        assert_eq!(counted(all[0].parent().ancestors().delete(&db)).await, (0, 0));
        let near = all[0].children().descendants().order_by(|c| c.id.desc()).limit(1);
        assert_eq!(near.update(|c| c.name.set("y"), &db).await.unwrap(), 1);
        assert_eq!(Category::get(6, &db).await.unwrap().name, "y");
    }

    async fn a_row_that_is_its_own_parent_is_not_below_itself(db) {
        let all = categories(&db, &[Some(1), Some(1), Some(2)]).await;
        assert_eq!(below(1, &all, &db).await, [(2, 1), (3, 2)]);
        assert_eq!(above(1, &all, &db).await, []);
        assert_eq!(above(3, &all, &db).await, [(2, 1), (1, 2)]);
    }

    async fn a_circle_through_the_row_ends_before_it(db) {
        // 1 > 2 > 3 > 1, and 4 below 2.
        let all = categories(&db, &[Some(3), Some(1), Some(2), Some(2)]).await;
        assert_eq!(below(1, &all, &db).await, [(2, 1), (3, 2), (4, 2)]);
        assert_eq!(above(1, &all, &db).await, [(3, 1), (2, 2)]);
        assert_eq!(below(4, &all, &db).await, []);
    }

    async fn a_chain_that_enters_a_circle_ends_where_the_circle_closes(db) {
        // 1 < 2 < 3 < 4 < 5 < 3
        let all = categories(&db, &[Some(2), Some(3), Some(4), Some(5), Some(3)]).await;
        assert_eq!(above(1, &all, &db).await, [(2, 1), (3, 2), (4, 3), (5, 4)]);
        let far = all[0].parent().ancestors().max_depth(u64::MAX);
        assert_eq!(ids(&soon(far.to_vec(&db)).await), [2, 3, 4, 5]);
        assert_eq!(soon(all[0].parent().ancestors().max_depth(3).count(&db)).await, 3);
        assert_eq!(below(3, &all, &db).await, [(2, 1), (5, 1), (1, 2), (4, 2)]);
    }

    async fn every_graph_of_parents_is_walked_as_by_hand(db) {
        const ROWS: usize = 12;
        let mut random = numbers(7);
        schema::create::<Category>(&db).await.unwrap();
        Category::insert_all((0..ROWS).map(|_| Category::create().name("")), &db).await.unwrap();
        for _ in 0..25 {
            let parents: [Option<usize>; ROWS] =
                std::array::from_fn(|_| Some(random(ROWS as u64 + 2) as usize).filter(|parent| *parent < ROWS));
            let mut all = Vec::new();
            for (row, parent) in parents.iter().enumerate() {
                let mut category = Category::get(row as i64 + 1, &db).await.unwrap();
                let parent_id = parent.map(|parent| parent as i64 + 1);
                category.update(|c| c.parent_id.set(parent_id), &db).await.unwrap();
                all.push(category);
            }
            for row in 0..ROWS {
                assert_eq!(below(row + 1, &all, &db).await, expected(row, ROWS, |from, to| parents[to] == Some(from)));
                assert_eq!(above(row + 1, &all, &db).await, expected(row, ROWS, |from, to| parents[from] == Some(to)));
            }
        }
    }

    async fn rows_that_several_ways_lead_to_come_once_with_the_least_depth(db) {
        const ROWS: usize = 10;
        let mut random = numbers(11);
        schema::create::<Person>(&db).await.unwrap();
        Person::insert_all((0..ROWS).map(|_| Person::create().email("")), &db).await.unwrap();
        for _ in 0..25 {
            let mut all = Vec::new();
            for id in 1..=ROWS as i64 {
                let (email, boss) = (random(4).to_string(), Some(random(5).to_string()).filter(|boss| boss != "4"));
                let mut person = Person::get(id, &db).await.unwrap();
                person.update(|p| (p.email.set(email), p.boss_email.set(boss)), &db).await.unwrap();
                all.push(person);
            }
            let is_boss = |boss: usize, report: usize| all[report].boss_email.as_ref() == Some(&all[boss].email);
            for (row, person) in all.iter().enumerate() {
                let rows = |found: Vec<(Person, i64)>| found.iter().map(|(p, depth)| (p.id, *depth)).collect::<Vec<_>>();
                let below = soon(person.reports().descendants().with_depth().to_vec(&db)).await;
                assert_eq!(rows(below), expected(row, ROWS, is_boss), "below {row} of {all:?}");
                let above = soon(person.boss().ancestors().with_depth().to_vec(&db)).await;
                assert_eq!(rows(above), expected(row, ROWS, |from, to| is_boss(to, from)), "above {row} of {all:?}");
            }
        }
    }

    async fn keys_of_several_columns_and_texts_are_walked(db) {
        schema::create::<Part>(&db).await.unwrap();
        let part = |shop, code: &str, whole: Option<&str>| {
            Part::create().shop(shop).code(code).whole_code(whole.map(str::to_owned))
        };
        let rows = [
            part(1, "a", None), part(1, "a/b", Some("a")), part(1, "a,b", Some("a/b")), part(1, "'", Some("a,b")),
            part(1, "b", Some("b")), part(2, "a", None), part(2, "a/b", Some("a")), part(2, "'", Some("a/b")),
        ];
        let mut all = Part::insert_all(rows, &db).await.unwrap();
        all[5].update(|p| p.whole_code.set(Some("'".to_owned())), &db).await.unwrap();
        let codes = |parts: Vec<(Part, i64)>| {
            parts.into_iter().map(|(part, depth)| (part.shop, part.code, depth)).collect::<Vec<_>>()
        };
        let below = soon(all[0].parts().descendants().with_depth().to_vec(&db)).await;
        assert_eq!(codes(below), [(1, "a/b".into(), 1), (1, "a,b".into(), 2), (1, "'".into(), 3)]);
        let above = soon(all[3].whole().ancestors().with_depth().to_vec(&db)).await;
        assert_eq!(codes(above), [(1, "a,b".into(), 1), (1, "a/b".into(), 2), (1, "a".into(), 3)]);
        let circle = soon(all[5].parts().descendants().with_depth().to_vec(&db)).await;
        assert_eq!(codes(circle), [(2, "a/b".into(), 1), (2, "'".into(), 2)]);
        let circle = soon(all[5].whole().ancestors().with_depth().to_vec(&db)).await;
        assert_eq!(codes(circle), [(2, "'".into(), 1), (2, "a/b".into(), 2)]);
    }

    async fn the_scope_of_the_relation_counts_at_each_step(db) {
        let all = forest(&db).await;
        let live = || neko_orm::private::has_many::<LiveChildren>(&all[0]);
        assert_eq!(ids(&live().descendants().to_vec(&db).await.unwrap()), [3, 2, 6, 5]);
        assert_eq!(ids(&live().descendants().unscoped().to_vec(&db).await.unwrap()), [3, 2, 6, 5]);
        let first = live().descendants().limit(1).group_by(|c| c.id).select(|id, _| id);
        assert_eq!(first.to_vec(&db).await.unwrap(), [3]);
    }

    async fn a_deep_chain_is_walked(db) {
        schema::create::<Category>(&db).await.unwrap();
        let sql = "INSERT INTO categories (id, parent_id, name) \
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) \
            SELECT i, NULLIF(i - 1, 0), 'c' FROM n";
        run(sql, &db).await;
        analyze(&db).await;
        let (top, bottom) = (Category::get(1, &db).await.unwrap(), Category::get(10_000, &db).await.unwrap());
        let below = soon(top.children().descendants().with_depth().to_vec(&db)).await;
        assert_eq!((below.len(), below[9998].1, below[9998].0.id), (9999, 9999, 10_000));
        let above = soon(bottom.parent().ancestors().with_depth().to_vec(&db)).await;
        assert_eq!((above.len(), above[9998].1, above[9998].0.id), (9999, 9999, 1));
        let near = soon(bottom.parent().ancestors().max_depth(2).to_vec(&db)).await;
        assert_eq!(ids(&near), [9999, 9998]);
    }

    async fn a_wide_tree_is_walked(db) {
        schema::create::<Category>(&db).await.unwrap();
        let sql = format!(
            "INSERT INTO categories (id, parent_id, name) \
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
            SELECT i, NULLIF((i + 8) {} 10, 0), 'c' FROM n",
            each(["/", "/", "DIV"], &db)
        );
        run(&sql, &db).await;
        analyze(&db).await;
        let root = Category::get(1, &db).await.unwrap();
        assert_eq!(soon(root.children().descendants().count(&db)).await, 99_999);
        let all = soon(root.children().descendants().with_depth().to_vec(&db)).await;
        assert_eq!((all.len(), all[0].1, all[99_998].1), (99_999, 1, 5));
        // As its own parent, the root is below itself.
        run("UPDATE categories SET parent_id = 1 WHERE id = 1", &db).await;
        assert_eq!(soon(root.children().descendants().count(&db)).await, 99_999);
    }
}

/// The children without one of them, the latest first.
struct LiveChildren;

impl neko_orm::private::Relation for LiveChildren {
    type Source = Category;
    type Target = Category;
    type Way = neko_orm::private::InTarget<Category, Category>;
    const NAME: &'static str = "live_children";
    const WAY: Self::Way = neko_orm::private::InTarget::new(&[&neko_orm::private::Pair::new(
        <Category as Model>::COLUMNS.id,
        <Category as Model>::COLUMNS.parent_id,
    )]);
    const SCOPE: Option<neko_orm::private::ScopeFn<Category>> =
        Some(|children| children.filter(|c| c.name.ne("c4")).order_by(|c| c.id.desc()));
}
