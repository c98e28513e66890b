//! Continuity exercises: tests of a plan or of a restore.

use crate::records::prelude::*;

/// A test of a continuity plan or of a restore, with what was reached.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "BCX",
    title = "Continuity exercise",
    plural = "Continuity exercises",
    steps = "9",
    clauses = "A.5.29 A.5.30 A.8.13",
    retention = "C"
)]
pub struct BcExercise {
    /// The plan that is exercised.
    #[field(required)]
    pub plan: Option<Ref<BcPlan>>,
    /// What kind of exercise it is.
    #[field(required)]
    pub exercise_type: Option<BcExerciseExerciseType>,
    /// Day for which the exercise is planned; 30 days later it counts as missed.
    #[field(required)]
    pub planned_for: Option<Date>,
    /// Day of the exercise; when left empty, the day on which it is marked as done.
    pub performed_on: Option<Date>,
    /// Hours until operation was back, as measured, for example 1.5.
    pub achieved_rto_hours: Option<Decimal>,
    /// Hours of data that were lost, as measured, for example 0.5.
    pub achieved_rpo_hours: Option<Decimal>,
    /// How it went; needed when the exercise is done.
    pub result: Option<BcExerciseResult>,
    /// What did not work, one line each.
    pub gaps: Vec<String>,
    /// Tasks, actions or nonconformities that close the gaps; needed unless the exercise was passed.
    pub follow_up: Vec<AnyRef>,
    /// Proofs, such as minutes or logs.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
}

/// States of a continuity exercise.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BcExerciseState {
    /// Planned.
    Planned,
    /// Done.
    Done,
    /// Missed.
    Missed,
}

/// Options of “exercise type”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BcExerciseExerciseType {
    /// Tabletop.
    Tabletop,
    /// Walkthrough.
    Walkthrough,
    /// Restore test.
    RestoreTest,
    /// Failover.
    Failover,
    /// Full.
    Full,
}

/// Options of “result”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BcExerciseResult {
    /// Passed.
    Passed,
    /// Passed with gaps.
    PassedWithGaps,
    /// Failed.
    Failed,
}

impl Record for BcExercise {
    type State = BcExerciseState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms], update: &[Who::Own, IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(BcExerciseState::Planned, BcExerciseState::Done, &[Who::Own]),
        step(BcExerciseState::Planned, BcExerciseState::Missed, &[Who::System]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.achieved_rto_hours, "achieved_rto_hours");
        problems.not_negative(record.achieved_rpo_hours, "achieved_rpo_hours");
    }

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if to != BcExerciseState::Done {
            return;
        }
        problems.need(record.result.is_none(), "result", "when the exercise is done");
        let open =
            record.result.is_some_and(|result| result != BcExerciseResult::Passed) && record.follow_up.is_empty();
        problems.need(open, "follow_up", "unless the exercise was passed");
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == BcExerciseState::Done {
            record.body.performed_on = record.performed_on.or(Some(context.today()));
        }
    }

    fn sample() -> Self {
        Self {
            plan: Some(Ref::new(1)),
            exercise_type: Some(BcExerciseExerciseType::Walkthrough),
            planned_for: day("2025-11-12"),
            performed_on: day("2025-11-12"),
            achieved_rto_hours: decimal("1.5"),
            achieved_rpo_hours: decimal("0.5"),
            result: Some(BcExerciseResult::PassedWithGaps),
            gaps: vec!["two wards did not find the kit".into()],
            follow_up: ["TSK-0002"].iter().filter_map(|text| text.parse().ok()).collect(),
            evidence: vec![Ref::new(21)],
        }
    }
}
