//! Keys of new rows, without the rows.

mod support;

use neko_orm::{Error, Model, schema};
use support::triggers::{leave_out, refuse_late};
use support::{counted, each, on_every_backend, run, sent};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: Option<i64>,
    body: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Country {
    #[key]
    code: String,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Seat {
    #[key]
    row: i64,
    #[key]
    letter: String,
    taken: bool,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Heading {
    id: i64,
    #[column(default)]
    title: String,
}

/// Whether something comes back of these statements, and this column does not.
fn comes_back_without(column: &str, statements: &[String]) -> bool {
    let returned =
        statements.iter().filter_map(|sql| sql.rsplit_once("RETURNING").or_else(|| sql.rsplit_once("SELECT")));
    let columns: Vec<_> = returned.map(|(_, columns)| columns).collect();
    !columns.is_empty() && columns.iter().all(|columns| !columns.contains(column))
}

on_every_backend! {
    async fn the_key_of_one_row_comes_back_alone(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let (id, statements) = sent(Post::insert_returning_key(Post::create().title("a"), &db)).await;
        // On MySQL a `SELECT` in a transaction.
        assert_eq!((id.unwrap(), statements.len()), (1, each([1, 1, 4], &db)));
        assert!(comes_back_without("title", &statements), "{statements:?}");
        let post = Post::get(1, &db).await.unwrap();
        let id = Comment::insert_returning_key(post.comments().create().body("b"), &db).await.unwrap();
        assert_eq!(Comment::get(id, &db).await.unwrap(), Comment { id: 1, post_id: Some(1), body: "b".into() });
    }

    async fn keys_of_several_rows_come_back_in_the_given_order(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        for count in [1, 2, 100] {
            let before = Post::query().max(|p| p.id, &db).await.unwrap().unwrap_or(0);
            let rows = (0..count).map(|number| Post::create().title(format!("post {number}")));
            let (ids, statements) = sent(Post::insert_all_returning_keys(rows, &db)).await;
            assert_eq!(ids.unwrap(), (before + 1..=before + count).collect::<Vec<_>>());
            assert!(comes_back_without("title", &statements), "{statements:?}");
        }
        let last = Post::get(103, &db).await.unwrap();
        assert_eq!(last.title, "post 99");
    }

    async fn keys_that_are_given_come_back_as_the_database_has_them(db) {
        schema::create::<(Country, Seat)>(&db).await.unwrap();
        let countries = ["NZ", "AT", "JP"].map(|code| Country::create().code(code).name("somewhere"));
        let codes = Country::insert_all_returning_keys(countries, &db).await.unwrap();
        assert_eq!(codes, ["NZ", "AT", "JP"]);
        let seats = (0..40).map(|seat| Seat::create().row(40 - seat).letter("c").taken(seat % 2 == 0));
        let keys = Seat::insert_all_returning_keys(seats, &db).await.unwrap();
        assert_eq!(keys, (0..40).map(|seat| (40 - seat, "c".to_owned())).collect::<Vec<_>>());
        let key = Seat::insert_returning_key(Seat::create().row(7).letter("d").taken(true), &db).await.unwrap();
        assert!(Seat::get(key, &db).await.unwrap().taken);
    }

    async fn rows_that_set_other_columns_keep_their_order(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let post = Post::insert_returning_key(Post::create().title("a"), &db).await.unwrap();
        let rows = [
            Comment::create().body("a").id(70),
            Comment::create().body("b").post_id(post).id(60),
            Comment::create().body("c").id(65).post_id(post),
            Comment::create().body("d").id(50),
        ];
        assert_eq!(Comment::insert_all_returning_keys(rows, &db).await.unwrap(), [70, 60, 65, 50]);
        assert_eq!(Comment::get(60, &db).await.unwrap().post_id, Some(post));
        let none = std::iter::empty::<&str>().map(|title| Post::create().title(title));
        assert_eq!(counted(Post::insert_all_returning_keys(none, &db)).await, (Vec::new(), 0));
    }

    async fn more_rows_than_are_made_arguments_at_a_time_have_their_keys(db) {
        const COUNT: i64 = (1 << 16) + 100;
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let rows = (1..=COUNT).map(|number| Comment::create().body(number.to_string()));
        let ids = Comment::insert_all_returning_keys(rows, &db).await.unwrap();
        assert_eq!(ids, (1..=COUNT).collect::<Vec<_>>());
        assert_eq!(Comment::get(COUNT, &db).await.unwrap().body, COUNT.to_string());
    }

    async fn all_rows_are_inserted_or_none(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let rows = || (0..20).map(|number| Comment::create().body("b").post_id((number == 19).then_some(9)));
        let error = Comment::insert_all_returning_keys(rows(), &db).await.unwrap_err();
        assert!(matches!(error, Error::ForeignKeyViolation(_)), "{error}");
        assert_eq!(Comment::query().count(&db).await.unwrap(), 0);
        refuse_late("INSERT", "comments", "new.body = 'bad'", &db).await;
        let rows = ["a", "bad"].map(|body| Comment::create().body(body));
        Comment::insert_all_returning_keys(rows, &db).await.unwrap_err();
        assert_eq!(Comment::query().count(&db).await.unwrap(), 0);
    }

    async fn a_row_that_a_trigger_leaves_out_is_an_error(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        if !leave_out("INSERT", "comments", "new.body = 'bad'", &db).await {
            return;
        }
        for count in [2, 30] {
            let rows = (0..count).map(|number| Comment::create().body(if number == 1 { "bad" } else { "good" }));
            let error = Comment::insert_all_returning_keys(rows, &db).await.unwrap_err();
            assert!(matches!(error, Error::NotInserted { inserted, .. } if inserted == count - 1), "{error}");
        }
        let error = Comment::insert_returning_key(Comment::create().body("bad"), &db).await.unwrap_err();
        assert!(matches!(error, Error::NotInserted { given: 1, inserted: 0, .. }), "{error}");
        assert_eq!(Comment::query().count(&db).await.unwrap(), 0);
    }

    /// SQLite reads many keys beside their rows, where those of a trigger may be among them.
    async fn rows_of_a_trigger_are_not_among_those_that_were_given(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        if !matches!(db, neko_orm::Pool::Sqlite(_)) {
            return;
        }
        run(
            "CREATE TRIGGER echo AFTER INSERT ON comments WHEN new.body <> 'echo' \
             BEGIN INSERT INTO comments (body) VALUES ('echo'); END",
            &db,
        )
        .await;
        let rows = (0..30).map(|number| Comment::create().body(number.to_string()));
        let ids = Comment::insert_all_returning_keys(rows, &db).await.unwrap();
        for (number, id) in ids.into_iter().enumerate() {
            assert_eq!(Comment::get(id, &db).await.unwrap().body, number.to_string());
        }
    }

    async fn what_else_the_rows_hold_is_not_read(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let key = each(["INTEGER PRIMARY KEY", "BIGSERIAL PRIMARY KEY", "BIGINT AUTO_INCREMENT PRIMARY KEY"], &db);
        run(&format!("CREATE TABLE headings (id {key}, title TEXT)"), &db).await;
        // The table's default is NULL, which the field cannot hold.
        let id = Heading::insert_returning_key(Heading::create(), &db).await.unwrap();
        assert_eq!(id, 1);
        assert!(matches!(Heading::get(1, &db).await.unwrap_err(), Error::Decode { .. }));
    }
}
