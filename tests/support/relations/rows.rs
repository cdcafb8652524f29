//! The rows of each table, and what a foreign key is to them.

use std::collections::BTreeMap;
use std::fmt::Debug;

use super::schema::{Comment, Entry, Image, Mark, Node, Post, Profile, Tag, User};
use super::world::{Held, World};

/// Random values for a row's columns.
#[derive(Debug, Clone, Copy)]
pub struct New {
    pub a: Option<i64>,
    pub b: Option<i64>,
    pub flag: bool,
}

impl New {
    pub fn a(self) -> i64 {
        self.a.unwrap_or(1)
    }

    pub fn b(self) -> i64 {
        self.b.unwrap_or(2)
    }

    pub fn forest(self) -> i64 {
        1 + i64::from(self.flag)
    }
}

/// A row of one of the tables.
pub trait Row: Clone + PartialEq + Debug {
    type Key: Ord + Copy + Debug;
    const TABLE: &'static str;
    fn id(&self) -> Self::Key;
    fn rows(world: &World) -> &BTreeMap<Self::Key, Self>;
    fn rows_mut(world: &mut World) -> &mut BTreeMap<Self::Key, Self>;
    fn held(held: &Held) -> &Vec<Self>;
    fn held_mut(held: &mut Held) -> &mut Vec<Self>;
    /// A new row, of which the database may generate the key.
    fn plain(new: New, id: i64) -> Self;
    /// Sets the columns that are not the key.
    fn set(&mut self, _new: New) {}
    /// Sets some of these columns.
    fn touch(&mut self, new: New) {
        self.set(new);
    }
    const IS_GENERATED: bool = true;
    /// Whether the model's default scope leaves the row in.
    fn is_seen(&self) -> bool {
        true
    }
}

macro_rules! row {
    ($model:ident, $table:ident, $key:ty, |$row:ident| $id:expr, |$new:ident, $generated:ident| $plain:expr; $($rest:tt)*) => {
        impl Row for $model {
            type Key = $key;
            const TABLE: &'static str = stringify!($table);
            fn id(&self) -> $key {
                let $row = self;
                $id
            }
            fn rows(world: &World) -> &BTreeMap<$key, Self> {
                &world.$table
            }
            fn rows_mut(world: &mut World) -> &mut BTreeMap<$key, Self> {
                &mut world.$table
            }
            fn held(held: &Held) -> &Vec<Self> {
                &held.$table
            }
            fn held_mut(held: &mut Held) -> &mut Vec<Self> {
                &mut held.$table
            }
            fn plain($new: New, $generated: i64) -> Self {
                $plain
            }
            $($rest)*
        }
    };
}

row!(User, users, i64, |row| row.id, |_new, id| Self { id };);
row!(Image, images, i64, |row| row.id, |_new, id| Self { id };);
row!(Tag, tags, i64, |row| row.id, |_new, id| Self { id };);
row!(Profile, profiles, i64, |row| row.id, |new, id| Self { id, user_id: new.a };
    fn set(&mut self, new: New) {
        self.user_id = new.a;
    }
);
row!(Post, posts, i64, |row| row.id, |new, id| Self { id, author_id: new.a, rank: new.b, hidden: new.flag };
    fn set(&mut self, new: New) {
        *self = Self::plain(new, self.id);
    }
    fn touch(&mut self, new: New) {
        (self.author_id, self.rank) = (new.a, new.b);
    }
    fn is_seen(&self) -> bool {
        !self.hidden
    }
);
row!(Comment, comments, i64, |row| row.id, |new, id| Self {
        id,
        commentable_id: new.a,
        commentable_type: new.a.map(|_| if new.flag { "post" } else { "image" }.to_owned()),
    };
    fn set(&mut self, new: New) {
        *self = Self::plain(new, self.id);
    }
);
row!(Mark, marks, (i64, i64), |row| (row.post_id, row.tag_id),
    |new, _id| Self { post_id: new.a(), tag_id: new.b(), weight: new.a };
    fn set(&mut self, new: New) {
        self.weight = new.b;
    }
    fn is_seen(&self) -> bool {
        self.weight != Some(4)
    }
    const IS_GENERATED: bool = false;
);
row!(Entry, entries, i64, |row| row.id, |new, id| Self { id, post_id: new.a(), tag_id: new.b(), nr: new.a };
    fn set(&mut self, new: New) {
        *self = Self::plain(new, self.id);
    }
    fn is_seen(&self) -> bool {
        self.nr != Some(4)
    }
);
row!(Node, nodes, (i64, i64), |row| (row.forest, row.nr),
    |new, _id| Self { forest: new.forest(), nr: new.b(), parent_nr: new.a };
    fn set(&mut self, new: New) {
        self.parent_nr = new.a;
    }
    const IS_GENERATED: bool = false;
);

/// A row that can refer to a row of `P`.
pub trait Refers<P: Row>: Row {
    /// The relation from the parent.
    const DOWN: &'static str;
    /// The relation to the parent.
    const UP: &'static str;
    fn link(&mut self, parent: &P);
    fn unlink(&mut self);
    fn refers_to(&self, parent: &P) -> bool;
}

macro_rules! refers {
    ($child:ident.$up:ident, $parent:ident.$down:ident, |$row:ident, $to:ident| $($key:ident = $value:expr),+; $($null:ident),+) => {
        impl Refers<$parent> for $child {
            const DOWN: &'static str = stringify!($down);
            const UP: &'static str = stringify!($up);
            fn link(&mut self, $to: &$parent) {
                $(self.$key = $value;)+
            }
            fn unlink(&mut self) {
                $(self.$null = None;)+
            }
            fn refers_to(&self, $to: &$parent) -> bool {
                $(self.$key == $value)&&+
            }
        }
    };
}

refers!(Post.author, User.posts, |row, to| author_id = Some(to.id); author_id);
refers!(Profile.user, User.profile, |row, to| user_id = Some(to.id); user_id);
refers!(Comment.commentable, Post.comments,
    |row, to| commentable_id = Some(to.id), commentable_type = Some("post".to_owned()); commentable_id, commentable_type);
refers!(Comment.commentable, Image.comments,
    |row, to| commentable_id = Some(to.id), commentable_type = Some("image".to_owned()); commentable_id, commentable_type);
refers!(Node.parent, Node.children, |row, to| forest = to.forest, parent_nr = Some(to.nr); parent_nr);
