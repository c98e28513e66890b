//! Audit findings: what an audit found, graded, with the facts behind it.

use crate::records::prelude::*;

/// What an audit found: what is wrong against what, and the facts behind it.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "F",
    title = "Audit finding",
    plural = "Audit findings",
    steps = "10",
    clauses = "9.2",
    retention = "C",
    core
)]
pub struct Finding {
    /// The audit that found it.
    #[field(required)]
    pub audit: Option<Ref<Audit>>,
    /// How much it weighs.
    #[field(required)]
    pub grade: Option<FindingGrade>,
    /// The clause or Annex A entry that is not met or could be met better, for example A.5.18.
    #[field(required)]
    pub requirement_id: Option<String>,
    /// What is wrong, and against which rule.
    #[field(required)]
    pub statement: Option<LongText>,
    /// The facts that were seen, for example: 2 of 12 accounts closed after 4 and 9 days.
    #[field(required)]
    pub objective_evidence: Option<LongText>,
    /// The auditor who wrote it.
    #[field(required)]
    pub raised_by: Option<Ref<Person>>,
    /// Day on which it was written.
    #[field(required)]
    pub raised_on: Option<Date>,
    /// The manager of the area, who accepts or disputes it.
    #[field(required, own)]
    pub responsible: Option<Ref<Person>>,
    /// Day by which the manager answers; needed for a major or minor finding.
    pub response_due: Option<Date>,
    /// The nonconformity that was opened; needed for a major or minor finding.
    pub nonconformity: Option<Ref<Nonconformity>>,
    /// The improvement that was proposed, for an observation or an opportunity.
    pub improvement: Option<Ref<Improvement>>,
}

/// States of an audit finding.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingState {
    /// Draft.
    Draft,
    /// Issued.
    Issued,
    /// Accepted.
    Accepted,
    /// Disputed.
    Disputed,
    /// Closed.
    Closed,
}

/// Options of “grade”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingGrade {
    /// Major.
    Major,
    /// Minor.
    Minor,
    /// Observation.
    Observation,
    /// Opportunity.
    Opportunity,
}

impl Record for Finding {
    type State = FindingState;

    const RIGHTS: Rights =
        Rights { create: &[IA], read: &[IA, IM, Who::Field("responsible"), TM, EX], update: &[IA], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(FindingState::Draft, FindingState::Issued, &[IA]),
        step(FindingState::Issued, FindingState::Accepted, &[Who::Field("responsible")]),
        step(FindingState::Issued, FindingState::Disputed, &[Who::Field("responsible")]),
        step(FindingState::Disputed, FindingState::Issued, &[IA]),
        step(FindingState::Accepted, FindingState::Closed, &[IA]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.raised_on, record.response_due, "response_due", "the day of the finding");
    }

    fn demand(record: &Stored<Self>, _to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if matches!(record.grade, Some(FindingGrade::Major | FindingGrade::Minor)) {
            problems.need(record.response_due.is_none(), "response_due", "for a major or minor finding");
            problems.need(record.nonconformity.is_none(), "nonconformity", "for a major or minor finding");
        }
    }

    fn sample() -> Self {
        Self {
            audit: Some(Ref::new(1)),
            grade: Some(FindingGrade::Minor),
            requirement_id: Some("A.5.18".into()),
            statement: Some(
                "Access rights of leavers were not always removed within the 24 hours of the own rule.".into(),
            ),
            objective_evidence: Some(
                "Sample of 12 of 19 leavers since October 2025: 2 accounts closed after 4 and 9 days.".into(),
            ),
            raised_by: Some(Ref::new(19)),
            raised_on: day("2026-03-20"),
            responsible: Some(Ref::new(7)),
            response_due: day("2026-04-30"),
            nonconformity: Some(Ref::new(1)),
            ..Self::default()
        }
    }
}
