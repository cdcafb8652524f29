//! What is emitted, formatted: read the snapshots in review, they are what users compile.

use syn::parse_quote;

/// The expansion of one struct, formatted.
#[allow(clippy::expect_used)]
fn expansion(input: &syn::DeriveInput) -> String {
    let file = syn::parse2(super::derive(input)).expect("the expansion is not valid Rust");
    prettyplease::unparse(&file)
}

fn post() -> syn::DeriveInput {
    parse_quote! {
        #[has_many(Comment)]
        pub struct Post { pub id: i64, pub title: String }
    }
}

fn comment() -> syn::DeriveInput {
    parse_quote! {
        #[belongs_to(Post, post_id = "id")]
        pub struct Comment { pub id: i64, pub post_id: Option<i64>, pub body: String }
    }
}

#[test]
fn a_model_with_has_many() {
    insta::assert_snapshot!(expansion(&post()));
}

#[test]
fn a_model_with_belongs_to() {
    insta::assert_snapshot!(expansion(&comment()));
}

#[test]
fn a_model_with_a_composite_key_and_every_option() {
    insta::assert_snapshot!(expansion(&parse_quote! {
        #[model(table = "order_items", crate = "orm")]
        #[belongs_to(Order as r#in, shop_id = "shop_id", order = "number")]
        #[has_many(Part, shop_id = "shop", nr = "item")]
        struct Item {
            #[key]
            shop_id: i64,
            #[key]
            nr: i32,
            order: Option<i64>,
            #[column(name = "note text", default)]
            note: String,
            #[column(default = "0")]
            r#type: i64,
        }
    }));
}

#[test]
fn a_mistake_leaves_the_rest_of_the_model_usable() {
    insta::assert_snapshot!(expansion(&parse_quote! {
        #[belongs_to(Post, pots_id = "id")]
        struct Comment { id: i64, post_id: i64 }
    }));
}

#[test]
fn something_that_cannot_be_a_model_gets_inert_impls() {
    insta::assert_snapshot!(expansion(&parse_quote!(
        enum Post {
            Draft,
        }
    )));
}

/// Diesel needs 1815 lines for the same two structs, Toasty 3172, SeaORM 3771.
#[test]
fn two_models_with_their_relations_stay_within_the_budget() {
    let lines = expansion(&post()).lines().count() + expansion(&comment()).lines().count();
    println!("{lines} lines");
    assert!(lines <= 400, "{lines} lines");
}
