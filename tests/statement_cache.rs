//! A connection keeps few prepared statements, however many rows calls are about.

mod support;

use neko_orm::{Model, schema};
use sqlx::Connection as _;
use support::{databases, on_every_driver, seed};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
#[belongs_to_many(Tag)]
#[belongs_to_many(Room as rooms, through = "post_rooms", to(house = "house", nr = "nr"))]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
    post_id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Tag {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Room {
    #[key]
    house: i64,
    #[key]
    nr: i64,
}

/// Numbers below the bound, from a seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        // Knuth's linear congruential generator; the upper bits are the random ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

on_every_driver! {
    async fn ten_thousand_eager_loads_of_random_size_leave_at_most_64_statements(db) {
        schema::create::<(Post, Comment, Tag, Room)>(&db).await.unwrap();
        let posts: Vec<_> = (0..2048).map(|id| Post { id, title: String::new() }).collect();
        let mut connection = db.acquire().await.unwrap();
        connection.clear_cached_statements().await.unwrap();
        let mut numbers = Numbers(seed());
        for _ in 0..10_000 {
            // As many loads of 1 to 2 rows as of 1024 to 2047.
            let most = 2 << numbers.below(11);
            let some = &posts[..(most / 2 + numbers.below(most / 2)) as usize];
            match numbers.below(16) {
                0 => drop(Post::load(some, |p| p.tags.order_by(|t| t.id.asc()).limit(3), &mut connection).await.unwrap()),
                1 => drop(Post::load(some, |p| p.comments.count(), &mut connection).await.unwrap()),
                _ => drop(Post::load(some, |p| p.comments, &mut connection).await.unwrap()),
            }
        }
        let statements = connection.cached_statements_size();
        assert!(statements <= 64, "{statements} statements");
        assert!(statements >= 3, "{statements} statements: sqlx keeps them");
    }

    async fn batches_of_any_size_leave_few_statements(db) {
        schema::create::<(Post, Comment, Tag, Room)>(&db).await.unwrap();
        let mut connection = db.acquire().await.unwrap();
        connection.clear_cached_statements().await.unwrap();
        for size in 1..100 {
            let tags = (0..size).map(|number| Tag::create().name(number.to_string()));
            let mut tags = Tag::insert_all(tags, &mut connection).await.unwrap();
            let post = Post { id: size, title: "a".to_owned() };
            Post::create().id(size).title(&post.title).insert(&mut connection).await.unwrap();
            post.tags().associate(&tags, &mut connection).await.unwrap();
            post.tags().clear(&mut connection).await.unwrap();
            tags.truncate(3);
        }
        let statements = connection.cached_statements_size();
        assert!(statements <= 64, "{statements} statements");
    }

    async fn links_of_any_number_leave_few_statements_by_keys_of_several_columns_too(db) {
        schema::create::<(Post, Comment, Tag, Room)>(&db).await.unwrap();
        let post = Post::create().title("a").insert(&db).await.unwrap();
        let rooms = Room::insert_all((0..160).map(|nr| Room::create().house(1).nr(nr)), &db).await.unwrap();
        let mut connection = db.acquire().await.unwrap();
        connection.clear_cached_statements().await.unwrap();
        for size in 100..160 {
            post.rooms().associate(&rooms[..size], &mut connection).await.unwrap();
            post.rooms().clear(&mut connection).await.unwrap();
        }
        let statements = connection.cached_statements_size();
        assert!(statements <= 16, "{statements} statements");
    }
}

/// Planned for any keys, it would compare each row with each of many, where no index helps.
#[tokio::test]
async fn a_statement_for_many_keys_is_planned_each_time_on_postgres() {
    databases::postgres(async |db| {
        schema::create::<(Post, Comment, Tag, Room)>(&db).await.unwrap();
        let neko_orm::Pool::Postgres(db) = db else { unreachable!() };
        let mut connection = db.acquire().await.unwrap();
        for keys in [1000, 1001] {
            let posts: Vec<_> = (0..keys).map(|id| Post { id, title: String::new() }).collect();
            for _ in 0..7 {
                Post::load(&posts, |p| p.comments, &mut connection).await.unwrap();
            }
            let sql = "SELECT SUM(generic_plans + custom_plans)::BIGINT FROM pg_prepared_statements WHERE statement LIKE '%ANY%'";
            let planned: i64 = sqlx::query_scalar(sql).persistent(false).fetch_one(&mut *connection).await.unwrap();
            assert_eq!(planned, 7, "{keys} keys");
        }
    })
    .await;
}
