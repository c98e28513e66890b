//! Reading the project's own files.

use std::fmt;

use attestry_model::decide::ImportRecord;
use attestry_model::field::{FieldDef, Type, Wrong};
use attestry_model::plain;
use attestry_model::records::Kind;
use attestry_model::reference::AnyRef;
use attestry_model::value::Currency;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::utf8;
use crate::error::ImportError;
use crate::registers::sheet::{CELL_LIMIT, COLUMN_LIMIT, ROW_LIMIT};
use crate::source::{SourceFile, unguard};

/// How amounts of money are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Amounts {
    /// In this currency, where they name none.
    In(Option<Currency>),
    /// Not at all: the currency is what is looked for.
    Unread,
}

/// A value as it stands in a cell or scalar.
fn value(ty: Type, text: &str, amounts: Amounts) -> Result<Value, Wrong> {
    match (ty, amounts) {
        (Type::Money, Amounts::Unread) => Ok(Value::Null),
        (_, Amounts::Unread) => plain::parse(ty, text, None),
        (_, Amounts::In(currency)) => plain::parse(ty, text, currency),
    }
}

/// Reads a file of records of one kind.
pub(super) fn file(file: &SourceFile, kind: Kind, amounts: Amounts) -> Result<Vec<ImportRecord>, ImportError> {
    if file.extension() == "csv" { csv_file(file, kind, amounts) } else { yaml_file(file, kind, amounts) }
}

/// The field that a column or member holds; `ref` and `state` are none.
fn field(kind: Kind, name: &str) -> Option<&'static FieldDef> {
    kind.def().field(name)
}

fn reference(kind: Kind, text: &str) -> Result<AnyRef, String> {
    let reference: AnyRef = text.parse()?;
    if reference.kind == kind {
        return Ok(reference);
    }
    let words = kind.words();
    Err(format!("{reference} is not a {}; it would begin with {}-", words.title.to_lowercase(), words.prefix))
}

fn csv_file(file: &SourceFile, kind: Kind, amounts: Amounts) -> Result<Vec<ImportRecord>, ImportError> {
    let text = utf8(file)?;
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let broken = |wrong: csv::Error| {
        let line = wrong.position().map(csv::Position::line);
        let message = match wrong.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("has {len} columns, the heading has {expected_len}")
            }
            _ => wrong.to_string(),
        };
        ImportError { line, ..ImportError::file(&file.name, message) }
    };
    let header = reader.headers().map_err(broken)?.clone();
    if header.len() > COLUMN_LIMIT {
        return Err(ImportError::line(&file.name, 1, format!("has more than {COLUMN_LIMIT} columns")));
    }
    let mut columns: Vec<(&str, Option<&'static FieldDef>)> = Vec::with_capacity(header.len());
    for name in &header {
        let definition = field(kind, name);
        let wrong = |message: String| Err(ImportError::line(&file.name, 1, message).in_column(name));
        if definition.is_none() && name != "ref" && name != "state" {
            return wrong(format!("is not a field of {}", kind.words().plural.to_lowercase()));
        }
        if columns.iter().any(|(other, _)| *other == name) {
            return wrong("stands twice".to_owned());
        }
        columns.push((name, definition));
    }
    let Some(place) = columns.iter().position(|(name, _)| *name == "ref") else {
        return Err(ImportError::line(&file.name, 1, "has no column “ref”"));
    };
    let mut records = Vec::new();
    for row in reader.records() {
        let row = row.map_err(broken)?;
        let line = row.position().map_or(0, csv::Position::line);
        let wrong = |column: &str, message: String| ImportError::line(&file.name, line, message).in_column(column);
        if records.len() >= ROW_LIMIT {
            return Err(ImportError::line(&file.name, line, format!("has more than {ROW_LIMIT} rows")));
        }
        let own = reference(kind, row[place].trim()).map_err(|message| wrong("ref", message))?;
        let mut fields = Map::new();
        for (cell, (name, definition)) in row.iter().zip(&columns) {
            if cell.len() > CELL_LIMIT {
                return Err(wrong(name, format!("is {} bytes long; at most {CELL_LIMIT} are accepted", cell.len())));
            }
            let ty = definition.map_or(Type::Text, |definition| definition.ty);
            let text = if super::is_text(ty) && *name != "state" { unguard(cell) } else { cell };
            let value = value(ty, text, amounts).map_err(|it| wrong(name, it.to_string()))?;
            if *name != "ref" && !value.is_null() {
                fields.insert((*name).to_owned(), value);
            }
        }
        let source = format!("{}:{line}", file.name);
        records.push(ImportRecord { reference: own, fields, source });
    }
    Ok(records)
}

fn yaml_file(file: &SourceFile, kind: Kind, amounts: Amounts) -> Result<Vec<ImportRecord>, ImportError> {
    let text = utf8(file)?;
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_aliases: 0,
            max_anchors: 0,
            max_depth: 24,
            max_documents: 1,
            max_nodes: 4_000_000,
            max_total_scalar_bytes: crate::FILE_LIMIT,
        },
        with_snippet: false,
    };
    let read = serde_saphyr::with_deserializer_from_str_with_options(text, options, |yaml| {
        yaml.deserialize_seq(Records { kind, amounts })
    });
    let records = read.map_err(|wrong| {
        let line = wrong.location().map(|place| place.line());
        let message = wrong.to_string();
        ImportError { line: line.filter(|line| *line > 0), ..ImportError::file(&file.name, first_line(&message)) }
    })?;
    // A record's own line: the parser gives places only with faults, and records begin at the margin.
    let mut lines = text.lines().enumerate().filter(|(_, line)| line.starts_with("- ")).map(|(at, _)| at + 1);
    let mut list = Vec::with_capacity(records.len());
    for (reference, fields) in records {
        let line = lines.next().unwrap_or(1);
        list.push(ImportRecord { reference, fields, source: format!("{}:{line}", file.name) });
    }
    Ok(list)
}

/// The message without what the place already says.
fn first_line(message: &str) -> &str {
    let line = message.lines().next().unwrap_or_default();
    line.split(" at line ").next().unwrap_or(line)
}

/// The records of a YAML file.
struct Records {
    kind: Kind,
    amounts: Amounts,
}

impl<'de> Visitor<'de> for Records {
    type Value = Vec<(AnyRef, Map<String, Value>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records, each with its fields by name")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut records = Vec::new();
        while let Some(record) = items.next_element_seed(OneRecord { kind: self.kind, amounts: self.amounts })? {
            if records.len() >= ROW_LIMIT {
                return Err(A::Error::custom(format_args!("holds more than {ROW_LIMIT} records")));
            }
            records.push(record);
        }
        Ok(records)
    }
}

struct OneRecord {
    kind: Kind,
    amounts: Amounts,
}

impl<'de> DeserializeSeed<'de> for OneRecord {
    type Value = (AnyRef, Map<String, Value>);

    fn deserialize<D: Deserializer<'de>>(self, yaml: D) -> Result<Self::Value, D::Error> {
        yaml.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneRecord {
    type Value = (AnyRef, Map<String, Value>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record with its fields by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut own = None;
        let mut fields = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if name == "ref" {
                let text: String = members.next_value()?;
                own = Some(reference(self.kind, &text).map_err(A::Error::custom)?);
                continue;
            }
            let ty = match field(self.kind, &name) {
                Some(definition) => definition.ty,
                None if name == "state" => Type::Text,
                None => {
                    let plural = self.kind.words().plural.to_lowercase();
                    return Err(A::Error::custom(format_args!("“{name}” is not a field of {plural}")));
                }
            };
            let value = members.next_value_seed(Typed { ty, amounts: self.amounts, at: &name })?;
            if !value.is_null() {
                fields.insert(name, value);
            }
        }
        let own = own.ok_or_else(|| A::Error::custom("a record has no “ref”"))?;
        Ok((own, fields))
    }
}

/// A value of a known type. Scalars are taken as they were written, so that `4.0` stays `4.0`.
#[derive(Clone, Copy)]
struct Typed<'a> {
    ty: Type,
    amounts: Amounts,
    at: &'a str,
}

impl<'de> DeserializeSeed<'de> for Typed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, yaml: D) -> Result<Value, D::Error> {
        yaml.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Typed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value for {}", self.at)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, yaml: D) -> Result<Value, D::Error> {
        match self.ty {
            Type::List(inner) => yaml.deserialize_seq(Items(Typed { ty: *inner, ..self })),
            Type::Struct(_) | Type::Matrix | Type::Custom => yaml.deserialize_map(Members(self)),
            ty => {
                let text = <String as serde::Deserialize>::deserialize(yaml)?;
                value(ty, &text, self.amounts).map_err(|wrong| D::Error::custom(format_args!("{} {wrong}", self.at)))
            }
        }
    }
}

struct Items<'a>(Typed<'a>);

impl<'de> Visitor<'de> for Items<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list for {}", self.0.at)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.0)? {
            list.push(item);
        }
        Ok(if list.is_empty() { Value::Null } else { Value::Array(list) })
    }
}

struct Members<'a>(Typed<'a>);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "named values for {}", self.0.at)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let Typed { ty, amounts, at } = self.0;
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = match ty {
                Type::Struct(fields) => {
                    let Some(field) = fields.iter().find(|field| field.name == name) else {
                        return Err(A::Error::custom(format_args!("“{name}” is not a part of {at}")));
                    };
                    members.next_value_seed(Typed { ty: field.ty, amounts, at: &name })?
                }
                Type::Matrix => members.next_value_seed(Typed { ty: Type::Int, amounts, at: &name })?,
                // The organisation's own fields carry their types elsewhere; they are canonical values here.
                _ => members.next_value::<Value>()?,
            };
            if !value.is_null() {
                map.insert(name, value);
            }
        }
        Ok(if map.is_empty() { Value::Null } else { Value::Object(map) })
    }
}
