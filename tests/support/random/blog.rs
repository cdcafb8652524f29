//! Three models that are related to each other and to themselves, random rows of them, and what relations lead to in memory.
use std::fmt::Debug;
use std::rc::Rc;

use neko_orm::{Expr, Model, Operand, Result, Transaction};

use crate::support::cases::Backend;

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Self as boss)]
#[has_many(Self as team, id = "boss_id")]
#[has_many(Post as written, id = "author_id")]
#[has_many(Comment, id = "author_id")]
pub struct User {
    pub id: i64,
    pub name: String,
    pub nick: Option<String>,
    pub age: Option<i32>,
    pub active: bool,
    pub boss_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User as author)]
#[has_many(Comment)]
pub struct Post {
    pub id: i64,
    pub author_id: Option<i64>,
    pub title: String,
    pub subtitle: Option<String>,
    pub rating: i32,
    pub views: i64,
    pub score: Option<f64>,
    pub pinned: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
#[belongs_to(User as author)]
#[belongs_to(Self as parent)]
#[has_many(Self as replies, id = "parent_id")]
pub struct Comment {
    pub id: i64,
    pub post_id: i64,
    pub author_id: Option<i64>,
    pub parent_id: Option<i64>,
    pub body: String,
    pub likes: Option<i64>,
    pub weight: f64,
    pub spam: bool,
}

/// All rows, in the order of their keys.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    pub backend: Backend,
    pub users: Vec<User>,
    pub posts: Vec<Post>,
    pub comments: Vec<Comment>,
}

/// What a column holds, apart from whether it can be NULL.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Int,
    Small,
    Real,
    Flag,
    Text,
}

/// The value of a column in memory. A `bool` is an integer, as in the database.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
}

/// A column or an expression, whether it can be NULL or not.
#[derive(Debug, Clone)]
pub enum Side {
    Int(Expr<Option<i64>>),
    Small(Expr<Option<i32>>),
    Real(Expr<Option<f64>>),
    Flag(Expr<Option<bool>>),
    Text(Expr<Option<String>>),
}

/// Does the same for an expression of each type, which is called `$ty` there.
macro_rules! each {
    ($side:expr, $expr:ident: $ty:ident => $body:expr) => {
        crate::random::blog::each!(@ $side, $expr, $ty, $body; Int i64, Small i32, Real f64, Flag bool, Text String)
    };
    (@ $side:expr, $expr:ident, $ty:ident, $body:expr; $($kind:ident $type:ident),*) => {
        match $side {
            $(crate::random::blog::Side::$kind($expr) => {
                #[allow(dead_code)]
                type $ty = $type;
                $body
            })*
        }
    };
}
pub(crate) use each;

macro_rules! cells {
    ($($ty:ty, $value:ident => $cell:expr;)*) => {
        $(impl From<$ty> for Cell {
            fn from($value: $ty) -> Self {
                $cell
            }
        })*
    };
}

cells! {
    i64, value => Self::Int(value);
    i32, value => Self::Int(value.into());
    bool, value => Self::Int(value.into());
    f64, value => Self::Real(value);
    String, value => Self::Text(value);
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, T::into)
    }
}

/// A model of the blog, in memory and in a query.
pub trait Tabled: Model + Clone + PartialEq + Debug {
    fn table() -> Table;
    fn id(&self) -> i64;
    fn row(&self) -> Row<'_>;
    fn scope(columns: Self::Columns) -> Scope;
    fn all(world: &World) -> &Vec<Self>;
    fn all_mut(world: &mut World) -> &mut Vec<Self>;
}

macro_rules! tables {
    ($($model:ident $rows:ident: $($kind:ident $column:ident),*;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub enum Table {
            $($model),*
        }

        /// A row in memory.
        #[derive(Debug, Clone, Copy)]
        pub enum Row<'w> {
            $($model(&'w $model)),*
        }

        /// The columns and relations that the closure of a query is given.
        #[derive(Clone)]
        pub enum Scope {
            $($model(Rc<<$model as Model>::Columns>)),*
        }

        impl Table {
            pub fn kinds(self) -> &'static [Kind] {
                match self {
                    $(Self::$model => &[$(Kind::$kind),*]),*
                }
            }
        }

        impl Row<'_> {
            pub fn table(self) -> Table {
                match self {
                    $(Self::$model(_) => Table::$model),*
                }
            }

            pub fn cells(self) -> Vec<Cell> {
                match self {
                    $(Self::$model(row) => vec![$(row.$column.clone().into()),*]),*
                }
            }
        }

        impl Scope {
            pub fn sides(&self) -> Vec<Side> {
                match self {
                    $(Self::$model(columns) => vec![$(Side::$kind(columns.$column.into_operand())),*]),*
                }
            }
        }

        $(impl Tabled for $model {
            fn table() -> Table {
                Table::$model
            }

            fn id(&self) -> i64 {
                self.id
            }

            fn row(&self) -> Row<'_> {
                Row::$model(self)
            }

            fn scope(columns: Self::Columns) -> Scope {
                Scope::$model(Rc::new(columns))
            }

            fn all(world: &World) -> &Vec<Self> {
                &world.$rows
            }

            fn all_mut(world: &mut World) -> &mut Vec<Self> {
                &mut world.$rows
            }
        })*
    };
}

tables! {
    User users: Int id, Text name, Text nick, Small age, Flag active, Int boss_id;
    Post posts: Int id, Int author_id, Text title, Text subtitle, Small rating, Int views, Real score, Flag pinned;
    Comment comments: Int id, Int post_id, Int author_id, Int parent_id, Text body, Int likes, Real weight, Flag spam;
}

impl Table {
    /// Where a `has_many` relation leads; any number stands for one.
    pub fn many(self, relation: usize) -> Self {
        match (self, relation % 3) {
            (Self::User, 0) => Self::Post,
            (Self::User, 2) => Self::User,
            _ => Self::Comment,
        }
    }

    /// Where a `belongs_to` relation leads; any number stands for one.
    pub fn one(self, relation: usize) -> Self {
        match (self, relation % 3) {
            (Self::Comment, 0) => Self::Post,
            (Self::Comment, 2) => Self::Comment,
            _ => Self::User,
        }
    }
}

/// Does the same for each `has_many` relation, whose target is called `$target`; numbered as in [`Table::many`].
macro_rules! many {
    ($scope:expr, $number:expr, $relation:ident: $target:ident => $body:expr) => {
        crate::random::blog::many!(@ ($scope, $number % 3), $relation, $target, $body;
            (User, 0) written Post, (User, 1) comments Comment, (User, _) team User,
            (Post, _) comments Comment, (Comment, _) replies Comment)
    };
    (@ $which:expr, $relation:ident, $target:ident, $body:expr; $(($model:ident, $number:pat) $name:ident $type:ident),*) => {
        match $which {
            $((crate::random::blog::Scope::$model(columns), $number) => {
                #[allow(dead_code)]
                type $target = crate::random::blog::$type;
                let $relation = columns.$name;
                $body
            })*
        }
    };
}
pub(crate) use many;

/// As [`many!`], for `belongs_to` relations.
macro_rules! one {
    ($scope:expr, $number:expr, $relation:ident: $target:ident => $body:expr) => {
        crate::random::blog::many!(@ ($scope, $number % 3), $relation, $target, $body;
            (User, _) boss User, (Post, _) author User,
            (Comment, 0) post Post, (Comment, 1) author User, (Comment, _) parent Comment)
    };
}
pub(crate) use one;

impl World {
    /// The rows that a `has_many` relation leads to.
    pub fn many(&self, from: Row<'_>, relation: usize) -> Vec<Row<'_>> {
        fn rows<M: Tabled>(rows: &[M], keep: impl Fn(&M) -> bool) -> Vec<Row<'_>> {
            rows.iter().filter(|row| keep(row)).map(M::row).collect()
        }
        match (from, relation % 3) {
            (Row::User(user), 0) => rows(&self.posts, |post| post.author_id == Some(user.id)),
            (Row::User(user), 1) => rows(&self.comments, |comment| comment.author_id == Some(user.id)),
            (Row::User(user), _) => rows(&self.users, |other| other.boss_id == Some(user.id)),
            (Row::Post(post), _) => rows(&self.comments, |comment| comment.post_id == post.id),
            (Row::Comment(comment), _) => rows(&self.comments, |other| other.parent_id == Some(comment.id)),
        }
    }

    /// The row that a `belongs_to` relation leads to.
    pub fn one(&self, from: Row<'_>, relation: usize) -> Option<Row<'_>> {
        match (from, relation % 3) {
            (Row::User(user), _) => find(&self.users, user.boss_id).map(Row::User),
            (Row::Post(post), _) => find(&self.users, post.author_id).map(Row::User),
            (Row::Comment(comment), 0) => find(&self.posts, Some(comment.post_id)).map(Row::Post),
            (Row::Comment(comment), 1) => find(&self.users, comment.author_id).map(Row::User),
            (Row::Comment(comment), _) => find(&self.comments, comment.parent_id).map(Row::Comment),
        }
    }

    /// Whether every foreign key refers to a row.
    pub fn is_sound(&self) -> bool {
        fn is_sound<M: Tabled>(rows: &[M], key: Option<i64>) -> bool {
            key.is_none() || find(rows, key).is_some()
        }
        self.users.iter().all(|user| is_sound(&self.users, user.boss_id))
            && self.posts.iter().all(|post| is_sound(&self.users, post.author_id))
            && self.comments.iter().all(|comment| {
                is_sound(&self.posts, Some(comment.post_id))
                    && is_sound(&self.users, comment.author_id)
                    && is_sound(&self.comments, comment.parent_id)
            })
    }

    pub async fn insert(&self, db: &mut Transaction) -> Result<()> {
        // MySQL checks each row by itself, and not when the statement ends.
        check_foreign_keys(false, db).await?;
        let users = self.users.iter().cloned().map(|User { id, name, nick, age, active, boss_id }| {
            User::create().id(id).name(name).nick(nick).age(age).active(active).boss_id(boss_id)
        });
        User::insert_all(users, &mut *db).await?;
        let posts = self.posts.iter().cloned().map(|post| {
            let Post { id, author_id, title, subtitle, rating, views, score, pinned } = post;
            let create = Post::create().id(id).author_id(author_id).title(title).subtitle(subtitle);
            create.rating(rating).views(views).score(score).pinned(pinned)
        });
        Post::insert_all(posts, &mut *db).await?;
        let comments = self.comments.iter().cloned().map(|comment| {
            let Comment { id, post_id, author_id, parent_id, body, likes, weight, spam } = comment;
            let create = Comment::create().id(id).post_id(post_id).author_id(author_id).parent_id(parent_id);
            create.body(body).likes(likes).weight(weight).spam(spam)
        });
        Comment::insert_all(comments, &mut *db).await?;
        check_foreign_keys(true, db).await
    }

    /// What the database holds.
    pub async fn read(db: &mut Transaction) -> Result<Self> {
        Ok(Self {
            backend: Backend::of(db),
            users: User::query().order_by(|u| u.id.asc()).to_vec(&mut *db).await?,
            posts: Post::query().order_by(|p| p.id.asc()).to_vec(&mut *db).await?,
            comments: Comment::query().order_by(|c| c.id.asc()).to_vec(&mut *db).await?,
        })
    }
}

async fn check_foreign_keys(check: bool, db: &mut Transaction) -> Result<()> {
    if let Transaction::MySql(db) = db {
        let sql = if check { "SET foreign_key_checks = 1" } else { "SET foreign_key_checks = 0" };
        sqlx::raw_sql(sql).execute(&mut **db).await?;
    }
    Ok(())
}

pub fn find<M: Tabled>(rows: &[M], key: Option<i64>) -> Option<&M> {
    rows.iter().find(|row| Some(row.id()) == key)
}
