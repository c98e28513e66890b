//! Counting verdicts: by clause, step, severity and owner.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use attestry_model::records::Person;
use attestry_model::{Isms, Ref};

use crate::report::{Outcome, Report};
use crate::rule::{Severity, Verdict};

/// Verdicts of some rules, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Rules that hold.
    pub holds: usize,
    /// Broken rules of severity major, not waived: candidates for a major nonconformity.
    pub major: usize,
    /// Broken rules of severity minor, not waived.
    pub minor: usize,
    /// Broken rules of severity observation, not waived.
    pub observation: usize,
    /// Rules about which nobody can say.
    pub unknown: usize,
    /// Broken rules whose every item is waived.
    pub waived: usize,
    held_weight: u32,
    all_weight: u32,
}

impl Score {
    fn add(&mut self, outcome: &Outcome, open: bool) {
        let weight = outcome.rule.severity.weight();
        match outcome.verdict {
            Verdict::Violated if !open => {
                self.waived += 1;
                return;
            }
            Verdict::Violated => match outcome.rule.severity {
                Severity::Major => self.major += 1,
                Severity::Minor => self.minor += 1,
                Severity::Observation => self.observation += 1,
            },
            Verdict::NotEnoughEvidence => self.unknown += 1,
            Verdict::Holds => {
                self.holds += 1;
                self.held_weight += weight;
            }
        }
        self.all_weight += weight;
    }

    /// Broken rules that are not waived.
    pub fn violated(&self) -> usize {
        self.major + self.minor + self.observation
    }

    /// Percent of the rules that hold, weighted by severity (records.md, “compliance score of a clause”: major 5, minor 2,
    /// observation 0.5), to one digit. What cannot be judged does not count as held; what is waived does not count at
    /// all. `None` when nothing is left to count.
    pub fn percent(&self) -> Option<Decimal> {
        let share = (Decimal::from(self.held_weight) * Decimal::ONE_HUNDRED).checked_div(self.all_weight.into())?;
        Some(share.round_dp(1))
    }

    /// Whether an auditor would probably pass it: no candidate for a major and at most two for a minor nonconformity
    /// (conformance rules, introduction), and nothing that nobody can say.
    pub fn ready(&self) -> bool {
        self.major == 0 && self.minor <= 2 && self.unknown == 0
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "holds": self.holds,
            "major": self.major,
            "minor": self.minor,
            "observation": self.observation,
            "not_enough_evidence": self.unknown,
            "waived": self.waived,
            "percent": self.percent().map(|percent| percent.to_string()),
            "ready": self.ready(),
        })
    }
}

/// All verdicts of a report, counted.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// All rules.
    pub all: Score,
    /// By numbered clause or control of Annex A (`6.1.3`, `A.5.9`), in the order of the standard.
    pub clauses: Vec<(&'static str, Score)>,
    /// By step, 1 to 12.
    pub steps: BTreeMap<u8, Score>,
    /// Open findings by the person who answers for the record, nobody first.
    pub owners: BTreeMap<Option<Ref<Person>>, usize>,
    /// Open findings, by item and not by rule.
    pub findings: BTreeMap<Severity, usize>,
}

impl Summary {
    /// The score of a clause.
    pub fn clause(&self, section: &str) -> Option<&Score> {
        self.clauses.iter().find(|(name, _)| *name == section).map(|(_, score)| score)
    }

    pub(crate) fn json(&self) -> Value {
        let clauses = self.clauses.iter().map(|(name, score)| ((*name).to_owned(), score.json()));
        let steps = self.steps.iter().map(|(step, score)| (step.to_string(), score.json()));
        let owners = self.owners.iter().map(|(owner, count)| {
            (owner.map_or_else(|| "nobody".to_owned(), |owner| owner.any().to_string()), Value::from(*count))
        });
        let findings = Severity::ALL.map(|severity| {
            (severity.name().to_owned(), Value::from(self.findings.get(&severity).copied().unwrap_or_default()))
        });
        json!({
            "rules": self.all.json(),
            "findings": findings.into_iter().collect::<Map<_, _>>(),
            "clauses": clauses.collect::<Map<_, _>>(),
            "steps": steps.collect::<Map<_, _>>(),
            "owners": owners.collect::<Map<_, _>>(),
        })
    }
}

impl Report {
    /// Counts the verdicts.
    pub fn summary(&self, isms: &Isms) -> Summary {
        let mut summary = Summary::default();
        for outcome in &self.outcomes {
            let open = self.is_open(outcome);
            summary.all.add(outcome, open);
            let section = outcome.rule.section();
            let at = summary.clauses.iter().position(|(name, _)| *name == section).unwrap_or_else(|| {
                summary.clauses.push((section, Score::default()));
                summary.clauses.len() - 1
            });
            summary.clauses[at].1.add(outcome, open);
            summary.steps.entry(outcome.rule.step).or_default().add(outcome, open);
        }
        for finding in self.open() {
            *summary.findings.entry(finding.rule.severity).or_default() += 1;
            let record = finding.item.record().and_then(|reference| isms.record(reference));
            let owner = record.and_then(|record| record.own_people().first().copied());
            *summary.owners.entry(owner).or_default() += 1;
        }
        summary
    }
}
