//! New rows with those of their relations, by keys and relations of every kind.

mod support;

use neko_orm::{Model, schema};
use support::{counted, on_every_backend};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Line, shop_id = "shop_id", number = "order_number")]
struct Order {
    #[key]
    shop_id: i64,
    #[key]
    number: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Order, shop_id = "shop_id", order_number = "number")]
struct Line {
    id: i64,
    shop_id: i64,
    order_number: Option<i64>,
    product: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Employee as reports, id = "boss_id")]
#[has_many(Task as assigned, name = "assignee")]
#[has_many(Task as reviewed, name = "reviewer")]
struct Employee {
    id: i64,
    name: String,
    boss_id: Option<i64>,
}

/// Refers to columns that are no key.
#[derive(Debug, Clone, PartialEq, Model)]
struct Task {
    id: i64,
    assignee: Option<String>,
    reviewer: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Cover)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Cover {
    id: i64,
    post_id: i64,
    file: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Song)]
#[belongs_to_many(Artist as artists, through = Credit)]
#[has_many(Note, morph = about)]
struct Album {
    id: i64,
    year: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Note, morph = about)]
struct Song {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Artist {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Credit {
    #[key]
    album_id: i64,
    #[key]
    artist_id: i64,
    #[column(default = "1")]
    share: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Note {
    id: i64,
    about_id: i64,
    about_type: String,
}

on_every_backend! {
    async fn composite_keys_are_filled_in(db) {
        schema::create::<(Order, Line)>(&db).await.unwrap();
        let order = |shop_id: i64, products: &[&str]| {
            let lines = products.iter().map(|product| Line::create().product(*product));
            Order::create().shop_id(shop_id).number(7).with(|o| o.lines, lines)
        };
        let (inserted, statements) = counted(Order::insert_all([order(1, &["a", "b"]), order(2, &["c"])], &db)).await;
        assert_eq!(statements, 2);
        let line = |id, shop_id, product: &str| Line { id, shop_id, order_number: Some(7), product: product.into() };
        assert_eq!(inserted[0].1, [line(1, 1, "a"), line(2, 1, "b")]);
        assert_eq!(inserted[1].1, [line(3, 2, "c")]);
        assert_eq!(inserted[1].0.lines().to_vec(&db).await.unwrap(), inserted[1].1);
    }

    async fn relations_to_itself_and_by_columns_that_are_no_key(db) {
        schema::create::<(Employee, Task)>(&db).await.unwrap();
        let employee = |name: &str| Employee::create().name(name);
        let call = employee("Ann")
            .with(|e| e.reports, [employee("Bob").with(|e| e.reports, [employee("Cid")])])
            .with(|e| e.assigned, [Task::create(), Task::create()])
            .with(|e| e.reviewed, [Task::create().assignee("Bob")])
            .insert(&db);
        let ((ann, (reports, assigned, reviewed)), statements) = counted(call).await;
        assert_eq!(statements, 5);
        let (bob, below) = &reports[0];
        assert_eq!((bob.boss_id, below[0].boss_id), (Some(ann.id), Some(bob.id)));
        assert!(assigned.iter().all(|task| task.assignee.as_deref() == Some("Ann") && task.reviewer.is_none()));
        assert_eq!((reviewed[0].assignee.as_deref(), reviewed[0].reviewer.as_deref()), (Some("Bob"), Some("Ann")));
        // Two relations to one model are not mixed up.
        let rows = ["Dan", "Eve"].map(|name| employee(name).with(|e| e.reviewed, [Task::create()]));
        for (employee, tasks) in Employee::insert_all(rows, &db).await.unwrap() {
            assert_eq!((tasks[0].assignee.as_ref(), tasks[0].reviewer.as_ref()), (None, Some(&employee.name)));
        }
    }

    async fn a_relation_to_one_row_takes_one_or_an_option(db) {
        schema::create::<(Post, Cover)>(&db).await.unwrap();
        let call = Post::create().title("x").with(|p| p.cover, Cover::create().file("a")).insert(&db);
        let ((post, cover), statements): ((Post, Cover), _) = counted(call).await;
        assert_eq!((cover, statements), (Cover { id: 1, post_id: post.id, file: "a".into() }, 2));

        let files = [Some("b"), None, Some("c")];
        let posts = files.map(|file| {
            Post::create().title("y").with(|p| p.cover, file.map(|file| Cover::create().file(file)))
        });
        let (inserted, statements) = counted(Post::insert_all(posts, &db)).await;
        let inserted: Vec<(Post, Option<Cover>)> = inserted;
        assert_eq!(statements, 2);
        for ((post, cover), file) in inserted.iter().zip(files) {
            assert_eq!(cover.as_ref().map(|cover| (cover.post_id, cover.file.as_str())), file.map(|file| (post.id, file)));
        }
    }

    async fn rows_of_many_to_many_relations_are_inserted_and_linked(db) {
        schema::create::<(Album, Song, Artist, Credit, Note)>(&db).await.unwrap();
        let album = |names: &[&str]| {
            let songs: Vec<_> = names.iter().map(|name| Song::create().name(*name).with(|s| s.note, Note::create())).collect();
            Album::create().year(1).with(|a| a.songs, songs).with(|a| a.artists, ["x", "y"].map(|name| Artist::create().name(name))).with(|a| a.notes, [Note::create()])
        };
        let (albums, statements) = counted(Album::insert_all([album(&["a", "b"]), album(&["c"])], &db)).await;
        // Albums; songs, links and notes of songs; artists and credits; notes of albums.
        assert_eq!(statements, 7);
        let (second, (songs, artists, notes)) = &albums[1];
        assert_eq!((&*songs[0].0.name, songs[0].1.about_type.as_str(), notes[0].about_type.as_str()), ("c", "song", "album"));
        assert_eq!(second.songs().to_vec(&db).await.unwrap(), [songs[0].0.clone()]);
        assert_eq!(second.artists().to_vec(&db).await.unwrap(), *artists);
        assert_eq!((albums[0].0.songs().count(&db).await.unwrap(), albums[0].0.artists().count(&db).await.unwrap()), (2, 2));
        assert_eq!(songs[0].0.note().get(&db).await.unwrap().as_ref(), Some(&songs[0].1));
    }
}
