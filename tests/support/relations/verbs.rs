//! What the verbs of one row and those of foreign keys do to rows and structs in memory.

use super::rows::{New, Refers, Row};
use super::world::{FOREIGN_KEY, Held, OR, Outcome, State, UNIQUE, distinct, not_associated, not_found};

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
        match self.world.change(&present, change) {
            changed if missing.is_empty() => changed,
            Err(violation) if violation == FOREIGN_KEY => Err(format!("{violation}{OR}{}", refusal(&missing))),
            changed => changed.and(Err(refusal(&missing))),
        }
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
