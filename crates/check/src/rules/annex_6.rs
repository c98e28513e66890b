//! A.6: people.

use super::prelude::*;

rules! {
    /// Screening is recorded.
    ///
    /// Before somebody gets access one has looked at who they are.
    A6_1_01 = "A6.1-01", Minor, step 8, clause "A.6.1";
    reads ["person.employment", "person.screening_done_on", "person.state", "person.org_unit", "org_unit.in_scope"];
    says "{ref}: screening is not recorded.";
    fix "Do and record it.";
    fails "screening_done_on=null";
    holds "date present";
    |cx| cx.people().judge(|p| works_here(p) && p.screening_done_on.is_none());

    /// Terms of employment on security are signed.
    ///
    /// Duties bind when they were agreed to.
    A6_2_01 = "A6.2-01", Minor, step 8, clause "A.6.2";
    reads ["person.employment", "person.terms_signed_on", "person.state", "person.org_unit", "org_unit.in_scope"];
    says "{ref}: security terms of employment are not signed.";
    fix "Have them signed.";
    fails "null";
    holds "date present";
    |cx| cx.people().judge(|p| works_here(p) && p.terms_signed_on.is_none());

    /// Obligatory courses test what was understood.
    ///
    /// Clicking through is not learning.
    C7_3_06 = "C7.3-06", Observation, step 8, clause "A.6.3";
    reads ["course.state", "course.mandatory", "course.quiz"];
    says "Obligatory course {ref} has no test of understanding.";
    fix "Add a quiz.";
    fails "quiz=null";
    holds "quiz=QZ-0001";
    |cx| cx.st::<Course>(&[CourseState::Active]).judge(|c| yes(c.mandatory) && c.quiz.is_none());

    /// After people were deceived, they were trained.
    ///
    /// Phishing and misuse call for a lesson: a training assigned because of it, or any assigned since.
    X_16 = "X-16", Observation, step 8, clause "A.6.3";
    reads ["incident.category", "incident.state", "training_assignment.reason", "training_assignment.assigned_on",
        "incident.detected_at"];
    says "After incident {ref}, caused by people being deceived, no training followed.";
    fix "Assign training.";
    fails "none";
    holds "TAS reason=incident";
    |cx| {
        let caused = |a: &Stored<TrainingAssignment>| matches!(a.reason, Some(TrainingAssignmentReason::Incident | TrainingAssignmentReason::Remedial));
        let answered = cx.all::<TrainingAssignment>().any(caused);
        let last = latest(cx.all::<TrainingAssignment>().map(|a| a.assigned_on));
        cx.all::<Incident>().judge(|i| {
            matches!(i.category, Some(IncidentCategory::Phishing | IncidentCategory::Misuse))
                && matches!(i.state, IncidentState::Reviewed | IncidentState::Closed)
                && !answered
                && (last.is_none() || before(last, i.detected_at.map(Context::day)))
        })
    };

    /// People who left are marked so.
    ///
    /// Access is taken away by that mark.
    A6_5_01 = "A6.5-01", Minor, step 8, clause "A.6.5";
    reads ["person.state", "person.left_on"];
    says "{ref} left on {left_on} but is still active.";
    fix "Remove access and set the state to left.";
    fails "left_on 2026-06-01 active";
    holds "state=left";
    |cx| cx.all::<Person>().judge(|p| p.state == PersonState::Active && cx.past(p.left_on));

    /// Confidentiality agreements are recorded.
    ///
    /// Everybody in scope has signed one.
    A6_6_01 = "A6.6-01", Minor, step 8, clause "A.6.6";
    reads ["person.nda_signed_on", "person.state", "person.employment", "person.org_unit", "org_unit.in_scope"];
    says "{ref}: confidentiality agreement is not recorded.";
    fix "Have it signed.";
    fails "null";
    holds "date present";
    |cx| cx.people().judge(|p| p.nda_signed_on.is_none());

    /// Security events are reported.
    ///
    /// Half a year of silence rather means that people do not know the channel than that nothing happened.
    A6_8_01 = "A6.8-01", Observation, step 9, clause "A.6.8";
    reads ["event.reported_at"];
    says "No security event was reported within {cfg.event_silence_days} days; people may not know the channel.";
    fix "Test and advertise the reporting channel.";
    fails "last event 2025-06";
    holds "event in 2026-06";
    |cx| flag(!cx.all::<Event>().has(|e| cx.within(e.reported_at.map(Context::day), cx.config.event_silence_days)));
}
