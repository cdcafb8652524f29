//! The words for texts within texts, on which databases differ.

use crate::backend::Value;

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

/// How a database asks whether a text is within another: what stands before the other, and what follows it.
pub(crate) struct Within {
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    /// The values to bind, with what follows each.
    pub(crate) values: Vec<(Box<dyn Value>, &'static str)>,
}
