//! D12, the risk treatment plan: decisions, actions, cost, time, consent and what remains (6.1.3 e and f, 8.3).

mod actions;
mod changes;
mod cost;
pub(super) mod remaining;
mod time;

use std::collections::{BTreeMap, BTreeSet};

use attestry_model::field::Choice;
use attestry_model::records::document::DocumentType;
use attestry_model::records::treatment::TreatmentOption;
use attestry_model::records::treatment_action::TreatmentActionState;
use attestry_model::records::treatment_plan::TreatmentPlanState;
use attestry_model::records::{Person, Risk, Soa, Treatment, TreatmentAction, TreatmentPlan};
use attestry_model::{AnyRecord, Isms, Ref, Stored};
use jiff::civil::Date;

use super::frame::{
    Cover, control_facts, counted, date, day, document, fact, is_covered, level, lines, money, named, person,
    person_cell, record_set_hash, refs, registered, signature, state_mark, state_words, text,
};
use super::gaps::gaps;
use super::{Definition, Frame, Medium};
use crate::document::{Block, Cell, Change, Column, Count, Document, Fact, NoteTone, Section, Signature, Table};

/// The document.
pub const DEFINITION: Definition = Definition {
    name: "risk-treatment-plan",
    title: "Risk treatment plan",
    number: "ISMS-RTP",
    clause: "6.1.3 e",
    trend: false,
    build,
};

/// What the plan is made of.
struct Content<'a> {
    isms: &'a Isms,
    plan: &'a Stored<TreatmentPlan>,
    treatments: Vec<&'a Stored<Treatment>>,
    actions: Vec<&'a Stored<TreatmentAction>>,
    medium: Medium,
    today: Date,
}

fn build(isms: &Isms, frame: &Frame) -> Result<Document, String> {
    let Some(plan) = current(isms) else {
        return Err(
            "there is no risk treatment plan yet: create one with `attestry add treatment_plan`, or import a register"
                .to_owned(),
        );
    };
    let reference = plan.reference();
    let mut named: BTreeSet<Ref<Treatment>> = plan.treatments.iter().copied().collect();
    let own = isms.referring::<TreatmentAction>(reference.any(), "plan").filter(|action| !action.is_void());
    let mut actions: BTreeMap<u32, &Stored<TreatmentAction>> = own.map(|action| (action.number, action)).collect();
    named.extend(actions.values().flat_map(|action| action.treatments.iter().copied()));
    // Actions of an earlier version of the plan that still serve this version's decisions belong to it.
    let serving = isms.table::<TreatmentAction>().iter().filter(|action| !action.is_void());
    actions.extend(
        serving
            .filter(|action| action.treatments.iter().any(|treatment| named.contains(treatment)))
            .map(|action| (action.number, action)),
    );
    let treatments = named.iter().filter_map(|treatment| isms.get(*treatment)).filter(|one| !one.is_void()).collect();
    let today = day(isms.at().unwrap_or(frame.now));
    let actions = actions.into_values().collect();
    let content = Content { isms, plan, treatments, actions, medium: frame.medium, today };
    let mut used: Vec<&dyn AnyRecord> = vec![plan];
    used.extend(content.treatments.iter().map(|treatment| *treatment as &dyn AnyRecord));
    used.extend(content.actions.iter().map(|action| *action as &dyn AnyRecord));
    used.extend(content.risks().into_iter().map(|risk| risk as &dyn AnyRecord));
    let mut sections = vec![
        content.basis(),
        content.decisions(),
        content.action_table(),
        content.cost(),
        content.time(),
        content.shared(),
        content.remaining(),
        content.consent(),
    ];
    sections.extend(content.changes());
    sections.push(content.register());
    let draft = [TreatmentPlanState::Draft, TreatmentPlanState::InReview].contains(&plan.state);
    if draft {
        sections.push(gaps(isms, frame, &["6.1.3 a", "6.1.3 e", "6.1.3 f", "8.3"]));
    }
    let registered = registered(isms, DocumentType::TreatmentPlan);
    let mut facts = vec![
        fact("State", Cell::text(plan.state.label().to_lowercase())),
        fact("Risk assessment", refs(plan.risk_assessment.map(Ref::any))),
        fact("Budget granted", money(plan.budget)),
    ];
    facts.extend(control_facts(isms, registered, plan.head.owner, plan.approval, plan.approved_on));
    facts.push(fact("Record", refs([reference.any()])));
    let cover = Cover {
        title: DEFINITION.title,
        subtitle: "What is done about each risk, by whom, until when, at what cost, and what remains".to_owned(),
        number: DEFINITION.number,
        registered,
        version: plan.version.clone(),
        facts,
        draft,
        history: history(isms),
    };
    let hash = record_set_hash(&mut used);
    Ok(document(isms, frame, cover, hash, sections))
}

/// The plan being carried out; where none is, the one approved, reviewed or drafted last, or at last a completed one.
fn current(isms: &Isms) -> Option<&Stored<TreatmentPlan>> {
    let order = ["in_execution", "approved", "in_review", "draft", "completed"];
    order.iter().find_map(|state| isms.table::<TreatmentPlan>().iter().rfind(|plan| plan.state_name() == *state))
}

fn history(isms: &Isms) -> Vec<Change> {
    let versions = isms.table::<TreatmentPlan>().iter().filter(|plan| !plan.is_void());
    let told = versions.filter_map(|plan| {
        let signer = isms.find(plan.approval).and_then(|approval| approval.signer);
        let run = plan.risk_assessment.map_or(String::new(), |run| format!(" after {run}"));
        Some(Change {
            version: plan.version.clone()?,
            date: plan.approved_on?,
            author: person(isms, plan.head.owner.or(signer)),
            text: format!("{}{run}", counted(plan.treatments.len(), "decision")),
        })
    });
    told.collect()
}

/// A part of the plan that has nothing to show yet.
fn nothing(heading: &str, said: &str) -> Section {
    let note = Block::Note { tone: NoteTone::Info, text: said.to_owned() };
    Section { heading: heading.to_owned(), landscape: false, blocks: vec![note] }
}

impl<'a> Content<'a> {
    fn risks(&self) -> Vec<&'a Stored<Risk>> {
        let risks = self.treatments.iter().filter_map(|treatment| self.isms.find(treatment.risk));
        risks.map(|risk| (risk.number, risk)).collect::<BTreeMap<_, _>>().into_values().collect()
    }

    /// The decision on a risk that counts: the newest that is neither rejected nor superseded.
    fn decision(&self, risk: &Stored<Risk>) -> Option<&'a Stored<Treatment>> {
        let mine = self.treatments.iter().filter(|one| one.risk == Some(risk.reference()) && one.is_live());
        mine.copied().last()
    }

    /// The risk of a decision as the name of a row.
    fn risk_cell(&self, treatment: &Stored<Treatment>) -> Cell {
        match self.isms.find(treatment.risk) {
            Some(risk) => named(risk),
            None => Cell::text("no risk named"),
        }
    }

    fn owners(&self) -> BTreeSet<Ref<Person>> {
        self.risks().into_iter().filter_map(|risk| risk.risk_owner.or(risk.head.owner)).collect()
    }

    fn basis(&self) -> Section {
        let run = self.isms.find(self.plan.risk_assessment);
        let method = run.and_then(|run| self.isms.find(run.methodology));
        let open = self.actions.iter().filter(|action| is_open(action)).count();
        let late = self.actions.iter().filter(|action| self.is_late(action)).count();
        let progress = match (self.actions.len(), open, late) {
            (0, ..) => String::new(),
            (_, 0, _) => ", all of them finished or cancelled".to_owned(),
            (_, open, 0) => format!(", of which {open} are open"),
            (_, open, late) => format!(", of which {open} are open and {late} past the due date"),
        };
        let said = format!(
            "The plan holds {} on {} and {}{progress}.",
            counted(self.treatments.len(), "decision"),
            counted(self.risks().len(), "risk"),
            counted(self.actions.len(), "action"),
        );
        let mut facts: Vec<Fact> = Vec::new();
        if let Some(run) = run {
            let done = run.completed_on.map_or_else(|| "not completed".to_owned(), |day| format!("completed on {day}"));
            facts.push(fact("Risk assessment", Cell::text(format!("{} {}, {done}", run.reference(), run.title()))));
        }
        if let Some(method) = method {
            facts.push(fact("Method", Cell::text(format!("{} {}", method.reference(), method.title()))));
            if let Some(limit) = method.acceptance_max {
                facts.push(fact("Accepted up to", Cell::text(format!("risk value {limit}"))));
            }
        }
        if let Some(soa) = self.isms.live::<Soa>().last() {
            facts.push(fact("Statement of Applicability", Cell::text(format!("{} {}", soa.reference(), soa.title()))));
        }
        let mut blocks = vec![Block::Text(said)];
        blocks.extend(self.options());
        if !facts.is_empty() {
            blocks.push(Block::Facts(facts));
        }
        if !self.actions.is_empty() {
            blocks.push(Block::Heading("State of the actions".to_owned()));
            blocks.push(Block::Tally(self.tally()));
        }
        Section { heading: "Basis".to_owned(), landscape: false, blocks }
    }

    /// How many risks are treated in which way.
    fn options(&self) -> Option<Block> {
        let words = [
            (TreatmentOption::Treat, "reduced by controls"),
            (TreatmentOption::Transfer, "transferred"),
            (TreatmentOption::Avoid, "avoided"),
            (TreatmentOption::Accept, "accepted as they are"),
        ];
        let count = |option| self.treatments.iter().filter(|one| one.is_live() && one.option == Some(option)).count();
        let told: Vec<String> = words
            .into_iter()
            .map(|(option, words)| (count(option), words))
            .filter(|(count, _)| *count > 0)
            .map(|(count, words)| format!("{count} {words}"))
            .collect();
        (!told.is_empty()).then(|| Block::Text(format!("Risks by decision: {}.", told.join(", "))))
    }

    /// How many actions are in which state, in the order of the states.
    fn tally(&self) -> Vec<Count> {
        let mut counts: BTreeMap<TreatmentActionState, u32> = BTreeMap::new();
        for action in &self.actions {
            *counts.entry(action.state).or_default() += 1;
        }
        let count = |(state, count): (TreatmentActionState, u32)| {
            let (tone, word) = state_words(state.name());
            Count { tone, word, count }
        };
        counts.into_iter().rev().map(count).collect()
    }

    fn decisions(&self) -> Section {
        let columns = vec![
            Column::new("Risk", 2.2).naming_row(),
            Column::new("Now", 0.9),
            Column::new("Option", 0.7),
            Column::new("Rationale", 2.4),
            Column::new("Controls", 1.5),
            Column::new("Expected", 0.9),
            Column::new("Risk owner", 1.1),
            Column::new("Decision", 0.9),
        ];
        let row = |treatment: &&Stored<Treatment>| {
            let risk = self.isms.find(treatment.risk);
            vec![
                self.risk_cell(treatment),
                level(self.isms, risk, risk.and_then(|risk| risk.current_value)),
                treatment.option.map_or(Cell::Empty, |option| Cell::text(option.label().to_lowercase())),
                text(treatment.rationale.as_deref()),
                refs(treatment.controls.iter().map(|control| control.any())),
                level(self.isms, risk, treatment.expected_value),
                person_cell(self.isms, risk.and_then(|risk| risk.risk_owner.or(risk.head.owner))),
                lines([
                    refs([treatment.reference().any()]),
                    state_mark(treatment.state_name()),
                    date(treatment.decided_on),
                ]),
            ]
        };
        let mut table = Table::plain("Decisions", columns, self.treatments.iter().map(row).collect());
        table.empty = "No decision has been taken yet.".into();
        Section { heading: "Decisions".to_owned(), landscape: true, blocks: vec![Block::Table(table)] }
    }

    fn shared(&self) -> Section {
        let mut rows = Vec::new();
        for treatment in self.treatments.iter().filter(|treatment| treatment.is_live()) {
            let (what, how, contract) = match treatment.option {
                Some(TreatmentOption::Avoid) => ("avoided", treatment.avoid_how.as_deref(), None),
                Some(TreatmentOption::Transfer) => {
                    let contract = treatment.transfer_contract.as_deref().unwrap_or("no contract named");
                    ("transferred", treatment.transfer_to.as_deref(), Some(contract))
                }
                _ => continue,
            };
            rows.push(vec![self.risk_cell(treatment), Cell::text(what), text(how), text(contract)]);
        }
        let heading = "Risks avoided and transferred";
        if rows.is_empty() {
            return nothing(heading, "No risk is avoided or transferred.");
        }
        let columns = vec![
            Column::new("Risk", 2.5).naming_row(),
            Column::new("How", 0.9),
            Column::new("What is stopped, or to whom", 2.4),
            Column::new("Contract", 1.2),
        ];
        let table = Table::plain(heading, columns, rows);
        Section { heading: heading.to_owned(), landscape: false, blocks: vec![Block::Table(table)] }
    }

    fn consent(&self) -> Section {
        let mut signatures: Vec<Signature> = Vec::new();
        let mut stale = 0;
        for owner in self.owners() {
            let mut approvals = self.plan.owner_approvals.iter().copied();
            let mine = approvals.find(|one| self.isms.get(*one).is_some_and(|one| one.signer == Some(owner)));
            if mine.is_some() && !is_covered(self.isms, mine, self.plan) {
                stale += 1;
            }
            signatures.push(signature(self.isms, "Risk owner", mine, Some(owner)));
        }
        if self.plan.approval.is_some() && !is_covered(self.isms, self.plan.approval, self.plan) {
            stale += 1;
        }
        signatures.push(signature(self.isms, "Top management", self.plan.approval, None));
        let unowned = self.risks().iter().filter(|risk| risk.risk_owner.or(risk.head.owner).is_none()).count();
        let mut blocks = vec![Block::Text(
            "Each risk owner consents to the treatment of their risks and to the risk that remains; top management grants \
             the means."
                .to_owned(),
        )];
        if unowned > 0 {
            let have = if unowned == 1 { "has" } else { "have" };
            let text = format!("{} {have} no owner who could consent.", counted(unowned, "risk"));
            blocks.push(Block::Note { tone: NoteTone::Warning, text });
        }
        if stale > 0 {
            let text = if stale == 1 {
                "One signature does not match the plan as it stands now: it was given in another system or for another \
                 state of it."
                    .to_owned()
            } else {
                format!(
                    "{stale} signatures do not match the plan as it stands now: they were given in another system or for \
                     another state of it."
                )
            };
            blocks.push(Block::Note { tone: NoteTone::Warning, text });
        }
        blocks.push(Block::Signatures(signatures));
        Section { heading: "Consent".to_owned(), landscape: false, blocks }
    }

    fn is_late(&self, action: &Stored<TreatmentAction>) -> bool {
        is_open(action) && action.due.is_some_and(|due| due < self.today)
    }
}

fn is_open(action: &Stored<TreatmentAction>) -> bool {
    !["done", "verified", "cancelled", "void"].contains(&action.state_name())
}
