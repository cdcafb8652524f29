//! Many-to-many: the handle `post.tags()` and its verbs, over a table and over a model.

mod support;

use std::time::Duration;

use neko_orm::{Changes, Error, Model, Query, RowByRow, schema};
use support::triggers::refuse;
use support::{TempFile, counted, each, on_every_backend, one_of, recorded, run, run_each, with_connection};

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Tag)]
#[belongs_to_many(Tag as public_tags, scope = public)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Post)]
#[belongs_to_many(Tag as unlike, through = "un like", from = "this tag", to = "is \"un\" like")]
struct Tag {
    id: i64,
    name: String,
}

fn public(tags: Query<Tag>) -> Query<Tag> {
    tags.filter(|t| !t.name.starts_with("_")).order_by(|t| t.name.desc())
}

/// A viewer has seen films, and marks how good they were.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Film as seen, through = Viewing)]
struct Viewer {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Viewer, through = Viewing)]
struct Film {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Viewer)]
#[belongs_to(Film)]
struct Viewing {
    #[key]
    viewer_id: i64,
    #[key]
    film_id: i64,
    stars: Option<i64>,
}

/// A line of an order: one product may be in several lines.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Product, through = Line)]
struct Order {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Product {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Order)]
#[belongs_to(Product)]
struct Line {
    id: i64,
    order_id: i64,
    product_id: i64,
    #[column(default = "1")]
    amount: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(User as following, through = "follows", from = "follower_id", to = "followed_id")]
#[belongs_to_many(User as followers, through = "follows", from = "followed_id", to = "follower_id")]
struct User {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Word as words, through = "words_of", from(text = "from"), to(to = "text"))]
struct Word {
    #[key]
    text: String,
}

/// A seat is for one guest.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Seat, through = "bookings", from = "guest_id", to = "seat_id")]
#[belongs_to_many(Seat as kept, through = Keeping)]
struct Guest {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Seat {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Keeping {
    #[key]
    seat_id: i64,
    guest_id: i64,
}

type Db = neko_orm::Pool;

async fn blog(db: &Db) -> (Vec<Post>, Vec<Tag>) {
    schema::create::<(Post, Tag)>(db).await.unwrap();
    let posts = Post::insert_all(["p1", "p2", "p3"].map(|title| Post::create().title(title)), db).await.unwrap();
    let tags = Tag::insert_all(["t1", "t2", "t3"].map(|name| Tag::create().name(name)), db).await.unwrap();
    (posts, tags)
}

async fn ids(query: impl Future<Output = neko_orm::Result<Vec<Tag>>>) -> Vec<i64> {
    let mut ids: Vec<_> = query.await.unwrap().into_iter().map(|tag| tag.id).collect();
    ids.sort_unstable();
    ids
}

async fn links(db: &Db) -> Vec<(i64, i64)> {
    const LINKS: &str = "SELECT post_id, tag_id FROM post_tag ORDER BY 1, 2";
    match db {
        Db::Sqlite(db) => sqlx::query_as(LINKS).fetch_all(db).await.unwrap(),
        Db::Postgres(db) => sqlx::query_as(LINKS).fetch_all(db).await.unwrap(),
        Db::MySql(db) => sqlx::query_as(LINKS).fetch_all(db).await.unwrap(),
        _ => unreachable!(),
    }
}

on_every_backend! {
    async fn both_sides_see_the_links(db) {
        let (posts, tags) = blog(&db).await;
        posts[0].tags().associate([&tags[0], &tags[1]], &db).await.unwrap();
        posts[1].tags().associate([&tags[1], &tags[2]], &db).await.unwrap();
        let counts = async |db: &Db| {
            let of_posts = Post::query().order_by(|p| p.id.asc()).with(|p| p.tags.count()).to_vec(db).await.unwrap();
            let of_tags = Tag::query().order_by(|t| t.id.asc()).with(|t| t.posts.count()).to_vec(db).await.unwrap();
            let of_posts: Vec<_> = of_posts.into_iter().map(|(_, count)| count).collect();
            (of_posts, of_tags.into_iter().map(|(_, count)| count).collect::<Vec<_>>())
        };
        assert_eq!(counts(&db).await, (vec![2, 2, 0], vec![1, 2, 1]));
        posts[0].tags().dissociate(&tags[1], &db).await.unwrap();
        tags[2].posts().associate(&posts[2], &db).await.unwrap();
        assert_eq!(counts(&db).await, (vec![1, 2, 1], vec![1, 1, 2]));
        assert_eq!(tags[2].posts().count(&db).await.unwrap(), 2);
        assert!(tags[2].posts().exists(&db).await.unwrap());
    }

    async fn reading_verbs_send_one_statement(db) {
        let (posts, tags) = blog(&db).await;
        posts[0].tags().associate(&tags, &db).await.unwrap();
        let (found, statements) = recorded(posts[0].tags().to_vec(&db)).await;
        assert_eq!(found.unwrap(), tags);
        let membership = r#""tags"."id" IN (SELECT "neko 1"."tag_id" FROM "post_tag" AS "neko 1" WHERE "neko 1"."post_id" = ?)"#;
        assert_eq!(statements, [format!(r#"SELECT "tags"."id", "tags"."name" FROM "tags" WHERE {membership}"#)]);
        assert_eq!(counted(posts[0].tags().count(&db)).await, (3, 1));
        assert_eq!(counted(posts[0].tags().filter(|t| t.name.ne("t2")).count(&db)).await, (2, 1));
        let mut rows = posts[0].tags().order_by(|t| t.name.desc()).stream(&db);
        assert_eq!(rows.try_next().await.unwrap().unwrap().name, "t3");
        drop(rows);
        assert_eq!(posts[1].tags().to_vec(&db).await.unwrap(), []);
        let with_posts = posts[0].tags().limit(1).with(|t| t.posts).to_vec(&db).await.unwrap();
        assert_eq!(with_posts, [(tags[0].clone(), vec![posts[0].clone()])]);
    }

    async fn targets_are_loaded_for_any_number_of_sources_by_one_statement(db) {
        let (posts, tags) = blog(&db).await;
        posts[0].tags().associate([1, 2], &db).await.unwrap();
        posts[1].tags().associate([2, 3], &db).await.unwrap();
        let query = Post::query().order_by(|p| p.id.asc());
        let (loaded, statements) = recorded(query.clone().with(|p| p.tags.order_by(|t| t.name.desc())).to_vec(RowByRow(&db))).await;
        let names = |tags: &[Tag]| tags.iter().map(|tag| tag.name.clone()).collect::<Vec<_>>();
        let loaded: Vec<_> = loaded.unwrap().iter().map(|(_, tags)| names(tags)).collect();
        assert_eq!(loaded, [vec!["t2", "t1"], vec!["t3", "t2"], vec![]]);
        assert_eq!(
            statements[1],
            format!(
                r#"SELECT "tags"."id", "tags"."name", "neko link"."neko 0" FROM (SELECT "neko 1"."post_id" AS "neko 0", "neko 1"."tag_id" AS "neko to 0" FROM "post_tag" AS "neko 1" WHERE ("neko 1"."post_id") {}) AS "neko link" JOIN "tags" ON "tags"."id" = "neko link"."neko to 0" ORDER BY "tags"."name" DESC"#,
                one_of(3, &db)
            )
        );
        assert_eq!(statements.len(), 2);
        let first = query.clone().with(|p| p.tags.order_by(|t| t.id.desc()).first()).to_vec(&db).await.unwrap();
        assert_eq!(first[1].1.as_ref(), Some(&tags[2]));
        let limited = query.clone().with(|p| p.tags.order_by(|t| t.id.desc()).limit(1).offset(1)).to_vec(&db).await.unwrap();
        assert_eq!(limited[0].1, [tags[0].clone()]);
        let sums = query.with(|p| (p.tags.sum(|t| t.id), p.tags.exists(), p.tags.max(|t| t.name))).to_vec(&db).await.unwrap();
        let sums: Vec<_> = sums.into_iter().map(|(_, sums)| sums).collect();
        assert_eq!(sums, [(3, true, Some("t2".into())), (5, true, Some("t3".into())), (0, false, None)]);
    }

    async fn queries_ask_about_the_targets(db) {
        let (posts, tags) = blog(&db).await;
        posts[0].tags().associate([1, 2], &db).await.unwrap();
        posts[1].tags().associate([2, 3], &db).await.unwrap();
        let titles = async |query: Query<Post>| {
            let posts = query.order_by(|p| p.id.asc()).to_vec(&db).await.unwrap();
            posts.into_iter().map(|post| post.id).collect::<Vec<_>>()
        };
        assert_eq!(titles(Post::query().filter(|p| p.tags.any(|t| t.name.eq("t2")))).await, [1, 2]);
        assert_eq!(titles(Post::query().filter(|p| p.tags.none(|t| t.name.eq("t1")))).await, [2, 3]);
        assert_eq!(titles(Post::query().filter(|p| p.tags.count().gt(1))).await, [1, 2]);
        assert_eq!(titles(Post::query().filter(|p| p.tags.any(|t| t.posts.any(|p| p.id.eq(2))))).await, [1, 2]);
        assert_eq!(titles(Post::query().filter(|p| p.tags.filter(|t| t.id.eq(3)).exists())).await, [2]);
        let n = posts[0].tags().filter(|t| t.id.eq(1)).update(|t| t.name.set("new"), &db).await.unwrap();
        assert_eq!((n, Tag::get(1, &db).await.unwrap().name), (1, "new".to_owned()));
        assert_eq!(Tag::get(2, &db).await.unwrap(), tags[1]);
    }

    async fn associate_takes_models_and_keys_in_every_form(db) {
        let (posts, tags) = blog(&db).await;
        let post = &posts[0];
        let count = async || post.tags().count(&db).await.unwrap();
        post.tags().associate(&tags[0], &db).await.unwrap();
        assert_eq!(count().await, 1);
        post.tags().associate(2, &db).await.unwrap();
        assert_eq!(count().await, 2);
        post.tags().associate([&tags[0], &tags[2]], &db).await.unwrap();
        assert_eq!(count().await, 3);
        post.tags().clear(&db).await.unwrap();
        post.tags().associate(&tags, &db).await.unwrap();
        post.tags().associate(&tags[..1], &db).await.unwrap();
        post.tags().associate(tags.iter().collect::<Vec<_>>(), &db).await.unwrap();
        post.tags().associate([1, 3], &db).await.unwrap();
        post.tags().associate(vec![1_i64], &db).await.unwrap();
        let ids = vec![1_i64, 2];
        post.tags().associate(&ids, &db).await.unwrap();
        post.tags().associate(&ids[..], &db).await.unwrap();
        post.tags().associate(tags.iter().map(|tag| tag.id), &db).await.unwrap();
        post.tags().associate(tags.first(), &db).await.unwrap();
        assert_eq!(count().await, 3);
    }

    async fn associate_is_one_insert_and_leaves_what_is_there(db) {
        let (posts, tags) = blog(&db).await;
        let (result, statements) = recorded(posts[0].tags().associate([&tags[0], &tags[1], &tags[0]], &db)).await;
        result.unwrap();
        let rows = each(
            [
                r#"SELECT ?, * FROM (SELECT "json_each"."value" FROM json_each(?)) WHERE true ON CONFLICT ("post_id", "tag_id") DO NOTHING"#,
                r#"SELECT ?, * FROM unnest(?) WHERE true ON CONFLICT ("post_id", "tag_id") DO NOTHING"#,
                r#"VALUES (?, ?), (?, ?) ON DUPLICATE KEY UPDATE "post_id" = IF("post_tag"."post_id" = VALUES("post_id") AND "post_tag"."tag_id" = VALUES("tag_id"), "post_tag"."post_id", ~0 + (1 + LENGTH(VALUES("post_id"))))"#,
            ],
            &db,
        );
        assert_eq!(statements, [format!(r#"INSERT INTO "post_tag" ("post_id", "tag_id") {rows}"#)]);
        assert_eq!(counted(posts[0].tags().associate(&tags, &db)).await.1, 1);
        assert_eq!(links(&db).await, [(1, 1), (1, 2), (1, 3)]);
        let none: Vec<Tag> = Vec::new();
        assert_eq!(counted(posts[0].tags().associate(&none, &db)).await.1, 0);
    }

    async fn associate_of_a_missing_target_changes_nothing(db) {
        let (posts, _) = blog(&db).await;
        let error = posts[0].tags().associate([1, 2, 99], &db).await.unwrap_err();
        assert!(matches!(error, Error::ForeignKeyViolation(_)), "{error}");
        assert_eq!(links(&db).await, []);
    }

    async fn new_targets_are_inserted_and_linked(db) {
        let (posts, _) = blog(&db).await;
        let (tag, statements) = recorded(posts[0].tags().insert(Tag::create().name("x"), &db)).await;
        let tag = tag.unwrap();
        assert_eq!((statements.len(), posts[0].tags().to_vec(&db).await.unwrap()), (2, vec![tag.clone()]));
        let more = posts[0].tags().insert_all(["y", "z"].map(|name| Tag::create().name(name)), &db);
        assert_eq!(counted(more).await.1, 2);
        assert_eq!(posts[0].tags().count(&db).await.unwrap(), 3);
        assert!(posts[0].tags().insert_all([Tag::create().name("n"), Tag::create().name("m").id(tag.id)], &db).await.is_err());
        let ghost = Post { id: 99, title: String::new() };
        assert!(matches!(ghost.tags().insert(Tag::create().name("n"), &db).await, Err(Error::ForeignKeyViolation(_))));
        assert_eq!(Tag::query().filter(|t| t.name.eq("n")).count(&db).await.unwrap(), 0);
        assert_eq!(counted(posts[0].tags().insert_all(Vec::<<Tag as Model>::Create>::new().into_iter().map(|tag| tag.name("")), &db)).await.1, 0);
    }

    async fn another_violation_does_not_pass_for_a_link_that_is_there(db) {
        schema::create::<(Guest, Seat, Keeping)>(&db).await.unwrap();
        run("CREATE UNIQUE INDEX one_guest ON bookings (seat_id)", &db).await;
        let guests = Guest::insert_all((0..2).map(|_| Guest::create()), &db).await.unwrap();
        let seat = Seat::create().insert(&db).await.unwrap();
        guests[0].seats().associate(&seat, &db).await.unwrap();
        guests[0].seats().associate(&seat, &db).await.unwrap();
        assert!(matches!(guests[1].seats().associate(&seat, &db).await, Err(Error::UniqueViolation(_))));
        assert!(matches!(guests[1].seats().set([seat.id], &db).await, Err(Error::UniqueViolation(_))));
        guests[0].kept().associate(&seat, &db).await.unwrap();
        guests[0].kept().associate(&seat, &db).await.unwrap();
        assert!(matches!(guests[1].kept().associate(&seat, &db).await, Err(Error::UniqueViolation(_))));
        assert_eq!((guests[0].kept().count(&db).await.unwrap(), guests[1].kept().count(&db).await.unwrap()), (1, 0));
    }

    async fn links_of_one_target_are_in_a_range_in_the_order_of_the_junctions_key(db) {
        schema::create::<(Order, Product, Line)>(&db).await.unwrap();
        let order = Order::create().insert(&db).await.unwrap();
        Product::create().insert(&db).await.unwrap();
        Line::insert_all((0..5).map(|n| Line::create().order_id(1).product_id(1).amount(9 - n)), &db).await.unwrap();
        let query = order.products().with_junction().limit(2).offset(1);
        let ids: Vec<_> = query.to_vec(&db).await.unwrap().into_iter().map(|(_, line)| line.id).collect();
        assert_eq!(ids, [2, 3]);
        assert!(query.to_sql(neko_orm::Dialect::Sqlite).unwrap().contains(r#"ORDER BY "products"."id" ASC, "lines"."id" ASC"#));
    }

    async fn keys_that_only_a_collation_takes_for_equal_have_links_of_their_own(db) {
        schema::create::<Word>(&db).await.unwrap();
        run("DROP TABLE words_of", &db).await;
        let without_case = [
            r#"CREATE TABLE words_of ("from" TEXT COLLATE NOCASE, "to" TEXT COLLATE NOCASE)"#,
            r#"CREATE COLLATION without_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
               CREATE TABLE words_of ("from" TEXT COLLATE without_case, "to" TEXT COLLATE without_case)"#,
            "CREATE TABLE words_of (`from` VARCHAR(255), `to` VARCHAR(255)) COLLATE utf8mb4_general_ci",
        ];
        run_each(without_case, &db).await;
        Word::insert_all(["A", "a", "x"].map(|text| Word::create().text(text)), &db).await.unwrap();
        run("INSERT INTO words_of VALUES ('A', 'x'), ('a', 'x')", &db).await;
        let loads = Word::query().order_by(|w| w.text.asc()).with(|w| (w.words, w.words.count()));
        if let Db::Postgres(_) = db {
            // It does not compare columns of different collations.
            assert!(matches!(loads.to_vec(&db).await, Err(Error::Statement(_))));
            return;
        }
        let loaded = loads.to_vec(&db).await.unwrap();
        let loaded: Vec<_> = loaded.iter().map(|(word, (words, count))| (&*word.text, words.len(), *count)).collect();
        assert_eq!(loaded, [("A", 1, 1), ("a", 1, 1), ("x", 0, 0)]);
    }

    async fn dissociate_deletes_links_and_nothing_else(db) {
        let (posts, tags) = blog(&db).await;
        posts[0].tags().associate(&tags, &db).await.unwrap();
        posts[1].tags().associate(&tags, &db).await.unwrap();
        let (result, statements) = recorded(posts[0].tags().dissociate([&tags[0], &tags[2]], &db)).await;
        result.unwrap();
        assert_eq!(statements.len(), 2);
        assert_eq!(links(&db).await, [(1, 2), (2, 1), (2, 2), (2, 3)]);
        assert_eq!(Tag::query().count(&db).await.unwrap(), 3);
        let error = posts[0].tags().dissociate([2, 3], &db).await.unwrap_err();
        assert_eq!(error.to_string(), "row 3 of `tags` is not associated by `tags`");
        assert_eq!(links(&db).await.len(), 4);
    }

    async fn the_columns_of_a_table_need_not_be_names_of_fields(db) {
        let (_, tags) = blog(&db).await;
        tags[0].unlike().associate(&tags[1..], &db).await.unwrap();
        assert_eq!(tags[0].unlike().order_by(|t| t.id.asc()).to_vec(&db).await.unwrap(), tags[1..]);
        let loaded = Tag::query().order_by(|t| t.id.asc()).with(|t| t.unlike.count()).to_vec(&db).await.unwrap();
        assert_eq!(loaded.into_iter().map(|(_, n)| n).collect::<Vec<_>>(), [2, 0, 0]);
        tags[0].unlike().dissociate(&tags[1], &db).await.unwrap();
        assert_eq!(tags[0].unlike().clear(&db).await.unwrap(), 1);
    }

    async fn clear_deletes_the_links_of_one_source(db) {
        let (posts, tags) = blog(&db).await;
        posts[0].tags().associate(&tags, &db).await.unwrap();
        posts[1].tags().associate(&tags, &db).await.unwrap();
        assert_eq!(counted(posts[0].tags().clear(&db)).await, (3, 1));
        assert_eq!(links(&db).await, [(2, 1), (2, 2), (2, 3)]);
        assert_eq!(Tag::query().count(&db).await.unwrap(), 3);
    }

    async fn clear_deletes_all_links_or_none(db) {
        let (posts, tags) = blog(&db).await;
        posts[0].tags().associate(&tags, &db).await.unwrap();
        refuse("DELETE", "post_tag", "old.tag_id = 2", &db).await;
        posts[0].tags().clear(&db).await.unwrap_err();
        with_connection!(&db, |connection| { posts[0].tags().clear(&mut connection).await.unwrap_err() });
        assert_eq!(links(&db).await, [(1, 1), (1, 2), (1, 3)]);
    }

    async fn set_writes_only_the_difference(db) {
        let (posts, tags) = blog(&db).await;
        let tag = posts[0].tags();
        assert_eq!(counted(tag.set([1, 2], &db)).await, (Changes { associated: vec![1, 2], dissociated: vec![] }, 2));
        assert_eq!(counted(tag.set([&tags[1], &tags[2]], &db)).await, (Changes { associated: vec![3], dissociated: vec![1] }, 3));
        let (unchanged, statements) = recorded(tag.set([3, 2, 3], &db)).await;
        assert!(unchanged.unwrap().is_empty());
        assert_eq!(statements, [r#"SELECT "tags"."id" FROM "tags" WHERE "tags"."id" IN (SELECT "neko 1"."tag_id" FROM "post_tag" AS "neko 1" WHERE "neko 1"."post_id" = ?)"#]);
        assert_eq!(ids(tag.to_vec(&db)).await, [2, 3]);
        let none: [i64; 0] = [];
        assert_eq!(tag.set(none, &db).await.unwrap().dissociated.len(), 2);
        assert_eq!(links(&db).await, []);
    }

    async fn a_set_that_fails_at_its_third_insert_leaves_the_set_as_it_was(db) {
        let (posts, _) = blog(&db).await;
        posts[0].tags().associate([1], &db).await.unwrap();
        assert!(matches!(posts[0].tags().set([2, 3, 99], &db).await, Err(Error::ForeignKeyViolation(_))));
        assert_eq!(links(&db).await, [(1, 1)]);
    }

    async fn toggle_links_the_others_and_unlinks_those_that_are_linked(db) {
        let (posts, tags) = blog(&db).await;
        posts[0].tags().associate([1, 2], &db).await.unwrap();
        let (changes, statements) = counted(posts[0].tags().toggle([&tags[1], &tags[2]], &db)).await;
        assert_eq!(changes, Changes { associated: vec![3], dissociated: vec![2] });
        assert_eq!(statements, 3);
        assert_eq!(links(&db).await, [(1, 1), (1, 3)]);
        assert!(posts[0].tags().toggle([1, 99], &db).await.is_err());
        assert_eq!(links(&db).await, [(1, 1), (1, 3)]);
    }

    async fn deleting_a_source_leaves_the_targets_and_others_links(db) {
        let (posts, tags) = blog(&db).await;
        posts[0].tags().associate(&tags, &db).await.unwrap();
        posts[1].tags().associate(&tags[..1], &db).await.unwrap();
        posts[0].delete(&db).await.unwrap();
        assert_eq!(links(&db).await, [(2, 1)]);
        assert_eq!(Tag::query().count(&db).await.unwrap(), 3);
    }

    async fn a_scope_limits_what_is_seen_set_and_cleared(db) {
        let (posts, _) = blog(&db).await;
        let hidden = Tag::create().name("_hidden").insert(&db).await.unwrap();
        posts[0].tags().associate([1, 2, hidden.id], &db).await.unwrap();
        let names: Vec<_> = posts[0].public_tags().to_vec(&db).await.unwrap().into_iter().map(|tag| tag.name).collect();
        assert_eq!(names, ["t2", "t1"]);
        assert_eq!(posts[0].public_tags().count(&db).await.unwrap(), 2);
        let loaded = Post::query().filter(|p| p.id.eq(1)).with(|p| (p.public_tags, p.tags, p.public_tags.count())).one(&db).await.unwrap();
        assert_eq!((loaded.1.0.len(), loaded.1.1.len(), loaded.1.2), (2, 3, 2));
        assert_eq!(loaded.1.0[0].name, "t2");
        assert!(!Post::query().filter(|p| p.public_tags.any(|t| t.name.eq("_hidden"))).exists(&db).await.unwrap());
        let changes = posts[0].public_tags().set([3], &db).await.unwrap();
        assert_eq!((changes.associated, changes.dissociated), (vec![3], vec![1, 2]));
        assert_eq!(links(&db).await, [(1, 3), (1, 4)]);
        assert_eq!(posts[0].public_tags().clear(&db).await.unwrap(), 1);
        assert_eq!(links(&db).await, [(1, 4)]);
        posts[0].public_tags().dissociate(&hidden, &db).await.unwrap();
    }

    async fn set_does_not_report_a_link_that_a_scope_leaves_out_as_new(db) {
        let (posts, _) = blog(&db).await;
        let hidden = Tag::create().name("_hidden").insert(&db).await.unwrap();
        posts[0].tags().associate(&hidden, &db).await.unwrap();
        let (changes, statements) = counted(posts[0].public_tags().set([&hidden], &db)).await;
        assert!(changes.is_empty(), "{changes:?}");
        assert_eq!((statements, links(&db).await), (2, vec![(1, 4)]));
        let changes = posts[0].public_tags().set([hidden.id, 1], &db).await.unwrap();
        assert_eq!(changes, Changes { associated: vec![1], dissociated: vec![] });
        assert!(posts[0].public_tags().set([1, hidden.id], &db).await.unwrap().is_empty());
    }

    async fn a_junction_can_be_a_model_with_columns_of_its_own(db) {
        schema::create::<(Viewer, Film, Viewing)>(&db).await.unwrap();
        let viewers = Viewer::insert_all((0..3).map(|_| Viewer::create()), &db).await.unwrap();
        let films = Film::insert_all(["a", "b"].map(|name| Film::create().name(name)), &db).await.unwrap();
        viewers[0].seen().associate(&films, &db).await.unwrap();
        let conflict = r#" ON CONFLICT ("viewer_id", "film_id") DO NOTHING"#;
        let duplicate = r#" ON DUPLICATE KEY UPDATE "viewer_id" = IF("viewings"."viewer_id" = VALUES("viewer_id") AND "viewings"."film_id" = VALUES("film_id"), "viewings"."viewer_id", ~0 + (1 + LENGTH(VALUES("viewer_id"))))"#;
        let (result, statements) = recorded(viewers[1].seen().associate_with(&films[0], |link| link.stars(5), &db)).await;
        result.unwrap();
        assert_eq!(
            statements,
            [format!(
                r#"INSERT INTO "viewings" ("viewer_id", "film_id", "stars") VALUES (?, ?, ?){}"#,
                each([conflict, conflict, duplicate], &db)
            )]
        );
        assert_eq!(Viewing::get((2, 1), &db).await.unwrap().stars, Some(5));
        assert_eq!(films[0].viewers().count(&db).await.unwrap(), 2);
        viewers[1].seen().associate_with(&films, |link| link.stars(1), &db).await.unwrap();
        assert_eq!(Viewing::get((2, 1), &db).await.unwrap().stars, Some(5));
        let changes = viewers[1].seen().set_with([2], |link| link.stars(2), &db).await.unwrap();
        assert_eq!((changes.associated, changes.dissociated), (vec![], vec![1]));
        assert_eq!(Viewing::get((2, 2), &db).await.unwrap().stars, Some(1));
    }

    async fn a_junctions_columns_are_read_with_the_targets(db) {
        schema::create::<(Viewer, Film, Viewing)>(&db).await.unwrap();
        let viewers = Viewer::insert_all((0..3).map(|_| Viewer::create()), &db).await.unwrap();
        let films = Film::insert_all(["a", "b", "c"].map(|name| Film::create().name(name)), &db).await.unwrap();
        let mut stars = [Some(1), Some(5), None].into_iter();
        viewers[0].seen().associate_with(&films, |link| link.stars(stars.next().flatten()), &db).await.unwrap();
        viewers[1].seen().associate_with(&films[..1], |link| link.stars(3), &db).await.unwrap();
        let best = viewers[0].seen().with_junction().filter_junction(|link| link.stars.gt(0)).order_by_junction(|link| link.stars.desc());
        let (found, statements) = recorded(best.to_vec(RowByRow(&db))).await;
        let found: Vec<(Film, Viewing)> = found.unwrap();
        assert_eq!(found, best.to_vec(&db).await.unwrap());
        assert_eq!(found.iter().map(|(film, link)| (&*film.name, link.stars)).collect::<Vec<_>>(), [("b", Some(5)), ("a", Some(1))]);
        assert_eq!(
            statements,
            [format!(
                r#"SELECT "films"."id", "films"."name", "viewings"."viewer_id", "viewings"."film_id", "viewings"."stars" FROM "films" JOIN "viewings" ON "films"."id" = "viewings"."film_id" WHERE "viewings"."viewer_id" = ? AND "viewings"."stars" > ? ORDER BY "viewings"."stars" DESC{}"#,
                each(["", " NULLS LAST", ""], &db)
            )]
        );
        assert_eq!(best.count(&db).await.unwrap(), 2);
        assert_eq!(best.filter(|f| f.name.eq("a")).one(&db).await.unwrap().1.stars, Some(1));
        let first = viewers[0].seen().with_junction().order_by_junction(|link| link.stars.asc().nulls_last()).limit(1).to_vec(&db).await.unwrap();
        assert_eq!(first[0].0, films[0]);

        let loads = Viewer::query().order_by(|v| v.id.asc()).with(|v| {
            v.seen.filter(|f| f.name.ne("c")).with_junction().filter_junction(|link| link.stars.is_not_null()).order_by_junction(|link| link.stars.desc())
        });
        let (loaded, statements) = counted(loads.to_vec(&db)).await;
        let loaded: Vec<Vec<_>> = loaded.iter().map(|(_, seen)| seen.iter().map(|(film, link)| (&*film.name, link.stars)).collect()).collect();
        assert_eq!(loaded, [vec![("b", Some(5)), ("a", Some(1))], vec![("a", Some(3))], vec![]]);
        assert_eq!(statements, 2);
        let best = Viewer::query().order_by(|v| v.id.asc()).with(|v| v.seen.with_junction().order_by_junction(|link| link.stars.desc()).limit(1));
        let best = best.to_vec(&db).await.unwrap();
        assert_eq!(best.iter().map(|(_, links)| links.iter().map(|(film, link)| (film.id, link.stars)).collect()).collect::<Vec<Vec<_>>>(), [vec![(2, Some(5))], vec![(1, Some(3))], vec![]]);
        let rest = Viewer::query().filter(|v| v.id.eq(1)).with(|v| v.seen.with_junction().order_by_junction(|link| link.stars.desc()).offset(2));
        assert_eq!(rest.one(&db).await.unwrap().1[0].1.stars, None);
    }

    async fn a_target_that_is_linked_several_times_is_there_once(db) {
        schema::create::<(Order, Product, Line)>(&db).await.unwrap();
        let order = Order::create().insert(&db).await.unwrap();
        let products = Product::insert_all((0..2).map(|_| Product::create()), &db).await.unwrap();
        Line::insert_all([1, 1, 2].map(|id| Line::create().order_id(1).product_id(id)), &db).await.unwrap();
        assert_eq!(order.products().to_vec(&db).await.unwrap(), products);
        assert_eq!(order.products().count(&db).await.unwrap(), 2);
        let loaded = Order::query().with(|o| (o.products, o.products.count())).to_vec(&db).await.unwrap();
        assert_eq!(loaded, [(order.clone(), (products.clone(), 2))]);
        let lines = order.products().with_junction().order_by_junction(|l| l.id.asc()).to_vec(&db).await.unwrap();
        assert_eq!(lines.iter().map(|(product, line)| (product.id, line.id)).collect::<Vec<_>>(), [(1, 1), (1, 2), (2, 3)]);
        order.products().associate(&products, &db).await.unwrap();
        assert_eq!(Line::query().count(&db).await.unwrap(), 3);
        assert!(order.products().set([1, 2], &db).await.unwrap().is_empty());
        order.products().dissociate(1, &db).await.unwrap();
        assert_eq!(Line::query().count(&db).await.unwrap(), 1);
        order.products().associate_with([1], |line| line.amount(7), &db).await.unwrap();
        assert_eq!(Line::query().sum(|l| l.amount, &db).await.unwrap(), 8);
    }

    async fn a_model_can_be_linked_with_itself(db) {
        schema::create::<User>(&db).await.unwrap();
        let users = User::insert_all(["ann", "bob", "cid"].map(|name| User::create().name(name)), &db).await.unwrap();
        users[0].following().associate([&users[1], &users[2]], &db).await.unwrap();
        users[1].followers().associate(&users[2], &db).await.unwrap();
        assert_eq!(users[1].followers().order_by(|u| u.id.asc()).to_vec(&db).await.unwrap(), [users[0].clone(), users[2].clone()]);
        assert_eq!(users[2].following().to_vec(&db).await.unwrap(), [users[1].clone()]);
        let loved = User::query().filter(|u| u.followers.count().gt(1)).to_vec(&db).await.unwrap();
        assert_eq!(loved, [users[1].clone()]);
        let twice = User::query().filter(|u| u.following.any(|u| u.following.any(|u| u.name.eq("bob")))).to_vec(&db).await.unwrap();
        assert_eq!(twice, [users[0].clone()]);
        let loaded = User::query().order_by(|u| u.id.asc()).with(|u| (u.following, u.followers)).to_vec(&db).await.unwrap();
        let counts: Vec<_> = loaded.iter().map(|(_, (following, followers))| (following.len(), followers.len())).collect();
        assert_eq!(counts, [(2, 0), (0, 2), (1, 1)]);
    }

    async fn verbs_work_in_transactions_and_in_other_tasks(db) {
        let (posts, tags) = blog(&db).await;
        let mut tx = db.begin().await.unwrap();
        posts[0].tags().associate(&tags, &mut tx).await.unwrap();
        assert!(posts[0].tags().set([1, 99], &mut tx).await.is_err());
        assert_eq!(posts[0].tags().count(&mut tx).await.unwrap(), 3);
        tx.rollback().await.unwrap();
        assert_eq!(links(&db).await, []);
        let (post, pool) = (posts[0].clone(), db.clone());
        tokio::spawn(async move {
            post.tags().associate([1, 2], &pool).await.unwrap();
            post.tags().toggle([2], &pool).await.unwrap();
            post.tags().set([1, 3], &pool).await.unwrap();
            post.tags().dissociate(3, &pool).await.unwrap();
            assert_eq!(post.tags().to_vec(&pool).await.unwrap().len(), 1);
            post.tags().clear(&pool).await.unwrap();
        }).await.unwrap();
    }

    async fn two_tasks_that_associate_one_pair_a_hundred_times_make_one_row_and_no_error(db) {
        associate_in_two_tasks(db).await;
    }

    async fn sessions_that_associate_new_links_at_the_same_time_do_not_wait_for_each_other(db) {
        let (posts, tags) = blog(&db).await;
        // SQLite has one writer at a time.
        if matches!(db, Db::Sqlite(_)) {
            return;
        }
        let (mut first, mut second) = (db.begin().await.unwrap(), db.begin().await.unwrap());
        posts[0].tags().associate(&tags[0], &mut first).await.unwrap();
        posts[0].tags().associate(&tags[1], &mut second).await.unwrap();
        posts[0].tags().associate(&tags[2], &mut first).await.unwrap();
        let (post, tag) = (posts[0].clone(), tags[0].clone());
        // The other link is there as soon as the other transaction is committed.
        let waiting = tokio::spawn(async move {
            post.tags().associate(&tag, &mut second).await.unwrap();
            post.tags().associate(&tag, &mut second).await.unwrap();
            second.commit().await.unwrap();
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        first.commit().await.unwrap();
        tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap().unwrap();
        assert_eq!(links(&db).await, [(1, 1), (1, 2), (1, 3)]);
    }

    async fn tasks_that_associate_lists_with_common_targets_link_each_once(db) {
        let (posts, _) = blog(&db).await;
        let tags = Tag::insert_all((0..60).map(|n| Tag::create().name(n.to_string())), &db).await.unwrap();
        let tasks = [0, 1, 2].map(|start| {
            let (db, post, tags) = (db.clone(), posts[0].clone(), tags.clone());
            tokio::spawn(async move {
                for some in tags[start..].windows(4) {
                    post.tags().associate(some, &db).await.unwrap();
                }
            })
        });
        for task in tasks {
            tokio::time::timeout(Duration::from_secs(60), task).await.unwrap().unwrap();
        }
        assert_eq!(posts[0].tags().count(&db).await.unwrap(), 60);
    }

    async fn more_links_than_the_limit_on_arguments(db) {
        const MANY: i64 = 40_000;
        let (posts, _) = blog(&db).await;
        Tag::query().all_rows().delete(&db).await.unwrap();
        let tags = Tag::insert_all((0..MANY).map(|n| Tag::create().name(n.to_string())), &db).await.unwrap();
        posts[0].tags().associate(&tags, &db).await.unwrap();
        assert_eq!(posts[0].tags().count(&db).await.unwrap(), MANY);
        let changes = posts[0].tags().set(&tags[1..], &db).await.unwrap();
        assert_eq!((changes.associated.len(), changes.dissociated.len()), (0, 1));
        posts[0].tags().dissociate(&tags[1..], &db).await.unwrap();
        assert_eq!(links(&db).await, []);
    }
}

/// Two tasks link the same pair a hundred times each.
async fn associate_in_two_tasks(db: Db) {
    let (posts, tags) = blog(&db).await;
    let task = |db: Db, post: Post, tag: Tag| async move {
        for _ in 0..100 {
            post.tags().associate(&tag, &db).await.unwrap();
        }
    };
    let tasks = [(); 2].map(|()| tokio::spawn(task(db.clone(), posts[0].clone(), tags[0].clone())));
    for task in tasks {
        tokio::time::timeout(Duration::from_secs(60), task).await.unwrap().unwrap();
    }
    assert_eq!(links(&db).await, [(1, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_that_associate_one_pair_make_one_row_and_no_error_in_a_file() {
    let file = TempFile::new("associate");
    associate_in_two_tasks(Db::connect(&format!("{}?mode=rwc", file.url())).await.unwrap()).await;
}
