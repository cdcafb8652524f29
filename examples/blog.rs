//! The main job and the tutorial: posts and comments, every verb in the order in which one meets them.
//!
//! `cargo run --example blog`

use neko_orm::{Error, Model};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)] // Comment::post_id refers to Post::id: inferred from the names
pub struct Post {
    pub id: i64,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post, post_id = "id")] // the same pair, written out; `#[belongs_to(Post)]` would do
pub struct Comment {
    pub id: i64,
    pub post_id: Option<i64>,
    pub body: String,
}

fn step(title: &str) {
    println!("\n== {title}");
}

#[tokio::main]
async fn main() -> neko_orm::Result<()> {
    step("A database in memory, with tables made from the models");
    let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    neko_orm::schema::create::<(Post, Comment)>(&db).await?;

    step("Create rows: a missing required column does not compile");
    let post = Post::create().title("Cats").insert(&db).await?;
    let other = Post::create().title("Dogs").insert(&db).await?;
    println!("{post:?}\n{other:?}");

    let (post, comment) = one_to_many(post, &db).await?;
    many_to_one(comment, &post, &other, &db).await?;
    one_row(&db).await?;
    transactions(&post, &db).await?;
    errors(&post, &db).await
}

async fn one_to_many(post: Post, db: &sqlx::SqlitePool) -> neko_orm::Result<(Post, Comment)> {
    step("1-to-many: a post has many comments; create fills the foreign key in");
    let mut first = post.comments().create().body("Nice").insert(db).await?;
    let mut second = Comment::create().body("Where is my food?").insert(db).await?;
    let mut third = Comment::create().body("Purr").insert(db).await?;
    println!("{first:?}\n{second:?}\n{third:?}");

    step("Associate the other two with the post: one UPDATE, all or nothing");
    post.comments().associate([&mut second, &mut third], db).await?;
    println!("{second:?}\n{third:?}");

    step("Read them: all at once, one at a time, the first, how many, whether any");
    for comment in post.comments().to_vec(db).await? {
        println!("to_vec: {}", comment.body);
    }
    let mut rows = post.comments().stream(db);
    while let Some(comment) = rows.try_next().await? {
        println!("stream: {}", comment.body);
    }
    drop(rows); // the stream holds the only connection of a database in memory
    println!("first:  {:?}", post.comments().first(db).await?.map(|comment| comment.body));
    println!("count:  {}", post.comments().count(db).await?);
    println!("exists: {}", post.comments().exists(db).await?);

    step("Dissociate one: its foreign key becomes NULL, and no row is deleted");
    post.comments().dissociate(&mut first, db).await?;
    println!("{first:?}");

    step("The same in memory: only the structs change until they are saved");
    post.comments().associate_in_memory(&mut first);
    first.save(db).await?;
    post.comments().dissociate_in_memory(&mut third)?;
    third.save(db).await?;
    println!("{first:?}\n{third:?}");
    Ok((post, first))
}

async fn many_to_one(mut comment: Comment, post: &Post, other: &Post, db: &sqlx::SqlitePool) -> neko_orm::Result<()> {
    step("Many-to-1: a comment belongs to a post, or to none, since post_id is an Option");
    let found: Option<Post> = comment.post().get(db).await?;
    println!("{found:?}");

    step("Changing it changes the comment and leaves the posts alone");
    comment.post_mut().associate(other, db).await?;
    println!("associated: {comment:?}");
    comment.post_mut().dissociate(other, db).await?;
    println!("dissociated: {comment:?}");
    comment.post_mut().associate(post, db).await?;
    comment.post_mut().unlink(db).await?;
    println!("unlinked: {comment:?}");

    step("The same in memory");
    comment.post_mut().associate_in_memory(other);
    comment.post_mut().dissociate_in_memory(other)?;
    comment.post_mut().associate_in_memory(post);
    comment.post_mut().unlink_in_memory();
    comment.post_mut().associate_in_memory(post);
    comment.save(db).await?;
    println!("saved: {comment:?}");
    Ok(())
}

async fn one_row(db: &sqlx::SqlitePool) -> neko_orm::Result<()> {
    step("One row: find, get, save, refresh, delete");
    println!("find 1:  {:?}", Post::find(1, db).await?);
    println!("find 99: {:?}", Post::find(99, db).await?);
    let mut post = Post::get(1, db).await?;
    post.title = "Cats, again".into();
    post.save(db).await?;
    post.title = "changed in memory only".into();
    post.refresh(db).await?;
    println!("refreshed: {post:?}");
    let spare = Post::create().title("Fish").insert(db).await?;
    spare.delete(db).await?;
    println!("deleted: {:?}", Post::find(spare.id, db).await?);

    step("Many rows at once: one INSERT, all or nothing");
    let titles = ["Birds", "Snails"];
    println!("{:?}", Post::insert_all(titles.map(|title| Post::create().title(title)), db).await?);
    Ok(())
}

async fn transactions(post: &Post, db: &sqlx::SqlitePool) -> neko_orm::Result<()> {
    step("A transaction stands wherever the pool stands");
    let mut transaction = db.begin().await?;
    post.comments().create().body("never seen").insert(&mut transaction).await?;
    println!("inside: {}", post.comments().count(&mut transaction).await?);
    transaction.rollback().await?;
    println!("after the rollback: {}", post.comments().count(db).await?);
    Ok(())
}

async fn errors(post: &Post, db: &sqlx::SqlitePool) -> neko_orm::Result<()> {
    step("A verb that cannot do what it says is an error, and changes nothing");
    let mut stray = Comment::create().body("stray").insert(db).await?;
    if let Err(error @ Error::NotAssociated { .. }) = post.comments().dissociate(&mut stray, db).await {
        println!("{error}");
    }
    if let Err(error @ Error::NotFound { .. }) = Post::get(99, db).await {
        println!("{error}");
    }
    if let Err(Error::UniqueViolation(failure)) = Post::create().id(1).title("taken").insert(db).await {
        println!("unique violation in: {}", failure.sql());
    }
    if let Err(Error::ForeignKeyViolation(_)) = post.delete(db).await {
        println!("the post still has comments");
    }
    Ok(())
}
