//! What becomes of a row when the one that it refers to is deleted: `on_delete`, said on either side.

mod support;

use neko_orm::{Error, Model, schema};
use support::on_every_backend;

/// Says what becomes of the rows of five models, and of a sixth nothing.
#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Line, on_delete = cascade)]
#[has_many(Note, on_delete = set_null)]
#[has_many(Bill, on_delete = restrict)]
#[has_many(Visit)]
#[has_one(Badge, on_delete = cascade)]
struct Guest {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Line {
    id: i64,
    guest_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Note {
    id: i64,
    guest_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Bill {
    id: i64,
    guest_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Visit {
    id: i64,
    guest_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Badge {
    id: i64,
    guest_id: i64,
}

/// Says nothing: the other side does.
#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Reply)]
#[has_many(Vote, on_delete = cascade)]
struct Topic {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Topic, on_delete = set_null)]
#[belongs_to(Reply as parent, on_delete = cascade)]
struct Reply {
    id: i64,
    topic_id: Option<i64>,
    parent_id: Option<i64>,
}

/// Says the same as the other side.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Topic, topic_id = "id", on_delete = cascade)]
struct Vote {
    id: i64,
    topic_id: i64,
}

/// A composite foreign key, declared in another order on the other side.
#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Seat, column = "y", row = "x", on_delete = set_null)]
struct Place {
    #[key]
    row: i64,
    #[key]
    column: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Place, x = "row", y = "column")]
struct Seat {
    id: i64,
    x: Option<i64>,
    y: Option<i64>,
}

mod disputed {
    use neko_orm::Model;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[has_many(Page, on_delete = cascade)]
    pub struct Book {
        pub id: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(Book, on_delete = restrict)]
    pub struct Page {
        pub id: i64,
        pub book_id: i64,
    }
}

mod not_a_key {
    use neko_orm::Model;

    #[derive(Debug, Clone, PartialEq, Model)]
    pub struct Country {
        pub id: i64,
        pub code: String,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(Country as in_country, country = "code", on_delete = cascade)]
    pub struct City {
        pub id: i64,
        pub country: String,
    }
}

type Db = neko_orm::Pool;

async fn guest(db: &Db) -> Guest {
    schema::create::<(Guest, Line, Note, Bill, Visit, Badge)>(db).await.unwrap();
    Guest::create().insert(db).await.unwrap()
}

async fn topic(db: &Db) -> Topic {
    schema::create::<(Topic, Reply, Vote)>(db).await.unwrap();
    Topic::create().insert(db).await.unwrap()
}

on_every_backend! {
    async fn cascade_deletes_the_rows(db) {
        let guest = guest(&db).await;
        guest.lines().create().insert(&db).await.unwrap();
        guest.badge().create().insert(&db).await.unwrap();
        guest.delete(&db).await.unwrap();
        assert_eq!((Line::query().count(&db).await.unwrap(), Badge::query().count(&db).await.unwrap()), (0, 0));
    }

    async fn set_null_leaves_the_rows_without(db) {
        let guest = guest(&db).await;
        let mut note = guest.notes().create().insert(&db).await.unwrap();
        guest.delete(&db).await.unwrap();
        note.refresh(&db).await.unwrap();
        assert_eq!(note.guest_id, None);
    }

    async fn restrict_refuses(db) {
        let guest = guest(&db).await;
        guest.bills().create().insert(&db).await.unwrap();
        guest.lines().create().insert(&db).await.unwrap();
        assert!(matches!(guest.delete(&db).await, Err(Error::ForeignKeyViolation(_))));
        assert_eq!((Guest::query().count(&db).await.unwrap(), guest.lines().count(&db).await.unwrap()), (1, 1));
    }

    async fn the_default_refuses(db) {
        let guest = guest(&db).await;
        guest.visits().create().insert(&db).await.unwrap();
        assert!(matches!(guest.delete(&db).await, Err(Error::ForeignKeyViolation(_))));
        Visit::query().all_rows().delete(&db).await.unwrap();
        guest.delete(&db).await.unwrap();
    }

    async fn the_side_of_the_foreign_key_can_say_it(db) {
        let topic = topic(&db).await;
        let mut reply = topic.replies().create().insert(&db).await.unwrap();
        Reply::create().parent_id(reply.id).insert(&db).await.unwrap();
        topic.delete(&db).await.unwrap();
        reply.refresh(&db).await.unwrap();
        assert_eq!((reply.topic_id, Reply::query().count(&db).await.unwrap()), (None, 2));
        reply.delete(&db).await.unwrap();
        assert_eq!(Reply::query().count(&db).await.unwrap(), 0);
    }

    async fn both_sides_can_say_the_same(db) {
        let topic = topic(&db).await;
        topic.votes().create().insert(&db).await.unwrap();
        topic.delete(&db).await.unwrap();
        assert_eq!(Vote::query().count(&db).await.unwrap(), 0);
    }

    async fn all_columns_of_a_composite_foreign_key_are_set(db) {
        schema::create::<(Place, Seat)>(&db).await.unwrap();
        let place = Place::create().row(1).column(2).insert(&db).await.unwrap();
        let mut seat = place.seats().create().insert(&db).await.unwrap();
        assert_eq!((seat.x, seat.y), (Some(1), Some(2)));
        place.delete(&db).await.unwrap();
        seat.refresh(&db).await.unwrap();
        assert_eq!((seat.x, seat.y), (None, None));
    }

    async fn both_sides_cannot_say_different_things(db) {
        let error = schema::create::<(disputed::Book, disputed::Page)>(&db).await.unwrap_err().to_string();
        let expected = "two relations say different things by `on_delete` of the foreign key `book_id` of `pages`";
        assert!(error.contains(expected), "{error}");
        assert!(disputed::Book::query().count(&db).await.is_err());
    }

    async fn what_no_database_would_do_is_an_error(db) {
        let error = schema::create::<(not_a_key::Country, not_a_key::City)>(&db).await.unwrap_err().to_string();
        assert!(error.contains("`on_delete` of `country` of `cities` has no effect"), "{error}");
        assert!(error.contains("columns of `countries` that are not its key"), "{error}");
    }
}
