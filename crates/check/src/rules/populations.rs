//! Populations and small judgements that several rules of one or more clauses share.

use attestry_model::Ref;
use attestry_model::value::{Matrix, Money};

use super::prelude::*;

/// States of an action that is not finished.
pub(crate) const OPEN_ACTION: &[TreatmentActionState] =
    &[TreatmentActionState::Planned, TreatmentActionState::InProgress, TreatmentActionState::Blocked];

/// States of a treatment plan that counts.
pub(crate) const PLAN_IN_FORCE: &[treatment_plan::TreatmentPlanState] = {
    use treatment_plan::TreatmentPlanState::{Approved, Completed, InExecution};
    &[Approved, InExecution, Completed]
};

/// States of a treatment plan that is being carried out.
pub(crate) const PLAN_RUNNING: &[treatment_plan::TreatmentPlanState] = {
    use treatment_plan::TreatmentPlanState::{Approved, InExecution};
    &[Approved, InExecution]
};

/// States of a change that was carried out.
pub(crate) const CARRIED_OUT: &[ChangeState] = &[ChangeState::Implemented, ChangeState::Reviewed, ChangeState::Closed];

/// A verdict over some of the risks, of which an ISMS need not have any: with other risks and none of these it holds.
pub(crate) fn some_risks(cx: &Context<'_>, found: Found) -> Found {
    Found { known: cx.live::<Risk>().next().is_some(), ..found }
}

/// What several registers came to, as one verdict.
pub(crate) fn together(known: bool, parts: impl IntoIterator<Item = Found>) -> Found {
    Found { known, items: parts.into_iter().flat_map(|found| found.items).collect() }
}

/// Broken by more than one; with none nobody can say.
pub(crate) fn at_most_one(count: usize) -> Found {
    Found::given(count > 0, || flag(count > 1))
}

/// Whether a criticality is high or critical.
pub(crate) fn important(criticality: Option<Criticality>) -> bool {
    matches!(criticality, Some(Criticality::High | Criticality::Critical))
}

/// An amount in the organisation's currency; nothing there counts as zero.
pub(crate) fn num(cx: &Context<'_>, amount: Option<Money>) -> Decimal {
    cx.money(amount).unwrap_or_default()
}

/// Whether today lies in the period of an allocation.
pub(crate) fn covers_today(cx: &Context<'_>, grant: &ResourceAllocation) -> bool {
    grant.period_from.is_some_and(|from| from <= cx.today) && grant.period_to.is_some_and(|to| cx.today <= to)
}

/// Whether an active assignment fills a role of this sort.
pub(crate) fn key_role_held(cx: &Context<'_>, sort: impl Fn(&IsmsRole) -> bool) -> bool {
    cx.st::<RoleAssignment>(&[RoleAssignmentState::Active]).any(|held| cx.get(held.role).is_some_and(|role| sort(role)))
}

/// The value that a method gives a pair of levels.
pub(crate) fn by_matrix(
    cx: &Context<'_>,
    method: Option<Ref<Methodology>>,
    likelihood: Option<Level>,
    impact: Option<Level>,
) -> Option<i64> {
    let matrix: &Matrix = cx.get(method)?.body.matrix.as_ref()?;
    matrix.value(likelihood?, impact?)
}

/// Whether an option lowers a risk.
pub(crate) fn reduces(option: Option<TreatmentOption>) -> bool {
    matches!(option, Some(TreatmentOption::Treat | TreatmentOption::Transfer))
}

/// Actions that are not cancelled.
pub(crate) fn planned_actions<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<TreatmentAction>> {
    cx.all::<TreatmentAction>().filter(|action| action.state != TreatmentActionState::Cancelled)
}

/// Actions that are done or verified.
pub(crate) fn finished_actions<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<TreatmentAction>> {
    cx.st::<TreatmentAction>(&[TreatmentActionState::Done, TreatmentActionState::Verified])
}

/// Acceptances that were given.
pub(crate) fn accepted<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<RiskAcceptance>> {
    cx.st::<RiskAcceptance>(&[risk_acceptance::RiskAcceptanceState::Accepted])
}

/// Risk assessments that came to an end.
pub(crate) fn done_assessments<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<RiskAssessment>> {
    cx.st::<RiskAssessment>(&[RiskAssessmentState::Completed, RiskAssessmentState::Approved])
}

/// Whether an incident is reviewed or closed.
pub(crate) fn finished_incident(incident: &Stored<Incident>) -> bool {
    matches!(incident.state, IncidentState::Reviewed | IncidentState::Closed)
}

/// Finished incidents of high or critical severity.
pub(crate) fn finished_grave<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<Incident>> {
    cx.all::<Incident>().filter(|incident| finished_incident(incident) && important(incident.severity))
}

/// Whether an obligatory course for everybody teaches a topic.
pub(crate) fn teaches(cx: &Context<'_>, topic: CourseTopics) -> bool {
    cx.courses().any(|course| course.topics.contains(&topic))
}

/// Measurements that are not void.
pub(crate) fn measurements<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<Measurement>> {
    cx.st::<Measurement>(&[MeasurementState::Recorded, MeasurementState::Evaluated])
}

/// Tests that were made.
pub(crate) fn tests<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<ControlTest>> {
    cx.st::<ControlTest>(&[ControlTestState::Done, ControlTestState::Reviewed])
}

/// Whether a test found its control not effective.
pub(crate) fn failed(test: &ControlTest) -> bool {
    test.result == Some(ControlTestResult::NotEffective)
}

/// Internal audits.
pub(crate) fn internal<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<Audit>> {
    cx.all::<Audit>().filter(|audit| audit.audit_type == Some(AuditAuditType::Internal))
}

/// Internal audits that are not cancelled.
pub(crate) fn planned_internal<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<Audit>> {
    internal(cx).filter(|audit| audit.state != AuditState::Cancelled)
}

/// Whether an audit was reported.
pub(crate) fn reported(audit: &Stored<Audit>) -> bool {
    matches!(audit.state, AuditState::Reported | AuditState::Closed)
}

/// Management reviews that were held.
pub(crate) fn held<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<ManagementReview>> {
    cx.all::<ManagementReview>().filter(|review| review.held_on.is_some())
}

/// The latest review, when it lacks a discussed input with a content on this item.
pub(crate) fn lacks(cx: &Context<'_>, item: ReviewInputItem) -> Found {
    cx.last_review().into_iter().judge(|review| {
        !cx.st::<ReviewInput>(&[ReviewInputState::Discussed])
            .any(|input| input.review == Some(review.reference()) && input.item == Some(item) && !blank(&input.content))
    })
}

/// Whether the cause of a nonconformity is known by its state.
pub(crate) fn past_analysis(nonconformity: &Stored<Nonconformity>) -> bool {
    !matches!(nonconformity.state, NonconformityState::Open | NonconformityState::Corrected)
}

/// Whether a corrective action is done or verified.
pub(crate) fn finished(action: &Stored<CorrectiveAction>) -> bool {
    matches!(action.state, CorrectiveActionState::Done | CorrectiveActionState::Verified)
}

/// Checks of effectiveness that were made.
pub(crate) fn checked<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<EffectivenessVerification>> {
    cx.st::<EffectivenessVerification>(&[EffectivenessVerificationState::Done])
}

/// Active contacts.
pub(crate) fn contacts<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<Contact>> {
    cx.st::<Contact>(&[ContactState::Active])
}

/// Active suppliers.
pub(crate) fn suppliers<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<Supplier>> {
    cx.st::<Supplier>(&[SupplierState::Active])
}

/// Exercises that took place.
pub(crate) fn done_exercises<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<BcExercise>> {
    cx.st::<BcExercise>(&[BcExerciseState::Done])
}

/// Exceptions in force.
pub(crate) fn exceptions<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<Exception>> {
    cx.st::<Exception>(&[exception::ExceptionState::Approved])
}

/// Whether somebody works here, as employee or contractor.
pub(crate) fn works_here(person: &Person) -> bool {
    matches!(person.employment, Some(PersonEmployment::Employee | PersonEmployment::Contractor))
}
