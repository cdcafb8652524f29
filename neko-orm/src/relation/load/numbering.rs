//! Numbers for the keys of sources, of one or several columns.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use crate::backend::{Row, Value};
use crate::error::Result;
use crate::relation::foreign_key::{KeyPair, Pairs};
use crate::relation::load::numbers::{Numbers, Reads, Side};

/// The numbers of the keys of sources.
pub trait SourceKeys<S>: Send + Sync {
    /// Makes room for the keys of so many sources.
    fn reserve(&mut self, count: usize);

    /// The number of the source's key, which gets one if it has none; `None` for a source that leads nowhere.
    fn insert(&mut self, source: &S) -> Option<u32>;

    /// Adds the parts of a source's key to arguments.
    fn add_arguments<'r>(&self, source: &'r S, arguments: &mut Vec<&'r dyn Value>);

    /// How many parts a key has.
    fn width(&self) -> usize;

    /// The number of the source's key that a row has from `index` on.
    ///
    /// # Errors
    /// A value of the row does not fit the key.
    fn read(&self, row: &Row, index: usize) -> Result<Option<u32>>;
}

/// The numbers of the keys by which sources and targets belong together.
pub trait Keys<S, T>: SourceKeys<S> {
    /// The number of the source's key to which a target belongs, which was read from the first `width` columns of a row.
    ///
    /// # Errors
    /// A value of the row does not fit the key.
    fn find(&self, target: &T, row: &Row, width: usize) -> Result<Option<u32>>;

    /// Notes that the target belongs to the source's key of this number, and returns whether that is new: a statement can return it several times.
    fn add_link(&mut self, _number: u32, _target: &T) -> bool {
        true
    }
}

/// The numbers of keys that the targets have themselves.
pub(in crate::relation) struct Numbering<P: 'static, C: 'static, S, T> {
    pairs: Vec<&'static dyn KeyPair<P, C>>,
    /// What a source must have besides.
    tags: Vec<&'static dyn KeyPair<P, C>>,
    /// The side on which a source is.
    source: fn(&S) -> Side<'_, P, C>,
    /// The side on which a target is.
    target: fn(&T) -> Side<'_, P, C>,
    reads: Reads,
    columns: Vec<Box<dyn Numbers<P, C>>>,
    /// The numbers of keys of several columns, by those of their parts.
    combined: HashMap<Vec<u32>, u32>,
}

impl<P, C, S, T> Numbering<P, C, S, T> {
    fn new(
        pairs: Pairs<P, C>,
        source: fn(&S) -> Side<'_, P, C>,
        target: fn(&T) -> Side<'_, P, C>,
        reads: Reads,
    ) -> Self {
        let is_tag = |pair: &&'static dyn KeyPair<P, C>| pair.tag().is_some();
        let (tags, pairs): (Vec<_>, Vec<_>) = pairs.iter().copied().partition(is_tag);
        let mut columns = Vec::with_capacity(pairs.len());
        for pair in &pairs {
            columns.extend(pair.numbers());
        }
        Self { pairs, tags, source, target, reads, columns, combined: HashMap::new() }
    }
}

impl<P, C> Numbering<P, C, P, C> {
    /// From parents to children.
    pub(in crate::relation) fn down(pairs: Pairs<P, C>) -> Self {
        Self::new(pairs, |parent| Side::Parent(parent), |child| Side::Child(child), Reads::ForeignKey)
    }
}

impl<P, C> Numbering<P, C, C, P> {
    /// From children to parents.
    pub(in crate::relation) fn up(pairs: Pairs<P, C>) -> Self {
        Self::new(pairs, |child| Side::Child(child), |parent| Side::Parent(parent), Reads::Key)
    }
}

impl<P, C, S, T> SourceKeys<S> for Numbering<P, C, S, T> {
    fn reserve(&mut self, count: usize) {
        for column in &mut self.columns {
            column.reserve(count);
        }
    }

    fn insert(&mut self, source: &S) -> Option<u32> {
        let row = (self.source)(source);
        if !self.tags.iter().all(|tag| tag.admits(row)) {
            return None;
        }
        if let [column] = &mut self.columns[..] {
            return column.insert(row);
        }
        let mut parts = Vec::with_capacity(self.columns.len());
        for column in &mut self.columns {
            parts.push(column.insert(row)?);
        }
        let number = self.combined.len() as u32;
        Some(*self.combined.entry(parts).or_insert(number))
    }

    fn add_arguments<'r>(&self, source: &'r S, arguments: &mut Vec<&'r dyn Value>) {
        for pair in &self.pairs {
            arguments.extend(pair.argument((self.source)(source)));
        }
    }

    fn width(&self) -> usize {
        self.pairs.len()
    }

    fn read(&self, row: &Row, index: usize) -> Result<Option<u32>> {
        if let [column] = &self.columns[..] {
            return column.read(self.reads, index, row);
        }
        let mut parts = Vec::with_capacity(self.columns.len());
        for (position, column) in self.columns.iter().enumerate() {
            match column.read(self.reads, index + position, row)? {
                Some(part) => parts.push(part),
                None => return Ok(None),
            }
        }
        Ok(self.combined.get(&parts).copied())
    }
}

impl<P, C, S, T> Keys<S, T> for Numbering<P, C, S, T> {
    fn find(&self, target: &T, _row: &Row, _width: usize) -> Result<Option<u32>> {
        let row = (self.target)(target);
        if let [column] = &self.columns[..] {
            return Ok(column.find(row));
        }
        let parts: Option<Vec<_>> = self.columns.iter().map(|column| column.find(row)).collect();
        Ok(parts.and_then(|parts| self.combined.get(&parts).copied()))
    }
}

/// The numbers of keys that rows have after the target's columns: those of the table that the first of several steps leads to.
pub(in crate::relation) struct Linked<S, T> {
    sources: Box<dyn SourceKeys<S>>,
    /// Where a source can be linked with a target several times.
    links: Option<Links<T>>,
}

/// Which keys are linked with which targets.
struct Links<T> {
    targets: Box<dyn SourceKeys<T>>,
    links: HashSet<(u32, u32), RandomState>,
}

impl<S, T> Linked<S, T> {
    pub(in crate::relation) fn new(sources: Box<dyn SourceKeys<S>>) -> Self {
        Self { sources, links: None }
    }

    /// That notes by the targets' keys which of them it has had.
    pub(in crate::relation) fn telling_apart(self, targets: Box<dyn SourceKeys<T>>) -> Self {
        Self { links: Some(Links { targets, links: HashSet::default() }), ..self }
    }
}

impl<S, T> SourceKeys<S> for Linked<S, T> {
    fn reserve(&mut self, count: usize) {
        self.sources.reserve(count);
    }

    fn insert(&mut self, source: &S) -> Option<u32> {
        self.sources.insert(source)
    }

    fn add_arguments<'r>(&self, source: &'r S, arguments: &mut Vec<&'r dyn Value>) {
        self.sources.add_arguments(source, arguments);
    }

    fn width(&self) -> usize {
        self.sources.width()
    }

    fn read(&self, row: &Row, index: usize) -> Result<Option<u32>> {
        self.sources.read(row, index)
    }
}

impl<S, T> Keys<S, T> for Linked<S, T> {
    fn find(&self, _target: &T, row: &Row, width: usize) -> Result<Option<u32>> {
        self.sources.read(row, width)
    }

    fn add_link(&mut self, number: u32, target: &T) -> bool {
        let Some(Links { targets, links }) = &mut self.links else { return true };
        targets.insert(target).is_none_or(|target| links.insert((number, target)))
    }
}
