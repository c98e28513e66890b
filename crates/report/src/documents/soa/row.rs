//! One row of the statement: what is decided on a control, and its cells in either edition on either medium.

use std::collections::{BTreeMap, BTreeSet};

use attestry_model::field::Choice;
use attestry_model::records::applicability::{ApplicabilityImplementation, ApplicabilityReason};
use attestry_model::records::control::ControlState;
use attestry_model::records::document::DocumentState;
use attestry_model::records::{
    Applicability, Control, ControlTest, Document as Registered, Evidence, Obligation, Person, Risk, Soa, Treatment,
};
use attestry_model::{AnyRecord, AnyRef, Isms, Ref, Stored};
use jiff::civil::Date;

use super::lines;
use crate::document::{Cell, Column, Tone};
use crate::documents::frame::{date, person_cell, refs, text};
use crate::documents::{Edition, Frame, Medium};

/// Pieces of evidence named in a row of a page; sheets name all.
const SHOWN_EVIDENCE: usize = 6;

/// A row of the statement: a control of Annex A or of the organisation's own, and the decision on it, if there is one.
pub(super) struct Row<'a> {
    pub(super) id: String,
    title: String,
    decision: Option<&'a Stored<Applicability>>,
    own: Option<&'a Stored<Control>>,
}

impl<'a> Row<'a> {
    /// A control of Annex A.
    pub(super) fn of_annex(id: &str, title: &str, decision: Option<&'a Stored<Applicability>>) -> Self {
        Self { id: id.to_owned(), title: title.to_owned(), decision, own: None }
    }

    /// A control outside Annex A, by its record, its row of the statement, or both.
    pub(super) fn own(id: &str, own: Option<&'a Stored<Control>>, decision: Option<&'a Stored<Applicability>>) -> Self {
        let title = own.map(Stored::title).or(decision.map(Stored::title)).unwrap_or_default();
        Self { id: id.to_owned(), title: title.to_owned(), decision, own }
    }

    /// Whether the control is necessary; `None` while that is undecided. A control of the organisation's own is.
    pub(super) fn applicable(&self) -> Option<bool> {
        match self.decision {
            Some(decision) => decision.applicable,
            None => self.own.map(|_| true),
        }
    }

    /// How far the control is in place: shape, colour and word.
    pub(super) fn status(&self) -> (Tone, &'static str) {
        match (self.applicable(), self.decision, self.own) {
            (None, ..) => (Tone::Gap, "undecided"),
            (Some(false), ..) => (Tone::Excluded, "excluded"),
            (Some(true), Some(decision), _) => match decision.implementation {
                Some(ApplicabilityImplementation::Implemented) => (Tone::Fine, "implemented"),
                Some(ApplicabilityImplementation::Partial) => (Tone::Watch, "partly"),
                Some(ApplicabilityImplementation::Planned) => (Tone::Planned, "planned"),
                Some(ApplicabilityImplementation::NotImplemented) => (Tone::Gap, "not implemented"),
                None => (Tone::Todo, "status not stated"),
            },
            (Some(true), None, Some(own)) => match own.state {
                ControlState::Implemented => (Tone::Fine, "implemented"),
                ControlState::Ineffective => (Tone::Watch, "partly"),
                ControlState::Planned | ControlState::InProgress => (Tone::Planned, "planned"),
                ControlState::Retired | ControlState::Cancelled => (Tone::Gap, "not implemented"),
            },
            (Some(true), None, None) => (Tone::Todo, "status not stated"),
        }
    }

    /// The organisation's controls that realise it.
    pub(super) fn controls(&self) -> Vec<Ref<Control>> {
        let mut controls: Vec<_> = self.own.map(Stored::reference).into_iter().collect();
        let named = self.decision.map(|decision| decision.controls.as_slice()).unwrap_or_default();
        controls.extend(named.iter().filter(|control| Some(**control) != self.own.map(Stored::reference)));
        controls
    }

    /// The risks that it reduces: those of its decision, or those whose treatment names the control.
    pub(super) fn risks(&self, isms: &Isms) -> Vec<Ref<Risk>> {
        if let Some(decision) = self.decision {
            return decision.risks.clone();
        }
        let Some(own) = self.own else { return Vec::new() };
        let treatments = isms.referring::<Treatment>(own.reference().any(), "controls");
        let risks: BTreeSet<_> = treatments.filter(|one| one.is_live()).filter_map(|one| one.risk).collect();
        risks.into_iter().collect()
    }

    fn obligations(&self) -> Vec<Ref<Obligation>> {
        match (self.decision, self.own) {
            (Some(decision), _) => decision.obligations.clone(),
            (None, own) => own.map(|own| own.obligations.clone()).unwrap_or_default(),
        }
    }

    /// The marks of the reasons for inclusion.
    fn reasons(&self, isms: &Isms) -> Vec<String> {
        let marks = |reasons: &[ApplicabilityReason]| reasons.iter().map(|reason| letter(*reason).to_owned()).collect();
        match (self.decision, self.own) {
            (Some(decision), _) => marks(&decision.reasons),
            (None, Some(_)) => {
                let mut reasons = Vec::new();
                if !self.risks(isms).is_empty() {
                    reasons.push(ApplicabilityReason::Risk);
                }
                if !self.obligations().is_empty() {
                    reasons.push(ApplicabilityReason::Legal);
                }
                marks(&reasons)
            }
            (None, None) => Vec::new(),
        }
    }

    fn justification(&self) -> Option<&str> {
        match self.decision {
            Some(decision) => decision.justification.as_deref(),
            None => self.own.and_then(|own| own.purpose.as_deref()),
        }
    }

    fn responsible(&self) -> Option<Ref<Person>> {
        self.decision.and_then(|decision| decision.responsible).or_else(|| self.own.and_then(|own| own.owner))
    }

    fn planned(&self) -> Option<Date> {
        match (self.decision, self.own) {
            (Some(decision), _) => decision.planned_date,
            (None, own) => own.filter(|own| own.state != ControlState::Implemented).and_then(|own| own.planned_for),
        }
    }
}

fn letter(reason: ApplicabilityReason) -> &'static str {
    match reason {
        ApplicabilityReason::Risk => "R",
        ApplicabilityReason::Legal => "L",
        ApplicabilityReason::Contractual => "C",
        ApplicabilityReason::Business => "B",
        ApplicabilityReason::InterestedParty => "P",
    }
}

/// The five attributes of a control of Annex A, by which a spreadsheet is filtered; empty for own controls.
fn attributes(id: &str) -> [Cell; 5] {
    let Some(control) = attestry_standards::annex_control(id) else { return [const { Cell::Empty }; 5] };
    let said = |words: Vec<&str>| text(Some(&words.join(", ").replace('_', " ")));
    [
        said(control.control_types.iter().map(|it| it.as_str()).collect()),
        said(control.properties.iter().map(|it| it.letter()).collect()),
        said(control.concepts.iter().map(|it| it.as_str()).collect()),
        said(control.capabilities.iter().map(|it| it.as_str()).collect()),
        said(control.domains.iter().map(|it| it.as_str()).collect()),
    ]
}

/// What makes cells of rows.
pub(super) struct Writer<'a> {
    pub(super) isms: &'a Isms,
    pub(super) frame: &'a Frame,
    /// The rows of the version before, by control.
    pub(super) earlier: BTreeMap<&'a str, &'a Stored<Applicability>>,
}

impl<'a> Writer<'a> {
    pub(super) fn columns(&self) -> Vec<Column> {
        let internal = self.frame.edition == Edition::Internal;
        match (self.frame.medium, internal) {
            (Medium::Sheet, internal) => {
                let mut columns = vec![
                    Column::new("Control", 0.7).unwrapped().naming_row(),
                    Column::new("Title", 2.0),
                    Column::new("Applicable", 0.8),
                    Column::new("Reasons", 0.8),
                    Column::new("Justification", 3.0),
                ];
                if internal {
                    columns.push(Column::new("Risks", 1.2));
                    columns.push(Column::new("Obligations", 1.2));
                }
                columns.push(Column::new("Status", 1.0));
                if internal {
                    let rest = [
                        ("How implemented", 3.0),
                        ("Documents", 1.0),
                        ("Owner", 1.2),
                        ("Planned for", 1.0),
                        ("Evidence", 1.2),
                        ("Last test", 1.2),
                        ("Change", 1.5),
                        ("Record", 0.8),
                        ("Acts", 1.0),
                        ("Keeps", 0.6),
                        ("Function", 1.0),
                        ("Field of work", 1.2),
                        ("Domain", 1.2),
                    ];
                    columns.extend(rest.map(|(title, weight)| Column::new(title, weight)));
                }
                columns
            }
            (Medium::Page, true) => vec![
                Column::new("Control", 1.75).naming_row(),
                Column::new("Applicable", 0.85),
                Column::new("Justification", 2.7),
                Column::new("Risks, obligations", 1.0),
                Column::new("Status", 1.2),
                Column::new("How implemented", 2.5),
                Column::new("Owner", 1.0),
                Column::new("Evidence, last test", 1.1),
            ],
            (Medium::Page, false) => vec![
                Column::new("Control", 2.2).naming_row(),
                Column::new("Applicable", 0.8),
                Column::new("Justification", 4.6),
                Column::new("Status", 1.1),
            ],
        }
    }

    pub(super) fn cells(&self, row: &Row<'_>) -> Vec<Cell> {
        let internal = self.frame.edition == Edition::Internal;
        let (tone, word) = row.status();
        let mark = Cell::mark(tone, word);
        let applicable = Cell::text(match row.applicable() {
            Some(true) => "yes",
            Some(false) => "no",
            None => "undecided",
        });
        let reasons = row.reasons(self.isms);
        let reasons = if reasons.is_empty() { Cell::Empty } else { Cell::Badges(reasons) };
        let justification = text(row.justification());
        let risks = refs(row.risks(self.isms).into_iter().map(Ref::any));
        let obligations = refs(row.obligations().into_iter().map(Ref::any));
        if self.frame.medium == Medium::Sheet {
            let mut cells =
                vec![Cell::Code(row.id.clone()), Cell::text(&row.title), applicable, reasons, justification];
            if internal {
                cells.extend([risks, obligations]);
            }
            cells.push(mark);
            if internal {
                let proofs = self.evidence(row).into_iter().map(|proof| proof.reference().any());
                cells.extend([self.how(row), self.documents(row), person_cell(self.isms, row.responsible())]);
                cells.extend([date(row.planned()), refs(proofs), self.last_test(row)]);
                let record = row.decision.map(|decision| decision.reference().any());
                cells.extend([text(Some(&self.change(row))), refs(record)]);
                cells.extend(attributes(&row.id));
            }
            return cells;
        }
        let name = lines([Cell::Code(row.id.clone()), Cell::Strong(row.title.clone())]);
        let verdict = lines([applicable, reasons]);
        if !internal {
            return vec![name, verdict, justification, mark];
        }
        let planned = row.planned().map_or(Cell::Empty, |day| Cell::text(format!("by {day}")));
        vec![
            name,
            verdict,
            justification,
            lines([risks, obligations]),
            lines([mark, planned, text(Some(&self.change(row)))]),
            lines([self.how(row), self.documents(row)]),
            person_cell(self.isms, row.responsible()),
            self.proofs(row),
        ]
    }

    fn realising<'r>(&'r self, row: &Row<'_>) -> impl Iterator<Item = &'a Stored<Control>> + 'r {
        row.controls().into_iter().filter_map(|control| self.isms.get(control))
    }

    /// How a control is realised: the organisation's own controls with what they do.
    fn how(&self, row: &Row<'_>) -> Cell {
        lines(self.realising(row).flat_map(|control| {
            let words = control.how.as_deref().filter(|how| !how.trim().is_empty()).unwrap_or_else(|| control.title());
            match self.frame.medium {
                Medium::Sheet => [Cell::text(format!("{} {words}", control.reference())), Cell::Empty],
                Medium::Page => [refs([control.reference().any()]), Cell::text(words)],
            }
        }))
    }

    /// The policies and procedures behind it: those the row, its controls or the document register name for it.
    fn documents(&self, row: &Row<'_>) -> Cell {
        let mut found: BTreeSet<AnyRef> =
            row.decision.into_iter().flat_map(|decision| &decision.documents).map(|document| document.any()).collect();
        for control in self.realising(row) {
            found.extend(control.documents.iter().map(|document| document.any()));
        }
        let serving = self.isms.live::<Registered>().filter(|document| document.state != DocumentState::Withdrawn);
        let serving = serving.filter(|document| document.annex_refs.contains(&row.id));
        found.extend(serving.map(|document| document.reference().any()));
        refs(found)
    }

    /// Accepted evidence of the controls that realise it.
    fn evidence(&self, row: &Row<'_>) -> Vec<&'a Stored<Evidence>> {
        let mut found = BTreeMap::new();
        for control in self.realising(row) {
            let proofs = self.isms.referring::<Evidence>(control.reference().any(), "supports_controls");
            found.extend(proofs.filter(|proof| proof.state_name() == "accepted").map(|proof| (proof.number, proof)));
        }
        found.into_values().collect()
    }

    /// The last test of the controls that realise it.
    fn tests(&self, row: &Row<'_>) -> Option<&'a Stored<ControlTest>> {
        let tests = self.realising(row).flat_map(|control| {
            self.isms.referring::<ControlTest>(control.reference().any(), "control").filter(|test| !test.is_void())
        });
        tests.filter(|test| test.tested_on.is_some() && test.result.is_some()).max_by_key(|test| test.tested_on)
    }

    fn last_test(&self, row: &Row<'_>) -> Cell {
        let told = self
            .tests(row)
            .and_then(|test| Some(format!("{} {}", test.tested_on?, test.result?.label().to_lowercase())));
        text(told.as_deref())
    }

    fn proofs(&self, row: &Row<'_>) -> Cell {
        let evidence = self.evidence(row);
        let shown = refs(evidence.iter().take(SHOWN_EVIDENCE).map(|proof| proof.reference().any()));
        let more = evidence.len().saturating_sub(SHOWN_EVIDENCE);
        let more = if more > 0 { Cell::text(format!("and {more} more")) } else { Cell::Empty };
        let test = self.tests(row).map_or(Cell::Empty, |test| {
            let result = test.result.map(|result| result.label().to_lowercase()).unwrap_or_default();
            Cell::text(format!("tested {}, {result}", test.tested_on.map(|day| day.to_string()).unwrap_or_default()))
        });
        lines([shown, more, test])
    }

    /// What changed since the version before, in a few words; empty when nothing did or nothing is known.
    fn change(&self, row: &Row<'_>) -> String {
        let (false, Some(decision)) = (self.earlier.is_empty(), row.decision) else { return String::new() };
        let Some(before) = self.earlier.get(row.id.as_str()) else { return "new".to_owned() };
        let earlier = Row { id: String::new(), title: String::new(), decision: Some(before), own: None };
        let (was, is) = (earlier.status().1, row.status().1);
        let mut changes = Vec::new();
        if was != is {
            changes.push(format!("was {was}"));
        }
        let parts = [
            ("reasons", before.reasons != decision.reasons),
            ("justification", before.justification != decision.justification),
            ("risks", before.risks != decision.risks),
            ("obligations", before.obligations != decision.obligations),
            ("controls", before.controls != decision.controls),
            ("documents", before.documents != decision.documents),
        ];
        let other: Vec<&str> = parts.into_iter().filter(|(_, changed)| *changed).map(|(part, _)| part).collect();
        if !other.is_empty() {
            changes.push(format!("other {}", other.join(", ")));
        }
        changes.join("; ")
    }

    /// How many rows changed since the version before.
    pub(super) fn told_changes<'r>(
        &self,
        before: &Stored<Soa>,
        rows: impl Iterator<Item = &'r Row<'r>> + Clone,
    ) -> String {
        let name = match before.version.as_deref() {
            Some(version) => format!("version {version} ({})", before.reference()),
            None => before.reference().to_string(),
        };
        if self.earlier.is_empty() {
            return format!("The rows of {name} are not kept here, so changes are not shown row by row.");
        }
        let changed = rows.clone().filter(|row| !self.change(row).is_empty()).count();
        let kept: BTreeSet<&str> = rows.map(|row| row.id.as_str()).collect();
        let gone: Vec<&str> = self.earlier.keys().copied().filter(|id| !kept.contains(id)).collect();
        let changed = match changed {
            0 => format!("No row differs from {name}."),
            1 => format!("One row differs from {name}; it says how."),
            more => format!("{more} rows differ from {name}; each says how."),
        };
        if gone.is_empty() { changed } else { format!("{changed} No longer necessary: {}.", gone.join(", ")) }
    }

    /// The records that the rows were made from.
    pub(super) fn records<'r>(&self, rows: impl Iterator<Item = &'r Row<'a>>) -> Vec<&'a dyn AnyRecord>
    where
        'a: 'r,
    {
        let mut used: Vec<&'a dyn AnyRecord> = Vec::new();
        for row in rows {
            used.extend(row.decision.map(|decision| decision as &dyn AnyRecord));
            used.extend(self.realising(row).map(|control| control as &dyn AnyRecord));
            used.extend(self.evidence(row).into_iter().map(|proof| proof as &dyn AnyRecord));
            used.extend(self.tests(row).map(|test| test as &dyn AnyRecord));
            used.extend(
                row.risks(self.isms).into_iter().filter_map(|risk| Some(self.isms.get(risk)? as &dyn AnyRecord)),
            );
        }
        used
    }
}
