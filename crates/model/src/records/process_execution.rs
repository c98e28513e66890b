//! Process executions: the proof that a process of the ISMS ran as planned.

use crate::records::prelude::*;

/// One planned run of an ISMS process, and the proof of how it went.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "PEX",
    title = "Process execution record",
    plural = "Process execution records",
    steps = "9",
    clauses = "8.1",
    retention = "C"
)]
pub struct ProcessExecution {
    /// The process that is carried out.
    #[field(required)]
    pub process: Option<Ref<IsmsProcess>>,
    /// Day for which the run is planned; 30 days later it counts as missed.
    #[field(required)]
    pub planned_for: Option<Date>,
    /// Day on which the run took place; when left empty, the day on which it is marked as done.
    pub executed_on: Option<Date>,
    /// Who carried it out; when left empty, the person who marks it as done.
    #[field(own)]
    pub executed_by: Option<Ref<Person>>,
    /// Whether the process ran as planned; needed when the run is done.
    pub result: Option<ProcessExecutionResult>,
    /// What went otherwise than planned and what was done about it; needed when the result is a deviation.
    pub deviation: Option<String>,
    /// Proofs of the run, such as minutes or an export.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
}

/// States of a process execution record.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProcessExecutionState {
    /// Planned.
    Planned,
    /// Done.
    Done,
    /// Missed.
    Missed,
}

/// Options of “result”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProcessExecutionResult {
    /// As planned.
    AsPlanned,
    /// Deviation.
    Deviation,
}

impl Record for ProcessExecution {
    type State = ProcessExecutionState;

    const RIGHTS: Rights =
        Rights { create: &[Who::System, IM], read: &[Who::Isms], update: &[Who::Own, IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ProcessExecutionState::Planned, ProcessExecutionState::Done, &[Who::Own]),
        step(ProcessExecutionState::Planned, ProcessExecutionState::Missed, &[Who::System]),
    ];

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if to == ProcessExecutionState::Done {
            problems.need(record.result.is_none(), "result", "when the run is done");
            let deviates = record.result == Some(ProcessExecutionResult::Deviation);
            problems.need(deviates && record.deviation.is_none(), "deviation", "when the result is a deviation");
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == ProcessExecutionState::Done {
            record.body.executed_on = record.executed_on.or(Some(context.today()));
            record.body.executed_by = record.executed_by.or(context.principal.person());
        }
    }

    fn sample() -> Self {
        Self {
            process: Some(Ref::new(1)),
            planned_for: day("2026-04-30"),
            executed_on: day("2026-04-30"),
            executed_by: Some(Ref::new(2)),
            result: Some(ProcessExecutionResult::AsPlanned),
            ..Self::default()
        }
    }
}
