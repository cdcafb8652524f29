use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
pub struct Post {
    pub id: i64,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post, post_id = "id")]
pub struct Comment {
    pub id: i64,
    pub post_id: Option<i64>,
    pub body: String,
}

#[tokio::main]
async fn main() -> neko_orm::Result<()> {
    let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    neko_orm::schema::create::<(Post, Comment)>(&db).await?;
    let post = Post::create().title("Hello").insert(&db).await?;
    let post1 = Post::create().title("Hello1").insert(&db).await?;
    let mut c2 = post.comments().create().body("Nice").insert(&db).await?;
    let mut c3 = Comment::create().body("x").insert(&db).await?;
    let mut c4 = Comment::create().body("y").post_id(1).insert(&db).await?;
    for comment in post.comments().to_vec(&db).await? {
        println!("{comment:?}");
    }
    let mut rows = post.comments().stream(&db);
    while let Some(comment) = rows.try_next().await? {
        println!("{comment:?}");
    }
    drop(rows);
    post.comments().associate(&mut c2, &db).await?;
    post.comments().associate([&mut c3, &mut c4], &db).await?;
    post.comments().dissociate(&mut c2, &db).await?;
    post.comments().associate_in_memory(&mut c2);
    c2.save(&db).await?;
    post.comments().dissociate_in_memory(&mut c3)?;
    c3.save(&db).await?;
    let mut comment = c2;
    let post: Option<Post> = comment.post().get(&db).await?;
    println!("{post:?}");
    comment.post_mut().associate(&post1, &db).await?;
    comment.post_mut().dissociate(&post1, &db).await?;
    comment.post_mut().unlink(&db).await?;
    println!("{comment:?}");
    println!("{:?}", comment.post_mut().dissociate(&post1, &db).await.map_err(|e| e.to_string()));
    let post = Post::find(1, &db).await?;
    println!("{post:?}");
    let mut post = Post::get(1, &db).await?;
    post.title = "New".into();
    post.save(&db).await?;
    let mut tx = db.begin().await?;
    post.comments().to_vec(&mut tx).await?;
    post.comments().count(&mut tx).await?;
    tx.commit().await?;
    post.refresh(&db).await?;
    println!("{:?}", post.delete(&db).await.map_err(|e| e.to_string()));
    println!("{:?}", Post::get(77, &db).await.map_err(|e| e.to_string()));
    Ok(())
}
