//! Registers as organisations keep them: CSV files and spreadsheets with free-text owners, identifiers of their own, and
//! words for states. They are read through a [`mapping::Mapping`]; the code knows none of their columns.
//!
//! Every record remembers its source in its tags (`source:risk-register/R-001`) and what the files said of each field
//! (`import:…`), so that a second import of the same files changes nothing, an edited cell changes one field, and what was
//! corrected here stands. Whatever has no field is written into the record's notes and listed in the report.

pub mod choices;
mod draft;
mod fields;
mod find;
mod finish;
pub mod mapping;
mod memory;
mod people;
pub mod sheet;
mod table;
mod transform;
mod words;
mod work;
mod workbook;

use attestry_model::Isms;
use jiff::Timestamp;

use crate::Plan;
use crate::error::ImportError;
use crate::plain_name;
use crate::report::{Report, Unread};
use crate::source::SourceFile;
use mapping::{FieldRule, FieldRules, Mapping, RegisterRules, shipped};
use sheet::Sheet;
use table::{Table, headings_of, tables};

/// Reads files into tables; other files are told.
pub(crate) fn sheets(files: &[SourceFile], report: &mut Report) -> Result<Vec<Sheet>, ImportError> {
    let mut sheets = Vec::new();
    for file in files.iter().filter(|file| !plain_name(&file.name).starts_with('.')) {
        match file.extension().as_str() {
            "csv" | "tsv" | "txt" => {
                let sheet = sheet::read_csv(file, report)?;
                if !sheet.rows.is_empty() {
                    sheets.push(sheet);
                }
            }
            "xlsx" | "xlsm" => sheets.extend(workbook::read_xlsx(file, report)?),
            _ => {
                let reason = "is neither CSV nor XLSX".to_owned();
                report.unread.push(Unread { file: file.name.clone(), line: None, content: String::new(), reason });
            }
        }
    }
    Ok(sheets)
}

/// Reads registers into records.
pub(crate) fn import(
    files: &[SourceFile],
    isms: &Isms,
    mapping: Option<&Mapping>,
    now: Timestamp,
) -> Result<Plan, ImportError> {
    let mapping = mapping.unwrap_or_else(|| shipped());
    let mut report = Report { at: now.to_string(), ..Report::default() };
    let sheets = sheets(files, &mut report)?;
    let tables = tables(mapping, sheets, &mut report);
    let narrowed = narrow(mapping, &tables, &report);
    let named = mapping.reading.currency.as_deref().and_then(|name| name.parse().ok());
    let currency = named.or_else(|| attestry_model::plain::currency(isms));
    let mut work = work::Work::new(isms, mapping, currency, tables, report);
    work.run();
    let (records, report) = work.finish(now);
    Ok(Plan { records, report, mapping: Some(narrowed) })
}

/// The shipped mapping, narrowed to files.
pub(crate) fn propose(files: &[SourceFile]) -> Result<Mapping, ImportError> {
    let mut report = Report::default();
    let sheets = sheets(files, &mut report)?;
    let tables = tables(shipped(), sheets, &mut report);
    Ok(narrow(shipped(), &tables, &report))
}

/// The columns of a register at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// The file, or `file.xlsx#Sheet`.
    pub file: String,
    /// The rules through which it is read; without records where none fits.
    pub rules: RegisterRules,
    /// The headings in their order, each with the first thing that stands under it.
    pub headings: Vec<(String, String)>,
}

/// The columns of the registers in files, as a narrowed mapping reads them.
pub(crate) fn columns(files: &[SourceFile], narrowed: &Mapping) -> Result<Vec<Columns>, ImportError> {
    let mut report = Report::default();
    let sheets = sheets(files, &mut report)?;
    let mut unknown = sheets.clone();
    let tables = tables(narrowed, sheets, &mut report);
    unknown.retain(|sheet| tables.iter().all(|table| table.file != sheet.file));
    let known = tables.iter().map(|table| {
        let sample = |column| (0..table.rows.len()).map(|row| table.cell(row, column)).find(|cell| !cell.is_empty());
        let headings =
            (0..table.headings.len()).map(|at| (table.heading(at), sample(at).unwrap_or_default().to_owned()));
        Columns { file: table.file.clone(), rules: table.rules.clone(), headings: headings.collect() }
    });
    let mut all: Vec<Columns> = known.collect();
    for sheet in unknown {
        let mut rows = sheet.rows.into_iter().map(|row| row.cells);
        let Some(mut headings) = rows.next() else { continue };
        sheet::tidy(&mut headings);
        let rows: Vec<Vec<String>> = rows.take(200).collect();
        let sample = |at: usize| rows.iter().filter_map(|row| row.get(at)).find(|cell| !cell.trim().is_empty());
        let headings = headings.into_iter().enumerate().filter(|(_, heading)| !heading.is_empty());
        let headings = headings.map(|(at, heading)| (heading, sample(at).cloned().unwrap_or_default())).collect();
        let rules =
            RegisterRules { name: words::slug(&sheet.name), files: vec![sheet.name], ..RegisterRules::default() };
        all.push(Columns { file: sheet.file, rules, headings });
    }
    Ok(all)
}

/// A mapping narrowed to the registers at hand, with the headings they really have.
fn narrow(mapping: &Mapping, tables: &[Table<'_>], report: &Report) -> Mapping {
    let mut narrowed = Mapping { registers: Vec::new(), ..mapping.clone() };
    for table in tables {
        let mut register = table.rules.clone();
        register.name.clone_from(&table.name);
        let (file, sheet) = table.file.split_once('#').unwrap_or((&table.file, ""));
        let stem = plain_name(file).rsplit_once('.').map_or(file, |(stem, _)| stem);
        register.files = vec![if sheet.is_empty() { stem } else { sheet }.to_owned()];
        rename(&mut register, table);
        let known = headings_of(&register);
        let placed: Vec<usize> = known.iter().filter_map(|name| table.column(name)).collect();
        let matrix = register.matrix.is_some();
        let rest = (0..table.headings.len()).filter(|column| !matrix && !placed.contains(column));
        register.unplaced = rest.map(|column| table.heading(column)).collect();
        narrowed.registers.push(register);
    }
    for unread in report.unread.iter().filter(|unread| unread.line.is_none() && !unread.content.is_empty()) {
        let name = unread.file.split_once('#').map_or_else(
            || unread.file.rsplit_once('.').map_or(unread.file.as_str(), |(stem, _)| stem),
            |(_, sheet)| sheet,
        );
        let unplaced = unread.content.split(", ").map(str::to_owned).collect();
        let files = vec![name.to_owned()];
        narrowed.registers.push(RegisterRules { name: words::slug(name), files, unplaced, ..RegisterRules::default() });
    }
    let used = used_words(&narrowed);
    narrowed.words.retain(|name, _| used.contains(name));
    narrowed
}

/// Replaces every list of possible headings by the one that is there; rules for headings that are not there go.
fn rename(register: &mut RegisterRules, table: &Table<'_>) {
    let found = |wanted: &str| table.column(wanted).map(|column| table.heading(column));
    let replace = |list: &mut Vec<String>| *list = list.iter().filter_map(|wanted| found(wanted)).collect();
    replace(&mut register.needs);
    register.id = register.id.as_deref().and_then(found);
    register.matrix = register.matrix.as_deref().and_then(found);
    let matrix = register.matrix.is_some();
    for record in &mut register.records {
        replace(&mut record.key);
        record.into = record.into.as_deref().and_then(|wanted| found(wanted).or_else(|| Some(wanted.to_owned())));
        let conditions = std::mem::take(&mut record.only_if);
        record.only_if = conditions.into_iter().map(|(name, words)| (found(&name).unwrap_or(name), words)).collect();
        let fields = std::mem::take(&mut record.fields);
        for (name, rules) in fields {
            let mut kept: Vec<FieldRule> = Vec::new();
            for mut rule in rules.rules() {
                if let Some(from) = &rule.from {
                    let Some(heading) = found(from) else { continue };
                    rule.from = Some(heading);
                }
                if let Some(template) = &mut rule.template {
                    for name in table::in_braces(&template.clone()) {
                        if let Some(heading) = found(name) {
                            *template = template.replace(&format!("{{{name}}}"), &format!("{{{heading}}}"));
                        }
                    }
                }
                if !matrix {
                    let parts = std::mem::take(&mut rule.parts);
                    let was = !parts.is_empty();
                    rule.parts = parts.into_iter().filter_map(|(part, from)| Some((part, found(&from)?))).collect();
                    if was && rule.parts.is_empty() {
                        continue;
                    }
                }
                kept.push(rule);
            }
            let simple = |rule: &FieldRule| {
                rule.from.clone().filter(|from| *rule == FieldRule { from: Some(from.clone()), ..FieldRule::default() })
            };
            let rules = match kept.as_slice() {
                [] => continue,
                [one] => simple(one).map_or_else(|| FieldRules::Rule(Box::new(one.clone())), FieldRules::Column),
                _ => FieldRules::First(kept),
            };
            record.fields.insert(name, rules);
        }
    }
}

/// The tables of words that a mapping uses.
fn used_words(mapping: &Mapping) -> std::collections::BTreeSet<String> {
    let records = mapping.registers.iter().flat_map(|register| &register.records);
    let rules = records.flat_map(|record| record.fields.values()).flat_map(FieldRules::rules);
    rules
        .filter_map(|rule| match rule.words {
            Some(mapping::WordsRule::Named(name)) => Some(name),
            _ => None,
        })
        .collect()
}
