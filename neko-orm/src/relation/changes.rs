//! What a verb has changed.

/// The targets that a verb has associated and dissociated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes<K> {
    /// The keys of the targets that are associated now and were not before.
    pub associated: Vec<K>,
    /// The keys of the targets that were associated before and are not any more.
    pub dissociated: Vec<K>,
}

impl<K> Changes<K> {
    /// Whether nothing has changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.associated.is_empty() && self.dissociated.is_empty()
    }
}
