//! What a form holds: names and values as a browser sends them, how a record's values become such, and how they become
//! values again. Whatever was typed stays as typed until it is saved.
//!
//! Names: `title`; `bands.2.level` for a member of the third row; `loss~currency` for a part of a value. Names that begin
//! with an underscore belong to the form itself.

use std::collections::BTreeSet;

use attestry_model::custom::CustomType;
use attestry_model::field::{FieldDef, Type};
use attestry_model::value::{Currency, Money, Period};
use attestry_model::{AnyRef, Kind, Problems, plain};
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Map, Value};

use super::pick;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::decode;

/// Most names and values of one form.
const MOST_PAIRS: usize = 20_000;
/// Most rows of a table of structures that a form shows.
pub const MOST_ROWS: usize = 200;

/// Names and values in the order in which they came.
#[derive(Debug, Clone, Default)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// The body of a form.
    pub fn of(body: &[u8]) -> Result<Self, Fault> {
        let text = std::str::from_utf8(body).map_err(|_| Fault::Malformed("the form is not text".to_owned()))?;
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        if pairs.clone().count() > MOST_PAIRS {
            return Err(Fault::TooLarge(format!("a form of more than {MOST_PAIRS} values")));
        }
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        // Browsers end lines in forms with two signs; records hold one.
        Ok(Self(pairs.map(|(name, value)| (decode(name), decode(value).replace("\r\n", "\n"))).collect()))
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the form shows this field, so that its absence means that it is empty.
    pub fn shows(&self, field: &str) -> bool {
        self.all("_has").any(|name| name == field)
    }

    /// Adds a value.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Puts a value in the place of all others of that name.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(known, _)| known != name);
        self.push(name, value);
    }

    /// Takes everything under a path away.
    pub fn forget(&mut self, path: &str) {
        self.0.retain(|(name, _)| !is_under(name, path));
    }

    /// Everything under a path that says something, for telling whether it was touched.
    pub fn under(&self, path: &str) -> Vec<(&str, &str)> {
        let mut found: Vec<(&str, &str)> = self
            .0
            .iter()
            .filter(|(name, value)| is_under(name, path) && !value.trim().is_empty() && self.says(name))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        found.sort_unstable();
        found
    }

    /// Whether a name says something: no mark of a row, and no unit of nothing.
    fn says(&self, name: &str) -> bool {
        let stem = name.strip_suffix("~unit").or_else(|| name.strip_suffix("~currency"));
        match stem {
            Some(stem) => self.get(stem).is_some_and(|value| !value.trim().is_empty()),
            None => !is_row_mark(name),
        }
    }

    /// The names of the form's own that begin so, without that beginning.
    pub fn own<'a>(&'a self, beginning: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(beginning)?, value.as_str())))
    }

    /// How many rows a table of structures has.
    pub fn rows(&self, path: &str) -> usize {
        let beginning = format!("{path}.");
        let at = |(name, _): &(String, String)| {
            let rest = name.strip_prefix(&beginning)?;
            rest.split(['.', '~']).next()?.parse::<usize>().ok()
        };
        self.0.iter().filter_map(at).filter(|row| *row < MOST_ROWS).max().map_or(0, |last| last + 1)
    }

    /// Takes rows that say nothing out of a table and numbers the others anew.
    fn close_rows(&mut self, path: &str, dropped: Option<usize>) {
        let rows = self.rows(path);
        let mut next = 0;
        for row in 0..rows {
            let old = format!("{path}.{row}");
            if self.under(&old).is_empty() || dropped == Some(row) {
                self.forget(&old);
                continue;
            }
            if row != next {
                let new = format!("{path}.{next}");
                for (name, _) in self.0.iter_mut().filter(|(name, _)| is_under(name, &old)) {
                    *name = format!("{new}{}", &name[old.len()..]);
                }
            }
            next += 1;
        }
    }

    /// Takes empty rows out of every table.
    pub fn close(&mut self, fields: &[&'static FieldDef]) {
        for field in fields.iter().filter(|field| is_table(field.ty)) {
            self.close_rows(field.name, None);
        }
    }

    /// Takes one row out of a table.
    pub fn drop_row(&mut self, path: &str, row: usize) {
        self.close_rows(path, Some(row));
    }
}

/// Whether a name is that path, a member of it or a part of it.
fn is_under(name: &str, path: &str) -> bool {
    name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '~']))
}

/// The mark that a row is there: its number alone.
fn is_row_mark(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, last)| last.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a type is shown as a table of rows.
pub fn is_table(ty: Type) -> bool {
    matches!(ty, Type::List(inner) if matches!(inner, Type::Struct(_)))
}

/// A value as a form holds it.
pub fn fill(cx: &Cx, typed: &mut Typed, path: &str, ty: Type, value: &Value) {
    let text = match value {
        Value::Null => return,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match (ty, value) {
        (Type::Money, _) => match text.parse::<Money>() {
            Ok(money) => {
                typed.push(path, money.amount().to_string());
                typed.push(format!("{path}~currency"), money.currency.to_string());
            }
            Err(_) => typed.push(path, text),
        },
        (Type::DateTime, _) => match text.parse::<Timestamp>() {
            Ok(at) => typed.push(path, cx.zone.to_datetime(at).strftime("%Y-%m-%dT%H:%M").to_string()),
            Err(_) => typed.push(path, text),
        },
        (Type::Period, _) => {
            let (count, unit) = period_parts(&text);
            typed.push(path, count);
            typed.push(format!("{path}~unit"), unit);
        }
        (Type::List(inner), Value::Array(items)) => match inner {
            Type::Struct(_) => {
                for (row, item) in items.iter().take(MOST_ROWS).enumerate() {
                    typed.push(format!("{path}.{row}"), "1");
                    fill(cx, typed, &format!("{path}.{row}"), *inner, item);
                }
            }
            Type::Ref(_) | Type::AnyRef | Type::Choice(_) => {
                for item in items {
                    fill(cx, typed, path, *inner, item);
                }
            }
            _ => {
                let lines: Vec<String> =
                    items.iter().map(|item| plain::text(*inner, item, plain::currency(&cx.isms))).collect();
                typed.push(path, lines.join("\n"));
            }
        },
        (Type::Struct(fields), Value::Object(members)) => {
            for field in fields {
                let member = members.get(field.name).unwrap_or(&Value::Null);
                fill(cx, typed, &format!("{path}.{}", field.name), field.ty, member);
            }
        }
        (Type::Matrix, Value::Object(cells)) => {
            for (at, cell) in cells {
                typed.push(format!("{path}~{at}"), cell.to_string());
            }
        }
        (Type::Custom, Value::Object(members)) => {
            for (name, member) in members {
                let text = member.as_str().map_or_else(|| member.to_string(), ToOwned::to_owned);
                match member.as_str().and_then(|text| text.parse::<Money>().ok()) {
                    Some(money) => fill(cx, typed, &format!("{path}.{name}"), Type::Money, &money.to_string().into()),
                    None => typed.push(format!("{path}.{name}"), text),
                }
            }
        }
        _ => typed.push(path, text),
    }
}

/// A period as a count and a unit; one of several units is written out.
fn period_parts(text: &str) -> (String, &'static str) {
    let Ok(period) = text.parse::<Period>() else { return (text.to_owned(), "iso") };
    let parts = [("Y", period.years), ("M", period.months), ("W", period.weeks), ("D", period.days)];
    let filled: Vec<_> = parts.into_iter().filter(|(_, count)| *count > 0).collect();
    match filled.as_slice() {
        [(unit, count)] => (count.to_string(), unit),
        _ => (text.to_owned(), "iso"),
    }
}

/// Reads a form.
pub struct Reader<'a> {
    /// The request.
    pub cx: &'a Cx,
    /// The form.
    pub typed: &'a Typed,
    /// The references that the record holds already: they stay, whether or not the person sees what they name.
    pub had: BTreeSet<AnyRef>,
    /// What cannot be read.
    pub problems: Problems,
}

impl Reader<'_> {
    /// A field's value.
    pub fn field(&mut self, field: &FieldDef) -> Value {
        self.value(field.name, field.name, field.ty)
    }

    fn wrong(&mut self, at: &str, message: impl Into<String>) -> Value {
        self.problems.add(at, message);
        Value::Null
    }

    /// The value of a type under a path; `at` is how problems name it.
    pub fn value(&mut self, path: &str, at: &str, ty: Type) -> Value {
        let typed = self.typed;
        let text = typed.get(path).unwrap_or_default();
        let trimmed = text.trim();
        let currency = plain::currency(&self.cx.isms);
        match ty {
            // A line that was broken for reading is one line again.
            Type::Text => Value::from(text.split('\n').map(str::trim_end).collect::<Vec<_>>().join(" ")).or_null(),
            Type::LongText => Value::from(text).or_null(),
            Type::Money | Type::DateTime | Type::Period if trimmed.is_empty() => Value::Null,
            Type::Money => {
                let written = typed.get(&format!("{path}~currency")).map(str::trim).filter(|it| !it.is_empty());
                let parsed = match written.map(str::parse::<Currency>) {
                    Some(Err(message)) => return self.wrong(at, message),
                    Some(Ok(own)) => plain::parse(ty, &format!("{} {own}", trimmed.replace(',', "")), currency),
                    None => plain::parse(ty, &trimmed.replace(',', ""), currency),
                };
                parsed.unwrap_or_else(|wrong| self.wrong(at, wrong.to_string()))
            }
            Type::DateTime => {
                match trimmed.parse::<DateTime>().ok().and_then(|it| self.cx.zone.to_timestamp(it).ok()) {
                    Some(moment) => Value::from(moment.to_string()),
                    None => Value::from(trimmed),
                }
            }
            Type::Period => {
                let unit = typed.get(&format!("{path}~unit")).unwrap_or("iso");
                if ["Y", "M", "W", "D"].contains(&unit) && trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
                    Value::from(format!("P{trimmed}{unit}"))
                } else {
                    Value::from(trimmed)
                }
            }
            Type::Ref(kind) => self.reference(path, at, Some(kind)),
            Type::AnyRef => self.reference(path, at, None),
            Type::List(inner) => self.list(path, at, *inner),
            Type::Struct(fields) => self.structure(path, at, fields),
            Type::Matrix => {
                let mut cells = Map::new();
                for (cell, text) in typed.own(&format!("{path}~")).filter(|(_, text)| !text.trim().is_empty()) {
                    match text.trim().parse::<i64>() {
                        Ok(value) => {
                            cells.insert(cell.to_owned(), value.into());
                        }
                        Err(_) => {
                            self.problems.add(at, format!("must be whole numbers; “{text}” is none"));
                        }
                    }
                }
                if cells.is_empty() { Value::Null } else { Value::Object(cells) }
            }
            Type::Custom => self.custom(path),
            _ => plain::parse(ty, text, currency).unwrap_or_else(|wrong| self.wrong(at, wrong.to_string())),
        }
    }

    fn list(&mut self, path: &str, at: &str, inner: Type) -> Value {
        let typed = self.typed;
        let mut items = Vec::new();
        match inner {
            Type::Struct(fields) => {
                for row in 0..typed.rows(path) {
                    let item = self.structure(&format!("{path}.{row}"), &format!("{at}[{row}]"), fields);
                    if !item.is_null() {
                        items.push(item);
                    }
                }
            }
            Type::Choice(_) => items.extend(typed.all(path).filter(|text| !text.is_empty()).map(Value::from)),
            Type::Ref(_) | Type::AnyRef => {
                let kind = if let Type::Ref(kind) = inner { Some(kind) } else { None };
                let chosen = format!("{path}~choice");
                let added = typed.get(&format!("{path}~add")).unwrap_or_default();
                let added = added.split([';', '\n']);
                let texts: Vec<&str> = typed.all(path).chain(typed.all(&chosen)).chain(added).collect();
                for text in texts.into_iter().map(str::trim).filter(|text| !text.is_empty()) {
                    let value = self.named(text, at, kind);
                    if !value.is_null() && !items.contains(&value) {
                        items.push(value);
                    }
                }
            }
            _ => {
                let currency = plain::currency(&self.cx.isms);
                let lines = typed.get(path).unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty());
                for (row, line) in lines.enumerate() {
                    match plain::parse(inner, line, currency) {
                        Ok(item) => items.push(item),
                        Err(wrong) => self.problems.add(format!("{at}[{row}]"), wrong.to_string()),
                    }
                }
            }
        }
        if items.is_empty() { Value::Null } else { Value::Array(items) }
    }

    fn structure(&mut self, path: &str, at: &str, fields: &'static [FieldDef]) -> Value {
        let mut members = Map::new();
        for field in fields {
            let value = self.value(&format!("{path}.{}", field.name), &format!("{at}.{}", field.name), field.ty);
            if !value.is_null() {
                members.insert(field.name.to_owned(), value);
            }
        }
        if members.is_empty() { Value::Null } else { Value::Object(members) }
    }

    fn reference(&mut self, path: &str, at: &str, kind: Option<Kind>) -> Value {
        let chosen = format!("{path}~choice");
        let text = self.typed.get(&chosen).or_else(|| self.typed.get(path)).unwrap_or_default().trim();
        if text.is_empty() { Value::Null } else { self.named(text, at, kind) }
    }

    /// The record that somebody named by its reference or by its title.
    fn named(&mut self, text: &str, at: &str, kind: Option<Kind>) -> Value {
        if let Some(reference) = pick::reference_in(text) {
            let visible = self.had.contains(&reference)
                || reference.kind == Kind::Person
                || self.cx.current.record(reference).is_none_or(|record| self.cx.sees(record));
            if visible {
                return Value::from(reference.to_string());
            }
            return self.wrong(at, format!("names {reference}, which does not exist"));
        }
        let found = pick::matching(self.cx, kind, text, 2);
        match found.as_slice() {
            [one] => Value::from(one.reference.to_string()),
            [first, ..] if first.exact => Value::from(first.reference.to_string()),
            [] => self.wrong(at, self.cx.say1("form-names-nothing", "text", text)),
            _ => self.wrong(at, self.cx.say1("form-names-several", "text", text)),
        }
    }

    /// The organisation's own fields: each that the form shows, `Null` where it is empty.
    fn custom(&mut self, path: &str) -> Value {
        let mut members = Map::new();
        let shown: Vec<String> =
            self.typed.all("_has").filter_map(|name| name.strip_prefix("custom.")).map(ToOwned::to_owned).collect();
        for name in shown {
            let (path, kind) = (format!("{path}.{name}"), self.typed.get("_kind").and_then(Kind::named));
            let Some(kind) = kind else { continue };
            let Some(field) = attestry_model::custom::fields(&self.cx.isms, kind).remove(&name) else { continue };
            let value = self.value(&path, &path, as_type(&field.ty));
            members.insert(name, value);
        }
        if members.is_empty() { Value::Null } else { Value::Object(members) }
    }
}

/// The nearest type of a declared field to that of an own one; the words of a choice are read as text.
pub fn as_type(ty: &CustomType) -> Type {
    match ty {
        CustomType::Text | CustomType::Choice(_) => Type::Text,
        CustomType::LongText => Type::LongText,
        CustomType::Bool => Type::Bool,
        CustomType::Int => Type::Int,
        CustomType::Decimal => Type::Decimal,
        CustomType::Money => Type::Money,
        CustomType::Date => Type::Date,
        CustomType::Ref(kind) => Type::Ref(*kind),
    }
}

/// Text that says nothing is nothing.
trait OrNull {
    fn or_null(self) -> Value;
}

impl OrNull for Value {
    fn or_null(self) -> Value {
        if self.as_str().is_some_and(|text| text.trim().is_empty()) { Value::Null } else { self }
    }
}
