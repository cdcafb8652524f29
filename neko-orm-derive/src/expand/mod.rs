//! What is emitted: facts for the runtime, one-line methods, and nothing that could be generic code there.

mod create;
mod facts;
mod idents;
mod morph;
mod relation;
#[cfg(test)]
mod snapshots;
mod way;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::attr::ModelAttr;
use crate::combine::Mistakes;
use crate::model::{self, Model};
use crate::{check, fallback};

/// The expansion of `#[derive(Model)]`.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let attr = mistakes.take(ModelAttr::parse(&input.attrs)).unwrap_or_default();
    let runtime = model::runtime(&attr);
    let expanded = match Model::from_syn(input, attr) {
        Ok((mut model, wrong)) => {
            let (relations, wrong_relations) = crate::relation::resolve(&input.attrs, &model);
            model.relations = relations;
            mistakes = mistakes.and(wrong).and(wrong_relations).and(check::check(&model));
            expand(&model)
        }
        Err(error) => {
            mistakes.add(error);
            fallback::expand(input, &runtime)
        }
    };
    let errors = mistakes.to_compile_error();
    quote!(#errors #expanded)
}

fn expand(model: &Model<'_>) -> TokenStream {
    let runtime = &model.runtime;
    let facts = facts::expand(model);
    let create = create::expand(model);
    let relations = model.relations.iter().map(|relation| relation::expand(relation, model));
    let enumerations = model.relations.iter().map(|relation| morph::enumeration(relation, model));
    // The block keeps the names of what is emitted out of the user's module.
    quote! {
        #(#enumerations)*
        #[allow(dead_code, private_interfaces, unused_qualifications)]
        #[allow(non_camel_case_types, non_snake_case)]
        const _: () = {
            use #runtime::private::{self as __neko, IntoField as _, NotNull as _};
            #facts
            #create
            #(#relations)*
        };
    }
}
