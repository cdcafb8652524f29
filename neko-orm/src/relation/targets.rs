//! One model or many, as the argument of a verb that changes them.

use crate::Model;

/// One model or many: `&mut a`, `[&mut a, &mut b]`, `&mut vec`, `&mut vec[..]` or a `Vec<&mut M>`.
#[diagnostic::on_unimplemented(
    message = "expected one or many mutable `{M}`, found `{Self}`",
    label = "expected `&mut {M}`, `[&mut a, &mut b]` or `&mut vec`"
)]
pub trait Targets<'t, M> {
    /// References to each of them.
    #[doc(hidden)]
    fn into_refs(self) -> Vec<&'t mut M>;
}

impl<'t, M: Model> Targets<'t, M> for &'t mut M {
    fn into_refs(self) -> Vec<&'t mut M> {
        vec![self]
    }
}

impl<'t, M: Model> Targets<'t, M> for Vec<&'t mut M> {
    fn into_refs(self) -> Vec<&'t mut M> {
        self
    }
}

impl<'t, M: Model, const N: usize> Targets<'t, M> for [&'t mut M; N] {
    fn into_refs(self) -> Vec<&'t mut M> {
        self.into()
    }
}

impl<'t, M: Model> Targets<'t, M> for &'t mut Vec<M> {
    fn into_refs(self) -> Vec<&'t mut M> {
        self.iter_mut().collect()
    }
}

impl<'t, M: Model> Targets<'t, M> for &'t mut [M] {
    fn into_refs(self) -> Vec<&'t mut M> {
        self.iter_mut().collect()
    }
}

impl<'t, M: Model, const N: usize> Targets<'t, M> for &'t mut [M; N] {
    fn into_refs(self) -> Vec<&'t mut M> {
        self.iter_mut().collect()
    }
}
