use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
struct Post {
    id: i64,
}

async fn find() {
    let _ = Post::find(1, "posts.db").await;
}

fn main() {}
