//! A relation: a marker type that carries its facts, and the methods that return its handle.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::idents::marker_ident;
use super::{morph, way};
use crate::attr::RelationKind;
use crate::model::{Junction, JunctionTable, Model, Relation, Way};

/// The function that tells the foreign keys of the relation.
pub(crate) fn references(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let marker = marker_ident(relation, model);
    match relation.way {
        Way::Morph { .. } => quote!(__neko::morph_references::<#marker>),
        _ => quote!(__neko::references::<#marker>),
    }
}

/// The type of the relation in the closures of queries.
pub(crate) fn related_type(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let marker = marker_ident(relation, model);
    match relation.kind {
        RelationKind::HasMany | RelationKind::BelongsToMany => quote!(__neko::RelatedMany<#marker>),
        RelationKind::HasOne => quote!(__neko::RelatedMaybe<#marker>),
        RelationKind::BelongsTo => quote!(__neko::RelatedOne<#marker>),
        RelationKind::MorphTo => quote!(__neko::RelatedMorph<#marker>),
    }
}

/// What makes it.
pub(crate) fn constructor(relation: &Relation) -> TokenStream {
    match relation.kind {
        RelationKind::MorphTo => quote!(__neko::RelatedMorph),
        _ => quote!(__neko::Related),
    }
}

pub(crate) fn expand(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let marker = match relation.kind {
        RelationKind::MorphTo => morph::marker(relation, model),
        _ => marker(relation, model),
    };
    let foreign_key =
        if way::has_builder(relation) { way::foreign_key_of(relation, model) } else { TokenStream::new() };
    let (ident, methods, nullable) = (model.ident, methods(relation, model), way::nullable(relation, model));
    quote! {
        #marker
        #foreign_key
        #nullable
        impl #ident {
            #methods
        }
    }
}

/// Generic over the target and the junction, although there is only one of each: a type is as private as its arguments, and these may be
/// less visible than the model.
fn marker(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let (ident, vis, target, marker) = (model.ident, model.vis, &relation.target, marker_ident(relation, model));
    let name = relation.name.unraw().to_string();
    let doc = format!(" The relation `{name}` of [`{ident}`].");
    let (ty, way) = way::way(relation, model);
    let scope = relation.options.scope.as_ref().map(|scope| {
        quote! {
            const SCOPE: ::core::option::Option<__neko::ScopeFn<#target>> = ::core::option::Option::Some(#scope);
        }
    });
    let (parameters, holds) = match &relation.way {
        Way::Junction(Junction { table: JunctionTable::Model(junction), .. }) => {
            (quote!(__T = #target, __J = #junction), quote!((__T, __J)))
        }
        _ => (quote!(__T = #target), quote!(__T)),
    };
    quote! {
        #[doc = #doc]
        #vis struct #marker<#parameters>(::core::marker::PhantomData<#holds>);
        impl __neko::Relation for #marker {
            type Source = #ident;
            type Target = #target;
            type Way = #ty;
            const NAME: &'static str = #name;
            const WAY: Self::Way = #way;
            #scope
        }
    }
}

/// The method that returns the relation's handle, and the one for the handle that changes the source.
fn methods(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let (vis, name, marker) = (model.vis, &relation.name, marker_ident(relation, model));
    let doc = doc(relation, model);
    let (handle, function) = match (relation.kind, &relation.way) {
        (_, Way::Path { .. }) => (quote!(HasManyThrough), quote!(has_many_through)),
        (RelationKind::HasMany, _) => (quote!(HasMany), quote!(has_many)),
        (RelationKind::HasOne, _) if relation.options.pick.is_some() => (quote!(OneOfMany), quote!(one_of_many)),
        (RelationKind::HasOne, _) => (quote!(HasOne), quote!(has_one)),
        (RelationKind::BelongsTo, _) => (quote!(BelongsTo), quote!(belongs_to)),
        (RelationKind::BelongsToMany, _) => (quote!(BelongsToMany), quote!(belongs_to_many)),
        (RelationKind::MorphTo, _) => (quote!(MorphTo), quote!(morph_to)),
    };
    let method = quote! {
        #[doc = #doc]
        #vis fn #name(&self) -> __neko::#handle<'_, #marker> {
            __neko::#function(self)
        }
    };
    if !matches!(relation.kind, RelationKind::BelongsTo | RelationKind::MorphTo) {
        return method;
    }
    let (name_mut, function_mut) =
        (format_ident!("{}_mut", name.unraw()), format_ident!("{}_mut", function.to_string()));
    let handle_mut = format_ident!("{}Mut", handle.to_string());
    let doc_mut = format!(" Changes which row of `{}` this one refers to.", relation.target_name());
    quote! {
        #method
        #[doc = #doc_mut]
        #vis fn #name_mut(&mut self) -> __neko::#handle_mut<'_, #marker> {
            __neko::#function_mut(self)
        }
    }
}

fn doc(relation: &Relation, model: &Model<'_>) -> String {
    let target = relation.target_name();
    let own = |own: usize| model.fields[own].column.clone();
    match &relation.way {
        Way::InTarget { pairs, .. } => {
            let columns: Vec<_> = pairs.iter().map(|pair| pair.other.unraw().to_string()).collect();
            let rows = if relation.kind == RelationKind::HasOne { "row" } else { "rows" };
            let refer = if relation.kind == RelationKind::HasOne { "refers" } else { "refer" };
            format!(" The {rows} of `{target}` that {refer} to this one by `{}`.", columns.join("`, `"))
        }
        Way::InSource { pairs } => {
            let columns: Vec<_> = pairs.iter().map(|pair| own(pair.own)).collect();
            format!(" The row of `{target}` that this one refers to by `{}`.", columns.join("`, `"))
        }
        Way::Junction(_) => format!(" The rows of `{target}` that this one is linked with."),
        Way::Path { first, second, .. } => format!(" The rows of `{target}` over `{first}` and their `{second}`."),
        Way::Morph { .. } => format!(" The row that this one refers to, as a `{target}`."),
    }
}
