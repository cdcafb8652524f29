//! Aggregates over what relations lead to from all rows of a table, read beside them in one statement on PostgreSQL: the same as row by row.

mod support;

use std::fmt::Debug;

use neko_orm::{Error, Loader, Model, Pool, Query, RowByRow, schema, sql};
use support::{counted, recorded_with_control, run};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Book)]
#[has_many(Book as rated, scope = rated)]
#[has_many(Review, through(books, reviews))]
#[has_many(Author as pupils, id = "teacher_id")]
struct Author {
    id: i64,
    teacher_id: Option<i64>,
    name: String,
}

/// An `i8` does not come in an array.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Author)]
#[has_many(Review)]
#[has_many(Note, morph = subject)]
#[belongs_to_many(Genre, through = BookGenre)]
struct Book {
    id: i64,
    author_id: Option<i64>,
    level: i8,
    price: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = not_hidden)]
struct Review {
    id: i64,
    book_id: i64,
    stars: i32,
    hidden: bool,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Book, through = BookGenre)]
struct Genre {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "book_genre")]
#[belongs_to(Book)]
#[belongs_to(Genre)]
struct BookGenre {
    #[key]
    book_id: i64,
    #[key]
    genre_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Note {
    id: i64,
    subject_type: String,
    subject_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Slot, hall = "shelf_hall", name = "shelf_name")]
#[has_many(Slot as in_hall, hall = "shelf_hall")]
#[has_many(Slot as of_name, name = "shelf_name")]
#[has_many(Slot as of_level, level = "shelf_level")]
struct Shelf {
    #[key]
    hall: i32,
    #[key]
    name: String,
    level: i8,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Slot {
    id: i64,
    shelf_hall: Option<i32>,
    shelf_name: Option<String>,
    shelf_level: i8,
}

fn rated(books: Query<Book>) -> Query<Book> {
    books.filter(|b| b.price.gt(1.0) & b.reviews.any(|r| r.stars.gt(1)))
}

fn not_hidden(reviews: Query<Review>) -> Query<Review> {
    reviews.filter(|r| r.hidden.eq(false))
}

async fn library(authors: i64, db: &Pool) {
    schema::create::<(Author, Book, Review, Genre, BookGenre, Note)>(db).await.unwrap();
    let insert = format!(
        "INSERT INTO authors SELECT n, NULLIF(n / 2, 0), 'author ' || n FROM generate_series(1, {authors}) AS n;
        INSERT INTO books SELECT n, NULLIF(n / 2, 0), n % 5, n % 4 FROM generate_series(1, {authors}) AS n;
        INSERT INTO reviews SELECT n, 1 + n / 3, n % 5, n % 7 = 0 FROM generate_series(1, {authors} - 1) AS n;
        INSERT INTO genres SELECT n FROM generate_series(1, 9) AS n;
        INSERT INTO book_genre (book_id, genre_id) SELECT n, m FROM generate_series(1, {authors}) AS n,
            generate_series(1, 9) AS m WHERE n % m = 1;
        INSERT INTO notes SELECT n, CASE n % 2 WHEN 0 THEN 'book' ELSE 'genre' END, n
            FROM generate_series(1, {authors}) AS n;
        CREATE TABLE shelves (hall INT, name TEXT, level SMALLINT);
        CREATE TABLE slots (id BIGINT, shelf_hall INT, shelf_name TEXT, shelf_level SMALLINT);
        INSERT INTO shelves SELECT n % 9, 'Shelf ' || n, n % 3 FROM generate_series(1, {authors}) AS n;
        INSERT INTO slots SELECT n, n % 5, NULLIF('Shelf ' || n, 'Shelf 3'), n % 3
            FROM generate_series(1, {authors}) AS n;"
    );
    run(&insert, db).await;
}

/// Reads in so many statements what row by row takes several for. No transaction is needed for one.
async fn agree<M, L>(query: Query<M>, load: fn(M::Relations) -> L, expected: usize, db: &Pool)
where
    M: Model + PartialEq + Debug,
    L: Loader<M, Output: PartialEq + Debug>,
{
    let query = query.with(load);
    let (read, statements) = recorded_with_control(query.to_vec(db)).await;
    assert_eq!(statements.len(), expected, "{statements:#?}");
    assert_eq!(read.unwrap(), query.to_vec(RowByRow(db)).await.unwrap());
}

async fn all_kinds_agree(authors: i64) {
    support::databases::postgres(async |db| {
        library(authors, &db).await;
        let books = || Book::query().order_by(|b| (b.reviews.count().desc(), b.level.desc(), b.id.asc()));
        agree(books(), |b| b.genres.count(), 1, &db).await;
        agree(
            books(),
            |b| (b.genres.count(), b.genres.filter(|g| g.id.gt(2)).exists(), b.genres.min(|g| g.id)),
            1,
            &db,
        )
        .await;
        let loud = |b: <Book as Model>::Relations| {
            let loud = b.reviews.unscoped().filter(|r| r.stars.gt(2) & r.hidden.eq(false));
            (loud.clone().count(), (loud.max(|r| r.stars), b.genres.count()))
        };
        agree(books(), loud, 1, &db).await;
        agree(books(), |b| (b.reviews.unscoped().sum(|r| r.stars), b.reviews.unscoped().avg(|r| r.stars)), 1, &db)
            .await;
        let authors = || Author::query().order_by(|a| a.name.desc());
        agree(authors(), |a| (a.pupils.count(), a.books.sum(|b| b.price), a.pupils.max(|p| p.name)), 1, &db).await;
        agree(authors(), |a| (a.reviews.count(), a.books.filter(|b| b.reviews.exists()).count()), 1, &db).await;
        agree(Shelf::query().order_by(|s| s.name.asc()), |s| (s.in_hall.count(), s.in_hall.exists()), 1, &db).await;
    })
    .await;
}

#[tokio::test]
async fn of_no_rows() {
    all_kinds_agree(0).await;
}

#[tokio::test]
async fn of_one_row() {
    all_kinds_agree(1).await;
}

#[tokio::test]
async fn of_fifty_rows() {
    all_kinds_agree(50).await;
}

#[tokio::test]
async fn of_fifty_one_rows() {
    all_kinds_agree(51).await;
}

#[tokio::test]
async fn of_many_rows() {
    all_kinds_agree(1000).await;
}

#[tokio::test]
async fn the_order_of_rows_is_that_of_the_query() {
    support::databases::postgres(async |db| {
        library(3000, &db).await;
        let query = Author::query().order_by(|a| a.name.desc()).with(|a| a.books.count());
        let (read, statements) = counted(query.to_vec(&db)).await;
        assert_eq!(statements, 1);
        assert!(read.is_sorted_by(|a, b| a.0.name > b.0.name));
        assert_eq!((read.len(), read.iter().map(|(_, count)| count).sum::<i64>()), (3000, 2999));
    })
    .await;
}

#[tokio::test]
async fn where_rows_are_narrowed_or_loaded_too_or_no_join_finds_them_each_relation_has_its_statement() {
    support::databases::postgres(async |db| {
        library(60, &db).await;
        let books = || Book::query().order_by(|b| b.id.asc());
        // BEGIN and COMMIT are two of them.
        agree(books().filter(|b| b.level.ge(0)), |b| b.genres.count(), 4, &db).await;
        agree(books().limit(31), |b| b.genres.count(), 4, &db).await;
        agree(books().offset(1), |b| b.genres.count(), 4, &db).await;
        agree(Book::query_sql(sql("SELECT * FROM books ORDER BY id")), |b| b.genres.count(), 4, &db).await;
        agree(books(), |b| (b.genres.count(), b.genres), 4, &db).await;
        agree(books(), |b| (b.author, b.genres.count()), 4, &db).await;
        agree(books(), |b| (b.genres.count(), b.genres.with_junction()), 5, &db).await;
        agree(Author::query().order_by(|a| a.id.asc()), |a| a.books.with(|b| b.genres.count()), 5, &db).await;
        // A text, and a column that is no key.
        agree(Shelf::query().order_by(|s| s.name.asc()), |s| s.slots.count(), 4, &db).await;
        agree(Shelf::query().order_by(|s| s.name.asc()), |s| (s.in_hall.count(), s.of_level.count()), 5, &db).await;
        // Rows of other models, or that a scope leaves out, are not read in vain.
        agree(books(), |b| b.notes.count(), 4, &db).await;
        agree(Author::query().order_by(|a| a.id.asc()), |a| a.rated.count(), 4, &db).await;
        // No row can match, and none is asked for.
        agree(books(), |b| b.genres.filter(|g| g.id.is_in([0; 0])).count(), 3, &db).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_loaded_by_a_statement_of_its_own_sees_the_same_state() {
    support::databases::postgres(async |db| {
        library(60, &db).await;
        let few = Genre::query().limit(9).with(|g| (g.books.count(), g.books.with_junction()));
        let (read, statements) = recorded_with_control(few.to_vec(&db)).await;
        assert_eq!((read.unwrap().len(), statements.len()), (9, 4), "{statements:#?}");
    })
    .await;
}

#[tokio::test]
async fn rows_that_refer_to_nothing_count_for_nothing() {
    support::databases::postgres(async |db| {
        library(60, &db).await;
        run("ALTER TABLE books DROP CONSTRAINT books_author_id_fkey; DELETE FROM authors WHERE id > 20", &db).await;
        run("UPDATE books SET price = NULL WHERE author_id = 5", &db).await;
        let authors = || Author::query().order_by(|a| a.id.asc());
        agree(authors(), |a| (a.books.count(), a.books.sum(|b| b.price), a.books.min(|b| b.price)), 1, &db).await;
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_is_the_same_error() {
    support::databases::postgres(async |db| {
        library(60, &db).await;
        let load = Book::query().with(|b| b.genres.sum(|g| g.id));
        let both = async || (load.to_vec(&db).await, load.to_vec(RowByRow(&db)).await);
        run("ALTER TABLE books ALTER level DROP NOT NULL; UPDATE books SET level = 1000 WHERE id = 7", &db).await;
        let (ahead, rows) = both().await;
        assert!(matches!(ahead, Err(Error::Decode(_))), "{ahead:?}");
        assert_eq!(format!("{ahead:?}"), format!("{rows:?}"));
        run("UPDATE books SET level = NULL WHERE id = 7", &db).await;
        let (ahead, rows) = both().await;
        assert!(matches!(ahead, Err(Error::Decode(_))), "{ahead:?}");
        assert_eq!(format!("{ahead:?}"), format!("{rows:?}"));
        run("UPDATE books SET level = 1 WHERE id = 7; ALTER TABLE book_genre DROP CONSTRAINT book_genre_genre_id_fkey; UPDATE genres SET id = 9223372036854775000 + id; UPDATE book_genre SET genre_id = 9223372036854775000 + genre_id", &db).await;
        let (ahead, rows) = both().await;
        assert_eq!(format!("{ahead:?}"), format!("{rows:?}"));
    })
    .await;
}

#[tokio::test]
async fn keys_that_the_database_takes_for_equal_are_the_same_error() {
    support::databases::postgres(async |db| {
        library(60, &db).await;
        run("CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)", &db).await;
        run("ALTER TABLE shelves ALTER name TYPE TEXT COLLATE loose", &db).await;
        run("ALTER TABLE slots ALTER shelf_name TYPE TEXT COLLATE loose; UPDATE slots SET shelf_name = 'SHELF 5'", &db)
            .await;
        let query = Shelf::query().with(|s| s.of_name.count());
        let (ahead, rows) = (query.to_vec(&db).await, query.to_vec(RowByRow(&db)).await);
        assert!(matches!(rows, Err(Error::UnequalKeys { .. })), "{rows:?}");
        assert_eq!(format!("{ahead:?}"), format!("{rows:?}"));
    })
    .await;
}

#[tokio::test]
async fn a_failure_in_the_callers_transaction_is_told_as_it_is_and_elsewhere_rows_are_asked_for() {
    support::databases::postgres(async |db| {
        library(60, &db).await;
        run("CREATE DOMAIN few AS INT CHECK (VALUE < 2)", &db).await;
        let query = Book::query().with(|b| b.genres.filter(|g| sql("CAST(? AS few) > 0").column(g.id)).count());
        let mut transaction = db.begin().await.unwrap();
        let (failed, statements) = recorded_with_control(query.to_vec(&mut transaction)).await;
        assert_eq!(statements.len(), 1);
        assert!(matches!(failed, Err(Error::CheckViolation(_))), "{failed:?}");
        drop(transaction);
        let (failed, statements) = recorded_with_control(query.to_vec(&db)).await;
        assert_eq!(statements.len(), 4, "{statements:#?}");
        assert_eq!(format!("{failed:?}"), format!("{:?}", query.to_vec(RowByRow(&db)).await));
        let mut transaction = db.begin().await.unwrap();
        let counted_books = Book::query().with(|b| b.genres.count());
        let (read, statements) = counted(counted_books.to_vec(&mut transaction)).await;
        assert_eq!((read.len(), statements), (60, 1));
        run("UPDATE books SET level = 1000 WHERE id = 7", &db).await;
        let (failed, statements) = recorded_with_control(counted_books.to_vec(&mut transaction)).await;
        assert_eq!(statements.len(), 2, "{statements:#?}");
        assert!(matches!(failed, Err(Error::Decode(_))), "{failed:?}");
        assert_eq!(Book::query().count(&mut transaction).await.unwrap(), 60);
    })
    .await;
}
