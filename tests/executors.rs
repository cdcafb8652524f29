//! Every terminal method takes a pool, a connection and a transaction, and its future can be sent to another thread.

mod support;

use neko_orm::{Error, Executor, Model, Result, schema};
use sqlx::{ConnectOptions, Connection as _};
use support::on_every_driver;

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Comment {
    id: i64,
    post_id: Option<i64>,
}

/// Calls every terminal method on a database that is spelt by an expression, since `&mut` must be written anew.
macro_rules! every_call {
    ($db:expr) => {{
        let mut post = Post::create().title("a").insert($db).await?;
        let other = Post::insert_all([Post::create().title("b")], $db).await?.remove(0);
        Post::find(post.id, $db).await?;
        Post::get(post.id, $db).await?;
        post.save($db).await?;
        post.refresh($db).await?;
        let mut comment = post.comments().create().insert($db).await?;
        let mut second = Comment::create().insert($db).await?;
        post.comments().to_vec($db).await?;
        assert!(post.comments().stream($db).try_next().await?.is_some());
        post.comments().first($db).await?;
        post.comments().count($db).await?;
        post.comments().exists($db).await?;
        post.comments().associate(&mut second, $db).await?;
        post.comments().associate([&mut comment, &mut second], $db).await?;
        post.comments().dissociate([&mut comment, &mut second], $db).await?;
        comment.post_mut().associate(&other, $db).await?;
        comment.post().get($db).await?;
        comment.post_mut().dissociate(&other, $db).await?;
        comment.post_mut().unlink($db).await?;
        comment.delete($db).await?;
        second.delete($db).await?;
        post.delete($db).await?;
        other.delete($db).await?;
        let left: Result<i64, Error> = Post::query().count($db).await;
        left
    }};
}

on_every_driver! {
    async fn a_pool(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let count = tokio::spawn(async move { every_call!(&db) });
        assert_eq!(count.await.unwrap().unwrap(), 0);
    }

    async fn a_connection_of_a_pool(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let mut connection = db.acquire().await.unwrap();
        let count = tokio::spawn(async move { every_call!(&mut connection) });
        assert_eq!(count.await.unwrap().unwrap(), 0);
    }

    async fn a_bare_connection(db) {
        let mut connection: Connection = db.connect_options().connect().await.unwrap();
        schema::create::<(Post, Comment)>(&mut connection).await.unwrap();
        let count = tokio::spawn(async move { every_call!(&mut connection) });
        assert_eq!(count.await.unwrap().unwrap(), 0);
    }

    async fn a_transaction(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let pool = db.clone();
        let count = tokio::spawn(async move {
            let mut transaction = pool.begin().await?;
            let count = every_call!(&mut transaction)?;
            Post::create().title("rolled back").insert(&mut transaction).await?;
            transaction.rollback().await?;
            Ok::<_, Error>(count)
        });
        assert_eq!(count.await.unwrap().unwrap(), 0);
        assert_eq!(Post::query().count(&db).await.unwrap(), 0);
    }

    async fn a_savepoint(db) {
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        let mut savepoint = transaction.begin().await.unwrap();
        let calls = async { every_call!(&mut savepoint) };
        assert_eq!(calls.await.unwrap(), 0);
        Post::create().title("a").insert(&mut savepoint).await.unwrap();
        savepoint.rollback().await.unwrap();
        Post::create().title("b").insert(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(Post::query().to_vec(&db).await.unwrap().len(), 1);
    }

    async fn a_pool_and_a_transaction_whose_database_the_url_chooses(db) {
        let db = neko_orm::Pool::from(db);
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let pool = db.clone();
        let count = tokio::spawn(async move {
            every_call!(&pool)?;
            let mut transaction = pool.begin().await?;
            let count = every_call!(&mut transaction)?;
            {
                let transaction = &mut transaction;
                every_call!(&mut *transaction)?;
                Post::create().title("rolled back").insert(transaction).await?;
            }
            transaction.rollback().await?;
            Ok::<_, Error>(count)
        });
        assert_eq!(count.await.unwrap().unwrap(), 0);
        let mut transaction = db.begin().await.unwrap();
        Post::create().title("kept").insert(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        Post::create().title("dropped").insert(&mut transaction).await.unwrap();
        drop(transaction);
        assert_eq!(Post::query().count(&db).await.unwrap(), 1);
    }

    async fn a_function_can_be_generic_over_the_database(db) {
        async fn rename<'e>(post: &mut Post, title: &str, db: impl Executor<'e>) -> Result<()> {
            post.title = title.to_owned();
            post.save(db).await
        }
        async fn adopt<'e>(post: &Post, db: impl Executor<'e>) -> Result<Comment> {
            let mut comment = Comment { id: 1, post_id: None };
            post.comments().associate(&mut comment, db).await?;
            Ok(comment)
        }
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let mut post = Post::create().title("a").insert(&db).await.unwrap();
        Comment::create().insert(&db).await.unwrap();
        rename(&mut post, "b", &db).await.unwrap();
        let mut transaction = db.begin().await.unwrap();
        rename(&mut post, "c", &mut transaction).await.unwrap();
        adopt(&post, &mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(Post::get(1, &db).await.unwrap().title, "c");
    }

    async fn a_handler_of_a_web_server(db) {
        use axum::extract::{Path, State};
        use axum::handler::Handler;

        async fn show(State(db): State<Db>, Path(id): Path<i64>) -> std::result::Result<String, String> {
            let post = Post::get(id, &db).await.map_err(|error| error.to_string())?;
            let mut comments = post.comments().to_vec(&db).await.map_err(|error| error.to_string())?;
            let mut transaction = db.begin().await.map_err(|error| error.to_string())?;
            post.comments().dissociate(&mut comments, &mut transaction).await.map_err(|error| error.to_string())?;
            Ok(post.title)
        }
        fn is_handler<T, S>(_: impl Handler<T, S>) {}
        is_handler(show);
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        Post::create().title("a").insert(&db).await.unwrap();
        assert_eq!(show(State(db.clone()), Path(1)).await.unwrap(), "a");
        assert_eq!(show(State(db), Path(2)).await.unwrap_err(), "no row of `posts` has the key 2");
    }
}
