//! Paths over other relations: read-only, each row once.

mod support;

use neko_orm::{Model, Query, schema};
use support::{counted, each, on_every_backend, recorded};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment)]
#[has_one(Comment as last_comment, latest = "id")]
#[belongs_to_many(Tag)]
#[belongs_to(User as author)]
#[has_many(User as commenters, through(comments, author))]
#[has_many(Post as similar, through(tags, posts))]
#[has_many(User as admins, through(comments, author), scope = only_admins)]
struct Post {
    id: i64,
    author_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
#[belongs_to(User as author)]
struct Comment {
    id: i64,
    post_id: i64,
    author_id: Option<i64>,
    is_spam: bool,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Post)]
struct Tag {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post, id = "author_id")]
#[has_many(Comment as received, through(posts, comments))]
#[has_many(Comment as real, through(posts, comments), scope = no_spam)]
#[has_many(User as readers, through(received, author))]
#[has_many(Comment as last_words, through(posts, last_comment))]
struct User {
    id: i64,
    name: String,
    is_admin: bool,
}

fn only_admins(users: Query<User>) -> Query<User> {
    users.filter(|u| u.is_admin)
}

fn no_spam(comments: Query<Comment>) -> Query<Comment> {
    comments.filter(|c| !c.is_spam).order_by(|c| c.id.desc())
}

type Db = neko_orm::Pool;

/// Posts 1 and 2 of ann, 3 of bob, 4 of nobody; comments by bob, bob, cid, nobody on 1, by cid on 2 and 3.
async fn blog(db: &Db) -> (Vec<User>, Vec<Post>) {
    schema::create::<(User, Post, Comment, Tag)>(db).await.unwrap();
    let names = [("ann", true), ("bob", false), ("cid", true)];
    let users = names.map(|(name, is_admin)| User::create().name(name).is_admin(is_admin));
    let users = User::insert_all(users, db).await.unwrap();
    let posts = [Some(1), Some(1), Some(2), None].map(|author| Post::create().author_id(author));
    let posts = Post::insert_all(posts, db).await.unwrap();
    let comments = [(1, Some(2)), (1, Some(2)), (1, Some(3)), (1, None), (2, Some(3)), (3, Some(3))];
    let comments = comments.map(|(post, author)| Comment::create().post_id(post).author_id(author).is_spam(post == 3));
    Comment::insert_all(comments, db).await.unwrap();
    Tag::insert_all((0..2).map(|_| Tag::create()), db).await.unwrap();
    posts[0].tags().associate([1, 2], db).await.unwrap();
    posts[1].tags().associate([1, 2], db).await.unwrap();
    posts[2].tags().associate([2], db).await.unwrap();
    (users, posts)
}

fn names(users: &[User]) -> Vec<&str> {
    users.iter().map(|user| &*user.name).collect()
}

on_every_backend! {
    async fn each_row_is_there_once(db) {
        let (_, posts) = blog(&db).await;
        let (found, statements) = recorded(posts[0].commenters().order_by(|u| u.id.asc()).to_vec(&db)).await;
        assert_eq!(names(&found.unwrap()), ["bob", "cid"]);
        assert_eq!(
            statements,
            [r#"SELECT "users"."id", "users"."name", "users"."is_admin" FROM "users" WHERE "users"."id" IN (SELECT "neko 1"."author_id" FROM "comments" AS "neko 1" WHERE "neko 1"."post_id" = ?) ORDER BY "users"."id" ASC"#]
        );
        assert_eq!(counted(posts[0].commenters().count(&db)).await, (2, 1));
        assert_eq!(names(&posts[0].commenters().filter(|u| u.name.ne("bob")).to_vec(&db).await.unwrap()), ["cid"]);
        assert_eq!(posts[3].commenters().count(&db).await.unwrap(), 0);
        assert_eq!(names(&posts[0].admins().to_vec(&db).await.unwrap()), ["cid"]);
    }

    async fn it_is_loaded_in_one_statement_and_asked(db) {
        let (users, posts) = blog(&db).await;
        let query = Post::query().order_by(|p| p.id.asc());
        let loads = query.clone().with(|p| (p.commenters.order_by(|u| u.id.asc()), p.commenters.count(), p.admins));
        let (loaded, statements) = counted(loads.to_vec(&db)).await;
        assert_eq!(statements, each([1, 2, 4], &db));
        let loaded: Vec<_> = loaded.iter().map(|(_, (all, n, admins))| (names(all), *n, names(admins))).collect();
        assert_eq!(loaded, [(vec!["bob", "cid"], 2, vec!["cid"]), (vec!["cid"], 1, vec!["cid"]), (vec!["cid"], 1, vec!["cid"]), (vec![], 0, vec![])]);
        let first = query.clone().with(|p| p.commenters.order_by(|u| u.name.desc()).first()).to_vec(&db).await.unwrap();
        assert_eq!(first[0].1.as_ref(), Some(&users[2]));
        let limited = query.clone().with(|p| p.commenters.order_by(|u| u.name.desc()).limit(1).offset(1)).to_vec(&db).await.unwrap();
        assert_eq!(names(&limited[0].1), ["bob"]);
        let by_bob = query.filter(|p| p.commenters.any(|u| u.name.eq("bob"))).to_vec(&db).await.unwrap();
        assert_eq!(by_bob, [posts[0].clone()]);
        let most = Post::query().order_by(|p| p.commenters.count().desc()).first(&db).await.unwrap();
        assert_eq!(most, Some(posts[0].clone()));
    }

    async fn a_path_leads_over_junctions_and_other_paths(db) {
        let (users, posts) = blog(&db).await;
        let similar = posts[0].similar().order_by(|p| p.id.asc()).to_vec(&db).await.unwrap();
        assert_eq!(similar, posts[..3]);
        assert_eq!(posts[3].similar().to_vec(&db).await.unwrap(), []);
        let loaded = Post::query().order_by(|p| p.id.asc()).with(|p| (p.similar, p.similar.count())).to_vec(&db).await.unwrap();
        assert_eq!(loaded.iter().map(|(_, (rows, n))| (rows.len(), *n)).collect::<Vec<_>>(), [(3, 3), (3, 3), (3, 3), (0, 0)]);

        assert_eq!(users[0].received().count(&db).await.unwrap(), 5);
        assert_eq!(names(&users[0].readers().order_by(|u| u.id.asc()).to_vec(&db).await.unwrap()), ["bob", "cid"]);
        let loaded = User::query().order_by(|u| u.id.asc()).with(|u| (u.received.count(), u.readers.order_by(|u| u.id.asc()))).to_vec(&db).await.unwrap();
        let loaded: Vec<_> = loaded.iter().map(|(_, (n, readers))| (*n, names(readers))).collect();
        assert_eq!(loaded, [(5, vec!["bob", "cid"]), (1, vec!["cid"]), (0, vec![])]);
        let read = User::query().filter(|u| u.readers.any(|r| r.name.eq("bob"))).to_vec(&db).await.unwrap();
        assert_eq!(names(&read), ["ann"]);
        let real = users[1].real().to_vec(&db).await.unwrap();
        assert_eq!(real, []);
        let ids: Vec<_> = users[0].real().limit(2).to_vec(&db).await.unwrap().into_iter().map(|comment| comment.id).collect();
        assert_eq!(ids, [5, 4]);
    }

    async fn a_path_ends_in_one_of_many_for_each_row_before(db) {
        let (users, _) = blog(&db).await;
        let ids = |comments: &[Comment]| comments.iter().map(|comment| comment.id).collect::<Vec<_>>();
        assert_eq!(ids(&users[0].last_words().order_by(|c| c.id.asc()).to_vec(&db).await.unwrap()), [4, 5]);
        let loads = User::query().order_by(|u| u.id.asc()).with(|u| (u.last_words.order_by(|c| c.id.asc()), u.last_words.count()));
        let loaded = loads.to_vec(&db).await.unwrap();
        let loaded: Vec<_> = loaded.iter().map(|(_, (words, count))| (ids(words), *count)).collect();
        assert_eq!(loaded, [(vec![4, 5], 2), (vec![6], 1), (vec![], 0)]);
        let by_cid = User::query().filter(|u| u.last_words.any(|c| c.author_id.eq(3))).order_by(|u| u.id.asc());
        assert_eq!(names(&by_cid.to_vec(&db).await.unwrap()), ["ann", "bob"]);
    }

    async fn a_path_over_one_of_many_takes_time_in_proportion_to_the_rows(db) {
        schema::create::<(User, Post, Comment, Tag)>(&db).await.unwrap();
        let user = User::create().name("ann").is_admin(false).insert(&db).await.unwrap();
        let post = user.posts().create().insert(&db).await.unwrap();
        let comments = (0..20_000).map(|_| post.comments().create().is_spam(false));
        Comment::insert_all(comments, &db).await.unwrap();
        let reads = async {
            assert_eq!(user.last_words().to_vec(&db).await.unwrap()[0].id, 20_000);
            assert_eq!(User::query().with(|u| u.last_words).to_vec(&db).await.unwrap()[0].1[0].id, 20_000);
        };
        // To choose anew for each of the rows took minutes.
        tokio::time::timeout(std::time::Duration::from_secs(30), reads).await.unwrap();
    }
}
