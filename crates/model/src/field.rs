//! Fields: what a record kind declares, and the one bridge between typed structures and untyped values.
//!
//! A field's Rust type decides its widget, its JSON shape and whether it is one value or many. The table that
//! `#[derive(Fields)]` emits holds function pointers into the typed structure; pages, API, import, export and the
//! ledger go through it, and nothing else converts between types and JSON.

use std::borrow::Cow;
use std::fmt;

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::records::Kind;
use crate::reference::AnyRef;
use crate::value::{Level, LongText, Matrix, Money, Percent, Period};

/// Longest accepted one-line text, in bytes.
pub const TEXT_LIMIT: usize = 4_000;
/// Longest accepted long text, in bytes.
pub const LONG_TEXT_LIMIT: usize = 1_000_000;
/// Most entries of one list.
pub const LIST_LIMIT: usize = 20_000;

/// The type of a field as data, for everything that is generic over kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// One line of text.
    Text,
    /// Markdown, several paragraphs.
    LongText,
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// An exact decimal number.
    Decimal,
    /// 0 to 100.
    Percent,
    /// A level of the scale in force, 1 to n.
    Level,
    /// An amount with its currency.
    Money,
    /// A calendar day.
    Date,
    /// A moment in UTC.
    DateTime,
    /// An ISO 8601 period such as `P1Y`.
    Period,
    /// Risk value per (likelihood, impact).
    Matrix,
    /// One of a fixed list of words.
    Choice(&'static [OptionWords]),
    /// A reference to a record of one kind.
    Ref(Kind),
    /// A reference to a record of any kind.
    AnyRef,
    /// Several values of one type.
    List(&'static Type),
    /// An embedded structure without identity of its own.
    Struct(&'static [FieldDef]),
    /// Values of the organisation's own fields, by name.
    Custom,
}

/// One option of a choice: its wire name and what people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionWords {
    /// The name in files and in the API.
    pub name: &'static str,
    /// The words on the screen.
    pub label: &'static str,
}

/// What is known of a field without knowing its structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a declaration: each is one independent word of it")]
pub struct FieldDef {
    /// Name in files and in the API, as in the domain specification.
    pub name: &'static str,
    /// What people read beside it.
    pub help: &'static str,
    /// Its type.
    pub ty: Type,
    /// Demanded when the record comes into force.
    pub required: bool,
    /// The people named here count as the record's own people.
    pub own: bool,
    /// A change of it does not touch what was signed.
    pub immaterial: bool,
    /// Sorting by it is common, so an index is kept.
    pub index: bool,
    /// Not shown to people outside the ISMS team.
    pub private: bool,
    /// Shown only to those who see everything that the record is about.
    pub guarded: bool,
    /// Written by the act of signing and by nothing else.
    pub signed: bool,
}

/// A field of the structure `T`: its definition and the accessors.
#[derive(Debug)]
pub struct Field<T: 'static> {
    /// The definition.
    pub def: &'static FieldDef,
    /// The canonical value; `Null` when empty.
    pub get: fn(&T) -> Value,
    /// Sets it from a canonical value; `Null` empties it.
    pub set: fn(&mut T, Value) -> Result<(), Wrong>,
    /// Visits the references it holds.
    pub refs: fn(&T, &mut dyn FnMut(AnyRef)),
    /// Its sort key, without allocation.
    pub key: for<'a> fn(&'a T) -> Key<'a>,
    /// Whether nothing is there.
    pub is_empty: fn(&T) -> bool,
}

/// A structure with a table of fields.
pub trait HasFields: Sized + 'static {
    /// The definitions in the order in which people see them.
    const DEFS: &'static [FieldDef];
    /// The accessors, in the same order.
    const FIELDS: &'static [Field<Self>];
}

/// The canonical object of an embedded structure; empty fields are left out.
pub fn structure_value<T: HasFields>(of: &T) -> Value {
    let filled = T::FIELDS.iter().filter(|field| !(field.is_empty)(of));
    Value::Object(filled.map(|field| (field.def.name.to_owned(), (field.get)(of))).collect())
}

/// An embedded structure from its object; a name that it does not have is refused.
pub fn structure_from<T: HasFields + Default>(value: Value) -> Result<T, Wrong> {
    let Value::Object(members) = value else { return Err(Wrong::new("must be a structure with named fields")) };
    let mut structure = T::default();
    for (name, member) in members {
        let step = format!(".{name}");
        let Some(field) = T::FIELDS.iter().find(|field| field.def.name == name) else {
            return Err(Wrong::new("is not a field here").within(&step));
        };
        (field.set)(&mut structure, member).map_err(|wrong| wrong.within(&step))?;
    }
    Ok(structure)
}

/// Visits the references inside an embedded structure.
pub fn structure_refs<T: HasFields>(of: &T, visit: &mut dyn FnMut(AnyRef)) {
    for field in T::FIELDS {
        (field.refs)(of, visit);
    }
}

/// Why a value does not fit, and where inside it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Wrong {
    /// Path inside the value, such as `[2].level`; empty for the value itself.
    pub at: String,
    /// What is wrong, in words for the person who typed it.
    pub message: Cow<'static, str>,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", self.at, self.message) }
    }
}

impl Wrong {
    /// A fault of the value itself.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { at: String::new(), message: message.into() }
    }

    /// The same fault, seen from one level further out.
    #[must_use]
    pub fn within(mut self, step: &str) -> Self {
        self.at.insert_str(0, step);
        self
    }
}

/// A sort key that borrows from the record. Empty sorts last in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// Whole numbers, moments, dates, positions of choices.
    Int(i64),
    /// Decimals.
    Decimal(Decimal),
    /// Texts, compared without regard to case.
    Text(&'a str),
    /// References.
    Ref(AnyRef),
    /// Nothing there.
    Empty,
}

impl Key<'_> {
    fn rank(&self) -> u8 {
        match self {
            Key::Int(_) => 0,
            Key::Decimal(_) => 1,
            Key::Text(_) => 2,
            Key::Ref(_) => 3,
            Key::Empty => 4,
        }
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Key::Int(a), Key::Int(b)) => a.cmp(b),
            (Key::Decimal(a), Key::Decimal(b)) => a.cmp(b),
            (Key::Text(a), Key::Text(b)) => compare_text(a, b),
            (Key::Ref(a), Key::Ref(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares two texts as people expect in a list: case first ignored, then used to break ties.
pub fn compare_text(a: &str, b: &str) -> std::cmp::Ordering {
    if a.is_ascii() && b.is_ascii() {
        let folded = a.bytes().map(|x| x.to_ascii_lowercase()).cmp(b.bytes().map(|x| x.to_ascii_lowercase()));
        return folded.then_with(|| a.cmp(b));
    }
    let folded = a.chars().flat_map(char::to_lowercase).cmp(b.chars().flat_map(char::to_lowercase));
    folded.then_with(|| a.cmp(b))
}

/// A type that a field may have: optional scalars and lists of scalars.
pub trait FieldValue: Sized {
    /// The type as data.
    const TYPE: Type;
    /// Whether nothing is there.
    fn is_empty(&self) -> bool;
    /// The canonical value; `Null` when empty.
    fn to_value(&self) -> Value;
    /// From a canonical value; `Null` gives the empty value.
    fn from_value(value: Value) -> Result<Self, Wrong>;
    /// Visits references.
    fn each_ref(&self, visit: &mut dyn FnMut(AnyRef));
    /// The sort key.
    fn key(&self) -> Key<'_>;
}

/// One value: what `Option<…>` and `Vec<…>` fields hold.
pub trait Scalar: Sized + 'static {
    /// The type as data.
    const TYPE: Type;
    /// Whether a list of it is a set, that is, refuses repetitions.
    const SET: bool = false;
    /// The canonical value.
    fn to_value(&self) -> Value;
    /// From a canonical value, never `Null`.
    fn from_value(value: Value) -> Result<Self, Wrong>;
    /// Visits references.
    fn each_ref(&self, _visit: &mut dyn FnMut(AnyRef)) {}
    /// The sort key.
    fn key(&self) -> Key<'_> {
        Key::Empty
    }
    /// Whether it says nothing, such as a blank text; such a value is stored as empty.
    fn is_blank(&self) -> bool {
        false
    }
}

impl<T: Scalar> FieldValue for Option<T> {
    const TYPE: Type = T::TYPE;

    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Scalar::to_value)
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        if value.is_null() {
            return Ok(None);
        }
        let value = T::from_value(value)?;
        Ok((!value.is_blank()).then_some(value))
    }

    fn each_ref(&self, visit: &mut dyn FnMut(AnyRef)) {
        if let Some(value) = self {
            value.each_ref(visit);
        }
    }

    fn key(&self) -> Key<'_> {
        self.as_ref().map_or(Key::Empty, Scalar::key)
    }
}

impl<T: Scalar + PartialEq> FieldValue for Vec<T> {
    const TYPE: Type = Type::List(&T::TYPE);

    fn is_empty(&self) -> bool {
        Vec::is_empty(self)
    }

    fn to_value(&self) -> Value {
        if Vec::is_empty(self) { Value::Null } else { Value::Array(self.iter().map(Scalar::to_value).collect()) }
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        let items = match value {
            Value::Null => return Ok(Vec::new()),
            Value::Array(items) => items,
            _ => return Err(Wrong::new("must be a list")),
        };
        if items.len() > LIST_LIMIT {
            return Err(Wrong::new(format!("has {} entries; at most {LIST_LIMIT} are accepted", items.len())));
        }
        let mut list = Vec::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            let place = || format!("[{at}]");
            if item.is_null() {
                return Err(Wrong::new("is empty").within(&place()));
            }
            let item = T::from_value(item).map_err(|wrong| wrong.within(&place()))?;
            if T::SET && list.contains(&item) {
                return Err(Wrong::new("is named twice").within(&place()));
            }
            list.push(item);
        }
        Ok(list)
    }

    fn each_ref(&self, visit: &mut dyn FnMut(AnyRef)) {
        for item in self {
            item.each_ref(visit);
        }
    }

    fn key(&self) -> Key<'_> {
        self.first().map_or(Key::Empty, Scalar::key)
    }
}

fn text(value: Value, limit: usize) -> Result<String, Wrong> {
    let Value::String(text) = value else { return Err(Wrong::new("must be a text")) };
    if text.len() > limit {
        return Err(Wrong::new(format!("is {} bytes long; at most {limit} are accepted", text.len())));
    }
    if text.contains('\0') {
        return Err(Wrong::new("contains a NUL character"));
    }
    Ok(text)
}

/// A text in Unicode's composed form, so that equal words are equal bytes.
fn composed(text: String) -> String {
    use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes { text } else { text.nfc().collect() }
}

impl Scalar for String {
    const TYPE: Type = Type::Text;

    fn to_value(&self) -> Value {
        Value::String(self.clone())
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        let text = composed(text(value, TEXT_LIMIT)?);
        if text.contains(['\n', '\r']) { Err(Wrong::new("must be one line")) } else { Ok(text) }
    }

    fn key(&self) -> Key<'_> {
        Key::Text(self)
    }

    fn is_blank(&self) -> bool {
        self.trim().is_empty()
    }
}

impl Scalar for LongText {
    const TYPE: Type = Type::LongText;

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        text(value, LONG_TEXT_LIMIT).map(|text| LongText(composed(text)))
    }

    fn key(&self) -> Key<'_> {
        Key::Text(&self.0)
    }

    fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl Scalar for bool {
    const TYPE: Type = Type::Bool;

    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        value.as_bool().ok_or_else(|| Wrong::new("must be true or false"))
    }

    fn key(&self) -> Key<'_> {
        Key::Int(i64::from(*self))
    }
}

/// Largest magnitude of a whole number: exact in every JSON reader (RFC 8785, I-JSON).
const INT_LIMIT: i64 = 1 << 53;

impl Scalar for i64 {
    const TYPE: Type = Type::Int;

    fn to_value(&self) -> Value {
        Value::from(*self)
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        let number = value.as_i64().ok_or_else(|| Wrong::new("must be a whole number"))?;
        if number.abs() < INT_LIMIT { Ok(number) } else { Err(Wrong::new("is too large a number")) }
    }

    fn key(&self) -> Key<'_> {
        Key::Int(*self)
    }
}

/// A JSON number or a text with a number in it; canonical values hold decimals as text.
fn decimal(value: &Value) -> Result<Decimal, Wrong> {
    let wrong = || Wrong::new("must be a number such as 12.5");
    match value {
        Value::String(text) => Decimal::from_str_exact(text.trim()).map_err(|_| wrong()),
        Value::Number(number) => Decimal::from_str_exact(&number.to_string()).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

impl Scalar for Decimal {
    const TYPE: Type = Type::Decimal;

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        decimal(&value)
    }

    fn key(&self) -> Key<'_> {
        Key::Decimal(*self)
    }
}

impl Scalar for Percent {
    const TYPE: Type = Type::Percent;

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        let number = decimal(&value)?;
        if number.is_sign_negative() || number > Decimal::ONE_HUNDRED {
            return Err(Wrong::new("must lie between 0 and 100"));
        }
        Ok(Percent(number))
    }

    fn key(&self) -> Key<'_> {
        Key::Decimal(self.0)
    }
}

impl Scalar for Level {
    const TYPE: Type = Type::Level;

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        let level = value.as_u64().and_then(|level| u8::try_from(level).ok()).filter(|level| (1..=10).contains(level));
        level.map(Level).ok_or_else(|| Wrong::new("must be a level: a whole number from 1 to 10"))
    }

    fn key(&self) -> Key<'_> {
        Key::Int(i64::from(self.0))
    }
}

impl Scalar for Date {
    const TYPE: Type = Type::Date;

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        let wrong = || Wrong::new("must be a date such as 2026-06-30");
        let text = value.as_str().ok_or_else(wrong)?;
        let date: Date = text.parse().map_err(|_| wrong())?;
        if text.len() != 10 {
            return Err(wrong());
        }
        if !(1900..=2200).contains(&date.year()) {
            return Err(Wrong::new("must lie between the years 1900 and 2200"));
        }
        Ok(date)
    }

    fn key(&self) -> Key<'_> {
        Key::Int(i64::from(self.year()) * 400 + i64::from(self.day_of_year()))
    }
}

impl Scalar for Timestamp {
    const TYPE: Type = Type::DateTime;

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        let wrong = || Wrong::new("must be a moment such as 2026-06-30T20:00:00Z");
        value.as_str().ok_or_else(wrong)?.parse().map_err(|_| wrong())
    }

    fn key(&self) -> Key<'_> {
        Key::Int(self.as_millisecond())
    }
}

impl Scalar for Period {
    const TYPE: Type = Type::Period;

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        let wrong = || Wrong::new("must be a period such as P1Y, P3M or P14D");
        value.as_str().ok_or_else(wrong)?.parse().map_err(|()| wrong())
    }

    fn key(&self) -> Key<'_> {
        Key::Int(self.days_about())
    }
}

impl Scalar for Money {
    const TYPE: Type = Type::Money;

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        let wrong = || Wrong::new("must be an amount with its currency, such as 1200.50 EUR");
        value.as_str().ok_or_else(wrong)?.parse().map_err(Wrong::new)
    }

    fn key(&self) -> Key<'_> {
        Key::Int(self.minor)
    }
}

impl Scalar for Matrix {
    const TYPE: Type = Type::Matrix;

    fn to_value(&self) -> Value {
        Value::Object(self.0.iter().map(|((l, i), value)| (format!("{l},{i}"), Value::from(*value))).collect())
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        let Value::Object(cells) = value else { return Err(Wrong::new("must be a table of cells")) };
        let mut matrix = Matrix::default();
        for (cell, value) in cells {
            let place = format!("[{cell}]");
            let number = i64::from_value(value).map_err(|wrong| wrong.within(&place))?;
            let levels = cell.split_once(',').and_then(|(l, i)| Some((l.parse().ok()?, i.parse().ok()?)));
            let Some((l @ 1..=10, i @ 1..=10)) = levels else {
                return Err(Wrong::new("is not a cell: write likelihood,impact such as 2,3").within(&place));
            };
            matrix.0.insert((l, i), number);
        }
        Ok(matrix)
    }

    fn is_blank(&self) -> bool {
        self.0.is_empty()
    }
}

/// An enumeration without data that people choose from.
pub trait Choice: Copy + PartialEq + 'static {
    /// All options in their order.
    const ALL: &'static [Self];
    /// Their words, in the same order.
    const OPTIONS: &'static [OptionWords];
    /// The position in `ALL`.
    fn index(self) -> usize;
    /// The wire name.
    fn name(self) -> &'static str {
        Self::OPTIONS[self.index()].name
    }
    /// What people read.
    fn label(self) -> &'static str {
        Self::OPTIONS[self.index()].label
    }
    /// The option with this wire name.
    fn named(name: &str) -> Option<Self> {
        Self::OPTIONS.iter().position(|words| words.name == name).map(|at| Self::ALL[at])
    }
}

impl<T: Choice> Scalar for T {
    const TYPE: Type = Type::Choice(T::OPTIONS);
    const SET: bool = true;

    fn to_value(&self) -> Value {
        Value::String(self.name().to_owned())
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        value.as_str().and_then(T::named).ok_or_else(|| {
            let names: Vec<&str> = T::OPTIONS.iter().map(|words| words.name).collect();
            Wrong::new(format!("must be one of {}", names.join(", ")))
        })
    }

    fn key(&self) -> Key<'_> {
        Key::Int(i64::try_from(self.index()).unwrap_or(i64::MAX))
    }
}
