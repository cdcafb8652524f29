//! Scopes: of a relation, and of a model, which nothing passes by but `.unscoped()`.

mod support;

use neko_orm::{Error, Model, Query, schema};
use support::{on_every_backend, recorded};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Review)]
#[has_many(Review as good, scope = rated_well)]
struct Film {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Film)]
struct Review {
    id: i64,
    film_id: i64,
    rating: i32,
}

fn rated_well(reviews: Query<Review>) -> Query<Review> {
    reviews.filter(|r| r.rating.gt(5)).order_by(|r| r.rating.desc())
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Note)]
#[has_one(Note as last_note, latest = "id")]
#[belongs_to_many(Note as pinned, through = "pins")]
struct User {
    id: i64,
    troop_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(User)]
#[has_many(Note as last_notes, through(users, last_note))]
struct Troop {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = not_deleted)]
#[belongs_to(User)]
#[belongs_to(Note as reply_to)]
#[has_many(Note as replies, id = "reply_to_id")]
#[belongs_to_many(User as pinners, through = "pins")]
struct Note {
    id: i64,
    user_id: i64,
    reply_to_id: Option<i64>,
    is_deleted: bool,
}

fn not_deleted(notes: Query<Note>) -> Query<Note> {
    notes.filter(|n| !n.is_deleted).order_by(|n| n.id.desc())
}

/// A mark on a note.
#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Marked { Note })]
struct Mark {
    id: i64,
    marked_id: i64,
    marked_type: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = endless)]
#[has_many(Loop as others, id = "loop_id")]
struct Loop {
    id: i64,
    loop_id: Option<i64>,
}

fn endless(loops: Query<Loop>) -> Query<Loop> {
    loops.filter(|l| l.others.any(|_| true) | l.others.any(|o| o.id.gt(1)) | l.others.any(|o| o.id.lt(9)))
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = limited)]
struct Limited {
    id: i64,
}

fn limited(rows: Query<Limited>) -> Query<Limited> {
    rows.limit(1)
}

/// Members of a group, and those who have left it; who holds a key to its room, and whose key is blocked.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(User as members, through = Membership)]
#[belongs_to_many(User as holders, through = RoomKey)]
struct Group {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = not_over)]
#[belongs_to(Group)]
#[belongs_to(User)]
struct Membership {
    id: i64,
    group_id: i64,
    user_id: i64,
    #[column(default = "FALSE")]
    is_over: bool,
}

fn not_over(memberships: Query<Membership>) -> Query<Membership> {
    memberships.filter(|m| !m.is_over)
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = not_blocked)]
#[belongs_to(Group)]
#[belongs_to(User)]
struct RoomKey {
    #[key]
    group_id: i64,
    #[key]
    user_id: i64,
    #[column(default = "FALSE")]
    is_blocked: bool,
}

fn not_blocked(keys: Query<RoomKey>) -> Query<RoomKey> {
    keys.filter(|k| !k.is_blocked)
}

type Db = neko_orm::Pool;

/// A group and three users, of whom the first was a member once, and has a key that is blocked.
async fn group(db: &Db) -> (Group, Vec<User>) {
    schema::create::<(User, Note, Group, Membership, RoomKey)>(db).await.unwrap();
    let users = User::insert_all((0..3).map(|_| User::create()), db).await.unwrap();
    let group = Group::create().insert(db).await.unwrap();
    Membership::create().group_id(1).user_id(1).is_over(true).insert(db).await.unwrap();
    RoomKey::create().group_id(1).user_id(1).is_blocked(true).insert(db).await.unwrap();
    (group, users)
}

/// Four notes of one user: the second and the last are deleted; each is a reply to the one before.
async fn notes(db: &Db) -> (User, Vec<Note>) {
    schema::create::<(User, Note)>(db).await.unwrap();
    let user = User::create().insert(db).await.unwrap();
    let rows = [(None, false), (Some(1), true), (Some(2), false), (Some(3), true)];
    let rows = rows.map(|(reply, is_deleted)| Note::create().user_id(1).reply_to_id(reply).is_deleted(is_deleted));
    (user, Note::insert_all(rows, db).await.unwrap())
}

fn ids(notes: &[Note]) -> Vec<i64> {
    notes.iter().map(|note| note.id).collect()
}

on_every_backend! {
    async fn a_relations_scope_filters_and_orders_wherever_it_is_used(db) {
        schema::create::<(Film, Review)>(&db).await.unwrap();
        let film = Film::create().insert(&db).await.unwrap();
        Review::insert_all([3, 9, 10].map(|rating| Review::create().film_id(1).rating(rating)), &db).await.unwrap();
        let ratings = |reviews: Vec<Review>| reviews.into_iter().map(|review| review.rating).collect::<Vec<_>>();
        assert_eq!(ratings(film.good().to_vec(&db).await.unwrap()), [10, 9]);
        assert_eq!(ratings(film.good().order_by(|r| r.rating.asc()).to_vec(&db).await.unwrap()), [9, 10]);
        assert_eq!((film.good().count(&db).await.unwrap(), film.reviews().count(&db).await.unwrap()), (2, 3));
        let loaded = Film::query().with(|f| (f.good, f.good.count(), f.good.first())).one(&db).await.unwrap().1;
        assert_eq!((ratings(loaded.0), loaded.1, loaded.2.map(|review| review.rating)), (vec![10, 9], 2, Some(10)));
        assert_eq!(Film::query().filter(|f| f.good.any(|r| r.rating.lt(5))).count(&db).await.unwrap(), 0);
        assert_eq!(film.good().delete(&db).await.unwrap(), 2);
        assert_eq!(film.reviews().count(&db).await.unwrap(), 1);
    }

    async fn a_models_scope_counts_everywhere(db) {
        let (user, all) = notes(&db).await;
        assert_eq!(ids(&Note::query().to_vec(&db).await.unwrap()), [3, 1]);
        assert_eq!(ids(&Note::query().order_by(|n| n.id.asc()).to_vec(&db).await.unwrap()), [1, 3]);
        assert_eq!(Note::query().count(&db).await.unwrap(), 2);
        assert!(!Note::query().filter(|n| n.id.eq(2)).exists(&db).await.unwrap());
        assert_eq!(ids(&user.notes().to_vec(&db).await.unwrap()), [3, 1]);
        assert_eq!(user.last_note().get(&db).await.unwrap(), Some(all[2].clone()));
        assert_eq!(all[2].reply_to().get(&db).await.unwrap(), None);
        assert_eq!(User::query().filter(|u| u.notes.any(|n| n.id.eq(2))).count(&db).await.unwrap(), 0);
        let loaded = User::query().with(|u| (u.notes, u.notes.count(), u.last_note)).one(&db).await.unwrap().1;
        assert_eq!((ids(&loaded.0), loaded.1, loaded.2), (vec![3, 1], 2, Some(all[2].clone())));
        let replies = Note::query().with(|n| (n.reply_to, n.replies)).to_vec(&db).await.unwrap();
        assert!(replies.iter().all(|(_, (to, replies))| to.is_none() && replies.is_empty()));
        assert_eq!(Note::find(2, &db).await.unwrap(), None);
        assert_eq!(Note::find(1, &db).await.unwrap(), Some(all[0].clone()));
        assert!(matches!(Note::get(2, &db).await, Err(Error::NotFound { .. })));
        assert_eq!(Note::query().sum(|n| n.id, &db).await.unwrap(), 4);
        let mut rows = Note::query().stream(&db);
        assert_eq!(rows.try_next().await.unwrap().map(|note| note.id), Some(3));
    }

    async fn unscoped_lifts_it(db) {
        let (user, all) = notes(&db).await;
        assert_eq!(Note::query().unscoped().count(&db).await.unwrap(), 4);
        assert_eq!(user.notes().unscoped().count(&db).await.unwrap(), 4);
        assert_eq!(user.notes().filter(|n| n.id.gt(1)).unscoped().count(&db).await.unwrap(), 3);
        let loaded = User::query().with(|u| (u.notes.unscoped(), u.notes.unscoped().count(), u.last_note.unscoped())).one(&db).await.unwrap().1;
        assert_eq!((loaded.0.len(), loaded.1, loaded.2), (4, 4, Some(all[3].clone())));
        assert_eq!(User::query().filter(|u| u.notes.unscoped().any(|n| n.id.eq(2))).count(&db).await.unwrap(), 1);
        let replies = Note::query().unscoped().order_by(|n| n.id.asc()).with(|n| n.reply_to.unscoped()).to_vec(&db).await.unwrap();
        assert_eq!(replies[3].1.as_ref(), Some(&all[2]));
        assert_eq!(all[2].reply_to().unscoped().get(&db).await.unwrap().as_ref(), Some(&all[1]));
        assert_eq!(user.last_note().unscoped().get(&db).await.unwrap().as_ref(), Some(&all[3]));
        assert_eq!(user.last_note().filter(|n| n.id.gt(0)).unscoped().one(&db).await.unwrap(), all[3]);
        assert_eq!(user.last_note().filter(|n| n.id.gt(0)).one(&db).await.unwrap(), all[2]);
        assert_eq!(user.last_note().unscoped().filter(|n| n.id.gt(0)).one(&db).await.unwrap(), all[3]);
        user.pinned().associate([1], &db).await.unwrap();
        let changes = user.pinned().unscoped().set([2], &db).await.unwrap();
        assert_eq!((changes.associated, changes.dissociated), (vec![2], vec![1]));
        assert!(user.pinned().set([1], &db).await.unwrap().dissociated.is_empty());
        assert_eq!(user.pinned().unscoped().clear(&db).await.unwrap(), 2);
    }

    async fn unscoped_lifts_it_at_the_end_of_a_path_too(db) {
        schema::create::<Troop>(&db).await.unwrap();
        let (mut user, all) = notes(&db).await;
        let group = Troop::create().insert(&db).await.unwrap();
        group.users().associate(&mut user, &db).await.unwrap();
        assert_eq!(group.last_notes().to_vec(&db).await.unwrap(), all[2..3]);
        assert_eq!(group.last_notes().unscoped().to_vec(&db).await.unwrap(), all[3..]);
        let loaded = Troop::query().with(|g| (g.last_notes, g.last_notes.unscoped(), g.last_notes.count())).one(&db).await.unwrap().1;
        assert_eq!((ids(&loaded.0), ids(&loaded.1), loaded.2), (vec![3], vec![4], 1));
        assert_eq!(Troop::query().filter(|g| g.last_notes.any(|n| n.id.eq(4))).count(&db).await.unwrap(), 0);
        assert_eq!(Troop::query().filter(|g| g.last_notes.unscoped().any(|n| n.id.eq(4))).count(&db).await.unwrap(), 1);
        assert_eq!(Troop::query().filter(|g| g.users.any(|u| u.last_note.unscoped().is(|n| n.id.eq(4)))).count(&db).await.unwrap(), 1);
    }

    async fn unscoped_lifts_it_for_one_of_several_models_too(db) {
        let (_, all) = notes(&db).await;
        schema::create::<Mark>(&db).await.unwrap();
        let mark = Mark::create().marked_id(2).marked_type("note").insert(&db).await.unwrap();
        let error = mark.marked().get(&db).await.unwrap_err();
        assert_eq!(error.to_string(), "`marked` of row 1 of `marks`: no row of `notes` has the key 2, or its scope leaves it out");
        assert_eq!(mark.marked().unscoped().get(&db).await.unwrap(), Marked::Note(all[1].clone()));
        assert!(Mark::query().with(|m| m.marked).to_vec(&db).await.is_err());
        assert_eq!(Mark::query().with(|m| m.marked.optional()).to_vec(&db).await.unwrap()[0].1, None);
        assert_eq!(Mark::query().with(|m| m.marked.unscoped()).to_vec(&db).await.unwrap()[0].1, Marked::Note(all[1].clone()));
    }

    async fn a_row_at_hand_is_read_and_written_whatever_the_scope(db) {
        let (_, mut all) = notes(&db).await;
        let note = &mut all[1];
        note.refresh(&db).await.unwrap();
        note.update(|n| n.is_deleted.set(false), &db).await.unwrap();
        assert_eq!(Note::query().count(&db).await.unwrap(), 3);
        note.is_deleted = true;
        note.save(&db).await.unwrap();
        all[3].delete(&db).await.unwrap();
        assert_eq!(Note::query().unscoped().count(&db).await.unwrap(), 3);
    }

    async fn changes_reach_only_rows_in_the_scope(db) {
        notes(&db).await;
        assert!(matches!(Note::query().delete(&db).await, Err(Error::Unfiltered { .. })));
        let n = Note::query().all_rows().update(|n| n.reply_to_id.set(None), &db).await.unwrap();
        assert_eq!(n, 2);
        assert_eq!(Note::query().unscoped().filter(|n| n.reply_to_id.is_null()).count(&db).await.unwrap(), 2);
        Note::query().unscoped().all_rows().update(|n| n.reply_to_id.set(None), &db).await.unwrap();
        assert_eq!(Note::query().limit(1).delete(&db).await.unwrap(), 1);
        assert_eq!(ids(&Note::query().unscoped().order_by(|n| n.id.asc()).to_vec(&db).await.unwrap()), [1, 2, 4]);
    }

    async fn the_scope_of_a_target_counts_over_a_junction_and_that_of_the_source_does_not(db) {
        let (user, all) = notes(&db).await;
        user.pinned().associate(&all, &db).await.unwrap();
        assert_eq!(ids(&user.pinned().to_vec(&db).await.unwrap()), [3, 1]);
        assert_eq!(all[1].pinners().to_vec(&db).await.unwrap(), std::slice::from_ref(&user));
        let loaded = User::query().with(|u| (u.pinned, u.pinned.count(), u.pinned.unscoped().count())).one(&db).await.unwrap().1;
        assert_eq!((ids(&loaded.0), loaded.1, loaded.2), (vec![3, 1], 2, 4));
        user.pinned().dissociate(&all[1], &db).await.unwrap();
        let none: [i64; 0] = [];
        assert_eq!(user.pinned().set(none, &db).await.unwrap().dissociated.len(), 2);
        assert_eq!(user.pinned().unscoped().count(&db).await.unwrap(), 1);
    }

    async fn a_row_outside_of_the_junctions_scope_is_no_link(db) {
        let (group, users) = group(&db).await;
        assert_eq!(group.members().to_vec(&db).await.unwrap(), []);
        assert!(matches!(group.members().dissociate(1, &db).await, Err(Error::NotAssociated { .. })));
        group.members().associate(&users[..2], &db).await.unwrap();
        assert_eq!(group.members().to_vec(&db).await.unwrap(), users[..2]);
        group.members().associate(1, &db).await.unwrap();
        assert_eq!(Membership::query().unscoped().count(&db).await.unwrap(), 3);
    }

    async fn no_verb_deletes_rows_outside_of_the_junctions_scope(db) {
        let (group, _) = group(&db).await;
        let over = async || Membership::query().unscoped().filter(|m| m.is_over).count(&db).await.unwrap();
        group.members().associate([1, 2], &db).await.unwrap();
        group.members().dissociate(1, &db).await.unwrap();
        assert_eq!((group.members().count(&db).await.unwrap(), over().await), (1, 1));
        let changes = group.members().set([1], &db).await.unwrap();
        assert_eq!((changes.associated, changes.dissociated), (vec![1], vec![2]));
        let changes = group.members().toggle([1, 3], &db).await.unwrap();
        assert_eq!((changes.associated, changes.dissociated, over().await), (vec![3], vec![1], 1));
        assert_eq!((group.members().clear(&db).await.unwrap(), over().await), (1, 1));
    }

    async fn a_key_that_a_row_outside_of_the_junctions_scope_has_is_an_error_and_not_silently_no_link(db) {
        let (group, _) = group(&db).await;
        assert!(matches!(group.holders().associate([2, 1], &db).await, Err(Error::UniqueViolation(_))));
        assert_eq!(group.holders().count(&db).await.unwrap(), 0);
        group.holders().associate([2, 3], &db).await.unwrap();
        group.holders().associate([3, 2], &db).await.unwrap();
        assert!(matches!(group.holders().set([1], &db).await, Err(Error::UniqueViolation(_))));
        assert_eq!((group.holders().count(&db).await.unwrap(), group.holders().clear(&db).await.unwrap()), (2, 2));
        assert_eq!(RoomKey::query().unscoped().count(&db).await.unwrap(), 1);
    }

    async fn a_limit_comes_after_the_scope(db) {
        notes(&db).await;
        assert_eq!(Note::query().limit(3).count(&db).await.unwrap(), 2);
        assert_eq!(Note::query().limit(3).sum(|n| n.id, &db).await.unwrap(), 4);
        let groups = Note::query().limit(3).group_by(|n| n.user_id).select(|user, n| (user, n.id.count()));
        assert_eq!(groups.to_vec(&db).await.unwrap(), [(1, 2)]);
        let groups = Note::query().unscoped().limit(3).group_by(|n| n.user_id).select(|user, n| (user, n.id.count()));
        assert_eq!(groups.to_vec(&db).await.unwrap(), [(1, 3)]);
    }

    async fn scopes_without_end_and_scopes_that_limit_are_errors(db) {
        schema::create::<(Loop, Limited)>(&db).await.unwrap();
        let (error, statements) = recorded(Loop::query().to_vec(&db)).await;
        assert!(error.unwrap_err().to_string().contains("no end"));
        assert_eq!(statements.len(), 0);
        assert!(Limited::query().to_vec(&db).await.unwrap_err().to_string().contains("a scope can filter and order"));
    }
}
