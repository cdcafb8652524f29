//! Large loads use again the memory of those before. The page faults of the process are counted, so that no other test is beside this one.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod support;

use neko_orm::{Model, schema};
use support::run;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: i64,
    body: String,
}

/// How many pages the process has asked the system for.
fn page_faults() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    after_name.split_whitespace().nth(7).unwrap().parse().unwrap()
}

/// They are 758 for each load where nothing is done about it.
#[tokio::test]
async fn a_large_load_asks_the_system_for_no_memory_once_there_was_one_before() {
    let db: neko_orm::Pool = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap().into();
    schema::create::<(Post, Comment)>(&db).await.unwrap();
    let numbers = |count| format!("WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count})");
    run(&format!("INSERT INTO posts {} SELECT n FROM n", numbers(1000)), &db).await;
    let body = "'comment ' || n || ', which says something of some length'";
    run(&format!("INSERT INTO comments {} SELECT n, n % 1000 + 1, {body} FROM n", numbers(10_000)), &db).await;

    const LOADS: u64 = 10;
    let load = async || {
        let posts = Post::query().with(|p| p.comments).to_vec(&db).await.unwrap();
        assert!(posts.iter().all(|(_, comments)| comments.len() == 10));
    };
    for _ in 0..3 {
        load().await;
    }
    let before = page_faults();
    for _ in 0..LOADS {
        load().await;
    }
    let faults = page_faults() - before;
    println!("{faults} page faults in {LOADS} loads");
    assert!(faults < 50 * LOADS, "{faults} page faults in {LOADS} loads");
}
