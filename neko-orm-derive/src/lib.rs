//! The derive macro of [neko-orm](https://docs.rs/neko-orm); see there.

mod attr;
mod check;
mod combine;
mod expand;
mod fallback;
mod model;
mod name;
mod pairs;
mod relation;

use proc_macro::TokenStream;

#[doc = include_str!("model.md")]
#[proc_macro_derive(Model, attributes(model, key, column, has_many, has_one, belongs_to, belongs_to_many, morph_to))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    match syn::parse(input) {
        Ok(input) => expand::derive(&input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}
