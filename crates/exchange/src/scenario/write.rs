//! Writing the project's own files: the same ISMS always gives the same bytes.

use std::fmt::{self, Write as _};

use attestry_model::Isms;
use attestry_model::field::{FieldDef, Type};
use attestry_model::kind::KindDef;
use attestry_model::plain;
use attestry_model::records::Kind;
use attestry_model::stored::AnyRecord;
use attestry_model::value::Currency;
use serde_json::{Map, Value};

use super::{fields, needs_yaml};
use crate::source::guard;

/// Writes every kind of which there are records, as file name and content.
pub fn write_folder(isms: &Isms) -> Vec<(String, Vec<u8>)> {
    let currency = plain::currency(isms);
    let mut files = Vec::new();
    for kind in Kind::ALL.iter().copied().filter(|kind| isms.count(*kind) > 0) {
        let rows: Vec<Row> = isms.records(kind).map(Row::of).collect();
        let def = kind.def();
        let filled = def.fields.iter().filter(|field| rows.iter().any(|row| row.fields.contains_key(field.name)));
        if needs_yaml(def, filled) {
            files.push((format!("{kind}.yaml"), yaml(def, &rows, currency).into_bytes()));
        } else {
            files.push((format!("{kind}.csv"), csv(def, &rows, currency)));
        }
    }
    files
}

/// A record as it is written.
struct Row {
    reference: String,
    fields: Map<String, Value>,
}

impl Row {
    fn of(record: &dyn AnyRecord) -> Self {
        let mut fields = record.fields();
        // What was loaded from files without a word on its creation says none when it is written again.
        let moment = fields.get("created_at").and_then(Value::as_str).and_then(|text| text.parse().ok());
        if record.revision() == 1 && !fields.contains_key("created_by") && moment == Some(record.updated_at()) {
            fields.remove("created_at");
        }
        Self { reference: record.any_ref().to_string(), fields }
    }
}

fn csv(def: &'static KindDef, rows: &[Row], currency: Option<Currency>) -> Vec<u8> {
    let used = |field: &&'static FieldDef| rows.iter().any(|row| row.fields.contains_key(field.name));
    let columns: Vec<&'static FieldDef> = fields(def).filter(used).collect();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let heading = ["ref", "title", "state"].into_iter().chain(columns.iter().map(|field| field.name));
    // A vector takes every byte, so neither writing nor flushing can fail.
    let mut written = writer.write_record(heading).is_ok();
    for row in rows {
        let text = |name: &str| row.fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let first = [row.reference.clone(), guard(text("title")), text("state")];
        let rest = columns
            .iter()
            .map(|field| row.fields.get(field.name).map(|value| cell(field.ty, value, currency)).unwrap_or_default());
        written &= writer.write_record(first.into_iter().chain(rest)).is_ok();
    }
    debug_assert!(written, "a vector takes every byte");
    writer.into_inner().unwrap_or_default()
}

/// A value as one cell; a list of texts that the separator would tear apart is written as JSON.
fn cell(ty: Type, value: &Value, currency: Option<Currency>) -> String {
    if let (Type::List(inner), Value::Array(items)) = (ty, value) {
        let torn = |item: &Value| {
            item.as_str().is_some_and(|text| text.contains(';') || text.starts_with('[') || text.trim() != text)
        };
        if matches!(inner, Type::Text | Type::LongText) && items.iter().any(torn) {
            return value.to_string();
        }
    }
    let text = plain::text(ty, value, currency);
    if super::is_text(ty) { guard(text) } else { text }
}

fn yaml(def: &'static KindDef, rows: &[Row], currency: Option<Currency>) -> String {
    let mut text_of_all = String::new();
    let out = &mut text_of_all;
    for row in rows {
        let text = |name: &str| scalar(row.fields.get(name).and_then(Value::as_str).unwrap_or_default());
        put(out, format_args!("- ref: {}\n", row.reference));
        put(out, format_args!("  title: {}\n  state: {}\n", text("title"), text("state")));
        for field in fields(def) {
            if let Some(value) = row.fields.get(field.name) {
                member(out, 2, field.name, field.ty, value, currency);
            }
        }
    }
    text_of_all
}

/// Writes into a text, which takes everything.
fn put(out: &mut String, text: fmt::Arguments<'_>) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok(), "a text takes everything");
}

/// A named value, its name standing after `indent` spaces.
fn member(out: &mut String, indent: usize, name: &str, ty: Type, value: &Value, currency: Option<Currency>) {
    let margin = " ".repeat(indent);
    put(out, format_args!("{margin}{}:", scalar(name)));
    match (ty, value) {
        (Type::List(inner), Value::Array(items)) => {
            out.push('\n');
            for item in items {
                put(out, format_args!("{margin}-"));
                if let (Type::Struct(parts), Value::Object(members)) = (*inner, item) {
                    structure(out, indent + 2, parts, members, currency, true);
                } else {
                    put(out, format_args!(" {}\n", one(*inner, item, currency)));
                }
            }
        }
        (Type::Struct(parts), Value::Object(members)) => {
            out.push('\n');
            structure(out, indent + 2, parts, members, currency, false);
        }
        (Type::Matrix, Value::Object(cells)) => {
            out.push('\n');
            let mut cells: Vec<(Vec<u8>, &String, &Value)> = cells
                .iter()
                .map(|(cell, value)| (cell.split(',').filter_map(|level| level.parse().ok()).collect(), cell, value))
                .collect();
            cells.sort_by(|a, b| a.0.cmp(&b.0));
            for (_, cell, value) in cells {
                put(out, format_args!("{margin}  {cell}: {value}\n"));
            }
        }
        _ => put(out, format_args!(" {}\n", one(ty, value, currency))),
    }
}

/// The parts of a structure; in a list the first one stands behind the dash.
fn structure(
    out: &mut String,
    indent: usize,
    parts: &'static [FieldDef],
    members: &Map<String, Value>,
    currency: Option<Currency>,
    behind_dash: bool,
) {
    let mut first = behind_dash;
    for part in parts {
        let Some(value) = members.get(part.name) else { continue };
        if first {
            let mut text = String::new();
            member(&mut text, indent, part.name, part.ty, value, currency);
            out.push(' ');
            out.push_str(text.trim_start());
            first = false;
        } else {
            member(out, indent, part.name, part.ty, value, currency);
        }
    }
    if first {
        out.push_str(" {}\n");
    }
}

/// A value without parts.
fn one(ty: Type, value: &Value, currency: Option<Currency>) -> String {
    match ty {
        Type::Text
        | Type::LongText
        | Type::Choice(_)
        | Type::Ref(_)
        | Type::AnyRef
        | Type::Period
        | Type::Date
        | Type::DateTime => scalar(value.as_str().unwrap_or_default()),
        // JSON is YAML.
        Type::Custom | Type::List(_) | Type::Struct(_) | Type::Matrix => value.to_string(),
        Type::Money => {
            let text = plain::text(ty, value, currency);
            if text.contains(' ') { scalar(&text) } else { text }
        }
        Type::Bool | Type::Int | Type::Level | Type::Decimal | Type::Percent => plain::text(ty, value, currency),
    }
}

/// A text as a YAML scalar: bare where nobody can take it for anything else, else quoted.
fn scalar(text: &str) -> String {
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{85}')) {
        return Value::from(text).to_string();
    }
    let letters = |a: char, b: char| a.is_alphabetic() && b.is_alphabetic();
    // `45 CFR Part 164` is no number and no date: a bracket, or a space and two letters in a row, are in neither.
    let wordy =
        text.contains('(') || text.contains(' ') && text.chars().zip(text.chars().skip(1)).any(|(a, b)| letters(a, b));
    let bare = text.starts_with(|c: char| c.is_alphabetic() || (c.is_ascii_digit() && wordy))
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([':', ' '])
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan"]
            .contains(&text.to_lowercase().as_str());
    if bare { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}
