//! The database in memory: a map for each table, and what its constraints refuse.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use super::rows::{New, Row};
use super::schema::{Comment, Entry, Image, Mark, Node, Post, Profile, Tag, User};

/// What a call returns, or the error's text.
pub type Outcome<T = String> = Result<T, String>;

pub const UNIQUE: &str = "unique violation";
pub const FOREIGN_KEY: &str = "foreign key violation";
/// Stands between two refusals, of which PostgreSQL may find the second one first: its statement counts rows before it checks foreign keys.
pub const OR: &str = " or ";

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

/// The number of a table, and columns of a row.
pub type Numbers = (i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

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

    /// All rows, as one statement reads them: the number of the table, and columns.
    pub fn numbers(&self) -> Vec<Numbers> {
        let mut rows = Vec::new();
        let mut push = |table, [a, b, c]: [Option<i64>; 3], d| rows.push((table, a, b, c, d));
        self.users.keys().for_each(|id| push(0, [Some(*id), None, None], None));
        self.profiles.values().for_each(|p| push(1, [Some(p.id), p.user_id, None], None));
        self.posts.values().for_each(|p| push(2, [Some(p.id), p.author_id, p.rank], Some(p.hidden.into())));
        self.images.keys().for_each(|id| push(3, [Some(*id), None, None], None));
        let kind = |tag: &String| ["post", "image"].iter().position(|known| known == tag).map_or(9, |at| at as i64);
        let comments = self.comments.values();
        comments.for_each(|c| push(4, [Some(c.id), c.commentable_id, c.commentable_type.as_ref().map(kind)], None));
        self.tags.keys().for_each(|id| push(5, [Some(*id), None, None], None));
        self.marks.values().for_each(|m| push(6, [Some(m.post_id), Some(m.tag_id), m.weight], None));
        self.entries.values().for_each(|e| push(7, [Some(e.id), Some(e.post_id), Some(e.tag_id)], e.nr));
        self.nodes.values().for_each(|n| push(8, [Some(n.forest), Some(n.nr), n.parent_nr], None));
        let junctions = [&self.follows, &self.post_tag, &self.labelled_posts, &self.labelled_images];
        for (table, pairs) in (9..).zip(junctions) {
            pairs.iter().for_each(|(left, right)| push(table, [Some(*left), Some(*right), None], None));
        }
        rows.sort_unstable();
        rows
    }
}
