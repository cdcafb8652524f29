//! What the verbs of a many-to-many relation take: models or keys, one or many.

use std::borrow::Cow;

use crate::Model;
use crate::field::IntoField;
use crate::key::KeyOf;

/// Models or keys of the model `M`, one or many: `&tag`, `[&a, &b]`, `&tags`, `5`, `[5, 6]`, or anything else to iterate over.
///
/// `By` tells the compiler the cases apart and need not be named.
#[diagnostic::on_unimplemented(
    message = "expected one or many `{M}` or their keys, found `{Self}`",
    label = "expected `&{M}`, `[&a, &b]`, `&vec`, a key or several keys"
)]
pub trait Links<M: Model, By> {
    /// The keys in the given order.
    #[doc(hidden)]
    fn into_links(self) -> Vec<Link<M>>;
}

/// A row to link.
pub struct Link<M: Model> {
    pub(super) key: KeyOf<M>,
    /// The columns of the model, if it is at hand.
    pub(super) columns: Option<Vec<Box<dyn crate::backend::Value>>>,
}

/// One model or key.
#[diagnostic::on_unimplemented(
    message = "expected one or many `{M}` or their keys, found `{Self}`",
    label = "expected `&{M}`, `[&a, &b]`, `&vec`, a key or several keys"
)]
pub trait IntoLink<M: Model, By> {
    /// The key, with the model if it is at hand.
    #[doc(hidden)]
    fn into_link(self) -> Link<M>;
}

/// A model is given.
#[derive(Debug)]
pub struct ByModel;

/// A key is given.
#[derive(Debug)]
pub struct ByKey;

/// One is given.
#[derive(Debug)]
pub struct Single<By>(std::marker::PhantomData<By>);

/// Many are given.
#[derive(Debug)]
pub struct Several<By>(std::marker::PhantomData<By>);

fn of_model<M: Model>(model: &M) -> Link<M> {
    let columns = model.arguments().into_iter().map(|value| value.boxed()).collect();
    Link { key: model.key(), columns: Some(columns) }
}

impl<M: Model> IntoLink<M, ByModel> for &M {
    fn into_link(self) -> Link<M> {
        of_model(self)
    }
}

impl<M: Model> IntoLink<M, ByModel> for &mut M {
    fn into_link(self) -> Link<M> {
        of_model(self)
    }
}

impl<M: Model> IntoLink<M, ByModel> for &&M {
    fn into_link(self) -> Link<M> {
        of_model(*self)
    }
}

impl<M: Model + Clone> IntoLink<M, ByModel> for Cow<'_, M> {
    fn into_link(self) -> Link<M> {
        of_model(&*self)
    }
}

impl<M: Model, K: IntoField<KeyOf<M>>> IntoLink<M, ByKey> for K {
    fn into_link(self) -> Link<M> {
        Link { key: self.into_field(), columns: None }
    }
}

impl<M: Model, By, L: IntoLink<M, By>> Links<M, Single<By>> for L {
    fn into_links(self) -> Vec<Link<M>> {
        vec![self.into_link()]
    }
}

impl<M: Model, By, I: IntoIterator<Item: IntoLink<M, By>>> Links<M, Several<By>> for I {
    fn into_links(self) -> Vec<Link<M>> {
        self.into_iter().map(IntoLink::into_link).collect()
    }
}
