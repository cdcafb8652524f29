//! The names of the types that are emitted. They must differ from names that users give to types of their own, since
//! the field types that users write are resolved among them.

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;

use crate::model::{Field, Model, Relation};
use crate::name;

/// The struct of a model's columns.
pub(crate) fn columns_ident(model: &Model<'_>) -> Ident {
    format_ident!("{}Columns", model.ident)
}

/// The struct of a model's relations.
pub(crate) fn relations_ident(model: &Model<'_>) -> Ident {
    format_ident!("{}Relations", model.ident)
}

/// The builder of a new row.
pub(crate) fn create_ident(model: &Model<'_>) -> Ident {
    format_ident!("__{}Create", model.ident)
}

/// The type parameter of a required column. With the position, since camel case is the same for `x1` and `x_1`.
pub(crate) fn state_ident(field: &Field<'_>) -> Ident {
    format_ident!("__{}_{}", name::camel(field.ident), field.index)
}

/// The type that names a required column in the compiler's message, as `Post_title`. A message of its own for each column
/// would need `#[diagnostic]`, which is not in scope under `#![no_implicit_prelude]`.
pub(crate) fn column_ident(field: &Field<'_>, model: &Model<'_>) -> Ident {
    format_ident!("{}_{}", model.ident, field.ident.unraw())
}

/// The type that stands for a relation, as `Post_comments_relation`.
pub(crate) fn marker_ident(relation: &Relation, model: &Model<'_>) -> Ident {
    format_ident!("{}_{}_relation", model.ident, relation.name.unraw())
}
