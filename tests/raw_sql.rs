//! SQL of the user's own, as conditions, expressions and sources of models.

mod support;

use futures_util::TryStreamExt;
use neko_orm::{Error, Model, RowByRow, schema, sql};
use support::{each, on_every_backend, recorded};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Comment {
    id: i64,
    post_id: i64,
}

async fn blog(db: &neko_orm::Pool) {
    schema::create::<(Post, Comment)>(db).await.unwrap();
    Post::insert_all(["a", "bb", "it's ?", "bb"].map(|title| Post::create().title(title)), db).await.unwrap();
    Comment::insert_all([1, 3, 3].map(|post| Comment::create().post_id(post)), db).await.unwrap();
}

on_every_backend! {
    async fn conditions_and_expressions(db) {
        blog(&db).await;
        let ids = |condition: neko_orm::Condition| {
            let query = Post::query().filter(|_| condition).order_by(|p| p.id.asc()).select(|p| p.id);
            let db = db.clone();
            async move { query.to_vec(&db).await.unwrap() }
        };
        assert_eq!(ids(sql("length(posts.title) = ?").bind(2).typed()).await, [2, 4]);
        assert_eq!(ids(sql("posts.title = 'it''s ?' OR posts.title = ? -- ?").bind_text("a").typed()).await, [1, 3]);
        let nested = Post::query().filter(|p| p.comments.any(|c| sql("? % ? = 0").column(c.post_id + p.id).bind(6)));
        assert_eq!(nested.select(|p| p.id).to_vec(&db).await.unwrap(), [3]);
        assert_eq!(ids(sql("posts.id < ?").bind(4) & sql("posts.id > ?").bind(2)).await, [3]);
        assert_eq!(ids(sql("posts.title = ?").bind("'; DROP TABLE posts; --".to_owned()) | sql("posts.id = 4")).await, [4]);
        let lengths: Vec<(i64, i64)> = Post::query()
            .order_by(|_| sql("length(posts.title)").typed::<i64>().desc())
            .select(|p| (p.id, sql("length(posts.title) * ?").bind(10).typed()))
            .limit(2)
            .to_vec(&db).await.unwrap();
        assert_eq!(lengths, [(3, 60), (2, 20)]);
    }

    async fn models_are_read_from_a_select(db) {
        blog(&db).await;
        let select = sql("SELECT title, id, 7 AS more FROM posts WHERE title LIKE ? ORDER BY id DESC").bind_text("b%");
        let query = Post::query_sql(select);
        assert_eq!(query.count(&db).await.unwrap(), 2);
        let (posts, statements) = recorded(query.clone().filter(|p| p.id.gt(2)).with(|p| p.comments.count()).to_vec(RowByRow(&db))).await;
        assert_eq!(posts.unwrap(), [(Post { id: 4, title: "bb".into() }, 0)]);
        let select = "(SELECT title, id, 7 AS more FROM posts WHERE title LIKE ? ORDER BY id DESC\n)";
        // Without a limit, MySQL gives no order to what is within another query.
        let in_order = select.replace(")", "LIMIT 18446744073709551615)");
        let select = each([select, select, &in_order], &db);
        let expected = format!(r#"SELECT "posts"."id", "posts"."title" FROM {select} AS "posts" WHERE "posts"."id" > ?"#);
        assert_eq!(statements[0], expected);
        let backwards = Post::query_sql(sql("SELECT * FROM posts ORDER BY length(title), id DESC"));
        let ids = |posts: Vec<Post>| posts.into_iter().map(|post| post.id).collect::<Vec<_>>();
        assert_eq!(ids(backwards.to_vec(&db).await.unwrap()), [1, 4, 2, 3]);
        assert_eq!(ids(backwards.clone().limit(2).offset(1).to_vec(&db).await.unwrap()), [4, 2]);
        assert_eq!(ids(backwards.page(2, 2, &db).await.unwrap().items), [2, 3]);
        assert_eq!(backwards.first(&db).await.unwrap().unwrap().id, 1);
        let streamed: Vec<_> = backwards.clone().with(|p| p.comments).stream(&db).try_collect().await.unwrap();
        assert_eq!(streamed.iter().map(|(post, _)| post.id).collect::<Vec<_>>(), [1, 4, 2, 3]);
        let limited = Post::query_sql(sql("SELECT * FROM posts ORDER BY id DESC LIMIT 3"));
        let groups = limited.group_by(|p| p.id).order_by(|id, _| id.asc()).select(|id, _| id).to_vec(&db).await.unwrap();
        assert_eq!(groups, [2, 3, 4]);
        let with = sql("WITH lengthy AS (SELECT * FROM posts WHERE length(title) > ?) SELECT id, title FROM lengthy").bind(2);
        assert_eq!(Post::query_sql(with).one(&db).await.unwrap().id, 3);
        let twice = Post::query_sql(sql("SELECT * FROM posts UNION ALL SELECT * FROM posts")).order_by(|p| p.id.asc());
        let streamed: Vec<_> = twice.with(|p| p.comments).stream(&db).try_collect().await.unwrap();
        assert_eq!(streamed.len(), 8);
        assert_eq!(streamed[4].1.len(), 2);
        let n = Post::query_sql(sql("SELECT * FROM posts WHERE id = ?").bind(2)).update(|p| p.title.set("c"), &db).await.unwrap();
        assert_eq!((n, Post::get(2, &db).await.unwrap().title.as_str()), (1, "c"));
    }

    async fn what_is_wrong_is_an_error(db) {
        blog(&db).await;
        for (condition, message) in [
            (sql("posts.id = ?"), "0 values are given to SQL with 1 placeholders: posts.id = ?"),
            (sql("posts.id = 1").bind(1), "1 values are given to SQL with 0 placeholders: posts.id = 1"),
            (sql("posts.id = '\0'"), "SQL cannot contain NUL"),
            (sql("1 = 1); DROP TABLE posts; --"), "a parenthesis is closed that is not open"),
            (sql("1 = 1; DROP TABLE posts"), "cannot contain `;`"),
            (sql("posts.id = 'a"), each(["unrecognized token", "unterminated quoted string", "an error in your SQL syntax"], &db)),
        ] {
            let error = Post::query().filter(|_| condition).to_vec(&db).await.unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
            assert!(error.to_string().starts_with("Post: "), "{error}");
        }
        let error = Post::query_sql(sql("SELECT id FROM posts")).to_vec(&db).await.unwrap_err();
        let Error::Statement(failed) = &error else { panic!("{error}") };
        assert_eq!(failed.model(), "Post");
        let message = each(["no such column: posts.title", "column posts.title does not exist", "Unknown column 'posts.title'"], &db);
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(Post::query().count(&db).await.unwrap(), 4);
    }
}
