//! Facts about fields that builders and relations need: what sets them, what can be a key, and what can be NULL.

use std::fmt::Debug;
use std::hash::Hash;

use crate::backend::Null;

/// A value that is taken for a field or a key of type `T`, by the setters of a create builder and by `find`.
///
/// A field takes its own type, by value or by reference, text also takes `&str`, and an `Option` also takes the value without `Some`.
/// Implement it for your own field types to let setters take more:
///
/// ```
/// # #[derive(Clone, Debug)]
/// struct Email(String);
///
/// impl neko_orm::IntoField<Email> for &str {
///     fn into_field(self) -> Email {
///         Email(self.to_owned())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(message = "a value of type `{Self}` cannot be used as `{T}`", label = "expected `{T}`")]
pub trait IntoField<T> {
    /// The value as the field stores it.
    fn into_field(self) -> T;
}

impl<T> IntoField<T> for T {
    fn into_field(self) -> T {
        self
    }
}

impl<T> IntoField<Option<T>> for T {
    fn into_field(self) -> Option<T> {
        Some(self)
    }
}

impl<T: Clone> IntoField<T> for &T {
    fn into_field(self) -> T {
        self.clone()
    }
}

impl<T: Clone> IntoField<Option<T>> for &T {
    fn into_field(self) -> Option<T> {
        Some(self.clone())
    }
}

impl IntoField<String> for &str {
    fn into_field(self) -> String {
        self.to_owned()
    }
}

impl IntoField<Option<String>> for &str {
    fn into_field(self) -> Option<String> {
        Some(self.to_owned())
    }
}

/// A type whose values can be compared as keys.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key",
    label = "a key is `Clone + Debug + Eq + Hash`",
    note = "a key is an integer, a `String`, or a type of your own that derives `Clone, Debug, PartialEq, Eq, Hash`"
)]
pub trait KeyField: Clone + Debug + Eq + Hash + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Debug + Eq + Hash + Send + Sync + 'static> KeyField for T {}

/// A foreign key's type, seen from the type `K` of the key that it refers to: `K` itself or `Option<K>`.
#[diagnostic::on_unimplemented(
    message = "a foreign key of type `{Self}` cannot refer to a key of type `{K}`",
    label = "the types of the two columns differ",
    note = "a foreign key has the type of the key it refers to, or an `Option` of it"
)]
pub trait ForeignKey<K>: Sized {
    /// The key that it refers to, if any.
    fn key(&self) -> Option<&K>;

    /// A foreign key that refers to `key`.
    fn refer_to(key: K) -> Self;

    /// A foreign key that refers to nothing, where the type has one.
    fn nothing() -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<K> ForeignKey<K> for K {
    fn key(&self) -> Option<&K> {
        Some(self)
    }

    fn refer_to(key: K) -> Self {
        key
    }

    fn nothing() -> Option<Self> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<K> ForeignKey<K> for Option<K> {
    fn key(&self) -> Option<&K> {
        self.as_ref()
    }

    fn refer_to(key: K) -> Self {
        Some(key)
    }

    fn nothing() -> Option<Self> {
        Some(None)
    }
}

/// Whether a column or a foreign key can be NULL, as a type.
#[derive(Debug)]
pub struct Nullability<const NULLABLE: bool>;

/// A foreign key of two columns: nullable when either column is.
#[derive(Debug)]
pub struct Either<A, B>(std::marker::PhantomData<(A, B)>);

/// A foreign key of two columns that are set and cleared together: nullable when both are.
#[derive(Debug)]
pub struct Both<A, B>(std::marker::PhantomData<(A, B)>);

/// A foreign key that can refer to nothing.
#[diagnostic::on_unimplemented(
    message = "the foreign key of this relation is not nullable",
    label = "this would set the foreign key to NULL",
    note = "make the foreign key's field an `Option`, or delete the row instead"
)]
pub trait Nullable {}

#[diagnostic::do_not_recommend]
impl Nullable for Nullability<true> {}
#[diagnostic::do_not_recommend]
impl<B> Nullable for Either<Nullability<true>, B> {}
#[diagnostic::do_not_recommend]
impl<A: Nullable, B: Nullable> Nullable for Both<A, B> {}
#[diagnostic::do_not_recommend]
impl<B: Nullable> Nullable for Either<Nullability<false>, B> {}

/// Asks while compiling for a foreign key that can refer to nothing; called by generated code.
pub const fn set_null<N: Nullable>() {}

/// Tells for a concrete type, in generated code, whether it is an `Option`: what is inherent to an `Option` hides what
/// the trait [`NotNull`] has for every type. Aliases are seen through.
#[derive(Debug)]
pub struct Is<T>(std::marker::PhantomData<T>);

/// The answers of [`Is`] for a type that is not an `Option`.
pub trait NotNull<T> {
    /// Whether the type is an `Option`.
    const NULLABLE: bool = false;
    /// What a NULL means for the field.
    const NULL: Null = Null::Refused;

    /// A new row's value that is not set.
    const UNSET: Option<T> = None;
}

impl<T> NotNull<T> for Is<T> {}

impl<T> Is<Option<T>> {
    /// Whether the type is an `Option`.
    pub const NULLABLE: bool = true;
    /// What a NULL means for the field.
    pub const NULL: Null = Null::Allowed;

    /// A new row's value that is not set: NULL.
    pub const UNSET: Option<Option<T>> = Some(None);
}
