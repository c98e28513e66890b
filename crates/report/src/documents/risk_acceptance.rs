//! D13, the risk owner acceptance record: what each risk owner consents to and accepts, a page for each (6.1.3 f).

use std::collections::BTreeMap;

use attestry_model::field::Choice;
use attestry_model::records::{Person, Risk, RiskAcceptance, Treatment, TreatmentPlan};
use attestry_model::{AnyRecord, Isms, Ref, Stored};
use jiff::civil::Date;

use super::frame::{
    Cover, counted, document, fact, is_covered, level, lines, named, person, record_set_hash, refs, registered_as,
    section, signature, text,
};
use super::gaps::gaps;
use super::{Definition, Frame};
use crate::document::{Block, Cell, Column, Document, NoteTone, Section, Signature, Table, Tone};

/// The document.
pub const DEFINITION: Definition = Definition {
    name: "risk-acceptance",
    title: "Risk owner acceptance record",
    number: "ISMS-RAC",
    clause: "6.1.3 f",
    trend: false,
    build,
};

/// Days before its end at which an acceptance is called ending soon.
const SOON: i32 = 60;

/// A risk with what its owner decides about it.
struct Line<'a> {
    risk: &'a Stored<Risk>,
    decision: Option<&'a Stored<Treatment>>,
    acceptance: Option<&'a Stored<RiskAcceptance>>,
}

/// What the record is made of.
struct Content<'a> {
    isms: &'a Isms,
    today: Date,
    plan: Option<&'a Stored<TreatmentPlan>>,
    owners: BTreeMap<Option<Ref<Person>>, Vec<Line<'a>>>,
}

fn build(isms: &Isms, frame: &Frame) -> Result<Document, String> {
    let mut owners: BTreeMap<Option<Ref<Person>>, Vec<Line<'_>>> = BTreeMap::new();
    for risk in isms.live::<Risk>().filter(|risk| risk.state_name() != "closed") {
        let reference = risk.reference().any();
        let decision = isms.referring::<Treatment>(reference, "risk").filter(|one| one.is_live()).last();
        let asked = isms.referring::<RiskAcceptance>(reference, "risk").filter(|one| !one.is_void());
        // What is in force counts more than what was asked for afterwards.
        let acceptance = asked.max_by_key(|one| (one.state_name() == "accepted", one.number));
        owners.entry(risk.risk_owner.or(risk.head.owner)).or_default().push(Line { risk, decision, acceptance });
    }
    if owners.is_empty() {
        return Err(
            "there is no risk yet that anybody could accept: create one with `attestry add risk`, or import a \
                    register"
                .to_owned(),
        );
    }
    let order = ["in_execution", "approved", "in_review", "draft", "completed"];
    let plan =
        order.iter().find_map(|state| isms.table::<TreatmentPlan>().iter().rfind(|plan| plan.state_name() == *state));
    let content = Content { isms, today: frame.today, plan, owners };
    let draft = content.lines().any(|line| !content.is_accepted(line));
    let mut sections = vec![content.overview()];
    sections.extend(content.owners.iter().map(|(owner, lines)| content.of_owner(*owner, lines)));
    if draft {
        sections.push(gaps(isms, frame, &["6.1.3 f"]));
    }
    let registered = registered_as(isms, DEFINITION.number);
    let cover = Cover {
        title: DEFINITION.title,
        subtitle: "What each risk owner consents to, and which remaining risks each accepts until when".to_owned(),
        number: DEFINITION.number,
        registered,
        version: Some(frame.today.to_string()),
        facts: vec![
            fact("Risk owners", Cell::count(u64::try_from(content.owners.len()).unwrap_or(u64::MAX))),
            fact("Treatment plan", refs(plan.map(|plan| plan.reference().any()))),
            fact("As of", Cell::Date(frame.today)),
        ],
        draft,
        history: Vec::new(),
    };
    let mut used: Vec<&dyn AnyRecord> = plan.map(|plan| plan as &dyn AnyRecord).into_iter().collect();
    for line in content.lines() {
        used.push(line.risk);
        used.extend(line.decision.map(|one| one as &dyn AnyRecord));
        used.extend(line.acceptance.map(|one| one as &dyn AnyRecord));
    }
    let hash = record_set_hash(&mut used);
    Ok(document(isms, frame, cover, hash, sections))
}

impl<'a> Content<'a> {
    fn lines(&self) -> impl Iterator<Item = &Line<'a>> {
        self.owners.values().flatten()
    }

    fn is_accepted(&self, line: &Line<'_>) -> bool {
        line.acceptance
            .is_some_and(|one| one.state_name() == "accepted" && one.expires_on.is_none_or(|day| day >= self.today))
    }

    fn name(&self, owner: Option<Ref<Person>>) -> String {
        owner.map_or_else(|| "Nobody".to_owned(), |owner| person(self.isms, Some(owner)))
    }

    /// Whether and until when a risk is accepted.
    fn standing(&self, line: &Line<'_>) -> Cell {
        let Some(acceptance) = line.acceptance else { return Cell::mark(Tone::Todo, "not asked for") };
        match (acceptance.state_name(), acceptance.expires_on) {
            ("accepted", Some(until)) if until < self.today => Cell::mark(Tone::Gap, "expired"),
            ("accepted", Some(until)) if self.today.until(until).is_ok_and(|span| span.get_days() <= SOON) => {
                Cell::mark(Tone::Watch, "ends soon")
            }
            ("accepted", _) => Cell::mark(Tone::Fine, "accepted"),
            ("requested", _) => Cell::mark(Tone::Planned, "asked for"),
            (other, _) => Cell::mark(Tone::Gap, other.replace('_', " ")),
        }
    }

    /// The consent of an owner to the plan.
    fn consent(&self, owner: Option<Ref<Person>>) -> Option<Ref<attestry_model::records::Approval>> {
        let approvals = self.plan.map(|plan| plan.owner_approvals.as_slice()).unwrap_or_default();
        approvals.iter().copied().find(|one| self.isms.get(*one).is_some_and(|one| one.signer == owner))
    }

    fn overview(&self) -> Section {
        let count = |number: usize| {
            if number == 0 { Cell::Empty } else { Cell::count(u64::try_from(number).unwrap_or(u64::MAX)) }
        };
        let rows = self.owners.iter().map(|(owner, lines)| {
            let accepted = lines.iter().filter(|line| self.is_accepted(line)).count();
            let next =
                lines.iter().filter(|line| self.is_accepted(line)).filter_map(|line| line.acceptance?.expires_on);
            let consent = self.isms.find(self.consent(*owner)).is_some_and(|one| one.state_name() == "signed");
            let consent = match (self.plan, consent) {
                (None, _) => Cell::text("no plan"),
                (_, true) => Cell::mark(Tone::Fine, "given"),
                (_, false) => Cell::mark(Tone::Todo, "open"),
            };
            vec![
                Cell::text(self.name(*owner)),
                count(lines.len()),
                count(accepted),
                count(lines.len() - accepted),
                next.min().map_or(Cell::Empty, Cell::Date),
                consent,
            ]
        });
        let columns = vec![
            Column::new("Risk owner", 2.0).naming_row(),
            Column::new("Risks", 0.7).at_end(),
            Column::new("Accepted", 0.9).at_end(),
            Column::new("Open", 0.7).at_end(),
            Column::new("First to end", 1.1),
            Column::new("Consent to the plan", 1.2),
        ];
        let open = self.lines().filter(|line| !self.is_accepted(line)).count();
        let text = match open {
            0 => "Every remaining risk is accepted by whoever may accept it.".to_owned(),
            some => format!("{} without an acceptance in force.", counted(some, "risk")),
        };
        let table = Table::plain("Risk owners", columns, rows.collect());
        // Each owner has pages of their own: they sign and keep only those.
        section("Overview", false, vec![Block::Text(text), Block::Table(table), Block::PageBreak])
    }

    fn of_owner(&self, owner: Option<Ref<Person>>, mine: &[Line<'_>]) -> Section {
        let rows = mine.iter().map(|line| {
            let risk = line.risk;
            let acceptance = line.acceptance;
            let remaining = line.decision.and_then(|one| one.expected_value).or(risk.residual_value);
            let option = line.decision.and_then(|one| one.option).map(|option| option.label().to_lowercase());
            let until = acceptance.and_then(|one| one.expires_on).map(|day| format!("until {day}"));
            let by = acceptance.and_then(|one| one.accepted_by).filter(|by| Some(*by) != owner);
            let by = by.map(|by| format!("by {}", person(self.isms, Some(by))));
            vec![
                named(risk),
                lines([text(risk.event.as_deref()), text(risk.consequence.as_deref())]),
                level(self.isms, Some(risk), risk.current_value),
                level(self.isms, Some(risk), remaining),
                text(option.as_deref()),
                lines([
                    text(acceptance.and_then(|one| one.rationale.as_deref())),
                    text(acceptance.and_then(|one| one.conditions.as_deref())),
                ]),
                lines([self.standing(line), text(until.as_deref()), text(by.as_deref())]),
            ]
        });
        let columns = vec![
            Column::new("Risk", 1.9).naming_row(),
            Column::new("What happens, and what follows", 2.6),
            Column::new("Now", 1.0),
            Column::new("Remaining", 1.0),
            Column::new("Treatment", 0.9),
            Column::new("Why, and on which conditions", 2.0),
            Column::new("Acceptance", 1.2),
        ];
        let name = self.name(owner);
        let mut blocks = Vec::new();
        if owner.is_none() {
            let text = format!("{} without an owner: nobody can accept.", counted(mine.len(), "risk"));
            blocks.push(Block::Note { tone: NoteTone::Warning, text });
        } else {
            blocks.push(Block::Text(format!(
                "{name} owns {}, and has the authority to accept what remains of them or to have it reduced.",
                counted(mine.len(), "risk")
            )));
        }
        blocks.push(Block::Table(Table::plain(&format!("Risks of {name}"), columns, rows.collect())));
        if owner.is_some() {
            blocks.extend(self.statements(owner, mine));
        }
        blocks.push(Block::PageBreak);
        section(&name, true, blocks)
    }

    fn statements(&self, owner: Option<Ref<Person>>, mine: &[Line<'_>]) -> Vec<Block> {
        let plan = self.plan.map_or_else(
            || "the risk treatment plan once there is one".to_owned(),
            |plan| format!("{} {}", plan.reference(), plan.title()),
        );
        let mut blocks = vec![Block::List(vec![
            format!("I consent to the treatment of my risks as {plan} lays down."),
            "I accept the remaining risks listed above at the values stated, on the conditions stated and until the days \
             stated. An acceptance ends when its risk rises above the value accepted."
                .to_owned(),
        ])];
        let mut signatures: Vec<Signature> = Vec::new();
        if self.plan.is_some() {
            signatures.push(signature(self.isms, "Consent to the plan", self.consent(owner), owner));
        }
        let mut stale = 0;
        for line in mine {
            let acceptance = line.acceptance;
            let whom = acceptance.and_then(|one| one.accepted_by).or(owner);
            let approval = acceptance.and_then(|one| one.approval);
            if let (Some(acceptance), true) = (acceptance, approval.is_some()) {
                stale += usize::from(!is_covered(self.isms, approval, acceptance));
            }
            let role = format!("Acceptance of {}", line.risk.reference());
            signatures.push(signature(self.isms, &role, approval, whom));
        }
        if stale > 0 {
            let (is, they) = if stale == 1 { ("does", "it was") } else { ("do", "they were") };
            let text = format!(
                "{} {is} not match what is signed as it stands now: {they} given in another system or for another state \
                 of it.",
                counted(stale, "signature")
            );
            blocks.push(Block::Note { tone: NoteTone::Warning, text });
        }
        blocks.push(Block::Signatures(signatures));
        blocks
    }
}
