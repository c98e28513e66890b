//! The project's own folder of records: one file per kind, `<kind>.csv`, or `<kind>.yaml` where a kind has embedded
//! structures. Everything a record says stands in it, so that writing and reading again gives the same records.
//!
//! The first column is `ref`; an empty cell is nothing; lists are separated by `;` (or written as JSON when an entry
//! holds a `;`); amounts are plain numbers in the organisation's currency.

mod read;
mod write;

use std::collections::BTreeMap;

use attestry_model::Isms;
use attestry_model::decide::ImportRecord;
use attestry_model::field::{FieldDef, Type};
use attestry_model::kind::KindDef;
use attestry_model::records::Kind;
use attestry_model::stored::{AnyRecord, Stamp, common_fields};
use attestry_model::value::Currency;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::error::ImportError;
use crate::report::{Counts, Register, Report, Unread};
use crate::source::{SourceFile, utf8};
use crate::{Plan, plain_name};

pub use write::write_folder;

/// The kind whose records a file holds, by its name.
fn kind_of(file: &SourceFile) -> Option<Kind> {
    matches!(file.extension().as_str(), "csv" | "yaml" | "yml").then(|| Kind::named(file.stem())).flatten()
}

/// Whether the files are a folder in the project's own format: most tables and lists are named after a kind, and those
/// tables have references and titles. Other files, such as a README, do not count.
pub fn is_scenario(files: &[SourceFile]) -> bool {
    let (mut named, mut others) = (0, 0);
    for file in files.iter().filter(|file| is_data(file)) {
        if kind_of(file).is_none() {
            others += 1;
            continue;
        }
        let head = &file.bytes[..file.bytes.len().min(4096)];
        let first = String::from_utf8_lossy(head.split(|byte| *byte == b'\n').next().unwrap_or_default()).into_owned();
        let first = first.trim_start_matches('\u{feff}').trim();
        if file.extension() == "csv" {
            let columns: Vec<&str> = first.split(',').map(|name| name.trim().trim_matches('"')).collect();
            if !(columns.contains(&"ref") && columns.contains(&"title")) {
                return false;
            }
        }
        named += 1;
    }
    named > others
}

/// Whether a file may hold records at all; hidden files, texts and programs do not.
fn is_data(file: &SourceFile) -> bool {
    !plain_name(&file.name).starts_with('.')
        && matches!(file.extension().as_str(), "csv" | "tsv" | "yaml" | "yml" | "xlsx" | "xlsm")
}

/// Reads a folder in the project's own format, exactly and completely, in the order of the kinds.
///
/// # Errors
/// At the first file, line or column that does not fit.
pub fn read_folder(files: &[SourceFile], isms: &Isms) -> Result<Vec<ImportRecord>, ImportError> {
    let currency = currency(files, isms)?;
    let mut by_kind: BTreeMap<Kind, Vec<ImportRecord>> = BTreeMap::new();
    for file in files.iter().filter(|file| is_data(file)) {
        let Some(kind) = kind_of(file) else {
            let message = "is not named after a kind of record, such as risk.csv or scope.yaml";
            return Err(ImportError::file(&file.name, message));
        };
        by_kind.entry(kind).or_default().extend(read::file(file, kind, read::Amounts::In(currency))?);
    }
    Ok(by_kind.into_values().flatten().collect())
}

/// The currency of the folder's organisation, or else of the ISMS.
fn currency(files: &[SourceFile], isms: &Isms) -> Result<Option<Currency>, ImportError> {
    for file in files.iter().filter(|file| is_data(file) && kind_of(file) == Some(Kind::Organization)) {
        for record in read::file(file, Kind::Organization, read::Amounts::Unread)? {
            let named = record.fields.get("currency").and_then(Value::as_str).and_then(|name| name.parse().ok());
            if named.is_some() {
                return Ok(named);
            }
        }
    }
    Ok(attestry_model::plain::currency(isms))
}

/// Reads a folder and compares it with the ISMS: only what is new or different is in the plan.
pub(crate) fn import(files: &[SourceFile], isms: &Isms, now: Timestamp) -> Result<Plan, ImportError> {
    let mut report = Report { at: now.to_string(), ..Report::default() };
    let (named, others): (Vec<SourceFile>, Vec<SourceFile>) =
        files.iter().filter(|file| is_data(file)).cloned().partition(|file| kind_of(file).is_some());
    for file in others {
        let reason = "is not named after a kind of record, such as risk.csv or scope.yaml".to_owned();
        report.unread.push(Unread { file: file.name, line: None, content: String::new(), reason });
    }
    let records = read_folder(&named, isms)?;
    for file in &named {
        let register = kind_of(file).map(|kind| kind.words().name.to_owned()).unwrap_or_default();
        report.registers.push(Register { file: file.name.clone(), register, ..Register::default() });
    }
    let mut kept = Vec::new();
    for record in records {
        let name = record.source.rsplit_once(':').map_or(record.source.as_str(), |(name, _)| name);
        let mut counts = Counts::default();
        let changed = match isms.record(record.reference) {
            None => {
                counts.created = 1;
                true
            }
            Some(old) if says_the_same(old, &record.fields) => {
                counts.unchanged = 1;
                false
            }
            Some(_) => {
                counts.updated = 1;
                true
            }
        };
        report.placed += record.fields.len();
        if let Some(register) = report.registers.iter_mut().find(|register| register.file == name) {
            register.rows += 1;
            register.kinds.entry(record.reference.kind.words().name).or_default().take(counts);
        }
        if changed {
            kept.push(record);
        }
    }
    report.sum_up();
    Ok(Plan { records: kept, report, mapping: None })
}

/// Whether a record says what the file says; creation counts only where the file speaks of it.
fn says_the_same(old: &dyn AnyRecord, new: &Map<String, Value>) -> bool {
    let mut fields = old.fields();
    fields.retain(|name, _| !matches!(name.as_str(), "created_at" | "created_by") || new.contains_key(name));
    let reference = old.any_ref();
    let stamp =
        Stamp { number: reference.number, revision: old.revision(), at: old.updated_at(), by: old.updated_by() };
    // Through the kind, so that values are compared in their canonical form.
    reference.kind.read(stamp, new.clone()).is_ok_and(|read| read.fields() == fields)
}

/// Kinds without parts that are written as YAML all the same: they are few records of long texts.
const FEW_AND_LONG: [Kind; 3] = [Kind::Organization, Kind::Supplier, Kind::ManagementReview];

/// Whether a kind is written as YAML: these fields of its records hold parts of their own, which a table cannot hold.
fn needs_yaml<'a>(def: &KindDef, mut filled: impl Iterator<Item = &'a FieldDef>) -> bool {
    fn structured(ty: Type) -> bool {
        match ty {
            Type::Struct(_) | Type::Matrix => true,
            Type::List(inner) => structured(*inner),
            _ => false,
        }
    }
    FEW_AND_LONG.contains(&def.kind) || filled.any(|field| structured(field.ty))
}

/// Whether a cell of this type holds free text, which a spreadsheet program could take for a formula.
fn is_text(ty: Type) -> bool {
    matches!(ty, Type::Text | Type::LongText | Type::List(&(Type::Text | Type::LongText)))
}

/// All fields of a kind in the order in which files have them: its own, then those that every kind has.
fn fields(def: &KindDef) -> impl Iterator<Item = &'static FieldDef> {
    let title = |field: &&FieldDef| field.name != "title";
    def.fields.iter().chain(common_fields(def.fields).map(|(_, field)| field).filter(title))
}
