//! Scopes: functions from queries to queries that say which rows a model or a relation is about.

use std::cell::Cell;
use std::sync::Arc;

use super::parts::{Join, Parts};
use super::{Everything, Query};
use crate::Model;
pub(crate) use crate::node::Scoping;
use crate::node::{Node, Term};

/// Which rows are meant, and the order in which they come unless a query says otherwise.
#[derive(Debug, Clone)]
pub struct Scope {
    pub(crate) condition: Node,
    pub(crate) order: Vec<Term>,
    /// What the rows are joined to.
    pub(crate) joined: Option<Arc<Join>>,
}

/// A function that narrows a query.
pub type ScopeFn<M> = fn(Query<M>) -> Query<M>;

/// What makes a scope, whatever the model.
pub(crate) type ScopeMaker = fn() -> Scope;

/// The rows of a table, whether a model has been declared for it or not.
pub trait Scoped: Send + Sync + 'static {
    /// What makes the scope, if there is one: otherwise, nothing is compiled for it.
    #[doc(hidden)]
    const MADE_BY: Option<ScopeMaker>;

    /// Which of the rows are meant.
    #[doc(hidden)]
    fn scope() -> Scope {
        Scope::made_by(Self::MADE_BY)
    }
}

impl<M: Model> Scoped for M {
    const MADE_BY: Option<ScopeMaker> = match M::SCOPE {
        Some(_) => Some(|| Scope::of::<M>(M::SCOPE)),
        None => None,
    };
}

impl Scope {
    /// All rows, in no order.
    pub(crate) fn everything() -> Self {
        Self { condition: Node::Absent, order: Vec::new(), joined: None }
    }

    /// The rows that a scope leaves of all.
    pub(crate) fn of<M: Model>(scope: Option<ScopeFn<M>>) -> Self {
        match scope {
            Some(scope) => Self::made(&|| scope(Query::from_origin(Everything)).parts),
            None => Self::everything(),
        }
    }

    /// What a scope is, if there is one.
    pub(crate) fn made_by(maker: Option<ScopeMaker>) -> Self {
        maker.map_or_else(Self::everything, |maker| maker())
    }

    // Not generic over the model: compiled once.
    fn made(scope: &dyn Fn() -> Parts) -> Self {
        match nested(scope) {
            Some(parts) if parts.is_scope() => Self { condition: parts.condition, order: parts.order, joined: None },
            Some(_) => Self::mistaken("a scope can filter and order, and nothing else"),
            None => Self::mistaken("scopes that ask about each other have no end: use `unscoped()` in one of them"),
        }
    }

    fn mistaken(mistake: &'static str) -> Self {
        Self { condition: Node::Mistake(mistake), ..Self::everything() }
    }
}

/// What a scope makes, unless too many scopes are at work already: each asks about a relation whose target has one. Then none of
/// those at work makes anything, or they would go on to ask about each other.
fn nested(scope: &dyn Fn() -> Parts) -> Option<Parts> {
    const MOST: u8 = 16;
    thread_local!(static DEPTH: Cell<u8> = const { Cell::new(0) });
    thread_local!(static IS_ENDLESS: Cell<bool> = const { Cell::new(false) });
    /// Also where the scope panics.
    struct Within;
    impl Drop for Within {
        fn drop(&mut self) {
            DEPTH.set(DEPTH.get() - 1);
            if DEPTH.get() == 0 {
                IS_ENDLESS.set(false);
            }
        }
    }
    if IS_ENDLESS.get() || DEPTH.get() >= MOST {
        IS_ENDLESS.set(true);
        return None;
    }
    DEPTH.set(DEPTH.get() + 1);
    let _within = Within;
    let made = scope();
    if IS_ENDLESS.get() { None } else { Some(made) }
}
