//! Contradictions between what is said of risks, their decisions, the work and the statement.

use attestry_model::Ref;

use crate::rules::prelude::*;

/// The decision about each risk: the approved one, or else the latest that is being prepared.
pub(super) fn decisions<'a>(cx: &Context<'a>) -> Map<Ref<Risk>, &'a Stored<Treatment>> {
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
pub(super) fn rows<'a>(cx: &Context<'a>) -> Vec<&'a Stored<Applicability>> {
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
pub(super) fn worked_on(cx: &Context<'_>) -> Set<Ref<Treatment>> {
    work(cx).flat_map(|action| action.treatments.iter().copied()).collect()
}

/// Whether a level lies above the scale.
fn off(level: Option<Level>, top: Option<i64>) -> bool {
    matches!((level, top), (Some(Level(level)), Some(top)) if i64::from(level) > top)
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
}
