//! The end of an import: notes for what has no place, values tried against their kinds, and only what is new kept.

use std::collections::{BTreeMap, BTreeSet};

use attestry_model::decide::{ImportRecord, Problems};
use attestry_model::stored::{AnyRecord, Stamp};
use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::draft::{DIGEST, Draft, How};
use super::words::{line, plain};
use super::work::{Use, Work};
use crate::report::{Counts, Kept, NO_FIELD, PlacedCell, Register, Report, Unplaced};

impl Work<'_> {
    /// The records to write and the report.
    pub fn finish(mut self, now: Timestamp) -> (Vec<ImportRecord>, Report) {
        let mut refused: BTreeMap<(usize, String), String> = BTreeMap::new();
        for at in 0..self.drafts.len() {
            self.try_shape(at, now, &mut refused);
        }
        let digests = self.digests();
        self.try_sense(now, &mut refused);
        self.give_back(&refused);
        self.note_rest();
        self.write(&digests)
    }

    /// Takes out of a draft what its kind does not accept.
    fn try_shape(&mut self, at: usize, now: Timestamp, refused: &mut BTreeMap<(usize, String), String>) {
        let draft = self.drafts.get_mut(at);
        let stamp = Stamp { number: draft.reference.number, revision: 1, at: now, by: None };
        match draft.reference.kind.read(stamp, draft.fields.clone()) {
            // The kind's own form of the values.
            Ok(record) => {
                let state = draft.fields.get("state").cloned();
                draft.fields = record.fields();
                if state.is_none() {
                    draft.fields.remove("state");
                }
            }
            Err(problems) => {
                for problem in problems.0 {
                    let name = top(&problem.field).to_owned();
                    if draft.fields.remove(&name).is_some() {
                        refused.insert((at, name), problem.message);
                    }
                }
                if !draft.fields.is_empty() {
                    self.try_shape(at, now, refused);
                }
            }
        }
    }

    /// Takes out of the drafts what contradicts the rest of the record, its kind's own check says.
    fn try_sense(&mut self, now: Timestamp, refused: &mut BTreeMap<(usize, String), String>) {
        for _ in 0..3 {
            let mut isms = self.isms.clone();
            for draft in self.drafts.iter() {
                if let Some(record) = self.merged(draft, now) {
                    isms.put(record.as_ref());
                }
            }
            let mut faults = Vec::new();
            for (at, draft) in self.drafts.iter().enumerate() {
                let Some(record) = isms.record(draft.reference) else { continue };
                let mut problems = Problems::default();
                record.check(&isms, &mut problems);
                for problem in problems.0 {
                    let name = top(&problem.field).to_owned();
                    if name != "title" && draft.fields.contains_key(&name) {
                        faults.push((at, name, problem.message));
                    }
                }
            }
            if faults.is_empty() {
                return;
            }
            for (at, name, message) in faults {
                self.drafts.get_mut(at).fields.remove(&name);
                refused.insert((at, name), message);
            }
        }
    }

    /// The record as it would be.
    fn merged(&self, draft: &Draft, now: Timestamp) -> Option<std::sync::Arc<dyn AnyRecord>> {
        let mut fields = self.isms.record(draft.reference).map(AnyRecord::fields).unwrap_or_default();
        let known = !fields.is_empty();
        for (name, value) in &draft.fields {
            if !known || draft.how == How::Known || !fields.contains_key(name) {
                fields.insert(name.clone(), value.clone());
            }
        }
        let stamp = Stamp { number: draft.reference.number, revision: 1, at: now, by: None };
        draft.reference.kind.read(stamp, fields).ok()
    }

    /// The cells of refused values go back among those without a place.
    fn give_back(&mut self, refused: &BTreeMap<(usize, String), String>) {
        if refused.is_empty() {
            return;
        }
        for placement in &self.placements {
            let place = placement.place;
            let message = refused.get(&(placement.draft, placement.field.to_owned()));
            if let (Some(message), Some(column)) = (message, place.column) {
                self.uses[place.table][place.row][column] = Use::Failed(message.clone());
            }
        }
        self.placements.retain(|it| !refused.contains_key(&(it.draft, it.field.to_owned())));
    }

    /// Writes every cell that has no place into the notes of its row's record, and into the report.
    fn note_rest(&mut self) {
        for table in 0..self.tables.len() {
            for row in 0..self.tables[table].rows.len() {
                self.note_row(table, row);
            }
        }
    }

    fn note_row(&mut self, table: usize, row: usize) {
        let keeper = self.keeper(table, row);
        let cells = self.tables[table].rows[row].cells.len();
        for column in 0..cells {
            let value = self.tables[table].cell(row, column).to_owned();
            if value.is_empty() {
                continue;
            }
            let reason = match &self.uses[table][row][column] {
                Use::Whole => {
                    self.report.placed += 1;
                    continue;
                }
                Use::Unread => NO_FIELD.to_owned(),
                Use::Failed(reason) | Use::Partly(reason) => reason.clone(),
            };
            let heading = self.tables[table].heading(column);
            // In a matrix every column has a record of its own.
            let own = self.columns.get(&(table, column)).copied().or(keeper);
            let kept = match own {
                Some(at) => {
                    let block = self.block(table, row);
                    let line = format!("- {heading}: {}", value.replace("\r\n", "\n").replace('\n', "\n  "));
                    let draft = self.drafts.get_mut(at);
                    let lines = draft.notes.entry(block).or_default();
                    if !lines.contains(&line) {
                        lines.push(line);
                    }
                    Kept::NotesOf(draft.reference.to_string())
                }
                None => Kept::Report,
            };
            // A column of notes is in its place in the notes.
            if matches!((&self.uses[table][row][column], &kept), (Use::Unread, Kept::NotesOf(_)))
                && ["notes", "note", "comment", "comments", "remarks"].contains(&plain(&heading).as_str())
            {
                self.report.placed += 1;
                continue;
            }
            let file = self.tables[table].file.clone();
            let number = self.tables[table].rows[row].line;
            self.report.unplaced.push(Unplaced { file, line: number, column: heading, value, reason, kept });
        }
    }

    /// The record that keeps what has no place in a row: the first that is the row's own.
    fn keeper(&self, table: usize, row: usize) -> Option<usize> {
        let records = self.rows.get(&(table, row))?;
        let rules = &self.tables[table].rules.records;
        let own = |position: usize| {
            let rules = &rules[position];
            rules.key.is_empty() && !rules.per_file && rules.into.is_none()
        };
        let first = records.iter().find(|(position, _)| own(*position)).or_else(|| records.first());
        first.map(|(_, at)| *at)
    }

    /// The heading of a row's block of notes; without the line, which changes when rows are added above.
    fn block(&self, table: usize, row: usize) -> String {
        let rules = self.tables[table].rules;
        let named = rules.id.as_ref().or(rules.matrix.as_ref()).and_then(|heading| self.said(table, row, heading));
        let file = &self.tables[table].file;
        if let Some((_, id)) = named {
            return format!("From {file}, {}:", line(id));
        }
        let title = self.keeper(table, row).and_then(|at| self.drafts.get(at).fields.get("title"));
        format!("From {file}, {}:", title.and_then(Value::as_str).unwrap_or_default())
    }

    /// Compares the drafts with the ISMS and keeps what is new.
    fn write(mut self, digests: &[String]) -> (Vec<ImportRecord>, Report) {
        let mut report = std::mem::take(&mut self.report);
        for table in &self.tables {
            let (file, register, rows) = (table.file.clone(), table.rules.name.clone(), table.rows.len());
            report.registers.push(Register { file, register, rows, ..Register::default() });
        }
        let mut records = Vec::new();
        for (draft, digest) in self.drafts.iter().zip(digests) {
            let old = self.isms.record(draft.reference);
            let written = match old {
                None => Some(fresh(draft, digest)),
                // What was only named says nothing about a record that is there.
                Some(_) if draft.named => None,
                Some(old) => changed(draft, old, digest, &mut report),
            };
            let mut counts = Counts::default();
            match (draft.how, written.is_some()) {
                (How::New, _) => counts.created = 1,
                (How::Same, _) => counts.matched = 1,
                (How::Known, true) => counts.updated = 1,
                (How::Known, false) => counts.unchanged = 1,
            }
            let kind = draft.reference.kind.words().name;
            report.registers[draft.table].kinds.entry(kind).or_default().take(counts);
            if let Some(fields) = written {
                records.push(ImportRecord { reference: draft.reference, fields, source: draft.source.clone() });
            }
        }
        let files: Vec<std::sync::Arc<str>> = self.tables.iter().map(|table| table.file.as_str().into()).collect();
        let cell = |it: &super::work::Placement| PlacedCell {
            file: std::sync::Arc::clone(&files[it.place.table]),
            line: self.tables[it.place.table].rows[it.place.row].line,
            column: it.place.column.map_or(0, |column| column + 1),
            record: self.drafts.get(it.draft).reference,
            field: it.field,
        };
        report.placements = self.placements.iter().map(cell).collect();
        report.sum_up();
        (records, report)
    }

    /// What the files say of each draft, in short: its fields as they were read, and the cells of its rows.
    fn digests(&self) -> Vec<String> {
        let mut cells: Vec<Vec<&[String]>> = vec![Vec::new(); self.drafts.len()];
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|(place, _)| **place);
        for (&(table, row), records) in rows {
            for (_, at) in records {
                cells[*at].push(&self.tables[table].rows[row].cells);
            }
        }
        let digest = |(draft, cells): (&Draft, Vec<&[String]>)| {
            let hash = Sha256::digest(serde_json::json!([draft.fields, cells]).to_string());
            let short = hash.iter().take(6).fold(0_u64, |short, byte| short << 8 | u64::from(*byte));
            format!("{DIGEST}{short:012x}")
        };
        self.drafts.iter().zip(cells).map(digest).collect()
    }
}

/// The fields of a new record.
fn fresh(draft: &Draft, digest: &str) -> Map<String, Value> {
    let mut fields = draft.fields.clone();
    let first = draft.reference.kind.def().states.first().map(|state| state.name).unwrap_or_default();
    fields.entry("state").or_insert_with(|| Value::from(first));
    let notes = merge_notes("", &draft.notes);
    if !notes.is_empty() {
        fields.insert("notes".to_owned(), Value::from(notes));
    }
    fields.insert("tags".to_owned(), tags(draft, None, digest));
    fields
}

/// The fields of a record that is there, with what the files newly say; `None` when that is nothing.
fn changed(draft: &Draft, old: &dyn AnyRecord, digest: &str, report: &mut Report) -> Option<Map<String, Value>> {
    let before = old.fields();
    // The same words as at the last import: whatever was done here since stands.
    if old.head().tags.iter().any(|tag| tag == digest) {
        return None;
    }
    let mut fields = before.clone();
    for (name, value) in &draft.fields {
        match (draft.how, before.get(name)) {
            (_, None) | (How::Known, Some(_)) => {
                fields.insert(name.clone(), value.clone());
            }
            (_, Some(known)) if known != value && name != "state" && name != "title" => {
                let said = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let reference = draft.reference;
                let message = format!("{reference} says otherwise under {name} and was left as it is; here: {said}");
                report.warn(&draft.source, None, message);
            }
            _ => {}
        }
    }
    let kept = before.get("notes").and_then(Value::as_str).unwrap_or_default();
    let notes = merge_notes(kept, &draft.notes);
    if !notes.is_empty() {
        fields.insert("notes".to_owned(), Value::from(notes));
    }
    fields.insert("tags".to_owned(), tags(draft, Some(old), digest));
    (fields != before).then_some(fields)
}

/// The field that a path begins with.
fn top(path: &str) -> &str {
    path.split(['.', '[', ' ']).next().unwrap_or(path)
}

/// The tags of a record: those it has, its sources, and the digest.
fn tags(draft: &Draft, old: Option<&dyn AnyRecord>, digest: &str) -> Value {
    let mut all: Vec<String> = old.map(|old| old.head().tags.clone()).unwrap_or_default();
    all.retain(|tag| !tag.starts_with(DIGEST));
    for tag in &draft.tags {
        if !all.contains(tag) {
            all.push(tag.clone());
        }
    }
    if !draft.named {
        all.push(digest.to_owned());
    }
    Value::from(all)
}

/// Notes with the blocks of the files put in or replaced; a block ends at an empty line.
fn merge_notes(kept: &str, blocks: &BTreeMap<String, Vec<String>>) -> String {
    let mut parts: Vec<String> =
        kept.split("\n\n").map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect();
    let mut done = BTreeSet::new();
    for part in &mut parts {
        let heading = part.lines().next().unwrap_or_default().to_owned();
        if let Some(lines) = blocks.get(&heading) {
            *part = block(&heading, lines);
            done.insert(heading);
        }
    }
    parts.extend(
        blocks.iter().filter(|(heading, _)| !done.contains(*heading)).map(|(heading, lines)| block(heading, lines)),
    );
    parts.join("\n\n")
}

fn block(heading: &str, lines: &[String]) -> String {
    let mut text = heading.to_owned();
    for line in lines {
        text.push('\n');
        // An empty line would end the block.
        text.push_str(&line.replace("\n  \n", "\n"));
    }
    text
}
