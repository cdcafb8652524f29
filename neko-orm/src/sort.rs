//! The words for an order, on which databases differ.

/// Which values come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The least.
    Ascending,
    /// The greatest.
    Descending,
}

/// Where the rows without a value come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// Before all others.
    First,
    /// After all others.
    Last,
}
