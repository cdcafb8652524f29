//! Stand-ins for a model that did not compile: its one error must not become many.

use std::marker::PhantomData;

use crate::Model;
use crate::backend::{Row, Value};
use crate::create::Builder;
use crate::error::Result;
use crate::key::KeyColumns;

/// The key of a model without one.
#[derive(Debug)]
pub struct NoKey;

impl<M: Model> KeyColumns<M> for NoKey {
    type Key = ();

    fn key_of(&self, _model: &M) {}

    fn read(&self, _row: &Row) -> Result<()> {
        Ok(())
    }

    fn add_arguments<'k>(&self, _key: &'k (), _arguments: &mut Vec<&'k dyn Value>) {}
}

/// The builder of a model without columns.
#[derive(Debug)]
pub struct NoBuilder<M>(PhantomData<M>);

impl<M: Model> Builder for NoBuilder<M> {
    type Model = M;

    fn from_values(_values: M::Values) -> Self {
        Self(PhantomData)
    }

    fn into_values(self) -> M::Values {
        M::UNSET
    }
}

/// What such a model reads from a row.
pub fn unusable<M>(_row: &Row) -> Result<M> {
    Err(sqlx::Error::RowNotFound.into())
}
