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

/// The function that tells the foreign keys of the relation.
pub(crate) fn references(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let marker = marker_ident(relation, model);
    quote!(__neko::references::<#marker>)
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
    let (marker, methods) = match relation.kind {
        RelationKind::HasMany => (marker(relation, model, has_many(relation, model)), has_many_methods(relation, model)),
        RelationKind::BelongsTo => {
            (marker(relation, model, belongs_to(relation, model)), belongs_to_methods(relation, model))
        }
    };
    let ident = model.ident;
    quote! {
        #marker
        #[allow(dead_code)]
        impl #ident {
            #methods
        }
    }
}

/// A type and a value: how a relation leads to its targets.
struct Way {
    ty: TokenStream,
    value: TokenStream,
    /// What else is emitted for it.
    rest: TokenStream,
}

/// Generic over the target, although there is only one: a type is as private as its arguments, and a target may be less
/// visible than the model.
fn marker(relation: &Relation, model: &Model<'_>, way: Way) -> TokenStream {
    let (ident, vis, target, marker) = (model.ident, model.vis, &relation.target, marker_ident(relation, model));
    let name = relation.name.unraw().to_string();
    let doc = format!(" The relation `{name}` of [`{ident}`].");
    let Way { ty, value, rest } = way;
    quote! {
        #[doc = #doc]
        #vis struct #marker<__T = #target>(::core::marker::PhantomData<__T>);
        #[automatically_derived]
        impl __neko::Relation for #marker {
            type Source = #ident;
            type Target = #target;
            type Way = #ty;
            const NAME: &'static str = #name;
            const WAY: Self::Way = #value;
        }
        #rest
    }
}

fn has_many(relation: &Relation, model: &Model<'_>) -> Way {
    let (ident, target) = (model.ident, &relation.target);
    let pairs = relation.pairs.iter().map(|Pair { own, other }| {
        let own = model.fields[*own].ident;
        pair(target, quote!(<#ident as __neko::Model>::COLUMNS.#own), foreign_column(target, other))
    });
    Way {
        ty: quote!(__neko::InTarget<#ident, #target>),
        value: quote!(__neko::InTarget::new(&[#(#pairs),*])),
        rest: foreign_key_of(relation, model),
    }
}

fn has_many_methods(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let (vis, name, marker) = (model.vis, &relation.name, marker_ident(relation, model));
    let doc = format!(" The rows of `{}` that refer to this one by `{}`.", relation.target_name(), others(relation));
    quote! {
        #[doc = #doc]
        #vis fn #name(&self) -> __neko::HasMany<'_, #marker> {
            __neko::has_many(self)
        }
    }
}

/// What the target's foreign key is like: generic over the target's builder, so that the compiler looks only when a verb needs it,
/// and a missing column is one error.
fn foreign_key_of(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let marker = marker_ident(relation, model);
    let mut bounds = TokenStream::new();
    let mut nullability = None;
    let mut create = quote!(__B);
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
        impl<__B: __neko::Builder> __neko::ForeignKeyOf<__B> for #marker
        where
            #bounds
        {
            type Nullability = #nullability;
            type Create = #create;
        }
    }
}

fn belongs_to(relation: &Relation, model: &Model<'_>) -> Way {
    let (ident, target) = (model.ident, &relation.target);
    let pairs = relation.pairs.iter().map(|Pair { own, other }| {
        let own = model.fields[*own].ident;
        pair(target, foreign_column(target, other), quote!(<#ident as __neko::Model>::COLUMNS.#own))
    });
    let types = relation.pairs.iter().map(|pair| model.fields[pair.own].ty);
    let nullable = quote!(false #(|| __neko::Is::<#types>::NULLABLE)*);
    Way {
        ty: quote!(__neko::InSource<#ident, #target, { #nullable }>),
        value: quote!(__neko::InSource::new(&[#(#pairs),*])),
        rest: TokenStream::new(),
    }
}

fn belongs_to_methods(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let (vis, name, marker) = (model.vis, &relation.name, marker_ident(relation, model));
    let name_mut = format_ident!("{}_mut", relation.name.unraw());
    let columns = relation.pairs.iter().map(|pair| model.fields[pair.own].column.as_str());
    let (target_name, columns) = (relation.target_name(), columns.collect::<Vec<_>>().join("`, `"));
    let doc = format!(" The row of `{target_name}` that this one refers to by `{columns}`.");
    let doc_mut = format!(" Changes which row of `{target_name}` this one refers to.");
    quote! {
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
