//! The pairs of fields that a relation rests on, inferred or checked.

use syn::ext::IdentExt;
use syn::spanned::Spanned as _;
use syn::{Error, Ident, LitStr, Result};

use crate::attr::{self, Keys, PairAttr, RelationAttr, RelationKind, Through};
use crate::combine::{Mistakes, Split};
use crate::model::{Junction, JunctionTable, Model, Pair, Tag};
use crate::name;

/// The pairs between the source and the target; none where they are wrong.
pub(crate) fn resolve(attr: &RelationAttr, name: &Ident, model: &Model<'_>, mistakes: &mut Mistakes) -> Vec<Pair> {
    let (pairs, wrong) = match &attr.pairs[..] {
        // That a column has this name is reported elsewhere.
        [] if model.position(name).is_some() => (Vec::new(), Mistakes::default()),
        [] => {
            let (pairs, wrong) = std::iter::once(Pair::inferred(attr, name, model)).split();
            (pairs.into_iter().flatten().collect(), wrong)
        }
        written => Pair::all_written(written, attr.kind, model),
    };
    mistakes.take(wrong.into_result()).map_or_else(Vec::new, |()| pairs)
}

/// The field of a polymorphic relation: `commentable_id`, `commentable_type`.
pub(crate) fn morph_field(morph: &Ident, ends: &str) -> Ident {
    Ident::new(&format!("{}_{ends}", morph.unraw()), morph.span())
}

/// The source's field that says which model a row refers to. Where the other field is missing, that has been reported for both.
pub(crate) fn own_tag(
    attr: &RelationAttr,
    name: &Ident,
    is_other_there: bool,
    model: &Model<'_>,
) -> Result<Option<usize>> {
    let tag = morph_field(name, "type");
    match model.position(&tag) {
        None if is_other_there => {
            let message = format!("no field `{tag}` on `{}` to say which model a row refers to: add it", model.ident);
            Err(Error::new(attr.target_name.span(), message))
        }
        position => Ok(position),
    }
}

/// The junction of a many-to-many relation.
pub(crate) fn junction(attr: &mut RelationAttr, model: &Model<'_>, mistakes: &mut Mistakes) -> Junction {
    if let Some(pair) = attr.pairs.first() {
        mistakes.add(Error::new(pair.own.span(), pair_beside_a_junction(pair, model)));
    }
    let table = match attr.options.through.take() {
        Some(Through::Model(path)) => JunctionTable::Model(path),
        Some(Through::Table(literal)) => {
            JunctionTable::Table(mistakes.take(name::identifier(&literal)).unwrap_or_default())
        }
        _ => JunctionTable::Table(inferred_table(attr, model)),
    };
    let tag = match (&attr.options.morph, &attr.options.morphed_by) {
        (Some(_), Some(by)) => {
            let message = "either the source or the target is one of several models: remove `morph` or `morphed_by`";
            mistakes.add(Error::new(by.span(), message));
            return Junction { table, from: Vec::new(), to: Vec::new(), tag: None };
        }
        (Some(morph), None) => Some(Tag::Source(morph_field(morph, "type"))),
        (None, Some(by)) => Some(Tag::Target(morph_field(by, "type"))),
        (None, None) => None,
    };
    let from = mistakes.take(from(attr, &table, model)).unwrap_or_default();
    let to = mistakes.take(to(attr, &table)).unwrap_or_default();
    if let (Some((_, column)), Some((other, _))) = (from.first(), to.first())
        && column.value() == other.value()
    {
        let column = column.value();
        let message = format!("both foreign keys would be `{column}`: write `from = \"..\"` and `to = \"..\"`");
        mistakes.add(Error::new(attr.target_name.span(), message));
        return Junction { table, from: Vec::new(), to: Vec::new(), tag };
    }
    Junction { table, from, to, tag }
}

fn pair_beside_a_junction(pair: &PairAttr, model: &Model<'_>) -> String {
    let misspelt = attr::misspelt(&pair.own, RelationKind::BelongsToMany);
    misspelt.filter(|_| model.position(&pair.own).is_none()).unwrap_or_else(|| {
        "the pairs of a many-to-many relation are those of its junction: \
         write `from(id = \"post_id\")` or `to(tag_id = \"id\")`"
            .to_owned()
    })
}

/// `post_tag`, the two models in the order of their names; `taggables` where one of them is one of several.
fn inferred_table(attr: &RelationAttr, model: &Model<'_>) -> String {
    match attr.options.morph.as_ref().or(attr.options.morphed_by.as_ref()) {
        Some(morph) => name::plural(&name::snake(morph)),
        None => {
            let mut names = [name::snake(model.ident), name::snake(&attr.target_name)];
            names.sort();
            names.join("_")
        }
    }
}

impl JunctionTable {
    /// The literal, if it can name a column: of a model, that is a field.
    fn column(&self, literal: &LitStr) -> Result<LitStr> {
        match self {
            Self::Model(_) => name::field(literal).map(|_| literal.clone()),
            Self::Table(_) => name::identifier(literal).map(|_| literal.clone()),
        }
    }

    /// A column that nobody wrote, said to be where a missing one is reported.
    fn inferred(&self, name: &str, attr: &RelationAttr) -> LitStr {
        let span = match self {
            Self::Model(path) => path.span(),
            Self::Table(_) => attr.target_name.span(),
        };
        LitStr::new(name, span)
    }
}

/// The source's fields, and the junction's columns that refer to them.
fn from(attr: &RelationAttr, table: &JunctionTable, model: &Model<'_>) -> Result<Vec<(usize, LitStr)>> {
    if let Some(Keys::Pairs(written)) = &attr.options.from {
        let pairs = written.iter().enumerate().map(|(index, pair)| {
            let own = pair.own_position(&written[..index], attr.kind, model)?;
            Ok((own, table.column(&pair.other)?))
        });
        let (pairs, wrong) = pairs.split();
        return wrong.into_result().map(|()| pairs);
    }
    let [own] = model.key[..] else { return no_single_key(attr, model, ("from(", ")")) };
    let key = model.fields[own].ident.unraw().to_string();
    let column = match (&attr.options.from, &attr.options.morph) {
        (Some(Keys::Column(column)), _) => table.column(column)?,
        (_, Some(morph)) => literal(&morph_field(morph, &key)),
        _ => table.inferred(&format!("{}_{key}", name::snake(model.ident)), attr),
    };
    Ok(vec![(own, column)])
}

fn literal(ident: &Ident) -> LitStr {
    LitStr::new(&ident.unraw().to_string(), ident.span())
}

/// The junction's columns, and the target's fields that they refer to.
fn to(attr: &RelationAttr, table: &JunctionTable) -> Result<Vec<(LitStr, Ident)>> {
    let id = |column| vec![(column, Ident::new("id", attr.target_name.span()))];
    match (&attr.options.to, &attr.options.morphed_by) {
        (Some(Keys::Pairs(pairs)), _) => {
            pairs.iter().map(|pair| Ok((table.column(&literal(&pair.own))?, name::field(&pair.other)?))).collect()
        }
        (Some(Keys::Column(column)), _) => Ok(id(table.column(column)?)),
        (None, Some(by)) => Ok(id(literal(&morph_field(by, "id")))),
        (None, None) => Ok(id(table.inferred(&format!("{}_id", name::snake(&attr.target_name)), attr))),
    }
}

/// The pairs have to be written where the key is not one column. That there is no key is reported elsewhere.
fn no_single_key<T>(attr: &RelationAttr, model: &Model<'_>, (open, close): (&str, &str)) -> Result<Vec<T>> {
    if model.key.is_empty() {
        return Ok(Vec::new());
    }
    let source = name::snake(model.ident);
    let pairs = model.key_fields().map(|field| field.ident.unraw());
    let pairs: Vec<_> = pairs.map(|key| format!("{key} = \"{source}_{key}\"")).collect();
    let pairs = pairs.join(", ");
    let message = format!("the key has several columns: write the pairs, as in `{open}{pairs}{close}`");
    Err(Error::new(attr.target_name.span(), message))
}

impl PairAttr {
    /// The position of the source's field.
    fn own_position(&self, earlier: &[Self], kind: RelationKind, model: &Model<'_>) -> Result<usize> {
        if earlier.iter().any(|earlier| earlier.own == self.own) {
            return Err(Error::new(self.own.span(), format!("`{}` is in two pairs", self.own)));
        }
        if earlier.iter().any(|earlier| earlier.other.value() == self.other.value()) {
            return Err(Error::new(self.other.span(), format!("`{}` is in two pairs", self.other.value())));
        }
        let unknown = || Error::new(self.own.span(), unknown_field(self, kind, model));
        model.position(&self.own).ok_or_else(unknown)
    }
}

impl Pair {
    /// `own = "other"`.
    fn all_written(written: &[PairAttr], kind: RelationKind, model: &Model<'_>) -> (Vec<Self>, Mistakes) {
        let pairs = written.iter().enumerate().map(|(index, pair)| {
            let other = name::field(&pair.other)?;
            Ok(Self { own: pair.own_position(&written[..index], kind, model)?, other })
        });
        pairs.split()
    }

    /// `post_id = "id"` for a relation `post`, and the other way round where the target holds the foreign key.
    fn inferred(attr: &RelationAttr, name: &Ident, model: &Model<'_>) -> Result<Vec<Self>> {
        match attr.kind {
            RelationKind::BelongsTo | RelationKind::MorphTo => {
                Self::inferred_in_source(attr, name, model).map(|pair| vec![pair])
            }
            _ => Self::inferred_in_target(attr, model),
        }
    }

    fn inferred_in_target(attr: &RelationAttr, model: &Model<'_>) -> Result<Vec<Self>> {
        let [own] = model.key[..] else { return no_single_key(attr, model, ("", "")) };
        let key = model.fields[own].ident.unraw().to_string();
        if let Some(morph) = &attr.options.morph {
            return Ok(vec![Self { own, other: morph_field(morph, &key) }]);
        }
        let span = attr.target_name.span();
        let other = name::ident(&format!("{}_{key}", name::snake(model.ident)), span);
        let other = other.ok_or_else(|| Error::new(span, "write the pair of fields"))?;
        Ok(vec![Self { own, other }])
    }

    fn inferred_in_source(attr: &RelationAttr, name: &Ident, model: &Model<'_>) -> Result<Self> {
        let span = attr.target_name.span();
        let foreign_key = format!("{}_id", name.unraw());
        let own = model.fields.iter().position(|field| field.ident.unraw() == foreign_key);
        own.map(|own| Self { own, other: Ident::new("id", span) }).ok_or_else(|| {
            let (source, target, kind) = (model.ident, &attr.target_name, attr.kind.attribute());
            let tag = morph_field(name, "type");
            let message = match attr.kind {
                RelationKind::MorphTo if model.position(&tag).is_none() => {
                    format!("no fields `{foreign_key}` and `{tag}` on `{source}` to refer to `{target}`: add them")
                }
                _ => {
                    let nearest = name::nearest(&foreign_key, model.field_names().filter(|field| **field != tag));
                    let field = nearest.unwrap_or_else(|| "the_field".to_owned());
                    let models = if attr.kind == RelationKind::MorphTo { " { .. }" } else { "" };
                    format!(
                        "no field `{foreign_key}` on `{source}` to refer to `{target}`: \
                         add it, or write `#[{kind}({target}{models}, {field} = \"id\")]`"
                    )
                }
            };
            Error::new(span, message)
        })
    }
}

fn unknown_field(pair: &PairAttr, kind: RelationKind, model: &Model<'_>) -> String {
    let (own, source) = (&pair.own, model.ident);
    if let Some(nearest) = name::nearest(&own.unraw().to_string(), model.field_names()) {
        return format!("no field `{own}` on `{source}`; did you mean `{nearest}`?");
    }
    if let Some(message) = attr::misspelt(own, kind) {
        return message;
    }
    let mut message = format!("no field `{own}` on `{source}`");
    match name::field(&pair.other) {
        Ok(other) if model.position(&other).is_some() => {
            let target_field = if kind == RelationKind::BelongsTo { "id".to_owned() } else { own.to_string() };
            message += &format!("; the field of `{source}` comes first: `{other} = \"{target_field}\"`");
        }
        _ => message += &format!("; write a field of `{source}` first, as in `{}`", kind.shape()),
    }
    message
}
