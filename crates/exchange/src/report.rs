//! What an import says about itself.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use attestry_model::reference::AnyRef;
use serde::Serialize;

/// What was made of the files: for people as a table, for programs as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The moment of the import.
    pub at: String,
    /// What each file or sheet came to.
    pub registers: Vec<Register>,
    /// All of it together, by kind.
    pub kinds: BTreeMap<&'static str, Counts>,
    /// How many filled cells went into fields as they stand.
    pub placed: usize,
    /// Where each of those went, and the parts of others; not in the JSON form.
    #[serde(skip)]
    pub placements: Vec<PlacedCell>,
    /// Cells for which there was no place, or not for all they say.
    pub unplaced: Vec<Unplaced>,
    /// Files, and rows above a heading, that no register of the mapping reads.
    pub unread: Vec<Unread>,
    /// What somebody should look at.
    pub warnings: Vec<Warning>,
}

/// What one file or sheet came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Register {
    /// The file or sheet.
    pub file: String,
    /// The register of the mapping through which it was read, or the kind of its records.
    pub register: String,
    /// Its rows below the heading.
    pub rows: usize,
    /// The records it speaks of, by kind.
    pub kinds: BTreeMap<&'static str, Counts>,
}

/// How many records came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New ones.
    pub created: usize,
    /// Known under the same title, though not from these files; only their empty fields are filled.
    pub matched: usize,
    /// From these files and changed there since.
    pub updated: usize,
    /// From these files, and nothing is new.
    pub unchanged: usize,
}

impl Counts {
    /// All of them.
    pub fn total(self) -> usize {
        self.created + self.matched + self.updated + self.unchanged
    }

    /// Adds others.
    pub(crate) fn take(&mut self, other: Self) {
        self.created += other.created;
        self.matched += other.matched;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}

/// A cell, or part of one, that went into a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedCell {
    /// The file or sheet.
    pub file: Arc<str>,
    /// The line.
    pub line: u64,
    /// The column, from 1.
    pub column: usize,
    /// The record.
    pub record: AnyRef,
    /// The field; an identifier goes into the tags.
    pub field: &'static str,
}

/// A cell that has no place in a field, or not with all it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unplaced {
    /// The file or sheet.
    pub file: String,
    /// The line.
    pub line: u64,
    /// The column by its heading.
    pub column: String,
    /// What the cell says.
    pub value: String,
    /// Why it has no place.
    pub reason: String,
    /// Where it is kept.
    pub kept: Kept,
}

/// The reason of a cell whose column the mapping does not name.
pub(crate) const NO_FIELD: &str = "has no field";

/// Where an unplaced cell is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// In the notes of this record.
    NotesOf(String),
    /// Nowhere but in this report.
    Report,
}

/// A file, or a row above a heading, that was not read as records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The file or sheet.
    pub file: String,
    /// The line; `None` for the whole file.
    pub line: Option<u64>,
    /// What stands there; for a whole file its headings.
    pub content: String,
    /// Why it was not read.
    pub reason: String,
}

/// Something that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The file or sheet.
    pub file: String,
    /// The line; `None` for the whole file.
    pub line: Option<u64>,
    /// What.
    pub message: String,
}

impl Report {
    /// Notes something to look at.
    pub(crate) fn warn(&mut self, file: &str, line: Option<u64>, message: impl Into<String>) {
        self.warnings.push(Warning { file: file.to_owned(), line, message: message.into() });
    }

    /// Adds up the kinds over the registers.
    pub(crate) fn sum_up(&mut self) {
        for register in &self.registers {
            for (kind, counts) in &register.kinds {
                self.kinds.entry(kind).or_default().take(*counts);
            }
        }
    }

    /// Everything together.
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.kinds.values().for_each(|counts| total.take(*counts));
        total
    }

    /// As JSON.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

fn place(file: &str, line: Option<u64>) -> String {
    line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |register: &Register| format!("{} ({} rows)", register.file, register.rows);
        let wide = self.registers.iter().map(|it| name(it).chars().count()).max().unwrap_or(0).max(8);
        let kinds = self.registers.iter().flat_map(|it| it.kinds.keys().map(|kind| kind.len()));
        let kind_wide = kinds.max().unwrap_or(0).max(5);
        writeln!(
            f,
            "{:wide$}  {:kind_wide$}  {:>7}  {:>7}  {:>7}  {:>9}",
            "file", "kind", "created", "matched", "updated", "unchanged"
        )?;
        let mut row = |first: &str, kind: &str, counts: Counts| {
            let Counts { created, matched, updated, unchanged } = counts;
            writeln!(f, "{first:wide$}  {kind:kind_wide$}  {created:>7}  {matched:>7}  {updated:>7}  {unchanged:>9}")
        };
        for register in &self.registers {
            let mut first = name(register);
            for (kind, counts) in &register.kinds {
                row(&first, kind, *counts)?;
                first = String::new();
            }
            if register.kinds.is_empty() {
                row(&first, "-", Counts::default())?;
            }
        }
        row("total", "", self.total())?;
        if !self.unplaced.is_empty() {
            writeln!(f, "\n{} of {} cells kept in notes:", self.unplaced.len(), self.unplaced.len() + self.placed)?;
            // A whole column without a field is one line for people; the JSON form lists every cell.
            let mut columns: BTreeMap<(&str, &str), usize> = BTreeMap::new();
            for cell in self.unplaced.iter().filter(|cell| cell.reason == NO_FIELD && cell.kept != Kept::Report) {
                *columns.entry((&cell.file, &cell.column)).or_default() += 1;
            }
            for ((file, column), count) in columns {
                writeln!(f, "  {file} {column}: {count} cells (no field for this column)")?;
            }
            let others = self.unplaced.iter().filter(|cell| cell.reason != NO_FIELD || cell.kept == Kept::Report);
            for cell in others {
                let value: String = cell.value.chars().take(60).collect();
                let cut = if cell.value.chars().count() > 60 { "…" } else { "" };
                let kept = match &cell.kept {
                    Kept::NotesOf(record) => format!("notes of {record}"),
                    Kept::Report => "only here".to_owned(),
                };
                let Unplaced { file, line, column, reason, .. } = cell;
                writeln!(f, "  {file}:{line} {column}: {value}{cut} ({reason}; {kept})")?;
            }
        }
        if !self.unread.is_empty() {
            writeln!(f, "\nnot read:")?;
            for it in &self.unread {
                writeln!(f, "  {}: {} ({})", place(&it.file, it.line), it.content, it.reason)?;
            }
        }
        if !self.warnings.is_empty() {
            writeln!(f, "\nto look at:")?;
            for it in &self.warnings {
                writeln!(f, "  {}: {}", place(&it.file, it.line), it.message)?;
            }
        }
        Ok(())
    }
}
