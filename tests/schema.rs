//! Tables made from models, and connections as they are configured.

mod support;

use neko_orm::{Error, Model, Pool, schema};
use sqlx::SqlitePool;
use support::{TempFile, on_every_backend, run_each};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
#[has_many(Draft)]
struct Post {
    id: i64,
    title: String,
    rating: Option<f64>,
    cover: Option<Vec<u8>>,
    #[column(default = "TRUE")]
    visible: bool,
    #[column(default)]
    views: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: i64,
}

/// Declares nothing by itself: the foreign key follows from `Post`.
#[derive(Debug, Clone, PartialEq, Model)]
struct Draft {
    #[key]
    post_id: i64,
    #[key]
    number: i32,
}

async fn memory() -> SqlitePool {
    neko_orm::sqlite::connect("sqlite::memory:").await.unwrap()
}

async fn definitions(db: &SqlitePool) -> Vec<String> {
    let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY rowid";
    sqlx::query_scalar(sql).fetch_all(db).await.unwrap()
}

#[tokio::test]
async fn tables_keys_foreign_keys_and_indexes() {
    let db = memory().await;
    schema::create::<(Post, Comment, Draft)>(&db).await.unwrap();
    assert_eq!(
        definitions(&db).await,
        [
            "CREATE TABLE \"posts\" (\"id\" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, \"title\" TEXT NOT NULL, \"rating\" REAL, \"cover\" BLOB, \"visible\" INTEGER NOT NULL DEFAULT (TRUE\n), \"views\" INTEGER NOT NULL) STRICT",
            r#"CREATE TABLE "comments" ("id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "post_id" INTEGER NOT NULL, FOREIGN KEY ("post_id") REFERENCES "posts" ("id")) STRICT"#,
            r#"CREATE INDEX "comments_post_id_index" ON "comments" ("post_id")"#,
            r#"CREATE TABLE "drafts" ("post_id" INTEGER NOT NULL, "number" INTEGER NOT NULL, PRIMARY KEY ("post_id", "number"), FOREIGN KEY ("post_id") REFERENCES "posts" ("id")) STRICT"#,
        ]
    );
}

/// Three relations over two foreign keys, of which two share a column; one of them is declared on both sides, in another
/// order.
mod shared_columns {
    use neko_orm::Model;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[has_many(Art, b = "y", a = "x")]
    pub struct User {
        #[key]
        pub a: i64,
        #[key]
        pub b: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    pub struct Profile {
        #[key]
        pub user_id: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(User as author, x = "a", y = "b")]
    #[belongs_to(Profile as first, x = "user_id")]
    #[belongs_to(Profile as second, x = "user_id")]
    pub struct Art {
        pub id: i64,
        pub x: i64,
        pub y: i64,
    }
}

#[tokio::test]
async fn a_foreign_key_and_an_index_are_created_once() {
    use shared_columns::{Art, Profile, User};

    let db = memory().await;
    schema::create::<(User, Profile, Art)>(&db).await.unwrap();
    let definitions = definitions(&db).await;
    let art = definitions.iter().find(|sql| sql.starts_with(r#"CREATE TABLE "arts""#)).unwrap();
    assert_eq!(art.matches("FOREIGN KEY").count(), 2, "{art}");
    assert_eq!(definitions.iter().filter(|sql| sql.starts_with("CREATE INDEX")).count(), 2, "{definitions:?}");
}

/// Tables that refer to each other in a circle, and to themselves.
mod circle {
    use neko_orm::Model;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[model(table = "companies")]
    #[belongs_to(Person as head)]
    #[belongs_to(Company as parent)]
    pub struct Company {
        pub id: i64,
        pub head_id: Option<i64>,
        pub parent_id: Option<i64>,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[model(table = "people")]
    #[belongs_to(Company)]
    #[belongs_to(Team, on_delete = set_null)]
    pub struct Person {
        pub id: i64,
        pub company_id: i64,
        pub team_id: Option<i64>,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(Person as lead, on_delete = cascade)]
    #[belongs_to(Company)]
    #[belongs_to_many(Person as guests)]
    pub struct Team {
        pub id: i64,
        pub lead_id: i64,
        pub company_id: i64,
    }
}

async fn tables_in_a_circle_work(db: &Pool) {
    use circle::{Company, Person, Team};

    let mut company = Company::create().insert(db).await.unwrap();
    let mut person = Person::create().company_id(company.id).insert(db).await.unwrap();
    company.head_mut().associate(&person, db).await.unwrap();
    let team = Team::create().lead_id(person.id).company_id(company.id).insert(db).await.unwrap();
    person.team_mut().associate(&team, db).await.unwrap();
    team.guests().associate(&person, db).await.unwrap();
    assert_eq!(team.guests().to_vec(db).await.unwrap(), [person.clone()]);
    assert!(matches!(company.delete(db).await, Err(Error::ForeignKeyViolation(_))));
    let refused = Company::create().parent_id(99).insert(db).await;
    assert!(matches!(refused, Err(Error::ForeignKeyViolation(_))));
    let refused = Person::create().company_id(company.id).team_id(99).insert(db).await;
    assert!(matches!(refused, Err(Error::ForeignKeyViolation(_))));
    team.guests().clear(db).await.unwrap();
    team.delete(db).await.unwrap();
    person.refresh(db).await.unwrap();
    assert_eq!(person.team_id, None);
    Team::create().lead_id(person.id).company_id(company.id).insert(db).await.unwrap();
    company.head_mut().unlink(db).await.unwrap();
    person.delete(db).await.unwrap();
    assert_eq!(Team::query().count(db).await.unwrap(), 0);
    company.delete(db).await.unwrap();
    run_each(
        [
            "PRAGMA foreign_keys = OFF; DROP TABLE person_team; DROP TABLE companies; DROP TABLE people; DROP TABLE teams;
             PRAGMA foreign_keys = ON",
            "DROP TABLE person_team, companies, people, teams CASCADE",
            "SET foreign_key_checks = 0; DROP TABLE person_team, companies, people, teams; SET foreign_key_checks = 1",
        ],
        db,
    )
    .await;
}

on_every_backend! {
    async fn tables_that_refer_to_each_other_are_created_in_any_order(db) {
        use circle::{Company, Person, Team};

        macro_rules! in_order {
            ($($models:ty),*) => {
                $(
                    schema::create::<$models>(&db).await.unwrap();
                    tables_in_a_circle_work(&db).await;
                )*
            };
        }
        in_order!(
            (Company, Person, Team),
            (Company, Team, Person),
            (Person, Company, Team),
            (Person, Team, Company),
            (Team, Company, Person),
            (Team, Person, Company)
        );
    }

    async fn columns_have_their_defaults(db) {
        schema::create::<(Comment, Draft, Post)>(&db).await.unwrap();
        let post = Post::create().title("a").views(0).insert(&db).await.unwrap();
        assert!(post.visible);
        assert_eq!(Post::get(post.id, &db).await.unwrap(), post);
        assert!(matches!(Comment::create().post_id(9).insert(&db).await, Err(Error::ForeignKeyViolation(_))));
        let draft = || Draft::create().post_id(post.id).number(1).insert(&db);
        draft().await.unwrap();
        assert!(matches!(draft().await, Err(Error::UniqueViolation(_))));
    }

    async fn a_foreign_key_and_an_index_of_shared_columns_work(db) {
        use shared_columns::{Art, Profile, User};

        schema::create::<(Art, Profile, User)>(&db).await.unwrap();
        let user = User::create().a(1).b(2).insert(&db).await.unwrap();
        assert!(matches!(Art::create().x(1).y(2).insert(&db).await, Err(Error::ForeignKeyViolation(_))));
        Profile::create().user_id(1).insert(&db).await.unwrap();
        let art = Art::create().x(1).y(2).insert(&db).await.unwrap();
        assert_eq!(art.author().get(&db).await.unwrap(), user);
    }

    async fn a_table_that_exists_is_an_error_and_no_table_is_created(db) {
        run_each(["CREATE TABLE comments (id INTEGER)", "CREATE TABLE comments (id BIGINT)", "CREATE TABLE comments (id BIGINT)"], &db).await;
        let error = schema::create::<(Post, Comment)>(&db).await.unwrap_err();
        assert!(matches!(error, Error::Statement(_)));
        assert!(error.to_string().contains("already exists"), "{error}");
        // MySQL commits each statement that changes the schema.
        assert!(Post::query().count(&db).await.is_err() || matches!(db, Pool::MySql(_)));
    }

    async fn schema_create_works_inside_a_transaction(db) {
        let mut transaction = db.begin().await.unwrap();
        schema::create::<(Post, Comment)>(&mut transaction).await.unwrap();
        transaction.rollback().await.unwrap();
        assert!(Post::query().count(&db).await.is_err() || matches!(db, Pool::MySql(_)));
    }
}

async fn pragma(db: &SqlitePool, name: &'static str) -> String {
    let sql = sqlx::AssertSqlSafe(format!("SELECT CAST((SELECT * FROM pragma_{name}) AS TEXT)"));
    sqlx::query_scalar(sql).fetch_one(db).await.unwrap()
}

#[tokio::test]
async fn a_file_is_created_and_well_configured() {
    let file = TempFile::new("connect");
    let db = neko_orm::sqlite::connect(&file.url()).await.unwrap();
    assert_eq!(pragma(&db, "foreign_keys").await, "1");
    assert_eq!(pragma(&db, "journal_mode").await, "wal");
    assert_eq!(pragma(&db, "synchronous").await, "1");
    assert_eq!(pragma(&db, "busy_timeout").await, "5000");
    schema::create::<Comment>(&db).await.unwrap();

    let again = neko_orm::sqlite::connect(&format!("{}?mode=ro", file.url())).await.unwrap();
    assert_eq!(Comment::query().count(&again).await.unwrap(), 0);
    assert!(Comment::create().post_id(1).insert(&again).await.is_err());
}

#[tokio::test]
async fn only_the_parameters_of_a_url_are_parameters() {
    let file = TempFile::new("mode=memory");
    let db = neko_orm::sqlite::connect(&format!("{}?immutable=false", file.url())).await.unwrap();
    assert_eq!(pragma(&db, "journal_mode").await, "wal");
    assert!(db.options().get_max_connections() > 1);
}

#[tokio::test]
async fn a_file_that_must_exist_is_not_created() {
    let file = TempFile::new("missing");
    assert!(neko_orm::sqlite::connect(&format!("{}?mode=rw", file.url())).await.is_err());
    for url in [
        "postgres://localhost",
        "sqlite:",
        "sqlite://",
        "sqlite:?mode=ro",
        "sqlite:x?mode=no",
        "sqlite:/no/such/folder/x",
    ] {
        let error = neko_orm::sqlite::connect(url).await.unwrap_err();
        assert!(matches!(error, Error::Driver(_)));
        assert!(error.to_string().contains(&format!("cannot connect to `{url}`: ")), "{error}");
    }
}

#[tokio::test]
async fn a_database_in_memory_is_one_connection_that_stays() {
    let db = memory().await;
    schema::create::<Comment>(&db).await.unwrap();
    assert_eq!(db.options().get_max_connections(), 1);
    assert_eq!(db.options().get_idle_timeout(), None);
    assert_eq!(db.options().get_max_lifetime(), None);
    drop(db.acquire().await.unwrap());
    assert_eq!(Comment::query().count(&db).await.unwrap(), 0);
    let other = memory().await;
    assert!(Comment::query().count(&other).await.is_err());
}
