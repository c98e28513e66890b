//! Lists: filters, sort orders and pages over the records of one kind.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use serde_json::Value;

use crate::decide::Problems;
use crate::field::{Key, Type, compare_text};
use crate::isms::Isms;
use crate::kind::KindDef;
use crate::plain;
use crate::records::Kind;
use crate::reference::AnyRef;
use crate::stored::{AnyRecord, FieldPlace};

mod page;

pub use page::{Cursor, Found, Select, is_sortable, select};

/// Largest page.
pub const PAGE_LIMIT: usize = 1_000_000;
/// Most conditions of one list.
pub const FILTER_LIMIT: usize = 50;

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// Equal; in a list, contained.
    Is,
    /// Not equal; in a list, not contained.
    IsNot,
    /// Contains these letters, whatever their case.
    Contains,
    /// Less than.
    Less,
    /// At most.
    AtMost,
    /// More than.
    More,
    /// At least.
    AtLeast,
}

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The field's name; `custom.<name>` for an own field.
    pub field: String,
    /// How it is compared.
    pub compare: Compare,
    /// What it is compared with, as typed. Empty means: nothing there.
    pub value: String,
}

impl Filter {
    /// From its written form: `state=active`, `current_value>=15`, `title~mail`, `owner!=PER-0001`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let signs = [
            ("!=", Compare::IsNot),
            (">=", Compare::AtLeast),
            ("<=", Compare::AtMost),
            ("=", Compare::Is),
            ("~", Compare::Contains),
            (">", Compare::More),
            ("<", Compare::Less),
        ];
        let first = signs.iter().filter_map(|(sign, compare)| Some((text.find(sign)?, sign, compare)));
        let Some((at, sign, compare)) = first.min_by_key(|(at, sign, _)| (*at, usize::MAX - sign.len())) else {
            return Err(format!("“{text}” is not a condition such as state=active"));
        };
        let (field, value) = (text[..at].trim().to_owned(), text[at + sign.len()..].trim().to_owned());
        if field.is_empty() {
            return Err(format!("“{text}” names no field; write it such as state=active"));
        }
        Ok(Self { field, compare: *compare, value })
    }
}

/// What a list shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The kind.
    pub kind: Kind,
    /// All of these hold.
    pub filters: Vec<Filter>,
    /// The field to sort by, with `-` in front for descending; without, by reference.
    pub sort: Option<String>,
    /// How many to leave out.
    pub offset: usize,
    /// How many to show.
    pub limit: usize,
    /// Whether void records are shown.
    pub void: bool,
}

impl Query {
    /// All records of a kind.
    pub fn all(kind: Kind) -> Self {
        Self { kind, filters: Vec::new(), sort: None, offset: 0, limit: PAGE_LIMIT, void: false }
    }
}

/// A page of a list.
#[derive(Debug)]
pub struct Page<'a> {
    /// The records in order.
    pub records: Vec<&'a dyn AnyRecord>,
    /// Whether more follow.
    pub more: bool,
}

/// Runs a list.
///
/// # Errors
/// Every condition and sort order that names an unknown field or a value of the wrong type.
pub fn run<'a>(isms: &'a Isms, query: &Query) -> Result<Page<'a>, Problems> {
    let def = query.kind.def();
    let mut problems = Problems::default();
    if query.filters.len() > FILTER_LIMIT {
        problems.add("filter", format!("has more than {FILTER_LIMIT} conditions"));
        return Err(problems);
    }
    let mut tests: Vec<Test> = Vec::new();
    for filter in &query.filters {
        match compile(isms, def, filter) {
            Ok(test) => tests.push(test),
            Err(message) => problems.add(filter.field.clone(), message),
        }
    }
    let (name, descending) = match query.sort.as_deref() {
        Some(name) => name.strip_prefix('-').map_or((name, false), |name| (name, true)),
        None => ("ref", false),
    };
    let place = FieldPlace::find(def, name);
    let Some(place) = place.filter(|_| problems.is_empty()) else {
        if place.is_none() {
            problems.add(name, format!("is not a field of {}", def.words.plural.to_lowercase()));
        }
        return Err(problems);
    };
    let fits = |record: &&dyn AnyRecord| {
        (query.void || record.head().void_reason.is_none()) && tests.iter().all(|test| test(*record))
    };
    let limit = query.limit.min(PAGE_LIMIT);
    let mut records: Vec<&dyn AnyRecord> = match isms.ordered(query.kind, place) {
        Some(order) if descending => order.rev().filter(fits).skip(query.offset).take(limit + 1).collect(),
        Some(order) => order.filter(fits).skip(query.offset).take(limit + 1).collect(),
        None => sorted(isms.records(query.kind).filter(fits), place, descending, query.offset, limit + 1),
    };
    let more = records.len() > limit;
    records.truncate(limit);
    Ok(Page { records, more })
}

/// The part of a sorted list from `offset`, without sorting what nobody sees.
fn sorted<'a>(
    records: impl Iterator<Item = &'a dyn AnyRecord>,
    place: FieldPlace,
    descending: bool,
    offset: usize,
    count: usize,
) -> Vec<&'a dyn AnyRecord> {
    struct Ranked<'a>(Key<'a>, AnyRef, bool, &'a dyn AnyRecord);
    impl Ord for Ranked<'_> {
        fn cmp(&self, other: &Self) -> Ordering {
            let order = self.0.cmp(&other.0);
            (if self.2 { order.reverse() } else { order }).then(self.1.cmp(&other.1))
        }
    }
    impl PartialOrd for Ranked<'_> {
        fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
            Some(self.cmp(other))
        }
    }
    impl PartialEq for Ranked<'_> {
        fn eq(&self, other: &Self) -> bool {
            self.cmp(other) == Ordering::Equal
        }
    }
    impl Eq for Ranked<'_> {}

    let wanted = offset.saturating_add(count);
    let mut best: BinaryHeap<Ranked<'a>> = BinaryHeap::new();
    for record in records {
        let ranked = Ranked(record.key(place), record.any_ref(), descending, record);
        if best.len() < wanted {
            best.push(ranked);
        } else if let Some(mut worst) = best.peek_mut()
            && ranked < *worst
        {
            *worst = ranked;
        }
    }
    best.into_sorted_vec().into_iter().skip(offset).map(|ranked| ranked.3).collect()
}

type Test = Box<dyn Fn(&dyn AnyRecord) -> bool>;

fn compile(isms: &Isms, def: &'static KindDef, filter: &Filter) -> Result<Test, String> {
    let Filter { field, compare, value } = filter.clone();
    if let Some(name) = field.strip_prefix("custom.") {
        return compile_custom(isms, def, name.to_owned(), compare, &value);
    }
    let Some(place) = FieldPlace::find(def, &field) else {
        if crate::custom::fields(isms, def.kind).contains_key(&field) {
            return compile_custom(isms, def, field, compare, &value);
        }
        return Err(format!("is not a field of {}", def.words.plural.to_lowercase()));
    };
    if value.is_empty() {
        let wanted = compare == Compare::Is;
        return Ok(Box::new(move |record| (record.key(place) == Key::Empty && is_null(record, &field)) == wanted));
    }
    if compare == Compare::Contains {
        return Ok(contains(place, field, &value));
    }
    let ty = match place {
        FieldPlace::State => {
            if !matches!(compare, Compare::Is | Compare::IsNot) {
                return Err("is compared with = or !=".to_owned());
            }
            let known = def.states.iter().any(|state| state.name == value) || value == "void";
            if !known {
                let names: Vec<&str> = def.states.iter().map(|state| state.name).collect();
                return Err(format!("must be one of {}", names.join(", ")));
            }
            return Ok(Box::new(move |record| (record.state() == value) == (compare != Compare::IsNot)));
        }
        FieldPlace::Reference => {
            let target: AnyRef = value.parse()?;
            if target.kind != def.kind {
                return Err(format!("{target} is none of {}", def.words.plural.to_lowercase()));
            }
            let wanted = i64::from(target.number);
            return Ok(Box::new(move |record| holds(record.key(place).cmp(&Key::Int(wanted)), compare)));
        }
        FieldPlace::Revision => Type::Int,
        FieldPlace::UpdatedAt => Type::DateTime,
        FieldPlace::UpdatedBy => Type::Ref(Kind::Person),
        _ => place.def(def).map_or(Type::Text, |field| field.ty),
    };
    let element = if let Type::List(inner) = ty { *inner } else { ty };
    let wanted = plain::parse(element, &value, plain::currency(isms)).map_err(|wrong| wrong.to_string())?;
    if matches!(ty, Type::List(_)) {
        if !matches!(compare, Compare::Is | Compare::IsNot) {
            return Err("is a list: = means that it contains this entry, != that it does not".to_owned());
        }
        let is_in = move |record: &dyn AnyRecord| match record.field(&field) {
            Some(Value::Array(items)) => items.contains(&wanted),
            _ => false,
        };
        return Ok(Box::new(move |record| is_in(record) == (compare != Compare::IsNot)));
    }
    let wanted = Wanted::new(element, &wanted)?;
    Ok(Box::new(move |record| match record.key(place) {
        Key::Empty => compare == Compare::IsNot,
        key => wanted.compare(&key).is_some_and(|order| holds(order, compare)),
    }))
}

/// The value compared with, as a key that owns its text.
enum Wanted {
    Int(i64),
    Decimal(rust_decimal::Decimal),
    Text(String),
    Ref(AnyRef),
}

impl Wanted {
    fn new(ty: Type, value: &Value) -> Result<Self, String> {
        use crate::field::Scalar;
        fn read<T: Scalar>(value: &Value) -> Result<T, String> {
            T::from_value(value.clone()).map_err(|wrong| wrong.to_string())
        }
        fn int(key: Key<'_>) -> Result<Wanted, String> {
            if let Key::Int(number) = key { Ok(Wanted::Int(number)) } else { Err("cannot be compared".to_owned()) }
        }
        match ty {
            Type::Bool => int(read::<bool>(value)?.key()),
            Type::Int => int(read::<i64>(value)?.key()),
            Type::Level => int(read::<crate::value::Level>(value)?.key()),
            Type::Date => int(read::<jiff::civil::Date>(value)?.key()),
            Type::DateTime => int(read::<jiff::Timestamp>(value)?.key()),
            Type::Period => int(read::<crate::value::Period>(value)?.key()),
            Type::Money => int(read::<crate::value::Money>(value)?.key()),
            Type::Decimal => Ok(Self::Decimal(read(value)?)),
            Type::Percent => Ok(Self::Decimal(read::<crate::value::Percent>(value)?.0)),
            Type::Choice(options) => {
                let name = value.as_str().unwrap_or_default();
                let at = options.iter().position(|option| option.name == name);
                let names: Vec<&str> = options.iter().map(|option| option.name).collect();
                at.and_then(|at| i64::try_from(at).ok())
                    .map(Self::Int)
                    .ok_or_else(|| format!("must be one of {}", names.join(", ")))
            }
            Type::Ref(kind) => {
                let target: AnyRef = read(value)?;
                let words = kind.words();
                let wrong = || format!("{target} is not a {}", words.title.to_lowercase());
                if target.kind == kind { Ok(Self::Ref(target)) } else { Err(wrong()) }
            }
            Type::AnyRef => Ok(Self::Ref(read(value)?)),
            Type::Text | Type::LongText => Ok(Self::Text(value.as_str().unwrap_or_default().to_owned())),
            Type::Matrix | Type::List(_) | Type::Struct(_) | Type::Custom => Err("cannot be compared".to_owned()),
        }
    }

    fn key(&self) -> Key<'_> {
        match self {
            Self::Int(number) => Key::Int(*number),
            Self::Decimal(number) => Key::Decimal(*number),
            Self::Text(text) => Key::Text(text),
            Self::Ref(target) => Key::Ref(*target),
        }
    }

    /// How the record's key stands to the value compared with.
    fn compare(&self, key: &Key<'_>) -> Option<Ordering> {
        Some(match (self, key) {
            (Self::Int(b), Key::Int(a)) => a.cmp(b),
            (Self::Decimal(b), Key::Decimal(a)) => a.cmp(b),
            (Self::Text(b), Key::Text(a)) if a.eq_ignore_ascii_case(b) => Ordering::Equal,
            (Self::Text(b), Key::Text(a)) => compare_text(a, b),
            (Self::Ref(b), Key::Ref(a)) => a.cmp(b),
            _ => return None,
        })
    }
}

fn holds(order: Ordering, compare: Compare) -> bool {
    match compare {
        Compare::Is => order.is_eq(),
        Compare::IsNot => order.is_ne(),
        Compare::Less => order.is_lt(),
        Compare::AtMost => order.is_le(),
        Compare::More => order.is_gt(),
        Compare::AtLeast => order.is_ge(),
        Compare::Contains => false,
    }
}

fn is_null(record: &dyn AnyRecord, field: &str) -> bool {
    record.field(field).is_none_or(|value| value.is_null())
}

fn contains(place: FieldPlace, field: String, value: &str) -> Test {
    let wanted = value.to_lowercase();
    Box::new(move |record| match record.key(place) {
        Key::Text(text) => text.to_lowercase().contains(&wanted),
        _ => match record.field(&field) {
            Some(Value::Null) | None => false,
            Some(Value::String(text)) => text.to_lowercase().contains(&wanted),
            Some(other) => other.to_string().to_lowercase().contains(&wanted),
        },
    })
}

fn compile_custom(
    isms: &Isms,
    def: &'static KindDef,
    name: String,
    compare: Compare,
    value: &str,
) -> Result<Test, String> {
    use crate::custom::CustomType;
    let Some(defined) = crate::custom::fields(isms, def.kind).remove(&name) else {
        return Err("is not one of the organisation's own fields of this kind".to_owned());
    };
    if value.is_empty() {
        let empty = compare == Compare::Is;
        return Ok(Box::new(move |record| record.head().custom.get(&name).is_none() == empty));
    }
    if compare == Compare::Contains {
        let wanted = value.to_lowercase();
        return Ok(Box::new(move |record| {
            let held = record.head().custom.get(&name);
            let text = held.map(|held| held.as_str().map_or_else(|| held.to_string(), ToOwned::to_owned));
            text.is_some_and(|text| text.to_lowercase().contains(&wanted))
        }));
    }
    let ty = match defined.ty {
        CustomType::Text | CustomType::LongText => Type::Text,
        CustomType::Bool => Type::Bool,
        CustomType::Int => Type::Int,
        CustomType::Decimal => Type::Decimal,
        CustomType::Money => Type::Money,
        CustomType::Date => Type::Date,
        CustomType::Ref(kind) => Type::Ref(kind),
        CustomType::Choice(words) => {
            if !words.iter().any(|word| word == value) {
                return Err(format!("must be one of {}", words.join(", ")));
            }
            Type::Text
        }
    };
    let wanted = plain::parse(ty, value, plain::currency(isms)).map_err(|wrong| wrong.to_string())?;
    let wanted = Wanted::new(ty, &wanted)?;
    Ok(Box::new(move |record| match record.head().custom.get(&name).map(|held| Wanted::new(ty, held)) {
        Some(Ok(held)) => wanted.compare(&held.key()).is_some_and(|order| holds(order, compare)),
        _ => compare == Compare::IsNot,
    }))
}
