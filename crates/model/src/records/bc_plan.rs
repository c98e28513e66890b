//! Continuity plans: how security and ICT are kept going in a disruption.

use crate::records::prelude::*;

/// How information security and ICT are kept going in one kind of disruption.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "BCP",
    title = "Continuity plan",
    plural = "Continuity plans",
    steps = "9",
    clauses = "A.5.29 A.5.30",
    retention = "C"
)]
pub struct BcPlan {
    /// Business processes that the plan keeps going.
    #[field(required)]
    pub processes: Vec<Ref<BusinessProcess>>,
    /// Assets that the plan covers.
    pub assets: Vec<Ref<Asset>>,
    /// The disruption that is assumed, for example: fire in the server room.
    #[field(required)]
    pub scenario: Option<String>,
    /// How confidentiality and integrity are kept in emergency operation (A.5.29).
    #[field(required)]
    pub security_requirements: Option<LongText>,
    /// Hours within which operation is back, as the plan promises, for example 4.
    #[field(required)]
    pub rto_hours: Option<Decimal>,
    /// Hours of data that may be lost, as the plan promises, for example 1.
    #[field(required)]
    pub rpo_hours: Option<Decimal>,
    /// The person who answers for the plan.
    #[field(required, own)]
    pub owner: Option<Ref<Person>>,
    /// The document with the text of the plan.
    pub document: Option<Ref<Document>>,
    /// Day by which the plan is exercised next.
    #[field(required)]
    pub next_exercise: Option<Date>,
}

/// States of a continuity plan.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BcPlanState {
    /// Draft.
    Draft,
    /// Approved.
    Approved,
    /// Retired.
    Retired,
}

impl Record for BcPlan {
    type State = BcPlanState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms], update: &[IM, Who::Own], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(BcPlanState::Draft, BcPlanState::Approved, &[IM]),
        step(BcPlanState::Approved, BcPlanState::Retired, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.rto_hours, "rto_hours");
        problems.not_negative(record.rpo_hours, "rpo_hours");
    }

    fn sample() -> Self {
        Self {
            processes: vec![Ref::new(2), Ref::new(5)],
            assets: vec![Ref::new(9), Ref::new(10)],
            scenario: Some("outage of supplier or internet".into()),
            security_requirements: Some(
                "Paper forms are Restricted, counted, entered within 24 hours and shredded; emergency access is logged"
                    .into(),
            ),
            rto_hours: decimal("4"),
            rpo_hours: decimal("1"),
            owner: Some(Ref::new(3)),
            document: Some(Ref::new(19)),
            next_exercise: day("2026-11-10"),
        }
    }
}
