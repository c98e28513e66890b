//! Information security objectives: measurable aims with a plan (6.2).

use crate::records::prelude::*;

/// A measurable aim, with who does what by when and how the result is judged.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "OBJ",
    title = "Information security objective",
    plural = "Information security objectives",
    steps = "2",
    clauses = "6.2",
    retention = "C",
    core
)]
pub struct Objective {
    /// Level for which the objective is set.
    #[field(required)]
    pub level: Option<ObjectiveLevel>,
    /// Unit for which it is set; required for a function.
    pub org_unit: Option<Ref<OrgUnit>>,
    /// The aim in one sentence.
    #[field(required)]
    pub statement: Option<LongText>,
    /// The policy that the objective follows from.
    #[field(required)]
    pub policy: Option<Ref<Document>>,
    /// Requirements of interested parties that were considered.
    pub requirements: Vec<Ref<Requirement>>,
    /// Obligations that were considered.
    pub obligations: Vec<Ref<Obligation>>,
    /// Risk results that were considered.
    pub risks: Vec<Ref<Risk>>,
    /// Which of confidentiality, integrity and availability it serves.
    #[field(required)]
    pub cia: Vec<Property>,
    /// Metrics that measure it; required before approval.
    pub metrics: Vec<Ref<Metric>>,
    /// Value at the start, in the unit.
    pub baseline: Option<Decimal>,
    /// Value to reach, in the unit.
    #[field(required)]
    pub target: Option<Decimal>,
    /// Unit of baseline and target, such as % or hours.
    #[field(required)]
    pub unit: Option<String>,
    /// Whether the target is a minimum or a maximum.
    #[field(required)]
    pub direction: Option<ObjectiveDirection>,
    /// Day by which it is to be reached.
    #[field(required)]
    pub due: Option<Date>,
    /// Actions that are planned to reach it.
    #[field(required)]
    pub what: Option<LongText>,
    /// People, tools and help that are planned.
    #[field(required)]
    pub resources: Option<String>,
    /// Money that is planned.
    pub budget: Option<Money>,
    /// Who answers for reaching it.
    #[field(required, own)]
    pub responsible: Option<Ref<Person>>,
    /// How the result is judged, such as the average of the last three months.
    #[field(required)]
    pub evaluation: Option<String>,
    /// Day on which it was made known.
    #[field(immaterial)]
    pub communicated_on: Option<Date>,
    /// Signature of top management.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
    /// Day of the last look at the progress.
    #[field(immaterial)]
    pub reviewed_on: Option<Date>,
    /// Value that was reached in the end, in the unit.
    #[field(immaterial)]
    pub result_value: Option<Decimal>,
}

/// States of an information security objective.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectiveState {
    /// Draft.
    Draft,
    /// Approved.
    Approved,
    /// Active.
    Active,
    /// Achieved.
    Achieved,
    /// Missed.
    Missed,
    /// Cancelled.
    Cancelled,
}

/// For what part an objective is set.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectiveLevel {
    /// Organization.
    Organization,
    /// Function.
    Function,
    /// Process.
    Process,
}

/// How a target is read.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectiveDirection {
    /// At least.
    AtLeast,
    /// At most.
    AtMost,
}

impl Record for Objective {
    type State = ObjectiveState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::All], update: &[IM, Who::Own], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ObjectiveState::Draft, ObjectiveState::Approved, &[TM]),
        step(ObjectiveState::Approved, ObjectiveState::Active, &[IM]),
        step(ObjectiveState::Active, ObjectiveState::Achieved, &[IM]),
        step(ObjectiveState::Active, ObjectiveState::Missed, &[IM]),
        step(ObjectiveState::Active, ObjectiveState::Cancelled, &[TM]),
    ];

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if to == ObjectiveState::Approved {
            let function = record.level == Some(ObjectiveLevel::Function);
            problems.need(function && record.org_unit.is_none(), "org_unit", "for an objective of a function");
            problems.need(record.metrics.is_empty(), "metrics", "before approval: it must be measurable");
        }
    }

    fn sample() -> Self {
        Self {
            level: Some(ObjectiveLevel::Organization),
            statement: Some("At most 5 % of people click in the monthly phishing test by the end of 2026.".into()),
            policy: Some(Ref::new(1)),
            requirements: vec![Ref::new(1)],
            obligations: vec![Ref::new(2)],
            risks: vec![Ref::new(1), Ref::new(12)],
            cia: vec![Property::Confidentiality],
            metrics: vec![Ref::new(3)],
            baseline: decimal("18"),
            target: decimal("5"),
            unit: Some("%".into()),
            direction: Some(ObjectiveDirection::AtMost),
            due: day("2026-12-31"),
            what: Some("monthly tests, short lessons after a click".into()),
            resources: Some("training coordinator 10 %, platform".into()),
            budget: money("14000 USD"),
            responsible: Some(Ref::new(17)),
            evaluation: Some("average of the last three months".into()),
            communicated_on: day("2025-06-30"),
            approval: Some(Ref::new(132)),
            reviewed_on: day("2026-05-13"),
            ..Self::default()
        }
    }
}
