//! Generated code depends on no name of the user's, and trips none of the user's lints (`.ci/run` runs clippy on this).
#![deny(warnings, missing_docs, missing_debug_implementations, non_camel_case_types, rust_2018_idioms)]
#![deny(unreachable_pub, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery)]
// Those are about the models that are written here.
#![allow(clippy::derive_partial_eq_without_eq, clippy::redundant_pub_crate)]

/// Nothing of the prelude is in scope.
pub mod without_prelude {
    #![no_implicit_prelude]

    /// A post.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::cmp::PartialEq, ::neko_orm::Model)]
    #[has_many(Comment)]
    pub struct Post {
        /// The key.
        pub id: i64,
        /// The title.
        pub title: ::std::string::String,
    }

    /// A comment.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::cmp::PartialEq, ::neko_orm::Model)]
    #[belongs_to(Post)]
    pub struct Comment {
        /// The key.
        pub id: i64,
        /// The post.
        pub post_id: ::std::option::Option<i64>,
    }
}

/// Every kind of relation, with nothing of the prelude in scope.
pub mod every_kind_without_prelude {
    #![no_implicit_prelude]

    /// A person.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::cmp::PartialEq, ::std::cmp::Eq, ::neko_orm::Model)]
    #[has_one(Profile)]
    #[has_many(Post)]
    #[has_one(Post as last_post, latest = "id", scope = titled)]
    #[has_many(Tag as topics, through(posts, tags))]
    #[belongs_to_many(Person as following, through = Follow, from = "follower_id", to = "followed_id")]
    #[has_many(Note, morph = subject)]
    pub struct Person {
        /// The key.
        pub id: i64,
    }

    /// A profile.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::cmp::PartialEq, ::std::cmp::Eq, ::neko_orm::Model)]
    #[belongs_to(Person)]
    pub struct Profile {
        /// The key.
        pub id: i64,
        /// The person.
        pub person_id: ::std::option::Option<i64>,
    }

    /// A post.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::cmp::PartialEq, ::std::cmp::Eq, ::neko_orm::Model)]
    #[model(scope = titled, morph = "article")]
    #[belongs_to(Person, on_delete = cascade)]
    #[belongs_to_many(Tag)]
    #[belongs_to_many(Tag as labels, through = "taggables", morph = taggable)]
    #[has_one(Note, morph = subject)]
    pub struct Post {
        /// The key.
        pub id: i64,
        /// The person.
        pub person_id: i64,
        /// The title.
        pub title: ::std::string::String,
    }

    fn titled(posts: ::neko_orm::Query<Post>) -> ::neko_orm::Query<Post> {
        posts.filter(|p| p.title.ne(""))
    }

    /// A tag.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::cmp::PartialEq, ::std::cmp::Eq, ::neko_orm::Model)]
    #[belongs_to_many(Post)]
    #[belongs_to_many(Post as labelled, through = "taggables", morphed_by = taggable)]
    pub struct Tag {
        /// The key.
        pub id: i64,
    }

    /// Who follows whom.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::cmp::PartialEq, ::std::cmp::Eq, ::neko_orm::Model)]
    pub struct Follow {
        /// The follower.
        #[key]
        pub follower_id: i64,
        /// Whom.
        #[key]
        pub followed_id: i64,
        /// How.
        pub kind: ::std::string::String,
    }

    /// A note about something, by something.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::cmp::PartialEq, ::std::cmp::Eq, ::neko_orm::Model)]
    #[morph_to(Subject { Person, Post as Article })]
    #[morph_to(Author as by { Person, Tag })]
    pub struct Note {
        /// The key.
        pub id: i64,
        /// The subject.
        pub subject_id: ::std::option::Option<i64>,
        /// Its type.
        pub subject_type: ::std::option::Option<::std::string::String>,
        /// The author.
        pub by_id: i64,
        /// Its type.
        pub by_type: ::std::string::String,
    }
}

/// The names that generated code might use are the user's own.
pub mod with_names_taken {
    #![allow(dead_code)]

    use neko_orm::Model;

    struct Option;
    struct Result;
    struct String;
    struct Vec;
    struct Box;
    struct Default;
    struct Some;
    struct None;
    struct Ok;
    struct Err;
    struct Self_;
    struct Column;
    struct Table;
    struct Query;
    struct HasMany;
    struct HasOne;
    struct BelongsTo;
    struct BelongsToMany;
    struct MorphTo;
    struct Junction;
    struct Path;
    struct Tag;
    struct Pair;
    struct Relation;
    struct Missing;
    struct Provided;
    struct PhantomData;
    struct Title;
    struct E;
    trait From {}
    trait Into {}
    trait Send {}
    trait Sync {}
    trait Clone {}
    trait Drop {}
    mod std {}
    mod core {}
    mod sqlx {}

    /// A post.
    #[derive(Debug, Model)]
    #[has_many(Comment)]
    #[has_one(Comment as newest, latest = "id")]
    #[belongs_to_many(Comment as pinned)]
    #[has_many(Post as related, through(comments, post))]
    #[has_many(Comment as asides, morph = topic)]
    pub struct Post {
        id: i64,
        title: ::std::string::String,
        /// The name of a generic parameter that might be generated.
        e: i64,
        /// The names of locals that might be generated.
        db: i64,
        row: i64,
        model: i64,
        values: i64,
        value: i64,
        states: i64,
    }

    /// A comment.
    #[derive(Debug, Model)]
    #[belongs_to(Post)]
    #[morph_to(Topic { Post })]
    pub struct Comment {
        id: i64,
        post_id: ::std::option::Option<i64>,
        topic_id: i64,
        topic_type: ::std::string::String,
    }
}

/// Targets in other modules, less visible than the source, and names that are keywords.
pub mod visibility {
    mod other {
        use neko_orm::Model;

        /// A tag.
        #[derive(Debug, Clone, PartialEq, Eq, Model)]
        #[belongs_to_many(super::Post, through = super::Link, from = "r#type", to = "r#in")]
        pub(in super::super) struct Tag {
            pub(super) id: i64,
        }
    }

    use neko_orm::Model;

    #[derive(Debug, Clone, PartialEq, Eq, Model)]
    struct Link {
        #[key]
        r#type: i64,
        #[key]
        r#in: i64,
    }

    #[derive(Debug, Clone, PartialEq, Eq, Model)]
    struct Detail {
        id: i64,
        post_id: i64,
        r#for_id: i64,
        r#for_type: String,
    }

    /// A post.
    #[derive(Debug, Clone, PartialEq, Eq, Model)]
    #[belongs_to_many(other::Tag, through = Link, from = "r#in", to = "r#type")]
    #[belongs_to_many(other::Tag as r#type, through = "links", from = "in", to = "a column's name")]
    #[has_one(Detail)]
    #[has_one(Detail as r#match, latest = "id")]
    #[has_many(Detail as r#dyn, morph = r#for)]
    #[morph_to(Anything as r#as { Detail, other::Tag })]
    pub struct Post {
        id: i64,
        as_id: i64,
        as_type: String,
    }

    /// All of them, so that none is dead code.
    pub(super) fn names() -> String {
        let tag = other::Tag { id: 1 };
        let detail = Detail { id: 1, post_id: 1, for_id: 1, for_type: "post".into() };
        let post = Post { id: 1, as_id: 1, as_type: "tag".into() };
        let link = Link { r#type: 1, r#in: 1 };
        let handles =
            (post.tags(), post.r#type(), post.detail(), post.r#match(), post.r#dyn(), post.r#as(), tag.posts());
        format!("{handles:?} {link:?} {detail:?} {} {}", Anything::from_tag(tag.clone()).is_tag(), post.as_id)
    }

    impl Anything {
        const fn from_tag(tag: other::Tag) -> Self {
            Self::Tag(tag)
        }

        const fn is_tag(&self) -> bool {
            matches!(self, Self::Tag(_)) && !matches!(self, Self::Detail(_))
        }
    }
}

#[test]
fn private_targets_and_keywords_are_no_trouble() {
    let shown = visibility::names();
    assert!(shown.contains("posts.type of 1") && shown.contains("posts.as of 1"), "{shown}");
}

/// A struct that stays private, with fields of a private type, of which little is used.
mod private {
    use neko_orm::Model;

    #[derive(Debug, Clone, PartialEq, Eq, Model)]
    #[has_many(Comment)]
    pub(super) struct Post {
        id: i64,
    }

    #[derive(Debug, Clone, PartialEq, Eq, Model)]
    #[belongs_to(Post)]
    pub(super) struct Comment {
        id: i64,
        post_id: Option<i64>,
    }
}

/// A public struct whose field is of a type that is not public.
pub mod hidden_field {
    use neko_orm::Model;

    type Hidden = i64;

    /// A counter.
    #[derive(Debug, Clone, PartialEq, Eq, Model)]
    pub struct Counter {
        id: i64,
        count: Hidden,
    }
}

/// Other derives go with a model, related rows never live inside it.
pub mod with_serde {
    use neko_orm::Model;
    use serde::{Deserialize, Serialize};

    /// A post.
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Model)]
    #[serde(rename_all = "camelCase")]
    #[has_many(Comment)]
    pub struct Post {
        /// The key.
        pub id: i64,
        /// The title.
        #[serde(default)]
        pub post_title: String,
    }

    /// A comment.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Model)]
    #[belongs_to(Post)]
    pub struct Comment {
        /// The key.
        pub id: i64,
        /// The post.
        pub post_id: i64,
    }
}

/// A model inside a function.
#[test]
fn a_model_can_be_local_to_a_function() {
    use neko_orm::Model;

    #[derive(Debug, Clone, PartialEq, Eq, Model)]
    struct Local {
        id: i64,
    }
    assert_eq!(Local { id: 1 }.key(), 1);
}

#[test]
fn a_model_is_a_plain_struct() {
    use with_serde::Post;

    let post: Post = serde_json::from_str(r#"{ "id": 1, "postTitle": "a" }"#).unwrap();
    assert_eq!(post, Post { id: 1, post_title: "a".to_owned() });
    assert_eq!(serde_json::to_string(&post).unwrap(), r#"{"id":1,"postTitle":"a"}"#);
    assert_eq!(size_of::<Post>(), size_of::<(i64, String)>());
}

#[test]
fn private_models_compile() {
    assert!(size_of::<private::Post>() < size_of::<private::Comment>());
}
