//! What the steps do by the crate.

use neko_orm::{Complete, Model, NewRow, Pool, Transaction};

use super::junction::LinkVerb;
use super::rows::{New, Row};
use super::schema::{Comment, Entry, Image, Mark, Node, Post, Profile, Tag, User};
use super::step::{Step, key_at, on_table, outcome};
use super::verbs::{One, Verb, positions};
use super::world::{Held, Outcome};

/// What a call is given: a pool, or a transaction that was begun on it.
pub enum Db<'d> {
    Pool(&'d Pool),
    Transaction(&'d mut Transaction),
}

/// Runs a call on the database.
macro_rules! on {
    ($db:expr, |$d:ident| $call:expr) => {
        on!($db, |$d| $call, |_done| String::new())
    };
    ($db:expr, |$d:ident| $call:expr, $show:expr) => {
        match $db {
            Db::Pool($d) => {
                outcome(
                    async {
                        let $d: &Pool = $d;
                        $call.await
                    },
                    $show,
                )
                .await
            }
            Db::Transaction($d) => {
                outcome(
                    async {
                        let $d = &mut **$d;
                        $call.await
                    },
                    $show,
                )
                .await
            }
        }
    };
}

pub(crate) use on;

/// A model whose rows are made at random.
trait Made: Model + Row {
    fn made(new: New) -> impl NewRow<Builder: Complete<Model = Self>, Inserted = Self>;
    /// Sets some columns of the row, if it has any besides its key.
    async fn touched(&mut self, _new: New, _db: &mut Db<'_>) -> Option<Outcome> {
        None
    }
}

macro_rules! made {
    ($model:ident, |$new:ident| $made:expr $(, |$row:ident| $set:expr)?) => {
        impl Made for $model {
            fn made($new: New) -> impl NewRow<Builder: Complete<Model = Self>, Inserted = Self> {
                $made
            }
            $(async fn touched(&mut self, $new: New, db: &mut Db<'_>) -> Option<Outcome> {
                Some(on!(db, |db| self.update(|$row| $set, db)))
            })?
        }
    };
}

made!(User, |_new| User::create());
made!(Image, |_new| Image::create());
made!(Tag, |_new| Tag::create());
made!(Profile, |new| Profile::create().user_id(new.a), |p| p.user_id.set(new.a));
made!(Post, |new| Post::create().author_id(new.a).rank(new.b).hidden(new.flag), |p| (
    p.author_id.set(new.a),
    p.rank.set(new.b)
));
made!(
    Comment,
    |new| {
        let comment = Comment::plain(new, 0);
        Comment::create().commentable_id(comment.commentable_id).commentable_type(comment.commentable_type)
    },
    |c| {
        let comment = Comment::plain(new, 0);
        (c.commentable_id.set(comment.commentable_id), c.commentable_type.set(comment.commentable_type))
    }
);
made!(Mark, |new| Mark::create().post_id(new.a()).tag_id(new.b()).weight(new.a), |m| m.weight.set(new.b));
made!(Entry, |new| Entry::create().post_id(new.a()).tag_id(new.b()).nr(new.a), |e| (
    e.post_id.set(new.a()),
    e.tag_id.set(new.b()),
    e.nr.set(new.a)
));
made!(Node, |new| Node::create().forest(new.forest()).nr(new.b()).parent_nr(new.a), |n| n.parent_nr.set(new.a));

/// The structs at these positions.
fn chosen<'h, C>(structs: &'h mut [C], positions: &[usize]) -> Vec<&'h mut C> {
    let mut structs: Vec<_> = structs.iter_mut().map(Some).collect();
    positions.iter().filter_map(|position| structs[*position].take()).collect()
}

pub async fn run(step: &Step, held: &mut Held, db: &mut Db<'_>) -> Outcome {
    match step {
        Step::One { table, verb, index } => on_table!(*table, Model => one::<Model>(*verb, *index, held, db).await),
        Step::Insert { table, new } => on_table!(*table, Model => insert::<Model>(new, held, db).await),
        Step::ForeignKey { relation, verb, parent, children } => {
            foreign_key(*relation, *verb, *parent, children, held, db).await
        }
        Step::Create { relation, parent, new } => create(*relation, *parent, *new, held, db).await,
        Step::Link { relation, verb, source, targets, by_key } => {
            let given = Given { verb: *verb, source: *source, targets, by_key: *by_key };
            super::links::run(*relation, &given, held, db).await
        }
        Step::Many { query, index, new } => many(*query, *index, *new, held, db).await,
        Step::Look { .. } | Step::Begin | Step::End(_) => Ok(String::new()),
    }
}

/// What a verb of a many-to-many relation is called with.
pub struct Given<'g> {
    pub verb: LinkVerb,
    pub source: usize,
    pub targets: &'g [usize],
    pub by_key: bool,
}

impl Given<'_> {
    pub fn keys(&self) -> Vec<i64> {
        self.targets.iter().map(|index| key_at(*index)).collect()
    }
}

async fn one<M: Made>(verb: One, index: usize, held: &mut Held, db: &mut Db<'_>) -> Outcome
where
    <M as Row>::Key: neko_orm::IntoField<neko_orm::KeyOf<M>>,
{
    let count = M::held(held).len();
    let row = &mut M::held_mut(held)[index % count];
    match verb {
        One::Hold => {
            let row = row.clone();
            held.hold(vec![row]);
            Ok(String::new())
        }
        One::Refresh => on!(db, |db| row.refresh(db)),
        One::Find => {
            let key = row.id();
            on!(db, |db| M::find(key, db), |found| format!("{found:?}"))
        }
        One::Change(new) => {
            row.set(new);
            Ok(String::new())
        }
        One::Save => on!(db, |db| row.save(db)),
        One::Update(new) => match row.touched(new, db).await {
            Some(outcome) => outcome,
            None => on!(db, |db| row.refresh(db)),
        },
        One::Delete => on!(db, |db| row.delete(db)),
    }
}

async fn insert<M: Made>(new: &[New], held: &mut Held, db: &mut Db<'_>) -> Outcome {
    let mut inserted = Vec::new();
    let outcome = on!(db, |db| M::insert_all(new.iter().map(|new| M::made(*new)), db), |rows: Vec<M>| {
        inserted = rows;
        format!("{inserted:?}")
    });
    held.hold(inserted);
    outcome
}

fn in_memory(result: neko_orm::Result<()>) -> Outcome {
    result.map(|()| String::new()).map_err(|error| error.to_string())
}

async fn foreign_key(
    relation: usize,
    verb: Verb,
    parent: usize,
    children: &[usize],
    held: &mut Held,
    db: &mut Db<'_>,
) -> Outcome {
    macro_rules! relation {
        ($parents:ident.$down:ident, $children:ident.$up:ident, $up_mut:ident, |$many:ident| $given:expr) => {{
            let parent = held.$parents[parent % held.$parents.len()].clone();
            let positions = positions(held.$children.len(), children);
            if positions.is_empty() && relation == 1 {
                return Ok(String::new());
            }
            let $many = chosen(&mut held.$children, &positions);
            macro_rules! first {
                () => {
                    match $many.into_iter().next() {
                        Some(child) => child.$up_mut(),
                        None => return Ok(String::new()),
                    }
                };
            }
            match verb {
                Verb::Associate => on!(db, |db| parent.$down().associate($given, db)),
                Verb::Dissociate => on!(db, |db| parent.$down().dissociate($given, db)),
                Verb::AssociateInMemory => {
                    parent.$down().associate_in_memory($given);
                    Ok(String::new())
                }
                Verb::DissociateInMemory => in_memory(parent.$down().dissociate_in_memory($given)),
                Verb::AssociateParent => {
                    let child = first!();
                    on!(db, |db| child.associate(&parent, db))
                }
                Verb::DissociateParent => {
                    let child = first!();
                    on!(db, |db| child.dissociate(&parent, db))
                }
                Verb::Unlink => {
                    let child = first!();
                    on!(db, |db| child.unlink(db))
                }
                Verb::AssociateParentInMemory => {
                    first!().associate_in_memory(&parent);
                    Ok(String::new())
                }
                Verb::DissociateParentInMemory => in_memory(first!().dissociate_in_memory(&parent)),
                Verb::UnlinkInMemory => {
                    first!().unlink_in_memory();
                    Ok(String::new())
                }
            }
        }};
    }
    match relation {
        0 => relation!(users.posts, posts.author, author_mut, |many| many),
        1 => relation!(users.profile, profiles.user, user_mut, |many| many.into_iter().next().unwrap()),
        2 => relation!(posts.comments, comments.commentable, commentable_mut, |many| many),
        3 => relation!(images.comments, comments.commentable, commentable_mut, |many| many),
        _ => relation!(nodes.children, nodes.parent, parent_mut, |many| many),
    }
}

async fn create(relation: usize, parent: usize, new: New, held: &mut Held, db: &mut Db<'_>) -> Outcome {
    macro_rules! relation {
        ($parents:ident.$down:ident, |$builder:ident| $set:expr) => {{
            let $builder = held.$parents[parent % held.$parents.len()].$down().create();
            let builder = $set;
            let mut created = Vec::new();
            let outcome = on!(db, |db| builder.insert(db), |row| {
                let text = format!("{row:?}");
                created.push(row);
                text
            });
            held.hold(created);
            outcome
        }};
    }
    match relation {
        0 => relation!(users.posts, |post| post.rank(new.b).hidden(new.flag)),
        1 => relation!(users.profile, |profile| profile),
        2 => relation!(posts.comments, |comment| comment),
        3 => relation!(images.comments, |comment| comment),
        _ => relation!(nodes.children, |node| node.nr(new.b())),
    }
}

async fn many(query: usize, index: usize, new: New, held: &Held, db: &mut Db<'_>) -> Outcome {
    let (user, post) = (&held.users[index % held.users.len()], &held.posts[index % held.posts.len()]);
    let node = &held.nodes[index % held.nodes.len()];
    let show = |count: u64| count.to_string();
    let below = || node.children().descendants();
    match query {
        0 => on!(db, |db| user.posts().update(|p| p.rank.set(new.b), db), show),
        1 => on!(db, |db| user.posts().filter(|p| p.rank.is_null()).delete(db), show),
        2 => on!(db, |db| post.tags().filter(|t| t.id.gt(1)).delete(db), show),
        3 => on!(db, |db| below().update(|n| n.parent_nr.set(None), db), show),
        4 => on!(db, |db| below().delete(db), show),
        _ => on!(db, |db| Post::query().filter(|p| p.tags.any(|t| t.id.eq(new.a()))).delete(db), show),
    }
}
