//! Random steps, and what each of them does in memory.

use std::future::Future;

use proptest::prelude::*;

use super::junction::{Junction, LinkVerb, Linked};
use super::rows::{New, Refers, Row};
use super::schema::{Comment, Entry, Image, Mark, Node, Post, Profile, Tag, User};
use super::verbs::{One, Verb, positions};
use super::world::{Outcome, State};
use crate::support::cases::End;

#[derive(Debug, Clone)]
pub enum Step {
    One {
        table: usize,
        verb: One,
        index: usize,
    },
    Insert {
        table: usize,
        new: Vec<New>,
    },
    ForeignKey {
        relation: usize,
        verb: Verb,
        parent: usize,
        children: Vec<usize>,
    },
    Create {
        relation: usize,
        parent: usize,
        new: New,
    },
    Link {
        relation: usize,
        verb: LinkVerb,
        source: usize,
        targets: Vec<usize>,
        by_key: bool,
    },
    Many {
        query: usize,
        index: usize,
        new: New,
    },
    /// Compares what some of the relations lead to.
    Look {
        relation: usize,
        index: usize,
    },
    Begin,
    End(End),
}

fn new() -> impl Strategy<Value = New> {
    let id = || prop::option::weighted(0.7, prop_oneof![12 => 1..=4_i64, 1 => Just(9)]);
    (id(), id(), prop::bool::weighted(0.3)).prop_map(|(a, b, flag)| New { a, b, flag })
}

fn verb() -> impl Strategy<Value = Verb> {
    use Verb::*;
    prop::sample::select(vec![
        Associate,
        Associate,
        Associate,
        Dissociate,
        Dissociate,
        AssociateInMemory,
        DissociateInMemory,
        AssociateParent,
        AssociateParent,
        DissociateParent,
        Unlink,
        AssociateParentInMemory,
        DissociateParentInMemory,
        UnlinkInMemory,
    ])
}

fn link_verb() -> impl Strategy<Value = LinkVerb> {
    use LinkVerb::*;
    prop::sample::select(vec![Associate, Associate, AssociateWith, Dissociate, Clear, Set, SetWith, Toggle])
}

fn one() -> impl Strategy<Value = One> {
    prop_oneof![
        2 => Just(One::Hold),
        3 => Just(One::Refresh),
        1 => Just(One::Find),
        2 => new().prop_map(One::Change),
        4 => Just(One::Save),
        2 => new().prop_map(One::Update),
        2 => Just(One::Delete),
    ]
}

pub fn step() -> impl Strategy<Value = Step> {
    let index = || 0..12_usize;
    let indexes = || prop::collection::vec(index(), 0..4);
    prop_oneof![
        4 => (0..9_usize, one(), index()).prop_map(|(table, verb, index)| Step::One { table, verb, index }),
        2 => (0..9_usize, prop::collection::vec(new(), 0..3)).prop_map(|(table, new)| Step::Insert { table, new }),
        7 => (0..5_usize, verb(), index(), indexes())
            .prop_map(|(relation, verb, parent, children)| Step::ForeignKey { relation, verb, parent, children }),
        1 => (0..5_usize, index(), new()).prop_map(|(relation, parent, new)| Step::Create { relation, parent, new }),
        10 => (0..LINKED.len(), link_verb(), index(), indexes(), any::<bool>()).prop_map(
            |(relation, verb, source, targets, by_key)| Step::Link { relation, verb, source, targets, by_key }
        ),
        1 => (0..6_usize, index(), new()).prop_map(|(query, index, new)| Step::Many { query, index, new }),
        2 => (0..100_usize, 0..36_usize).prop_map(|(relation, index)| Step::Look { relation, index }),
        2 => Just(Step::Begin),
        2 => prop::sample::select(vec![End::Commit, End::Commit, End::Rollback, End::Drop]).prop_map(Step::End),
    ]
}

const fn linked(name: &'static str, junction: Junction, is_right: bool) -> Linked {
    Linked { name, junction, is_right }
}

pub const LINKED: [Linked; 12] = [
    linked("following", Junction::Follows, true),
    linked("followers", Junction::Follows, false),
    linked("tags", Junction::PostTag, true),
    linked("posts", Junction::PostTag, false),
    linked("marked", Junction::Marks, true),
    linked("marked", Junction::Marks, false),
    linked("listed", Junction::Entries, true),
    linked("listed", Junction::Entries, false),
    linked("labels", Junction::LabelledPosts, true),
    linked("labelled_posts", Junction::LabelledPosts, false),
    linked("labels", Junction::LabelledImages, true),
    linked("labelled_images", Junction::LabelledImages, false),
];

/// Does the same for the model of a table.
macro_rules! on_table {
    ($table:expr, $model:ident => $body:expr) => {
        crate::relations::step::on_table!(@ $table, $model, $body;
            0 User, 1 Profile, 2 Post, 3 Image, 4 Comment, 5 Tag, 6 Mark, 7 Entry, 8 Node)
    };
    (@ $table:expr, $model:ident, $body:expr; $($number:literal $name:ident),*) => {
        match $table {
            $($number => {
                type $model = $name;
                $body
            })*
            _ => unreachable!(),
        }
    };
}
pub(crate) use on_table;

/// A key that a row might have, instead of the struct at that position.
pub fn key_at(index: usize) -> i64 {
    index as i64 % 6
}

fn at<C: Row<Key = i64>>(structs: &[C], index: usize) -> i64 {
    structs[index % structs.len()].id()
}

impl Step {
    /// Whether the database may have numbered rows, also such as were not kept.
    pub fn takes_keys(&self) -> bool {
        matches!(self, Self::Insert { .. } | Self::Create { .. } | Self::Link { .. } | Self::Begin)
    }

    /// Whether it deletes rows that refer to each other in one statement: MySQL checks each of them as soon as it is gone.
    pub fn deletes_a_tree(&self) -> bool {
        matches!(self, Self::Many { query: 4, .. })
    }
}

impl State {
    /// Whether it deletes a row that is its own parent, or gives it another key: MariaDB refuses that where the foreign key has two columns.
    pub fn takes_its_own_parent_away(&self, step: &Step) -> bool {
        let held = |index: usize| &self.held.nodes[index % self.held.nodes.len()];
        let is_its_own = |index: &usize| self.world.nodes.get(&held(*index).id()).is_some_and(|row| row.refers_to(row));
        match step {
            Step::One { table: 8, verb: One::Delete, index } => is_its_own(index),
            // The forest is part of the foreign key, and of the key.
            Step::ForeignKey { relation: 4, verb: Verb::Associate | Verb::AssociateParent, parent, children } => {
                let forest = held(*parent).forest;
                children.iter().any(|child| held(*child).forest != forest && is_its_own(child))
            }
            _ => false,
        }
    }

    /// What the step does: all of it, or nothing.
    pub fn foresee(&mut self, step: &Step) -> Outcome {
        self.attempt(|state| match step {
            Step::One { table, verb, index } => {
                on_table!(*table, Model => state.one::<Model>(*verb, index % Model::held(&state.held).len()))
            }
            Step::Insert { table, new } => on_table!(*table, Model => state.insert::<Model>(new)),
            Step::ForeignKey { relation, verb, parent, children } => {
                state.foreign_key_of(*relation, *verb, *parent, children)
            }
            Step::Create { relation, parent, new } => state.create_of(*relation, *parent, *new),
            Step::Link { relation, verb, source, targets, by_key } => {
                let (source, targets) = state.ends(*relation, *source, targets, *by_key);
                LINKED[*relation].verb(&mut state.world, *verb, source, &targets)
            }
            Step::Many { query, index, new } => state.many(*query, *index, *new),
            Step::Look { .. } | Step::Begin | Step::End(_) => Ok(String::new()),
        })
    }

    fn foreign_key_of(&mut self, relation: usize, verb: Verb, parent: usize, children: &[usize]) -> Outcome {
        fn run<P: Row, C: Refers<P>>(
            state: &mut State,
            verb: Verb,
            parent: usize,
            children: &[usize],
            is_one: bool,
        ) -> Outcome {
            let parents = P::held(&state.held);
            let parent = parents[parent % parents.len()].clone();
            let children = positions(C::held(&state.held).len(), children);
            state.foreign_key::<P, C>(verb, &parent, &children, is_one)
        }
        match relation {
            0 => run::<User, Post>(self, verb, parent, children, false),
            1 => run::<User, Profile>(self, verb, parent, children, true),
            2 => run::<Post, Comment>(self, verb, parent, children, false),
            3 => run::<Image, Comment>(self, verb, parent, children, false),
            _ => run::<Node, Node>(self, verb, parent, children, false),
        }
    }

    fn create_of(&mut self, relation: usize, parent: usize, new: New) -> Outcome {
        fn run<P: Row, C: Refers<P>>(state: &mut State, parent: usize, new: New) -> Outcome {
            let parents = P::held(&state.held);
            let parent = parents[parent % parents.len()].clone();
            state.create::<P, C>(&parent, new)
        }
        match relation {
            0 => run::<User, Post>(self, parent, new),
            1 => run::<User, Profile>(self, parent, new),
            2 => run::<Post, Comment>(self, parent, new),
            3 => run::<Image, Comment>(self, parent, new),
            _ => run::<Node, Node>(self, parent, new),
        }
    }

    /// The keys of the source and of the targets.
    fn ends(&self, relation: usize, source: usize, targets: &[usize], by_key: bool) -> (i64, Vec<i64>) {
        let held = &self.held;
        let key = |table: usize, index: usize| match table {
            0 => at(&held.users, index),
            1 => at(&held.posts, index),
            2 => at(&held.images, index),
            _ => at(&held.tags, index),
        };
        let (from, to) = match relation {
            0 | 1 => (0, 0),
            2 | 4 | 6 | 8 => (1, 3),
            3 | 5 | 7 | 9 => (3, 1),
            10 => (2, 3),
            _ => (3, 2),
        };
        let targets = targets.iter().map(|index| if by_key { key_at(*index) } else { key(to, *index) });
        (key(from, source), targets.collect())
    }

    /// Changes of many rows at once, by the query that a relation is.
    fn many(&mut self, query: usize, index: usize, new: New) -> Outcome {
        let (user, post) = (at(&self.held.users, index), at(&self.held.posts, index));
        let node = self.held.nodes[index % self.held.nodes.len()].clone();
        let world = &mut self.world;
        let posts: Vec<_> = world.posts_of(user).into_iter().map(|post| post.id).collect();
        let below: Vec<_> = world.below(&node).into_iter().map(|(node, _)| node.id()).collect();
        let count = match query {
            0 => {
                world.change(&posts, |post: &mut Post| post.rank = new.b)?;
                posts.len()
            }
            1 => {
                let ranked: Vec<_> = posts.into_iter().filter(|post| world.posts[post].rank.is_none()).collect();
                world.delete::<Post>(&ranked)?;
                ranked.len()
            }
            2 => {
                let mut tags = LINKED[2].targets(world, post);
                tags.retain(|tag| *tag > 1);
                world.delete::<Tag>(&tags)?;
                tags.len()
            }
            3 => {
                world.change(&below, |node: &mut Node| node.parent_nr = None)?;
                below.len()
            }
            4 => {
                world.delete::<Node>(&below)?;
                below.len()
            }
            _ => {
                let is_meant = |post: &&Post| !post.hidden && LINKED[2].targets(world, post.id).contains(&new.a());
                let posts: Vec<_> = world.posts.values().filter(is_meant).map(|post| post.id).collect();
                world.delete::<Post>(&posts)?;
                posts.len()
            }
        };
        Ok(count.to_string())
    }
}

/// What a call returned, or what its error says.
pub async fn outcome<T>(call: impl Future<Output = neko_orm::Result<T>>, show: impl FnOnce(T) -> String) -> Outcome {
    use super::world::{FOREIGN_KEY, UNIQUE};
    call.await.map(show).map_err(|error| match error {
        neko_orm::Error::ForeignKeyViolation(_) => FOREIGN_KEY.to_owned(),
        neko_orm::Error::UniqueViolation(_) => UNIQUE.to_owned(),
        error => error.to_string(),
    })
}
