//! The database in memory: a map for each table, what its constraints refuse, and what a foreign key is to a row.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use super::schema::{Comment, Entry, Image, Mark, Node, Post, Profile, Tag, User};

/// What a call returns, or the error's text.
pub type Outcome<T = String> = Result<T, String>;

pub const UNIQUE: &str = "unique violation";
pub const FOREIGN_KEY: &str = "foreign key violation";

#[derive(Debug, Clone, PartialEq, Default)]
pub struct World {
    pub users: BTreeMap<i64, User>,
    pub profiles: BTreeMap<i64, Profile>,
    pub posts: BTreeMap<i64, Post>,
    pub images: BTreeMap<i64, Image>,
    pub comments: BTreeMap<i64, Comment>,
    pub tags: BTreeMap<i64, Tag>,
    pub marks: BTreeMap<(i64, i64), Mark>,
    pub entries: BTreeMap<i64, Entry>,
    pub nodes: BTreeMap<(i64, i64), Node>,
    pub follows: BTreeSet<(i64, i64)>,
    pub post_tag: BTreeSet<(i64, i64)>,
    pub labelled_posts: BTreeSet<(i64, i64)>,
    pub labelled_images: BTreeSet<(i64, i64)>,
    /// The greatest key that a table ever had: none is given twice.
    pub last: BTreeMap<&'static str, i64>,
}

/// Structs at hand, of rows that may have changed or gone meanwhile.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Held {
    pub users: Vec<User>,
    pub profiles: Vec<Profile>,
    pub posts: Vec<Post>,
    pub images: Vec<Image>,
    pub comments: Vec<Comment>,
    pub tags: Vec<Tag>,
    pub marks: Vec<Mark>,
    pub entries: Vec<Entry>,
    pub nodes: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    pub world: World,
    pub held: Held,
}

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

/// Keys as an error names them.
fn display<K: Debug>(keys: &[K]) -> String {
    match keys {
        [key] => format!("{key:?}"),
        _ => format!("{keys:?}"),
    }
}

pub fn not_found<C: Row>(keys: &[C::Key]) -> String {
    format!("no row of `{}` has the key {}", C::TABLE, display(keys))
}

pub fn not_associated<C: Row>(relation: &str, keys: &[C::Key]) -> String {
    format!("row {} of `{}` is not associated by `{relation}`", display(keys), C::TABLE)
}

/// Without repetitions, in the order of first appearance.
pub fn distinct<K: PartialEq>(keys: impl IntoIterator<Item = K>) -> Vec<K> {
    let mut seen = Vec::new();
    for key in keys {
        if !seen.contains(&key) {
            seen.push(key);
        }
    }
    seen
}

impl World {
    pub fn has<C: Row>(&self, key: C::Key) -> bool {
        C::rows(self).contains_key(&key)
    }

    /// Whether every foreign key refers to a row, and what is unique is so.
    pub fn check(&self) -> Outcome<()> {
        let owners: Vec<_> = self.profiles.values().filter_map(|profile| profile.user_id).collect();
        if distinct(owners.iter()).len() < owners.len() {
            return Err(UNIQUE.to_owned());
        }
        let is_user = |id: &i64| self.users.contains_key(id);
        let (is_post, is_tag) = (|id: i64| self.posts.contains_key(&id), |id: i64| self.tags.contains_key(&id));
        let is_sound = owners.iter().all(is_user)
            && self.posts.values().filter_map(|post| post.author_id).all(|id| is_user(&id))
            && self.marks.keys().all(|(post, tag)| is_post(*post) && is_tag(*tag))
            && self.entries.values().all(|entry| is_post(entry.post_id) && is_tag(entry.tag_id))
            && self.follows.iter().all(|(from, to)| is_user(from) && is_user(to))
            && self.post_tag.iter().all(|(post, tag)| is_post(*post) && is_tag(*tag))
            && self.labelled_posts.iter().chain(&self.labelled_images).all(|(_, tag)| is_tag(*tag))
            && self.nodes.values().all(|node| node.parent_nr.is_none_or(|nr| self.has::<Node>((node.forest, nr))));
        if is_sound { Ok(()) } else { Err(FOREIGN_KEY.to_owned()) }
    }

    /// Changes those of the rows that are there, in one statement.
    pub fn change<C: Row>(&mut self, keys: &[C::Key], change: impl Fn(&mut C)) -> Outcome<()> {
        let rows: Vec<C> = keys.iter().filter_map(|key| C::rows_mut(self).remove(key)).collect();
        for mut row in rows {
            change(&mut row);
            if C::rows_mut(self).insert(row.id(), row).is_some() {
                return Err(UNIQUE.to_owned());
            }
        }
        self.check()
    }

    pub fn next_id<C: Row>(&mut self) -> i64 {
        let last = self.last.entry(C::TABLE).or_default();
        *last += 1;
        *last
    }

    /// Inserts rows in one statement.
    pub fn insert<C: Row>(&mut self, new: impl IntoIterator<Item = New>) -> Outcome<Vec<C>> {
        let mut rows = Vec::new();
        for new in new {
            let id = if C::IS_GENERATED { self.next_id::<C>() } else { 0 };
            let row = C::plain(new, id);
            if C::rows_mut(self).insert(row.id(), row.clone()).is_some() {
                return Err(UNIQUE.to_owned());
            }
            rows.push(row);
        }
        self.check()?;
        Ok(rows)
    }

    /// Deletes rows in one statement, with what the foreign keys say of the rows that refer to them.
    pub fn delete<C: Row>(&mut self, keys: &[C::Key]) -> Outcome<()> {
        for key in keys {
            C::rows_mut(self).remove(key);
        }
        let Self { users, posts, tags, follows, post_tag, labelled_posts, labelled_images, entries, profiles, .. } =
            self;
        let (is_user, is_post) = (|id: &i64| users.contains_key(id), |id: &i64| posts.contains_key(id));
        let is_tag = |id: &i64| tags.contains_key(id);
        follows.retain(|(from, to)| is_user(from) && is_user(to));
        post_tag.retain(|(post, tag)| is_post(post) && is_tag(tag));
        labelled_posts.retain(|(_, tag)| is_tag(tag));
        labelled_images.retain(|(_, tag)| is_tag(tag));
        entries.retain(|_, entry| is_post(&entry.post_id));
        for profile in profiles.values_mut() {
            profile.user_id = profile.user_id.filter(is_user);
        }
        self.check()
    }

    /// All tables, as one statement reads them.
    pub fn text(&self) -> String {
        fn list<T>(rows: impl IntoIterator<Item = T>, show: impl Fn(T) -> String) -> String {
            let rows: Vec<_> = rows.into_iter().map(show).collect();
            format!("[{}]", rows.join(","))
        }
        let or_null = |value: &Option<i64>| value.map_or("null".to_owned(), |value| value.to_string());
        let id = |id: &i64| format!("[{id}]");
        let pair = |(left, right): &(i64, i64)| format!("[{left},{right}]");
        [
            list(self.users.keys(), id),
            list(self.profiles.values(), |p| format!("[{},{}]", p.id, or_null(&p.user_id))),
            list(self.posts.values(), |p| {
                format!("[{},{},{},{}]", p.id, or_null(&p.author_id), or_null(&p.rank), i64::from(p.hidden))
            }),
            list(self.images.keys(), id),
            list(self.comments.values(), |c| {
                let tag = c.commentable_type.as_ref().map_or("null".to_owned(), |tag| format!("\"{tag}\""));
                format!("[{},{},{tag}]", c.id, or_null(&c.commentable_id))
            }),
            list(self.tags.keys(), id),
            list(self.marks.values(), |m| format!("[{},{},{}]", m.post_id, m.tag_id, or_null(&m.weight))),
            list(self.entries.values(), |e| format!("[{},{},{},{}]", e.id, e.post_id, e.tag_id, or_null(&e.nr))),
            list(self.nodes.values(), |n| format!("[{},{},{}]", n.forest, n.nr, or_null(&n.parent_nr))),
            list(&self.follows, pair),
            list(&self.post_tag, pair),
            list(&self.labelled_posts, pair),
            list(&self.labelled_images, pair),
        ]
        .join(" ")
    }
}

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
