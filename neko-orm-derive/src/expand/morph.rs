//! A relation to a row of one of several models: the enum of the models, and a way to each of them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::idents::marker_ident;
use super::way::in_source;
use crate::attr::VariantAttr;
use crate::model::{Model, Pair, Relation, Way};

/// The enum, outside of the block that hides what else is emitted. Generic over its models, so that it is what they are: `Clone`, `PartialEq`
/// and the like.
pub(crate) fn enumeration(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let Way::Morph { variants, .. } = &relation.way else { return TokenStream::new() };
    let (vis, target, ident) = (model.vis, &relation.target, model.ident);
    let doc = format!(" What `{}` of [`{ident}`] leads to.", relation.name.unraw());
    let names: Vec<_> = variants.iter().map(|variant| &variant.name).collect();
    let models: Vec<_> = variants.iter().map(|variant| &variant.model).collect();
    let parameters: Vec<_> = names.iter().map(|name| format_ident!("__{}", name)).collect();
    let docs = names.iter().map(|name| format!(" A row of [`{name}`]."));
    // Spanned so that another type of this name is reported here.
    let item = quote_spanned!(target.span()=> #vis enum #target<#(#parameters = #models),*>);
    quote! {
        #[doc = #doc]
        #[derive(
            ::core::fmt::Debug, ::core::clone::Clone, ::core::cmp::PartialEq, ::core::cmp::Eq, ::core::hash::Hash,
        )]
        #[allow(clippy::large_enum_variant)]
        #item {
            #(#[doc = #docs] #names(#parameters),)*
        }
    }
}

pub(crate) fn marker(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let Way::Morph { pairs, tag, variants } = &relation.way else { return TokenStream::new() };
    let (ident, vis, target, marker) = (model.ident, model.vis, &relation.target, marker_ident(relation, model));
    let name = relation.name.unraw().to_string();
    let doc = format!(" The relation `{name}` of [`{ident}`].");
    let models: Vec<_> = variants.iter().map(|variant| &variant.model).collect();
    let types: Vec<_> = pairs.iter().map(|pair| model.fields[pair.own].ty).collect();
    let Some(tag) = tag.map(|tag| &model.fields[tag]) else { return quote!() };
    let (tag_ident, tag_type) = (tag.ident, tag.ty);
    let kinds = variants.iter().map(|variant| kind(variant, relation, model));
    let distinct = quote_spanned!(target.span()=> __neko::distinct_tags(&[#(<#models as __neko::Model>::MORPH),*]));
    let alike = types.iter().map(|ty| {
        let (key, tag) = (quote!(__neko::Is::<#ty>::NULLABLE), quote!(__neko::Is::<#tag_type>::NULLABLE));
        quote_spanned!(target.span()=> __neko::both_or_neither(#key, #tag))
    });
    let tag_column = quote_spanned!(tag_type.span()=> &<#ident as __neko::Model>::COLUMNS.#tag_ident);
    quote! {
        #[doc = #doc]
        #vis struct #marker<__T = #target>(::core::marker::PhantomData<__T>);
        #[automatically_derived]
        impl __neko::MorphRelation for #marker {
            type Source = #ident;
            type Target = #target;
            type Kinds = (#(#models,)*);
            type Nullability = __neko::Nullability<{ __neko::Is::<#tag_type>::NULLABLE }>;
            const NAME: &'static str = #name;
            const TAG: &'static dyn __neko::TagColumn<#ident> = #tag_column;
        }
        const _: () = {
            #(#alike;)*
            #distinct;
        };
        #(#kinds)*
    }
}

/// The way to one of the models.
fn kind(variant: &VariantAttr, relation: &Relation, model: &Model<'_>) -> TokenStream {
    let Way::Morph { pairs, .. } = &relation.way else { return TokenStream::new() };
    let VariantAttr { model: kind, name } = variant;
    let (target, marker) = (&relation.target, marker_ident(relation, model));
    // A field that one of the models lacks is reported at this one.
    let at_kind = |pair: &Pair| {
        let mut other = pair.other.clone();
        other.set_span(kind.span());
        Pair { own: pair.own, other }
    };
    let pairs = in_source(&pairs.iter().map(at_kind).collect::<Vec<_>>(), kind, model);
    let tag = quote_spanned!(kind.span()=> &__neko::Tag::<#kind, _>::new(<#marker as __neko::MorphRelation>::TAG));
    let new = quote_spanned!(kind.span()=> __neko::KindFacts::new(&[#(#pairs,)* #tag]));
    quote! {
        #[automatically_derived]
        impl __neko::KindOf<#marker> for #kind {
            type Relation = __neko::OfKind<#marker, Self>;
            const KIND: __neko::KindFacts<#marker, Self> = #new;
            fn wrap(self) -> #target {
                #target::#name(self)
            }
        }
    }
}
