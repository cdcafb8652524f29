//! Polymorphic relations: rows that refer to rows of several models.

mod support;

use neko_orm::{Error, Model, schema};
use support::{counted, each, on_every_backend, recorded, run};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Comment, morph = commentable)]
#[has_one(Cover, morph = covered)]
#[belongs_to_many(Tag, through = "taggables", morph = taggable)]
struct Post {
    id: i64,
    title: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(morph = "picture")]
#[has_many(Comment, morph = commentable)]
#[has_one(Cover, morph = covered)]
#[belongs_to_many(Tag, through = "taggables", morph = taggable)]
struct Image {
    id: i64,
    url: String,
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
#[morph_to(Covered { Post, Image as Picture })]
struct Cover {
    id: i64,
    covered_id: i64,
    covered_type: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Post, through = "taggables", morphed_by = taggable)]
#[belongs_to_many(Image, through = "taggables", morphed_by = taggable)]
struct Tag {
    id: i64,
}

type Db = neko_orm::Pool;

/// A post and an image that share an id, with two comments and one.
async fn gallery(db: &Db) -> (Post, Image) {
    schema::create::<(Post, Image, Comment, Cover, Tag)>(db).await.unwrap();
    let post = Post::create().title("p").insert(db).await.unwrap();
    let image = Image::create().url("i").insert(db).await.unwrap();
    assert_eq!(post.id, image.id);
    for body in ["a", "b"] {
        post.comments().create().body(body).insert(db).await.unwrap();
    }
    image.comments().create().body("c").insert(db).await.unwrap();
    (post, image)
}

fn bodies(comments: &[Comment]) -> Vec<&str> {
    comments.iter().map(|comment| &*comment.body).collect()
}

on_every_backend! {
    async fn sources_of_two_types_share_ids_and_not_rows(db) {
        let (post, image) = gallery(&db).await;
        let (found, statements) = recorded(post.comments().to_vec(&db)).await;
        let found = found.unwrap();
        assert_eq!(bodies(&found), ["a", "b"]);
        assert_eq!((found[0].commentable_id, found[0].commentable_type.as_deref()), (Some(1), Some("post")));
        assert!(statements[0].ends_with(r#"WHERE "comments"."commentable_id" = ? AND "comments"."commentable_type" = ?"#), "{statements:?}");
        let found = image.comments().to_vec(&db).await.unwrap();
        assert_eq!((bodies(&found), found[0].commentable_type.as_deref()), (vec!["c"], Some("picture")));
        assert_eq!(post.comments().count(&db).await.unwrap(), 2);
        let loaded = Post::query().with(|p| (p.comments, p.comments.count())).to_vec(&db).await.unwrap();
        assert_eq!((bodies(&loaded[0].1.0), loaded[0].1.1), (vec!["a", "b"], 2));
        assert_eq!(Image::query().filter(|i| i.comments.any(|c| c.body.eq("a"))).count(&db).await.unwrap(), 0);
        assert_eq!(Post::query().filter(|p| p.comments.any(|c| c.body.eq("a"))).count(&db).await.unwrap(), 1);
    }

    async fn both_columns_are_set_and_cleared_together(db) {
        let (post, image) = gallery(&db).await;
        let mut comment = Comment::create().body("d").insert(&db).await.unwrap();
        assert_eq!(counted(image.comments().associate(&mut comment, &db)).await.1, 1);
        assert_eq!((comment.commentable_id, comment.commentable_type.as_deref()), (Some(1), Some("picture")));
        assert!(matches!(post.comments().dissociate(&mut comment, &db).await, Err(Error::NotAssociated { .. })));
        image.comments().dissociate(&mut comment, &db).await.unwrap();
        assert_eq!((comment.commentable_id, comment.commentable_type.clone()), (None, None));
        assert_eq!(Comment::get(comment.id, &db).await.unwrap(), comment);

        let (result, statements) = recorded(comment.commentable_mut().associate(&post, &db)).await;
        result.unwrap();
        assert_eq!(statements, [r#"UPDATE "comments" SET "commentable_id" = ?, "commentable_type" = ? WHERE "comments"."id" = ?"#]);
        assert_eq!(comment.commentable_type.as_deref(), Some("post"));
        assert!(matches!(comment.commentable_mut().dissociate(&image, &db).await, Err(Error::NotAssociated { .. })));
        comment.commentable_mut().dissociate(&post, &db).await.unwrap();
        assert_eq!((comment.commentable_id, comment.commentable_type.clone()), (None, None));
        comment.commentable_mut().associate_in_memory(&image);
        assert!(matches!(comment.commentable_mut().dissociate_in_memory(&post), Err(Error::NotAssociated { .. })));
        comment.save(&db).await.unwrap();
        comment.commentable_mut().unlink(&db).await.unwrap();
        assert_eq!(comment.commentable().get(&db).await.unwrap(), None);
        comment.commentable_mut().associate_in_memory(&image);
        comment.commentable_mut().unlink_in_memory();
        assert_eq!((comment.commentable_id, comment.commentable_type), (None, None));
    }

    async fn what_a_row_refers_to_is_one_of_an_enum(db) {
        let (post, image) = gallery(&db).await;
        let comments = Comment::query().order_by(|c| c.id.asc()).to_vec(&db).await.unwrap();
        assert_eq!(counted(comments[0].commentable().get(&db)).await, (Some(Commentable::Post(post.clone())), 1));
        match comments[2].commentable().get(&db).await.unwrap() {
            Some(Commentable::Image(found)) => assert_eq!(found, image),
            Some(Commentable::Post(_)) | None => panic!("not an image"),
        }
        assert_eq!(comments[0].commentable().of::<Post>().get(&db).await.unwrap(), Some(post.clone()));
        assert_eq!(comments[0].commentable().of::<Image>().get(&db).await.unwrap(), None);
        let nothing = Comment::create().body("x").insert(&db).await.unwrap();
        assert_eq!(counted(nothing.commentable().get(&db)).await, (None, 0));

        let loads = Comment::query().order_by(|c| c.id.asc()).with(|c| c.commentable);
        let (loaded, statements) = counted(loads.to_vec(&db)).await;
        assert_eq!(statements, each([1, 2, 3], &db));
        let found: Vec<_> = loaded.into_iter().map(|(_, found)| found).collect();
        let on_post = Some(Commentable::Post(post.clone()));
        assert_eq!(found, [on_post.clone(), on_post, Some(Commentable::Image(image)), None]);
        let on_posts = Comment::query().filter(|c| c.commentable.of::<Post>().is(|p| p.title.eq("p"))).to_vec(&db).await.unwrap();
        assert_eq!(bodies(&on_posts), ["a", "b"]);
        let posts = Comment::query().order_by(|c| c.id.asc()).limit(1).with(|c| c.commentable.of::<Post>().with(|p| p.comments.count())).to_vec(&db).await.unwrap();
        assert_eq!(posts[0].1, Some((post, 2)));
    }

    async fn an_unknown_type_is_an_error(db) {
        gallery(&db).await;
        run("UPDATE comments SET commentable_type = 'video' WHERE id = 2", &db).await;
        let comment = Comment::get(2, &db).await.unwrap();
        let message = r#"`commentable` of row 2 of `comments` refers to a row of "video", which is none of its models"#;
        let error = comment.commentable().get(&db).await.unwrap_err();
        assert!(matches!(error, Error::UnknownTag { .. }));
        assert_eq!(error.to_string(), message);
        assert_eq!(Comment::query().with(|c| c.commentable).to_vec(&db).await.unwrap_err().to_string(), message);
        // Without a key it refers to nothing, whatever the type says.
        run("UPDATE comments SET commentable_id = NULL WHERE id = 2", &db).await;
        let loaded = Comment::query().order_by(|c| c.id.asc()).with(|c| c.commentable).to_vec(&db).await.unwrap();
        assert!(loaded[0].1.is_some() && loaded[1].1.is_none());
    }

    async fn a_required_row_that_is_not_there_is_an_error(db) {
        let (post, _) = gallery(&db).await;
        let cover = post.cover().create().insert(&db).await.unwrap();
        assert_eq!(cover.covered().get(&db).await.unwrap(), Covered::Post(post.clone()));
        let image = Image::get(1, &db).await.unwrap();
        let other = image.cover().create().insert(&db).await.unwrap();
        assert_eq!((post.cover().get(&db).await.unwrap(), image.cover().get(&db).await.unwrap()), (Some(cover), Some(other.clone())));
        assert_eq!(other.covered().get(&db).await.unwrap(), Covered::Picture(image.clone()));
        image.delete(&db).await.unwrap();
        let error = other.covered().get(&db).await.unwrap_err();
        assert_eq!(error.to_string(), "`covered` of row 2 of `covers`: no row of `images` has the key 1");
        assert!(matches!(Cover::query().with(|c| c.covered).to_vec(&db).await, Err(Error::MissingTarget { .. })));
        let loaded = Cover::query().order_by(|c| c.id.asc()).with(|c| c.covered.optional()).to_vec(&db).await.unwrap();
        assert_eq!(loaded.into_iter().map(|(_, found)| found).collect::<Vec<_>>(), [Some(Covered::Post(post)), None]);
    }

    async fn detaching_from_a_post_leaves_an_images_tags(db) {
        let (post, image) = gallery(&db).await;
        let tags = Tag::insert_all((0..3).map(|_| Tag::create()), &db).await.unwrap();
        post.tags().associate(&tags, &db).await.unwrap();
        image.tags().associate(&tags[..2], &db).await.unwrap();
        post.tags().dissociate(&tags[0], &db).await.unwrap();
        assert_eq!((post.tags().count(&db).await.unwrap(), image.tags().count(&db).await.unwrap()), (2, 2));
        post.tags().clear(&db).await.unwrap();
        assert_eq!(image.tags().to_vec(&db).await.unwrap(), tags[..2]);
        image.tags().set([2, 3], &db).await.unwrap();
        assert_eq!(tags[1].images().to_vec(&db).await.unwrap(), std::slice::from_ref(&image));
        assert_eq!(tags[1].posts().to_vec(&db).await.unwrap(), []);
        tags[1].posts().associate(&post, &db).await.unwrap();
        tags[1].posts().toggle(&post, &db).await.unwrap();
        tags[1].posts().set([post.id], &db).await.unwrap();
        assert_eq!(post.tags().to_vec(&db).await.unwrap(), [tags[1].clone()]);
        let loaded = Tag::query().order_by(|t| t.id.asc()).with(|t| (t.posts, t.images)).to_vec(&db).await.unwrap();
        assert_eq!(loaded[1].1, (vec![post.clone()], vec![image.clone()]));
        assert_eq!(loaded[2].1, (vec![], vec![image.clone()]));
        let tagged = Image::query().filter(|i| i.tags.any(|t| t.id.eq(3))).to_vec(&db).await.unwrap();
        assert_eq!(tagged, [image]);
    }

    async fn it_works_in_other_tasks(db) {
        let (post, _) = gallery(&db).await;
        tokio::spawn(async move {
            let mut comment = Comment::get(3, &db).await.unwrap();
            comment.commentable_mut().associate(&post, &db).await.unwrap();
            assert_eq!(comment.commentable().get(&db).await.unwrap(), Some(Commentable::Post(post)));
            comment.commentable_mut().unlink(&db).await.unwrap();
            Comment::query().with(|c| c.commentable).to_vec(&db).await.unwrap();
        }).await.unwrap();
    }
}
