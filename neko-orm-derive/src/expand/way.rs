//! By which columns a relation leads to its target: a type and a constant.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, LitStr, Path};

use super::idents::marker_ident;
use crate::attr::{RelationKind, Word};
use crate::model::{Junction, JunctionTable, Model, Pair, Relation, Tag, Way};
use crate::name;

/// The type and the value of a relation's way.
pub(crate) fn way(relation: &Relation, model: &Model<'_>) -> (TokenStream, TokenStream) {
    let (ident, target) = (model.ident, &relation.target);
    match &relation.way {
        Way::InTarget { pairs, tag } => {
            let pairs = in_target(pairs, tag.as_ref(), target, model);
            let (fate, pick) = (on_delete(relation), pick(relation));
            let (replaced, one) = (on_replace(relation), one(relation));
            let value = quote!(__neko::InTarget::new(&[#(#pairs),*]) #fate #replaced #one #pick);
            (quote!(__neko::InTarget<#ident, #target>), value)
        }
        Way::InSource { pairs } => {
            let types = pairs.iter().map(|pair| model.fields[pair.own].ty);
            let nullable = quote!(false #(|| __neko::Is::<#types>::NULLABLE)*);
            let (pairs, fate) = (in_source(pairs, target, model), on_delete(relation));
            let ty = quote!(__neko::InSource<#ident, #target, { #nullable }>);
            (ty, quote!(__neko::InSource::new(&[#(#pairs),*]) #fate))
        }
        Way::Junction(junction) => {
            let table = junction_type(junction);
            let (from, to) = (junction_from(junction, model), junction_to(junction, target));
            let ty = quote!(__neko::Junction<#ident, #target, #table>);
            // Spanned so that what is no model is reported once.
            let new = match &junction.table {
                JunctionTable::Model(path) => quote_spanned!(path.span()=> __neko::Junction::new),
                JunctionTable::Table(_) => quote!(__neko::Junction::new),
            };
            (ty, quote!(#new(&[#(#from),*], &[#(#to),*])))
        }
        Way::Path { first, middle, second } => {
            let one = leg(&ident.clone().into(), first, middle);
            let other = leg(middle, second, target);
            (quote!(__neko::Path<#ident, #target>), quote!(__neko::Path::new(#one, #other)))
        }
        // Each of its models has a way of its own.
        Way::Morph { .. } => (TokenStream::new(), TokenStream::new()),
    }
}

/// A relation of the model `from`, which must lead to `to`.
fn leg(from: &Path, relation: &Ident, to: &Path) -> TokenStream {
    let relations = quote_spanned!(from.span()=> <#from as __neko::Model>::RELATIONS);
    quote_spanned!(relation.span()=> __neko::leg::<#from, #to, _>(#relations.#relation))
}

/// The source's keys and the foreign keys in the target.
fn in_target(pairs: &[Pair], tag: Option<&Ident>, target: &Path, model: &Model<'_>) -> Vec<TokenStream> {
    let ident = model.ident;
    let keys = pairs.iter().map(|Pair { own, other }| {
        let own = model.fields[*own].ident;
        pair(target, quote!(<#ident as __neko::Model>::COLUMNS.#own), column_of(target, other))
    });
    let tag = tag.map(|tag| {
        let column = column_of(target, tag);
        quote_spanned!(target.span()=> &__neko::Tag::<#ident, _>::new(&#column))
    });
    keys.chain(tag).collect()
}

/// The target's keys and the foreign keys in the source.
pub(super) fn in_source(pairs: &[Pair], target: &Path, model: &Model<'_>) -> Vec<TokenStream> {
    let ident = model.ident;
    let keys = pairs.iter().map(|Pair { own, other }| {
        let own = model.fields[*own].ident;
        pair(target, column_of(target, other), quote!(<#ident as __neko::Model>::COLUMNS.#own))
    });
    keys.collect()
}

pub(super) fn junction_type(junction: &Junction) -> TokenStream {
    match &junction.table {
        JunctionTable::Model(path) => quote!(#path),
        JunctionTable::Table(_) => quote!(__neko::JunctionWithoutModel),
    }
}

fn junction_from(junction: &Junction, model: &Model<'_>) -> Vec<TokenStream> {
    let source = model.ident.clone().into();
    let keys = junction.from.iter().map(|(own, column)| {
        let own = model.fields[*own].ident;
        junction_key(junction, quote!(<#source as __neko::Model>::COLUMNS.#own), column)
    });
    let tag = match &junction.tag {
        Some(Tag::Source(column)) => Some(junction_tag(junction, &source, column)),
        _ => None,
    };
    keys.chain(tag).collect()
}

fn junction_to(junction: &Junction, target: &Path) -> Vec<TokenStream> {
    let keys = junction.to.iter().map(|(column, key)| junction_key(junction, column_of(target, key), column));
    let tag = match &junction.tag {
        Some(Tag::Target(column)) => Some(junction_tag(junction, target, column)),
        _ => None,
    };
    keys.chain(tag).collect()
}

/// A key and the junction's column that refers to it.
fn junction_key(junction: &Junction, key: TokenStream, column: &LitStr) -> TokenStream {
    match &junction.table {
        JunctionTable::Table(table) => quote_spanned!(column.span()=> &__neko::TableKey::new(#key, #table, #column)),
        // That the literal is no name of a field has been reported.
        JunctionTable::Model(path) => {
            let column = name::field(column).map(|column| column_of(path, &column)).unwrap_or_default();
            pair(path, key, column)
        }
    }
}

/// The junction's column that says of which model a row refers to.
fn junction_tag(junction: &Junction, of: &Path, column: &Ident) -> TokenStream {
    match &junction.table {
        JunctionTable::Model(path) => {
            let column = column_of(path, column);
            quote_spanned!(path.span()=> &__neko::Tag::<#of, _>::new(&#column))
        }
        JunctionTable::Table(table) => {
            let column = column.to_string();
            quote!(&__neko::TableTag::<#of>::new(#table, #column))
        }
    }
}

/// The target's column, spanned so that the compiler points at what the user wrote.
fn column_of(target: &Path, other: &Ident) -> TokenStream {
    let columns = quote_spanned!(target.span()=> <#target as __neko::Model>::COLUMNS);
    quote_spanned!(other.span()=> #columns.#other)
}

/// A key and a foreign key, spanned so that the compiler reports a difference of their types at the target.
fn pair(target: &Path, key: TokenStream, foreign_key: TokenStream) -> TokenStream {
    quote_spanned!(target.span()=> &__neko::Pair::new(#key, #foreign_key))
}

fn on_delete(relation: &Relation) -> TokenStream {
    let Some(word) = &relation.options.on_delete else { return TokenStream::new() };
    let fate = Ident::new(&name::camel(&word.0), word.0.span());
    quote!(.on_delete(__neko::OnDelete::#fate))
}

fn on_replace(relation: &Relation) -> TokenStream {
    let Some(word) = &relation.options.on_replace else { return TokenStream::new() };
    let fate = Ident::new(&name::camel(&word.0), word.0.span());
    quote!(.on_replace(__neko::OnReplace::#fate))
}

/// That at most one target refers to a source.
fn one(relation: &Relation) -> TokenStream {
    match (relation.kind, &relation.options.pick) {
        (RelationKind::HasOne, None) => quote!(.one()),
        _ => TokenStream::new(),
    }
}

fn pick(relation: &Relation) -> TokenStream {
    let Some(pick) = &relation.options.pick else { return TokenStream::new() };
    let (which, target) = (&pick.which, &relation.target);
    // That the literal is no name of a field has been reported.
    let Ok(column) = name::field(&pick.column) else { return TokenStream::new() };
    let column = quote_spanned!(pick.column.span()=> <#target as __neko::Model>::COLUMNS.#column);
    quote!(.pick(|| __neko::#which(#column)))
}

/// Asks the compiler, at the word `set_null`, whether the foreign key can be NULL. A database sets all of its columns; `set` those that can be.
pub(super) fn nullable(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let source = model.ident.clone().into();
    let columns: Vec<_> = match &relation.way {
        Way::InTarget { pairs, .. } => pairs.iter().map(|pair| column_of(&relation.target, &pair.other)).collect(),
        Way::InSource { pairs } => pairs.iter().map(|pair| column_of(&source, model.fields[pair.own].ident)).collect(),
        _ => return TokenStream::new(),
    };
    // That there are none has been reported.
    if columns.is_empty() {
        return TokenStream::new();
    }
    let check = |word: &Option<Word>, is_nullable: TokenStream| {
        let word = word.as_ref().filter(|word| word.0 == "set_null")?;
        Some(quote_spanned! { word.0.span()=>
            const _: () = __neko::set_null::<__neko::Nullability<{ #is_nullable }>>();
        })
    };
    let on_delete = check(&relation.options.on_delete, quote!(true #(&& #columns.facts().is_nullable())*));
    let on_replace = check(&relation.options.on_replace, quote!(false #(|| #columns.facts().is_nullable())*));
    quote!(#on_delete #on_replace)
}

/// What a new target's builder must have set: the columns by which it refers to the source, and where these are NULL.
pub(super) fn foreign_key_of(relation: &Relation, model: &Model<'_>) -> TokenStream {
    let text = |column: &Ident| column.unraw().to_string();
    let columns: Vec<_> = match &relation.way {
        Way::InTarget { pairs, tag } => pairs.iter().map(|pair| &pair.other).chain(tag).map(text).collect(),
        Way::Junction(junction) => {
            let from = junction.from.iter().map(|(_, column)| column.value());
            let to = junction.to.iter().map(|(column, _)| column.value());
            let tag = junction.tag.iter().map(|(Tag::Source(column) | Tag::Target(column))| text(column));
            from.chain(to).chain(tag).collect()
        }
        _ => return TokenStream::new(),
    };
    let either = match &relation.way {
        Way::InTarget { tag: Some(_), .. } => quote!(__neko::Both),
        _ => quote!(__neko::Either),
    };
    let marker = marker_ident(relation, model);
    let (mut bounds, mut nullability, mut create) = (TokenStream::new(), None, quote!(__B));
    for column in columns {
        let hash = name::hash(&column);
        let column = quote!(__neko::ColumnNamed<#hash>);
        bounds.extend(quote!(#create: #column,));
        let this = quote!(<#create as #column>::Nullability);
        nullability = Some(match nullability {
            Some(earlier) => quote!(#either<#earlier, #this>),
            None => this,
        });
        create = quote!(<#create as #column>::Provided);
    }
    let nullability = nullability.unwrap_or_else(|| quote!(__neko::Nullability<true>));
    quote! {
        impl<__B: __neko::Builder> __neko::ForeignKeyOf<__B> for #marker
        where
            #bounds
        {
            type Nullability = #nullability;
            type Create = #create;
        }
    }
}

/// Whether the relation's targets, or its junction's rows, can be created by a builder that refers to the source already.
pub(super) fn has_builder(relation: &Relation) -> bool {
    match &relation.way {
        Way::InTarget { .. } => relation.kind == RelationKind::HasMany || relation.options.pick.is_none(),
        Way::Junction(junction) => matches!(junction.table, JunctionTable::Model(_)),
        _ => false,
    }
}
