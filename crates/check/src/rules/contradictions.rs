//! Contradictions between registers that no single requirement names: reported beside the findings, never among them.
//!
//! What the rules of the clauses find already is not said twice: an owner who left a risk, an asset, a control or an
//! action (C6.1.2-c2-02, A5.9-01, A5.11-01, X-10, C6.1.3-e-06), a document past its review (C7.5.3-e-02, C5.2-06), regulated
//! data without an agreement (A5.20-02), a residual that differs from the approved decision, a value off the matrix
//! (C6.1.2-b-04, X-15), evidence that ran out, an important supplier whose assessment is late (A5.22-01). Drafts count here: registers contradict each other before anybody
//! signs them.

use attestry_model::Ref;

use crate::rule::Item;
use crate::rules::prelude::*;

/// The decision about each risk: the approved one, or else the latest that is being prepared.
fn decisions<'a>(cx: &Context<'a>) -> Map<Ref<Risk>, &'a Stored<Treatment>> {
    let mut decisions = Map::default();
    for treatment in cx.st::<Treatment>(&[TreatmentState::Draft, TreatmentState::Proposed]) {
        if let Some(risk) = treatment.risk {
            decisions.insert(risk, treatment);
        }
    }
    for risk in cx.live::<Risk>() {
        if let Some(treatment) = cx.cur_treatment(risk) {
            decisions.insert(risk.reference(), treatment);
        }
    }
    decisions
}

/// The rows of the statement in force, or of those being prepared where none is.
fn rows<'a>(cx: &Context<'a>) -> Vec<&'a Stored<Applicability>> {
    let in_force: Vec<_> = cx.soa_rows().collect();
    if !in_force.is_empty() {
        return in_force;
    }
    let drafts: Set<_> =
        cx.st::<Soa>(&[SoaState::Draft, SoaState::InReview, SoaState::Approved]).map(Stored::reference).collect();
    cx.all::<Applicability>().filter(|row| row.soa.is_some_and(|soa| drafts.contains(&soa))).collect()
}

/// Actions that are open and end some day; what recurs for ever is operation and brings nothing new.
fn work<'a>(cx: &Context<'a>) -> impl Iterator<Item = &'a Stored<TreatmentAction>> {
    planned_actions(cx).filter(|action| OPEN_ACTION.contains(&action.state) && action.due.is_some())
}

/// The actions of a control that are not cancelled.
fn planned<'s, 'a>(
    cx: &'s Context<'a>,
    control: &Stored<Control>,
) -> impl Iterator<Item = &'s &'a Stored<TreatmentAction>> {
    let actions = cx.actions_for(control.reference()).iter();
    actions.filter(|action| action.state != TreatmentActionState::Cancelled)
}

/// The decisions that open work serves.
fn worked_on(cx: &Context<'_>) -> Set<Ref<Treatment>> {
    work(cx).flat_map(|action| action.treatments.iter().copied()).collect()
}

/// Whether a level lies above the scale.
fn off(level: Option<Level>, top: Option<i64>) -> bool {
    matches!((level, top), (Some(Level(level)), Some(top)) if i64::from(level) > top)
}

/// Whether a person has left; somebody who was only invited has not.
fn left(cx: &Context<'_>, person: Option<Ref<Person>>) -> bool {
    cx.get(person).is_some_and(|person| person.state == PersonState::Left)
}

rules! {
    /// What the statement calls implemented is not still being built.
    ///
    /// The statement says implemented; the plan says that the work which brings the control is not done. Work that began
    /// after the control was there improves it and contradicts nothing, and what recurs for ever is operation.
    X_19 = "X-19", Minor, step 6, clause "6.1.3 d";
    reads ["applicability.soa", "applicability.annex_id", "applicability.implementation", "applicability.controls",
        "treatment_action.control", "treatment_action.state", "treatment_action.start", "treatment_action.due",
        "treatment_action.treatments", "treatment.controls", "control.annex_refs", "control.implemented_on"];
    says "Row {ref} ({annex_id}) says implemented, while an action that brings the control is still open.";
    fix "Call it partial, with a date, until the action is done; or close the action.";
    fails "A.5.17 implemented, TA-0004 builds it until 2026-09-30";
    holds "A.5.17 partial, planned_date 2026-09-30";
    |cx| {
        let mut controls: Set<Ref<Control>> = Set::default();
        let mut annex: Set<&str> = Set::default();
        for action in work(cx) {
            // Beside its own control, an action brings those of its decisions that no action was made for.
            let others = cx.each(&action.body.treatments).flat_map(|t| cx.each(&t.body.controls));
            let others = others.filter(|c| planned(cx, c).next().is_none());
            for control in cx.get(action.control).into_iter().chain(others) {
                let improves = matches!((action.start, control.implemented_on), (Some(start), Some(done)) if start > done);
                if !improves {
                    controls.insert(control.reference());
                    annex.extend(control.body.annex_refs.iter().map(String::as_str));
                }
            }
        }
        let said = rows(cx).into_iter().filter(|row| row.implementation == Some(ApplicabilityImplementation::Implemented));
        said.judge(|row| {
            row.controls.iter().any(|control| controls.contains(control))
                || row.controls.is_empty() && row.annex_id.as_deref().is_some_and(|id| annex.contains(id))
        })
    };

    /// Register and unapproved plan agree on what remains.
    ///
    /// Before a decision is approved its figure already stands beside that of the register, and people plan with both.
    X_20 = "X-20", Minor, step 6, clause "6.1.3";
    reads ["risk.state", "risk.residual_value", "treatment.expected_value", "treatment.risk", "treatment.state"];
    says "Risk {ref}: residual value differs from the value that the treatment being prepared expects.";
    fix "Find out which figure is right and correct the other.";
    fails "residual 8, TRT-0001 draft expects 6";
    holds "both 6";
    |cx| {
        let decisions = decisions(cx);
        cx.live::<Risk>().judge(|r| {
            let draft = decisions.get(&r.reference()).filter(|t| t.state != TreatmentState::Approved);
            let expected = draft.and_then(|t| t.expected_value);
            matches!((expected, r.residual_value), (Some(expected), Some(residual)) if expected != residual)
        })
    };

    /// A risk is not at its target while the work is open.
    ///
    /// When the present value is what the treatment expects in the end, either the work lowers nothing or the register
    /// counts it before it is done.
    X_21 = "X-21", Minor, step 7, clause "8.3";
    reads ["risk.state", "risk.inherent_value", "risk.current_value", "treatment.option", "treatment.expected_value",
        "treatment.risk", "treatment.state", "treatment_action.treatments", "treatment_action.state",
        "treatment_action.due"];
    says "Risk {ref} is already shown at the value that its treatment expects, although actions of it are open.";
    fix "Keep the present value until the work is done, or say what the work lowers.";
    fails "current 6, TRT-0003 draft expects 6, TA-0006 planned";
    holds "current 8 until TA-0006 is done";
    |cx| {
        let (decisions, open) = (decisions(cx), worked_on(cx));
        cx.live::<Risk>().judge(|r| {
            // Approved decisions are judged by their controls, rule C8.3-07.
            let draft = decisions.get(&r.reference()).filter(|t| t.state != TreatmentState::Approved);
            draft.is_some_and(|t| {
                reduces(t.option) && open.contains(&t.reference())
                    && matches!((r.current_value, t.expected_value, r.inherent_value),
                        (Some(now), Some(expected), Some(inherent)) if now <= expected && expected < inherent)
            })
        })
    };

    /// A risk to be treated has work or working controls.
    ///
    /// Decided to treat, and neither an action serves the decision nor do all its controls work: nothing will happen.
    X_22 = "X-22", Major, step 6, clause "6.1.3 e";
    reads ["risk.state", "treatment.option", "treatment.controls", "treatment.risk", "treatment.state", "control.state",
        "treatment_action.treatments", "treatment_action.control", "treatment_action.state"];
    says "Risk {ref} is to be treated, but no action does it and its controls do not all work.";
    fix "Plan the actions, or link the controls that already work.";
    fails "TRT-0009 option=treat, no TA, C-0042 planned";
    holds "TA-0017 treatments=[TRT-0009]";
    |cx| {
        let decisions = decisions(cx);
        let served: Set<_> = planned_actions(cx).flat_map(|action| action.treatments.iter().copied()).collect();
        some_risks(cx, cx.live::<Risk>().judge(|r| {
            decisions.get(&r.reference()).is_some_and(|t| {
                let built = |control: &Stored<Control>| {
                    control.state == ControlState::Implemented
                        || planned(cx, control).next().is_some()
                };
                t.option == Some(TreatmentOption::Treat)
                    && !served.contains(&t.reference())
                    && (t.controls.is_empty() || !cx.each(&t.controls).all(built))
            })
        }))
    };

    /// What is accepted is not being reduced.
    ///
    /// To accept means to leave a risk as it is. Open actions that lower it say that it is to be treated.
    X_23 = "X-23", Minor, step 6, clause "6.1.3 a";
    reads ["treatment.option", "treatment.risk", "treatment.state", "treatment_action.treatments",
        "treatment_action.state", "treatment_action.due"];
    says "{ref} accepts its risk, yet open actions are to lower it.";
    fix "Decide to treat, or take the actions out of the plan.";
    fails "option=accept, TA-0008 planned";
    holds "option=treat";
    |cx| {
        let (decisions, open) = (decisions(cx), worked_on(cx));
        let mut decided: Vec<_> = decisions.into_values().collect();
        decided.sort_unstable_by_key(|t| t.number);
        decided.into_iter().judge(|t| t.option == Some(TreatmentOption::Accept) && open.contains(&t.reference()))
    };

    /// A risk that is called decided has an approved decision.
    ///
    /// The register says decided or monitored; the register of decisions holds only drafts, or nothing. Risks above
    /// acceptance are a matter of C6.1.3-a-01.
    X_24 = "X-24", Minor, step 6, clause "6.1.3 a";
    reads ["risk.state", "treatment.risk", "treatment.state", "risk.current_value", "risk.methodology",
        "methodology.acceptance_max"];
    says "Risk {ref} is called decided, but no decision about it is approved.";
    fix "Have the owner of the risk approve the decision.";
    fails "R-0005 treatment_decided, TRT-0005 draft";
    holds "TRT-0005 approved";
    |cx| cx.live::<Risk>().judge(|r| {
        matches!(r.state, RiskState::TreatmentDecided | RiskState::Monitored)
            && cx.approved_for(r.reference()).is_empty()
            && !cx.above_acceptance(r)
    });

    /// Levels lie on the scales, and all values follow from the matrix.
    ///
    /// Rule C6.1.2-b-04 looks at present values; those before controls and after treatment must follow from the method too.
    X_25 = "X-25", Minor, step 5, clause "6.1.2 b";
    reads ["risk.methodology", "risk.inherent_likelihood", "risk.inherent_impact", "risk.inherent_value",
        "risk.current_likelihood", "risk.current_impact", "risk.residual_likelihood", "risk.residual_impact",
        "risk.residual_value", "methodology.matrix", "methodology.likelihood_scale", "methodology.impact_scale"];
    says "Risk {ref} has a level outside the scales of its method, or a value that does not follow from its levels.";
    fix "Assess it on the scales of the method and calculate the values anew.";
    fails "scale 1 to 5, residual_likelihood=6; or 2 x 3 stored as 8";
    holds "residual_likelihood=2, residual_impact=3, residual_value=6";
    |cx| cx.live::<Risk>().judge(|r| {
        let Some(method) = cx.get(r.methodology) else { return false };
        let differs = |likelihood, impact, value: Option<i64>| {
            let computed = method.value(likelihood, impact);
            matches!((computed, value), (Some(computed), Some(value)) if computed != value)
        };
        [r.inherent_likelihood, r.current_likelihood, r.residual_likelihood].into_iter().any(|it| off(it, method.top_likelihood()))
            || [r.inherent_impact, r.current_impact, r.residual_impact].into_iter().any(|it| off(it, method.top_impact()))
            || differs(r.inherent_likelihood, r.inherent_impact, r.inherent_value)
            || differs(r.residual_likelihood, r.residual_impact, r.residual_value)
    });

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
    |cx| {
        let known = cx.all::<Person>().next().is_some();
        let mut items: Vec<Item> = Vec::new();
        let mut add = |found: Found| items.extend(found.items);
        add(cx.live::<Supplier>().judge(|x| left(cx, x.owner)));
        add(cx.live::<Document>().judge(|x| left(cx, x.head.owner)));
        add(cx.live::<Obligation>().judge(|x| left(cx, x.responsible)));
        add(cx.live::<Nonconformity>().judge(|x| left(cx, x.owner)));
        add(cx.st::<CorrectiveAction>(&[CorrectiveActionState::Planned, CorrectiveActionState::InProgress]).judge(|x| left(cx, x.responsible)));
        add(cx.st::<Task>(&[TaskState::Open]).judge(|x| left(cx, x.assignee)));
        add(rows(cx).into_iter().judge(|x| left(cx, x.responsible)));
        Found { known, items }
    };

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
