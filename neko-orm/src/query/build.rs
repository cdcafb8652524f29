//! The methods that narrow and order a query, and say what is read of its rows. They send nothing.

use super::scope::Scoping;
use super::selected::Selected;
use super::{Everything, Loader, OfRows, Origin, Query, Select, Shape, Undecided, With, chunks};
use crate::Model;
use crate::backend::Dialect;
use crate::expr::{IntoCondition, Orders};
use crate::node::Alias;

impl<M: Model, O: Origin<M>, S> Query<M, O, S> {
    /// Only the rows for which the condition holds, in addition to earlier ones.
    ///
    /// The closure is given the model's columns and relations. It may also return a `bool`, or an `Option` that is `None`
    /// to filter nothing. Sends nothing.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Comment)]
    /// # struct Post { id: i64, title: String, rating: Option<i32> }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Comment { id: i64, post_id: i64, body: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(Post, Comment)>(&db).await?;
    /// let least: Option<i32> = None;
    /// let posts = Post::query()
    ///     .filter(|p| p.title.like("%rust%") | p.rating.is_null())
    ///     .filter(|p| p.comments.any(|c| c.body.ne("")))
    ///     .filter(|p| p.comments.count().lt(100))
    ///     .filter(|p| least.map(|least| p.rating.ge(least)))
    ///     .to_vec(&db).await?;
    /// # assert!(posts.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn filter<C: IntoCondition>(self, condition: impl FnOnce(M::Columns) -> C) -> Query<M, Everything, S>
    where
        S: OfRows,
    {
        let condition = condition(M::columns(Alias::TABLE)).into_condition().into_node();
        self.with_parts(|parts| parts.condition.narrow(condition))
    }

    /// The rows in this order, after the orders given earlier. Sends nothing.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, rating: Option<i32> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// let best = Post::query().order_by(|p| (p.rating.desc().nulls_last(), p.id.asc())).limit(10).to_vec(&db).await?;
    /// # assert!(best.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn order_by<T: Orders>(self, order: impl FnOnce(M::Columns) -> T) -> Query<M, Everything, S>
    where
        S: OfRows,
    {
        let order = order(M::columns(Alias::TABLE)).into_terms();
        self.with_parts(|parts| parts.order.extend(order))
    }

    /// At most so many rows, of those that meet all filters, also later ones; the last limit counts. Between rows that are alike to
    /// the order, the key decides. Of groups and of distinct values, the limit counts those.
    ///
    /// An argument of the statement; on PostgreSQL, a limit of up to 100 is part of its text, of which there is one for each number. For an argument it
    /// expects a tenth of all rows, and so plans each time anew.
    pub fn limit(self, rows: u64) -> Query<M, Everything, S> {
        self.with_parts(|parts| parts.limit = Some(rows))
    }

    /// Without the first so many rows; the last offset counts. Between rows that are alike to the order, the key decides.
    pub fn offset(self, rows: u64) -> Query<M, Everything, S> {
        self.with_parts(|parts| parts.offset = rows)
    }

    /// Only the rows that come after this one in the query's order, where the key decides between rows that are alike to it
    /// (keyset pagination): the next page costs as much as the first, and no row is seen twice when others come and go.
    ///
    /// `row` is the last one of the page before. It need not be there any more: its columns say where to go on.
    ///
    /// # Errors
    /// The call that reads fails with [`Error::NoPlace`](crate::Error::NoPlace) where the order is not one of columns.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, rating: Option<i32> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// # Post::insert_all((0..30).map(|n| Post::create().rating(n % 7)), &db).await?;
    /// let best = Post::query().order_by(|p| p.rating.desc()).limit(10);
    /// let first = best.to_vec(&db).await?;
    /// let second = best.after(&first[9]).to_vec(&db).await?;
    /// assert!(second.iter().all(|post| !first.contains(post)));
    /// # Ok(()) }
    /// ```
    pub fn after(self, row: &M) -> Query<M, Everything, S>
    where
        S: OfRows,
    {
        let values = chunks::values(row);
        self.with_parts(|parts| parts.after = Some(values))
    }

    /// The query as a function makes it from this one: for filters and orders that are used in several places.
    ///
    /// ```
    /// # use neko_orm::{Model, Query};
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Post)] struct User { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, user_id: i64, rating: i32 }
    /// # fn example(user: &User) {
    /// fn good(posts: Query<Post>) -> Query<Post> {
    ///     posts.filter(|p| p.rating.gt(3)).order_by(|p| p.rating.desc())
    /// }
    ///
    /// let posts = good(Post::query());
    /// let posts = user.posts().scope(good);
    /// # }
    /// ```
    pub fn scope<T>(self, scope: impl FnOnce(Query<M, Everything, S>) -> T) -> T {
        scope(self.into_query())
    }

    /// Also the rows that the model's default scope (`#[model(scope = path)]`) leaves out. The scope of a relation stays, and so do
    /// the verbs of its handle: `post.author().unscoped().get(&db)`. Sends nothing.
    ///
    /// ```
    /// # use neko_orm::{Model, Query};
    /// #[derive(Debug, Clone, PartialEq, Model)]
    /// #[model(scope = not_deleted)]
    /// struct Post { id: i64, is_deleted: bool }
    ///
    /// fn not_deleted(posts: Query<Post>) -> Query<Post> {
    ///     posts.filter(|p| p.is_deleted.eq(false))
    /// }
    ///
    /// let (posts, all) = (Post::query(), Post::query().unscoped());
    /// ```
    pub fn unscoped(mut self) -> Self {
        self.parts.scoping = Scoping::Unscoped;
        self
    }

    /// The same rows as a plain query, for variables that hold a relation's rows or others.
    ///
    /// ```
    /// # use neko_orm::{Model, Query};
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_many(Post)] struct User { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, user_id: i64, rating: i32 }
    /// fn posts(of: Option<&User>) -> Query<Post> {
    ///     let posts = match of {
    ///         Some(user) => user.posts().into_query(),
    ///         None => Post::query(),
    ///     };
    ///     posts.filter(|p| p.rating.gt(3))
    /// }
    /// ```
    pub fn into_query(self) -> Query<M, Everything, S> {
        self.with_parts(|_| {})
    }

    /// Says that an [`update`](Self::update) or [`delete`](Self::delete) without a filter is meant.
    pub fn all_rows(self) -> Query<M, Everything, S> {
        self.with_parts(|parts| parts.is_for_all_rows = true)
    }
}

impl<M: Model, O: Origin<M>, S> Query<M, O, S> {
    /// Reads each row with what relations lead to from there. The type of the result says what was loaded, to any depth.
    ///
    /// The closure is given the model's relations. A `has_many` relation becomes a `Vec`, a `belongs_to` relation an `Option`, or the target itself
    /// where the foreign key is not an `Option`. Each can be narrowed by `filter`, ordered, limited **for each row**, and loaded
    /// with relations of its own; `count()`, `sum(..)` and the like load a number instead. A tuple loads several.
    ///
    /// Sends one statement for the rows and one for each relation, however many rows there are (keys that are no integers, no texts or
    /// composite are cut into several by the database's limit on arguments), and none for a relation without keys to look for. On SQLite, those for
    /// models whose columns arrays hold exactly are one, as on PostgreSQL a page of up to 30 rows with its relations, but not with what these lead on
    /// to, and all rows of a table of which only aggregates are loaded: see [`eager_loading`](crate::guide::eager_loading#in-one-statement). From a pool,
    /// several are in one transaction and see one state of the database; for that on a connection that you lend, lend a transaction.
    ///
    /// # Errors
    /// The call that reads fails as [`get`](Query::get) does where a `belongs_to` relation has to lead to a row and does not, and with
    /// [`Error::UnequalKeys`](crate::Error::UnequalKeys) where the database takes keys for equal that differ.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct User { id: i64, name: String }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to(User as author)] #[has_many(Comment)]
    /// # struct Post { id: i64, author_id: Option<i64> }
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[belongs_to(User as author)]
    /// # struct Comment { id: i64, post_id: i64, author_id: i64, approved: bool }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(User, Post, Comment)>(&db).await?;
    /// let page: Vec<(Post, (Option<User>, Vec<(Comment, User)>, i64))> = Post::query()
    ///     .with(|p| (
    ///         p.author,
    ///         p.comments.filter(|c| c.approved.eq(true)).order_by(|c| c.id.desc()).limit(3).with(|c| c.author),
    ///         p.comments.count(),
    ///     ))
    ///     .to_vec(&db).await?;
    /// # assert!(page.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn with<L: Loader<M>>(self, load: impl FnOnce(M::Relations) -> L) -> Query<M, Everything, With<M, L::Output>>
    where
        S: Undecided,
    {
        self.with_shape(With::new(load(M::RELATIONS)))
    }

    /// Reads columns, or expressions over them, instead of whole rows: one value, or a tuple.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, title: String, rating: Option<i32> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<Post>(&db).await?;
    /// let titles: Vec<(i64, String)> = Post::query().select(|p| (p.id, p.title)).to_vec(&db).await?;
    /// let ratings: Vec<Option<i32>> = Post::query().select(|p| p.rating).distinct().to_vec(&db).await?;
    /// # Ok(()) }
    /// ```
    pub fn select<C: Select<M>>(
        self,
        selection: impl FnOnce(M::Columns) -> C,
    ) -> Query<M, Everything, Selected<C::Output>>
    where
        S: Undecided,
    {
        let (shape, nodes) = Selected::new(selection(M::columns(Alias::TABLE)));
        let mut query = self.with_shape(shape);
        query.parts.selected = nodes;
        query
    }
}

impl<M: Model, O: Origin<M>, T, K> Query<M, O, Selected<T, K>> {
    /// Without repetitions of what is selected: `SELECT DISTINCT`.
    ///
    /// MariaDB takes no notice of an offset where all that is selected is constant (seen in 10.11).
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Post { id: i64, rating: Option<i32> }
    /// let ratings = Post::query().select(|p| p.rating).distinct();
    /// ```
    pub fn distinct(self) -> Query<M, Everything, Selected<T, K>> {
        self.with_parts(|parts| parts.is_distinct = true)
    }
}

impl<M: Model, O: Origin<M>, S: Shape<M>> Query<M, O, S> {
    /// The statement that [`to_vec`](Self::to_vec) sends first, or the one within it where its rows come as arrays, with placeholders for the values;
    /// empty where no row can match, and so nothing is sent. The statements that load relations depend on the rows: a subscriber of `tracing` sees
    /// each as an event of the target `neko_orm::sql`, at level TRACE.
    ///
    /// # Errors
    /// A value cannot be encoded.
    pub fn to_sql(&self, dialect: Dialect) -> crate::Result<String> {
        match self.resolved() {
            Some(parts) => Ok(parts.rows(dialect, M::TABLE)?.sent.sql.to_string()),
            None => Ok(String::new()),
        }
    }
}
