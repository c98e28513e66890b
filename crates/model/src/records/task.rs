//! Tasks: what somebody has to do by a day.

use crate::records::prelude::*;

/// What somebody has to do by a day; people write tasks, and the program makes them from reviews and deadlines.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "TSK",
    title = "Task",
    plural = "Tasks",
    steps = "1,2,3,4,5,6,7,8,9,10,11,12",
    clauses = "8.1",
    retention = "D",
    core,
    fact
)]
pub struct Task {
    /// What has to be done, so that somebody else would understand it.
    #[field(required)]
    pub what: Option<String>,
    /// Who has to do it.
    #[field(required, own)]
    pub assignee: Option<Ref<Person>>,
    /// Day by which it has to be done.
    #[field(required, index)]
    pub due: Option<Date>,
    /// The record that it is about.
    pub subject: Option<AnyRef>,
    /// What gave rise to it, where the program wrote it: it is written once for each cause and subject.
    pub cause: Option<AnyRef>,
    /// After how long it comes again, for example P1M or P1Y; empty when it is done once.
    pub recurrence: Option<Period>,
    /// Day on which it was done; when left empty, the day on which it is marked as done.
    #[field(immaterial)]
    pub done_on: Option<Date>,
}

/// States of a task.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskState {
    /// Open.
    Open,
    /// Done.
    Done,
    /// Cancelled.
    Cancelled,
}

impl Record for Task {
    type State = TaskState;

    const RIGHTS: Rights =
        Rights { create: &[Who::Isms, Who::System], read: &[Who::Own, IM], update: &[Who::Own, IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] =
        &[
        step(TaskState::Open, TaskState::Done, &[Who::Own]),
        // Marked as done by a slip of the hand: the person takes it back.
        named("reopen", TaskState::Done, TaskState::Open, &[Who::Own]),
        step(TaskState::Open, TaskState::Cancelled, &[IM]),
    ];

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == TaskState::Done {
            record.body.done_on = record.done_on.or(Some(context.today()));
        }
    }

    fn sample() -> Self {
        Self {
            what: Some("Explain red values of the months before controls were rolled out".into()),
            assignee: Some(Ref::new(2)),
            due: day("2026-01-31"),
            subject: "MTR-0001".parse().ok(),
            done_on: day("2026-01-28"),
            ..Self::default()
        }
    }
}
