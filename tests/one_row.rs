//! The verbs on one row: create, find, get, save, refresh, delete.

mod support;

use neko_orm::{Error, Model, schema};
use support::{counted, each, on_every_backend, recorded};

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
    title: String,
    subtitle: Option<String>,
    #[column(default = "3")]
    rating: i32,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Country {
    #[key]
    code: String,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Tag {
    #[key]
    name: String,
}

fn post(id: i64, title: &str, rating: i32) -> Post {
    Post { id, title: title.into(), subtitle: None, rating }
}

on_every_backend! {
    async fn insert_returns_the_row_with_its_generated_key_and_the_databases_defaults(db) {
        schema::create::<Post>(&db).await.unwrap();
        let returning = r#" RETURNING "posts"."id", "posts"."title", "posts"."subtitle", "posts"."rating""#;
        let (inserted, statements) = recorded(Post::create().title("a").insert(&db)).await;
        assert_eq!(inserted.unwrap(), post(1, "a", 3));
        assert_eq!(
            statements,
            [format!(
                r#"INSERT INTO "posts" ("title", "subtitle") VALUES (?, ?){}"#,
                each([returning, returning, ""], &db)
            )]
        );
        let second = Post::create().rating(9).subtitle("b").title("b").insert(&db).await.unwrap();
        assert_eq!(second, Post { subtitle: Some("b".into()), ..post(2, "b", 9) });
        assert_eq!(Post::create().id(40).title("c").insert(&db).await.unwrap().id, 40);
        // PostgreSQL does not count the keys that it is given.
        assert_eq!(Post::create().title("d").subtitle(None).insert(&db).await.unwrap().id, each([41, 3, 41], &db));
    }

    async fn a_setter_that_is_called_twice_keeps_the_last_value(db) {
        schema::create::<Post>(&db).await.unwrap();
        let inserted = Post::create().title("a").title(String::from("b")).insert(&db).await.unwrap();
        assert_eq!(inserted.title, "b");
    }

    async fn a_generated_key_is_never_used_twice(db) {
        schema::create::<Post>(&db).await.unwrap();
        let first = Post::create().title("a").insert(&db).await.unwrap();
        first.delete(&db).await.unwrap();
        assert_eq!(Post::create().title("b").insert(&db).await.unwrap().id, 2);
    }

    async fn find_returns_the_row_or_none_in_one_statement(db) {
        schema::create::<(Post, Country)>(&db).await.unwrap();
        Post::create().title("a").insert(&db).await.unwrap();
        assert_eq!(counted(Post::find(1, &db)).await, (Some(post(1, "a", 3)), 1));
        assert_eq!(counted(Post::find(2, &db)).await, (None, 1));
        Country::create().code("de").name("Germany").insert(&db).await.unwrap();
        assert_eq!(Country::find("de", &db).await.unwrap().unwrap().name, "Germany");
        assert_eq!(Country::find(String::from("fr"), &db).await.unwrap(), None);
    }

    async fn get_names_the_table_and_the_key_that_is_not_found(db) {
        schema::create::<(Post, Country)>(&db).await.unwrap();
        let error = Post::get(7, &db).await.unwrap_err();
        assert!(matches!(error, Error::NotFound { table: "posts", .. }));
        assert_eq!(error.to_string(), "no row of `posts` has the key 7");
        let error = Country::get("xx", &db).await.unwrap_err();
        assert_eq!(error.to_string(), r#"no row of `countries` has the key "xx""#);
    }

    async fn save_writes_every_column_in_one_update(db) {
        schema::create::<Post>(&db).await.unwrap();
        let mut first = Post::create().title("a").subtitle("x").insert(&db).await.unwrap();
        let other = Post::create().title("b").insert(&db).await.unwrap();
        // PostgreSQL has no texts with a NUL.
        first.title = format!("new \" ' ; -- {}", each(["\0", "", "\0"], &db));
        first.subtitle = None;
        first.rating = i32::MIN;
        let (saved, statements) = recorded(first.save(&db)).await;
        saved.unwrap();
        assert_eq!(
            statements,
            [r#"UPDATE "posts" SET "title" = ?, "subtitle" = ?, "rating" = ? WHERE "posts"."id" = ?"#]
        );
        assert_eq!(Post::get(1, &db).await.unwrap(), first);
        assert_eq!(Post::get(2, &db).await.unwrap(), other);
    }

    async fn save_on_a_row_that_is_gone_is_not_found_and_never_inserts(db) {
        schema::create::<(Post, Tag)>(&db).await.unwrap();
        let error = post(1, "a", 3).save(&db).await.unwrap_err();
        assert!(matches!(error, Error::NotFound { .. }));
        assert_eq!(Post::query().count(&db).await.unwrap(), 0);
        let tag = Tag { name: "a".into() };
        assert!(matches!(tag.save(&db).await.unwrap_err(), Error::NotFound { .. }));
        Tag::create().name("a").insert(&db).await.unwrap();
        assert_eq!(counted(tag.save(&db)).await.1, 1);
    }

    async fn refresh_reads_the_row_again(db) {
        schema::create::<Post>(&db).await.unwrap();
        let mut first = Post::create().title("a").insert(&db).await.unwrap();
        Post { title: "b".into(), ..first.clone() }.save(&db).await.unwrap();
        assert_eq!(counted(first.refresh(&db)).await.1, 1);
        assert_eq!(first.title, "b");
        first.delete(&db).await.unwrap();
        let before = first.clone();
        assert!(matches!(first.refresh(&db).await.unwrap_err(), Error::NotFound { .. }));
        assert_eq!(first, before);
    }

    async fn delete_deletes_one_row_or_says_that_it_is_gone(db) {
        schema::create::<Post>(&db).await.unwrap();
        let first = Post::create().title("a").insert(&db).await.unwrap();
        Post::create().title("b").insert(&db).await.unwrap();
        let (deleted, statements) = recorded(first.delete(&db)).await;
        deleted.unwrap();
        assert_eq!(statements, [r#"DELETE FROM "posts" WHERE "posts"."id" = ?"#]);
        assert!(matches!(first.delete(&db).await.unwrap_err(), Error::NotFound { .. }));
        assert_eq!(Post::query().count(&db).await.unwrap(), 1);
    }

    async fn a_taken_key_is_a_unique_violation(db) {
        schema::create::<(Post, Country)>(&db).await.unwrap();
        Post::create().id(1).title("a").insert(&db).await.unwrap();
        let error = Post::create().id(1).title("b").insert(&db).await.unwrap_err();
        assert!(matches!(error, Error::UniqueViolation(_)), "{error}");
        Country::create().code("de").name("a").insert(&db).await.unwrap();
        let error = Country::create().code("de").name("b").insert(&db).await.unwrap_err();
        assert!(matches!(error, Error::UniqueViolation(_)), "{error}");
        assert_eq!(Country::get("de", &db).await.unwrap().name, "a");
    }

    async fn an_error_carries_the_statement_and_never_its_values(db) {
        schema::create::<Country>(&db).await.unwrap();
        Country::create().code("de").name("secret").insert(&db).await.unwrap();
        let error = Country::create().code("de").name("secret").insert(&db).await.unwrap_err();
        let Error::UniqueViolation(failure) = &error else { panic!("{error}") };
        assert!(failure.sql().replace('`', "\"").starts_with(r#"INSERT INTO "countries""#));
        assert!(failure.driver_error().as_database_error().is_some());
        assert!(error.to_string().contains("INSERT INTO"));
        assert!(!error.to_string().contains("secret"));
    }

    async fn the_key_of_a_row(db) {
        schema::create::<Post>(&db).await.unwrap();
        assert_eq!(Post::create().title("a").insert(&db).await.unwrap().key(), 1);
    }
}
