//! A model as it is declared, with every name resolved. Mirrors the struct and keeps its tokens for messages.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Error, Fields, Ident, LitStr, Path, Result, Type, Visibility};

use crate::attr::{Default, FieldAttr, ModelAttr, Options, RelationKind, VariantAttr};
use crate::combine::Mistakes;
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
    /// What says in a polymorphic relation that a row refers to this model.
    pub(crate) morph: String,
    /// The function that narrows every query.
    pub(crate) scope: Option<Path>,
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

/// A relation with its name and its way.
pub(crate) struct Relation {
    pub(crate) kind: RelationKind,
    /// The target; of a `morph_to`, the enum.
    pub(crate) target: Path,
    pub(crate) name: Ident,
    pub(crate) way: Way,
    pub(crate) options: Options,
}

/// By which columns a relation leads to its target.
pub(crate) enum Way {
    /// The target holds the foreign key, and the type that it refers to where there are several.
    InTarget { pairs: Vec<Pair>, tag: Option<Ident> },
    /// The source holds the foreign key.
    InSource { pairs: Vec<Pair> },
    /// A junction holds foreign keys to both.
    Junction(Junction),
    /// Over a relation of the source to the model in the middle, and one of that model.
    Path { first: Ident, middle: Path, second: Ident },
    /// The source holds the foreign key, and the type that it refers to.
    Morph { pairs: Vec<Pair>, tag: Option<usize>, variants: Vec<VariantAttr> },
}

/// The table between two models.
pub(crate) struct Junction {
    pub(crate) table: JunctionTable,
    /// A field of the source, and the junction's column that refers to it.
    pub(crate) from: Vec<(usize, LitStr)>,
    /// The junction's column, and the target's field that it refers to.
    pub(crate) to: Vec<(LitStr, Ident)>,
    /// The junction's column for the type of the source, or of the target.
    pub(crate) tag: Option<Tag>,
}

pub(crate) enum JunctionTable {
    Model(Path),
    Table(String),
}

pub(crate) enum Tag {
    Source(Ident),
    Target(Ident),
}

/// A field of the source and a field of the other model.
pub(crate) struct Pair {
    /// The position of the source's field.
    pub(crate) own: usize,
    pub(crate) other: Ident,
}

impl Relation {
    /// The names of the methods that the relation adds.
    pub(crate) fn methods(&self) -> Vec<String> {
        let name = self.name.unraw().to_string();
        match self.kind {
            RelationKind::HasMany | RelationKind::HasOne | RelationKind::BelongsToMany => vec![name],
            RelationKind::BelongsTo | RelationKind::MorphTo => vec![format!("{name}_mut"), name],
        }
    }

    /// The attribute with another name, for messages.
    pub(crate) fn renamed(&self) -> String {
        let (kind, target) = (self.kind.attribute(), self.target_name());
        let rest = if self.kind == RelationKind::MorphTo { " { .. }" } else { ", .." };
        format!("#[{kind}({target} as other_name{rest})]")
    }

    /// The last word of the target's path.
    pub(crate) fn target_name(&self) -> String {
        self.target.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
    }
}

/// The path of the runtime, which is needed even where nothing else can be understood.
pub(crate) fn runtime(attr: &ModelAttr) -> Path {
    attr.runtime.clone().unwrap_or_else(|| syn::parse_quote!(::neko_orm))
}

impl<'a> Model<'a> {
    /// The model without its relations, as far as it can be understood, and what is wrong with the rest of it.
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
        let morph = match &attr.morph {
            Some(literal) => mistakes.take(name::tag(literal)).unwrap_or_default(),
            None => name::snake(&input.ident),
        };
        let model = Self {
            ident: &input.ident,
            vis: &input.vis,
            runtime: runtime(&attr),
            table,
            morph,
            scope: attr.scope.clone(),
            key: key(&fields),
            fields,
            relations: Vec::new(),
        };
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
