//! Improvements: ideas for doing better where no requirement is missed.

use crate::records::prelude::*;

/// An idea for doing better where no requirement is missed, and what became of it.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "IMP",
    title = "Improvement",
    plural = "Improvements",
    steps = "12",
    clauses = "10.1",
    retention = "C"
)]
pub struct Improvement {
    /// Where the idea comes from.
    #[field(required)]
    pub source: Option<ImprovementSource>,
    /// The record it comes from, such as a finding or an exercise.
    pub source_record: Option<AnyRef>,
    /// What would be done better, and how.
    #[field(required)]
    pub what: Option<LongText>,
    /// What it is good for.
    #[field(required)]
    pub benefit: Option<ImprovementBenefit>,
    /// Who carries it out; needed when it is accepted.
    #[field(own)]
    pub responsible: Option<Ref<Person>>,
    /// Day by which it is carried out; needed when it is accepted.
    pub due: Option<Date>,
    /// Day on which it was carried out; when left empty, the day on which it is marked as done.
    #[field(immaterial)]
    pub done_on: Option<Date>,
    /// What came of it; needed when it is done.
    pub result: Option<String>,
}

/// States of an improvement.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImprovementState {
    /// Proposed.
    Proposed,
    /// Accepted.
    Accepted,
    /// Rejected.
    Rejected,
    /// Done.
    Done,
}

/// Options of “source”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImprovementSource {
    /// Audit.
    Audit,
    /// Incident.
    Incident,
    /// Measurement.
    Measurement,
    /// Review.
    Review,
    /// Suggestion.
    Suggestion,
    /// Exercise.
    Exercise,
    /// Supplier.
    Supplier,
    /// Other.
    Other,
}

/// Options of “benefit”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImprovementBenefit {
    /// Asset protection.
    AssetProtection,
    /// Compliance.
    Compliance,
    /// Resilience.
    Resilience,
    /// Culture.
    Culture,
    /// Process improvement.
    ProcessImprovement,
    /// Return on investment.
    ReturnOnInvestment,
}

impl Record for Improvement {
    type State = ImprovementState;

    const RIGHTS: Rights = Rights { create: &[Who::All], read: &[Who::Isms], update: &[Who::Own, IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ImprovementState::Proposed, ImprovementState::Accepted, &[IM]),
        step(ImprovementState::Proposed, ImprovementState::Rejected, &[IM]),
        step(ImprovementState::Accepted, ImprovementState::Done, &[Who::Own]),
    ];

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if matches!(to, ImprovementState::Accepted | ImprovementState::Done) {
            problems.need(record.responsible.is_none(), "responsible", "when it is accepted");
            problems.need(record.due.is_none(), "due", "when it is accepted");
        }
        let done = to == ImprovementState::Done;
        problems.need(done && record.result.is_none(), "result", "when it is done");
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == ImprovementState::Done {
            record.body.done_on = record.done_on.or(Some(context.today()));
        }
    }

    fn sample() -> Self {
        Self {
            source: Some(ImprovementSource::Audit),
            source_record: "F-0004".parse().ok(),
            what: Some("Label templates for rosters".into()),
            benefit: Some(ImprovementBenefit::AssetProtection),
            responsible: Some(Ref::new(15)),
            due: day("2026-06-15"),
            done_on: day("2026-06-09"),
            result: Some("templates changed on all wards".into()),
        }
    }
}
