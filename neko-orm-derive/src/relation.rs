//! From a relation's attribute to the relation: its name and its pairs of fields, inferred or checked.

use syn::ext::IdentExt;
use syn::{Error, Ident, Result};

use crate::attr::{PairAttr, RelationAttr, RelationKind};
use crate::combine::{Mistakes, Split};
use crate::model::{Model, Pair, Relation};
use crate::name;

/// Resolves the relations of a model, as far as they can be understood.
pub(crate) fn resolve(attrs: &[syn::Attribute], model: &Model<'_>) -> (Vec<Relation>, Mistakes) {
    let (declared, mut mistakes) = RelationAttr::parse_all(attrs).split();
    let mut relations = Vec::new();
    for attr in declared {
        let relation = Relation::resolve(attr, model, &mut mistakes);
        let relation = relation.and_then(|relation| mistakes.take(relation.unlike(&relations)));
        relations.extend(relation);
    }
    (relations, mistakes)
}

impl Relation {
    /// The relation; without pairs where they are wrong, so that its methods are there all the same.
    fn resolve(attr: RelationAttr, model: &Model<'_>, mistakes: &mut Mistakes) -> Option<Self> {
        let name = match &attr.name {
            Some(name) => name.clone(),
            None => mistakes.take(inferred_name(&attr))?,
        };
        let is_column = model.position(&name).is_some();
        let (pairs, wrong) = match &attr.pairs[..] {
            // That a column has this name is reported elsewhere.
            [] if is_column => (Vec::new(), Mistakes::default()),
            [] => std::iter::once(Pair::inferred(&attr, &name, model)).split(),
            written => written
                .iter()
                .enumerate()
                .map(|(index, pair)| Pair::written(pair, &written[..index], attr.kind, model))
                .split(),
        };
        let pairs = mistakes.take(wrong.into_result()).map_or_else(Vec::new, |()| pairs);
        let target = if attr.target.is_ident("Self") { model.ident.clone().into() } else { attr.target };
        Some(Self { kind: attr.kind, target, name, pairs })
    }

    /// This relation, if none of the others has its name: a relation's identity is its name.
    fn unlike(self, others: &[Self]) -> Result<Self> {
        let taken: Vec<_> = others.iter().flat_map(Self::methods).collect();
        if self.methods().iter().all(|method| !taken.contains(method)) {
            return Ok(self);
        }
        let (name, kind, target) = (&self.name, self.kind.attribute(), self.target_name());
        let message = format!(
            "two relations are named `{name}`: name this one otherwise, as in `#[{kind}({target} as other_name, ..)]`"
        );
        Err(Error::new(name.span(), message))
    }
}

fn inferred_name(attr: &RelationAttr) -> Result<Ident> {
    let singular = name::snake(&attr.target_name);
    let name = match attr.kind {
        RelationKind::HasMany => name::plural(&singular),
        RelationKind::BelongsTo => singular,
    };
    name::ident(&name, attr.target_name.span()).ok_or_else(|| {
        let message = format!("`{name}` cannot be a method's name: name the relation, `{} as ..`", attr.target_name);
        Error::new(attr.target_name.span(), message)
    })
}

impl Pair {
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

    /// `post_id = "id"` for a relation `post`, and the other way round for has_many.
    fn inferred(attr: &RelationAttr, name: &Ident, model: &Model<'_>) -> Result<Self> {
        let span = attr.target_name.span();
        let wrong = |message: String| Error::new(span, message);
        match attr.kind {
            RelationKind::HasMany => {
                let [own] = model.key[..] else {
                    let shape = attr.kind.shape();
                    return Err(wrong(format!("the key is not one column: write the pairs, as in `{shape}`")));
                };
                let source = name::snake(model.ident);
                let key = model.fields[own].ident.unraw();
                let other = name::ident(&format!("{source}_{key}"), span);
                other.map(|other| Self { own, other }).ok_or_else(|| wrong("write the pair of fields".to_owned()))
            }
            RelationKind::BelongsTo => {
                let foreign_key = format!("{}_id", name.unraw());
                let own = model.fields.iter().position(|field| field.ident.unraw() == foreign_key);
                own.map(|own| Self { own, other: Ident::new("id", span) }).ok_or_else(|| {
                    let (source, target) = (model.ident, &attr.target_name);
                    let nearest = name::nearest(&foreign_key, model.field_names());
                    let field = nearest.unwrap_or_else(|| "the_field".to_owned());
                    wrong(format!(
                        "no field `{foreign_key}` on `{source}` to refer to `{target}`: \
                         add it, or write `#[belongs_to({target}, {field} = \"id\")]`"
                    ))
                })
            }
        }
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
