//! New rows with those of their relations: the whole graph, or nothing.
#![allow(clippy::type_complexity)]

mod support;

use neko_orm::{Error, Model, Pool, schema};
use support::triggers::leave_out;
use support::{counted, each, on_every_backend, recorded, recorded_with_control, run};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
#[has_many(Link)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
#[has_many(Like)]
struct Comment {
    id: i64,
    post_id: i64,
    body: String,
    #[column(default = "'new'")]
    state: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Comment)]
struct Like {
    id: i64,
    comment_id: Option<i64>,
    stars: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
struct Link {
    id: i64,
    post_id: i64,
    url: String,
}

type Db = neko_orm::Pool;

async fn tables(db: &Db) {
    schema::create::<(Post, Comment, Like, Link)>(db).await.unwrap();
}

/// How many posts, comments and likes there are.
async fn stored(db: &Db) -> [i64; 3] {
    [
        Post::query().count(db).await.unwrap(),
        Comment::query().count(db).await.unwrap(),
        Like::query().count(db).await.unwrap(),
    ]
}

fn likes(stars: impl IntoIterator<Item = i64>) -> Vec<<Like as Model>::Create> {
    stars.into_iter().map(|stars| Like::create().stars(stars)).collect()
}

fn stars(likes: &[Like]) -> Vec<(i64, i64)> {
    likes.iter().map(|like| (like.comment_id.unwrap(), like.stars.unwrap())).collect()
}

on_every_backend! {
    async fn a_row_is_inserted_with_those_that_refer_to_it(db) {
        tables(&db).await;
        let graph = Post::create()
            .title("x")
            .with(|p| p.comments, [Comment::create().body("a"), Comment::create().body("b")]);
        let (result, statements) = recorded_with_control(graph.insert(&db)).await;
        let (post, comments): (Post, Vec<Comment>) = result.unwrap();
        assert_eq!(post, Post { id: 1, title: "x".into() });
        let comment = |id, body: &str| Comment { id, post_id: 1, body: body.into(), state: "new".into() };
        assert_eq!(comments, [comment(1, "a"), comment(2, "b")]);
        let rows = each(["VALUES (?, ?), (?, ?)", "SELECT * FROM unnest(?, ?)", "VALUES (?, ?), (?, ?)"], &db);
        let returning = |columns: &str| match each([true, true, false], &db) {
            true => format!(" RETURNING {columns}"),
            false => String::new(),
        };
        let of_post = returning(r#""posts"."id", "posts"."title""#);
        let of_comment = returning(r#""comments"."id", "comments"."post_id", "comments"."body", "comments"."state""#);
        assert_eq!(
            statements,
            [
                "BEGIN",
                &format!(r#"INSERT INTO "posts" ("title") VALUES (?){of_post}"#),
                &format!(r#"INSERT INTO "comments" ("post_id", "body") {rows}{of_comment}"#),
                "COMMIT",
            ]
        );
        assert_eq!(post.comments().to_vec(&db).await.unwrap(), comments);
    }

    async fn each_level_is_one_statement_for_all_rows_above_it(db) {
        tables(&db).await;
        // Other keys than those of the posts.
        Comment::insert_all(["x", "y"].map(|body| Comment::create().post_id(1).body(body)), &db).await.unwrap_err();
        let old = Post::create().title("old").insert(&db).await.unwrap();
        let old = old.comments().create().body("old").insert(&db).await.unwrap();

        let comments = [
            Comment::create().body("a").with(|c| c.likes, likes([1, 2])),
            Comment::create().body("b").with(|c| c.likes, Vec::new()),
            Comment::create().body("c").with(|c| c.likes, [Like::create().stars(3)]),
        ];
        let call = Post::create().title("x").with(|p| p.comments, comments).insert(&db);
        let (inserted, statements): ((Post, Vec<(Comment, Vec<Like>)>), _) = counted(call).await;
        assert_eq!(statements, 3);
        let (post, comments) = inserted;
        assert_eq!(post.id, 2);
        let bodies: Vec<_> = comments.iter().map(|(comment, _)| (comment.id, comment.body.as_str())).collect();
        let [a, b, c] = [1, 2, 3].map(|n| old.id + n);
        assert_eq!(bodies, [(a, "a"), (b, "b"), (c, "c")]);
        let likes: Vec<_> = comments.iter().map(|(_, likes)| stars(likes)).collect();
        assert_eq!(likes, [vec![(a, 1), (a, 2)], vec![], vec![(c, 3)]]);
        let loaded = Post::query().filter(|p| p.id.eq(2)).with(|p| p.comments.with(|c| c.likes)).one(&db).await.unwrap();
        assert_eq!(loaded, (post, comments));
    }

    async fn rows_of_several_relations_come_back_in_a_tuple(db) {
        tables(&db).await;
        let call = Post::create()
            .title("x")
            .with(|p| p.comments, [Comment::create().body("a")])
            .with(|p| p.links, ["l", "m"].map(|url| Link::create().url(url)))
            .insert(&db);
        let (inserted, statements): ((Post, (Vec<Comment>, Vec<Link>)), _) = counted(call).await;
        assert_eq!(statements, 3);
        let (post, (comments, links)) = inserted;
        assert_eq!(post.comments().to_vec(&db).await.unwrap(), comments);
        assert_eq!(post.links().to_vec(&db).await.unwrap(), links);
        assert_eq!(links.len(), 2);

        let link = |url: &str| [Link::create().url(url)];
        let call = Post::create()
            .title("y")
            .with(|p| p.links, link("a"))
            .with(|p| p.links, link("b"))
            .with(|p| p.links, link("c"))
            .with(|p| p.links, link("d"))
            .with(|p| p.links, link("e"))
            .with(|p| p.links, link("f"))
            .with(|p| p.links, link("g"))
            .with(|p| p.comments, [Comment::create().body("h").with(|c| c.likes, likes([1]))])
            .insert(&db);
        let ((post, (a, .., g, h)), statements) = counted(call).await;
        assert_eq!(statements, 10);
        assert_eq!((a[0].url.as_str(), a[0].post_id, g[0].url.as_str()), ("a", post.id, "g"));
        assert_eq!(stars(&h[0].1), [(h[0].0.id, 1)]);
    }

    async fn for_no_rows_nothing_is_sent(db) {
        tables(&db).await;
        let none = std::iter::empty::<&str>().map(|body| Comment::create().body(body).with(|c| c.likes, likes([1])));
        let call = Post::create().title("x").with(|p| p.comments, none).insert(&db);
        let ((post, comments), statements) = counted(call).await;
        assert_eq!((post.id, comments, statements), (1, Vec::new(), 1));
        let call = Comment::create().post_id(1).body("a").with(|c| c.likes, Vec::<<Like as Model>::Create>::new());
        assert_eq!(counted(call.insert(&db)).await.1, 1);
        let none = std::iter::empty::<&str>().map(|title| Post::create().title(title).with(|p| p.links, [Link::create().url("")]));
        let (inserted, statements): (Vec<(Post, Vec<Link>)>, _) = counted(Post::insert_all(none, &db)).await;
        assert_eq!((inserted.len(), statements), (0, 0));
    }

    async fn graphs_are_inserted_together(db) {
        tables(&db).await;
        let post = |title: &str, bodies: &[&str]| {
            let comment = |body: &&str| Comment::create().body(*body).with(|c| c.likes, likes([body.len() as i64]));
            Post::create()
                .title(title)
                .with(|p| p.comments, bodies.iter().map(comment).collect::<Vec<_>>())
                .with(|p| p.links, [Link::create().url(title)])
        };
        let posts = [post("x", &["a", "bb"]), post("y", &[]), post("z", &["ccc"])];
        let (result, statements) = recorded_with_control(Post::insert_all(posts, &db)).await;
        let inserted: Vec<(Post, (Vec<(Comment, Vec<Like>)>, Vec<Link>))> = result.unwrap();
        assert_eq!((statements.len(), statements[0].as_str(), statements[5].as_str()), (6, "BEGIN", "COMMIT"));
        assert_eq!(stored(&db).await, [3, 3, 3]);
        let loaded = Post::query().order_by(|p| p.id.asc()).with(|p| (p.comments.with(|c| c.likes), p.links)).to_vec(&db).await.unwrap();
        assert_eq!(inserted, loaded);
        assert_eq!(inserted[2].1.0[0].1[0].stars, Some(3));
    }

    async fn a_grandchild_that_is_refused_leaves_nothing(db) {
        tables(&db).await;
        run("CREATE UNIQUE INDEX once ON likes (stars)", &db).await;
        let comment = |stars: [i64; 2]| Comment::create().body("a").with(|c| c.likes, likes(stars));
        let graph = || Post::create().title("x").with(|p| p.comments, [comment([1, 2]), comment([3, 1])]);
        let (result, statements) = recorded(graph().insert(&db)).await;
        assert!(matches!(result.unwrap_err(), Error::UniqueViolation(_)));
        assert_eq!(statements.len(), 3);
        assert_eq!(stored(&db).await, [0, 0, 0]);

        // On a connection that is lent, what was there before stays.
        let mut transaction = db.begin().await.unwrap();
        Post::create().title("before").insert(&mut transaction).await.unwrap();
        graph().insert(&mut transaction).await.unwrap_err();
        let after = Post::create().title("after").with(|p| p.comments, [comment([1, 2])]);
        let (result, statements) = recorded_with_control(after.insert(&mut transaction)).await;
        result.unwrap();
        assert_eq!((statements.len(), statements[0].as_str(), statements[4].as_str()), (5, "BEGIN", "COMMIT"));
        transaction.commit().await.unwrap();
        let titles = Post::query().order_by(|p| p.id.asc()).select(|p| p.title).to_vec(&db).await.unwrap();
        assert_eq!(titles, ["before", "after"]);
        assert_eq!(stored(&db).await, [2, 1, 2]);

        let refused = match &db {
            Pool::Sqlite(db) => graph().insert(&mut db.acquire().await.unwrap()).await,
            Pool::Postgres(db) => graph().insert(&mut db.acquire().await.unwrap()).await,
            Pool::MySql(db) => graph().insert(&mut db.acquire().await.unwrap()).await,
            _ => unreachable!(),
        };
        refused.unwrap_err();
        assert_eq!(stored(&db).await, [2, 1, 2]);
    }

    async fn a_trigger_that_ignores_a_child_is_an_error_and_nothing_is_inserted(db) {
        tables(&db).await;
        if !leave_out("INSERT", "comments", "new.body = 'bad'", &db).await {
            return;
        }
        let comments = ["a", "bad"].map(|body| Comment::create().body(body).with(|c| c.likes, likes([1])));
        let error = Post::create().title("x").with(|p| p.comments, comments).insert(&db).await.unwrap_err();
        assert!(matches!(error, Error::NotInserted { table: "comments", given: 2, inserted: 1 }), "{error}");
        assert_eq!(stored(&db).await, [0, 0, 0]);
    }

    async fn a_transaction_that_is_rolled_back_takes_the_graph_with_it(db) {
        tables(&db).await;
        let mut transaction = db.begin().await.unwrap();
        let graph = Post::create().title("x").with(|p| p.comments, [Comment::create().body("a")]);
        graph.insert(&mut transaction).await.unwrap();
        transaction.rollback().await.unwrap();
        assert_eq!(stored(&db).await, [0, 0, 0]);
    }

    async fn a_graph_is_inserted_in_a_task_of_its_own(db) {
        tables(&db).await;
        let pool = db.clone();
        let task = tokio::spawn(async move {
            let comments = [Comment::create().body("a").with(|c| c.likes, likes([5]))];
            let graph = Post::create().title("x").with(|p| p.comments, comments).with(|p| p.links, [Link::create().url("l")]);
            let (post, (comments, links)) = graph.insert(&pool).await?;
            let mut transaction = pool.begin().await?;
            let more = Post::create().title("y").with(|p| p.links, [Link::create().url("m")]);
            let more = Post::insert_all([more], &mut transaction).await?;
            transaction.commit().await?;
            Ok::<_, Error>((post, comments, links, more))
        });
        let (post, comments, links, more) = task.await.unwrap().unwrap();
        assert_eq!((comments[0].1[0].stars, links[0].post_id), (Some(5), post.id));
        assert_eq!(more[0].1[0].post_id, more[0].0.id);
    }

    async fn more_rows_than_a_statement_can_have_arguments(db) {
        tables(&db).await;
        let comments = |count: i64| (0..count).map(|number| Comment::create().body(number.to_string()));
        let call = Post::create().title("x").with(|p| p.comments, comments(10_000)).insert(&db);
        let ((post, inserted), statements) = counted(call).await;
        assert_eq!((inserted.len(), statements), (10_000, each([2, 2, 6], &db)));
        assert!(inserted.iter().enumerate().all(|(number, comment)| comment.body == number.to_string()));
        assert_eq!(post.comments().count(&db).await.unwrap(), 10_000);

        let posts = ["y", "z"].map(|title| Post::create().title(title).with(|p| p.comments, comments(10_000)));
        let (inserted, statements) = counted(Post::insert_all(posts, &db)).await;
        assert_eq!(statements, each([3, 2, 6], &db));
        for (post, comments) in inserted {
            assert_eq!(comments.len(), 10_000);
            assert!(comments.iter().all(|comment| comment.post_id == post.id));
        }
        let posts = (0..2000).map(|number| {
            let comments = ["a", "b"].map(|body| Comment::create().body(format!("{body} {number}")));
            Post::create().title(number.to_string()).with(|p| p.comments, comments)
        });
        let (inserted, statements) = counted(Post::insert_all(posts, &db)).await;
        assert_eq!(statements, each([2, 2, 12], &db));
        for (number, (post, comments)) in inserted.iter().enumerate() {
            assert!(comments.iter().all(|comment| comment.post_id == post.id));
            assert_eq!(comments[1].body, format!("b {number}"));
        }
    }

    async fn rows_that_set_other_columns_start_a_new_statement(db) {
        tables(&db).await;
        let comments =
            [Comment::create().body("a"), Comment::create().body("b").state("old"), Comment::create().body("c").id(77)];
        let call = Post::create().title("x").id(9).with(|p| p.comments, comments).insert(&db);
        let ((post, comments), statements) = counted(call).await;
        assert_eq!((post.id, statements), (9, 4));
        let found: Vec<_> = comments.iter().map(|c| (c.id, c.post_id, c.body.as_str(), c.state.as_str())).collect();
        assert_eq!(found, [(1, 9, "a", "new"), (2, 9, "b", "old"), (77, 9, "c", "new")]);
    }

    async fn the_row_that_it_is_inserted_with_counts_and_not_a_foreign_key_that_is_set(db) {
        tables(&db).await;
        let comments = [Comment::create().body("a").post_id(99), Comment::create().post_id(98).body("b")];
        let (post, comments) = Post::create().title("x").with(|p| p.comments, comments).insert(&db).await.unwrap();
        assert!(comments.iter().all(|comment| comment.post_id == post.id));
    }

    async fn a_row_of_a_relation_has_rows_of_its_own(db) {
        tables(&db).await;
        let post = Post::create().title("x").insert(&db).await.unwrap();
        let call = post.comments().create().body("a").with(|c| c.likes, likes([1, 2])).insert(&db);
        let ((comment, likes), statements) = counted(call).await;
        assert_eq!((comment.post_id, statements), (post.id, 2));
        assert_eq!(stars(&likes), [(comment.id, 1), (comment.id, 2)]);
    }
}
