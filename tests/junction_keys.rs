//! Many-to-many between keys of several columns, and to columns that are unique without being the key.

mod support;

use neko_orm::{Changes, Error, Model, schema};
use support::{counted, on_every_backend, recorded};

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(
    Room as rooms,
    through = "meeting_rooms",
    from(day = "day", nr = "meeting_nr"),
    to(house = "house", room_nr = "nr")
)]
#[belongs_to_many(Person as guests, through = Invitation, from(day = "day", nr = "meeting_nr"), to(email = "email"))]
struct Meeting {
    #[key]
    day: String,
    #[key]
    nr: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(
    Meeting,
    through = "meeting_rooms",
    from(house = "house", nr = "room_nr"),
    to(day = "day", meeting_nr = "nr")
)]
struct Room {
    #[key]
    house: String,
    #[key]
    nr: i32,
}

/// Invitations go to the address, which is not the key.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Meeting, through = Invitation, from(email = "email"), to(day = "day", meeting_nr = "nr"))]
#[belongs_to_many(Person as friends, through = "friends", from(email = "of"), to(is = "email"))]
struct Person {
    id: i64,
    email: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Meeting, day = "day", meeting_nr = "nr")]
#[belongs_to(Person, email = "email")]
struct Invitation {
    #[key]
    day: String,
    #[key]
    meeting_nr: i64,
    #[key]
    email: String,
    accepted: Option<bool>,
}

type Db = sqlx::SqlitePool;

async fn meetings(db: &Db) -> (Vec<Meeting>, Vec<Room>, Vec<Person>) {
    schema::create::<(Meeting, Room, Invitation)>(db).await.unwrap();
    sqlx::raw_sql("CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)")
        .execute(db)
        .await
        .unwrap();
    sqlx::raw_sql(r#"CREATE TABLE friends ("of" TEXT, "is" TEXT, PRIMARY KEY ("of", "is"))"#)
        .execute(db)
        .await
        .unwrap();
    let meetings = [("mon", 1), ("mon", 2), ("tue", 1)].map(|(day, nr)| Meeting::create().day(day).nr(nr));
    let rooms = [("a", 1), ("b", 1), ("b", 2)].map(|(house, nr)| Room::create().house(house).nr(nr));
    let people = ["x@a", "y@a", "z@a"].map(|email| Person::create().email(email));
    (
        Meeting::insert_all(meetings, db).await.unwrap(),
        Room::insert_all(rooms, db).await.unwrap(),
        Person::insert_all(people, db).await.unwrap(),
    )
}

on_every_backend! {
    async fn keys_of_several_columns_are_linked_loaded_and_asked(db) {
        let (meetings, rooms, _) = meetings(&db).await;
        let (result, statements) = recorded(meetings[0].rooms().associate(&rooms[..2], &db)).await;
        result.unwrap();
        assert_eq!(
            statements,
            [r#"INSERT INTO "meeting_rooms" ("day", "meeting_nr", "house", "room_nr") VALUES (?, ?, ?, ?), (?, ?, ?, ?) ON CONFLICT ("day", "meeting_nr", "house", "room_nr") DO NOTHING"#]
        );
        meetings[2].rooms().associate([("b".to_owned(), 1), ("b".to_owned(), 2)], &db).await.unwrap();
        let (found, statements) = recorded(meetings[0].rooms().order_by(|r| r.house.asc()).to_vec(&db)).await;
        assert_eq!(found.unwrap(), rooms[..2]);
        assert_eq!(
            statements,
            [r#"SELECT "rooms"."house", "rooms"."nr" FROM "rooms" WHERE ("rooms"."house", "rooms"."nr") IN (SELECT "neko 1"."house", "neko 1"."room_nr" FROM "meeting_rooms" AS "neko 1" WHERE "neko 1"."day" = ? AND "neko 1"."meeting_nr" = ?) ORDER BY "rooms"."house" ASC"#]
        );
        let query = Meeting::query().order_by(|m| (m.day.asc(), m.nr.asc()));
        let loads = query.with(|m| (m.rooms.order_by(|r| (r.house.asc(), r.nr.asc())), m.rooms.count(), m.rooms.order_by(|r| r.nr.desc()).first()));
        let (loaded, statements) = counted(loads.to_vec(&db)).await;
        let counts: Vec<_> = loaded.iter().map(|(_, (rooms, count, first))| (rooms.len(), *count, first.as_ref().map(|room| room.nr))).collect();
        assert_eq!((counts, statements), (vec![(2, 2, Some(1)), (0, 0, None), (2, 2, Some(2))], 4));
        assert_eq!(loaded[2].1.0, rooms[1..]);
        let in_b2 = Meeting::query().filter(|m| m.rooms.any(|r| r.house.eq("b") & r.nr.eq(2))).to_vec(&db).await.unwrap();
        assert_eq!(in_b2, [meetings[2].clone()]);
        assert_eq!(rooms[1].meetings().count(&db).await.unwrap(), 2);

        let changes = meetings[0].rooms().set([&rooms[1], &rooms[2]], &db).await.unwrap();
        let key = |room: &Room| (room.house.clone(), room.nr);
        assert_eq!(changes, Changes { associated: vec![key(&rooms[2])], dissociated: vec![key(&rooms[0])] });
        meetings[0].rooms().toggle([&rooms[0], &rooms[1]], &db).await.unwrap();
        meetings[0].rooms().dissociate(&rooms[2], &db).await.unwrap();
        assert_eq!(meetings[0].rooms().to_vec(&db).await.unwrap(), rooms[..1]);
        let error = meetings[0].rooms().dissociate([&rooms[1], &rooms[2]], &db).await.unwrap_err();
        assert_eq!(error.to_string(), r#"row [("b", 1), ("b", 2)] of `rooms` is not associated by `rooms`"#);
        meetings[2].delete(&db).await.unwrap();
        assert_eq!(rooms[2].meetings().count(&db).await.unwrap(), 0);
    }

    async fn a_junction_refers_to_columns_that_are_not_the_key(db) {
        let (meetings, _, people) = meetings(&db).await;
        meetings[0].guests().associate(&people[..2], &db).await.unwrap();
        let (result, statements) = recorded(meetings[1].guests().associate([people[1].id, people[2].id], &db)).await;
        result.unwrap();
        assert_eq!(statements.len(), 2);
        assert!(matches!(meetings[1].guests().associate([1, 99], &db).await, Err(Error::NotFound { .. })));
        let loaded = Person::query().order_by(|p| p.id.asc()).with(|p| (p.meetings, p.meetings.count())).to_vec(&db).await.unwrap();
        assert_eq!(loaded.iter().map(|(_, (rows, count))| (rows.len(), *count)).collect::<Vec<_>>(), [(1, 1), (2, 2), (1, 1)]);
        let links = meetings[0].guests().with_junction().order_by(|p| p.id.desc()).to_vec(&db).await.unwrap();
        assert_eq!(links.iter().map(|(person, link)| (person.id, &*link.email)).collect::<Vec<_>>(), [(2, "y@a"), (1, "x@a")]);
        let loaded = Meeting::query().order_by(|m| (m.day.asc(), m.nr.asc())).with(|m| m.guests.with_junction()).to_vec(&db).await.unwrap();
        assert_eq!(loaded.iter().map(|(_, links)| links.len()).collect::<Vec<_>>(), [2, 2, 0]);

        let changes = meetings[0].guests().set([2, 3], &db).await.unwrap();
        assert_eq!(changes, Changes { associated: vec![3], dissociated: vec![1] });
        meetings[0].guests().dissociate(3, &db).await.unwrap();
        meetings[0].guests().toggle(&people, &db).await.unwrap();
        let mut guests: Vec<_> = meetings[0].guests().to_vec(&db).await.unwrap().into_iter().map(|person| person.id).collect();
        guests.sort_unstable();
        assert_eq!(guests, [1, 3]);
        people[0].friends().associate(&people[1], &db).await.unwrap();
        people[0].friends().associate(3, &db).await.unwrap();
        assert_eq!(people[0].friends().count(&db).await.unwrap(), 2);
        people[0].friends().clear(&db).await.unwrap();
        assert!(!people[0].friends().exists(&db).await.unwrap());
    }
}
