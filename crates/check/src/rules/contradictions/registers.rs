//! Contradictions between registers about who is in charge and what was to happen by when.

use attestry_model::Ref;

use super::risks::rows;
use crate::rules::prelude::*;

/// Whether a person has left; somebody who was only invited has not.
fn left(cx: &Context<'_>, person: Option<Ref<Person>>) -> bool {
    cx.get(person).is_some_and(|person| person.state == PersonState::Left)
}

rules! {
    /// Nobody who left answers for anything that still counts.
    ///
    /// Suppliers, documents, duties, nonconformities, corrective actions, open tasks and rows of the statement; other
    /// registers have rules of their own.
    X_26 = "X-26", Minor, step 8, clause "5.3";
    reads ["person.state", "supplier.owner", "document.owner", "obligation.responsible", "nonconformity.owner",
        "corrective_action.responsible", "task.assignee", "applicability.responsible", "applicability.soa", "soa.state"];
    says "{ref} is in the hands of somebody who has left.";
    fix "Name somebody who is there.";
    fails "SUP-0004 owner PER-0025 left";
    holds "SUP-0004 owner PER-0003 active";
    |cx| together(cx.all::<Person>().next().is_some(), [
        cx.live::<Supplier>().judge(|x| left(cx, x.owner)),
        cx.live::<Document>().judge(|x| left(cx, x.head.owner)),
        cx.live::<Obligation>().judge(|x| left(cx, x.responsible)),
        cx.live::<Nonconformity>().judge(|x| left(cx, x.owner)),
        cx.st::<CorrectiveAction>(&[CorrectiveActionState::Planned, CorrectiveActionState::InProgress])
            .judge(|x| left(cx, x.responsible)),
        cx.st::<Task>(&[TaskState::Open]).judge(|x| left(cx, x.assignee)),
        rows(cx).into_iter().judge(|x| left(cx, x.responsible)),
    ]);

    /// Active suppliers have a contract that runs.
    ///
    /// The register calls the supplier active, and its contract ended.
    X_27 = "X-27", Minor, step 9, clause "A.5.20";
    reads ["supplier.state", "supplier.contract_end"];
    says "Supplier {ref} is called active, but its contract ended on {contract_end}.";
    fix "Record the contract that runs now, or end the relation.";
    fails "active, contract_end 2026-02-28";
    holds "contract_end 2027-12-31";
    |cx| cx.st::<Supplier>(&[SupplierState::Active]).judge(|s| cx.past(s.contract_end));

    /// Evidence is not older than what it proves.
    ///
    /// What was collected before a control worked, or before an action began, shows something else.
    X_28 = "X-28", Minor, step 9, clause "7.5.3";
    reads ["evidence.state", "evidence.collected_on", "evidence.period_to", "evidence.supports_controls",
        "control.implemented_on", "treatment_action.evidence", "treatment_action.start"];
    says "Evidence {ref} is older than what it is to prove.";
    fix "Collect evidence of the control or the result as it is.";
    fails "collected 2025-06-01, C-0019 implemented 2026-01-15";
    holds "collected 2026-02-01";
    |cx| {
        let mut began: Map<Ref<Evidence>, Date> = Map::default();
        for action in finished_actions(cx) {
            for evidence in &action.evidence {
                if let Some(start) = action.start {
                    let known = began.entry(*evidence).or_insert(start);
                    *known = start.min(*known);
                }
            }
        }
        let counted = cx.st::<Evidence>(&[EvidenceState::Collected, EvidenceState::Accepted]);
        counted.judge(|e| {
            let Some(day) = e.period_to.or(e.collected_on) else { return false };
            // Evidence may serve several controls: it is too old only when it is older than every one of them.
            let mut since = cx.each(&e.supports_controls).filter_map(|c| c.implemented_on).peekable();
            let before_controls = since.peek().is_some() && since.all(|since| day < since);
            let before_work = e.supports_controls.is_empty() && began.get(&e.reference()).is_some_and(|start| day < *start);
            before_controls || before_work
        })
    };

    /// Changes are done when their day is over.
    ///
    /// The register still calls the change proposed or approved, and the day it was planned for has passed: either it was
    /// done and nobody wrote it down, or the day is wrong.
    X_29 = "X-29", Minor, step 9, clause "6.3";
    reads ["change.state", "change.planned_for", "change.implemented_on"];
    says "Change {ref} was planned for {planned_for} and is not recorded as done.";
    fix "Record when it was done, or plan it anew.";
    fails "approved, planned_for 2026-05-10";
    holds "planned_for 2026-09-10";
    |cx| {
        let open = cx.st::<Change>(&[ChangeState::Proposed, ChangeState::Assessed, ChangeState::Approved]);
        open.judge(|c| c.implemented_on.is_none() && cx.past(c.planned_for))
    };

    /// Suppliers are assessed on the day that their register names.
    ///
    /// Rule A5.22-01 asks this of important suppliers; for the others the organization has set the day itself, and it is over.
    X_30 = "X-30", Observation, step 9, clause "A.5.22";
    reads ["supplier.state", "supplier.criticality", "supplier.next_assessment"];
    says "The register says that supplier {ref} is assessed again by {next_assessment}; that day is over.";
    fix "Assess it, or set the day that is meant.";
    fails "medium, next_assessment 2026-06-01";
    holds "next_assessment 2027-06-01";
    |cx| suppliers(cx).judge(|s| !important(s.criticality) && cx.past(s.next_assessment));

    /// Plans are tried out on the day that they name.
    ///
    /// The plan names the day of its next exercise, the day is over, and the register of exercises knows of none since and
    /// of none that is planned.
    X_31 = "X-31", Minor, step 9, clause "A.5.30";
    reads ["bc_plan.state", "bc_plan.next_exercise", "bc_exercise.plan", "bc_exercise.state",
        "bc_exercise.performed_on", "bc_exercise.planned_for"];
    says "Plan {ref} was to be exercised by {next_exercise}, and no exercise is recorded since.";
    fix "Exercise it and record the result, or set the next day.";
    fails "next_exercise 2026-04-20, last exercise 2026-01-20";
    holds "exercise of 2026-04-18 with next_exercise 2026-07-20";
    |cx| {
        let mut last: Map<Ref<BcPlan>, Option<Date>> = Map::default();
        for exercise in cx.all::<BcExercise>() {
            if let Some(plan) = exercise.plan {
                // One that lies ahead counts as well: the day was moved.
                let day = exercise.performed_on.or(exercise.planned_for.filter(|day| *day >= cx.today));
                let known = last.entry(plan).or_default();
                *known = day.max(*known);
            }
        }
        cx.live::<BcPlan>().judge(|p| {
            cx.past(p.next_exercise) && last.get(&p.reference()).copied().flatten() < p.next_exercise
        })
    };
}
