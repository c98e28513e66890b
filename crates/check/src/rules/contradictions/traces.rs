//! Contradictions between records that lead to each other, or that say the same thing twice.

use attestry_model::{AnyRef, Ref};

use super::risks::{decisions, worked_on};
use crate::cited::{self, Name};
use crate::rules::prelude::*;

/// Whether something is on record that a nonconformity of its day can come from. What people notice or say leaves nothing.
fn has_origin(cx: &Context<'_>, n: &Nonconformity) -> bool {
    let until = |day: Option<Date>| day.is_some_and(|day| n.detected_on.is_none_or(|found| day <= found));
    let made = |audit: &Audit| until(audit.performed_from.or(audit.performed_to));
    match n.source {
        Some(NonconformitySource::InternalAudit) => internal(cx).has(|a| made(a)),
        Some(NonconformitySource::ExternalAudit) => {
            let ours =
                |a: &Audit| !matches!(a.audit_type, None | Some(AuditAuditType::Internal | AuditAuditType::Supplier));
            let certified = |c: &Certification| {
                until(c.stage1_on) || until(c.stage2_on) || c.surveillance.iter().any(|visit| until(visit.performed_on))
            };
            cx.all::<Audit>().has(|a| ours(a) && made(a)) || cx.all::<Certification>().has(|c| certified(c))
        }
        Some(NonconformitySource::ManagementReview) => held(cx).has(|r| until(r.held_on)),
        Some(NonconformitySource::Incident) => cx.all::<Incident>().next().is_some(),
        Some(NonconformitySource::ControlTest) => tests(cx).has(|t| until(t.tested_on)),
        Some(NonconformitySource::Exercise) => done_exercises(cx).has(|x| until(x.performed_on)),
        _ => true,
    }
}

rules! {
    /// What is accepted stays at its value.
    ///
    /// To accept means to leave a risk as it is. A lower value that is expected says that something is to be done about it.
    /// Where actions that are to lower it stand in the plan, X-23 tells it.
    X_32 = "X-32", Minor, step 6, clause "6.1.3 a";
    reads ["treatment.option", "treatment.expected_value", "treatment.risk", "treatment.state", "risk.current_value",
        "risk.state", "treatment_action.treatments", "treatment_action.state", "treatment_action.due"];
    says "{ref} accepts its risk and yet expects a lower value than that of today.";
    fix "Decide to treat, or expect what the register shows.";
    fails "option=accept, expected_value=6, R-0004 current_value=9";
    holds "expected_value=9";
    |cx| {
        let open = worked_on(cx);
        let mut decided: Vec<_> = decisions(cx).into_values().collect();
        decided.sort_unstable_by_key(|t| t.number);
        decided.into_iter().judge(|t| {
            t.option == Some(TreatmentOption::Accept)
                && !open.contains(&t.reference())
                && cx.get(t.risk).is_some_and(|r| r.is_live() && above(r.current_value, t.expected_value))
        })
    };

    /// A risk that is closed has no decision in preparation.
    ///
    /// The register has done with the risk, and what was to be done about it was never approved: nobody entitled has said
    /// that it may be closed.
    X_33 = "X-33", Minor, step 6, clause "6.1.3 a";
    reads ["risk.state", "treatment.risk", "treatment.state"];
    says "Risk {ref} is closed, while the decision about it is still being prepared.";
    fix "Have the decision approved, or withdraw it and say why the risk is gone.";
    fails "R-0007 closed, TRT-0007 draft";
    holds "TRT-0007 approved";
    |cx| {
        let drafts = cx.st::<Treatment>(&[TreatmentState::Draft, TreatmentState::Proposed]);
        let pending: Set<_> = drafts.filter_map(|t| t.risk).collect();
        some_risks(cx, cx.st::<Risk>(&[RiskState::Closed]).judge(|r| {
            pending.contains(&r.reference()) && cx.approved_for(r.reference()).is_empty()
        }))
    };

    /// Policies that registers name are registered.
    ///
    /// A duty, a requirement or a control is said to be met by a policy, and no document bears that name: not by its title,
    /// not by a part of it and not by its initials.
    X_34 = "X-34", Observation, step 9, clause "7.5.3 a";
    reads ["obligation.how_met", "requirement.how_addressed", "control.how", "document.title", "document.doc_type",
        "document.state"];
    says "{ref} names a policy that the register of documents does not have.";
    fix "Register the policy, or name it as the register does.";
    fails "how_met=Data Protection Policy, no document of that name";
    holds "how_met=Access Control Policy, DOC-0005 Access Control Policy";
    |cx| {
        let titles: Vec<(Name, Name)> = cx
            .live::<Document>()
            .map(|d| (Name::of(d.title()), Name::of(d.doc_type.map_or("", Choice::name))))
            .collect();
        let known = |name: &Name| titles.iter().any(|(title, of_type)| title.is_meant(of_type, name));
        let stray = |text: &str| cited::policies(text).iter().any(|name| !known(name));
        Found::given(!titles.is_empty(), || together(true, [
            cx.live::<Obligation>().judge(|o| stray(o.how_met.said())),
            cx.live::<Requirement>().judge(|r| stray(r.how_addressed.said())),
            cx.live::<Control>().judge(|c| stray(c.how.said())),
        ]))
    };

    /// Whoever carries out internal audits does not answer for what they look at.
    ///
    /// A role that is responsible for internal audits and accountable for other work of the ISMS audits itself, before any
    /// audit has taken place. Rule C9.2.2-b-01 asks it of the people of each audit.
    X_35 = "X-35", Minor, step 10, clause "9.2.2 b";
    reads ["isms_role.raci", "isms_role.state"];
    says "Role {ref} carries out internal audits and answers for work that they look at.";
    fix "Give the audits to somebody who answers for nothing else, inside or outside.";
    fails "Internal audit: R; Risk assessment: A";
    holds "Internal audit: R by a role of its own";
    |cx| {
        let activity = |row: &RaciRow| row.activity.said().to_lowercase();
        cx.live::<IsmsRole>().judge(|role| {
            role.raci.iter().any(|row| row.value == Some(RaciValue::Responsible) && activity(row).contains("internal audit"))
                && role.raci.iter().any(|row| row.value == Some(RaciValue::Accountable) && !activity(row).contains("audit"))
        })
    };

    /// What a nonconformity is said to come from is on record.
    ///
    /// An audit, a management review, an incident, a test or an exercise is given as the source, no record is named, and up
    /// to that day there is none of that sort.
    X_36 = "X-36", Minor, step 12, clause "10.2 b1";
    reads ["nonconformity.source", "nonconformity.source_record", "nonconformity.detected_on", "audit.audit_type",
        "audit.performed_from", "audit.performed_to", "certification.stage1_on", "certification.stage2_on",
        "certification.surveillance", "management_review.held_on", "incident.state", "control_test.tested_on",
        "control_test.state", "bc_exercise.performed_on", "bc_exercise.state"];
    says "Nonconformity {ref} is said to come from something of which no record exists.";
    fix "Record the audit, review, test or exercise and name it, or correct the source.";
    fails "source=internal_audit, detected_on 2026-02-10, no audit until then";
    holds "AU-0001 performed 2026-02-02";
    |cx| cx.all::<Nonconformity>().judge(|n| n.source_record.is_none() && !has_origin(cx, n));

    /// A nonconformity and the incident that it comes from name each other.
    ///
    /// The nonconformity names one incident as its source. That incident does not name it, and another one does.
    X_37 = "X-37", Minor, step 12, clause "10.2 b1";
    reads ["nonconformity.source_record", "incident.nonconformity"];
    says "Nonconformity {ref} comes from one incident, but another one names it.";
    fix "Find out which incident it belongs to and correct the other record.";
    fails "NC-0003 source_record=INC-0004; INC-0001 nonconformity=NC-0003";
    holds "INC-0004 nonconformity=NC-0003";
    |cx| {
        let mut named_by: Map<Ref<Nonconformity>, Set<Ref<Incident>>> = Map::default();
        for incident in cx.all::<Incident>() {
            if let Some(n) = incident.nonconformity {
                named_by.entry(n).or_default().insert(incident.reference());
            }
        }
        cx.all::<Nonconformity>().judge(|n| {
            let source = cx.get(n.source_record.and_then(AnyRef::of::<Incident>));
            let named_by = named_by.get(&n.reference());
            matches!((source, named_by), (Some(source), Some(named_by)) if !named_by.contains(&source.reference()))
        })
    };

    /// What an asset needs is back before the asset.
    ///
    /// Nothing can be available again in an hour that rests on something that takes two, unless another can stand in for it.
    X_38 = "X-38", Observation, step 9, clause "A.5.30";
    reads ["asset.state", "asset.depends_on", "asset.rto_hours", "asset.redundant"];
    says "Asset {ref} must be back within {rto_hours} hours, and something that it needs takes longer.";
    fix "Shorten the time of what it needs, have another stand in, or say what is realistic.";
    fails "AST-0022 rto_hours=1, needs AST-0024 rto_hours=2";
    holds "AST-0024 rto_hours=1, or redundant";
    |cx| cx.live::<Asset>().judge(|a| {
        cx.each(&a.body.depends_on).any(|n| n.is_live() && !yes(n.redundant) && above(n.rto_hours, a.rto_hours))
    });

    /// Continuity plans promise what the assets in them need.
    ///
    /// Rule A5.30-02 compares with the processes; the register of assets says the same thing once more.
    X_39 = "X-39", Minor, step 9, clause "A.5.30";
    reads ["bc_plan.state", "bc_plan.assets", "bc_plan.rto_hours", "bc_plan.rpo_hours", "asset.rto_hours",
        "asset.rpo_hours"];
    says "Plan {ref} promises less than an asset that it covers needs.";
    fix "Improve the plan, or correct what the register of assets asks.";
    fails "BCP-0002 rto_hours=24, AST-0009 rto_hours=4";
    holds "BCP-0002 rto_hours=4";
    |cx| cx.live::<BcPlan>().judge(|p| {
        let less = |a: &Stored<Asset>| above(p.rto_hours, a.rto_hours) || above(p.rpo_hours, a.rpo_hours);
        cx.each(&p.body.assets).any(|a| a.is_live() && less(a))
    });

    /// What is recorded as done does not lie ahead.
    ///
    /// A day on which something was done, collected, tested, passed, held or closed cannot come after today.
    X_40 = "X-40", Minor, step 9, clause "7.5.3";
    reads ["audit.performed_to", "bc_exercise.performed_on", "change.implemented_on", "control.implemented_on",
        "control_test.tested_on", "corrective_action.done_on", "effectiveness_verification.verified_on",
        "evidence.collected_on", "management_review.held_on", "nonconformity.closed_on", "supplier_assessment.performed_on",
        "training_completion.completed_on", "treatment_action.done_on", "vulnerability.fixed_on"];
    says "{ref} names a day that is still to come for something that was done.";
    fix "Correct the day, or record it as planned.";
    fails "EV-0001 collected_on 2026-12-01, today 2026-06-30";
    holds "collected_on 2026-06-01";
    |cx| {
        let ahead = |day: Option<Date>| day.is_some_and(|day| day > cx.today);
        together(true, [
            cx.all::<Audit>().judge(|x| ahead(x.performed_to)),
            cx.all::<BcExercise>().judge(|x| ahead(x.performed_on)),
            cx.all::<Change>().judge(|x| ahead(x.implemented_on)),
            cx.all::<Control>().judge(|x| ahead(x.implemented_on)),
            cx.all::<ControlTest>().judge(|x| ahead(x.tested_on)),
            cx.all::<CorrectiveAction>().judge(|x| ahead(x.done_on)),
            cx.all::<EffectivenessVerification>().judge(|x| ahead(x.verified_on)),
            cx.all::<Evidence>().judge(|x| ahead(x.collected_on)),
            cx.all::<ManagementReview>().judge(|x| ahead(x.held_on)),
            cx.all::<Nonconformity>().judge(|x| ahead(x.closed_on)),
            cx.all::<SupplierAssessment>().judge(|x| ahead(x.performed_on)),
            cx.all::<TrainingCompletion>().judge(|x| ahead(x.completed_on)),
            cx.all::<TreatmentAction>().judge(|x| ahead(x.done_on)),
            cx.all::<Vulnerability>().judge(|x| ahead(x.fixed_on)),
        ])
    };

    /// An objective that is called achieved has reached its target.
    ///
    /// Its result is compared or, where none is recorded, the last value of its only metric.
    X_41 = "X-41", Minor, step 9, clause "6.2";
    reads ["objective.state", "objective.result_value", "objective.target", "objective.direction", "objective.metrics",
        "measurement.metric", "measurement.value", "measurement.period_end", "measurement.state"];
    says "Objective {ref} is called achieved, but its last figure does not reach the target of {target}.";
    fix "Call it missed or go on, or correct the figure.";
    fails "achieved, result_value=91, target=95 at_least";
    holds "result_value=96";
    |cx| cx.st::<Objective>(&[ObjectiveState::Achieved]).judge(|o| {
        let measured = || match o.metrics.as_slice() {
            [only] => cx.series(*only).last().and_then(|m| m.value),
            _ => None,
        };
        let figure = o.result_value.or_else(measured);
        match o.direction {
            Some(ObjectiveDirection::AtLeast) => above(o.target, figure),
            Some(ObjectiveDirection::AtMost) => above(figure, o.target),
            None => false,
        }
    });
}
