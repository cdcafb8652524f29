//! Finding out which links to change, and changing them.

use std::collections::HashSet;

use futures_core::future::BoxFuture;

use super::junction::JunctionRow;
use super::linking::{Linking, NewLink};
use crate::Model;
use crate::backend::Connection;
use crate::error::Result;
use crate::key::{self, KeyOf};
use crate::query::Leasing;
use crate::relation::Changes;

/// What a verb is about to change.
pub(super) struct Plan<T: Model> {
    pub(super) associate: Given<T>,
    pub(super) dissociate: Vec<KeyOf<T>>,
}

/// Targets that are given to a verb, each once, and what else their links hold.
pub(in crate::relation) struct Given<T: Model> {
    pub(super) keys: Vec<KeyOf<T>>,
    pub(super) extras: Vec<NewLink>,
}

impl<T: Model> Given<T> {
    pub(in crate::relation) fn new(keys: Vec<KeyOf<T>>, mut extras: impl FnMut() -> NewLink) -> Self {
        let keys = key::distinct(keys);
        let extras = keys.iter().map(|_| extras()).collect();
        Self { keys, extras }
    }

    /// Associates those that are not among the present ones.
    pub(super) fn without(self, present: &HashSet<KeyOf<T>>, dissociate: Vec<KeyOf<T>>) -> Plan<T> {
        let new = self.keys.into_iter().zip(self.extras).filter(|(key, _)| !present.contains(key));
        let (keys, extras) = new.unzip();
        Plan { associate: Self { keys, extras }, dissociate }
    }
}

/// Finds out what to change, and changes it, in one transaction.
pub(super) fn change<'c, T, J, F>(
    linking: Linking<T, J>,
    lease: Leasing<'c>,
    plan: F,
) -> BoxFuture<'c, Result<Changes<KeyOf<T>>>>
where
    T: Model,
    J: JunctionRow,
    F: for<'l> FnOnce(&'l Linking<T, J>, &'l mut Connection<'_>) -> BoxFuture<'l, Result<Plan<T>>> + Send + 'c,
{
    Box::pin(async move {
        let mut lease = lease.await?;
        let mut transaction = lease.begin().await?;
        let plan = plan(&linking, &mut transaction.connection()).await?;
        let changes = Changes { associated: plan.associate.keys.clone(), dissociated: plan.dissociate.clone() };
        apply(&linking, plan, &mut transaction.connection()).await?;
        transaction.commit().await?;
        Ok(changes)
    })
}

/// Associates targets, as one message where one statement does it.
pub(super) async fn associate<T: Model, J: JunctionRow>(
    linking: Linking<T, J>,
    given: Given<T>,
    lease: Leasing<'_>,
) -> Result<()> {
    let mut lease = lease.await?;
    if let Some(statement) = linking.insert_of_keys(&given, lease.dialect()) {
        return lease.execute_atomic(statement?, 0).await.map(drop);
    }
    let Some(rows) = linking.rows_of_keys(&given.keys) else {
        let mut transaction = lease.begin().await?;
        let rows = linking.rows(&given.keys, given.extras, &mut transaction.connection()).await?;
        linking.insert(&rows, &mut transaction.connection()).await?;
        return transaction.commit().await;
    };
    let rows = linking.with_extras(rows, given.extras);
    if let Some(statement) = linking.only_insert(&rows, lease.dialect()) {
        return lease.execute_atomic(statement?, 0).await.map(drop);
    }
    let mut transaction = lease.begin().await?;
    linking.insert(&rows, &mut transaction.connection()).await?;
    transaction.commit().await
}

/// Deletes first, so that what a unique column held can move.
async fn apply<T: Model, J: JunctionRow>(
    linking: &Linking<T, J>,
    plan: Plan<T>,
    connection: &mut Connection<'_>,
) -> Result<()> {
    if !plan.dissociate.is_empty() {
        linking.delete(&plan.dissociate, connection).await?;
    }
    if let Some(statement) = linking.insert_of_keys(&plan.associate, connection.dialect()) {
        return connection.execute(statement?).await.map(drop);
    }
    let rows = linking.rows(&plan.associate.keys, plan.associate.extras, connection).await?;
    linking.insert(&rows, connection).await
}
