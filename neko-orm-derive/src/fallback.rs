//! What is emitted for something that cannot be a model at all: one mistake stays one error.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Path};

/// A model without columns.
pub(crate) fn expand(input: &DeriveInput, runtime: &Path) -> TokenStream {
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    if !input.generics.params.is_empty() {
        // A type parameter would have to be `'static`; nobody can name this model before it is mended anyway.
        return TokenStream::new();
    }
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Model for #ident #ty_generics #where_clause {
            type Columns = ();
            type Relations = ();
            type Values = ();
            type KeyColumns = #runtime::private::NoKey;
            type Create = #runtime::private::NoBuilder<Self>;
            const COLUMNS: () = ();
            const COLUMNS_AT: fn(#runtime::private::Alias) = |_| ();
            const RELATIONS: () = ();
            const UNSET: () = ();
            const MORPH: &'static str = "";
            const REFERENCES: #runtime::private::References = &[];
            const KEY: #runtime::private::NoKey = #runtime::private::NoKey;
            const TABLE: &'static #runtime::private::Table =
                &#runtime::private::Table { model: "", name: "", columns: &[], key: &[] };
            fn from_row(row: &#runtime::private::Row, _: usize) -> #runtime::Result<Self> {
                #runtime::private::unusable(row)
            }
            fn arguments(&self) -> ::std::vec::Vec<&dyn #runtime::private::Value> {
                ::std::vec::Vec::new()
            }
            fn new_arguments<'v>(_: &'v (), _: &mut #runtime::private::NewArguments<'v>) {}
        }
    }
}
