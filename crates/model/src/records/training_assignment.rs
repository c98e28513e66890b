//! Training assignments: a person has to take a course by a day.

use crate::records::prelude::*;

/// A person has to take a course by a day.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "TAS",
    title = "Training assignment",
    plural = "Training assignments",
    steps = "8",
    clauses = "7.2 7.3",
    retention = "C",
    core,
    fact
)]
pub struct TrainingAssignment {
    /// Who has to take it.
    #[field(required, own)]
    pub person: Option<Ref<Person>>,
    /// The course that is taken.
    #[field(required)]
    pub course: Option<Ref<Course>>,
    /// The awareness programme within which it is assigned.
    pub programme: Option<Ref<AwarenessProgramme>>,
    /// Why it is assigned.
    #[field(required)]
    pub reason: Option<TrainingAssignmentReason>,
    /// Day on which it was assigned; when left empty, the day of recording.
    #[field(required)]
    pub assigned_on: Option<Date>,
    /// Day by which it has to be completed.
    #[field(required)]
    pub due: Option<Date>,
}

/// States of a training assignment.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrainingAssignmentState {
    /// Assigned.
    Assigned,
    /// Started.
    Started,
    /// Completed.
    Completed,
    /// Waived.
    Waived,
}

/// Options of “reason”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrainingAssignmentReason {
    /// Joining.
    Joining,
    /// Periodic.
    Periodic,
    /// Role change.
    RoleChange,
    /// Incident.
    Incident,
    /// Audit.
    Audit,
    /// Remedial.
    Remedial,
}

impl Record for TrainingAssignment {
    type State = TrainingAssignmentState;

    const RIGHTS: Rights = Rights {
        create: &[Who::System, IM],
        read: &[Who::Own, IM, Who::Manager, IA],
        update: &[Who::Own, IM],
        approve: &[],
    };

    const FLOW: &'static [Step<Self::State>] = &[
        step(TrainingAssignmentState::Assigned, TrainingAssignmentState::Started, &[Who::Own]),
        step(TrainingAssignmentState::Started, TrainingAssignmentState::Completed, &[Who::System]),
        step(TrainingAssignmentState::Assigned, TrainingAssignmentState::Completed, &[Who::System]),
        step(TrainingAssignmentState::Assigned, TrainingAssignmentState::Waived, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.assigned_on, record.due, "due", "the day of the assignment");
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == TrainingAssignmentState::Assigned {
            record.body.assigned_on = record.assigned_on.or(Some(context.today()));
        }
    }

    fn sample() -> Self {
        Self {
            person: Some(Ref::new(1)),
            course: Some(Ref::new(1)),
            programme: Some(Ref::new(1)),
            reason: Some(TrainingAssignmentReason::Periodic),
            assigned_on: day("2026-02-01"),
            due: day("2026-03-15"),
        }
    }
}
