//! What relations lead to in memory.

use super::rows::{Refers, Row};
use super::schema::{Comment, Node, Post, Profile, Tag, User};
use super::step::LINKED;
use super::world::{World, distinct};

impl World {
    /// The rows that refer to a parent, in the order of their keys.
    pub fn children<P: Row, C: Refers<P>>(&self, parent: &P) -> Vec<C> {
        C::rows(self).values().filter(|row| row.refers_to(parent)).cloned().collect()
    }

    /// The row that a child refers to.
    pub fn parent<P: Row, C: Refers<P>>(&self, child: &C) -> Option<P> {
        P::rows(self).values().find(|row| child.refers_to(row)).cloned()
    }

    /// The posts of a user that are in the scope of their model.
    pub fn posts_of(&self, user: i64) -> Vec<Post> {
        let mut posts: Vec<Post> = self.children(&User { id: user });
        posts.retain(|post| !post.hidden);
        posts
    }

    pub fn post(&self, id: i64) -> Option<Post> {
        self.posts.get(&id).filter(|post| !post.hidden).cloned()
    }

    pub fn profile(&self, user: &User) -> Option<Profile> {
        self.children(user).pop()
    }

    /// The post with the greatest rank; those without one come last, and the key decides between equal ones.
    pub fn latest_post(&self, user: &User) -> Option<Post> {
        self.posts_of(user.id).into_iter().max_by_key(|post| (post.rank, post.id))
    }

    pub fn received(&self, user: &User) -> Vec<Comment> {
        let mut comments: Vec<Comment> =
            self.posts_of(user.id).iter().flat_map(|post| self.children::<Post, Comment>(post)).collect();
        comments.sort_by_key(|comment| comment.id);
        comments
    }

    pub fn topics(&self, user: &User) -> Vec<Tag> {
        self.over(self.posts_of(user.id).into_iter().flat_map(|post| LINKED[2].targets(self, post.id)))
    }

    pub fn inspired(&self, user: &User) -> Vec<User> {
        self.over(LINKED[1].targets(self, user.id).into_iter().flat_map(|user| LINKED[1].targets(self, user)))
    }

    pub fn writers(&self, tag: &Tag) -> Vec<User> {
        let posts = LINKED[3].targets(self, tag.id).into_iter().filter_map(|post| self.post(post));
        self.over(posts.filter_map(|post| post.author_id))
    }

    pub fn peers(&self, post: &Post) -> Vec<Post> {
        let tags = LINKED[2].targets(self, post.id).into_iter();
        self.over(tags.flat_map(|tag| LINKED[3].targets(self, tag)))
    }

    /// The rows with these keys, each once, in their order.
    pub fn over<C: Row>(&self, keys: impl Iterator<Item = C::Key>) -> Vec<C> {
        let mut keys = distinct(keys);
        keys.sort_unstable();
        keys.iter().filter_map(|key| C::rows(self).get(key).cloned()).collect()
    }

    /// The nodes below one, with the least number of steps that lead there.
    pub fn below(&self, node: &Node) -> Vec<(Node, i64)> {
        self.walk(node, |from| self.children(from))
    }

    pub fn above(&self, node: &Node) -> Vec<(Node, i64)> {
        self.walk(node, |from| self.parent(from).into_iter().collect())
    }

    fn walk(&self, start: &Node, step: impl Fn(&Node) -> Vec<Node>) -> Vec<(Node, i64)> {
        let (mut found, mut edge) = (Vec::<(Node, i64)>::new(), vec![start.clone()]);
        for depth in 1.. {
            let next = distinct(edge.iter().flat_map(&step));
            let is_new =
                |node: &Node| node.id() != start.id() && found.iter().all(|(known, _)| known.id() != node.id());
            edge = next.into_iter().filter(is_new).collect();
            if edge.is_empty() {
                break;
            }
            edge.sort_by_key(Node::id);
            found.extend(edge.iter().map(|node| (node.clone(), depth)));
        }
        found
    }
}
