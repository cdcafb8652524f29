//! The verbs of the many-to-many relations.

use neko_orm::{Changes, Pool};

use super::junction::LinkVerb;
use super::run::{Db, Given, on};
use super::step::outcome;
use super::world::{Held, Outcome};

fn show(mut changes: Changes<i64>) -> String {
    changes.associated.sort_unstable();
    changes.dissociated.sort_unstable();
    format!("{:?} {:?}", changes.associated, changes.dissociated)
}

/// A verb with these targets; the last argument says what it sets in the junction.
macro_rules! verb {
    ($db:expr, $verb:expr, $handle:expr, $targets:expr $(, $column:ident)?) => {
        match $verb {
            $(LinkVerb::AssociateWith => {
                let mut numbers = 1..;
                on!($db, |db| $handle.associate_with($targets, |link| link.$column(numbers.next()), db))
            }
            LinkVerb::SetWith => {
                let mut numbers = 1..;
                on!($db, |db| $handle.set_with($targets, |link| link.$column(numbers.next()), db), show)
            })?
            LinkVerb::Dissociate => on!($db, |db| $handle.dissociate($targets, db)),
            LinkVerb::Clear => on!($db, |db| $handle.clear(db), |count: u64| count.to_string()),
            LinkVerb::Set => on!($db, |db| $handle.set($targets, db), show),
            LinkVerb::Toggle => on!($db, |db| $handle.toggle($targets, db), show),
            LinkVerb::Associate => on!($db, |db| $handle.associate($targets, db)),
            #[allow(unreachable_patterns)]
            LinkVerb::AssociateWith => on!($db, |db| $handle.associate($targets, db)),
            #[allow(unreachable_patterns)]
            LinkVerb::SetWith => on!($db, |db| $handle.set($targets, db), show),
        }
    };
}

macro_rules! relation {
    ($given:expr, $held:expr, $db:expr, $sources:ident.$name:ident, $targets:ident $(, $column:ident)?) => {{
        let source = &$held.$sources[$given.source % $held.$sources.len()];
        let handle = source.$name();
        if $given.by_key {
            let keys = $given.keys();
            verb!($db, $given.verb, handle, keys $(, $column)?)
        } else {
            let models = &$held.$targets;
            let models: Vec<_> = $given.targets.iter().map(|index| &models[index % models.len()]).collect();
            verb!($db, $given.verb, handle, models $(, $column)?)
        }
    }};
}

pub async fn run(relation: usize, given: &Given<'_>, held: &Held, db: &mut Db<'_>) -> Outcome {
    match relation {
        0 => relation!(given, held, db, users.following, users),
        1 => relation!(given, held, db, users.followers, users),
        2 => relation!(given, held, db, posts.tags, tags),
        3 => relation!(given, held, db, tags.posts, posts),
        4 => relation!(given, held, db, posts.marked, tags, weight),
        5 => relation!(given, held, db, tags.marked, posts, weight),
        6 => relation!(given, held, db, posts.listed, tags, nr),
        7 => relation!(given, held, db, tags.listed, posts, nr),
        8 => relation!(given, held, db, posts.labels, tags),
        9 => relation!(given, held, db, tags.labelled_posts, posts),
        10 => relation!(given, held, db, images.labels, tags),
        _ => relation!(given, held, db, tags.labelled_images, images),
    }
}
