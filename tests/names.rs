//! Names: inferred ones, the user's own, and those that need care in Rust or in SQL.

mod support;

use neko_orm::{Model, Pool, schema};
use support::{each, on_every_backend, recorded, run};

macro_rules! empty_models {
    ($($name:ident),*) => { $(#[derive(Debug, Clone, PartialEq, Model)] struct $name { id: i64 })* };
}

empty_models!(Person, Status, Category, BlogPost, BlogPerson, Éclair, HTTPServer, Sheep);

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "we\"ird ; -- ' table")]
#[has_many(Weird as others, id = "parent")]
#[belongs_to(Weird as above, parent = "id")]
struct Weird {
    #[column(name = "the \"id\"")]
    id: i64,
    #[column(name = "order by ? $1")]
    parent: Option<i64>,
    #[column(name = "größe ✂")]
    größe: String,
    r#type: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "🐈")]
struct Cat {
    id: i64,
    #[column(name = "🐈 says")]
    sound: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(r#Move)]
#[has_many(r#Move as r#loop, id = "type")]
struct Match {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Match as r#match)]
#[belongs_to(Match as r#dyn, r#type = "id")]
struct r#Move {
    id: i64,
    match_id: Option<i64>,
    r#type: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post as written, id = "author_id")]
#[has_many(Post as edited, id = "editor_id")]
struct User {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User as author)]
#[belongs_to(User as editor)]
struct Post {
    id: i64,
    author_id: i64,
    editor_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Employee as boss, reports_to = "id")]
#[has_many(Self as reports, id = "reports_to")]
struct Employee {
    id: i64,
    reports_to: Option<i64>,
}

/// Names that fit alone, and not together; "é" is cut in the middle of its bytes by whoever counts them alone.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "a_table_with_a_name_of_63_bytes_and_that_is_the_longest_here_é")]
#[belongs_to(User as first, a_column_that_is_not_that_short_either_1 = "id")]
#[belongs_to(User as second, a_column_that_is_not_that_short_either_2 = "id")]
struct Long {
    id: i64,
    a_column_that_is_not_that_short_either_1: Option<i64>,
    a_column_that_is_not_that_short_either_2: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "a_table_with_a_name_of_sixty_five_bytes_which_none_of_them_can_do")]
struct TooLong {
    id: i64,
}

/// A model that is more visible than the one it leads to, names that differ only in case or underscores, and types that
/// are named as those that are emitted.
mod visibility {
    use neko_orm::Model;

    pub type PublicValues = i64;
    pub type PublicCreate = i64;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[has_many(Hidden)]
    #[has_many(HiddensRelation as others)]
    #[allow(non_snake_case)]
    pub struct Public {
        pub id: i64,
        pub address1: PublicValues,
        pub address_1: PublicCreate,
        pub addressA: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    struct Hidden {
        id: i64,
        public_id: i64,
    }

    pub fn uses_the_hidden_relation(public: &Public) {
        assert_eq!(public.hiddens().create().id(5).type_name(), std::any::type_name::<Hidden>());
    }

    trait TypeName: neko_orm::Builder {
        fn type_name(&self) -> &'static str {
            std::any::type_name::<Self::Model>()
        }
    }

    impl<B: neko_orm::Builder> TypeName for B {}

    #[derive(Debug, Clone, PartialEq, Model)]
    pub(super) struct HiddensRelation {
        id: i64,
        public_id: i64,
    }
}

mod shop {
    use neko_orm::Model;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[has_many(super::stock::Item)]
    #[has_many(super::stock::Item as in_secret, id = "secret_shop")]
    pub struct Shop {
        id: i64,
        name: String,
    }
}

mod stock {
    use neko_orm::Model;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(crate::shop::Shop)]
    pub struct Item {
        id: i64,
        shop_id: i64,
        secret_shop: Option<i64>,
    }
}

/// The tables' names, in order.
async fn tables(db: &Pool) -> Vec<String> {
    let all = each(
        [
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace",
            "SELECT CAST(table_name AS CHAR) FROM information_schema.tables WHERE table_schema = DATABASE()",
        ],
        db,
    );
    let mut tables: Vec<String> = match db {
        Pool::Sqlite(db) => sqlx::query_scalar(all).fetch_all(db).await.unwrap(),
        Pool::Postgres(db) => sqlx::query_scalar(all).fetch_all(db).await.unwrap(),
        Pool::MySql(db) => sqlx::query_scalar(all).fetch_all(db).await.unwrap(),
        _ => unreachable!(),
    };
    tables.sort_unstable();
    tables
}

on_every_backend! {
    async fn tables_are_plurals_in_snake_case(db) {
        schema::create::<((Person, Status, Category, BlogPost), (BlogPerson, Éclair, HTTPServer, Sheep))>(&db).await.unwrap();
        let expected = ["blog_people", "blog_posts", "categories", "http_servers", "people", "sheep", "statuses", "éclairs"];
        assert_eq!(tables(&db).await, expected);
    }

    async fn hostile_names_are_quoted_everywhere(db) {
        schema::create::<Weird>(&db).await.unwrap();
        let hostile = "'; DROP TABLE x; -- \" ? $1 \\ \n \u{1F408}";
        let root = Weird::create().größe(hostile).r#type("a").insert(&db).await.unwrap();
        assert_eq!(root.größe, hostile);
        let mut other = root.others().create().größe("x").r#type("b").insert(&db).await.unwrap();
        assert_eq!(root.others().to_vec(&db).await.unwrap(), std::slice::from_ref(&other));
        assert_eq!(root.others().count(&db).await.unwrap(), 1);
        assert!(root.others().exists(&db).await.unwrap());
        assert_eq!(other.above().get(&db).await.unwrap(), Some(root.clone()));
        root.others().dissociate(&mut other, &db).await.unwrap();
        other.größe = hostile.into();
        other.save(&db).await.unwrap();
        assert_eq!(Weird::query().first(&db).await.unwrap(), Some(root.clone()));
        assert_eq!(Weird::get(other.id, &db).await.unwrap(), other);
        root.delete(&db).await.unwrap();
    }

    async fn letters_of_four_bytes_are_for_databases_that_have_them_in_names(db) {
        let created = schema::create::<Cat>(&db).await;
        if each([true, true, false], &db) {
            created.unwrap();
            let cat = Cat::create().sound("meow").insert(&db).await.unwrap();
            assert_eq!(Cat::query().filter(|c| c.sound.eq("meow")).to_vec(&db).await.unwrap(), [cat]);
        } else {
            assert!(created.is_err());
        }
    }

    async fn names_that_the_schema_makes_up_fit(db) {
        schema::create::<(User, Long)>(&db).await.unwrap();
        let user = User::create().insert(&db).await.unwrap();
        let mut long = Long::create().insert(&db).await.unwrap();
        long.first_mut().associate(&user, &db).await.unwrap();
        long.second_mut().associate(&user, &db).await.unwrap();
        assert_eq!(Long::query().filter(|l| l.first.is(|u| u.id.eq(1))).to_vec(&db).await.unwrap(), [long]);
        assert!(user.delete(&db).await.is_err());
    }

    async fn a_name_that_the_database_cannot_keep_is_an_error(db) {
        let (created, statements) = recorded(schema::create::<TooLong>(&db)).await;
        assert_eq!(created.is_ok(), each([true, false, false], &db));
        // PostgreSQL would cut it off without a word.
        assert_eq!(statements.len(), each([1, 0, 1], &db));
    }

    async fn keywords_name_models_fields_and_relations(db) {
        schema::create::<(Match, r#Move)>(&db).await.unwrap();
        let game = Match::create().insert(&db).await.unwrap();
        let turn = game.moves().create().r#type(game.id).insert(&db).await.unwrap();
        assert_eq!(game.r#loop().to_vec(&db).await.unwrap(), std::slice::from_ref(&turn));
        assert_eq!(turn.r#match().get(&db).await.unwrap(), Some(game.clone()));
        assert_eq!(turn.r#dyn().get(&db).await.unwrap(), Some(game));
        let mut turn = turn;
        turn.match_mut().unlink(&db).await.unwrap();
        turn.dyn_mut().unlink(&db).await.unwrap();
        assert_eq!(turn, r#Move { id: 1, match_id: None, r#type: None });
    }

    async fn several_relations_between_the_same_models_are_told_apart(db) {
        schema::create::<(User, Post)>(&db).await.unwrap();
        let [author, editor] = [User::create(), User::create()];
        let (author, editor) = (author.insert(&db).await.unwrap(), editor.insert(&db).await.unwrap());
        let mut post = author.written().create().insert(&db).await.unwrap();
        editor.edited().associate(&mut post, &db).await.unwrap();
        assert_eq!(post, Post { id: 1, author_id: 1, editor_id: Some(2) });
        assert_eq!(author.edited().count(&db).await.unwrap(), 0);
        assert_eq!(editor.edited().to_vec(&db).await.unwrap(), std::slice::from_ref(&post));
        let found: User = post.author().get(&db).await.unwrap();
        assert_eq!(found, author);
        assert_eq!(post.editor().get(&db).await.unwrap(), Some(editor));
    }

    async fn a_model_can_refer_to_itself(db) {
        schema::create::<Employee>(&db).await.unwrap();
        let boss = Employee::create().insert(&db).await.unwrap();
        let mut worker = boss.reports().create().insert(&db).await.unwrap();
        assert_eq!(worker.boss().get(&db).await.unwrap(), Some(boss.clone()));
        assert_eq!(boss.boss().get(&db).await.unwrap(), None);
        assert_eq!(boss.reports().to_vec(&db).await.unwrap(), std::slice::from_ref(&worker));
        let itself = worker.clone();
        worker.boss_mut().associate(&itself, &db).await.unwrap();
        assert_eq!(worker.reports().to_vec(&db).await.unwrap(), std::slice::from_ref(&worker));
    }

    async fn models_may_differ_in_visibility(db) {
        use visibility::{HiddensRelation, Public};
        schema::create::<(Public, HiddensRelation)>(&db).await.unwrap();
        let public = Public::create().address1(1).address_1(2).addressA(3).insert(&db).await.unwrap();
        public.others().create().insert(&db).await.unwrap();
        assert_eq!(public.others().count(&db).await.unwrap(), 1);
        visibility::uses_the_hidden_relation(&public);
    }

    async fn private_fields_work_across_modules(db) {
        schema::create::<(shop::Shop, stock::Item)>(&db).await.unwrap();
        let shop = shop::Shop::create().name("a").insert(&db).await.unwrap();
        let mut item = shop.items().create().insert(&db).await.unwrap();
        assert_eq!(item.shop().get(&db).await.unwrap(), shop);
        shop.in_secret().associate(&mut item, &db).await.unwrap();
        assert!(shop.in_secret().exists(&db).await.unwrap());
        shop.in_secret().dissociate_in_memory(&mut item).unwrap();
        item.save(&db).await.unwrap();
        assert!(!shop.in_secret().exists(&db).await.unwrap());
    }

    async fn a_misspelt_column_is_an_error_and_not_a_text(db) {
        // SQLite takes a quoted name that it does not know for a text, unless the name is qualified.
        run("CREATE TABLE posts (id BIGINT PRIMARY KEY)", &db).await;
        assert!(Post::query().to_vec(&db).await.is_err());
        assert!(User { id: 1 }.written().count(&db).await.is_err());
        assert!(Post { id: 1, author_id: 1, editor_id: None }.save(&db).await.is_err());
        assert!(Post::create().author_id(1).insert(&db).await.is_err());
    }
}
