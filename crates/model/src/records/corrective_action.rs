//! Corrective actions: work that removes the cause of a nonconformity.

use crate::records::prelude::*;

/// Work that removes the cause of a nonconformity.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "CA",
    title = "Corrective action",
    plural = "Corrective actions",
    steps = "12",
    clauses = "10.2 c",
    retention = "C",
    core
)]
pub struct CorrectiveAction {
    /// The nonconformity whose cause is removed.
    #[field(required)]
    pub nonconformity: Option<Ref<Nonconformity>>,
    /// The analysis with the cause that is removed; needed to begin.
    pub root_cause: Option<Ref<RootCauseAnalysis>>,
    /// What is done, so that somebody else could see whether it is done.
    #[field(required)]
    pub what: Option<LongText>,
    /// Who has to do it; somebody else verifies it.
    #[field(required, own)]
    pub responsible: Option<Ref<Person>>,
    /// Day by which it is done.
    #[field(required)]
    pub due: Option<Date>,
    /// What it takes, for example: own staff, a licence.
    pub resources: Option<String>,
    /// What it costs, for example 1000 USD.
    pub cost: Option<Money>,
    /// The decision of a management review that is behind it.
    pub decision: Option<Ref<Decision>>,
    /// Day on which it was done; when left empty, the day on which it is marked as done.
    #[field(immaterial)]
    pub done_on: Option<Date>,
    /// Proofs that it was done; needed when it is done.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
}

/// States of a corrective action.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CorrectiveActionState {
    /// Planned.
    Planned,
    /// In progress.
    InProgress,
    /// Done.
    Done,
    /// Verified.
    Verified,
    /// Reopened.
    Reopened,
    /// Cancelled.
    Cancelled,
}

impl Record for CorrectiveAction {
    type State = CorrectiveActionState;

    const RIGHTS: Rights =
        Rights { create: &[Who::Own, IM], read: &[Who::Isms, EX], update: &[Who::Own, IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(CorrectiveActionState::Planned, CorrectiveActionState::InProgress, &[Who::Own]),
        step(CorrectiveActionState::InProgress, CorrectiveActionState::Done, &[Who::Own]),
        step(CorrectiveActionState::Done, CorrectiveActionState::Verified, &[IM, IA]),
        step(CorrectiveActionState::Done, CorrectiveActionState::Reopened, &[IM, IA]),
        step(CorrectiveActionState::Reopened, CorrectiveActionState::InProgress, &[Who::Own]),
        step(CorrectiveActionState::Planned, CorrectiveActionState::Cancelled, &[IM]),
    ];

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to == CorrectiveActionState::Cancelled {
            return;
        }
        problems.need(record.root_cause.is_none(), "root_cause", "when the action is begun");
        if matches!(to, CorrectiveActionState::Done | CorrectiveActionState::Verified) {
            problems.need(record.evidence.is_empty(), "evidence", "when the action is done");
        }
        let responsible = record.responsible;
        if to == CorrectiveActionState::Verified && responsible.is_some() && context.principal.person() == responsible {
            problems.add("responsible", "is the person who verifies; somebody else has to verify the action");
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            CorrectiveActionState::Done => record.body.done_on = record.done_on.or(Some(context.today())),
            // What was reopened is not done; the day on which it seemed so stays in its history.
            CorrectiveActionState::Reopened => record.body.done_on = None,
            _ => {}
        }
    }

    fn sample() -> Self {
        Self {
            nonconformity: Some(Ref::new(1)),
            root_cause: Some(Ref::new(1)),
            what: Some("Start leaver process from payroll entry; daily check list".into()),
            responsible: Some(Ref::new(7)),
            due: day("2026-07-31"),
            resources: Some("own staff".into()),
            cost: money("1000 USD"),
            decision: Some(Ref::new(3)),
            ..Self::default()
        }
    }
}
