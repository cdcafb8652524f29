//! Words that the databases' dialects of SQL spell in different ways.

/// Which values come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
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

/// How the values of a type are sorted, where a database has no least of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorted {
    /// As numbers, texts or times, of which every database has a least.
    Plainly,
    /// As `false` and `true`.
    AsBool,
    /// As bytes.
    AsBytes,
    /// As UUIDs.
    AsUuid,
}
