//! Organizational units: the departments and teams that scope, documents and audits refer to.

use crate::records::prelude::*;
use crate::records::shared::circle;

/// A department or team. Scope, audiences of documents and audits refer to it.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "OU",
    title = "Organizational unit",
    plural = "Organizational units",
    steps = "3",
    clauses = "4.3 5.3",
    retention = "A",
    core
)]
pub struct OrgUnit {
    /// The unit it belongs to; empty at the top.
    pub parent: Option<Ref<OrgUnit>>,
    /// Line manager who answers for the security of the unit (A.5.4, A.5.36).
    #[field(required)]
    pub head: Option<Ref<Person>>,
    /// Places where the unit works.
    pub sites: Vec<Ref<Site>>,
    /// Number of people in the unit.
    pub headcount: Option<i64>,
    /// Whether the unit lies within the ISMS scope; kept equal to the scope in force.
    #[field(required)]
    pub in_scope: Option<bool>,
}

/// States of an organizational unit.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrgUnitState {
    /// Active.
    Active,
    /// Retired.
    Retired,
}

impl Record for OrgUnit {
    type State = OrgUnitState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::All], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[step(OrgUnitState::Active, OrgUnitState::Retired, &[IM])];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.headcount, "headcount");
        if let Some(circle) = circle(record, isms, "parent", |unit| unit.parent.as_slice()) {
            problems.add("parent", format!("makes the unit its own parent: {circle}"));
        }
    }

    fn sample() -> Self {
        Self {
            head: Some(Ref::new(1)),
            sites: vec![Ref::new(1)],
            headcount: Some(6),
            in_scope: Some(true),
            ..Self::default()
        }
    }
}
