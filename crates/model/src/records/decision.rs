//! Decisions: what a management review decided, and what became of it.

use crate::records::prelude::*;

/// What a management review decided: who does it by when, and what became of it.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "DEC",
    title = "Decision",
    plural = "Decisions",
    steps = "11",
    clauses = "9.3.3",
    retention = "B",
    core,
    fact
)]
pub struct Decision {
    /// The review that decided.
    #[field(required)]
    pub review: Option<Ref<ManagementReview>>,
    /// What is decided.
    #[field(required)]
    pub text: Option<LongText>,
    /// What kind of decision it is.
    #[field(required)]
    pub decision_type: Option<DecisionDecisionType>,
    /// Who carries it out; needed unless nothing changes.
    #[field(own)]
    pub responsible: Option<Ref<Person>>,
    /// Day by which it is carried out; needed unless nothing changes.
    pub due: Option<Date>,
    /// Money allotted to it, for example 45000 USD.
    pub budget: Option<Money>,
    /// The records that carry it out, such as actions, changes or resources.
    pub linked: Vec<AnyRef>,
    /// Day on which it was carried out; when left empty, the day on which it is marked as done.
    #[field(immaterial)]
    pub done_on: Option<Date>,
    /// What became of it.
    pub result: Option<String>,
}

/// States of a decision.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecisionState {
    /// Open.
    Open,
    /// In progress.
    InProgress,
    /// Done.
    Done,
    /// Dropped.
    Dropped,
}

/// Options of “decision type”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecisionDecisionType {
    /// Improvement.
    Improvement,
    /// ISMS change.
    IsmsChange,
    /// Resources.
    Resources,
    /// Risk.
    Risk,
    /// Corrective action.
    CorrectiveAction,
    /// Objective.
    Objective,
    /// Policy.
    Policy,
    /// No change.
    NoChange,
}

impl Record for Decision {
    type State = DecisionState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms, EX], update: &[Who::Own, IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(DecisionState::Open, DecisionState::InProgress, &[Who::Own]),
        step(DecisionState::InProgress, DecisionState::Done, &[Who::Own]),
        step(DecisionState::Open, DecisionState::Done, &[Who::Own]),
        step(DecisionState::Open, DecisionState::Dropped, &[TM]),
    ];

    fn demand(record: &Stored<Self>, _to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        let changes = record.decision_type.is_some_and(|kind| kind != DecisionDecisionType::NoChange);
        problems.need(changes && record.responsible.is_none(), "responsible", "unless nothing changes");
        problems.need(changes && record.due.is_none(), "due", "unless nothing changes");
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == DecisionState::Done {
            record.body.done_on = record.done_on.or(Some(context.today()));
        }
    }

    fn sample() -> Self {
        Self {
            review: Some(Ref::new(1)),
            text: Some("Budget of 45,000 USD for separate device zones is confirmed for 2026".into()),
            decision_type: Some(DecisionDecisionType::Resources),
            responsible: Some(Ref::new(4)),
            due: day("2026-06-30"),
            budget: money("45000 USD"),
            linked: ["RES-0002", "TA-0017"].iter().filter_map(|text| text.parse().ok()).collect(),
            done_on: day("2026-05-28"),
            ..Self::default()
        }
    }
}
