//! What the verbs do to rows and structs in memory.

use super::schema::{Entry, Mark};
use super::world::{Held, New, Outcome, Refers, Row, State, UNIQUE, World, distinct, not_associated, not_found};

/// The verbs of foreign keys, from the side of the parent and from that of the child.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verb {
    Associate,
    Dissociate,
    AssociateInMemory,
    DissociateInMemory,
    AssociateParent,
    DissociateParent,
    Unlink,
    AssociateParentInMemory,
    DissociateParentInMemory,
    UnlinkInMemory,
}

/// The verbs of one row.
#[derive(Debug, Clone, Copy)]
pub enum One {
    Hold,
    Refresh,
    Find,
    Change(New),
    Save,
    Update(New),
    Delete,
}

/// The positions of some different structs.
pub fn positions(count: usize, indexes: &[usize]) -> Vec<usize> {
    distinct(indexes.iter().filter_map(|index| index.checked_rem(count)))
}

impl State {
    /// Does it all, or nothing where it is refused.
    pub fn attempt<T>(&mut self, change: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        let mut next = self.clone();
        let result = change(&mut next)?;
        *self = next;
        Ok(result)
    }

    fn chosen<C: Row>(&self, children: &[usize]) -> Vec<C> {
        children.iter().map(|index| C::held(&self.held)[*index].clone()).collect()
    }

    /// A verb of a relation by a foreign key; of several children, those verbs that change one take the first.
    pub fn foreign_key<P: Row, C: Refers<P>>(
        &mut self,
        verb: Verb,
        parent: &P,
        children: &[usize],
        is_one: bool,
    ) -> Outcome {
        use Verb::{Associate, AssociateInMemory, AssociateParent, AssociateParentInMemory, Unlink, UnlinkInMemory};
        let is_of_many = matches!(verb, Associate | Verb::Dissociate | AssociateInMemory | Verb::DissociateInMemory);
        let children = if is_one || !is_of_many { &children[..children.len().min(1)] } else { children };
        if children.is_empty() && is_one {
            return Ok(String::new());
        }
        let relation = if is_of_many { C::DOWN } else { C::UP };
        let keys: Vec<_> = self.chosen::<C>(children).iter().map(C::id).collect();
        let links = matches!(verb, Associate | AssociateInMemory | AssociateParent | AssociateParentInMemory);
        let change = |child: &mut C| if links { child.link(parent) } else { child.unlink() };
        match verb {
            Associate | AssociateParent | Unlink => {
                let others =
                    C::rows(&self.world).values().filter(|row| is_one && verb == Associate && row.refers_to(parent));
                let others: Vec<_> = others.map(C::id).filter(|key| !keys.contains(key)).collect();
                self.world.change(&others, C::unlink)?;
                self.write(&keys, change, |_| true, not_found::<C>)?;
            }
            Verb::Dissociate | Verb::DissociateParent => {
                self.write(&keys, change, |row| row.refers_to(parent), |keys| not_associated::<C>(relation, keys))?;
            }
            Verb::DissociateInMemory | Verb::DissociateParentInMemory => {
                let chosen = self.chosen::<C>(children);
                let strangers: Vec<_> = chosen.iter().filter(|child| !child.refers_to(parent)).map(C::id).collect();
                if !strangers.is_empty() {
                    return Err(not_associated::<C>(relation, &strangers));
                }
            }
            AssociateInMemory | AssociateParentInMemory | UnlinkInMemory => {}
        }
        children.iter().for_each(|index| change(&mut C::held_mut(&mut self.held)[*index]));
        Ok(String::new())
    }

    /// Changes the rows, if all of them are as they must be.
    fn write<C: Row>(
        &mut self,
        keys: &[C::Key],
        change: impl Fn(&mut C),
        is_meant: impl Fn(&C) -> bool,
        refusal: impl Fn(&[C::Key]) -> String,
    ) -> Outcome<()> {
        let is_there = |key: &C::Key| C::rows(&self.world).get(key).is_some_and(&is_meant);
        let (present, missing): (Vec<_>, Vec<_>) = distinct(keys.iter().copied()).into_iter().partition(is_there);
        self.world.change(&present, change)?;
        if missing.is_empty() { Ok(()) } else { Err(refusal(&missing)) }
    }

    pub fn one<C: Row>(&mut self, verb: One, index: usize) -> Outcome {
        let struct_at_hand = C::held(&self.held)[index].clone();
        let key = struct_at_hand.id();
        let row = C::rows(&self.world).get(&key).cloned();
        let found = row.clone().ok_or_else(|| not_found::<C>(&[key]));
        let at_hand = &mut C::held_mut(&mut self.held)[index];
        match verb {
            One::Hold => self.hold(vec![struct_at_hand]),
            One::Refresh => *at_hand = found?,
            One::Find => return Ok(format!("{:?}", row.filter(C::is_seen))),
            One::Change(new) => at_hand.set(new),
            One::Save => {
                found?;
                self.world.change(&[key], |row: &mut C| *row = struct_at_hand.clone())?;
            }
            One::Update(new) => {
                found?;
                self.world.change(&[key], |row: &mut C| row.touch(new))?;
                at_hand.touch(new);
            }
            One::Delete => {
                found?;
                self.world.delete::<C>(&[key])?;
            }
        }
        Ok(String::new())
    }

    /// Keeps structs at hand, but not too many.
    pub fn hold<C: Row>(&mut self, structs: Vec<C>) {
        self.held.hold(structs);
    }

    pub fn insert<C: Row>(&mut self, new: &[New]) -> Outcome {
        let rows = self.world.insert::<C>(new.iter().copied())?;
        let text = format!("{rows:?}");
        self.hold(rows);
        Ok(text)
    }

    /// A new child of a parent.
    pub fn create<P: Row, C: Refers<P>>(&mut self, parent: &P, new: New) -> Outcome {
        let id = if C::IS_GENERATED { self.world.next_id::<C>() } else { 0 };
        let mut row = C::plain(new, id);
        row.link(parent);
        if C::rows_mut(&mut self.world).insert(row.id(), row.clone()).is_some() {
            return Err(UNIQUE.to_owned());
        }
        self.world.check()?;
        let text = format!("{row:?}");
        self.hold(vec![row]);
        Ok(text)
    }
}

impl Held {
    pub fn hold<C: Row>(&mut self, structs: Vec<C>) {
        let held = C::held_mut(self);
        held.extend(structs);
        let excess = held.len().saturating_sub(6);
        held.drain(..excess);
    }
}

/// What links rows of two tables, the first of which is called left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Junction {
    Follows,
    PostTag,
    Marks,
    Entries,
    LabelledPosts,
    LabelledImages,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LinkVerb {
    Associate,
    AssociateWith,
    Dissociate,
    Clear,
    Set,
    SetWith,
    Toggle,
}

/// A many-to-many relation.
#[derive(Debug, Clone, Copy)]
pub struct Linked {
    pub name: &'static str,
    pub junction: Junction,
    /// Whether it leads from the left to the right.
    pub is_right: bool,
}

impl Linked {
    fn pair(self, source: i64, target: i64) -> (i64, i64) {
        if self.is_right { (source, target) } else { (target, source) }
    }

    /// The keys that a source is linked with, as often as it is.
    fn links(self, world: &World, source: i64) -> Vec<i64> {
        let pairs = world.pairs(self.junction);
        let ends = pairs.into_iter().map(|(left, right)| if self.is_right { (left, right) } else { (right, left) });
        ends.filter(|(from, _)| *from == source).map(|(_, to)| to).collect()
    }

    /// Whether a target has a row, and whether that row is in the model's scope.
    fn target(self, world: &World, key: i64) -> (bool, bool) {
        let has = |is_there: bool| (is_there, is_there);
        match (self.junction, self.is_right) {
            (Junction::Follows, _) => has(world.users.contains_key(&key)),
            (_, true) => has(world.tags.contains_key(&key)),
            (Junction::LabelledImages, false) => has(world.images.contains_key(&key)),
            (_, false) => {
                let post = world.posts.get(&key);
                (post.is_some(), post.is_some_and(|post| !post.hidden))
            }
        }
    }

    fn has_scope(self) -> bool {
        !self.is_right && !matches!(self.junction, Junction::Follows | Junction::LabelledImages)
    }

    fn table(self) -> &'static str {
        match (self.junction, self.is_right) {
            (Junction::Follows, _) => "users",
            (_, true) => "tags",
            (Junction::LabelledImages, false) => "images",
            (_, false) => "posts",
        }
    }

    /// The targets, each once, in the order of their keys.
    pub fn targets(self, world: &World, source: i64) -> Vec<i64> {
        let mut keys = distinct(self.links(world, source));
        keys.retain(|key| self.target(world, *key).1);
        keys.sort_unstable();
        keys
    }

    fn is_linked(self, world: &World, source: i64, target: i64) -> bool {
        self.target(world, target).0 && self.links(world, source).contains(&target)
    }

    fn add(self, world: &mut World, source: i64, targets: &[(i64, Option<i64>)]) -> Outcome<()> {
        for (target, extra) in targets {
            if !self.links(world, source).contains(target) {
                world.link(self.junction, self.pair(source, *target), *extra)?;
            }
        }
        world.check()
    }

    /// A verb of the relation, which returns what it has changed.
    pub fn verb(self, world: &mut World, verb: LinkVerb, source: i64, targets: &[i64]) -> Outcome {
        let with = matches!(verb, LinkVerb::AssociateWith | LinkVerb::SetWith) && self.has_columns();
        let extras = (1..).map(|position| with.then_some(position));
        let given: Vec<_> = distinct(targets.iter().copied()).into_iter().zip(extras).collect();
        let keys: Vec<_> = given.iter().map(|(key, _)| *key).collect();
        let current = self.targets(world, source);
        let is_linked = |key: &i64| self.is_linked(world, source, *key);
        match verb {
            LinkVerb::Associate | LinkVerb::AssociateWith => self.add(world, source, &given).map(|()| String::new()),
            LinkVerb::Dissociate => {
                let strangers: Vec<_> = keys.iter().filter(|key| !is_linked(key)).collect();
                match &strangers[..] {
                    [] => {}
                    [key] => return Err(self.refusal(&format!("{key}"))),
                    _ => return Err(self.refusal(&format!("{strangers:?}"))),
                }
                keys.iter().for_each(|key| world.unlink(self.junction, self.pair(source, *key)));
                Ok(String::new())
            }
            LinkVerb::Clear => {
                let mut gone = self.links(world, source);
                gone.retain(|key| !self.has_scope() || self.target(world, *key).1);
                gone.iter().for_each(|key| world.unlink(self.junction, self.pair(source, *key)));
                Ok(gone.len().to_string())
            }
            LinkVerb::Set | LinkVerb::SetWith => {
                let gone: Vec<_> = current.iter().copied().filter(|key| !keys.contains(key)).collect();
                let new: Vec<_> = given.iter().copied().filter(|(key, _)| !is_linked(key)).collect();
                self.apply(world, source, new, gone)
            }
            LinkVerb::Toggle => {
                let gone = keys.iter().copied().filter(is_linked).collect();
                let new: Vec<_> = given.iter().copied().filter(|(key, _)| !is_linked(key)).collect();
                self.apply(world, source, new, gone)
            }
        }
    }

    fn apply(self, world: &mut World, source: i64, new: Vec<(i64, Option<i64>)>, mut gone: Vec<i64>) -> Outcome {
        gone.iter().for_each(|key| world.unlink(self.junction, self.pair(source, *key)));
        self.add(world, source, &new)?;
        let mut new: Vec<_> = new.into_iter().map(|(key, _)| key).collect();
        new.sort_unstable();
        gone.sort_unstable();
        Ok(format!("{new:?} {gone:?}"))
    }

    fn refusal(self, keys: &str) -> String {
        format!("row {keys} of `{}` is not associated by `{}`", self.table(), self.name)
    }

    fn has_columns(self) -> bool {
        matches!(self.junction, Junction::Marks | Junction::Entries)
    }
}

impl World {
    fn pairs(&self, junction: Junction) -> Vec<(i64, i64)> {
        match junction {
            Junction::Follows => self.follows.iter().copied().collect(),
            Junction::PostTag => self.post_tag.iter().copied().collect(),
            Junction::Marks => self.marks.values().filter(|mark| mark.is_seen()).map(Mark::id).collect(),
            Junction::Entries => {
                let entries = self.entries.values().filter(|entry| entry.is_seen());
                entries.map(|entry| (entry.post_id, entry.tag_id)).collect()
            }
            Junction::LabelledPosts => self.labelled_posts.iter().copied().collect(),
            Junction::LabelledImages => self.labelled_images.iter().copied().collect(),
        }
    }

    fn link(&mut self, junction: Junction, pair: (i64, i64), extra: Option<i64>) -> Outcome<()> {
        let (post_id, tag_id) = pair;
        match junction {
            Junction::Follows => drop(self.follows.insert(pair)),
            Junction::PostTag => drop(self.post_tag.insert(pair)),
            Junction::LabelledPosts => drop(self.labelled_posts.insert(pair)),
            Junction::LabelledImages => drop(self.labelled_images.insert(pair)),
            // The key may be taken by a row that is out of use.
            Junction::Marks if self.marks.contains_key(&pair) => return Err(UNIQUE.to_owned()),
            Junction::Marks => drop(self.marks.insert(pair, Mark { post_id, tag_id, weight: extra })),
            Junction::Entries => {
                let id = self.next_id::<Entry>();
                self.entries.insert(id, Entry { id, post_id, tag_id, nr: extra });
            }
        }
        Ok(())
    }

    fn unlink(&mut self, junction: Junction, pair: (i64, i64)) {
        match junction {
            Junction::Follows => drop(self.follows.remove(&pair)),
            Junction::PostTag => drop(self.post_tag.remove(&pair)),
            Junction::LabelledPosts => drop(self.labelled_posts.remove(&pair)),
            Junction::LabelledImages => drop(self.labelled_images.remove(&pair)),
            Junction::Marks => self.marks.retain(|key, mark| *key != pair || !mark.is_seen()),
            Junction::Entries => {
                self.entries.retain(|_, entry| (entry.post_id, entry.tag_id) != pair || !entry.is_seen());
            }
        }
    }
}
