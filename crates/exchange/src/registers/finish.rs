//! The end of an import: notes for what has no place, values tried against their kinds, and only what is new kept.

use std::collections::{BTreeMap, BTreeSet};

use attestry_model::decide::{ImportRecord, Problems};
use attestry_model::field::Type;
use attestry_model::records::Kind;
use attestry_model::stored::{AnyRecord, Stamp};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::draft::{DIGEST, Draft, How};
use super::memory::{Memory, said};
use super::words::{line, plain, slug};
use super::work::{Placement, Use, Work};
use crate::report::{Counts, Kept, NO_FIELD, PlacedCell, Register, Report, Unplaced};

impl Work<'_> {
    /// The records to write and the report.
    pub fn finish(mut self, now: Timestamp) -> (Vec<ImportRecord>, Report) {
        let mut refused: BTreeMap<(usize, String), String> = BTreeMap::new();
        for at in 0..self.drafts.len() {
            self.try_shape(at, now, &mut refused);
        }
        self.try_sense(now, &mut refused);
        let memories = self.memories();
        self.give_back(&refused);
        self.note_rest();
        self.write(&memories, &refused)
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
                Use::Failed(reason) | Use::Partly(reason) | Use::Several(reason) => reason.clone(),
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
    fn write(
        mut self,
        memories: &[Memory],
        refused: &BTreeMap<(usize, String), String>,
    ) -> (Vec<ImportRecord>, Report) {
        let mut report = std::mem::take(&mut self.report);
        for table in &self.tables {
            let (file, register, rows) = (table.file.clone(), table.rules.name.clone(), table.rows.len());
            report.registers.push(Register { file, register, rows, ..Register::default() });
        }
        let mut records = Vec::new();
        for (at, (draft, memory)) in self.drafts.iter().zip(memories).enumerate() {
            let old = self.isms.record(draft.reference);
            let written = match old {
                None => Some(fresh(draft, memory)),
                // What was only named says nothing about a record that is there.
                Some(_) if draft.named => None,
                Some(old) => {
                    let refused = |name: &str| refused.contains_key(&(at, name.to_owned()));
                    changed(draft, old, memory, &refused, &mut report)
                }
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

    /// What the files say of each draft, field by field.
    fn memories(&self) -> Vec<Memory> {
        // What a reference means may change here, what its cell says only there.
        let mut cells: BTreeMap<(usize, &str), Vec<String>> = BTreeMap::new();
        for Placement { place, draft, field } in &self.placements {
            if let Some(column) = place.column {
                let text = line(self.tables[place.table].cell(place.row, column));
                cells.entry((*draft, field)).or_default().push(text);
            }
        }
        let memory = |(at, draft): (usize, &Draft)| {
            let mut memory = Memory::default();
            for (name, value) in &draft.fields {
                memory.put(name, said(value));
                if let Some(texts) = cells.get(&(at, name.as_str())).filter(|_| refers(draft.reference.kind, name)) {
                    memory.put(&named(name), said(&Value::from(texts.clone())));
                }
            }
            memory
        };
        self.drafts.iter().enumerate().map(memory).collect()
    }
}

/// Whether a field refers to records.
fn refers(kind: Kind, name: &str) -> bool {
    let ty = kind.def().field(name).map(|field| field.ty);
    matches!(ty, Some(Type::Ref(_) | Type::AnyRef | Type::List(Type::Ref(_) | Type::AnyRef)))
}

/// The name under which the words of a reference are remembered.
fn named(name: &str) -> String {
    format!("{name} named")
}

/// The name under which a block of notes is remembered: its register and row, whatever kind of file it stood in.
fn block_name(heading: &str) -> String {
    let (file, row) = heading.split_once(", ").unwrap_or((heading, ""));
    let file = file.strip_prefix("From ").unwrap_or(file);
    let name = file.split_once('#').map_or_else(|| file.rsplit_once('.').map_or(file, |(stem, _)| stem), |(_, it)| it);
    format!("notes {} {row}", slug(name))
}

/// The fields of a new record.
fn fresh(draft: &Draft, memory: &Memory) -> Map<String, Value> {
    let mut fields = draft.fields.clone();
    let first = draft.reference.kind.def().states.first().map(|state| state.name).unwrap_or_default();
    fields.entry("state").or_insert_with(|| Value::from(first));
    let mut memory = memory.clone();
    for (heading, lines) in &draft.notes {
        memory.put(&block_name(heading), said(&Value::from(lines.clone())));
    }
    let notes = merge_notes("", &draft.notes);
    if !notes.is_empty() {
        fields.insert("notes".to_owned(), Value::from(notes));
    }
    fields.insert("tags".to_owned(), tags(draft, None, &memory));
    fields
}

/// What a field of a record that is there becomes.
enum Fate {
    /// It takes what the file newly says.
    Taken,
    /// It says so already, or the file says what it said before.
    Stays,
    /// It stays although the file says otherwise, which is told.
    Told(String),
}

/// Decides about one field.
fn fate(draft: &Draft, known: Option<&Value>, name: &str, value: &Value, before: &Memory, now: &Memory) -> Fate {
    let shown = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let Some(known) = known else {
        return match before.get(name) {
            None => Fate::Taken,
            Some(_) if same(name, before, now) => Fate::Stays,
            Some(_) => {
                Fate::Told(format!("{name} was emptied here and changed in the file; it stays empty, not {}", shown()))
            }
        };
    };
    if known == value || before.get(name).is_some() && same(name, before, now) {
        return Fate::Stays;
    }
    if draft.how == How::Same && (name == "state" || name == "title") {
        return Fate::Stays;
    }
    if !before.is(name, &said(known)) {
        return Fate::Told(format!("says otherwise under {name} and was left as it is; here: {}", shown()));
    }
    if name == "state" {
        let flow = &draft.reference.kind.def().flow;
        if !flow.iter().any(|step| known.as_str() == Some(step.from) && value.as_str() == Some(step.to)) {
            let known = known.as_str().unwrap_or_default();
            return Fate::Told(format!("is {known}, from where no step leads to {}; the state was left", shown()));
        }
    }
    Fate::Taken
}

/// Whether the file says of a field what it said before: by its words, where it names records.
fn same(name: &str, before: &Memory, now: &Memory) -> bool {
    match (before.get(&named(name)), now.get(&named(name))) {
        (Some(before), Some(now)) => before == now,
        _ => before.get(name) == now.get(name),
    }
}

/// The fields of a record that is there, with what the files newly say; `None` when that is nothing.
fn changed(
    draft: &Draft,
    old: &dyn AnyRecord,
    now: &Memory,
    refused: &dyn Fn(&str) -> bool,
    report: &mut Report,
) -> Option<Map<String, Value>> {
    let fields_before = old.fields();
    let before = Memory::of(&old.head().tags);
    let mut memory = before.clone();
    let mut fields = fields_before.clone();
    let mut tell = |message: String| report.warn(&draft.source, None, format!("{} {message}", draft.reference));
    for (name, value) in &draft.fields {
        let fate = fate(draft, fields_before.get(name), name, value, &before, now);
        // What was left as it is stays to be told, but for a record that was only met.
        let agreed = matches!(fate, Fate::Taken) || fields_before.get(name) == Some(value);
        let remembered = agreed || draft.how == How::Same;
        match fate {
            Fate::Taken => {
                fields.insert(name.clone(), value.clone());
            }
            Fate::Stays => {}
            Fate::Told(message) => tell(message),
        }
        if remembered {
            for name in [name.clone(), named(name)] {
                now.get(&name).into_iter().for_each(|said| memory.put(&name, said.to_owned()));
            }
        }
    }
    for (name, value) in &fields_before {
        let gone = !draft.fields.contains_key(name) && !refused(name) && draft.how == How::Known;
        if gone && before.get(name).is_some() {
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            tell(format!("has {name} {shown}, which the files no longer say; it was left"));
        }
    }
    let kept = fields_before.get("notes").and_then(Value::as_str).unwrap_or_default();
    let mut notes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (heading, lines) in &draft.notes {
        let (name, new) = (block_name(heading), said(&Value::from(lines.clone())));
        if before.is(&name, &new) {
            continue;
        }
        // The block as it stands, perhaps from another kind of file, and whether it is as it was written.
        let there = kept
            .split("\n\n")
            .map(str::trim)
            .find(|part| part.lines().next().is_some_and(|first| block_name(first) == name));
        let first = there.and_then(|part| part.lines().next()).unwrap_or(heading);
        match (before.get(&name), there) {
            (None, _) => {}
            (Some(last), Some(part)) if said(&Value::from(lines_of(part))) == last => {}
            _ => {
                tell(format!(
                    "has other notes “{first}” than were read before; they were left. Here: {}",
                    lines.join("; ")
                ));
                continue;
            }
        }
        notes.insert(first.to_owned(), lines.clone());
        memory.put(&name, new);
    }
    let notes = merge_notes(kept, &notes);
    if !notes.is_empty() {
        fields.insert("notes".to_owned(), Value::from(notes));
    }
    fields.insert("tags".to_owned(), tags(draft, Some(old), &memory));
    let of_import = |tag: &&Value| tag.as_str().is_some_and(|tag| tag.starts_with(DIGEST));
    let says = |fields: &Map<String, Value>| {
        let mut fields = fields.clone();
        let tags = fields.remove("tags");
        let tags: Vec<Value> =
            tags.iter().filter_map(Value::as_array).flatten().filter(|tag| !of_import(tag)).cloned().collect();
        (fields, tags)
    };
    (says(&fields) != says(&fields_before)).then_some(fields)
}

/// The lines of a block as they were before it was written.
fn lines_of(part: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for text in part.lines().skip(1) {
        match lines.last_mut() {
            Some(last) if text.starts_with("  ") => {
                last.push('\n');
                last.push_str(text);
            }
            _ => lines.push(text.to_owned()),
        }
    }
    lines
}

/// The field that a path begins with.
fn top(path: &str) -> &str {
    path.split(['.', '[', ' ']).next().unwrap_or(path)
}

/// The tags of a record: those it has, its sources, and what the files said.
fn tags(draft: &Draft, old: Option<&dyn AnyRecord>, memory: &Memory) -> Value {
    let mut all: Vec<String> = old.map(|old| old.head().tags.clone()).unwrap_or_default();
    all.retain(|tag| !tag.starts_with(DIGEST));
    for tag in &draft.tags {
        if !all.contains(tag) {
            all.push(tag.clone());
        }
    }
    if !draft.named {
        all.extend(memory.tags());
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
