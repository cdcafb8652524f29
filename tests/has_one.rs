//! 1-to-1: the handle `user.profile()` and its verbs; and one of many: `user.last_login()`.

mod support;

use neko_orm::{Error, Model, Query, schema};
use support::{counted, each, on_every_backend, recorded, run};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Profile)]
#[has_many(Login)]
#[has_one(Login as last_login, latest = "at")]
#[has_one(Login as first_login, oldest = "at")]
#[has_one(Login as last_success, latest = "at", scope = successful)]
struct User {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User)]
struct Profile {
    id: i64,
    user_id: Option<i64>,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User)]
struct Login {
    id: i64,
    user_id: i64,
    at: Option<i64>,
    ok: bool,
}

fn successful(logins: Query<Login>) -> Query<Login> {
    logins.filter(|l| l.ok)
}

/// The avatar is one of the images of an account.
#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Image)]
#[has_one(Image as avatar, scope = avatars)]
struct Account {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Image {
    id: i64,
    account_id: Option<i64>,
    is_avatar: bool,
}

fn avatars(images: Query<Image>) -> Query<Image> {
    images.filter(|i| i.is_avatar)
}

/// Keys of two columns, and a key that does not refer to the target's key.
#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Seat, hall = "hall", nr = "guest_nr")]
struct Guest {
    #[key]
    hall: i64,
    #[key]
    nr: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Seat {
    id: i64,
    hall: i64,
    guest_nr: Option<i64>,
}

type Db = neko_orm::Pool;

async fn users(db: &Db) -> [User; 2] {
    schema::create::<(User, Profile, Login)>(db).await.unwrap();
    User::insert_all(["ann", "bob"].map(|name| User::create().name(name)), db).await.unwrap().try_into().unwrap()
}

async fn login(user: &User, at: impl Into<Option<i64>>, ok: bool, db: &Db) -> Login {
    user.logins().create().at(at.into()).ok(ok).insert(db).await.unwrap()
}

on_every_backend! {
    async fn get_is_the_row_or_none_in_one_statement(db) {
        let [ann, bob] = users(&db).await;
        let profile = ann.profile().create().text("x").insert(&db).await.unwrap();
        assert_eq!(profile.user_id, Some(ann.id));
        assert_eq!(counted(ann.profile().get(&db)).await, (Some(profile.clone()), 1));
        assert_eq!(bob.profile().get(&db).await.unwrap(), None);
        assert_eq!(profile.user().get(&db).await.unwrap(), Some(ann.clone()));
        assert!(ann.profile().exists(&db).await.unwrap());
        assert_eq!(ann.profile().filter(|p| p.text.eq("y")).first(&db).await.unwrap(), None);
    }

    async fn a_second_row_is_an_error_and_never_a_silent_pick(db) {
        let [ann, _] = users(&db).await;
        Profile::insert_all(["a", "b"].map(|text| Profile::create().user_id(1).text(text)), &db).await.unwrap();
        let message = "`profile` of row 1 of `users` leads to several rows of `profiles`";
        assert_eq!(ann.profile().get(&db).await.unwrap_err().to_string(), message);
        let loaded = User::query().with(|u| u.profile).to_vec(&db).await;
        assert!(matches!(loaded, Err(Error::SeveralTargets { relation: "profile", .. })));
        assert_eq!(loaded.unwrap_err().to_string(), message);
        let filtered = User::query().order_by(|u| u.id.asc()).with(|u| u.profile.filter(|p| p.text.eq("b"))).to_vec(&db).await.unwrap();
        assert_eq!(filtered[0].1.as_ref().map(|profile| profile.id), Some(2));
    }

    async fn associate_releases_the_previous_holder_in_one_transaction(db) {
        let [ann, bob] = users(&db).await;
        run("CREATE UNIQUE INDEX one_profile ON profiles (user_id)", &db).await;
        let mut old = ann.profile().create().text("old").insert(&db).await.unwrap();
        let mut new = bob.profile().create().text("new").insert(&db).await.unwrap();
        let (result, statements) = recorded(ann.profile().associate(&mut new, &db)).await;
        result.unwrap();
        assert_eq!(
            statements,
            [
                r#"UPDATE "profiles" SET "user_id" = NULL WHERE "profiles"."user_id" = ? AND NOT ("profiles"."id" = ?)"#,
                r#"UPDATE "profiles" SET "user_id" = ? WHERE "profiles"."id" = ?"#,
            ]
        );
        assert_eq!(new.user_id, Some(ann.id));
        old.refresh(&db).await.unwrap();
        assert_eq!(old.user_id, None);
        assert_eq!(ann.profile().get(&db).await.unwrap(), Some(new.clone()));
        assert_eq!(bob.profile().get(&db).await.unwrap(), None);
        ann.profile().associate(&mut new, &db).await.unwrap();
        assert_eq!(ann.profile().get(&db).await.unwrap(), Some(new.clone()));

        new.delete(&db).await.unwrap();
        ann.profile().associate(&mut old, &db).await.unwrap();
        new.user_id = None;
        assert!(matches!(ann.profile().associate(&mut new, &db).await, Err(Error::NotFound { .. })));
        assert_eq!(new.user_id, None);
        assert_eq!(ann.profile().get(&db).await.unwrap(), Some(old));
    }

    async fn associate_releases_rows_of_the_relation_only(db) {
        schema::create::<(Account, Image)>(&db).await.unwrap();
        let account = Account::create().insert(&db).await.unwrap();
        let rows = [(Some(1), true), (Some(1), false), (None, true)].map(|(id, avatar)| Image::create().account_id(id).is_avatar(avatar));
        let mut images = Image::insert_all(rows, &db).await.unwrap();
        account.avatar().associate(&mut images[2], &db).await.unwrap();
        assert_eq!(account.avatar().get(&db).await.unwrap().as_ref(), Some(&images[2]));
        let held = account.images().order_by(|i| i.id.asc()).select(|i| i.id).to_vec(&db).await.unwrap();
        assert_eq!(held, [2, 3]);
    }

    async fn dissociate_sets_null_and_refuses_strangers(db) {
        let [ann, bob] = users(&db).await;
        let mut profile = ann.profile().create().text("x").insert(&db).await.unwrap();
        let error = bob.profile().dissociate(&mut profile, &db).await.unwrap_err();
        assert_eq!(error.to_string(), "row 1 of `profiles` is not associated by `profile`");
        assert_eq!(profile.user_id, Some(ann.id));
        assert_eq!(counted(ann.profile().dissociate(&mut profile, &db)).await.1, 1);
        assert_eq!(profile.user_id, None);
        assert_eq!(ann.profile().get(&db).await.unwrap(), None);
        assert_eq!(Profile::query().count(&db).await.unwrap(), 1);
    }

    async fn the_in_memory_forms_change_the_struct_only(db) {
        let [ann, bob] = users(&db).await;
        let mut profile = Profile::create().text("x").insert(&db).await.unwrap();
        ann.profile().associate_in_memory(&mut profile);
        assert_eq!(profile.user_id, Some(ann.id));
        assert_eq!(ann.profile().get(&db).await.unwrap(), None);
        profile.save(&db).await.unwrap();
        assert_eq!(ann.profile().get(&db).await.unwrap(), Some(profile.clone()));
        assert!(matches!(bob.profile().dissociate_in_memory(&mut profile), Err(Error::NotAssociated { .. })));
        ann.profile().dissociate_in_memory(&mut profile).unwrap();
        assert_eq!(profile.user_id, None);
        profile.save(&db).await.unwrap();
        assert_eq!(ann.profile().get(&db).await.unwrap(), None);
    }

    async fn the_row_is_loaded_asked_and_read_across(db) {
        let [ann, bob] = users(&db).await;
        let profile = ann.profile().create().text("x").insert(&db).await.unwrap();
        let loaded = User::query().order_by(|u| u.id.asc()).with(|u| u.profile.with(|p| p.user)).to_vec(&db).await.unwrap();
        assert_eq!(loaded, [(ann.clone(), Some((profile, Some(ann.clone())))), (bob.clone(), None)]);
        let named = User::query().filter(|u| u.profile.is(|p| p.text.eq("x"))).to_vec(&db).await.unwrap();
        assert_eq!(named, [ann]);
        let texts = User::query().order_by(|u| u.id.asc()).select(|u| u.profile.map(|p| p.text)).to_vec(&db).await.unwrap();
        assert_eq!(texts, [Some("x".to_owned()), None]);
    }

    async fn one_of_many_is_the_latest_and_the_key_breaks_ties(db) {
        let [ann, bob] = users(&db).await;
        login(&ann, 5, true, &db).await;
        let second = login(&ann, 7, true, &db).await;
        let tie = login(&ann, 7, false, &db).await;
        login(&ann, None, true, &db).await;
        let first = login(&ann, 3, true, &db).await;
        let (found, statements) = recorded(ann.last_login().get(&db)).await;
        assert_eq!(found.unwrap(), Some(tie.clone()));
        assert_eq!(
            statements,
            [format!(
                r#"SELECT "logins"."id", "logins"."user_id", "logins"."at", "logins"."ok" FROM "logins" WHERE "logins"."user_id" = ? AND "logins"."id" = (SELECT "neko 1"."id" FROM "logins" AS "neko 1" WHERE "neko 1"."user_id" = ? ORDER BY "neko 1"."at" DESC{}, "neko 1"."id" DESC LIMIT 1)"#,
                each([" NULLS LAST", " NULLS LAST", ""], &db)
            )]
        );
        assert_eq!(ann.first_login().get(&db).await.unwrap(), Some(first.clone()));
        assert_eq!(ann.last_success().get(&db).await.unwrap(), Some(second.clone()));
        assert_eq!(bob.last_login().get(&db).await.unwrap(), None);
        let loads = User::query().order_by(|u| u.id.asc()).with(|u| (u.last_login, u.first_login, u.last_success));
        let (loaded, statements) = counted(loads.to_vec(&db)).await;
        assert_eq!(loaded, [(ann.clone(), (Some(tie), Some(first), Some(second))), (bob, (None, None, None))]);
        assert_eq!(statements, each([1, 2, 4], &db));
    }

    async fn one_of_many_is_picked_before_it_is_asked(db) {
        let [ann, _] = users(&db).await;
        login(&ann, 1, true, &db).await;
        login(&ann, 2, false, &db).await;
        let last_ok = User::query().filter(|u| u.last_login.is(|l| l.ok));
        assert_eq!(last_ok.count(&db).await.unwrap(), 0);
        assert_eq!(User::query().filter(|u| u.first_login.is(|l| l.ok)).count(&db).await.unwrap(), 1);
        assert_eq!(ann.last_login().filter(|l| l.ok).first(&db).await.unwrap(), None);
        let loaded = User::query().filter(|u| u.id.eq(1)).with(|u| u.last_login.filter(|l| l.ok)).one(&db).await.unwrap();
        assert_eq!(loaded.1, None);
        let at = User::query().filter(|u| u.id.eq(1)).select(|u| u.last_login.map(|l| l.at)).one(&db).await.unwrap();
        assert_eq!(at, Some(2));
    }

    async fn keys_of_several_columns(db) {
        schema::create::<(Guest, Seat)>(&db).await.unwrap();
        let guest = Guest::create().hall(1).nr(7).insert(&db).await.unwrap();
        let other = Guest::create().hall(2).nr(7).insert(&db).await.unwrap();
        let mut seat = Seat::create().hall(1).insert(&db).await.unwrap();
        guest.seat().associate(&mut seat, &db).await.unwrap();
        assert_eq!((seat.hall, seat.guest_nr), (1, Some(7)));
        let loaded = Guest::query().order_by(|g| g.hall.asc()).with(|g| g.seat).to_vec(&db).await.unwrap();
        assert_eq!(loaded, [(guest.clone(), Some(seat.clone())), (other, None)]);
        guest.seat().dissociate(&mut seat, &db).await.unwrap();
        assert_eq!((seat.hall, seat.guest_nr), (1, None));
    }

    async fn it_works_in_other_tasks(db) {
        let [ann, _] = users(&db).await;
        tokio::spawn(async move {
            let mut profile = Profile::create().text("x").insert(&db).await.unwrap();
            ann.profile().associate(&mut profile, &db).await.unwrap();
            assert!(ann.profile().get(&db).await.unwrap().is_some());
            ann.profile().dissociate(&mut profile, &db).await.unwrap();
            assert!(ann.last_login().get(&db).await.unwrap().is_none());
        }).await.unwrap();
    }
}
