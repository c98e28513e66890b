//! Audit checks: single questions of an audit, what was seen, and what that means.

use crate::records::prelude::*;

/// One question of an audit, what was seen, and what that means.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "AC",
    title = "Audit check",
    plural = "Audit checks",
    steps = "10",
    clauses = "9.2",
    retention = "C",
    core
)]
pub struct AuditCheck {
    /// The audit it belongs to.
    #[field(required)]
    pub audit: Option<Ref<Audit>>,
    /// The clause or Annex A entry that is checked, for example 9.1 or A.8.13.
    #[field(required)]
    pub requirement_id: Option<String>,
    /// What is asked or looked for.
    #[field(required)]
    pub question: Option<String>,
    /// Who checks.
    #[field(required)]
    pub auditor: Option<Ref<Person>>,
    /// With whom it was talked about.
    pub auditee: Option<Ref<Person>>,
    /// How it was found out.
    pub method: Option<AuditMethod>,
    /// What was looked at, for example: 12 of 40 leavers.
    pub sample: Option<String>,
    /// The facts that were seen, so that somebody else could judge them; needed unless it was not checked.
    pub evidence_seen: Option<LongText>,
    /// Proofs that were taken along.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
    /// What it means; needed when the check is done.
    pub result: Option<AuditCheckResult>,
    /// Day of the check; when left empty, the day on which it is marked as done.
    pub checked_on: Option<Date>,
    /// The finding that was written; needed when the result is minor, major, an observation or an opportunity.
    pub finding: Option<Ref<Finding>>,
}

/// States of an audit check.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuditCheckState {
    /// Open.
    Open,
    /// Done.
    Done,
}

/// Options of “result”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuditCheckResult {
    /// Conforming.
    Conforming,
    /// Minor.
    Minor,
    /// Major.
    Major,
    /// Observation.
    Observation,
    /// Opportunity.
    Opportunity,
    /// Not applicable.
    NotApplicable,
    /// Not checked.
    NotChecked,
}

/// The results that come from a finding.
const FOUND: [AuditCheckResult; 4] =
    [AuditCheckResult::Minor, AuditCheckResult::Major, AuditCheckResult::Observation, AuditCheckResult::Opportunity];

impl Record for AuditCheck {
    type State = AuditCheckState;

    const RIGHTS: Rights =
        Rights { create: &[IA], read: &[IA, IM, EX], update: &[Who::Field("auditor")], approve: &[] };

    const FLOW: &'static [Step<Self::State>] =
        &[step(AuditCheckState::Open, AuditCheckState::Done, &[Who::Field("auditor")])];

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if to != AuditCheckState::Done {
            return;
        }
        problems.need(record.result.is_none(), "result", "when the check is done");
        let checked = record.result.is_some_and(|result| result != AuditCheckResult::NotChecked);
        problems.need(checked && record.evidence_seen.is_none(), "evidence_seen", "unless it was not checked");
        let found = record.result.filter(|result| FOUND.contains(result));
        if let Some(result) = found {
            problems.need(record.finding.is_none(), "finding", &format!("when the result is {result}"));
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == AuditCheckState::Done {
            record.body.checked_on = record.checked_on.or(Some(context.today()));
        }
    }

    fn sample() -> Self {
        Self {
            audit: Some(Ref::new(1)),
            requirement_id: Some("4.1".into()),
            question: Some("Is the requirement 4.1 met and effective?".into()),
            auditor: Some(Ref::new(19)),
            auditee: Some(Ref::new(2)),
            method: Some(AuditMethod::DocumentReview),
            sample: Some("12 issues with effect and review date, climate decision present".into()),
            evidence_seen: Some("12 issues with effect and review date, climate decision present".into()),
            result: Some(AuditCheckResult::Conforming),
            checked_on: day("2026-03-18"),
            ..Self::default()
        }
    }
}
