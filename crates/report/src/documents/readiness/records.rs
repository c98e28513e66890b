//! The documented information that the standard demands, and whether it is there.

use attestry_model::records::{Applicability, Asset, Document, Obligation};
use attestry_model::{AnyRecord, Kind, Ref};
use attestry_standards::annex_control;
use jiff::civil::Date;
use serde_json::Value;

use super::{Content, note, number};
use crate::document::{Block, Cell, Column, NoteTone, Section, Table, Tone};
use crate::documents::frame::{counted, lines, named, refs, section, text};
use crate::documents::soa;

/// A piece of documented information and the records that are it.
#[derive(Clone, Copy)]
struct Item {
    clause: &'static str,
    what: &'static str,
    kind: Kind,
    /// A field and its value, where not every record of the kind is it.
    only: Option<(&'static str, &'static str)>,
    /// The states in which a record counts.
    states: &'static [&'static str],
    /// The field with the day of it.
    day: &'static str,
    /// Whether it is one record in versions, not many records beside each other.
    one: bool,
}

const fn one(
    clause: &'static str,
    what: &'static str,
    kind: Kind,
    states: &'static [&'static str],
    day: &'static str,
) -> Item {
    Item { clause, what, kind, only: None, states, day, one: true }
}

const fn many(
    clause: &'static str,
    what: &'static str,
    kind: Kind,
    states: &'static [&'static str],
    day: &'static str,
) -> Item {
    Item { clause, what, kind, only: None, states, day, one: false }
}

const fn only(item: Item, field: &'static str, value: &'static str) -> Item {
    Item { only: Some((field, value)), ..item }
}

const IN_FORCE: &[&str] = &["effective", "approved"];

const ITEMS: &[Item] = &[
    one("4.3", "Scope", Kind::Scope, IN_FORCE, "effective_from"),
    only(
        one("5.2", "Information security policy", Kind::Document, &["effective", "under_review"], "next_review"),
        "doc_type",
        "information_security_policy",
    ),
    one("6.1.2", "Risk assessment process", Kind::Methodology, IN_FORCE, "effective_from"),
    one("6.1.3", "Risk treatment process", Kind::Methodology, IN_FORCE, "effective_from"),
    one("6.1.3 d", "Statement of Applicability", Kind::Soa, IN_FORCE, "approved_on"),
    one(
        "6.1.3 e",
        "Risk treatment plan",
        Kind::TreatmentPlan,
        &["in_execution", "approved", "completed"],
        "approved_on",
    ),
    many("6.1.3 f", "Acceptance by risk owners", Kind::RiskAcceptance, &["accepted"], "accepted_on"),
    many("6.2", "Security objectives", Kind::Objective, &["approved", "active", "achieved"], "communicated_on"),
    many("7.2 d", "Evidence of competence", Kind::CompetenceRecord, &[], "assessed_on"),
    many("7.5.1 b", "Documents the organisation needs", Kind::Document, &["effective", "under_review"], "next_review"),
    only(
        many("7.5.3", "Documents from outside", Kind::Document, &["effective", "under_review"], "next_review"),
        "external_origin",
        "true",
    ),
    many("8.1", "Records of operation", Kind::ProcessExecution, &["done"], "executed_on"),
    many("8.2", "Results of risk assessments", Kind::RiskAssessment, &["completed", "approved"], "completed_on"),
    many("8.3", "Results of risk treatment", Kind::TreatmentAction, &["done", "verified"], "done_on"),
    many("9.1", "Results of measurement", Kind::Measurement, &["recorded", "evaluated"], "measured_on"),
    one("9.2.2", "Audit programme", Kind::AuditProgramme, &["approved", "running", "closed"], "period_from"),
    many("9.2.2", "Audit results", Kind::Audit, &["reported", "closed"], "report_issued_on"),
    many("9.3.3", "Results of management reviews", Kind::ManagementReview, &["held", "minuted", "closed"], "held_on"),
    many("10.2 f", "Nonconformities and actions", Kind::Nonconformity, &[], "detected_on"),
    many("10.2 g", "Results of corrective action", Kind::EffectivenessVerification, &[], "verified_on"),
];

/// Controls that normally need a document where they are applicable.
const ANNEX: [&str; 16] = [
    "A.5.1", "A.5.9", "A.5.10", "A.5.14", "A.5.15", "A.5.24", "A.5.26", "A.5.31", "A.5.37", "A.6.2", "A.6.6", "A.8.9",
    "A.8.13", "A.8.24", "A.8.27", "A.8.32",
];

/// Nonconformities need not exist: none may have been found.
const MAY_BE_NONE: &[Kind] = &[Kind::Nonconformity, Kind::EffectivenessVerification];

fn day_of(record: &dyn AnyRecord, field: &str) -> Option<Date> {
    record.field(field)?.as_str()?.parse().ok()
}

impl Content<'_> {
    pub(super) fn documented(&self) -> Section {
        let rows: Vec<Vec<Cell>> = ITEMS.iter().map(|item| self.item(item)).collect();
        let lacking = rows.iter().filter(|row| matches!(row.last(), Some(Cell::Mark { tone: Tone::Gap, .. }))).count();
        let columns = vec![
            Column::new("Requirement", 0.9),
            Column::new("Documented information", 1.9).naming_row(),
            Column::new("Kept as", 2.6),
            Column::new("Version", 0.7),
            Column::new("Date", 0.9),
            Column::new("State", 1.1),
        ];
        let said = match lacking {
            0 => "All documented information that clauses 4 to 10 demand is there in some form.".to_owned(),
            some => format!(
                "{} of the documented information that clauses 4 to 10 demand: missing.",
                counted(some, "piece")
            ),
        };
        section(
            "Mandatory documented information",
            false,
            vec![
                Block::Text(said),
                Block::Table(Table::plain("Mandatory documented information", columns, rows)),
                Block::Table(self.annex()),
            ],
        )
    }

    fn item(&self, item: &Item) -> Vec<Cell> {
        let fits = |record: &&dyn AnyRecord| {
            record.state() != "void"
                && item.only.is_none_or(|(field, wanted)| match record.field(field) {
                    Some(Value::String(found)) => found == wanted,
                    Some(Value::Bool(found)) => found.to_string() == wanted,
                    _ => false,
                })
        };
        let all: Vec<&dyn AnyRecord> = self.isms.records(item.kind).filter(fits).collect();
        let good = |record: &&&dyn AnyRecord| item.states.is_empty() || item.states.contains(&record.state());
        let counted_ones: Vec<&dyn AnyRecord> = all.iter().filter(good).copied().collect();
        let newest =
            counted_ones.iter().copied().max_by_key(|record| (day_of(*record, item.day), record.any_ref().number));
        let (kept, version, state) = match (item.one, newest, all.last()) {
            (true, Some(record), _) => (named(record), self.version(record), mark(Tone::Fine, record)),
            (true, None, Some(record)) => (named(*record), self.version(*record), mark(Tone::Moving, *record)),
            (false, Some(record), _) => {
                let newest = Cell::text(format!("newest {}", record.any_ref()));
                let count = Cell::text(counted(counted_ones.len(), "record"));
                (lines([count, newest]), Cell::Empty, Cell::mark(Tone::Fine, "kept"))
            }
            (false, None, Some(_)) => {
                (Cell::text(counted(all.len(), "record")), Cell::Empty, Cell::mark(Tone::Moving, "in work"))
            }
            (_, None, None) if MAY_BE_NONE.contains(&item.kind) => {
                (Cell::text("none so far"), Cell::Empty, Cell::mark(Tone::Excluded, "no occasion"))
            }
            (_, None, None) => (Cell::Empty, Cell::Empty, Cell::mark(Tone::Gap, "missing")),
        };
        // Of a document the day that is kept is that of its next review, which is not when it came into force.
        let date = newest.filter(|record| record.any_ref().kind != Kind::Document);
        let date = date.and_then(|record| day_of(record, item.day)).map_or(Cell::Empty, Cell::Date);
        vec![Cell::text(item.clause), Cell::text(item.what), kept, version, date, state]
    }

    fn version(&self, record: &dyn AnyRecord) -> Cell {
        let own = record.field("version");
        let text_of = |value: &Value| value.as_str().map(str::to_owned);
        let current = || {
            let version = record.field("current_version")?;
            let version = self.isms.record(version.as_str()?.parse().ok()?)?;
            text_of(&version.field("version")?)
        };
        text(own.as_ref().and_then(text_of).or_else(current).as_deref())
    }

    /// The controls that normally need a document, and the documents that the register names for them.
    fn annex(&self) -> Table {
        let statement = soa::standing(self.isms).map(|(soa, _)| soa.reference().any());
        let rows = ANNEX.iter().filter_map(|id| {
            let mut decisions = self.isms.with_text::<Applicability>("annex_id", id);
            let decision = decisions.find(|row| row.soa.map(Ref::any) == statement && !row.is_void());
            if decision.is_some_and(|row| row.applicable == Some(false)) {
                return None;
            }
            let effective = |document: &&attestry_model::Stored<Document>| {
                ["effective", "under_review"].contains(&document.state_name())
            };
            let mut documents: Vec<_> = self
                .isms
                .live::<Document>()
                .filter(|document| document.annex_refs.iter().any(|one| one == id))
                .chain(decision.iter().flat_map(|row| &row.documents).filter_map(|document| self.isms.get(*document)))
                .filter(effective)
                .map(|document| document.reference().any())
                .collect();
            documents.sort_unstable();
            documents.dedup();
            let register = match *id {
                "A.5.9" => Some((self.isms.live::<Asset>().count(), "asset")),
                "A.5.31" => Some((self.isms.live::<Obligation>().count(), "obligation")),
                _ => None,
            };
            let register = register.filter(|(count, _)| *count > 0);
            let held = !documents.is_empty() || register.is_some();
            let state = if held { Cell::mark(Tone::Fine, "kept") } else { Cell::mark(Tone::Watch, "none named") };
            Some(vec![
                Cell::text(format!("{id} {}", annex_control(id).map_or("", |control| control.title.as_str()))),
                lines([refs(documents), text(register.map(|(count, noun)| counted(count, noun)).as_deref())]),
                state,
            ])
        });
        let columns = vec![
            Column::new("Control", 3.0).naming_row(),
            Column::new("Documents and registers", 2.4),
            Column::new("State", 1.1),
        ];
        Table::plain("Applicable controls that normally need a document", columns, rows.collect())
    }

    pub(super) fn statement(&self) -> Section {
        let blocks = match soa::standing(self.isms) {
            None => vec![note(NoteTone::Warning, "There is no Statement of Applicability yet.".to_owned())],
            Some((soa, counts)) => {
                let version = soa.version.as_deref().unwrap_or("no version");
                let rows: u32 = counts.iter().map(|count| count.count).sum();
                let text = format!(
                    "{} {}, version {version}, {}: {} of Annex A.",
                    soa.reference(),
                    soa.title(),
                    soa.state_name().replace('_', " "),
                    counted(usize::try_from(rows).unwrap_or(usize::MAX), "control")
                );
                let columns = vec![Column::new("State", 2.0).naming_row(), Column::new("Controls", 1.0).at_end()];
                let table = counts.iter().map(|count| {
                    vec![Cell::mark(count.tone, count.word.clone()), Cell::count(number(count.count as usize))]
                });
                let table = Table::plain("Controls by state", columns, table.collect());
                vec![Block::Text(text), Block::Tally(counts.clone()), Block::Table(table)]
            }
        };
        section("Statement of Applicability", false, blocks)
    }
}

fn mark(tone: Tone, record: &dyn AnyRecord) -> Cell {
    Cell::mark(tone, record.state().replace('_', " "))
}

#[cfg(test)]
mod tests {
    use attestry_model::stored::FieldPlace;

    use super::*;

    #[test]
    fn every_item_names_fields_and_states_that_its_kind_has() {
        for item in ITEMS {
            let def = item.kind.def();
            for field in std::iter::once(item.day).chain(item.only.map(|(field, _)| field)) {
                assert!(FieldPlace::find(def, field).is_some(), "{}: {field}", item.what);
            }
            for state in item.states {
                assert!(def.states.iter().any(|one| one.name == *state), "{}: {state}", item.what);
            }
        }
    }

    #[test]
    fn every_control_that_needs_a_document_is_in_annex_a() {
        assert!(ANNEX.iter().all(|id| annex_control(id).is_some()));
    }
}
