//! The organisation's own fields: typed, declared as data, kept in the `custom` map of each record.
//!
//! A definition is the setting `custom_field/<kind>/<name>` with `type`, `label` and `help`. Built-in rules never look
//! at these values; lists, filters, exports and the API treat them like any other field.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::decide::Problems;
use crate::field::{FieldValue, Scalar, Wrong};
use crate::isms::Isms;
use crate::records::Kind;
use crate::reference::AnyRef;
use crate::stored::AnyRecord;
use crate::value::{LongText, Money};

/// What the names of definitions begin with.
pub const PREFIX: &str = "custom_field/";
/// Most own fields of one kind.
pub const LIMIT: usize = 50;

/// The type of an own field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomType {
    /// One line of text.
    Text,
    /// Several paragraphs.
    LongText,
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// An exact decimal number.
    Decimal,
    /// An amount.
    Money,
    /// A day.
    Date,
    /// One of these words.
    Choice(Vec<String>),
    /// A reference to a record of this kind.
    Ref(Kind),
}

impl CustomType {
    /// From its written form: `text`, `enum(a,b)`, `ref(person)` and so on.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        Ok(match text {
            "text" => Self::Text,
            "longtext" => Self::LongText,
            "bool" => Self::Bool,
            "int" => Self::Int,
            "decimal" => Self::Decimal,
            "money" => Self::Money,
            "date" => Self::Date,
            _ => {
                if let Some(words) = inside("enum") {
                    let words: Vec<String> = words.split(',').map(|word| word.trim().to_owned()).collect();
                    if words.iter().any(String::is_empty) || words.len() > 200 {
                        return Err(Wrong::new("lists the words of the choice, such as enum(low,high)"));
                    }
                    if words.iter().collect::<std::collections::BTreeSet<_>>().len() < words.len() {
                        return Err(Wrong::new("names a word of the choice twice"));
                    }
                    Self::Choice(words)
                } else if let Some(kind) = inside("ref").and_then(Kind::named) {
                    Self::Ref(kind)
                } else {
                    return Err(Wrong::new(
                        "must be text, longtext, bool, int, decimal, money, date, enum(a,b) or ref(kind)",
                    ));
                }
            }
        })
    }

    /// Checks a canonical value.
    pub fn check(&self, value: &Value) -> Result<(), Wrong> {
        fn fits<T: Scalar>(value: &Value) -> Result<(), Wrong> {
            let read = Option::<T>::from_value(value.clone())?;
            if read.to_value() == *value { Ok(()) } else { Err(Wrong::new("is not in its plain form")) }
        }
        match self {
            Self::Text => fits::<String>(value),
            Self::LongText => fits::<LongText>(value),
            Self::Bool => fits::<bool>(value),
            Self::Int => fits::<i64>(value),
            Self::Decimal => fits::<rust_decimal::Decimal>(value),
            Self::Money => fits::<Money>(value),
            Self::Date => fits::<jiff::civil::Date>(value),
            Self::Choice(words) => match value.as_str() {
                Some(word) if words.iter().any(|known| known == word) => Ok(()),
                _ => Err(Wrong::new(format!("must be one of {}", words.join(", ")))),
            },
            Self::Ref(kind) => {
                let target = AnyRef::from_value(value.clone())?;
                if target.kind == *kind {
                    Ok(())
                } else {
                    Err(Wrong::new(format!("must refer to a {}", kind.words().title.to_lowercase())))
                }
            }
        }
    }
}

/// An own field of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomField {
    /// The name, in lower case with underscores.
    pub name: String,
    /// The type.
    pub ty: CustomType,
    /// What people read.
    pub label: String,
    /// The help text.
    pub help: String,
}

/// The own fields of a kind by name.
pub fn fields(isms: &Isms, kind: Kind) -> BTreeMap<String, CustomField> {
    let prefix = format!("{PREFIX}{kind}/");
    let mine = isms.settings().filter_map(|(name, fields)| Some((name.strip_prefix(&prefix)?, fields)));
    let defined = mine.filter_map(|(name, fields)| {
        let text = |field: &str| fields.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let ty = CustomType::parse(&text("type")).ok()?;
        let field = CustomField { name: name.to_owned(), ty, label: text("label"), help: text("help") };
        Some((name.to_owned(), field))
    });
    defined.collect()
}

/// Checks a definition before it becomes a setting. No fields at all removes the definition, which is refused while
/// records still use it.
pub(crate) fn check_definition(isms: &Isms, name: &str, fields: &Map<String, Value>, problems: &mut Problems) {
    let Some((kind, field)) = name.split_once('/') else {
        return problems.add("name", "must be custom_field/<kind>/<name>");
    };
    let Some(kind) = Kind::named(kind) else { return problems.add("name", format!("“{kind}” is not a kind")) };
    if fields.is_empty() {
        if !self::fields(isms, kind).contains_key(field) {
            problems.add("name", format!("“{field}” is not an own field of {}", kind.words().plural.to_lowercase()));
        }
        let used = isms.records(kind).filter(|record| record.head().custom.get(field).is_some()).count();
        if used > 0 {
            problems.add("name", format!("is still used by {used} records"));
        }
        return;
    }
    let plain = field.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !plain || field.is_empty() || field.len() > 40 || !field.as_bytes()[0].is_ascii_lowercase() {
        problems.add("name", "is 1 to 40 small letters, digits and underscores, beginning with a letter");
    }
    if kind.def().field(field).is_some() || ["ref", "kind", "state", "revision"].contains(&field) {
        problems.add("name", format!("“{field}” is already a field of {}", kind.words().plural.to_lowercase()));
    }
    let known = self::fields(isms, kind);
    if !known.contains_key(field) && known.len() >= LIMIT {
        problems.add("name", format!("would be more than {LIMIT} own fields of one kind"));
    }
    for key in fields.keys().filter(|key| !["type", "label", "help"].contains(&key.as_str())) {
        problems.add(key.clone(), "is not part of a definition");
    }
    match fields.get("type").and_then(Value::as_str).map(CustomType::parse) {
        Some(Ok(ty)) => {
            let mut held = isms.records(kind).filter_map(|record| record.head().custom.get(field));
            if held.any(|value| ty.check(value).is_err()) {
                problems.add("type", "does not fit values that records already have");
            }
        }
        Some(Err(wrong)) => problems.add("type", wrong.to_string()),
        None => problems.add("type", "is required"),
    }
    if fields.get("label").and_then(Value::as_str).is_none_or(|label| label.trim().is_empty()) {
        problems.add("label", "is required");
    }
    for key in ["label", "help"] {
        if fields.get(key).and_then(Value::as_str).is_some_and(|text| text.chars().any(char::is_control)) {
            problems.add(key, "must be one line without control characters");
        }
    }
}

/// Checks the own fields of a record against their definitions.
pub(crate) fn check(isms: &Isms, record: &dyn AnyRecord, problems: &mut Problems) {
    let custom = &record.head().custom;
    if custom.is_empty() {
        return;
    }
    let known = fields(isms, record.any_ref().kind);
    for (name, value) in custom.iter() {
        let field = format!("custom.{name}");
        match known.get(name) {
            None => problems.add(field, "is not one of the organisation's own fields of this kind"),
            Some(defined) => {
                if let Err(wrong) = defined.ty.check(value) {
                    problems.add(field, wrong.to_string());
                }
            }
        }
    }
}
