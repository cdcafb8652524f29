//! What a database refuses comes back as an error of its own kind.

mod support;

use neko_orm::{Error, Model};
use support::on_every_backend;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Account)]
struct Owner {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Owner)]
struct Account {
    id: i64,
    owner_id: Option<i64>,
    email: Option<String>,
    balance: i64,
}

const TABLES: &str = r#"
    CREATE TABLE "owners" ("id" INTEGER PRIMARY KEY);
    CREATE TABLE "accounts" (
        "id" INTEGER PRIMARY KEY,
        "owner_id" INTEGER REFERENCES "owners" ("id"),
        "email" TEXT NOT NULL UNIQUE,
        "balance" INTEGER NOT NULL CHECK ("balance" >= 0)
    );
"#;

on_every_backend! {
    async fn violations_are_told_apart(db) {
        sqlx::raw_sql(TABLES).execute(&db).await.unwrap();
        let mut account = Account::create().email("a").balance(0).insert(&db).await.unwrap();

        let error = Account::create().email("a").balance(0).insert(&db).await.unwrap_err();
        assert!(matches!(error, Error::UniqueViolation(_)), "{error}");
        let error = Account::create().balance(0).insert(&db).await.unwrap_err();
        assert!(matches!(error, Error::NotNullViolation(_)), "{error}");
        let error = Account::create().email("b").balance(-1).insert(&db).await.unwrap_err();
        assert!(matches!(error, Error::CheckViolation(_)), "{error}");
        let error = Account::create().email("b").balance(0).owner_id(5).insert(&db).await.unwrap_err();
        assert!(matches!(error, Error::ForeignKeyViolation(_)), "{error}");
        assert_eq!(Account::query().to_vec(&db).await.unwrap(), [account.clone()]);

        account.balance = -1;
        assert!(matches!(account.save(&db).await.unwrap_err(), Error::CheckViolation(_)));
        let ghost = Owner { id: 9 };
        let error = ghost.accounts().associate(&mut account, &db).await.unwrap_err();
        assert!(matches!(error, Error::ForeignKeyViolation(_)), "{error}");
        assert_eq!(account.owner_id, None);

        let owner = Owner::create().insert(&db).await.unwrap();
        owner.accounts().associate(&mut account, &db).await.unwrap();
        assert!(matches!(owner.delete(&db).await.unwrap_err(), Error::ForeignKeyViolation(_)));
    }

    async fn a_constraint_that_is_checked_at_the_end_is_told_apart_too(db) {
        let tables = TABLES.replace(r#"REFERENCES "owners" ("id")"#, r#"REFERENCES "owners" ("id") DEFERRABLE INITIALLY DEFERRED"#);
        sqlx::raw_sql(sqlx::AssertSqlSafe(tables)).execute(&db).await.unwrap();
        let account = Account::create().email("a").balance(0);
        let mut accounts = vec![account.insert(&db).await.unwrap()];
        accounts.push(Account::create().email("b").balance(0).insert(&db).await.unwrap());
        let ghost = Owner { id: 9 };
        for count in [1, 2] {
            let error = ghost.accounts().associate(&mut accounts[..count], &db).await.unwrap_err();
            assert!(matches!(error, Error::ForeignKeyViolation(_)), "{error}");
            assert!(accounts.iter().all(|account| account.owner_id.is_none()));
        }
        assert_eq!(Account::query().to_vec(&db).await.unwrap(), accounts);
    }

    async fn a_row_that_must_not_be_deleted_is_a_foreign_key_violation(db) {
        let tables = TABLES.replace(r#"REFERENCES "owners" ("id")"#, r#"REFERENCES "owners" ("id") ON DELETE RESTRICT"#);
        sqlx::raw_sql(sqlx::AssertSqlSafe(tables)).execute(&db).await.unwrap();
        let owner = Owner::create().insert(&db).await.unwrap();
        owner.accounts().create().email("a").balance(0).insert(&db).await.unwrap();
        let error = owner.delete(&db).await.unwrap_err();
        assert!(matches!(error, Error::ForeignKeyViolation(_)), "{error}");
    }

    async fn errors_of_sqlx_itself_are_sorted_in_the_same_way(db) {
        sqlx::raw_sql(TABLES).execute(&db).await.unwrap();
        let twice = "INSERT INTO owners (id) VALUES (1), (1)";
        let error: Error = sqlx::raw_sql(twice).execute(&db).await.unwrap_err().into();
        assert!(matches!(&error, Error::UniqueViolation(failure) if failure.sql().is_empty()), "{error}");
        let error: Error = sqlx::Error::PoolClosed.into();
        assert!(matches!(error, Error::Driver(sqlx::Error::PoolClosed)));
    }

    async fn a_table_that_is_not_there_is_a_statement_error(db) {
        let error = Account::find(1, &db).await.unwrap_err();
        let Error::Statement(failure) = error else { panic!("{error}") };
        assert!(failure.to_string().contains("accounts"), "{failure}");
    }
}
