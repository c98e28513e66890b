//! What time brings: the steps that the program itself takes because a day has come.
//!
//! Days are days in UTC. A day up to which something holds is its last good day, so that the step is due on the day
//! after. What was planned and not done counts as missed thirty days after the planned day.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::decide::Follow;
use crate::field::Choice;
use crate::isms::Isms;
use crate::kind::Record;
use crate::records::access_review::AccessReviewState;
use crate::records::bc_exercise::BcExerciseState;
use crate::records::certification::CertificationState;
use crate::records::control_test::ControlTestState;
use crate::records::document_version::DocumentVersionState;
use crate::records::evidence::EvidenceState;
use crate::records::exception::ExceptionState;
use crate::records::process_execution::ProcessExecutionState;
use crate::records::risk_acceptance::RiskAcceptanceState;
use crate::records::{
    AccessReview, BcExercise, Certification, ControlTest, DocumentVersion, Evidence, Exception, ProcessExecution,
    RiskAcceptance,
};
use crate::stored::Stored;

/// Days after the planned day during which something may still be done before it counts as missed.
pub const GRACE_DAYS: i32 = 30;

/// The steps that are due at `now`, in the order of the kinds and of the numbers. Nothing is left once they are taken.
///
/// Acceptances, exceptions, evidence and certificates expire; executions, tests, reviews and exercises that nobody did
/// are missed; approved versions of documents become effective on their day.
pub fn due(isms: &Isms, now: Timestamp) -> Vec<Follow> {
    let today = jiff::tz::Offset::UTC.to_datetime(now).date();
    let past = |day: Option<Date>| day.filter(|day| *day < today);
    let missed = |day: Option<Date>| day.filter(|day| day.checked_add(GRACE_DAYS.days()).is_ok_and(|end| end < today));
    let come = |day: Option<Date>| day.filter(|day| *day <= today);
    let mut due = Vec::new();

    let (from, to) = (DocumentVersionState::Approved, DocumentVersionState::Effective);
    steps::<DocumentVersion>(isms, &mut due, from, to, "was to be effective from", |one| come(one.effective_from));
    let (from, to) = (RiskAcceptanceState::Accepted, RiskAcceptanceState::Expired);
    steps::<RiskAcceptance>(isms, &mut due, from, to, "held until", |one| past(one.expires_on));
    let (from, to) = (ExceptionState::Approved, ExceptionState::Expired);
    steps::<Exception>(isms, &mut due, from, to, "held until", |one| past(one.expires_on));
    let (from, to) = (ProcessExecutionState::Planned, ProcessExecutionState::Missed);
    steps::<ProcessExecution>(isms, &mut due, from, to, "was planned for", |one| missed(one.planned_for));
    let (from, to) = (EvidenceState::Accepted, EvidenceState::Expired);
    steps::<Evidence>(isms, &mut due, from, to, "held until", |one| past(one.valid_until));
    let (from, to) = (ControlTestState::Planned, ControlTestState::Missed);
    steps::<ControlTest>(isms, &mut due, from, to, "was planned for", |one| missed(one.planned_for));
    let (from, to) = (AccessReviewState::Planned, AccessReviewState::Missed);
    steps::<AccessReview>(isms, &mut due, from, to, "was planned for", |one| missed(one.planned_for));
    let (from, to) = (BcExerciseState::Planned, BcExerciseState::Missed);
    steps::<BcExercise>(isms, &mut due, from, to, "was planned for", |one| missed(one.planned_for));
    let (from, to) = (CertificationState::Certified, CertificationState::Expired);
    steps::<Certification>(isms, &mut due, from, to, "held until", |one| past(one.valid_until));
    due
}

/// The steps of one kind: each record that stands in `from` and whose day has come goes to `to`.
fn steps<K: Record>(
    isms: &Isms,
    due: &mut Vec<Follow>,
    from: K::State,
    to: K::State,
    why: &str,
    day: impl Fn(&K) -> Option<Date>,
) {
    let standing = isms.table::<K>().iter().filter(|record| record.state == from && !record.is_void());
    let come = standing.filter_map(|record: &Stored<K>| Some((record.reference().any(), day(record)?)));
    due.extend(come.map(|(target, day)| Follow::step(target, to.name(), format!("it {why} {day}"))));
}
