//! What a relation's attribute says besides its pairs of fields: `scope = only_drafts`, `through = PostTag` and the like.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, LitStr, Path, Result, Token};

use super::kind::{PairAttr, RelationKind, without_arguments};
use crate::name;

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
    /// Where the first option stands that says by which columns a relation leads to its target, or what becomes of the target.
    pub(crate) fn of_a_way(&self) -> Option<Span> {
        let words = self.on_delete.iter().chain(&self.on_replace).map(|Word(word)| word.span());
        self.morph.iter().map(Ident::span).chain(words).next()
    }

    /// Parses an option, if that is what comes next.
    pub(super) fn parse(&mut self, input: ParseStream<'_>, kind: RelationKind) -> Result<bool> {
        let ahead = input.fork();
        let Ok(name) = ahead.call(Ident::parse_any) else { return Ok(false) };
        let Some(option) = kind.options().iter().find(|option| name == **option) else {
            let is_pair = ahead.is_empty() || ahead.peek(Token![,]) || ahead.peek(Token![=]) && ahead.peek2(LitStr);
            return if is_pair { Ok(false) } else { Err(unknown(&name, kind, &ahead)) };
        };
        let name = input.call(Ident::parse_any)?;
        let is_new = match *option {
            "scope" => set(&mut self.scope, function(input, "scope = only_drafts")?),
            "on_delete" => set(&mut self.on_delete, word(input, &name, ON_DELETE)?),
            "on_replace" => set(&mut self.on_replace, word(input, &name, ON_REPLACE)?),
            "morph" => set(&mut self.morph, value(input, "morph = commentable")?),
            "morphed_by" => set(&mut self.morphed_by, value(input, "morphed_by = taggable")?),
            "from" => set(&mut self.from, keys(input, "from = \"follower_id\"", "from(id = \"post_id\")")?),
            "to" => set(&mut self.to, keys(input, "to = \"followed_id\"", "to(tag_id = \"id\")")?),
            "through" => set(&mut self.through, through(input, kind)?),
            _ => {
                let pick = Pick::parse(input, &name)?;
                if self.pick.as_ref().is_some_and(|earlier| earlier.which != pick.which) {
                    return Err(Error::new(
                        name.span(),
                        "the row is either the latest or the oldest: remove one of the two",
                    ));
                }
                set(&mut self.pick, pick)
            }
        };
        match is_new {
            true => Ok(true),
            false => Err(Error::new(name.span(), format!("`{name}` is given twice"))),
        }
    }
}

impl Pick {
    fn parse(input: ParseStream<'_>, which: &Ident) -> Result<Self> {
        let column: LitStr = value(input, &format!("{which} = \"created_at\""))?;
        name::field(&column)?;
        Ok(Self { which: which.clone(), column })
    }
}

fn unknown(name: &Ident, kind: RelationKind, after: ParseStream<'_>) -> Error {
    let message = misspelt(name, kind).unwrap_or_else(|| {
        let known: Vec<_> = kind.options().iter().map(|known| format!("`{known}`")).collect();
        let known = if known.is_empty() { String::new() } else { format!("one of {}, or ", known.join(", ")) };
        let field = after.parse::<Token![=]>().and_then(|_| after.call(Ident::parse_any));
        let pair = field.map_or_else(|_| kind.shape().to_owned(), |field| format!("{name} = \"{field}\""));
        match kind {
            RelationKind::BelongsToMany => {
                format!("unknown option `{name}`; expected {}", known.trim_end_matches(", or "))
            }
            _ => format!("unknown option `{name}`; expected {known}a pair of fields, as in `{pair}`"),
        }
    });
    Error::new(name.span(), message)
}

/// What is wrong with the option, if it looks like one of this kind's, or is one of another kind's.
pub(crate) fn misspelt(name: &Ident, kind: RelationKind) -> Option<String> {
    let known: Vec<_> = kind.options().iter().map(|known| Ident::new(known, name.span())).collect();
    if let Some(nearest) = name::nearest(&name.unraw().to_string(), known.iter()) {
        return Some(format!("unknown option `{name}`; did you mean `{nearest}`?"));
    }
    let others = RelationKind::ALL.into_iter().filter(|other| other.options().iter().any(|option| name == option));
    let others: Vec<_> = others.map(|other| format!("`{}`", other.attribute())).collect();
    let has_it = format!("`{name}` is an option of {}, not of `{}`", others.join(", "), kind.attribute());
    (!others.is_empty()).then_some(has_it)
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

/// The path of a function.
fn function(input: ParseStream<'_>, shape: &str) -> Result<Path> {
    let expected = |error: Error| Error::new(error.span(), format!("expected the name of a function: write `{shape}`"));
    input.parse::<Token![=]>().map_err(expected)?;
    let path = input.parse().map_err(expected)?;
    match input.is_empty() || input.peek(Token![,]) {
        true => Ok(path),
        false => Err(expected(input.error(""))),
    }
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
    if input.peek2(LitStr) {
        return value(input, shape).map(Through::Table);
    }
    let model: Path = value(input, shape)?;
    without_arguments(&model)?;
    Ok(Through::Model(model))
}

/// `(comments, author)`
fn relations(input: ParseStream<'_>) -> Result<Through> {
    const SHAPE: &str = "expected two relations: write `through(comments, author)`";
    if !input.peek(syn::token::Paren) {
        return Err(Error::new(input.span(), SHAPE));
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

fn keys(input: ParseStream<'_>, shape: &str, pairs_shape: &str) -> Result<Keys> {
    if !input.peek(syn::token::Paren) {
        return value(input, shape).map(Keys::Column);
    }
    let content;
    let parentheses = syn::parenthesized!(content in input);
    let mut pairs = Vec::new();
    while !content.is_empty() {
        pairs.push(PairAttr::parse(&content, pairs_shape)?);
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    match pairs.is_empty() {
        true => Err(Error::new(parentheses.span.join(), format!("expected a pair of fields: write `{pairs_shape}`"))),
        false => Ok(Keys::Pairs(pairs)),
    }
}
