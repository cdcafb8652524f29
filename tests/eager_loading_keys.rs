//! Relations loaded by keys of several columns, of other types than integers, and by columns that are not unique.

mod support;

use neko_orm::{Error, Model, RowByRow, schema};
use support::{counted, each, on_every_backend, run};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Shelf, floor = "floor", nr = "room_nr")]
struct Room {
    #[key]
    floor: i32,
    #[key]
    nr: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Room, floor = "floor", room_nr = "nr")]
struct Shelf {
    id: i64,
    floor: Option<i32>,
    room_nr: Option<String>,
    label: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Book, label = "shelf_label")]
#[has_many(Book as copies, group = "group")]
struct Label {
    id: i64,
    label: Vec<u8>,
    group: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Label, shelf_label = "label")]
#[belongs_to(Label as any_of_group, group = "group")]
struct Book {
    id: i64,
    shelf_label: Option<Vec<u8>>,
    group: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Use, code = "part_code")]
struct Part {
    id: i64,
    code: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Use {
    id: i64,
    part_code: String,
}

on_every_backend! {
    async fn composite_keys_are_loaded(db) {
        schema::create::<(Room, Shelf)>(&db).await.unwrap();
        let rooms = [(1, "a"), (1, "b"), (2, "a")].map(|(floor, nr)| Room::create().floor(floor).nr(nr));
        Room::insert_all(rooms, &db).await.unwrap();
        let shelves = [(Some(1), Some("b")), (Some(2), Some("a")), (Some(1), Some("b")), (Some(1), None), (None, None)];
        let shelves = shelves.map(|(floor, nr)| Shelf::create().floor(floor).room_nr(nr.map(String::from)).label(vec![0]));
        Shelf::insert_all(shelves, &db).await.unwrap();
        let rooms = Room::query().order_by(|r| (r.floor.asc(), r.nr.asc()));
        let loaded = rooms.clone().with(|r| (r.shelves.order_by(|s| s.id.desc()), r.shelves.count(), r.shelves.limit(1))).to_vec(&db).await.unwrap();
        let found: Vec<_> = loaded.iter().map(|(_, (shelves, count, one))| (shelves.iter().map(|s| s.id).collect::<Vec<_>>(), *count, one.len())).collect();
        assert_eq!(found, [(vec![], 0, 0), (vec![3, 1], 2, 1), (vec![2], 1, 1)]);
        let (shelves, statements) = counted(Shelf::query().order_by(|s| s.id.asc()).with(|s| s.room.with(|r| r.shelves.count())).to_vec(&db)).await;
        let shelves: Vec<(Shelf, Option<(Room, i64)>)> = shelves;
        let found: Vec<_> = shelves.iter().map(|(_, room)| room.as_ref().map(|(room, count)| (room.floor, room.nr.as_str(), *count))).collect();
        assert_eq!((found, statements), (vec![Some((1, "b", 2)), Some((2, "a", 1)), Some((1, "b", 2)), None, None], each([1, 3, 3], &db)));
    }

    async fn keys_that_are_not_unique_lead_from_every_row(db) {
        schema::create::<(Label, Book)>(&db).await.unwrap();
        let labels = [(vec![1_u8, 0], 7), (vec![2], 7), (vec![3], 8)];
        Label::insert_all(labels.map(|(label, group)| Label::create().label(label).group(group)), &db).await.unwrap();
        let books = [(Some(vec![1_u8, 0]), 7), (Some(vec![3]), 8), (None, 7)];
        Book::insert_all(books.map(|(label, group)| Book::create().shelf_label(label).group(group)), &db).await.unwrap();
        let labels = Label::query().order_by(|l| l.id.asc());
        let loaded = labels.with(|l| (l.books, l.copies.order_by(|b| b.id.asc()).with(|b| b.label))).to_vec(&db).await.unwrap();
        let ids: Vec<_> = loaded.iter().map(|(_, (books, copies))| (books.len(), copies.iter().map(|(book, _)| book.id).collect::<Vec<_>>())).collect();
        assert_eq!(ids, [(1, vec![1, 3]), (0, vec![1, 3]), (1, vec![2])]);
        assert_eq!(loaded[1].1.1[0].1.as_ref().unwrap().id, 1);
        let error = Book::query().with(|b| b.any_of_group).to_vec(&db).await.unwrap_err();
        assert!(matches!(error, Error::SeveralTargets { relation: "any_of_group", .. }), "{error}");
        let eight: Vec<(Book, Label)> = Book::query().filter(|b| b.group.eq(8)).with(|b| b.any_of_group).to_vec(&db).await.unwrap();
        assert_eq!(eight[0].1.id, 3);
    }

    async fn keys_that_only_the_database_takes_for_equal_are_an_error(db) {
        if let neko_orm::Pool::Postgres(_) = db {
            run("CREATE COLLATION alike (provider = icu, locale = 'und-u-ks-level2', deterministic = false)", &db).await;
        }
        let text = each(["TEXT COLLATE NOCASE", "TEXT COLLATE alike", "VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"], &db);
        run(&format!("CREATE TABLE parts (id BIGINT PRIMARY KEY, code {text})"), &db).await;
        run(&format!("CREATE TABLE uses (id BIGINT PRIMARY KEY, part_code {text})"), &db).await;
        run("INSERT INTO parts VALUES (1, 'ab')", &db).await;
        run("INSERT INTO uses VALUES (1, 'AB'), (2, 'ab')", &db).await;
        let parts = Part::query();
        for error in [
            parts.clone().with(|p| p.uses).to_vec(&db).await.map(drop).unwrap_err(),
            parts.clone().with(|p| p.uses.limit(1)).to_vec(&db).await.map(drop).unwrap_err(),
            parts.clone().with(|p| p.uses.count()).to_vec(&db).await.map(drop).unwrap_err(),
        ] {
            assert!(matches!(error, Error::UnequalKeys { relation: "uses", table: "uses" }), "{error}");
        }
        Part::create().id(2).code("AB").insert(&db).await.unwrap();
        let both = parts.order_by(|p| p.id.asc()).with(|p| (p.uses, p.uses.count(), p.uses.limit(2))).to_vec(&db).await.unwrap();
        let counts: Vec<_> = both.iter().map(|(_, (uses, count, some))| (uses.len(), *count, some.len())).collect();
        // PostgreSQL groups by a collation that takes them for equal, which nobody has without asking for it.
        let expected = each([[(1, 1, 1), (1, 1, 1)], [(1, 0, 1), (1, 2, 1)], [(1, 1, 1), (1, 1, 1)]], &db);
        assert_eq!(counts, expected);
    }

    async fn keys_without_a_json_form_are_cut_into_chunks(db) {
        const PARENTS: i64 = 40_000;
        schema::create::<(Room, Shelf, Label, Book)>(&db).await.unwrap();
        let labels = (0..PARENTS).map(|n| Label::create().label(Vec::from(n.to_be_bytes())).group(n));
        Label::insert_all(labels, &db).await.unwrap();
        let books = (0..PARENTS).map(|n| Book::create().shelf_label(Vec::from(n.to_be_bytes())).group(0));
        Book::insert_all(books, &db).await.unwrap();
        let many = (0..20_000_i64).map(|n| n as f64);
        let query = Label::query().with(|l| l.books.filter(|b| b.group.as_f64().is_in(many)).limit(2));
        let (loaded, statements) = counted(query.to_vec(RowByRow(&db))).await;
        assert_eq!((loaded.len() as i64, statements), (PARENTS, each([6, 2, 3], &db)));
        let (at_once, statements) = counted(query.to_vec(&db)).await;
        assert_eq!((at_once == loaded, statements), (true, each([1, 2, 3], &db)));
        assert!(loaded.iter().all(|(label, books)| books.len() == 1 && books[0].shelf_label.as_ref() == Some(&label.label)));
    }
}
