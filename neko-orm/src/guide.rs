//! How to ask and what is sent, a chapter at a time.

#[doc = include_str!("guide/queries.md")]
pub mod queries {}

#[doc = include_str!("guide/eager_loading.md")]
pub mod eager_loading {}

#[doc = include_str!("guide/trees.md")]
pub mod trees {}

#[doc = include_str!("guide/nested_create.md")]
pub mod nested_create {}

#[doc = include_str!("guide/schema.md")]
pub mod schema {}
