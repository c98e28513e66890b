//! From tables to records: first every row's records with their titles, so that all can be found; then their fields.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use attestry_model::Isms;
use attestry_model::field::Type;
use attestry_model::records::Kind;
use attestry_model::reference::AnyRef;
use attestry_model::value::Currency;
use serde_json::Value;

use super::draft::{Drafts, SOURCE, Wanted};
use super::fields::Given;
use super::mapping::{FieldRules, Mapping, RecordRules, field_type};
use super::people::{People, is_name, title_and_short};
use super::table::{Table, in_braces};
use super::transform::SEVERAL;
use super::words::{fits_one, line};
use crate::report::Report;

/// A place in the tables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The table.
    pub table: usize,
    /// The row.
    pub row: usize,
    /// The column, where it is one cell.
    pub column: Option<usize>,
}

/// What became of a cell; the later ones outweigh the earlier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// No rule reads it.
    Unread,
    /// A rule read it in vain.
    Failed(String),
    /// A field says part of it.
    Partly(String),
    /// A field says all of it.
    Whole,
    /// The field of the row's own record holds one of several things, whatever other records hold.
    Several(String),
}

/// A cell and the field that it went to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placement {
    /// The cell.
    pub place: Place,
    /// The draft.
    pub draft: usize,
    /// The field.
    pub field: &'static str,
}

/// An import in the making.
pub(crate) struct Work<'a> {
    pub(super) isms: &'a Isms,
    pub(super) mapping: &'a Mapping,
    pub(super) currency: Option<Currency>,
    pub(super) tables: Vec<Table<'a>>,
    pub(super) drafts: Drafts<'a>,
    pub(super) people: People,
    /// What became of each cell, by table, row and column.
    pub(super) uses: Vec<Vec<Vec<Use>>>,
    pub(super) placements: Vec<Placement>,
    /// The records that a row became, with the position of their rules; the first one keeps the row's notes.
    pub(super) rows: HashMap<(usize, usize), Vec<(usize, usize)>>,
    /// The records of matrices, by table and column.
    pub(super) columns: BTreeMap<(usize, usize), usize>,
    /// How often a title stood in a table without identifiers.
    titles: HashMap<(usize, Kind, String), usize>,
    /// The zone of times that name none.
    pub(super) zone: Option<jiff::tz::TimeZone>,
    /// The decimal signs of columns of amounts.
    pub(super) decimals: HashMap<(usize, usize), Option<char>>,
    /// Columns whose times were taken for UTC.
    pub(super) utc: BTreeSet<(usize, usize)>,
    pub(super) report: Report,
}

impl<'a> Work<'a> {
    /// Begins an import.
    pub fn new(
        isms: &'a Isms,
        mapping: &'a Mapping,
        currency: Option<Currency>,
        tables: Vec<Table<'a>>,
        report: Report,
    ) -> Self {
        let blank = |table: &Table<'_>| {
            let width = |at: usize| table.rows[at].cells.len();
            (0..table.rows.len()).map(|at| vec![Use::Unread; width(at)]).collect()
        };
        Self {
            isms,
            mapping,
            currency,
            uses: tables.iter().map(blank).collect(),
            tables,
            drafts: Drafts::new(isms),
            people: People::default(),
            placements: Vec::new(),
            rows: HashMap::new(),
            columns: BTreeMap::new(),
            titles: HashMap::new(),
            zone: zone(isms, mapping),
            decimals: HashMap::new(),
            utc: BTreeSet::new(),
            report,
        }
    }

    /// Makes the records and fills their fields. Fields are filled twice: what one row names in the first round can be
    /// found by all rows in the second, so that the order of files does not matter and a second import finds the same.
    pub fn run(&mut self) {
        let places = self.places();
        self.make_matrices();
        for into in [false, true] {
            for &(table, row) in &places {
                self.make_row(table, row, into);
            }
        }
        let uses = self.uses.clone();
        let tagged = self.placements.len();
        self.fill(&places);
        self.uses = uses;
        self.placements.truncate(tagged);
        self.drafts.forget_fields();
        self.fill(&places);
        for (table, column) in std::mem::take(&mut self.utc) {
            let heading = self.tables[table].heading(column);
            let file = self.tables[table].file.clone();
            self.report.warn(&file, None, format!("times under “{heading}” name no zone and were taken as UTC"));
        }
    }

    /// Fills the fields of all records: people first, so that roles are known when owners are looked for, and controls,
    /// so that they are known by their numbers.
    fn fill(&mut self, places: &[(usize, usize)]) {
        let early = [Kind::Person, Kind::Control];
        self.people.learn(self.isms, &self.drafts);
        for &(table, row) in places {
            self.fill_row(table, row, |kind| early.contains(&kind));
        }
        for at in 0..self.drafts.len() {
            self.drafts.realises(at);
        }
        self.people.learn(self.isms, &self.drafts);
        for &(table, row) in places {
            self.fill_row(table, row, |kind| !early.contains(&kind));
        }
        self.fill_matrices();
    }

    /// The rows of all tables that are lists of records.
    fn places(&self) -> Vec<(usize, usize)> {
        let lists = self.tables.iter().enumerate().filter(|(_, table)| table.rules.matrix.is_none());
        lists.flat_map(|(at, table)| (0..table.rows.len()).map(move |row| (at, row))).collect()
    }

    /// File and line of a row.
    pub(super) fn source(&self, table: usize, row: usize) -> String {
        format!("{}:{}", self.tables[table].file, self.tables[table].rows[row].line)
    }

    /// The cell under a heading, without words that say that there is nothing.
    pub(super) fn said(&self, table: usize, row: usize, heading: &str) -> Option<(usize, &str)> {
        let column = self.tables[table].column(heading)?;
        let text = self.tables[table].cell(row, column);
        (!text.is_empty()).then_some((column, text))
    }

    /// The row's own identifier.
    fn id(&self, table: usize, row: usize) -> Option<&str> {
        let heading = self.tables[table].rules.id.as_ref()?;
        self.said(table, row, heading).map(|(_, text)| text)
    }

    /// Notes what became of a cell.
    pub(super) fn mark(&mut self, place: Place, what: Use) {
        let Some(column) = place.column else { return };
        if let Some(cell) = self.uses[place.table][place.row].get_mut(column)
            && *cell < what
        {
            *cell = what;
        }
    }

    /// Notes that a cell stands in the tags of a record.
    fn tagged(&mut self, place: Place, draft: usize) {
        self.mark(place, Use::Whole);
        self.placements.push(Placement { place, draft, field: "tags" });
    }

    /// The records of one row: its own ones, or those it adds something to.
    fn make_row(&mut self, table: usize, row: usize, into: bool) {
        let rules = self.tables[table].rules;
        for (position, record) in rules.records.iter().enumerate() {
            if record.into.is_some() == into
                && let Some(at) = self.make_record(table, row, record)
            {
                self.rows.entry((table, row)).or_default().push((position, at));
            }
        }
    }

    fn make_record(&mut self, table: usize, row: usize, record: &RecordRules) -> Option<usize> {
        let kind = Kind::named(&record.kind)?;
        for (heading, words) in &record.only_if {
            let text = self.said(table, row, heading).map_or("", |(_, text)| text);
            if text.is_empty() || !fits_one(words, text) {
                return None;
            }
        }
        let made = self.rows.get(&(table, row)).map(Vec::as_slice).unwrap_or_default();
        let has =
            |wanted: &String| made.iter().any(|(_, at)| self.drafts.get(*at).reference.kind.words().name == wanted);
        if !record.requires.iter().all(has) {
            return None;
        }
        let source = self.source(table, row);
        let id = self.id(table, row).map(str::to_owned);
        let register = self.tables[table].name.clone();
        if let Some(heading) = &record.into {
            let (column, text) = self.said(table, row, heading).map(|(column, text)| (column, text.to_owned()))?;
            let place = Place { table, row, column: Some(column) };
            let rule = super::mapping::FieldRule::default();
            match self.find(place, Some(kind), &rule, &text) {
                Ok((found, reason)) => {
                    self.mark(
                        place,
                        Use::Partly(reason.unwrap_or_else(|| "names the record that is added to".to_owned())),
                    );
                    let own = line(id.as_deref().unwrap_or(&text));
                    let tag = format!("{SOURCE}{register}/{own}");
                    return Some(self.drafts.open(found[0], &tag, table, &source));
                }
                Err(reason) => {
                    self.mark(place, Use::Failed(reason));
                    return None;
                }
            }
        }
        let title = self.title(table, row, kind, record)?;
        if kind == Kind::Person && !is_name(&self.mapping.people, &title) {
            return None;
        }
        let own = record.key.is_empty() && !record.per_file;
        let name = if record.per_file {
            String::new()
        } else if own {
            id.as_deref().map_or_else(|| self.title_or_next(table, kind, &title), line)
        } else {
            let cells = record.key.iter().filter_map(|heading| self.said(table, row, heading));
            cells.map(|(_, text)| line(text)).collect::<Vec<_>>().join(" / ")
        };
        let tag = if name.is_empty() { format!("{SOURCE}{register}") } else { format!("{SOURCE}{register}/{name}") };
        let own_id = id.as_deref().filter(|_| own);
        let wanted = Wanted { kind, tag: &tag, title: &title, id: own_id, own, table, source: &source };
        let before = self.drafts.len();
        let at = self.drafts.want(wanted);
        if let Some(id) = own_id {
            if self.drafts.len() == before {
                let line = Some(self.tables[table].rows[row].line);
                let file = self.tables[table].file.clone();
                self.report.warn(&file, line, format!("{id} stands twice; both rows were taken as one {kind}"));
            }
            self.drafts.identify(at, id);
        }
        if let Some(column) = rules_column(&self.tables[table], self.tables[table].rules.id.as_deref()) {
            self.tagged(Place { table, row, column: Some(column) }, at);
        }
        for heading in &record.key {
            if let Some((column, _)) = self.said(table, row, heading) {
                self.tagged(Place { table, row, column: Some(column) }, at);
            }
        }
        Some(at)
    }

    /// The name of a row that has no identifier: its title, with a number when it is not the first of that title.
    fn title_or_next(&mut self, table: usize, kind: Kind, title: &str) -> String {
        let count = self.titles.entry((table, kind, title.to_owned())).or_insert(0);
        *count += 1;
        if *count == 1 { title.to_owned() } else { format!("{title} #{count}") }
    }

    /// The title of a record before anything else of it is known.
    fn title(&self, table: usize, row: usize, kind: Kind, record: &RecordRules) -> Option<String> {
        let rules = record.fields.get("title").map(FieldRules::rules)?;
        let text = rules.iter().find_map(|rule| {
            if let Some(set) = &rule.set {
                return Some(set.clone());
            }
            if let Some(template) = &rule.template {
                return self.filled(table, row, template).map(|(text, _)| text);
            }
            let (_, text) = self.said(table, row, rule.from.as_ref()?)?;
            Some(text.to_owned())
        })?;
        let text = line(&text);
        let text = if kind == Kind::IsmsRole { title_and_short(&text).0 } else { text };
        // A longer title is cut; the whole text then stays in the notes.
        let cut: String = text.chars().take(500).collect();
        (!cut.is_empty()).then_some(cut)
    }

    /// A template with its cells, and their columns; `None` when all of them are empty.
    pub(super) fn filled(&self, table: usize, row: usize, template: &str) -> Option<(String, Vec<usize>)> {
        let mut text = template.to_owned();
        let mut columns = Vec::new();
        for heading in in_braces(template) {
            let said = self.said(table, row, heading);
            text = text.replacen(&format!("{{{heading}}}"), said.map_or("", |(_, cell)| cell), 1);
            columns.extend(said.map(|(column, _)| column));
        }
        let text = text.trim().trim_end_matches([':', '-', ',']).trim().to_owned();
        (!columns.is_empty()).then_some((text, columns))
    }

    /// Fills the fields of a row's records of some kinds.
    fn fill_row(&mut self, table: usize, row: usize, wanted: impl Fn(Kind) -> bool) {
        let rules = self.tables[table].rules;
        let records = self.rows.get(&(table, row)).cloned().unwrap_or_default();
        for (position, at) in records {
            let kind = self.drafts.get(at).reference.kind;
            if !wanted(kind) {
                continue;
            }
            for (name, field) in &rules.records[position].fields {
                let Some(ty) = field_type(kind, name) else { continue };
                if let Some(given) = self.evaluate(table, row, ty, &field.rules()) {
                    self.set(table, row, at, name, given);
                }
            }
        }
    }

    /// Sets a field of a draft. Lists grow; a scalar that already says something else keeps what it says.
    fn set(&mut self, table: usize, row: usize, at: usize, name: &str, given: Given) {
        let field: &'static str = match self.drafts.get(at).reference.kind.def().field(name) {
            Some(field) => field.name,
            None => "state",
        };
        let draft = self.drafts.get_mut(at);
        let conflict = match (draft.fields.get_mut(name), given.value) {
            (None, value) => {
                draft.fields.insert(name.to_owned(), value);
                None
            }
            (Some(Value::Array(list)), Value::Array(more)) => {
                for item in more {
                    if !list.contains(&item) {
                        list.push(item);
                    }
                }
                None
            }
            (Some(known), value) if *known == value => None,
            (Some(known), _) => {
                let known = known.as_str().map_or_else(|| known.to_string(), str::to_owned);
                Some(format!("{name} already says {}", known.chars().take(60).collect::<String>()))
            }
        };
        for (column, reason) in given.cells {
            let place = Place { table, row, column: Some(column) };
            if let Some(conflict) = &conflict {
                self.mark(place, Use::Failed(conflict.clone()));
                continue;
            }
            self.mark(
                place,
                match reason {
                    None => Use::Whole,
                    Some(reason) if reason == SEVERAL => Use::Several(reason),
                    Some(reason) => Use::Partly(reason),
                },
            );
            self.placements.push(Placement { place, draft: at, field });
        }
    }

    /// Makes the records of matrices: one of every column.
    fn make_matrices(&mut self) {
        for table in 0..self.tables.len() {
            let rules = self.tables[table].rules;
            let Some(names) = rules_column(&self.tables[table], rules.matrix.as_deref()) else { continue };
            let Some(kind) = rules.records.first().and_then(|record| Kind::named(&record.kind)) else { continue };
            for column in (0..self.tables[table].headings.len()).filter(|column| *column != names) {
                let (title, _) = title_and_short(&self.tables[table].headings[column]);
                if title.is_empty() {
                    continue;
                }
                self.people.role(&self.tables[table].headings[column]);
                let source = format!("{}:1", self.tables[table].file);
                let tag = format!("{SOURCE}{}/{title}", self.tables[table].name);
                let wanted = Wanted { kind, tag: &tag, title: &title, id: None, own: false, table, source: &source };
                let at = self.drafts.want(wanted);
                self.columns.insert((table, column), at);
                for row in 0..self.tables[table].rows.len() {
                    self.rows.entry((table, row)).or_default().push((0, at));
                }
            }
        }
    }

    /// Fills the lists of matrix records: every cell is an entry.
    fn fill_matrices(&mut self) {
        let columns: Vec<_> = self.columns.iter().map(|(place, at)| (*place, *at)).collect();
        for ((table, column), at) in columns {
            let rules = self.tables[table].rules;
            let kind = self.drafts.get(at).reference.kind;
            let Some(record) = rules.records.first() else { continue };
            let Some(names) = rules_column(&self.tables[table], rules.matrix.as_deref()) else { continue };
            let Some((name, field)) = record.fields.iter().find(|(name, _)| *name != "title") else { continue };
            let Some(rule) = field.rules().into_iter().next() else { continue };
            let (Some(row_part), Some(cell_part)) = (part(&rule, "row"), part(&rule, "cell")) else { continue };
            let parts = field_type(kind, name).and_then(super::mapping::parts).unwrap_or_default();
            let cell_type = parts.iter().find(|part| part.name == cell_part).map_or(Type::Text, |part| part.ty);
            for row in 0..self.tables[table].rows.len() {
                let text = self.tables[table].cell(row, column).to_owned();
                if text.is_empty() {
                    continue;
                }
                match self.meanings(&rule, cell_type, &text) {
                    Err(reason) => self.mark(Place { table, row, column: Some(column) }, Use::Failed(reason)),
                    Ok(meanings) => {
                        let row_name = Value::from(line(self.tables[table].cell(row, names)));
                        let entry = |value: Value| {
                            let members = [(row_part.clone(), row_name.clone()), (cell_part.clone(), value)];
                            Value::Object(members.into_iter().collect())
                        };
                        let value = Value::Array(meanings.into_iter().map(entry).collect());
                        self.set(table, row, at, name, Given { value, cells: vec![(column, None), (names, None)] });
                    }
                }
            }
        }
    }
}

/// The zone that the mapping names, or the organisation.
fn zone(isms: &Isms, mapping: &Mapping) -> Option<jiff::tz::TimeZone> {
    let own = || isms.live::<attestry_model::records::Organization>().find_map(|it| it.timezone.clone());
    let name = mapping.reading.time_zone.clone().or_else(own)?;
    jiff::tz::TimeZoneDatabase::bundled().get(&name).ok()
}

/// The name of the part that is filled from `what`.
fn part(rule: &super::mapping::FieldRule, what: &str) -> Option<String> {
    rule.parts.iter().find(|(_, from)| *from == what).map(|(name, _)| name.clone())
}

fn rules_column(table: &Table<'_>, heading: Option<&str>) -> Option<usize> {
    heading.and_then(|heading| table.column(heading))
}

/// A reference as a value.
pub(crate) fn reference_value(references: &[AnyRef], many: bool) -> Value {
    if many {
        Value::Array(references.iter().map(|it| Value::from(it.to_string())).collect())
    } else {
        references.first().map_or(Value::Null, |it| Value::from(it.to_string()))
    }
}
