//! The rows that a source has are replaced by others, all at once.

use std::collections::HashSet;

use super::Changes;
use super::belongs_to_many::linking::read_keys;
use super::update::ForeignKeyUpdate;
use crate::Model;
use crate::backend::{Connection, Statement};
use crate::error::{Error, Result};
use crate::key::{self, KeyColumns as _, KeyOf};
use crate::query::Leasing;

/// What becomes of targets that `set` replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnReplace {
    /// There must be none.
    Refuse,
    /// Their foreign keys become NULL.
    SetNull,
    /// They are deleted.
    Delete,
}

/// A change of which rows refer to a source.
pub(super) struct Replacement<C: Model> {
    pub(super) relation: &'static str,
    pub(super) on_replace: OnReplace,
    /// The `SELECT` of the keys of the rows that refer to the source; `None` where there can be none.
    pub(super) current: Option<Result<Statement>>,
    /// The keys of those that are to refer to it, each once.
    pub(super) wanted: Vec<KeyOf<C>>,
    /// Lets rows refer to nothing that refer to the source.
    pub(super) leave: ForeignKeyUpdate,
    /// Lets rows refer to the source.
    pub(super) come: ForeignKeyUpdate,
}

impl<C: Model> Replacement<C> {
    /// Writes the difference, in one transaction or savepoint.
    pub(super) async fn run(self, lease: Leasing<'_>) -> Result<Changes<KeyOf<C>>> {
        let mut lease = lease.await?;
        let mut transaction = lease.begin().await?;
        match self.write(&mut transaction.connection()).await {
            Ok(changes) => {
                transaction.commit().await?;
                Ok(changes)
            }
            Err(error) => {
                transaction.rollback().await?;
                Err(error)
            }
        }
    }

    /// What leaves is written before what comes, so that a unique value can move.
    async fn write(mut self, connection: &mut Connection<'_>) -> Result<Changes<KeyOf<C>>> {
        let mut current = Vec::new();
        if let Some(statement) = self.current.take() {
            read_keys::<C>(connection.rows(statement?).await?, &mut current)?;
        }
        let changes = difference(current, self.wanted);
        let leave = match self.on_replace {
            _ if changes.dissociated.is_empty() => None,
            OnReplace::Refuse => return Err(would_replace::<C>(self.relation, &changes.dissociated)),
            OnReplace::SetNull => Some(self.leave),
            OnReplace::Delete => Some(self.leave.deleting()),
        };
        for (update, keys) in [(leave, &changes.dissociated), (Some(self.come), &changes.associated)] {
            let arguments = key::arguments::<C>(keys);
            if let Some(update) = update.filter(|_| !keys.is_empty()) {
                update.run_within(key::rows::<C>(&arguments), connection).await?;
            }
        }
        Ok(changes)
    }
}

fn difference<K: Clone + Eq + std::hash::Hash>(current: Vec<K>, wanted: Vec<K>) -> Changes<K> {
    let (now, then): (HashSet<_>, HashSet<_>) = (current.iter().cloned().collect(), wanted.iter().cloned().collect());
    Changes {
        associated: wanted.into_iter().filter(|key| !now.contains(key)).collect(),
        dissociated: current.into_iter().filter(|key| !then.contains(key)).collect(),
    }
}

fn would_replace<C: Model>(relation: &'static str, keys: &[KeyOf<C>]) -> Error {
    let keys: Vec<_> = keys.iter().map(|key| key::describe(C::KEY.arguments(key).into_iter())).collect();
    Error::WouldReplace { table: C::TABLE.name, relation, key: key::display(&keys) }
}
