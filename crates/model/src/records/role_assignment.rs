//! Role assignments: who holds which role, from when until when.

use crate::decide::covers;
use crate::records::prelude::*;
use crate::records::shared::{approvals_of, is_top_management};

/// Who fills which role, from when until when.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "RASG",
    title = "Role assignment",
    plural = "Role assignments",
    steps = "1,4",
    clauses = "5.3",
    retention = "C",
    core
)]
pub struct RoleAssignment {
    /// The role that is filled.
    #[field(required)]
    pub role: Option<Ref<IsmsRole>>,
    /// Who holds the role.
    #[field(required)]
    pub person: Option<Ref<Person>>,
    /// Who stands in when the holder is away; another person.
    pub deputy: Option<Ref<Person>>,
    /// First day in the role.
    #[field(required)]
    pub from_date: Option<Date>,
    /// Last day in the role; empty while there is no end.
    pub until_date: Option<Date>,
    /// Appointment signed by top management; required for roles that ensure conformity or report to top management.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
    /// Day on which the appointment was made known inside the organization.
    #[field(immaterial)]
    pub communicated_on: Option<Date>,
    /// Day on which the holder accepted the role.
    #[field(immaterial)]
    pub accepted_on: Option<Date>,
}

/// States of a role assignment.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleAssignmentState {
    /// Proposed.
    Proposed,
    /// Active.
    Active,
    /// Ended.
    Ended,
}

impl Record for RoleAssignment {
    type State = RoleAssignmentState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::All], update: &[IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(RoleAssignmentState::Proposed, RoleAssignmentState::Active, &[TM]),
        step(RoleAssignmentState::Active, RoleAssignmentState::Ended, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.from_date, record.until_date, "until_date", "the first day");
        if record.person.is_some() && record.deputy == record.person {
            problems.add("deputy", "must be somebody else than the holder");
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        let isms = context.isms;
        if to == RoleAssignmentState::Active
            && let Some(role) = isms.find(record.role)
            && (role.is_conformity_role == Some(true) || role.is_reporting_role == Some(true))
        {
            let appointed = isms.find(record.approval).is_some_and(|approval| {
                let signer = approval.signer.filter(|signer| is_top_management(*signer, isms));
                signer.is_some() && covers(approval, record, isms)
            });
            problems.need(
                !appointed,
                "approval",
                "for a role that ensures conformity or reports to top management: an appointment as it stands, signed \
                 by top management",
            );
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            RoleAssignmentState::Proposed => {}
            RoleAssignmentState::Active => {
                let mut signed = approvals_of(record, context.isms);
                let appointment = signed.find(|one| one.signer.is_some_and(|by| is_top_management(by, context.isms)));
                let appointment = appointment.map(Stored::reference);
                drop(signed);
                record.body.approval = record.body.approval.or(appointment);
            }
            RoleAssignmentState::Ended => {
                record.body.until_date.get_or_insert(context.today());
            }
        }
    }

    fn sample() -> Self {
        Self {
            role: Some(Ref::new(1)),
            person: Some(Ref::new(2)),
            deputy: Some(Ref::new(5)),
            from_date: day("2025-02-12"),
            approval: Some(Ref::new(1)),
            communicated_on: day("2025-02-20"),
            accepted_on: day("2025-02-12"),
            ..Self::default()
        }
    }
}
