//! Clause 6.1.3 a, b, e and f: treatment decisions, the plan and the consent of risk owners.

use crate::rules::prelude::*;

rules! {
    /// Every risk above acceptance has a treatment decision.
    ///
    /// What may not stay as it is needs a decision, approved: treat, transfer, avoid or accept by whoever may.
    C6_1_3_A_01 = "C6.1.3-a-01", Major, step 6, clause "6.1.3 a";
    reads ["risk.state", "risk.current_value", "risk.methodology", "methodology.acceptance_max", "treatment.risk",
        "treatment.state", "treatment.decided_on"];
    says "Risk {ref} lies above acceptance and has no approved treatment decision.";
    fix "Decide on accept, treat, avoid or transfer, and let the owner approve.";
    fails "current_value=15, no TRT approved";
    holds "TRT-0004 option=treat approved";
    |cx| cx.live::<Risk>().judge(|r| {
        !matches!(r.state, RiskState::Identified | RiskState::Analysed) && cx.above_acceptance(r) && cx.cur_treatment(r).is_none()
    });

    /// Nothing beyond the absolute limit is accepted.
    ///
    /// The method names a value above which no signature helps.
    C6_1_3_A_02 = "C6.1.3-a-02", Major, step 6, clause "6.1.3 a";
    reads ["treatment.state", "treatment.option", "treatment.risk", "risk.current_value", "risk.methodology",
        "methodology.absolute_max"];
    says "{ref} accepts a risk above the limit that may never be accepted.";
    fix "Choose another option.";
    fails "value 20, absolute_max 15, option=accept";
    holds "option=treat";
    |cx| cx.approved().judge(|t| {
        t.option == Some(TreatmentOption::Accept) && cx.risk_of(t).is_some_and(|(r, m)| above(r.current_value, m.absolute_max))
    });

    /// Every risk has one treatment in force.
    ///
    /// Two approved decisions about one risk contradict each other sooner or later.
    C6_1_3_A_03 = "C6.1.3-a-03", Minor, step 6, clause "6.1.3 a";
    reads ["risk.state", "treatment.risk", "treatment.state"];
    says "Risk {ref} has more than one approved treatment decision in force.";
    fix "Supersede all but one.";
    fails "TRT-0001 and TRT-0009 approved for R-0001";
    holds "TRT-0001 superseded";
    |cx| cx.live::<Risk>().judge(|r| cx.approved_for(r.reference()).len() > 1);

    /// Every treatment says what is expected to remain.
    ///
    /// Without expected levels nobody can say whether the effort is worth it, or accept the rest.
    C6_1_3_A_04 = "C6.1.3-a-04", Minor, step 6, clause "6.1.3 a";
    reads ["treatment.state", "treatment.option", "treatment.expected_likelihood", "treatment.expected_impact"];
    says "{ref} does not say which risk is expected to remain.";
    fix "Estimate the level after treatment.";
    fails "expected_likelihood=null";
    holds "expected 2 x 4";
    |cx| cx.approved().judge(|t| reduces(t.option) && (t.expected_likelihood.is_none() || t.expected_impact.is_none()));

    /// A transfer says to whom and by which contract.
    ///
    /// A risk moves only when somebody has taken it over in writing.
    C6_1_3_A_05 = "C6.1.3-a-05", Minor, step 6, clause "6.1.3 a";
    reads ["treatment.state", "treatment.option", "treatment.transfer_to", "treatment.transfer_contract"];
    says "{ref} transfers a risk, but to nobody or without a contract.";
    fix "Name the partner and the contract or insurance policy.";
    fails "transfer_to=\"\"";
    holds "transfer_to=\"Insurer\", transfer_contract=\"CY-2025-114\"";
    |cx| cx.approved().judge(|t| t.option == Some(TreatmentOption::Transfer) && (blank(&t.transfer_to) || blank(&t.transfer_contract)));

    /// Avoiding says which activity stops.
    ///
    /// A risk is avoided by no longer doing what causes it.
    C6_1_3_A_06 = "C6.1.3-a-06", Minor, step 6, clause "6.1.3 a";
    reads ["treatment.state", "treatment.option", "treatment.avoid_how"];
    says "{ref} avoids a risk but does not say which activity stops.";
    fix "Describe what is stopped or not started.";
    fails "avoid_how=\"\"";
    holds "\"fax line for results switched off on 2025-09-30\"";
    |cx| cx.approved().judge(|t| t.option == Some(TreatmentOption::Avoid) && blank(&t.avoid_how));

    /// Accepting above the criterion is signed by the right person.
    ///
    /// Somebody with the authority of the band must have accepted it, and the acceptance must not have run out.
    C6_1_3_A_07 = "C6.1.3-a-07", Major, step 6, clause "6.1.3 a";
    reads ["treatment.state", "treatment.option", "treatment.risk", "risk.current_value", "risk.methodology",
        "methodology.acceptance_max", "risk_acceptance.risk", "risk_acceptance.state", "risk_acceptance.expires_on",
        "risk_acceptance.accepted_by", "risk_acceptance.accepted_value", "methodology.bands", "risk.risk_owner",
        "organization.top_management"];
    says "{ref} accepts a risk above the acceptance criterion without a valid acceptance by the authority of its band.";
    fix "Obtain the acceptance of the authority named in the methodology.";
    fails "value 12, accepted by risk owner, band demands top management";
    holds "RAC-0012 accepted_by chief executive";
    |cx| cx.approved().judge(|t| {
        t.option == Some(TreatmentOption::Accept)
            && cx.risk_of(t).is_some_and(|(r, m)| above(r.current_value, m.acceptance_max))
            && !cx.accepted(t.risk)
    });

    /// A risk is treated by controls.
    ///
    /// The decision to treat determines the controls that are needed.
    C6_1_3_B_01 = "C6.1.3-b-01", Major, step 6, clause "6.1.3 b";
    reads ["treatment.state", "treatment.option", "treatment.controls"];
    says "{ref} treats a risk without naming controls.";
    fix "Choose the controls needed.";
    fails "option=treat controls=[]";
    holds "controls=[C-0004,C-0009]";
    |cx| cx.approved().judge(|t| t.option == Some(TreatmentOption::Treat) && t.controls.is_empty());

    /// Treatments rely on controls that exist.
    ///
    /// A retired or cancelled control lowers nothing; the treatment must be decided again.
    C6_1_3_B_02 = "C6.1.3-b-02", Major, step 6, clause "6.1.3 b";
    reads ["treatment.state", "treatment.controls", "control.state"];
    says "{ref} relies on a control that no longer exists.";
    fix "Replace the control and reassess the risk.";
    fails "controls=[C-0030 retired]";
    holds "controls=[C-0031 implemented]";
    |cx| cx.approved().judge(|t| cx.each(&t.controls).any(|c| matches!(c.state, ControlState::Retired | ControlState::Cancelled)));

    /// Expected levels fit what the controls act on.
    ///
    /// A control that limits damage does not make an event rarer; the expected level must move on the side that a
    /// control moves.
    C6_1_3_B_03 = "C6.1.3-b-03", Minor, step 6, clause "6.1.3 b";
    reads ["treatment.state", "treatment.controls", "treatment.option", "treatment.expected_likelihood",
        "treatment.risk", "risk.current_likelihood", "control.acts_on", "treatment.expected_impact",
        "risk.current_impact"];
    says "{ref} expects a lower level although none of its controls acts on that side.";
    fix "Correct the expectation or add a control.";
    fails "expected impact lower, all controls act on likelihood";
    holds "a backup control acts on impact";
    |cx| cx.approved().judge(|t| {
        let acts = |on| cx.each(&t.controls).any(|c| c.acts_on.contains(&on));
        t.option == Some(TreatmentOption::Treat)
            && cx.get(t.risk).is_some_and(|r| {
                above(r.current_likelihood, t.expected_likelihood) && !acts(ControlActsOn::Likelihood)
                    || above(r.current_impact, t.expected_impact) && !acts(ControlActsOn::Impact)
            })
    });

    /// What stays above acceptance is accepted by the right person.
    ///
    /// A treatment that does not reach the criterion needs the signature of whoever may accept the rest.
    C6_1_3_B_04 = "C6.1.3-b-04", Major, step 6, clause "6.1.3 b";
    reads ["treatment.state", "treatment.option", "treatment.expected_value", "treatment.risk", "risk.methodology",
        "methodology.acceptance_max", "risk_acceptance.risk", "risk_acceptance.state", "risk_acceptance.expires_on",
        "risk_acceptance.accepted_by", "risk_acceptance.accepted_value", "methodology.bands", "risk.risk_owner",
        "organization.top_management"];
    says "{ref}: the remaining risk stays above the acceptance criterion and no authorised acceptance exists.";
    fix "Add controls, or get the acceptance of the authority of the band.";
    fails "expected_value=9, acceptance_max=6, no RAC";
    holds "RAC-0007 accepted by top management";
    |cx| cx.approved().judge(|t| {
        reduces(t.option)
            && cx.risk_of(t).is_some_and(|(_, m)| above(t.expected_value, m.acceptance_max))
            && !cx.accepted(t.risk)
    });

    /// There is an approved risk treatment plan.
    ///
    /// Decisions become work by a plan with people, dates and money.
    C6_1_3_E_01 = "C6.1.3-e-01", Major, step 6, clause "6.1.3 e";
    reads ["treatment_plan.state"];
    says "There is no approved risk treatment plan.";
    fix "Prepare and approve the plan.";
    fails "RTP-0001 draft";
    holds "RTP-0001 in_execution";
    |cx| flag(cx.st::<TreatmentPlan>(PLAN_IN_FORCE).next().is_none());

    /// Every treatment is part of the plan.
    ///
    /// What is decided and not planned will not happen.
    C6_1_3_E_02 = "C6.1.3-e-02", Major, step 6, clause "6.1.3 e";
    reads ["treatment.state", "treatment_plan.state", "treatment.option", "treatment_plan.treatments"];
    says "{ref} is decided but not part of the treatment plan.";
    fix "Add it to the plan.";
    fails "TRT-0011 in no plan";
    holds "RTP-0001.treatments has TRT-0011";
    |cx| {
        let planned: Set<_> = cx.st::<TreatmentPlan>(PLAN_IN_FORCE).flat_map(|p| p.treatments.iter().copied()).collect();
        cx.approved().judge(|t| t.option != Some(TreatmentOption::Accept) && !planned.contains(&t.reference()))
    };

    /// Every action has its cost.
    ///
    /// The top releases money by these figures; zero is a figure.
    C6_1_3_E_03 = "C6.1.3-e-03", Minor, step 6, clause "6.1.3 e";
    reads ["treatment_action.state", "treatment_action.cost_once", "treatment_action.cost_year"];
    says "Action {ref} has no cost figures.";
    fix "Enter one-off and yearly cost; zero is allowed.";
    fails "cost_once=null";
    holds "cost_once=0";
    |cx| planned_actions(cx).judge(|a| a.cost_once.is_none() || a.cost_year.is_none());

    /// Every action has a person, a date and means.
    ///
    /// Who does it until when with what is the content of a plan.
    C6_1_3_E_04 = "C6.1.3-e-04", Minor, step 6, clause "6.1.3 e";
    reads ["treatment_action.state", "treatment_action.responsible", "treatment_action.due",
        "treatment_action.resources"];
    says "Action {ref} lacks responsible person, deadline or resources.";
    fix "Complete the action.";
    fails "due=null";
    holds "due=2026-09-30";
    |cx| planned_actions(cx).judge(|a| a.responsible.is_none() || a.due.is_none() || blank(&a.resources));

    /// Every control still missing is being built.
    ///
    /// A treatment that counts on a control which does not work yet needs an action for it.
    C6_1_3_E_05 = "C6.1.3-e-05", Minor, step 6, clause "6.1.3 e";
    reads ["treatment.state", "treatment.controls", "control.state", "treatment_action.control",
        "treatment_action.state"];
    says "Control {ref} is needed and not yet working, but no action builds it.";
    fix "Add an action to the plan.";
    fails "C-0042 planned, no TA";
    holds "TA-0017 control=C-0042";
    |cx| cx.needed_controls().judge(|c| {
        matches!(c.state, ControlState::Planned | ControlState::InProgress | ControlState::Ineffective)
            && !cx.actions_for(c.reference()).iter().any(|a| a.state != TreatmentActionState::Cancelled)
    });

    /// People responsible for actions are still there.
    ///
    /// An open action of somebody who left stands still.
    C6_1_3_E_06 = "C6.1.3-e-06", Minor, step 7, clause "6.1.3 e";
    reads ["treatment_action.state", "treatment_action.responsible", "person.state"];
    says "Action {ref}: the responsible person has left.";
    fix "Reassign the action.";
    fails "responsible state=left";
    holds "responsible active";
    |cx| planned_actions(cx).judge(|a| OPEN_ACTION.contains(&a.state) && a.responsible.is_some() && !cx.active(a.responsible));

    /// No treatment costs more than it saves where nothing forces it.
    ///
    /// For a risk that is acceptable already, spending more than the loss prevented deserves a second look. One-time
    /// cost is spread over three years.
    C6_1_3_E_07 = "C6.1.3-e-07", Observation, step 6, clause "6.1.3 e";
    reads ["treatment.state", "treatment.loss_reduction_year", "treatment.risk", "risk.current_value",
        "risk.methodology", "methodology.acceptance_max", "treatment.cost_year", "treatment.cost_once"];
    says "{ref} costs more per year than the loss it prevents, for a risk already acceptable.";
    fix "Reconsider; state other reasons (law, safety) if it is kept.";
    fails "cost 30,000/yr, loss reduction 4,000/yr, risk value 4";
    holds "cost 3,000/yr, loss reduction 20,000/yr";
    |cx| cx.approved().judge(|t| {
        let yearly = num(cx, t.cost_year) + num(cx, t.cost_once) / Decimal::from(3);
        cx.money(t.loss_reduction_year).is_some_and(|saved| yearly > saved)
            && cx.risk_of(t).is_some_and(|(r, m)| matches!((r.current_value, m.acceptance_max), (Some(value), Some(max)) if value <= max))
    });

    /// The plan is newer than the last assessment.
    ///
    /// New results need a look at the plan.
    C6_1_3_E_08 = "C6.1.3-e-08", Minor, step 6, clause "6.1.3 e";
    reads ["treatment_plan.state", "risk_assessment.state", "risk_assessment.completed_on",
        "treatment_plan.approved_on"];
    says "Plan {ref} is older than the latest completed risk assessment.";
    fix "Bring the plan up to date and have it approved again.";
    fails "plan 2025-06-20, assessment 2026-04-30";
    holds "plan version 2 of 2026-05-20";
    |cx| {
        let done = cx.st::<RiskAssessment>(&[RiskAssessmentState::Completed, RiskAssessmentState::Approved]);
        let last = latest(done.map(|a| a.completed_on));
        cx.st::<TreatmentPlan>(PLAN_RUNNING).judge(|p| before(p.approved_on, last))
    };

    /// All risk owners approved the plan.
    ///
    /// Each owner of a risk in the plan agrees to how it is treated.
    C6_1_3_F_01 = "C6.1.3-f-01", Major, step 6, clause "6.1.3 f";
    reads ["treatment_plan.state", "treatment_plan.treatments", "treatment_plan.owner_approvals", "treatment.risk",
        "risk.risk_owner", "approval.signer", "approval.state", "approval.decision"];
    says "Plan {ref} is not approved by all owners of the risks in it.";
    fix "Ask the missing risk owners to sign.";
    fails "risks owned by PER-0003 and PER-0005, signed by PER-0003 only";
    holds "signed by both";
    |cx| cx.st::<TreatmentPlan>(PLAN_IN_FORCE).judge(|p| {
        let signers: Set<_> = p.owner_approvals.iter().filter_map(|a| cx.signed(Some(*a))?.signer).collect();
        let owners = cx.each(&p.treatments).filter_map(|t| cx.get(t.risk)?.risk_owner);
        owners.into_iter().any(|owner| !signers.contains(&owner))
    });

    /// What remains of each risk is accepted.
    ///
    /// After treatment something stays; its owner accepts it for a limited time. Only an avoided risk leaves nothing.
    C6_1_3_F_02 = "C6.1.3-f-02", Major, step 6, clause "6.1.3 f";
    reads ["risk.state", "risk_acceptance.risk", "treatment.option", "treatment.risk", "treatment.state",
        "treatment.decided_on", "risk_acceptance.state", "risk_acceptance.expires_on"];
    says "The remaining risk of {ref} is not accepted by its owner.";
    fix "Ask the risk owner to accept it, or treat it further.";
    fails "R-0004 treated, no RAC";
    holds "RAC-0004 accepted";
    |cx| {
        let decided = cx.live::<Risk>().filter_map(|r| Some((r, cx.cur_treatment(r)?)));
        let open: Vec<_> = decided.filter(|(_, t)| t.option != Some(TreatmentOption::Avoid)).map(|(r, _)| r).collect();
        open.into_iter().judge(|r| !cx.acceptances(Some(r.reference())).iter().any(|x| cx.valid_acc(x)))
    };

    /// Risks are accepted by their owner or by top management.
    ///
    /// Nobody else may sign for what could hit them.
    C6_1_3_F_03 = "C6.1.3-f-03", Major, step 6, clause "6.1.3 f";
    reads ["risk_acceptance.state", "risk_acceptance.accepted_by", "risk_acceptance.risk", "risk.risk_owner",
        "organization.top_management"];
    says "{ref}: the risk was accepted by somebody who does not own it.";
    fix "Have the risk owner (or the higher authority) accept.";
    fails "accepted_by=PER-0002 (ISMS manager), owner PER-0003";
    holds "accepted_by=PER-0003";
    |cx| accepted(cx).judge(|x| {
        let owner = cx.get(x.risk).and_then(|r| r.risk_owner);
        (x.accepted_by.is_none() || x.accepted_by != owner) && !cx.is_top(x.accepted_by)
    });

    /// No acceptance has run out.
    ///
    /// Acceptance is for a time, because circumstances change.
    C6_1_3_F_04 = "C6.1.3-f-04", Minor, step 6, clause "6.1.3 f";
    reads ["risk_acceptance.state", "risk_acceptance.expires_on"];
    says "Acceptance {ref} has expired on {expires_on}.";
    fix "Renew the acceptance after reassessment.";
    fails "expires_on 2026-06-20, today 2026-06-30";
    holds "expires_on 2027-05-31";
    |cx| accepted(cx).judge(|x| cx.past(x.expires_on));

    /// Acceptances cover what remains.
    ///
    /// A risk that has grown since is not what was accepted.
    C6_1_3_F_05 = "C6.1.3-f-05", Major, step 6, clause "6.1.3 f";
    reads ["risk_acceptance.accepted_value", "risk_acceptance.risk", "risk_acceptance.state",
        "risk_acceptance.expires_on", "risk.current_value"];
    says "Acceptance {ref} covers a lower value than the risk that remains.";
    fix "Ask for acceptance of the present value.";
    fails "accepted_value=4, residual_value=6";
    holds "accepted_value=6";
    |cx| accepted(cx).filter(|x| cx.valid_acc(x)).judge(|x| above(cx.get(x.risk).and_then(|r| r.current_value), x.accepted_value));

    /// Acceptances have the authority of their band.
    ///
    /// Some values only the top may accept; the method says which.
    C6_1_3_F_06 = "C6.1.3-f-06", Major, step 6, clause "6.1.3 f";
    reads ["risk_acceptance.state", "risk_acceptance.expires_on", "risk_acceptance.accepted_by",
        "risk_acceptance.accepted_value", "methodology.bands", "risk.risk_owner", "organization.top_management"];
    says "Acceptance {ref} was given below the authority that the band demands.";
    fix "Escalate to the authority of the band.";
    fails "value 12, band authority top_management, accepted by risk owner";
    holds "accepted by top management";
    |cx| accepted(cx).filter(|x| cx.valid_acc(x)).judge(|x| !cx.authority_ok(x));

    /// Acceptances do not run too long.
    ///
    /// At most about a year, then somebody looks again.
    C6_1_3_F_07 = "C6.1.3-f-07", Minor, step 6, clause "6.1.3 f";
    reads ["risk_acceptance.state", "risk_acceptance.accepted_on", "risk_acceptance.expires_on"];
    says "Acceptance {ref} runs longer than {cfg.acceptance_days} days.";
    fix "Shorten the period.";
    fails "2025-06-20 to 2027-06-20";
    holds "one year";
    |cx| accepted(cx).judge(|x| matches!((x.accepted_on, x.expires_on), (Some(from), Some(to)) if days(from, to) > cx.config.acceptance_days));

    /// Acceptances are signed by whoever accepts.
    ///
    /// The name on the record and the signature must be the same person's.
    C6_1_3_F_08 = "C6.1.3-f-08", Major, step 6, clause "6.1.3 f";
    reads ["risk_acceptance.state", "risk_acceptance.approval", "approval.signer", "risk_acceptance.accepted_by",
        "approval.state", "approval.decision"];
    says "Acceptance {ref} is not signed by the person who accepts.";
    fix "Obtain the signature.";
    fails "approval=null";
    holds "APR-0041 signer = accepted_by";
    |cx| accepted(cx).judge(|x| !cx.signed(x.approval).is_some_and(|a| a.signer.is_some() && a.signer == x.accepted_by));

    /// Treatments still fit the last assessment.
    ///
    /// A decision taken before the risk was judged again, and expecting more than is there now, is outdated.
    X_06 = "X-06", Minor, step 6, clause "6.1.3";
    reads ["treatment.state", "treatment.decided_on", "treatment.risk", "risk.assessed_on", "risk.current_value",
        "risk.methodology", "methodology.acceptance_max", "treatment.expected_value"];
    says "{ref} was decided before the last assessment and no longer fits it.";
    fix "Review the decision.";
    fails "decided 2025-06, risk reassessed 2026-04 with lower value";
    holds "decision renewed";
    |cx| cx.approved().judge(|t| {
        cx.get(t.risk).is_some_and(|r| {
            before(t.decided_on, r.assessed_on) && cx.above_acceptance(r) && above(t.expected_value, r.current_value)
        })
    });

    /// Acceptances are newer than the last assessment.
    ///
    /// What was accepted before is not what was found since.
    X_07 = "X-07", Minor, step 6, clause "6.1.3 f";
    reads ["risk_acceptance.accepted_on", "risk_acceptance.risk", "risk.assessed_on", "risk_acceptance.state",
        "risk_acceptance.expires_on"];
    says "Acceptance {ref} is older than the last assessment of its risk.";
    fix "Ask the owner to confirm.";
    fails "accepted 2025-06-20, assessed 2026-04-20";
    holds "accepted 2026-05-18";
    |cx| accepted(cx).filter(|x| cx.valid_acc(x)).judge(|x| before(x.accepted_on, cx.get(x.risk).and_then(|r| r.assessed_on)));

    /// Register and treatment agree on what remains.
    ///
    /// The residual value of a risk is the one that its treatment expects.
    X_14 = "X-14", Minor, step 6, clause "6.1.3";
    reads ["risk.state", "risk.residual_value", "treatment.expected_value", "treatment.risk", "treatment.state",
        "treatment.decided_on"];
    says "Risk {ref}: residual value differs from the value its treatment expects.";
    fix "Take over the expected value or update the decision.";
    fails "residual 6, expected 4";
    holds "both 6";
    |cx| cx.live::<Risk>().judge(|r| {
        let expected = cx.cur_treatment(r).and_then(|t| t.expected_value);
        matches!((expected, r.residual_value), (Some(expected), Some(residual)) if expected != residual)
    });

    /// Expected values follow from the matrix.
    ///
    /// Whoever expects levels expects the value that the method gives them.
    X_15 = "X-15", Minor, step 6, clause "6.1.3";
    reads ["treatment.state", "treatment.expected_likelihood", "treatment.expected_value", "treatment.risk",
        "risk.methodology", "methodology.matrix", "treatment.expected_impact"];
    says "{ref}: the expected value does not follow from the matrix.";
    fix "Recalculate.";
    fails "2 x 3 stored as 5";
    holds "6";
    |cx| cx.approved().judge(|t| {
        let method = cx.get(t.risk).and_then(|r| r.methodology);
        t.expected_likelihood.is_some() && t.expected_value != by_matrix(cx, method, t.expected_likelihood, t.expected_impact)
    });

    /// Approvals counted for a plan refer to it.
    ///
    /// A signature under something else is no consent to the plan.
    X_17 = "X-17", Minor, step 6, clause "6.1.3 f";
    reads ["treatment_plan.state", "treatment_plan.owner_approvals", "approval.subject"];
    says "Approval {ref} is counted for a plan it does not refer to.";
    fix "Link the right approval.";
    fails "subject=RTP-0001 used for RTP-0002";
    holds "subject=RTP-0002";
    |cx| {
        let mut stray = Set::default();
        let mut counted: Vec<_> = Vec::new();
        for plan in cx.st::<TreatmentPlan>(PLAN_RUNNING) {
            for approval in cx.each(&plan.body.owner_approvals) {
                if approval.subject != Some(plan.reference().any()) {
                    stray.insert(approval.number);
                }
                counted.push(approval);
            }
        }
        counted.into_iter().judge(|a| stray.remove(&a.number))
    };
}
