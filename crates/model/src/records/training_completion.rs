//! Training completions: how somebody completed a course that was assigned.

use crate::records::prelude::*;
use crate::records::training_assignment::TrainingAssignmentState;

/// How somebody completed a course that was assigned to them, and until when that holds.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "TC",
    title = "Training completion",
    plural = "Training completions",
    steps = "8",
    clauses = "7.2 d",
    retention = "C",
    core,
    fact
)]
pub struct TrainingCompletion {
    /// The assignment that was carried out.
    #[field(required)]
    pub assignment: Option<Ref<TrainingAssignment>>,
    /// Day on which the course was completed.
    #[field(required)]
    pub completed_on: Option<Date>,
    /// Share of right answers in the quiz, in percent; needed when the course has a quiz.
    pub score: Option<Percent>,
    /// Whether the course was passed; then the assignment is completed.
    #[field(required)]
    pub passed: Option<bool>,
    /// How many tries it took.
    pub attempts: Option<i64>,
    /// Last day on which it holds; when left empty, the day of completion plus the validity of the course.
    #[field(required)]
    pub valid_until: Option<Date>,
    /// Proofs, such as a certificate.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
}

/// States of a training completion.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrainingCompletionState {
    /// Recorded.
    Recorded,
    /// Void.
    Void,
}

/// The course that was completed.
fn course_of<'a>(completion: &TrainingCompletion, isms: &'a Isms) -> Option<&'a Stored<Course>> {
    isms.find(isms.find(completion.assignment)?.course)
}

impl Record for TrainingCompletion {
    type State = TrainingCompletionState;

    const RIGHTS: Rights =
        Rights { create: &[Who::System, IM], read: &[Who::Own, IM, Who::Manager, IA, EX], update: &[], approve: &[] };

    const FLOW: &'static [Step<Self::State>] =
        &[step(TrainingCompletionState::Recorded, TrainingCompletionState::Void, &[IM])];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.completed_on, record.valid_until, "valid_until", "the day of completion");
        if record.attempts.is_some_and(|attempts| attempts < 1) {
            problems.add("attempts", "must be at least 1");
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to != TrainingCompletionState::Recorded {
            return;
        }
        let course = course_of(record, context.isms);
        let Some(quiz) = course.and_then(|course| context.isms.find(course.quiz)) else { return };
        problems.need(record.score.is_none(), "score", "when the course has a quiz");
        if let (Some(true), Some(score), Some(mark)) = (record.passed, record.score, quiz.pass_percent)
            && score < mark
        {
            problems.add("passed", format!("cannot be: the score is {} %, the pass mark {} %", score.0, mark.0));
        }
        problems.part(record.attempts, quiz.max_attempts, "attempts", "the quiz allows");
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == TrainingCompletionState::Recorded {
            record.body.valid_until = record.valid_until.or_else(|| {
                let course = course_of(record, context.isms)?;
                course.validity?.after(record.completed_on?)
            });
        }
    }

    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        let counts = record.state == TrainingCompletionState::Recorded && !record.is_void();
        let Some(assignment) = context.isms.find(record.assignment) else { return };
        let open = matches!(assignment.state, TrainingAssignmentState::Assigned | TrainingAssignmentState::Started);
        if counts && open && !assignment.is_void() && record.passed == Some(true) {
            let reason = format!("{} was passed", record.reference());
            follow.push(Follow::step(assignment.reference().any(), "completed", reason));
        }
    }

    fn sample() -> Self {
        Self {
            assignment: Some(Ref::new(1)),
            completed_on: day("2026-02-08"),
            score: decimal("90").map(Percent),
            passed: Some(true),
            attempts: Some(1),
            valid_until: day("2027-02-08"),
            ..Self::default()
        }
    }
}
