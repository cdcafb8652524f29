//! What the verbs of many-to-many relations do in memory.

use super::rows::Row as _;
use super::schema::{Entry, Mark};
use super::world::{Outcome, UNIQUE, World, distinct};

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
