//! From a relation's attribute to the relation: its name and its way, inferred or checked.

use syn::ext::IdentExt;
use syn::{Error, Ident, Path, Result};

use crate::attr::{RelationAttr, RelationKind, Through};
use crate::combine::{Mistakes, Split};
use crate::model::{Model, Relation, Way};
use crate::name;
use crate::pairs::{self, junction};

/// Resolves the relations of a model, as far as they can be understood.
pub(crate) fn resolve(attrs: &[syn::Attribute], model: &Model<'_>) -> (Vec<Relation>, Mistakes) {
    let (declared, mut mistakes) = RelationAttr::parse_all(attrs).split();
    let mut relations = Vec::new();
    for attr in declared {
        let relation = Relation::resolve(attr, model, &relations, &mut mistakes);
        let relation = relation.and_then(|relation| mistakes.take(relation.unlike(&relations)));
        let relation = relation.and_then(|relation| mistakes.take(relation.with_new_enum(model, &relations)));
        relations.extend(relation);
    }
    (relations, mistakes)
}

impl Relation {
    /// The relation; without pairs where they are wrong, so that its methods are there all the same.
    fn resolve(mut attr: RelationAttr, model: &Model<'_>, earlier: &[Self], mistakes: &mut Mistakes) -> Option<Self> {
        let name = match &attr.name {
            Some(name) => name.clone(),
            None => mistakes.take(inferred_name(&attr))?,
        };
        if attr.target.is_ident("Self") {
            attr.target = model.ident.clone().into();
        }
        let way = match attr.options.through.take() {
            Some(Through::Relations(first, second)) => mistakes.take(path(&attr, first, second, earlier))?,
            through => {
                attr.options.through = through;
                way(&mut attr, &name, model, mistakes)
            }
        };
        Some(Self { kind: attr.kind, target: attr.target, name, way, options: attr.options })
    }

    /// This relation, if its enum, which is generated, has a name of its own.
    fn with_new_enum(self, model: &Model<'_>, others: &[Self]) -> Result<Self> {
        let Way::Morph { variants, .. } = &self.way else { return Ok(self) };
        let is_enum = |other: &&Self| matches!(other.way, Way::Morph { .. });
        let mut taken = others.iter().filter(is_enum).map(|other| &other.target);
        let is_taken = self.target.is_ident(model.ident)
            || variants.iter().any(|variant| name::is_same(&variant.model, &self.target))
            || taken.any(|taken| name::is_same(taken, &self.target));
        if !is_taken {
            return Ok(self);
        }
        let (target, name) = (self.target_name(), &self.name);
        let message = format!(
            "`{target}` is another type, and this enum is generated: name it otherwise, as in \
             `#[morph_to(OtherName as {name} {{ .. }})]`"
        );
        Err(Error::new_spanned(&self.target, message))
    }

    /// This relation, if none of the others has its name: a relation's identity is its name.
    fn unlike(self, others: &[Self]) -> Result<Self> {
        let taken: Vec<_> = others.iter().flat_map(Self::methods).collect();
        let Some(method) = self.methods().into_iter().rfind(|method| taken.contains(method)) else {
            return Ok(self);
        };
        let (name, renamed) = (&self.name, self.renamed());
        let message = match name.unraw() == method {
            true => format!("two relations are named `{method}`: name this one otherwise, as in `{renamed}`"),
            false => format!("`{method}` is a method of another relation: name this one otherwise, as in `{renamed}`"),
        };
        Err(Error::new(name.span(), message))
    }
}

fn way(attr: &mut RelationAttr, name: &Ident, model: &Model<'_>, mistakes: &mut Mistakes) -> Way {
    let tag = |morph: &Option<Ident>| morph.as_ref().map(|morph| pairs::morph_field(morph, "type"));
    match attr.kind {
        RelationKind::HasMany | RelationKind::HasOne => {
            Way::InTarget { pairs: pairs::resolve(attr, name, model, mistakes), tag: tag(&attr.options.morph) }
        }
        RelationKind::BelongsTo => Way::InSource { pairs: pairs::resolve(attr, name, model, mistakes) },
        RelationKind::BelongsToMany => Way::Junction(junction(attr, model, mistakes)),
        RelationKind::MorphTo => {
            let pairs = pairs::resolve(attr, name, model, mistakes);
            let tag = mistakes.take(pairs::own_tag(attr, name, !pairs.is_empty(), model)).flatten();
            Way::Morph { pairs, tag, variants: std::mem::take(&mut attr.variants) }
        }
    }
}

/// Over two relations, of which the first has been declared before.
fn path(attr: &RelationAttr, first: Ident, second: Ident, earlier: &[Relation]) -> Result<Way> {
    if let Some(span) = attr.pairs.first().map(|pair| pair.own.span()).or_else(|| attr.options.of_a_way()) {
        return Err(Error::new(span, "a path leads where its two relations lead: remove this"));
    }
    let not_there = || {
        let nearest = name::nearest(&first.unraw().to_string(), earlier.iter().map(|relation| &relation.name));
        let hint = nearest.map_or("declare it above".to_owned(), |nearest| format!("did you mean `{nearest}`?"));
        Error::new(first.span(), format!("no relation `{first}` has been declared before this one: {hint}"))
    };
    let relation = earlier.iter().find(|relation| relation.name == first).ok_or_else(not_there)?;
    if relation.kind == RelationKind::MorphTo {
        return Err(Error::new(first.span(), "a path cannot lead over a relation to several models"));
    }
    let middle: Path = relation.target.clone();
    Ok(Way::Path { first, middle, second })
}

fn inferred_name(attr: &RelationAttr) -> Result<Ident> {
    let singular = name::snake(&attr.target_name);
    let name = match attr.kind {
        RelationKind::HasMany | RelationKind::BelongsToMany => name::plural(&singular),
        RelationKind::HasOne | RelationKind::BelongsTo | RelationKind::MorphTo => singular,
    };
    name::ident(&name, attr.target_name.span()).ok_or_else(|| {
        let message = format!("`{name}` cannot be a method's name: name the relation, `{} as ..`", attr.target_name);
        Error::new(attr.target_name.span(), message)
    })
}
