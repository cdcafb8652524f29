//! What is measured.

use harness::Checksum;

/// What a call found, to be compared with what the other library found.
pub type Found = Box<dyn Checksum + Send>;

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Library {
    Neko,
    ByHand,
}

impl Library {
    pub const ALL: [Self; 2] = [Self::Neko, Self::ByHand];

    pub fn name(self) -> &'static str {
        match self {
            Self::Neko => "neko-orm",
            Self::ByHand => "by-hand",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|library| library.name() == name)
    }
}

/// Done once with many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Eager,
    Stream,
    StreamWith,
    Insert,
    InsertBack,
}

impl Operation {
    pub const ALL: [Self; 5] = [Self::Eager, Self::Stream, Self::StreamWith, Self::Insert, Self::InsertBack];

    pub fn name(self) -> &'static str {
        match self {
            Self::Eager => "eager",
            Self::Stream => "stream",
            Self::StreamWith => "stream_with",
            Self::Insert => "insert",
            Self::InsertBack => "insert_back",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Eager => "eager load N × 1",
            Self::Stream => "stream N rows",
            Self::StreamWith => "stream N × 1 in chunks of 1000",
            Self::Insert => "insert N rows, nothing back",
            Self::InsertBack => "insert N rows, rows back",
        }
    }

    pub fn is_insert(self) -> bool {
        matches!(self, Self::Insert | Self::InsertBack)
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }
}

/// Done by several tasks at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Read,
    HasMany,
    Eager,
    Insert,
}

/// What the tasks do: the calls of one, over and over.
pub struct Mix {
    pub title: &'static str,
    pub calls: &'static [Call],
}

pub const MIXES: [Mix; 4] = [
    Mix { title: "read 1 row by key", calls: &[Call::Read] },
    Mix { title: "has_many of 1 parent, 10 rows", calls: &[Call::HasMany] },
    Mix { title: "eager load 1 × 10 × 10", calls: &[Call::Eager] },
    Mix {
        title: "9 reads by key and 1 insert",
        calls: &[
            Call::Read,
            Call::Read,
            Call::Read,
            Call::Read,
            Call::Read,
            Call::Read,
            Call::Read,
            Call::Read,
            Call::Read,
            Call::Insert,
        ],
    },
];
