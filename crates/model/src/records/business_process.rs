//! Business processes: the primary activities, how long they may stand still and what they need.

use crate::records::prelude::*;

/// A primary activity of the organization.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "BP",
    title = "Business process",
    plural = "Business processes",
    steps = "2,3,5",
    clauses = "4.3 5.1b A.5.29",
    retention = "C",
    core
)]
pub struct BusinessProcess {
    /// Process owner, who answers for it.
    #[field(required, own)]
    pub owner: Option<Ref<Person>>,
    /// Unit that runs it.
    #[field(required)]
    pub org_unit: Option<Ref<OrgUnit>>,
    /// What it delivers.
    #[field(required)]
    pub purpose: Option<String>,
    /// How important it is to the business.
    #[field(required)]
    pub criticality: Option<Criticality>,
    /// Longest tolerable outage in hours.
    pub mtpd_hours: Option<Decimal>,
    /// Hours within which it must run again; not more than the longest tolerable outage.
    pub rto_hours: Option<Decimal>,
    /// Hours of data that may be lost at most.
    pub rpo_hours: Option<Decimal>,
    /// Assets that it needs.
    pub depends_on: Vec<Ref<Asset>>,
    /// Third parties that it needs.
    pub suppliers: Vec<Ref<Supplier>>,
    /// How security is built into the steps of the process.
    pub security_steps: Option<LongText>,
    /// Whether the process lies within the ISMS scope; kept equal to the scope in force.
    #[field(required)]
    pub in_scope: Option<bool>,
}

/// States of a business process.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BusinessProcessState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

impl Record for BusinessProcess {
    type State = BusinessProcessState;

    const RIGHTS: Rights = Rights { create: &[IM, AO], read: &[Who::Isms], update: &[IM, Who::Own], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(BusinessProcessState::Draft, BusinessProcessState::Active, &[IM]),
        step(BusinessProcessState::Active, BusinessProcessState::Retired, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.mtpd_hours, "mtpd_hours");
        problems.not_negative(record.rto_hours, "rto_hours");
        problems.not_negative(record.rpo_hours, "rpo_hours");
        problems.part(record.rto_hours, record.mtpd_hours, "rto_hours", "the longest tolerable outage");
    }

    fn sample() -> Self {
        Self {
            owner: Some(Ref::new(15)),
            org_unit: Some(Ref::new(2)),
            purpose: Some("register, identify and schedule patients".into()),
            criticality: Some(Criticality::High),
            mtpd_hours: decimal("8"),
            rto_hours: decimal("4"),
            rpo_hours: decimal("1"),
            depends_on: vec![Ref::new(1), Ref::new(9)],
            suppliers: vec![Ref::new(1)],
            security_steps: Some("identity check with two data items; privacy notice".into()),
            in_scope: Some(true),
        }
    }
}
