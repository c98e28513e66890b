//! Resource allocations: what was asked for and granted for the ISMS.

use crate::records::prelude::*;

/// Money, people, tools or outside help asked for and granted for the ISMS.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "RES",
    title = "Resource allocation",
    plural = "Resource allocations",
    steps = "1",
    clauses = "5.1 7.1",
    retention = "C"
)]
pub struct ResourceAllocation {
    /// What is asked for.
    #[field(required)]
    pub resource_type: Option<ResourceType>,
    /// What it is needed for.
    #[field(required)]
    pub purpose: Option<String>,
    /// First day of the period.
    #[field(required)]
    pub period_from: Option<Date>,
    /// Last day of the period.
    #[field(required)]
    pub period_to: Option<Date>,
    /// Money asked for.
    pub amount_requested: Option<Money>,
    /// Money granted.
    pub amount_granted: Option<Money>,
    /// Money spent so far.
    #[field(immaterial)]
    pub amount_spent: Option<Money>,
    /// People asked for, in full-time equivalents such as 0.5.
    pub fte: Option<Decimal>,
    /// What the resources serve, such as a treatment plan, an action or a programme.
    pub linked: Vec<AnyRef>,
    /// Signature of the grant.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
}

/// States of a resource allocation.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceAllocationState {
    /// Requested.
    Requested,
    /// Granted.
    Granted,
    /// Refused.
    Refused,
    /// Closed.
    Closed,
}

/// What can be asked for.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceType {
    /// Budget.
    Budget,
    /// People.
    People,
    /// Tool.
    Tool,
    /// External service.
    ExternalService,
    /// Training.
    Training,
}

impl Record for ResourceAllocation {
    type State = ResourceAllocationState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms], update: &[IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ResourceAllocationState::Requested, ResourceAllocationState::Granted, &[TM]),
        step(ResourceAllocationState::Requested, ResourceAllocationState::Refused, &[TM]),
        step(ResourceAllocationState::Granted, ResourceAllocationState::Closed, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.period_from, record.period_to, "period_to", "the first day");
        problems.not_negative(record.fte, "fte");
        if record.linked.contains(&record.reference().any()) {
            problems.add("linked", "names the allocation itself");
        }
    }

    fn sample() -> Self {
        Self {
            resource_type: Some(ResourceType::Budget),
            purpose: Some("ISMS budget 2025".into()),
            period_from: day("2025-01-01"),
            period_to: day("2025-12-31"),
            amount_requested: money("260000 USD"),
            amount_granted: money("240000 USD"),
            amount_spent: money("236400 USD"),
            approval: Some(Ref::new(9)),
            ..Self::default()
        }
    }
}
