//! The builder of a new row. Each required column has a type parameter that says whether it is set.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Index;
use syn::ext::IdentExt;

use super::idents::{column_ident, create_ident, relations_ident, state_ident};
use crate::check::is_builder_verb;
use crate::model::{Field, Model};
use crate::name;

/// The fields that a new row must set.
fn required<'m, 'a>(model: &'m Model<'a>) -> impl Iterator<Item = &'m Field<'a>> {
    model.fields.iter().filter(|field| model.is_required(field))
}

/// The builder with nothing set.
pub(crate) fn initial(model: &Model<'_>) -> TokenStream {
    let (create, missing) = (create_ident(model), required(model).map(|_| quote!(__neko::Missing)));
    quote!(#create<#(#missing),*>)
}

/// The builder with all type parameters, except that of one column, which is set.
fn with_set(field: &Field<'_>, model: &Model<'_>) -> TokenStream {
    let create = create_ident(model);
    let states = required(model).map(|other| {
        let state = state_ident(other);
        if other.ident == field.ident { quote!(__neko::Provided) } else { quote!(#state) }
    });
    quote!(#create<#(#states),*>)
}

pub(crate) fn expand(model: &Model<'_>) -> TokenStream {
    let columns = required(model).map(|field| column_type(field, model));
    let (builder, methods) = (builder(model), methods(model));
    let named = model.fields.iter().map(|field| column_named(field, model));
    quote!(#(#columns)* #builder #methods #(#named)*)
}

/// The type of a new row's values, as far as they are set: a tuple, by the positions of the columns.
pub(crate) fn values_type(model: &Model<'_>) -> TokenStream {
    let types = model.fields.iter().map(|field| field.ty);
    quote!((#(::core::option::Option<#types>,)*))
}

/// The values of a new row of which nothing is set. Left out, an `Option` is NULL; what the database has a default for is
/// left to it.
pub(crate) fn unset(model: &Model<'_>) -> TokenStream {
    let unset = model.fields.iter().map(|field| {
        let ty = field.ty;
        if field.default.is_some() { quote!(::core::option::Option::None) } else { quote!(__neko::Is::<#ty>::UNSET) }
    });
    quote!((#(#unset,)*))
}

fn column_type(field: &Field<'_>, model: &Model<'_>) -> TokenStream {
    let (vis, column) = (model.vis, column_ident(field, model));
    let doc = format!(" The required column `{}` of a new [`{}`].", field.column, model.ident);
    quote! {
        #[doc = #doc]
        #vis struct #column;
    }
}

fn builder(model: &Model<'_>) -> TokenStream {
    let (ident, vis, create) = (model.ident, model.vis, create_ident(model));
    let states: Vec<_> = required(model).map(state_ident).collect();
    let columns: Vec<_> = required(model).map(|field| column_ident(field, model)).collect();
    let doc = format!(" A new [`{ident}`]: set its columns, then `insert` it.");
    quote! {
        #[doc = #doc]
        #[must_use = "nothing is inserted before `.insert(&db)`"]
        #vis struct #create<#(#states),*>(
            <#ident as __neko::Model>::Values,
            ::core::marker::PhantomData<(#(#states,)*)>,
        );
        impl<#(#states),*> __neko::Builder for #create<#(#states),*> {
            type Model = #ident;
            fn from_values(values: <#ident as __neko::Model>::Values) -> Self {
                Self(values, ::core::marker::PhantomData)
            }
            fn into_values(self) -> <#ident as __neko::Model>::Values {
                self.0
            }
        }
        impl<#(#states: __neko::IsSet<#columns>),*> __neko::Complete for #create<#(#states),*> {}
        impl<#(#states: __neko::IsLinked<#columns>),*> __neko::LinkComplete for #create<#(#states),*> {}
    }
}

fn methods(model: &Model<'_>) -> TokenStream {
    let (ident, vis, create) = (model.ident, model.vis, create_ident(model));
    let states: Vec<_> = required(model).map(state_ident).collect();
    let columns = required(model).map(|field| column_ident(field, model));
    let relations = relations_ident(model);
    let settable = model.fields.iter().filter(|field| !is_builder_verb(field.ident));
    let setters = settable.map(|field| setter(field, model));
    let doc = format!(
        " Inserts the row and returns it as the database stored it. Sends one `INSERT INTO {} .. RETURNING ..`. \
         It is an error if a constraint refuses the row, or the database fails.",
        model.table
    );
    quote! {
        impl<#(#states),*> #create<#(#states),*> {
            #(#setters)*
            #[doc = #doc]
            #vis fn insert<'c>(
                self,
                db: impl __neko::Executor<'c>,
            ) -> __neko::BoxFuture<'c, __neko::Result<#ident>>
            where
                #(#states: __neko::IsSet<#columns>,)*
            {
                __neko::insert(self, db)
            }
            /// Also inserts rows of a relation, as in `.with(|p| p.comments, comments)`; then only `with` and `insert` are left.
            #vis fn with<__R: __neko::Nests<#ident, __C>, __C>(
                self,
                relation: fn(#relations) -> __R,
                rows: __C,
            ) -> __neko::CreateWith<Self, __R::New> {
                __neko::with(self, relation, rows)
            }
        }
    }
}

fn setter(field: &Field<'_>, model: &Model<'_>) -> TokenStream {
    let (vis, name, ty, index) = (model.vis, field.ident, field.ty, Index::from(field.index));
    let doc = format!(" Sets the column `{}`.", field.column);
    let (returned, this) = match model.is_required(field) {
        true => (with_set(field, model), quote!(__neko::Builder::from_values(self.0))),
        false => (quote!(Self), quote!(self)),
    };
    quote! {
        #[doc = #doc]
        #vis fn #name(mut self, value: impl __neko::IntoField<#ty>) -> #returned {
            self.0.#index = ::core::option::Option::Some(value.into_field());
            #this
        }
    }
}

fn column_named(field: &Field<'_>, model: &Model<'_>) -> TokenStream {
    let (create, ty, hash) = (create_ident(model), field.ty, name::hash(&field.ident.unraw().to_string()));
    let states: Vec<_> = required(model).map(state_ident).collect();
    let provided = with_set(field, model);
    quote! {
        impl<#(#states),*> __neko::ColumnNamed<#hash> for #create<#(#states),*> {
            type Nullability = __neko::Nullability<{ __neko::Is::<#ty>::NULLABLE }>;
            type Provided = #provided;
        }
    }
}
