//! 1-to-1: the target holds the foreign key, and no two targets refer to one source. And one of many: the latest or the oldest.

use futures_core::future::BoxFuture;

use super::belongs_to::several;
use super::foreign_key::{foreign_key_to, is_linked, link, not_associated, unlink};
use super::update::ForeignKeyUpdate;
use super::{ForeignKeyOf, HasManyRelation, Maybe, RelatedTo, Relation};
use crate::Model;
use crate::backend::Null;
use crate::column::Column;
use crate::create::Builder;
use crate::error::Result;
use crate::executor::{Executor, RowByRow};
use crate::expr::Expression as _;
use crate::field::Nullable;
use crate::key::{self, KeyColumns as _};
use crate::node::{Alias, Node, Pick, Term};
use crate::query::Query;
use crate::words::{Direction, Nulls};

/// The target of a source: the handle that a `#[has_one(..)]` method returns.
///
/// It is a [`Query`] of at most one row, and has [`get`](Query::get) and the verbs that change it.
pub type HasOne<'s, R> = Query<<R as Relation>::Target, RelatedTo<'s, R, Maybe>>;

/// One of many targets: the handle that a `#[has_one(.., latest = "..")]` method returns.
///
/// It is a [`Query`] of at most one row, and has [`get`](Query::get). It changes nothing.
pub type OneOfMany<'s, R> = Query<<R as Relation>::Target, RelatedTo<'s, R, Picked>>;

/// The kind of relation that leads to the latest or the oldest of many rows.
#[derive(Debug)]
pub struct Picked;

/// The handle for the row that refers to `source`; called by generated code.
pub fn has_one<R: Relation>(source: &R::Source) -> HasOne<'_, R> {
    Query::from_origin(RelatedTo::new(source))
}

/// The handle for one of the rows that refer to `source`; called by generated code.
pub fn one_of_many<R: Relation>(source: &R::Source) -> OneOfMany<'_, R> {
    Query::from_origin(RelatedTo::new(source))
}

/// The row with the greatest value in the column, or the least one if there is no value; the key decides between equal ones.
pub fn latest<M: Model, T>(column: Column<M, T>) -> Pick {
    pick(column, Direction::Descending)
}

/// The row with the least value in the column; the key decides between equal ones. Rows without a value come last.
pub fn oldest<M: Model, T>(column: Column<M, T>) -> Pick {
    pick(column, Direction::Ascending)
}

fn pick<M: Model, T>(column: Column<M, T>, direction: Direction) -> Pick {
    let null = column.facts().null;
    let key: Vec<_> = M::TABLE.key_names().collect();
    let mut order = vec![Term { node: column.into_expr().into_node(), direction, nulls: Some(Nulls::Last), null }];
    for key in &key {
        let node = Node::Column(Alias::TABLE, M::TABLE.name, key);
        order.push(Term { node, direction, nulls: None, null: Null::Refused });
    }
    Pick { order, key }
}

/// The only row of a query for what a source leads to.
fn only<'c, R, K, E>(query: &Query<R::Target, RelatedTo<'_, R, K>>, db: E) -> BoxFuture<'c, Result<Option<R::Target>>>
where
    R: Relation<Target: Model>,
    E: Executor<'c>,
{
    let source_key = query.origin.source.key();
    let targets = query.to_vec(RowByRow(db));
    Box::pin(async move {
        let mut targets = targets.await?;
        let target = targets.pop();
        if targets.is_empty() { Ok(target) } else { Err(several::<R>(&source_key)) }
    })
}

impl<R: Relation<Target: Model>> Query<R::Target, RelatedTo<'_, R, Picked>> {
    /// The row, or `None` where there is none. Sends one `SELECT`.
    ///
    /// # Errors
    /// A value of the row does not fit its field, or the database fails.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// #[derive(Debug, Clone, PartialEq, Model)]
    /// #[has_one(Login as last_login, latest = "at")]
    /// struct User { id: i64 }
    ///
    /// #[derive(Debug, Clone, PartialEq, Model)]
    /// struct Login { id: i64, user_id: i64, at: i64 }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(User, Login)>(&db).await?;
    /// let user = User::create().insert(&db).await?;
    /// Login::insert_all([3, 7, 5].map(|at| Login::create().user_id(user.id).at(at)), &db).await?;
    /// let last: Option<Login> = user.last_login().get(&db).await?;
    /// assert_eq!(last.map(|login| login.at), Some(7));
    /// # Ok(()) }
    /// ```
    pub fn get<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<Option<R::Target>>> {
        only(self, db)
    }
}

impl<'s, R: HasManyRelation> Query<R::Target, RelatedTo<'s, R, Maybe>>
where
    R::Target: Model,
{
    /// The target, or `None` where no row refers to the source. Sends one `SELECT`.
    ///
    /// # Errors
    /// [`Error::SeveralTargets`](crate::Error::SeveralTargets) where several rows refer to the source: none of them is picked silently.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_one(Profile)] struct User { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Profile { id: i64, user_id: Option<i64> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(User, Profile)>(&db).await?;
    /// # let user = User::create().insert(&db).await?;
    /// let profile: Option<Profile> = user.profile().get(&db).await?;
    /// assert_eq!(profile, None);
    /// # Ok(()) }
    /// ```
    pub fn get<'c, E: Executor<'c>>(&self, db: E) -> BoxFuture<'c, Result<Option<R::Target>>> {
        only(self, db)
    }

    /// Starts a new target whose foreign key refers to the source already. Sends nothing.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_one(Profile)] struct User { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Profile { id: i64, user_id: Option<i64> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(User, Profile)>(&db).await?;
    /// # let user = User::create().insert(&db).await?;
    /// let profile = user.profile().create().insert(&db).await?;
    /// assert_eq!(profile.user_id, Some(user.id));
    /// # Ok(()) }
    /// ```
    pub fn create(&self) -> R::Create
    where
        R: ForeignKeyOf<<R::Target as Model>::Create, Create: Builder<Model = R::Target>>,
    {
        let mut values = R::Target::UNSET;
        for pair in R::WAY.pairs {
            pair.fill(self.origin.source, &mut values);
        }
        R::Create::from_values(values)
    }

    /// Lets `target` refer to the source, and the row of the relation that did so before refer to nothing. Rows outside of the relation's scope, or of the
    /// model's, are left alone. No row is deleted.
    ///
    /// Sends two `UPDATE`s that write the foreign key only, in a transaction or savepoint: first the earlier target is released, then this one is
    /// associated, so that the foreign key can be unique. The struct changes once the database has agreed; another struct of the
    /// earlier target is left as it was.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) if the target has no row; nothing is changed then.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_one(Profile)] struct User { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Profile { id: i64, user_id: Option<i64> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(User, Profile)>(&db).await?;
    /// # let user = User::create().insert(&db).await?;
    /// let mut old = user.profile().create().insert(&db).await?;
    /// let mut new = Profile::create().insert(&db).await?;
    /// user.profile().associate(&mut new, &db).await?;
    /// assert_eq!(user.profile().get(&db).await?, Some(new));
    /// old.refresh(&db).await?;
    /// assert_eq!(old.user_id, None);
    /// # Ok(()) }
    /// ```
    pub fn associate<'c, 'e: 'c, E: Executor<'e>>(&self, target: &'c mut R::Target, db: E) -> BoxFuture<'c, Result<()>>
    where
        R: ForeignKeyOf<<R::Target as Model>::Create, Nullability: Nullable>,
        's: 'c,
    {
        let source = self.origin.source;
        let new = foreign_key_to(R::WAY.pairs, source);
        let update = ForeignKeyUpdate::new(R::NAME, R::WAY.pairs, Some(new), Vec::new());
        let (others, lease) = (self.condition(), db.lease());
        Box::pin(async move {
            let key = target.key();
            let arguments = R::Target::KEY.arguments(&key);
            update.take(lease, &others, &arguments).await?;
            link(R::WAY.pairs, source, target);
            Ok(())
        })
    }

    /// Changes the struct as [`associate`](Self::associate) does, and sends nothing: save it yourself.
    pub fn associate_in_memory(&self, target: &mut R::Target) {
        link(R::WAY.pairs, self.origin.source, target);
    }

    /// Sets the target's foreign key to NULL. No row is deleted. Sends one `UPDATE` that writes the foreign key only.
    ///
    /// # Errors
    /// [`Error::NotAssociated`](crate::Error::NotAssociated) if the target's row does not refer to the source.
    ///
    /// ```
    /// # use neko_orm::Model;
    /// # #[derive(Debug, Clone, PartialEq, Model)] #[has_one(Profile)] struct User { id: i64 }
    /// # #[derive(Debug, Clone, PartialEq, Model)] struct Profile { id: i64, user_id: Option<i64> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> neko_orm::Result<()> {
    /// # let db = neko_orm::sqlite::connect("sqlite::memory:").await?;
    /// # neko_orm::schema::create::<(User, Profile)>(&db).await?;
    /// # let user = User::create().insert(&db).await?;
    /// let mut profile = user.profile().create().insert(&db).await?;
    /// user.profile().dissociate(&mut profile, &db).await?;
    /// assert_eq!(profile.user_id, None);
    /// # Ok(()) }
    /// ```
    #[doc(alias = "dessociate")]
    pub fn dissociate<'c, 'e: 'c, E: Executor<'e>>(&self, target: &'c mut R::Target, db: E) -> BoxFuture<'c, Result<()>>
    where
        R: ForeignKeyOf<<R::Target as Model>::Create, Nullability: Nullable>,
    {
        let old = foreign_key_to(R::WAY.pairs, self.origin.source);
        let update = ForeignKeyUpdate::new(R::NAME, R::WAY.pairs, None, old);
        let lease = db.lease();
        Box::pin(async move {
            let key = target.key();
            let arguments = R::Target::KEY.arguments(&key);
            update.run(lease, key::rows::<R::Target>(&arguments)).await?;
            unlink(R::WAY.pairs, target);
            Ok(())
        })
    }

    /// Changes the struct as [`dissociate`](Self::dissociate) does, and sends nothing: save it yourself.
    ///
    /// # Errors
    /// [`Error::NotAssociated`](crate::Error::NotAssociated) if the target does not refer to the source.
    #[doc(alias = "dessociate_in_memory")]
    pub fn dissociate_in_memory(&self, target: &mut R::Target) -> Result<()>
    where
        R: ForeignKeyOf<<R::Target as Model>::Create, Nullability: Nullable>,
    {
        if !is_linked(R::WAY.pairs, self.origin.source, target) {
            return Err(not_associated::<R::Target>(R::NAME, &[target.key()]));
        }
        unlink(R::WAY.pairs, target);
        Ok(())
    }
}
