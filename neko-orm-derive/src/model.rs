//! A model as it is declared, with every name resolved. Mirrors the struct and keeps its tokens for messages.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Error, Fields, Ident, LitStr, Path, Result, Type, Visibility};

use crate::attr::{Default, FieldAttr, ModelAttr, PairAttr, RelationAttr, RelationKind};
use crate::combine::{Mistakes, Split};
use crate::name;

/// As many columns as the runtime's keys can have.
pub(crate) const MAX_KEY_COLUMNS: usize = 6;

/// A struct that is a row of a table.
pub(crate) struct Model<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) vis: &'a Visibility,
    /// The path of the runtime crate.
    pub(crate) runtime: Path,
    pub(crate) table: String,
    pub(crate) fields: Vec<Field<'a>>,
    /// The positions of the fields that are the key.
    pub(crate) key: Vec<usize>,
    pub(crate) relations: Vec<Relation>,
}

/// A field that is a column.
pub(crate) struct Field<'a> {
    /// The position among the model's fields.
    pub(crate) index: usize,
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) column: String,
    /// Where the column's name is written.
    pub(crate) column_span: Span,
    pub(crate) is_key: bool,
    pub(crate) default: Option<Default>,
}

/// A relation with its name and its pairs.
pub(crate) struct Relation {
    pub(crate) kind: RelationKind,
    pub(crate) target: Path,
    pub(crate) name: Ident,
    pub(crate) pairs: Vec<Pair>,
}

/// A field of the source and a field of the target.
pub(crate) struct Pair {
    /// The position of the source's field.
    pub(crate) own: usize,
    pub(crate) other: Ident,
}

/// The path of the runtime, which is needed even where nothing else can be understood.
pub(crate) fn runtime(attr: &ModelAttr) -> Path {
    attr.runtime.clone().unwrap_or_else(|| syn::parse_quote!(::neko_orm))
}

impl<'a> Model<'a> {
    /// The model as far as it can be understood, and what is wrong with the rest of it.
    ///
    /// # Errors
    /// It is not a struct with named fields.
    pub(crate) fn from_syn(input: &'a DeriveInput, attr: ModelAttr) -> Result<(Self, Mistakes)> {
        let named = named_fields(input)?;
        let mut mistakes = Mistakes::default();
        let fields: Vec<_> = named
            .iter()
            .enumerate()
            .filter_map(|(index, field)| Field::from_syn(index, field, &mut mistakes))
            .collect();
        let table = match &attr.table {
            Some(literal) => mistakes.take(name::identifier(literal)).unwrap_or_default(),
            None => name::plural(&name::snake(&input.ident)),
        };
        let mut model = Self {
            ident: &input.ident,
            vis: &input.vis,
            runtime: runtime(&attr),
            table,
            key: key(&fields),
            fields,
            relations: Vec::new(),
        };
        let (declared, malformed) = RelationAttr::parse_all(&input.attrs).split();
        mistakes = mistakes.and(malformed);
        for attr in declared {
            let relation = Relation::resolve(attr, &model, &mut mistakes);
            let relation = relation.and_then(|relation| mistakes.take(relation.unlike(&model.relations)));
            model.relations.extend(relation);
        }
        Ok((model, mistakes))
    }

    pub(crate) fn key_fields(&self) -> impl Iterator<Item = &Field<'a>> {
        self.key.iter().filter_map(|&index| self.fields.get(index))
    }

    pub(crate) fn position(&self, name: &Ident) -> Option<usize> {
        self.fields.iter().position(|field| field.ident.unraw() == name.unraw())
    }

    pub(crate) fn field_names(&self) -> impl Iterator<Item = &'a Ident> + use<'_, 'a> {
        self.fields.iter().map(|field| field.ident)
    }

    /// Whether the database numbers the rows.
    pub(crate) fn is_generated(&self, field: &Field<'_>) -> bool {
        field.is_integer() && self.key == [field.index]
    }

    /// Whether a new row has to set this column.
    pub(crate) fn is_required(&self, field: &Field<'_>) -> bool {
        !field.is_option() && field.default.is_none() && !self.is_generated(field)
    }
}

fn named_fields(input: &DeriveInput) -> Result<&syn::punctuated::Punctuated<syn::Field, syn::Token![,]>> {
    const SHAPE: &str = "a model is a struct with named fields, one for each column";
    if !input.generics.params.is_empty() {
        let message = "a model cannot be generic: write one struct for each table";
        return Err(Error::new_spanned(&input.generics, message));
    }
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(&fields.named),
            Fields::Unnamed(_) => Err(Error::new_spanned(&input.ident, format!("{SHAPE}; this one has a tuple"))),
            Fields::Unit => Err(Error::new_spanned(&input.ident, format!("{SHAPE}; this one has none"))),
        },
        Data::Enum(data) => Err(Error::new_spanned(data.enum_token, SHAPE)),
        Data::Union(data) => Err(Error::new_spanned(data.union_token, SHAPE)),
    }
}

/// The fields marked `#[key]`, or else the field `id`.
fn key(fields: &[Field<'_>]) -> Vec<usize> {
    let positions = |is_key: fn(&Field<'_>) -> bool| -> Vec<usize> {
        fields.iter().enumerate().filter(|(_, field)| is_key(field)).map(|(position, _)| position).collect()
    };
    let marked = positions(|field| field.is_key);
    if marked.len() > MAX_KEY_COLUMNS {
        marked[..MAX_KEY_COLUMNS].to_vec()
    } else if marked.is_empty() {
        positions(|field| field.ident.unraw() == "id")
    } else {
        marked
    }
}

impl<'a> Field<'a> {
    /// The field, whatever is wrong with its attributes: the struct has it all the same.
    fn from_syn(index: usize, field: &'a syn::Field, mistakes: &mut Mistakes) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let attr = mistakes.take(FieldAttr::parse(&field.attrs)).unwrap_or_default();
        if let Some((_, default)) = &field.default {
            let message = "a default belongs to the column: write `#[column(default = \"..\")]`";
            mistakes.add(Error::new_spanned(default, message));
        }
        let name = attr.name.as_ref().and_then(|literal| mistakes.take(name::identifier(literal)));
        Some(Self {
            index,
            ident,
            ty: &field.ty,
            column: name.unwrap_or_else(|| ident.unraw().to_string()),
            column_span: attr.name.as_ref().map_or(ident.span(), LitStr::span),
            is_key: attr.is_key.is_some(),
            default: attr.default,
        })
    }

    /// Whether the type is spelt `Option<..>`.
    pub(crate) fn is_option(&self) -> bool {
        self.is_spelt(&["Option"])
    }

    fn is_integer(&self) -> bool {
        self.is_spelt(&["i64", "i32", "i16", "u32", "u64"])
    }

    fn is_spelt(&self, names: &[&str]) -> bool {
        let Type::Path(path) = ungrouped(self.ty) else { return false };
        path.path.segments.last().is_some_and(|last| names.iter().any(|name| last.ident == name))
    }
}

/// The type itself, where a macro has put it into an invisible group.
fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        _ => ty,
    }
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

    /// The last word of the target's path.
    pub(crate) fn target_name(&self) -> String {
        self.target.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
    }

    /// The names of the methods that the relation adds.
    pub(crate) fn methods(&self) -> Vec<String> {
        let name = self.name.unraw().to_string();
        match self.kind {
            RelationKind::HasMany => vec![name],
            RelationKind::BelongsTo => vec![format!("{name}_mut"), name],
        }
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
