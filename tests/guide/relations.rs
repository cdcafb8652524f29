//! A chapter for each kind of relation.

use neko_orm::{Model, Query, schema};

use crate::statements;
use crate::support::recorded;

/// One to many and many to one.
mod comments {
    use super::*;

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
        body: String,
    }

    async fn posts() -> (sqlx::SqlitePool, Vec<Post>, Comment) {
        let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
        schema::create::<(Post, Comment)>(&db).await.unwrap();
        let posts = Post::insert_all(["a", "b"].map(|title| Post::create().title(title)), &db).await.unwrap();
        let comment = Comment::create().body("a").insert(&db).await.unwrap();
        (db, posts, comment)
    }

    #[tokio::test]
    async fn has_many() {
        let (db, posts, mut comment) = posts().await;
        let mut second = Comment::create().body("b").insert(&db).await.unwrap();
        let calls = async {
            posts[0].comments().to_vec(&db).await?;
            posts[0].comments().associate([&mut comment, &mut second], &db).await?;
            posts[0].comments().dissociate(&mut comment, &db).await?;
            Post::query().with(|p| p.comments).to_vec(neko_orm::RowByRow(&db)).await?;
            Post::query().filter(|p| p.comments.any(|c| c.body.eq("b"))).to_vec(&db).await
        };
        let (result, mut sent) = recorded(calls).await;
        assert_eq!(result.unwrap(), posts[..1]);
        sent.remove(3); // the posts
        assert_eq!(sent, statements(include_str!("../../neko-orm/src/guide/has_many.md")));
    }

    #[tokio::test]
    async fn belongs_to() {
        let (db, posts, mut comment) = posts().await;
        posts[1].comments().create().body("b").insert(&db).await.unwrap();
        let calls = async {
            comment.post_mut().associate(&posts[0], &db).await?;
            comment.post().get(&db).await?;
            comment.post_mut().dissociate(&posts[0], &db).await?;
            comment.post_mut().unlink(&db).await?;
            comment.post().get(&db).await?;
            comment.post_mut().associate(&posts[0], &db).await?;
            Comment::query().with(|c| c.post).to_vec(neko_orm::RowByRow(&db)).await?;
            Comment::query().filter(|c| c.post.is(|p| p.title.eq("a"))).to_vec(&db).await?;
            Comment::query().order_by(|c| c.post.map(|p| p.title).asc()).to_vec(&db).await
        };
        let (result, mut sent) = recorded(calls).await;
        assert_eq!(result.unwrap().len(), 2);
        sent.drain(4..6); // the second association, and the comments
        assert_eq!(sent, statements(include_str!("../../neko-orm/src/guide/belongs_to.md")));
    }
}

/// One to one, and one of many.
mod profiles {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[has_one(Profile)]
    #[has_many(Login)]
    #[has_one(Login as last_login, latest = "at")]
    struct User {
        id: i64,
        name: String,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(User)]
    struct Profile {
        id: i64,
        user_id: Option<i64>,
        text: String,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    struct Login {
        id: i64,
        user_id: i64,
        at: i64,
    }

    #[tokio::test]
    async fn has_one() {
        let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
        schema::create::<(User, Profile, Login)>(&db).await.unwrap();
        let users = User::insert_all(["Ann", "Bob"].map(|name| User::create().name(name)), &db).await.unwrap();
        let user = &users[0];
        user.profile().create().text("old").insert(&db).await.unwrap();
        let mut new = Profile::create().text("new").insert(&db).await.unwrap();
        let calls = async {
            user.profile().get(&db).await?;
            user.profile().associate(&mut new, &db).await?;
            user.last_login().get(&db).await?;
            User::query().with(|u| u.last_login).to_vec(neko_orm::RowByRow(&db)).await
        };
        let (result, mut sent) = recorded(calls).await;
        assert_eq!(result.unwrap().len(), 2);
        sent.remove(4); // the users
        assert_eq!(sent, statements(include_str!("../../neko-orm/src/guide/has_one.md")));
    }
}

/// Many to many.
mod tags {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to_many(Tag)]
    struct Post {
        id: i64,
        title: String,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to_many(Post)]
    struct Tag {
        id: i64,
        name: String,
    }

    #[tokio::test]
    async fn many_to_many() {
        let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
        let (result, mut created) = recorded(schema::create::<(Post, Tag)>(&db)).await;
        result.unwrap();
        created.retain(|statement| statement.contains("post_tag"));
        let posts = Post::insert_all(["a", "b"].map(|title| Post::create().title(title)), &db).await.unwrap();
        let post = &posts[0];
        let tags = Tag::insert_all(["a", "b", "c"].map(|name| Tag::create().name(name)), &db).await.unwrap();
        let calls = async {
            post.tags().associate(&tags[..2], &db).await?;
            post.tags().to_vec(&db).await?;
            post.tags().set(&tags[1..], &db).await?;
            post.tags().clear(&db).await?;
            Post::query().with(|p| p.tags).to_vec(neko_orm::RowByRow(&db)).await?;
            Post::query().filter(|p| p.tags.any(|t| t.name.eq("a"))).to_vec(&db).await
        };
        let (result, mut sent) = recorded(calls).await;
        assert_eq!(result.unwrap(), []);
        sent.remove(6); // the posts
        sent.extend(created);
        assert_eq!(sent, statements(include_str!("../../neko-orm/src/guide/many_to_many.md")));
    }
}

/// Over two relations.
mod paths {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[has_many(Comment)]
    #[has_many(User as commenters, through(comments, author))]
    struct Post {
        id: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(User as author)]
    struct Comment {
        id: i64,
        post_id: i64,
        author_id: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    struct User {
        id: i64,
        name: String,
    }

    #[tokio::test]
    async fn through() {
        let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
        schema::create::<(Post, Comment, User)>(&db).await.unwrap();
        let posts = Post::insert_all([Post::create(), Post::create()], &db).await.unwrap();
        let post = &posts[0];
        let calls = async {
            post.commenters().to_vec(&db).await?;
            Post::query().with(|p| p.commenters).to_vec(neko_orm::RowByRow(&db)).await?;
            Post::query().filter(|p| p.commenters.any(|u| u.name.eq("Ann"))).to_vec(&db).await
        };
        let (result, mut sent) = recorded(calls).await;
        assert_eq!(result.unwrap(), []);
        sent.remove(1); // the posts
        assert_eq!(sent, statements(include_str!("../../neko-orm/src/guide/through.md")));
    }
}

/// To rows of several models.
mod morphs {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[has_many(Comment, morph = commentable)]
    #[belongs_to_many(Tag, through = "taggables", morph = taggable)]
    struct Post {
        id: i64,
        title: String,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[model(morph = "picture")]
    #[has_many(Comment, morph = commentable)]
    #[belongs_to_many(Tag, through = "taggables", morph = taggable)]
    struct Image {
        id: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[morph_to(Commentable { Post, Image })]
    struct Comment {
        id: i64,
        commentable_id: Option<i64>,
        commentable_type: Option<String>,
        body: String,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to_many(Post, through = "taggables", morphed_by = taggable)]
    #[belongs_to_many(Image, through = "taggables", morphed_by = taggable)]
    struct Tag {
        id: i64,
        name: String,
    }

    #[tokio::test]
    async fn polymorphic() {
        let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
        let (result, mut created) = recorded(schema::create::<(Post, Image, Comment, Tag)>(&db)).await;
        result.unwrap();
        created.retain(|statement| statement.contains("taggables"));
        let (post, image) = (Post::create().title("a"), Image::create());
        let (post, image) = (post.insert(&db).await.unwrap(), image.insert(&db).await.unwrap());
        let mut comment = post.comments().create().body("a").insert(&db).await.unwrap();
        let calls = async {
            post.comments().to_vec(&db).await?;
            comment.commentable_mut().associate(&image, &db).await?;
            Comment::query().filter(|c| c.commentable.of::<Post>().is(|p| p.title.eq("a"))).to_vec(&db).await?;
            post.tags().to_vec(&db).await
        };
        let (result, mut sent) = recorded(calls).await;
        assert_eq!(result.unwrap(), []);
        sent.extend(created);
        assert_eq!(sent, statements(include_str!("../../neko-orm/src/guide/polymorphic.md")));
    }
}

/// Which rows are meant.
mod scoped {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[has_many(Note)]
    #[has_many(Note as important, scope = important)]
    struct User {
        id: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[model(scope = not_deleted)]
    struct Note {
        id: i64,
        user_id: i64,
        rank: i64,
        is_deleted: bool,
    }

    fn not_deleted(notes: Query<Note>) -> Query<Note> {
        notes.filter(|n| !n.is_deleted)
    }

    fn important(notes: Query<Note>) -> Query<Note> {
        notes.filter(|n| n.rank.gt(5)).order_by(|n| n.rank.desc())
    }

    #[tokio::test]
    async fn scopes() {
        let db = neko_orm::sqlite::connect("sqlite::memory:").await.unwrap();
        schema::create::<(User, Note)>(&db).await.unwrap();
        let user = User::create().insert(&db).await.unwrap();
        let calls = async {
            Note::find(1, &db).await?;
            user.important().to_vec(&db).await?;
            user.important().unscoped().order_by(|n| n.id.asc()).to_vec(&db).await?;
            User::query().filter(|u| u.notes.any(|n| n.rank.gt(5))).to_vec(&db).await
        };
        let (result, sent) = recorded(calls).await;
        assert_eq!(result.unwrap(), []);
        assert_eq!(sent, statements(include_str!("../../neko-orm/src/guide/scopes.md")));
    }
}
