//! Words that the databases' dialects of SQL spell in different ways.

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

/// Where in a text another one is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// At the start.
    Start,
    /// At the end.
    End,
    /// Anywhere.
    Anywhere,
}
