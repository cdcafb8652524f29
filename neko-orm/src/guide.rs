//! How to ask and what is sent, a chapter at a time.

#[doc = include_str!("guide/queries.md")]
pub mod queries {}

#[doc = include_str!("guide/eager_loading.md")]
pub mod eager_loading {}

#[doc = include_str!("guide/has_many.md")]
pub mod has_many {}

#[doc = include_str!("guide/belongs_to.md")]
pub mod belongs_to {}

#[doc = include_str!("guide/has_one.md")]
pub mod has_one {}

#[doc = include_str!("guide/many_to_many.md")]
pub mod many_to_many {}

#[doc = include_str!("guide/through.md")]
pub mod through {}

#[doc = include_str!("guide/polymorphic.md")]
pub mod polymorphic {}

#[doc = include_str!("guide/scopes.md")]
pub mod scopes {}

#[doc = include_str!("guide/trees.md")]
pub mod trees {}

#[doc = include_str!("guide/nested_create.md")]
pub mod nested_create {}

#[doc = include_str!("guide/schema.md")]
pub mod schema {}

#[doc = include_str!("guide/databases.md")]
pub mod databases {}
