//! What a relation's attribute says besides its pairs of fields: `scope = only_drafts`, `through = PostTag` and the like.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, LitStr, Path, Result, Token};

use super::relation::{PairAttr, RelationKind};

/// The options of a relation.
#[derive(Default)]
pub(crate) struct Options {
    /// `scope = only_drafts`
    pub(crate) scope: Option<Path>,
    /// `on_delete = cascade`
    pub(crate) on_delete: Option<Word>,
    /// `on_replace = set_null`
    pub(crate) on_replace: Option<Word>,
    /// `morph = commentable`
    pub(crate) morph: Option<Ident>,
    /// `morphed_by = taggable`
    pub(crate) morphed_by: Option<Ident>,
    /// `latest = "created_at"` or `oldest = "created_at"`
    pub(crate) pick: Option<Pick>,
    pub(crate) through: Option<Through>,
    /// `from = "follower_id"` or `from(id = "follower_id")`
    pub(crate) from: Option<Keys>,
    /// `to = "followed_id"` or `to(followed_id = "id")`
    pub(crate) to: Option<Keys>,
}

/// One of the words that an option can be.
pub(crate) struct Word(pub(crate) Ident);

/// Which one of many rows is meant.
pub(crate) struct Pick {
    /// `latest` or `oldest`
    pub(crate) which: Ident,
    pub(crate) column: LitStr,
}

/// What a relation leads through.
pub(crate) enum Through {
    /// `through = PostTag`
    Model(Path),
    /// `through = "post_tag"`
    Table(LitStr),
    /// `through(comments, author)`
    Relations(Ident, Ident),
}

/// The columns of a junction that refer to one of its models.
pub(crate) enum Keys {
    /// The junction's column; the model's is its key.
    Column(LitStr),
    /// The pairs in the order of the way: from the source's field to the junction's column, from there to the target's field.
    Pairs(Vec<PairAttr>),
}

pub(crate) const ON_DELETE: &[&str] = &["cascade", "set_null", "restrict"];
pub(crate) const ON_REPLACE: &[&str] = &["refuse", "set_null", "delete"];

impl RelationKind {
    /// The options that a relation of this kind can have.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::HasMany => &["scope", "on_delete", "on_replace", "morph", "through"],
            Self::HasOne => &["scope", "on_delete", "morph", "latest", "oldest"],
            Self::BelongsTo => &["scope", "on_delete"],
            Self::BelongsToMany => &["scope", "morph", "morphed_by", "through", "from", "to"],
            Self::MorphTo => &[],
        }
    }
}

impl Options {
    /// Parses an option, if that is what comes next.
    pub(super) fn parse(&mut self, input: ParseStream<'_>, kind: RelationKind) -> Result<bool> {
        let ahead = input.fork();
        let Ok(name) = ahead.call(Ident::parse_any) else { return Ok(false) };
        let Some(option) = kind.options().iter().find(|option| name == **option) else {
            let is_pair = !ahead.peek(Token![=]) || ahead.peek2(LitStr);
            return if is_pair { Ok(false) } else { Err(unknown(&name, kind)) };
        };
        let name = input.call(Ident::parse_any)?;
        let is_new = match *option {
            "scope" => set(&mut self.scope, value(input, "scope = only_drafts")?),
            "on_delete" => set(&mut self.on_delete, word(input, &name, ON_DELETE)?),
            "on_replace" => set(&mut self.on_replace, word(input, &name, ON_REPLACE)?),
            "morph" => set(&mut self.morph, value(input, "morph = commentable")?),
            "morphed_by" => set(&mut self.morphed_by, value(input, "morphed_by = taggable")?),
            "from" => set(&mut self.from, keys(input, "from = \"follower_id\"", kind)?),
            "to" => set(&mut self.to, keys(input, "to = \"followed_id\"", kind)?),
            "through" => set(&mut self.through, through(input, kind)?),
            _ => {
                let column = value(input, "latest = \"created_at\"")?;
                set(&mut self.pick, Pick { which: name.clone(), column })
            }
        };
        match is_new {
            true => Ok(true),
            false => Err(Error::new(name.span(), format!("`{name}` is given twice"))),
        }
    }
}

fn unknown(name: &Ident, kind: RelationKind) -> Error {
    let known: Vec<_> = kind.options().iter().map(|known| format!("`{known}`")).collect();
    let message = match &known[..] {
        [] => format!("unknown option `{name}`"),
        known => {
            let (known, shape) = (known.join(", "), kind.shape());
            format!("unknown option `{name}`; expected {known}, or a pair of fields: write `{shape}`")
        }
    };
    Error::new(name.span(), message)
}

/// Whether the option had no value yet.
fn set<T>(option: &mut Option<T>, value: T) -> bool {
    option.replace(value).is_none()
}

fn value<T: syn::parse::Parse>(input: ParseStream<'_>, shape: &str) -> Result<T> {
    let expected = |error: Error| Error::new(error.span(), format!("expected a value: write `{shape}`"));
    input.parse::<Token![=]>().map_err(expected)?;
    input.parse().map_err(expected)
}

fn word(input: ParseStream<'_>, name: &Ident, known: &[&str]) -> Result<Word> {
    let shape = format!("{name} = {}", known[0]);
    let ident: Ident = value(input, &shape)?;
    if known.iter().any(|known| ident == known) {
        return Ok(Word(ident));
    }
    let known: Vec<_> = known.iter().map(|known| format!("`{known}`")).collect();
    Err(Error::new(ident.span(), format!("unknown value `{ident}`; expected {}", known.join(" or "))))
}

fn through(input: ParseStream<'_>, kind: RelationKind) -> Result<Through> {
    if kind == RelationKind::HasMany {
        return relations(input);
    }
    let shape = "through = PostTag` or `through = \"post_tag\"";
    if input.peek2(LitStr) { value(input, shape).map(Through::Table) } else { value(input, shape).map(Through::Model) }
}

/// `(comments, author)`
fn relations(input: ParseStream<'_>) -> Result<Through> {
    const SHAPE: &str = "expected two relations: write `through(comments, author)`";
    if !input.peek(syn::token::Paren) {
        return Err(input.error(SHAPE));
    }
    let content;
    syn::parenthesized!(content in input);
    let expected = |error: Error| Error::new(error.span(), SHAPE);
    let first = content.parse().map_err(expected)?;
    content.parse::<Token![,]>().map_err(expected)?;
    let second = content.parse().map_err(expected)?;
    content.parse::<Option<Token![,]>>()?;
    match content.is_empty() {
        true => Ok(Through::Relations(first, second)),
        false => {
            Err(content.error("a path leads over two relations: declare the first part of a longer one as a relation"))
        }
    }
}

fn keys(input: ParseStream<'_>, shape: &str, kind: RelationKind) -> Result<Keys> {
    if !input.peek(syn::token::Paren) {
        return value(input, shape).map(Keys::Column);
    }
    let content;
    syn::parenthesized!(content in input);
    let mut pairs = Vec::new();
    while !content.is_empty() {
        pairs.push(PairAttr::parse(&content, kind.shape())?);
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(Keys::Pairs(pairs))
}
