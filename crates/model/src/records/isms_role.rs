//! ISMS roles: responsibilities and authorities, independent of who holds them.

use crate::records::prelude::*;

/// A role with responsibilities and authorities, independent of who fills it.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "ROLE",
    title = "ISMS role",
    plural = "ISMS roles",
    steps = "1,4",
    clauses = "5.3",
    retention = "C",
    core
)]
pub struct IsmsRole {
    /// Why the role exists, in one sentence.
    #[field(required)]
    pub purpose: Option<String>,
    /// Duties of the holder, one per line.
    #[field(required)]
    pub responsibilities: Vec<String>,
    /// What the holder may decide alone, one per line.
    #[field(required)]
    pub authorities: Vec<String>,
    /// Whether the role ensures that the ISMS conforms to the standard (5.3 a).
    #[field(required)]
    pub is_conformity_role: Option<bool>,
    /// Whether the role reports the performance of the ISMS to top management (5.3 b).
    #[field(required)]
    pub is_reporting_role: Option<bool>,
    /// Roles that the same person must not hold at the same time (A.5.3).
    pub incompatible_with: Vec<Ref<IsmsRole>>,
    /// Activities with the part this role plays in them; over all roles each activity has exactly one accountable role.
    pub raci: Vec<RaciRow>,
}

/// States of an ISMS role.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IsmsRoleState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// The part that a role plays in an activity.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RaciValue {
    /// Responsible.
    #[choice("R")]
    Responsible,
    /// Accountable.
    #[choice("A")]
    Accountable,
    /// Consulted.
    #[choice("C")]
    Consulted,
    /// Informed.
    #[choice("I")]
    Informed,
}

/// One activity and the part that the role plays in it.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct RaciRow {
    /// The activity, such as risk assessment.
    pub activity: Option<String>,
    /// Whether the role is responsible, accountable, consulted or informed.
    pub value: Option<RaciValue>,
}

impl Record for IsmsRole {
    type State = IsmsRoleState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::All], update: &[IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(IsmsRoleState::Draft, IsmsRoleState::Active, &[IM]),
        step(IsmsRoleState::Active, IsmsRoleState::Retired, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        if record.incompatible_with.contains(&record.reference()) {
            problems.add("incompatible_with", "names the role itself");
        }
    }

    fn sample() -> Self {
        let row = |activity: &str, value| RaciRow { activity: Some(activity.into()), value: Some(value) };
        Self {
            purpose: Some("Runs the ISMS and reports to the chief executive".into()),
            responsibilities: vec!["plan and coordinate the ISMS".into(), "keep risk register, SoA and plans".into()],
            authorities: vec!["stop insecure changes".into(), "demand evidence".into()],
            is_conformity_role: Some(true),
            is_reporting_role: Some(true),
            incompatible_with: vec![Ref::new(6)],
            raci: vec![
                row("Risk assessment", RaciValue::Accountable),
                row("Approve Statement of Applicability", RaciValue::Responsible),
                row("Incident handling", RaciValue::Consulted),
                row("Internal audit", RaciValue::Informed),
            ],
        }
    }
}
