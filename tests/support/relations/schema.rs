//! Models with every kind of relation between them.

use neko_orm::{Model, Pool, Query, schema};

use crate::support::run;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_one(Profile)]
#[has_many(Post, id = "author_id")]
#[has_one(Post as latest_post, id = "author_id", latest = "rank")]
#[belongs_to_many(User as following, through = "follows", from = "follower_id", to = "followed_id")]
#[belongs_to_many(User as followers, through = "follows", from = "followed_id", to = "follower_id")]
#[has_many(Comment as received, through(posts, comments))]
#[has_many(Tag as topics, through(posts, tags))]
#[has_many(User as inspired, through(followers, followers))]
pub struct User {
    pub id: i64,
}

/// At most one for each user: there is a unique index.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User, on_delete = set_null)]
pub struct Profile {
    pub id: i64,
    pub user_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = not_hidden)]
#[belongs_to(User as author)]
#[belongs_to_many(Tag)]
#[belongs_to_many(Tag as marked, through = Mark)]
#[belongs_to_many(Tag as listed, through = Entry)]
#[belongs_to_many(Tag as labels, through = "labelled", morph = labelled)]
#[has_many(Comment, morph = commentable)]
#[has_many(Self as peers, through(tags, posts))]
pub struct Post {
    pub id: i64,
    pub author_id: Option<i64>,
    pub rank: Option<i64>,
    pub hidden: bool,
}

fn not_hidden(posts: Query<Post>) -> Query<Post> {
    posts.filter(|p| !p.hidden)
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Tag as labels, through = "labelled", morph = labelled)]
#[has_many(Comment, morph = commentable)]
pub struct Image {
    pub id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Commentable { Post, Image })]
pub struct Comment {
    pub id: i64,
    pub commentable_id: Option<i64>,
    pub commentable_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Post)]
#[belongs_to_many(Post as marked, through = Mark)]
#[belongs_to_many(Post as listed, through = Entry)]
#[belongs_to_many(Post as labelled_posts, through = "labelled", morphed_by = labelled)]
#[belongs_to_many(Image as labelled_images, through = "labelled", morphed_by = labelled)]
#[has_many(User as writers, through(posts, author))]
pub struct Tag {
    pub id: i64,
}

/// A junction with a column of its own, and rows that are out of use.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = marks_in_use)]
#[belongs_to(Post)]
#[belongs_to(Tag)]
pub struct Mark {
    #[key]
    pub post_id: i64,
    #[key]
    pub tag_id: i64,
    pub weight: Option<i64>,
}

fn marks_in_use(marks: Query<Mark>) -> Query<Mark> {
    marks.filter(|m| m.weight.is_null() | m.weight.ne(4))
}

/// A junction that may link two rows several times, and rows that are out of use.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(scope = entries_in_use)]
#[belongs_to(Post, on_delete = cascade)]
#[belongs_to(Tag)]
pub struct Entry {
    pub id: i64,
    pub post_id: i64,
    pub tag_id: i64,
    pub nr: Option<i64>,
}

fn entries_in_use(entries: Query<Entry>) -> Query<Entry> {
    entries.filter(|e| e.nr.is_null() | e.nr.ne(4))
}

/// A tree by a foreign key of two columns, one of which is in the row's own key too.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Node as parent, forest = "forest", parent_nr = "nr")]
#[has_many(Node as children, forest = "forest", nr = "parent_nr")]
pub struct Node {
    #[key]
    pub forest: i64,
    #[key]
    pub nr: i64,
    pub parent_nr: Option<i64>,
}

pub async fn create(db: &Pool) {
    schema::create::<(User, Profile, Post, Image, Comment, Tag, Mark, Entry, Node)>(db).await.unwrap();
    run("CREATE UNIQUE INDEX one_profile ON profiles (user_id)", db).await;
}
