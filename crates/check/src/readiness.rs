//! Whether a certification audit can come: the verdict of the readiness report (documents.md, D26).

use std::collections::BTreeSet;

use attestry_model::Isms;
use attestry_model::records::audit::{AuditAuditType, AuditState};
use attestry_model::records::measurement::MeasurementState;
use attestry_model::records::{Audit, ManagementReview, Measurement};

use crate::report::Report;
use crate::rule::{Severity, Verdict};

/// Months with measurements before stage 2.
const MONTHS: usize = 3;
/// Most candidates for a minor nonconformity before stage 2.
const MINORS: usize = 10;

/// What must exist and be approved before stage 1, with the rules that say so.
const FOUNDATIONS: &[(&str, &[&str])] = &[
    ("a scope", &["C4.3-01", "C4.3-03"]),
    ("an information security policy", &["C5.2-01", "C5.2-e-01"]),
    ("a risk method", &["C6.1.2-01", "C6.1.2-02"]),
    ("a risk assessment", &["C8.2-01"]),
    ("a Statement of Applicability", &["C6.1.3-d-01", "C6.1.3-d-15"]),
    ("a risk treatment plan", &["C6.1.3-e-01", "C6.1.3-f-01"]),
    ("security objectives", &["C6.2-01", "C6.2-g-01"]),
];

/// The verdict for one stage of the certification audit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stage {
    /// Why not; empty when ready.
    pub missing: Vec<String>,
}

impl Stage {
    /// Whether the audit can come.
    pub fn ready(&self) -> bool {
        self.missing.is_empty()
    }
}

/// The verdicts for both stages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readiness {
    /// Stage 1: documents and readiness.
    pub stage_1: Stage,
    /// Stage 2: implementation and effectiveness; what stage 1 lacks is not repeated, but it is not ready without it.
    pub stage_2: Stage,
    /// Candidates for a major nonconformity that are waived: they do not stand in the way here, but an auditor from
    /// outside is not bound by the organisation's own waivers.
    pub waived: Vec<&'static str>,
}

impl Readiness {
    /// Whether stage 2 can come.
    pub fn ready_for_stage_2(&self) -> bool {
        self.stage_1.ready() && self.stage_2.ready()
    }
}

impl Report {
    /// Judges whether a certification audit can come.
    pub fn readiness(&self, isms: &Isms) -> Readiness {
        let mut readiness = Readiness::default();
        let stage_1 = &mut readiness.stage_1.missing;
        for (what, rules) in FOUNDATIONS {
            let holds = |rule: &&str| self.outcome(rule).is_some_and(|outcome| outcome.verdict == Verdict::Holds);
            if !rules.iter().all(holds) {
                stage_1.push(format!("{what} that is in force and approved"));
            }
        }
        let audits = || {
            let internal = isms.table::<Audit>().iter().filter(|audit| !audit.is_void());
            internal.filter(|a| a.audit_type == Some(AuditAuditType::Internal) && a.state != AuditState::Cancelled)
        };
        if audits().next().is_none() {
            stage_1.push("an internal audit, planned or done".to_owned());
        }
        let reviews = || isms.table::<ManagementReview>().iter().filter(|review| !review.is_void());
        if reviews().next().is_none() {
            stage_1.push("a management review, planned or done".to_owned());
        }
        let stage_2 = &mut readiness.stage_2.missing;
        let mut minors = 0;
        for outcome in self.outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Violated) {
            let rule = outcome.rule;
            let open = self.is_open(outcome);
            match rule.severity {
                Severity::Major if !open => readiness.waived.push(rule.id),
                Severity::Major => {
                    let early = ["4", "5", "6"].contains(&rule.section().split('.').next().unwrap_or_default());
                    let items: Vec<String> = outcome.items.iter().take(5).map(ToString::to_string).collect();
                    let list = if early { &mut *stage_1 } else { &mut *stage_2 };
                    list.push(format!("{}: {} ({})", rule.id, rule.title(), items.join(", ")));
                }
                Severity::Minor => minors += usize::from(open),
                Severity::Observation => {}
            }
        }
        let reported = audits().filter(|audit| matches!(audit.state, AuditState::Reported | AuditState::Closed));
        let audited: BTreeSet<&str> = reported.flat_map(|audit| audit.clauses.iter().map(String::as_str)).collect();
        let unaudited: Vec<&str> =
            self.config.audit_clauses.iter().map(String::as_str).filter(|clause| !audited.contains(clause)).collect();
        if !unaudited.is_empty() {
            stage_2.push(format!("a reported internal audit of {}", unaudited.join(", ")));
        }
        if !reviews().any(|review| review.held_on.is_some()) {
            stage_2.push("a management review that was held".to_owned());
        }
        let values = isms.table::<Measurement>().iter();
        let valid = values.filter(|value| !value.is_void() && value.state != MeasurementState::Void);
        let months: BTreeSet<_> =
            valid.filter_map(|value| value.period_end).map(|day| (day.year(), day.month())).collect();
        if months.len() < MONTHS {
            stage_2.push(format!("{MONTHS} months of measurements; there are {}", months.len()));
        }
        if minors > MINORS {
            stage_2.push(format!("at most {MINORS} candidates for a minor nonconformity; there are {minors}"));
        }
        readiness
    }
}
