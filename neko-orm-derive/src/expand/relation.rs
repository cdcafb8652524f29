//! A relation: a marker type that carries its facts, and the methods that return its handle.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, Path};

use super::idents::marker_ident;
use crate::attr::RelationKind;
use crate::model::{Model, Pair, Relation};
use crate::name;

/// The function that tells the foreign key of the relation.
pub(crate) fn reference(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let marker = marker_ident(relation, model);
    match relation.kind {
        RelationKind::HasMany => quote!(__neko::has_many_reference::<#marker>),
        RelationKind::BelongsTo => quote!(__neko::belongs_to_reference::<#marker>),
    }
}

/// The type of the relation in the closures of queries.
pub(crate) fn related_type(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let marker = marker_ident(relation, model);
    match relation.kind {
        RelationKind::HasMany => quote!(__neko::RelatedMany<#marker>),
        RelationKind::BelongsTo => quote!(__neko::RelatedOne<#marker>),
    }
}

pub(crate) fn expand(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let marker = marker(relation, model);
    let kind = match relation.kind {
        RelationKind::HasMany => has_many(relation, model),
        RelationKind::BelongsTo => belongs_to(relation, model),
    };
    quote!(#marker #kind)
}

/// Generic over the target, although there is only one: a type is as private as its arguments, and a target may be less
/// visible than the model.
fn marker(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let (ident, vis, target, marker) = (model.ident, model.vis, &relation.target, marker_ident(relation, model));
    let name = relation.name.unraw().to_string();
    let doc = format!(" The relation `{name}` of [`{ident}`].");
    quote! {
        #[doc = #doc]
        #vis struct #marker<__T = #target>(::core::marker::PhantomData<__T>);
        #[automatically_derived]
        impl __neko::Relation for #marker {
            type Source = #ident;
            type Target = #target;
            const NAME: &'static str = #name;
        }
    }
}

fn has_many(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let (ident, vis, target, name) = (model.ident, model.vis, &relation.target, &relation.name);
    let marker = marker_ident(relation, model);
    let pairs = relation.pairs.iter().map(|Pair { own, other }| {
        let own = model.fields[*own].ident;
        pair(target, quote!(<#ident as __neko::Model>::COLUMNS.#own), foreign_column(target, other))
    });
    let foreign_key = foreign_key_of(relation, model);
    let doc = format!(" The rows of `{}` that refer to this one by `{}`.", relation.target_name(), others(relation));
    quote! {
        #[automatically_derived]
        impl __neko::HasManyRelation for #marker {
            const PAIRS: &'static [&'static dyn __neko::KeyPair<#ident, #target>] = &[#(#pairs),*];
        }
        #foreign_key
        #[allow(dead_code)]
        impl #ident {
            #[doc = #doc]
            #vis fn #name(&self) -> __neko::HasMany<'_, #marker> {
                __neko::has_many(self)
            }
        }
    }
}

/// What the target's foreign key is like: generic over the target, so that the compiler looks only when a verb needs it,
/// and a missing column is one error.
fn foreign_key_of(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let marker = marker_ident(relation, model);
    let mut bounds = TokenStream::new();
    let mut nullability = None;
    let mut create = quote!(__T::Create);
    for Pair { other, .. } in &relation.pairs {
        let hash = name::hash(other);
        let column = quote!(__neko::ColumnNamed<#hash>);
        bounds.extend(quote!(#create: #column,));
        let this = quote!(<#create as #column>::Nullability);
        nullability = Some(match nullability {
            Some(earlier) => quote!(__neko::Either<#earlier, #this>),
            None => this,
        });
        create = quote!(<#create as #column>::Provided);
    }
    let nullability = nullability.unwrap_or_else(|| quote!(__neko::Nullability<true>));
    quote! {
        #[automatically_derived]
        impl<__T: __neko::Model> __neko::ForeignKeyOf<__T> for #marker
        where
            #bounds
        {
            type Nullability = #nullability;
            type Create = #create;
        }
    }
}

fn belongs_to(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let (ident, vis, target, name) = (model.ident, model.vis, &relation.target, &relation.name);
    let (marker, name_mut) = (marker_ident(relation, model), format_ident!("{}_mut", relation.name.unraw()));
    let own = || relation.pairs.iter().map(|pair| &model.fields[pair.own]);
    let pairs = relation.pairs.iter().map(|Pair { own, other }| {
        let own = model.fields[*own].ident;
        pair(target, foreign_column(target, other), quote!(<#ident as __neko::Model>::COLUMNS.#own))
    });
    let types = own().map(|field| field.ty);
    let columns: Vec<_> = own().map(|field| field.column.as_str()).collect();
    let target_name = relation.target_name();
    let doc = format!(" The row of `{target_name}` that this one refers to by `{}`.", columns.join("`, `"));
    let doc_mut = format!(" Changes which row of `{target_name}` this one refers to.");
    quote! {
        #[automatically_derived]
        impl __neko::BelongsToRelation for #marker {
            type Nullability = __neko::Nullability<{ false #(|| __neko::Is::<#types>::NULLABLE)* }>;
            const PAIRS: &'static [&'static dyn __neko::KeyPair<#target, #ident>] = &[#(#pairs),*];
        }
        #[allow(dead_code)]
        impl #ident {
            #[doc = #doc]
            #vis fn #name(&self) -> __neko::BelongsTo<'_, #marker> {
                __neko::belongs_to(self)
            }
            #[doc = #doc_mut]
            #vis fn #name_mut(&mut self) -> __neko::BelongsToMut<'_, #marker> {
                __neko::belongs_to_mut(self)
            }
        }
    }
}

/// The target's column, spanned so that the compiler points at what the user wrote.
fn foreign_column(target: &Path, other: &Ident) -> TokenStream {
    let columns = quote_spanned!(target.span()=> <#target as __neko::Model>::COLUMNS);
    quote_spanned!(other.span()=> #columns.#other)
}

/// A key and a foreign key, spanned so that the compiler reports a difference of their types at the target.
fn pair(target: &Path, key: TokenStream, foreign_key: TokenStream) -> TokenStream {
    quote_spanned!(target.span()=> &__neko::Pair::new(#key, #foreign_key))
}

fn others(relation: &Relation) -> String {
    let others: Vec<_> = relation.pairs.iter().map(|pair| pair.other.unraw().to_string()).collect();
    others.join("`, `")
}
