//! The pairs of fields that a relation rests on, inferred or checked.

use syn::ext::IdentExt;
use syn::{Error, Ident, Result};

use crate::attr::{Keys, PairAttr, RelationAttr, RelationKind, Through};
use crate::combine::{Mistakes, Split};
use crate::model::{Junction, JunctionTable, Model, Pair, Tag};
use crate::name;

/// The pairs between the source and the target; none where they are wrong.
pub(crate) fn resolve(attr: &RelationAttr, name: &Ident, model: &Model<'_>, mistakes: &mut Mistakes) -> Vec<Pair> {
    let (pairs, wrong) = match &attr.pairs[..] {
        // That a column has this name is reported elsewhere.
        [] if model.position(name).is_some() => (Vec::new(), Mistakes::default()),
        [] => std::iter::once(Pair::inferred(attr, name, model)).split(),
        written => Pair::all_written(written, attr.kind, model),
    };
    mistakes.take(wrong.into_result()).map_or_else(Vec::new, |()| pairs)
}

/// The field of a polymorphic relation: `commentable_id`, `commentable_type`.
pub(crate) fn morph_field(morph: &Ident, ends: &str) -> Ident {
    Ident::new(&format!("{}_{ends}", morph.unraw()), morph.span())
}

/// The source's field that says which model a row refers to.
pub(crate) fn own_tag(attr: &RelationAttr, name: &Ident, model: &Model<'_>) -> Result<usize> {
    let tag = morph_field(name, "type");
    model.position(&tag).ok_or_else(|| {
        let message = format!("no field `{tag}` on `{}` to say which model a row refers to: add it", model.ident);
        Error::new(attr.target_name.span(), message)
    })
}

/// The junction of a many-to-many relation.
pub(crate) fn junction(attr: &mut RelationAttr, model: &Model<'_>, mistakes: &mut Mistakes) -> Junction {
    if let Some(pair) = attr.pairs.first() {
        let message = "the pairs of a many-to-many relation are those of its junction: \
                       write `from(id = \"post_id\")` or `to(tag_id = \"id\")`";
        mistakes.add(Error::new(pair.own.span(), message));
    }
    let source = name::snake(model.ident);
    let target = name::snake(&attr.target_name);
    let table = match attr.options.through.take() {
        Some(Through::Model(path)) => JunctionTable::Model(path),
        Some(Through::Table(literal)) => {
            JunctionTable::Table(mistakes.take(name::identifier(&literal)).unwrap_or_default())
        }
        _ => {
            let mut names = [source.clone(), target];
            names.sort();
            let morph = attr.options.morph.as_ref().or(attr.options.morphed_by.as_ref());
            JunctionTable::Table(morph.map_or(names.join("_"), |morph| name::plural(&name::snake(morph))))
        }
    };
    let from = mistakes.take(from(attr, model)).unwrap_or_default();
    let to = mistakes.take(to(attr)).unwrap_or_default();
    let tag = match (&attr.options.morph, &attr.options.morphed_by) {
        (Some(_), Some(by)) => {
            mistakes.add(Error::new(by.span(), "either the source or the target can be one of several models"));
            None
        }
        (Some(morph), None) => Some(Tag::Source(morph_field(morph, "type"))),
        (None, Some(by)) => Some(Tag::Target(morph_field(by, "type"))),
        (None, None) => None,
    };
    if let (Some(pair), Some((column, _))) = (from.first(), to.first())
        && pair.other == *column
    {
        let message = format!("both foreign keys would be `{column}`: write `from = \"..\"` and `to = \"..\"`");
        mistakes.add(Error::new(attr.target_name.span(), message));
        return Junction { table, from: Vec::new(), to: Vec::new(), tag };
    }
    Junction { table, from, to, tag }
}

/// The source's fields, and the junction's columns that refer to them.
fn from(attr: &RelationAttr, model: &Model<'_>) -> Result<Vec<Pair>> {
    let span = attr.target_name.span();
    if let Some(Keys::Pairs(written)) = &attr.options.from {
        let (pairs, wrong) = Pair::all_written(written, attr.kind, model);
        return wrong.into_result().map(|()| pairs);
    }
    let [own] = model.key[..] else {
        return Err(Error::new(span, "the key is not one column: write the pairs, as in `from(id = \"post_id\")`"));
    };
    let key = model.fields[own].ident.unraw().to_string();
    let other = match (&attr.options.from, &attr.options.morph) {
        (Some(Keys::Column(column)), _) => name::field(column)?,
        (_, Some(morph)) => morph_field(morph, &key),
        _ => Ident::new(&format!("{}_{key}", name::snake(model.ident)), span),
    };
    Ok(vec![Pair { own, other }])
}

/// The junction's columns, and the target's fields that they refer to.
fn to(attr: &RelationAttr) -> Result<Vec<(Ident, Ident)>> {
    let span = attr.target_name.span();
    let id = |column: Ident| vec![(column, Ident::new("id", span))];
    match (&attr.options.to, &attr.options.morphed_by) {
        (Some(Keys::Pairs(pairs)), _) => {
            pairs.iter().map(|pair| Ok((pair.own.clone(), name::field(&pair.other)?))).collect()
        }
        (Some(Keys::Column(column)), _) => Ok(id(name::field(column)?)),
        (None, Some(by)) => Ok(id(morph_field(by, "id"))),
        (None, None) => Ok(id(Ident::new(&format!("{}_id", name::snake(&attr.target_name)), span))),
    }
}

impl Pair {
    fn all_written(written: &[PairAttr], kind: RelationKind, model: &Model<'_>) -> (Vec<Self>, Mistakes) {
        let pairs = written.iter().enumerate();
        pairs.map(|(index, pair)| Self::written(pair, &written[..index], kind, model)).split()
    }

    /// `own = "other"`.
    fn written(pair: &PairAttr, earlier: &[PairAttr], kind: RelationKind, model: &Model<'_>) -> Result<Self> {
        let other = name::field(&pair.other)?;
        if earlier.iter().any(|earlier| earlier.own == pair.own) {
            return Err(Error::new(pair.own.span(), format!("`{}` is in two pairs", pair.own)));
        }
        if earlier.iter().any(|earlier| earlier.other.value() == pair.other.value()) {
            return Err(Error::new(pair.other.span(), format!("`{other}` is in two pairs")));
        }
        match model.position(&pair.own) {
            Some(own) => Ok(Self { own, other }),
            None => Err(Error::new(pair.own.span(), unknown_field(pair, &other, kind, model))),
        }
    }

    /// `post_id = "id"` for a relation `post`, and the other way round where the target holds the foreign key.
    fn inferred(attr: &RelationAttr, name: &Ident, model: &Model<'_>) -> Result<Self> {
        match attr.kind {
            RelationKind::BelongsTo | RelationKind::MorphTo => Self::inferred_in_source(attr, name, model),
            _ => Self::inferred_in_target(attr, model),
        }
    }

    fn inferred_in_target(attr: &RelationAttr, model: &Model<'_>) -> Result<Self> {
        let span = attr.target_name.span();
        let wrong = |message: String| Error::new(span, message);
        let [own] = model.key[..] else {
            let shape = attr.kind.shape();
            return Err(wrong(format!("the key is not one column: write the pairs, as in `{shape}`")));
        };
        let key = model.fields[own].ident.unraw();
        if let Some(morph) = &attr.options.morph {
            return Ok(Self { own, other: morph_field(morph, &key.to_string()) });
        }
        let source = name::snake(model.ident);
        let other = name::ident(&format!("{source}_{key}"), span);
        other.map(|other| Self { own, other }).ok_or_else(|| wrong("write the pair of fields".to_owned()))
    }

    fn inferred_in_source(attr: &RelationAttr, name: &Ident, model: &Model<'_>) -> Result<Self> {
        let span = attr.target_name.span();
        let foreign_key = format!("{}_id", name.unraw());
        let own = model.fields.iter().position(|field| field.ident.unraw() == foreign_key);
        own.map(|own| Self { own, other: Ident::new("id", span) }).ok_or_else(|| {
            let (source, target, kind) = (model.ident, &attr.target_name, attr.kind.attribute());
            let nearest = name::nearest(&foreign_key, model.field_names());
            let field = nearest.unwrap_or_else(|| "the_field".to_owned());
            let models = if attr.kind == RelationKind::MorphTo { " { .. }" } else { "" };
            let message = format!(
                "no field `{foreign_key}` on `{source}` to refer to `{target}`: \
                 add it, or write `#[{kind}({target}{models}, {field} = \"id\")]`"
            );
            Error::new(span, message)
        })
    }
}

fn unknown_field(pair: &PairAttr, other: &Ident, kind: RelationKind, model: &Model<'_>) -> String {
    let (own, source) = (&pair.own, model.ident);
    let mut message = format!("no field `{own}` on `{source}`");
    if let Some(nearest) = name::nearest(&own.unraw().to_string(), model.field_names()) {
        message += &format!("; did you mean `{nearest}`?");
    } else if model.position(other).is_some() {
        let target_field = if kind == RelationKind::BelongsTo { "id".to_owned() } else { own.to_string() };
        message += &format!("; the field of `{source}` comes first: `{other} = \"{target_field}\"`");
    } else {
        message += &format!("; write a field of `{source}` first, as in `{}`", kind.shape());
    }
    message
}
