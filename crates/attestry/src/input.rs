//! What people type: references, kinds, FIELD=VALUE pairs, moments.

use attestry_model::field::Type;
use attestry_model::kind::KindDef;
use attestry_model::stored::FieldPlace;
use attestry_model::{AnyRef, Isms, Kind, Problems, custom, plain};
use attestry_store::When;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// A reference.
pub fn reference(text: &str) -> Result<AnyRef, Failure> {
    text.trim().parse().map_err(Failure::input)
}

/// A kind by its name; the plural and a hyphen are understood.
pub fn kind(text: &str) -> Result<Kind, Failure> {
    let name = text.trim().to_lowercase().replace(['-', ' '], "_");
    let exact = Kind::named(&name);
    let by_words = || {
        Kind::ALL.iter().copied().find(|kind| {
            let words = kind.words();
            let plural = words.plural.to_lowercase().replace(' ', "_");
            plural == name || words.prefix.eq_ignore_ascii_case(text) || format!("{}s", words.name) == name
        })
    };
    exact
        .or_else(by_words)
        .ok_or_else(|| Failure::input(format!("“{text}” is not a kind of record; `attestry kinds` lists them")))
}

/// A moment in the past of the ISMS: a date, a time or a sequence number.
pub fn when(text: &str) -> Result<When, Failure> {
    let text = text.trim();
    if let Ok(seq) = text.trim_start_matches('#').parse::<u64>() {
        return Ok(When::Seq(seq));
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(When::Time(time));
    }
    if let Ok(date) = text.parse::<Date>() {
        return Ok(When::Date(date));
    }
    Err(Failure::input(format!(
        "“{text}” is not a moment; write a date (2026-06-30), a time (2026-06-30T20:00:00Z) or a sequence number (#1200)"
    )))
}

/// FIELD=VALUE pairs as canonical values. All problems are reported together.
pub fn fields(isms: &Isms, kind: Kind, pairs: &[String]) -> Result<Map<String, Value>, Failure> {
    let mut problems = Problems::default();
    let mut map = Map::new();
    let mut named = Vec::new();
    for pair in pairs {
        let Some((name, value)) = pair.split_once('=') else {
            problems.add(pair.clone(), "is not of the form FIELD=VALUE");
            continue;
        };
        let name = name.trim();
        if named.contains(&name) {
            problems.add(name, "is given twice");
            continue;
        }
        named.push(name);
        match field(isms, kind, name, value) {
            Ok((name, value)) => merge(&mut map, name, value),
            Err(message) => problems.add(name, message),
        }
    }
    if problems.is_empty() { Ok(map) } else { Err(problems.into()) }
}

/// Own fields arrive one by one and travel together.
fn merge(map: &mut Map<String, Value>, name: String, value: Value) {
    match (map.get_mut(&name), value) {
        (Some(Value::Object(known)), Value::Object(new)) => known.extend(new),
        (_, value) => {
            map.insert(name, value);
        }
    }
}

fn field(isms: &Isms, kind: Kind, name: &str, text: &str) -> Result<(String, Value), String> {
    let def: &KindDef = kind.def();
    let currency = plain::currency(isms);
    let own = name.strip_prefix("custom.").unwrap_or(name);
    let is_declared = FieldPlace::find(def, name).is_some() && own == name;
    if !is_declared && let Some(field) = custom::fields(isms, kind).get(own) {
        let ty = match &field.ty {
            custom::CustomType::Bool => Type::Bool,
            custom::CustomType::Int => Type::Int,
            custom::CustomType::Decimal => Type::Decimal,
            custom::CustomType::Money => Type::Money,
            _ => Type::Text,
        };
        let value = plain::parse(ty, text, currency).map_err(|wrong| wrong.to_string())?;
        let member = Map::from_iter([(own.to_owned(), value)]);
        return Ok(("custom".to_owned(), Value::Object(member)));
    }
    let place = FieldPlace::find(def, name);
    let ty = place.and_then(|place| place.def(def)).map(|field| field.ty);
    let Some(ty) = ty else {
        // Names that the program writes itself reach the decision, which says so.
        return if place.is_some() {
            Ok((name.to_owned(), Value::from(text)))
        } else {
            Err(format!("is not a field of {}", def.words.plural.to_lowercase()))
        };
    };
    let value = plain::parse(ty, text, currency).map_err(|wrong| wrong.to_string())?;
    Ok((name.to_owned(), value))
}
