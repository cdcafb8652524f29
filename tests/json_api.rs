//! `examples/json_api.rs`, asked over HTTP.

#[allow(dead_code)]
#[path = "../examples/json_api.rs"]
mod example;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The body of the answer.
async fn get(path: &str) -> Value {
    let app = example::app(example::database().await.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = axum::serve(listener, app).into_future();
    let asking = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    };
    let answer = tokio::select! {
        answer = asking => answer,
        _ = serving => unreachable!(),
    };
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_page_of_posts_comes_with_authors_and_comments() {
    let page = get("/posts?page=2").await;
    assert_eq!((&page["page"], &page["pages"], &page["total"]), (&json!(2), &json!(3), &json!(45)));
    let posts = page["posts"].as_array().unwrap();
    assert_eq!(posts.len(), 20);
    let expected = json!({
        "id": 22,
        "author_id": 2,
        "title": "Cats number 22",
        "author": { "id": 2, "name": "Bob" },
        "comments": 4,
        "newest_comments": [
            { "id": 55, "post_id": 22, "author_id": null, "body": "comment 3", "author": null },
            { "id": 54, "post_id": 22, "author_id": 2, "body": "comment 2", "author": { "id": 2, "name": "Bob" } },
            { "id": 53, "post_id": 22, "author_id": 1, "body": "comment 1", "author": { "id": 1, "name": "Ann" } },
        ],
    });
    assert_eq!(posts[3], expected);
    assert_eq!((&posts[1]["comments"], &posts[1]["newest_comments"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn a_search_is_optional() {
    let page = get("/posts?search=Rust").await;
    assert_eq!(page["total"], 15);
    let page = get("/posts?search=%25%27%3B+DROP+TABLE+posts").await;
    assert_eq!((&page["total"], &page["posts"]), (&json!(0), &json!([])));
}
