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
    fn into_links(self) -> Vec<KeyOf<M>>;
}

/// One model or key.
#[diagnostic::on_unimplemented(
    message = "expected one or many `{M}` or their keys, found `{Self}`",
    label = "expected `&{M}`, `[&a, &b]`, `&vec`, a key or several keys"
)]
pub trait IntoLink<M: Model, By> {
    /// The key.
    #[doc(hidden)]
    fn into_link(self) -> KeyOf<M>;
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

impl<M: Model> IntoLink<M, ByModel> for &M {
    fn into_link(self) -> KeyOf<M> {
        self.key()
    }
}

impl<M: Model> IntoLink<M, ByModel> for &mut M {
    fn into_link(self) -> KeyOf<M> {
        self.key()
    }
}

impl<M: Model> IntoLink<M, ByModel> for &&M {
    fn into_link(self) -> KeyOf<M> {
        self.key()
    }
}

impl<M: Model + Clone> IntoLink<M, ByModel> for Cow<'_, M> {
    fn into_link(self) -> KeyOf<M> {
        self.key()
    }
}

impl<M: Model, K: IntoField<KeyOf<M>>> IntoLink<M, ByKey> for K {
    fn into_link(self) -> KeyOf<M> {
        self.into_field()
    }
}

impl<M: Model, By, L: IntoLink<M, By>> Links<M, Single<By>> for L {
    fn into_links(self) -> Vec<KeyOf<M>> {
        vec![self.into_link()]
    }
}

impl<M: Model, By, I: IntoIterator<Item: IntoLink<M, By>>> Links<M, Several<By>> for I {
    fn into_links(self) -> Vec<KeyOf<M>> {
        self.into_iter().map(IntoLink::into_link).collect()
    }
}
