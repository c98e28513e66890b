//! D10, the risk assessment report: which risks there are, how grave, and why (6.1.2, 8.2).

mod compared;
mod curve;
mod detail;
mod numbers;

use std::collections::{BTreeMap, BTreeSet};

use attestry_model::field::Choice;
use attestry_model::records::methodology::Band;
use attestry_model::records::risk::RiskOrOpportunity;
use attestry_model::records::{Methodology, Risk, RiskAssessment, Treatment};
use attestry_model::{AnyRecord, AnyRef, Isms, Stored};

use super::frame::{
    Cover, approved, control_facts, counted, date, document, fact, level, lines, named, person, person_cell,
    record_set_hash, refs, registered_as, section, signed_on, text,
};
use super::gaps::gaps;
use super::heat_map::heat_map;
use super::{Definition, Frame, Medium};
use crate::document::{Block, Cell, Change, Column, Document, NoteTone, Section, Table};

/// The document.
pub const DEFINITION: Definition = Definition {
    name: "risk-assessment",
    title: "Risk assessment report",
    number: "ISMS-RAR",
    clause: "6.1.2, 8.2",
    trend: false,
    build,
};

/// Risks in the summary for management.
const TOP: usize = 10;

/// What the report is made of.
struct Content<'a> {
    isms: &'a Isms,
    run: &'a Stored<RiskAssessment>,
    method: Option<&'a Stored<Methodology>>,
    /// The risks that are feared, the gravest first.
    risks: Vec<&'a Stored<Risk>>,
    opportunities: Vec<&'a Stored<Risk>>,
    medium: Medium,
    /// The ISMS as it stood when the assessment before was done; none where that is not known.
    earlier: Option<&'a Isms>,
    /// Whether nothing that takes long is to be computed.
    outline: bool,
}

pub(super) use compared::earlier as earlier_day;

fn build(isms: &Isms, frame: &Frame) -> Result<Document, String> {
    let Some(run) = current(isms) else {
        return Err("there is no risk assessment yet: create one with `attestry add risk_assessment`, or import a \
                    register"
            .to_owned());
    };
    let named_ones: Vec<&Stored<Risk>> =
        run.risks.iter().filter_map(|risk| isms.get(*risk)).filter(|risk| !risk.is_void()).collect();
    let all = if named_ones.is_empty() { isms.live::<Risk>().collect() } else { named_ones };
    let (opportunities, mut risks): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|risk| risk.risk_opportunity == Some(RiskOrOpportunity::Opportunity));
    risks.sort_by_key(|risk| (std::cmp::Reverse(risk.current_value), risk.number));
    let method = isms.find(run.methodology).or_else(|| risks.iter().find_map(|risk| risk.method(isms)));
    let earlier = frame.earlier.as_ref();
    let content =
        Content { isms, run, method, risks, opportunities, medium: frame.medium, earlier, outline: frame.outline };
    let draft = !["approved", "superseded"].contains(&run.state_name());
    let mut sections = vec![
        content.summary(),
        content.basis(),
        content.inputs(),
        content.maps(),
        content.table(),
        content.details(),
        content.numbers(),
        content.changes(),
        content.opportunities(),
        content.overrides(),
        approved(isms, run.approval, run),
    ];
    if draft {
        sections.push(gaps(isms, frame, &["6.1.2", "8.2"]));
    }
    let registered = isms.find(run.report).or_else(|| registered_as(isms, DEFINITION.number));
    let mut facts = vec![
        fact("Assessment", Cell::text(run.title())),
        fact("State", Cell::text(run.state_name().replace('_', " "))),
        fact("Completed on", date(run.completed_on)),
    ];
    facts.extend(control_facts(isms, registered, run.head.owner, run.approval, signed_on(isms, run.approval)));
    facts.push(fact("Record", refs([run.reference().any()])));
    let cover = Cover {
        title: DEFINITION.title,
        subtitle: "Which risks there are, how grave they are, why, and who owns them".to_owned(),
        number: DEFINITION.number,
        registered,
        version: Some(run.reference().to_string()),
        facts,
        draft,
        history: history(isms),
    };
    let mut used: Vec<&dyn AnyRecord> = vec![run];
    used.extend(content.risks.iter().chain(&content.opportunities).map(|risk| *risk as &dyn AnyRecord));
    used.extend(content.method.map(|method| method as &dyn AnyRecord));
    let hash = record_set_hash(&mut used);
    Ok(document(isms, frame, cover, hash, sections))
}

/// The last assessment that is approved; where none is, the last completed, begun or planned one.
fn current(isms: &Isms) -> Option<&Stored<RiskAssessment>> {
    let order = ["approved", "completed", "in_progress", "planned"];
    order.iter().find_map(|state| isms.table::<RiskAssessment>().iter().rfind(|run| run.state_name() == *state))
}

fn history(isms: &Isms) -> Vec<Change> {
    let runs = isms.table::<RiskAssessment>().iter().filter(|run| !run.is_void() && run.approval.is_some());
    let told = runs.filter_map(|run| {
        let signer = isms.find(run.approval).and_then(|approval| approval.signer);
        Some(Change {
            version: run.reference().to_string(),
            date: run.completed_on?,
            author: person(isms, run.head.owner.or(signer)),
            text: format!("{}: {}", run.title(), counted(run.risks.len(), "risk")),
        })
    });
    told.collect()
}

impl<'a> Content<'a> {
    fn limit(&self) -> Option<i64> {
        self.method.and_then(|method| method.acceptance_max)
    }

    fn is_above(&self, risk: &Risk) -> bool {
        self.limit().is_some_and(|limit| risk.current_value.is_some_and(|value| value > limit))
    }

    fn owner(&self, risk: &Stored<Risk>) -> Cell {
        person_cell(self.isms, risk.risk_owner.or(risk.head.owner))
    }

    /// The decision on a risk that counts: the newest that is neither rejected nor superseded.
    fn decision(&self, risk: &Stored<Risk>) -> Option<&'a Stored<Treatment>> {
        self.isms.referring::<Treatment>(risk.reference().any(), "risk").filter(|one| one.is_live()).last()
    }

    fn decided(&self, risk: &Stored<Risk>) -> Cell {
        let Some(decision) = self.decision(risk) else { return Cell::text("not decided") };
        let option = decision.option.map(|option| option.label().to_lowercase());
        lines([refs([decision.reference().any()]), text(option.as_deref())])
    }

    fn summary(&self) -> Section {
        let above = self.risks.iter().filter(|risk| self.is_above(risk)).count();
        let unvalued = self.risks.iter().filter(|risk| risk.current_value.is_none()).count();
        let limit = self.limit().map_or_else(
            || "No limit of acceptance is set.".to_owned(),
            |limit| {
                let lie = if above == 1 { "lies" } else { "lie" };
                format!("{} {lie} above the value of {limit} that risk owners may accept.", counted(above, "risk"))
            },
        );
        let assessed = counted(self.risks.len(), "risk");
        let mut blocks = vec![Block::Text(format!("{assessed} were assessed. {limit} {}", self.change_in_short()))];
        if unvalued > 0 {
            let have = if unvalued == 1 { "has" } else { "have" };
            let text = format!("{} {have} no value yet.", counted(unvalued, "risk"));
            blocks.push(Block::Note { tone: NoteTone::Warning, text });
        }
        blocks.extend(self.bands());
        let rows = self.risks.iter().filter(|risk| risk.current_value.is_some()).take(TOP).map(|risk| {
            vec![
                named(*risk),
                level(self.isms, Some(risk), risk.current_value),
                level(self.isms, Some(risk), risk.residual_value),
                self.owner(risk),
                self.decided(risk),
            ]
        });
        let columns = vec![
            Column::new("Risk", 3.0).naming_row(),
            Column::new("Now", 1.0),
            Column::new("After treatment", 1.0),
            Column::new("Risk owner", 1.2),
            Column::new("Decision", 1.0),
        ];
        let mut table = Table::plain("The gravest risks", columns, rows.collect());
        table.empty = "No risk has a value yet.".into();
        blocks.push(Block::Table(table));
        section("Summary for management", false, blocks)
    }

    /// How many risks lie in each band of the method, the gravest first.
    fn bands(&self) -> Option<Block> {
        let method = self.method.filter(|method| !method.bands.is_empty())?;
        let within = |band: &Band, value: Option<i64>| {
            value.is_some_and(|value| {
                band.min.is_some_and(|min| min <= value) && band.max.is_none_or(|max| value <= max)
            })
        };
        let rows = method.bands.iter().rev().map(|band| {
            let count = |value: fn(&Risk) -> Option<i64>| {
                let found = self.risks.iter().filter(|risk| within(band, value(risk))).count();
                if found == 0 { Cell::Empty } else { Cell::count(u64::try_from(found).unwrap_or(u64::MAX)) }
            };
            let (step, _) = super::frame::ramp(band.min.unwrap_or_default(), &method.bands);
            let values = match (band.min, band.max) {
                (Some(min), Some(max)) => format!("{min} to {max}"),
                (Some(min), None) => format!("from {min}"),
                _ => String::new(),
            };
            vec![
                Cell::Level { step, word: band.name.clone().unwrap_or_default().to_lowercase() },
                Cell::text(values),
                count(|risk| risk.inherent_value),
                count(|risk| risk.current_value),
                count(|risk| risk.residual_value),
                text(band.action.as_deref()),
            ]
        });
        let columns = vec![
            Column::new("Band", 1.0).naming_row(),
            Column::new("Values", 0.9),
            Column::new("Before controls", 1.0).at_end(),
            Column::new("Now", 0.8).at_end(),
            Column::new("After treatment", 1.0).at_end(),
            Column::new("What is to be done", 1.8),
        ];
        Some(Block::Table(Table::plain("Risks by band", columns, rows.collect())))
    }

    fn basis(&self) -> Section {
        let run = self.run;
        let mut facts = vec![
            fact("Assessment", Cell::text(format!("{} {}", run.reference(), run.title()))),
            fact("Reason", text(run.trigger.map(|trigger| trigger.label().to_lowercase()).as_deref())),
            fact("Begun", date(run.started_on.or(run.planned_for))),
            fact("Completed", run.completed_on.map_or(Cell::text("not completed"), Cell::Date)),
        ];
        let of = |reference: AnyRef, title: &str, version: Option<&str>| {
            let version = version.map_or_else(String::new, |version| format!(", version {version}"));
            Cell::text(format!("{reference} {title}{version}"))
        };
        if let Some(method) = self.method {
            facts.push(fact("Method", of(method.reference().any(), method.title(), method.version.as_deref())));
        }
        if let Some(scope) = self.isms.find(run.scope) {
            facts.push(fact("Scope", of(scope.reference().any(), scope.title(), scope.version.as_deref())));
        }
        if let Some(limit) = self.limit() {
            facts.push(fact("Accepted up to", Cell::text(format!("risk value {limit}"))));
        }
        let people: Vec<String> = run.participants.iter().map(|one| person(self.isms, Some(*one))).collect();
        facts.push(fact("Participants", text(Some(&people.join(", ")))));
        if let Some(hash) = &run.snapshot_hash {
            facts.push(fact("Hash of the risks when completed", Cell::Code(hash.clone())));
        }
        facts.retain(|fact| fact.value != Cell::Empty);
        let mut blocks = vec![Block::Facts(facts)];
        if run.risks.is_empty() {
            let text = "The assessment names no risks, so all risks that count are shown.".to_owned();
            blocks.push(Block::Note { tone: NoteTone::Warning, text });
        }
        section("Basis", false, blocks)
    }

    fn inputs(&self) -> Section {
        let all = || self.risks.iter().chain(&self.opportunities);
        let mut inputs: [(&str, BTreeSet<AnyRef>); 6] = [
            ("Issues of the context", all().flat_map(|risk| risk.issues.iter().map(|one| one.any())).collect()),
            ("Incidents", all().flat_map(|risk| risk.incidents.iter().map(|one| one.any())).collect()),
            ("Threats", all().flat_map(|risk| risk.threats.iter().map(|one| one.any())).collect()),
            ("Weaknesses", all().flat_map(|risk| risk.vulnerabilities.iter().map(|one| one.any())).collect()),
            ("Assets", all().flat_map(|risk| risk.assets.iter().map(|one| one.any())).collect()),
            ("Business processes", all().flat_map(|risk| risk.processes.iter().map(|one| one.any())).collect()),
        ];
        let rows = inputs.iter_mut().map(|(what, records)| {
            let number = Cell::count(u64::try_from(records.len()).unwrap_or(u64::MAX));
            vec![Cell::text(*what), number, refs(std::mem::take(records))]
        });
        let columns = vec![
            Column::new("What was considered", 1.3).naming_row(),
            Column::new("Number", 0.6).at_end(),
            Column::new("Records", 4.0),
        ];
        let table = Table::plain("Inputs", columns, rows.collect());
        let text = "What the risks name as their source, cause and reach.".to_owned();
        section("Inputs", false, vec![Block::Text(text), Block::Table(table)])
    }

    fn maps(&self) -> Section {
        let placed: Vec<_> = self
            .risks
            .iter()
            .map(|risk| {
                let places = [
                    risk.inherent_likelihood.zip(risk.inherent_impact),
                    risk.current_likelihood.zip(risk.current_impact),
                    risk.residual_likelihood.zip(risk.residual_impact),
                ];
                (*risk, places)
            })
            .collect();
        let times = ["Before controls", "Now", "After treatment"];
        let mut blocks = self.method.map(|method| heat_map(method, times, &placed)).unwrap_or_default();
        if blocks.is_empty() {
            let text = "The method has no matrix yet, so no heat map can be drawn.".to_owned();
            blocks.push(Block::Note { tone: NoteTone::Info, text });
        }
        section("Heat maps", false, blocks)
    }

    fn opportunities(&self) -> Section {
        let rows = self.opportunities.iter().map(|risk| {
            vec![
                named(*risk),
                text(risk.event.as_deref()),
                text(risk.consequence.as_deref()),
                self.owner(risk),
                self.decided(risk),
            ]
        });
        let columns = vec![
            Column::new("Opportunity", 2.2).naming_row(),
            Column::new("What may happen", 2.0),
            Column::new("What it would bring", 2.0),
            Column::new("Owner", 1.1),
            Column::new("Decision", 1.0),
        ];
        let mut table = Table::plain("Opportunities", columns, rows.collect());
        table.empty = "No opportunity is recorded.".into();
        section("Opportunities", false, vec![Block::Table(table)])
    }

    /// The names of records by their references.
    fn titles(&self, records: impl IntoIterator<Item = AnyRef>) -> Cell {
        let all: BTreeMap<AnyRef, String> = records
            .into_iter()
            .map(|one| {
                let title = self.isms.record(one).and_then(|record| record.head().title.clone());
                (one, title.map_or_else(|| one.to_string(), |title| format!("{one} {title}")))
            })
            .collect();
        lines(all.into_values().map(Cell::Text))
    }
}
