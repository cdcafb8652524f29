//! Generated code depends on no name of the user's, and trips none of the user's lints (`.ci/run` runs clippy on this).
#![deny(missing_docs, unused_qualifications, warnings, clippy::all, clippy::pedantic)]

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
    struct BelongsTo;
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
    pub struct Comment {
        id: i64,
        post_id: ::std::option::Option<i64>,
    }
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
