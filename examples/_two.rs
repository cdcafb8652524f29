use neko_orm::Model;

#[derive(Model)]
#[has_many(Comment)]
pub struct Post {
    pub id: i64,
    pub title: String,
}

#[derive(Model)]
#[belongs_to(Post, post_id = "id")]
pub struct Comment {
    pub id: i64,
    pub post_id: Option<i64>,
    pub body: String,
}
fn main() {}
