//! The facts of a model: its columns, its key, its table.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Index;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::create;
use super::idents::{columns_ident, relations_ident};
use crate::attr::Default;
use crate::model::{Field, Model, Relation};

pub(crate) fn expand(model: &Model<'_>) -> TokenStream {
    let (columns, implementation) = (columns(model), implementation(model));
    quote!(#columns #implementation)
}

fn columns(model: &Model<'_>) -> TokenStream {
    let (ident, vis, columns) = (model.ident, model.vis, columns_ident(model));
    let doc = format!(" The columns and relations of [`{ident}`].");
    let fields = model.fields.iter().map(|field| {
        let Field { ident: name, ty, column, .. } = field;
        let doc = format!(" `{}.{column}`", model.table);
        quote!(#[doc = #doc] pub #name: __neko::Column<#ident, #ty>)
    });
    let constants = model.fields.iter().map(|field| column(field, model));
    let relations: Vec<_> = query_relations(model).collect();
    let names: Vec<_> = relations.iter().map(|relation| &relation.name).collect();
    let constructors = relations.iter().map(|relation| super::relation::constructor(relation));
    let types: Vec<_> = relations.iter().map(|relation| super::relation::related_type(relation, model)).collect();
    let docs: Vec<_> = names.iter().map(|name| format!(" The relation `{name}`.")).collect();
    let (relations_ident, doc_relations) = (relations_ident(model), format!(" The relations of [`{ident}`]."));
    quote! {
        #[doc = #doc]
        #vis struct #columns { #(#fields,)* #(#[doc = #docs] pub #names: #types,)* }
        #[inline]
        const fn __columns(alias: __neko::Alias) -> #columns {
            #columns { #(#constants,)* #(#names: #constructors::new(alias),)* }
        }
        #[doc = #doc_relations]
        #vis struct #relations_ident { #(#[doc = #docs] pub #names: #types,)* }
    }
}

/// The relations in the closures of queries. One that is named like a column is reported elsewhere.
fn query_relations<'m>(model: &'m Model<'_>) -> impl Iterator<Item = &'m Relation> {
    model.relations.iter().filter(|relation| model.position(&relation.name).is_none())
}

fn implementation(model: &Model<'_>) -> TokenStream {
    let (ident, table, key) = (model.ident, &model.table, &model.key);
    let (columns, values, unset) = (columns_ident(model), create::values_type(model), create::unset(model));
    let (create, types) = (create::initial(model), model.fields.iter().map(|field| field.ty));
    let indexes: Vec<_> = model.fields.iter().map(|field| Index::from(field.index)).collect();
    let names: Vec<_> = model.fields.iter().map(|field| field.ident).collect();
    let (key_columns, key_constant) = key_facts(model);
    let (relations, model_name) = (relations_ident(model), ident.unraw().to_string());
    let morph = &model.morph;
    let scope = model.scope.as_ref().map(|scope| {
        quote! {
            const SCOPE: ::core::option::Option<__neko::ScopeFn<Self>> = ::core::option::Option::Some(#scope);
        }
    });
    let relation_names = query_relations(model).map(|relation| &relation.name);
    let constructors = query_relations(model).map(super::relation::constructor);
    let references = model.relations.iter().map(|relation| super::relation::references(relation, model));
    // Apart from `COLUMNS`, whose accessors would be compiled for each model that names it.
    quote! {
        const __STORED: &(#(__neko::Stored<#types>,)*) = &(#(<#ident as __neko::Model>::COLUMNS.#names.stored(),)*);
        #[automatically_derived]
        impl __neko::Model for #ident {
            type Columns = #columns;
            type Relations = #relations;
            type Values = #values;
            type KeyColumns = #key_columns;
            type Create = #create;
            const COLUMNS: #columns = __columns(__neko::Alias::TABLE);
            const COLUMNS_AT: fn(__neko::Alias) -> #columns = __columns;
            const RELATIONS: #relations = #relations { #(#relation_names: #constructors::new(__neko::Alias::LOADED),)* };
            const UNSET: Self::Values = #unset;
            const MORPH: &'static str = #morph;
            #scope
            const REFERENCES: __neko::References = &[#(#references),*];
            const KEY: #key_columns = #key_constant;
            const TABLE: &'static __neko::Table = &__neko::Table {
                model: #model_name,
                name: #table,
                columns: &[#(__STORED.#indexes.facts()),*],
                key: &[#(#key),*],
            };
            fn from_row(row: &__neko::Row, first: usize) -> __neko::Result<Self> {
                __neko::Result::Ok(Self { #(#names: __STORED.#indexes.read(row, first, Self::TABLE)?),* })
            }
            fn arguments(&self) -> ::std::vec::Vec<&dyn __neko::Value> {
                __neko::vec([#(__STORED.#indexes.argument(&self.#names)),*])
            }
            fn new_arguments<'v>(new: &'v Self::Values, to: &mut __neko::NewArguments<'v>) {
                to.add([#(__STORED.#indexes.new_argument(&new.#indexes)),*])
            }
        }
    }
}

fn column(field: &Field<'_>, model: &Model<'_>) -> TokenStream {
    let Field { index, ident, ty, column, .. } = field;
    let position = Index::from(*index);
    let default = match &field.default {
        Some(Default::Database) if model.key == [field.index] => quote!(.generated()),
        Some(Default::Database) => quote!(.with_default(__neko::Default::Database)),
        Some(Default::Expression(sql)) => quote!(.with_default(__neko::Default::Expression(#sql))),
        None if model.is_generated(field) => quote!(.generated()),
        None => TokenStream::new(),
    };
    // Spanned on the type: here, and nowhere else, the compiler asks whether it can be stored.
    let new = quote_spanned!(ty.span()=> __neko::Column::new);
    quote! {
        #ident: #new(
            alias,
            __neko::Facts::new(#index, #column, __neko::Is::<#ty>::NULL) #default,
            |model| &model.#ident,
            |model| &mut model.#ident,
            |values| &mut values.#position,
        )
    }
}

/// The type of the key's columns, and the columns: tuples where there are several.
fn key_facts(model: &Model<'_>) -> (TokenStream, TokenStream) {
    let ident = model.ident;
    let columns = model.key_fields().map(|field| {
        let ty = field.ty;
        quote_spanned!(ty.span()=> __neko::Column<#ident, #ty>)
    });
    let constants = model.key_fields().map(|field| field.ident).map(|name| quote!(Self::COLUMNS.#name));
    match model.key.len() {
        0 => (quote!(__neko::NoKey), quote!(__neko::NoKey)),
        1 => (quote!(#(#columns)*), quote!(#(#constants)*)),
        _ => (quote!((#(#columns,)*)), quote!((#(#constants,)*))),
    }
}
