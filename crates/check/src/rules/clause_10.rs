//! Clause 10: improvement, nonconformities and corrective action.

use super::prelude::*;

rules! {
    /// Something was improved within a year.
    ///
    /// Continual improvement leaves a trace at least once a year.
    C10_1_01 = "C10.1-01", Observation, step 12, clause "10.1";
    reads ["improvement.state", "improvement.created_at"];
    says "No improvement was recorded in the last twelve months.";
    fix "Collect ideas from audits, incidents, measurements and staff.";
    fails "improvement empty";
    holds "IMP-0002 of 2026-03";
    |cx| flag(!cx.all::<Improvement>().has(|i| i.state != ImprovementState::Rejected && cx.within(i.head.created_at.map(Context::day), 365)));

    /// Accepted improvements are done in time.
    ///
    /// An accepted idea without a date is a polite no.
    C10_1_02 = "C10.1-02", Observation, step 12, clause "10.1";
    reads ["improvement.state", "improvement.due"];
    says "Accepted improvement {ref} is overdue or has no date.";
    fix "Carry it out or re-plan.";
    fails "due 2026-04-30";
    holds "due 2026-10-31";
    |cx| cx.all::<Improvement>().judge(|i| i.state == ImprovementState::Accepted && i.due.is_none_or(|day| day < cx.today));

    /// Nonconformities are corrected at once.
    ///
    /// First stop the harm, then look for the cause.
    C10_2_A1_01 = "C10.2-a1-01", Minor, step 12, clause "10.2 a1";
    reads ["nonconformity.state", "nonconformity.detected_on"];
    says "Nonconformity {ref} was not corrected within {cfg.correction_days} days.";
    fix "Correct the case itself, apart from its cause.";
    fails "detected 2026-05-01, open";
    holds "corrected 2026-05-06";
    |cx| cx.all::<Nonconformity>().judge(|n| n.state == NonconformityState::Open && cx.beyond(n.detected_on, cx.config.correction_days));

    /// Correction and consequences are described.
    ///
    /// What was done, and what about the damage already there.
    C10_2_A2_01 = "C10.2-a2-01", Minor, step 12, clause "10.2 a2";
    reads ["nonconformity.state", "nonconformity.correction", "nonconformity.consequences"];
    says "Nonconformity {ref}: correction or handling of consequences is not described.";
    fix "Describe both.";
    fails "consequences=\"\"";
    holds "\"no data left the clinic; confirmed by log review\"";
    |cx| cx.all::<Nonconformity>().judge(|n| n.state != NonconformityState::Open && (blank(&n.correction) || blank(&n.consequences)));

    /// No action needs a reason.
    ///
    /// Some lapses are single; that is for somebody to say and explain.
    C10_2_B_01 = "C10.2-b-01", Minor, step 12, clause "10.2 b";
    reads ["nonconformity.action_needed", "nonconformity.no_action_reason"];
    says "Nonconformity {ref}: no action was judged needed, without a reason.";
    fix "Give the reason.";
    fails "no_action_reason=\"\"";
    holds "\"single slip, effect nil, similar check clean\"";
    |cx| cx.all::<Nonconformity>().judge(|n| n.action_needed == Some(false) && blank(&n.no_action_reason));

    /// Every nonconformity was reviewed.
    ///
    /// The decision whether action is needed has been taken.
    C10_2_B1_01 = "C10.2-b1-01", Minor, step 12, clause "10.2 b1";
    reads ["nonconformity.state", "nonconformity.action_needed"];
    says "Nonconformity {ref} was not reviewed: the decision whether action is needed is missing.";
    fix "Decide.";
    fails "action_needed=null";
    holds "action_needed=true";
    |cx| cx.all::<Nonconformity>().judge(|n| past_analysis(n) && n.action_needed.is_none());

    /// Causes are analysed in time.
    ///
    /// Without the cause it comes again.
    C10_2_B2_01 = "C10.2-b2-01", Minor, step 12, clause "10.2 b2";
    reads ["root_cause_analysis.nonconformity", "nonconformity.action_needed", "nonconformity.detected_on"];
    says "Nonconformity {ref} has no cause analysis after {cfg.rca_days} days.";
    fix "Analyse the cause.";
    fails "no RCA after 45 days";
    holds "RCA-0001 done";
    |cx| {
        let analysed: Set<_> = cx.all::<RootCauseAnalysis>().filter_map(|r| r.nonconformity).collect();
        cx.all::<Nonconformity>().judge(|n| {
            n.action_needed != Some(false) && !analysed.contains(&n.reference()) && cx.beyond(n.detected_on, cx.config.rca_days)
        })
    };

    /// Five whys are more than two.
    ///
    /// The first answers name symptoms.
    C10_2_B2_02 = "C10.2-b2-02", Observation, step 12, clause "10.2 b2";
    reads ["root_cause_analysis.method", "root_cause_analysis.whys"];
    says "Analysis {ref} stops after fewer than three whys.";
    fix "Ask on until a cause in the system is found.";
    fails "one why";
    holds "five whys";
    |cx| cx.all::<RootCauseAnalysis>().judge(|r| r.method == Some(RootCauseAnalysisMethod::FiveWhys) && r.whys.len() < 3);

    /// Human error is not the end of an analysis.
    ///
    /// Ask what made the error easy; that is what can be changed.
    C10_2_B2_03 = "C10.2-b2-03", Observation, step 12, clause "10.2 b2";
    reads ["root_cause_analysis.root_cause", "root_cause_analysis.cause_category"];
    says "Analysis {ref} ends with human error.";
    fix "Ask why the system allowed the error.";
    fails "root_cause=\"human error\"";
    holds "\"leaver form does not reach IT for contractors\"";
    |cx| cx.all::<RootCauseAnalysis>().judge(|r| {
        let cause = r.root_cause.said().to_lowercase();
        r.cause_category == Some(RootCauseAnalysisCauseCategory::Other)
            && ["human error", "carelessness", "mistake of the employee"].iter().any(|words| cause.contains(words))
    });

    /// It was checked whether the same exists elsewhere.
    ///
    /// What failed here may fail there.
    C10_2_B3_01 = "C10.2-b3-01", Minor, step 12, clause "10.2 b3";
    reads ["nonconformity.state", "nonconformity.similar_check"];
    says "Nonconformity {ref}: it was not checked whether the same exists elsewhere.";
    fix "Look for similar cases and record the result.";
    fails "similar_check=\"\"";
    holds "\"checked all 11 systems: one more case\"";
    |cx| cx.all::<Nonconformity>().judge(|n| past_analysis(n) && blank(&n.similar_check));

    /// Needed action exists.
    ///
    /// A nonconformity that needs action and has none is only talked about.
    C10_2_C_01 = "C10.2-c-01", Major, step 12, clause "10.2 c";
    reads ["corrective_action.nonconformity", "nonconformity.state", "nonconformity.action_needed"];
    says "Nonconformity {ref} needs action, but no corrective action exists.";
    fix "Plan the action.";
    fails "no CA";
    holds "CA-0001";
    |cx| {
        use NonconformityState::{ActionDone, ActionPlanned, Verified};
        let acted: Set<_> = cx.all::<CorrectiveAction>().filter_map(|a| a.nonconformity).collect();
        cx.all::<Nonconformity>().judge(|n| {
            matches!(n.state, ActionPlanned | ActionDone | Verified) && yes(n.action_needed) && !acted.contains(&n.reference())
        })
    };

    /// Corrective actions are done in time.
    ///
    /// A moved date is a decision, a passed one is not.
    C10_2_C_02 = "C10.2-c-02", Minor, step 12, clause "10.2 c";
    reads ["corrective_action.state", "corrective_action.due"];
    says "Corrective action {ref} is overdue since {due}.";
    fix "Finish it or agree a new date with a reason.";
    fails "due 2026-05-31";
    holds "done";
    |cx| {
        use CorrectiveActionState::{InProgress, Planned, Reopened};
        cx.all::<CorrectiveAction>().judge(|a| matches!(a.state, Planned | InProgress | Reopened) && cx.past(a.due))
    };

    /// Corrective actions are proven.
    ///
    /// What was changed can be shown.
    C10_2_C_03 = "C10.2-c-03", Minor, step 12, clause "10.2 c";
    reads ["corrective_action.state", "corrective_action.evidence"];
    says "Corrective action {ref} is done without proof.";
    fix "Attach evidence.";
    fails "evidence=[]";
    holds "evidence=[EV-0070]";
    |cx| cx.all::<CorrectiveAction>().judge(|a| finished(a) && a.evidence.is_empty());

    /// Corrective actions are tied to a cause.
    ///
    /// Otherwise they correct something else.
    C10_2_C_04 = "C10.2-c-04", Minor, step 12, clause "10.2 c";
    reads ["corrective_action.state", "corrective_action.root_cause"];
    says "Corrective action {ref} is not tied to a cause.";
    fix "Link the cause it removes.";
    fails "root_cause=null";
    holds "root_cause=RCA-0001";
    |cx| cx.all::<CorrectiveAction>().judge(|a| a.state != CorrectiveActionState::Cancelled && a.root_cause.is_none());

    /// A check of the effect is planned.
    ///
    /// That an action was carried out does not show that it helped; a later look is planned.
    C10_2_D_01 = "C10.2-d-01", Minor, step 12, clause "10.2 d";
    reads ["effectiveness_verification.corrective_action", "corrective_action.state"];
    says "No check of effectiveness is planned for {ref}.";
    fix "Plan it, some weeks after the action.";
    fails "no EFV";
    holds "EFV-0001 planned";
    |cx| {
        let checked: Set<_> = cx.all::<EffectivenessVerification>().filter_map(|v| v.corrective_action).collect();
        cx.all::<CorrectiveAction>().judge(|a| finished(a) && !checked.contains(&a.reference()))
    };

    /// Checks of the effect are made in time.
    ///
    /// The day was set when the action was done.
    C10_2_D_02 = "C10.2-d-02", Minor, step 12, clause "10.2 d";
    reads ["effectiveness_verification.state", "effectiveness_verification.planned_for"];
    says "The check {ref} is overdue since {planned_for}.";
    fix "Make the check.";
    fails "planned_for 2026-05-31";
    holds "done";
    |cx| cx.all::<EffectivenessVerification>().judge(|v| v.state == EffectivenessVerificationState::Planned && cx.past(v.planned_for));

    /// Nothing is closed before the action has worked.
    ///
    /// Every action that was not cancelled has a check that found it effective.
    C10_2_D_03 = "C10.2-d-03", Major, step 12, clause "10.2 d, 10.2 g";
    reads ["nonconformity.state", "effectiveness_verification.corrective_action", "corrective_action.nonconformity",
        "nonconformity.action_needed", "effectiveness_verification.state", "effectiveness_verification.effective",
        "corrective_action.state"];
    says "Nonconformity {ref} was closed without proof that the action worked.";
    fix "Reopen it and verify.";
    fails "closed, EFV effective=false or missing";
    holds "EFV-0001 effective=true";
    |cx| {
        let checks = cx.st::<EffectivenessVerification>(&[EffectivenessVerificationState::Done]).filter(|v| yes(v.effective));
        let worked: Set<_> = checks.filter_map(|v| v.corrective_action).collect();
        let taken = cx.all::<CorrectiveAction>().filter(|a| a.state != CorrectiveActionState::Cancelled);
        let unproven: Set<_> = taken.filter(|a| !worked.contains(&a.reference())).filter_map(|a| a.nonconformity).collect();
        cx.st::<Nonconformity>(&[NonconformityState::Closed]).judge(|n| yes(n.action_needed) && unproven.contains(&n.reference()))
    };

    /// Somebody else checked the effect.
    ///
    /// Who acted wants it to have worked.
    C10_2_D_04 = "C10.2-d-04", Minor, step 12, clause "10.2 d";
    reads ["effectiveness_verification.state", "effectiveness_verification.verifier",
        "effectiveness_verification.corrective_action", "corrective_action.responsible"];
    says "{ref}: the effect was checked by the person who acted.";
    fix "Have another person check.";
    fails "verifier=responsible";
    holds "different";
    |cx| checked(cx).judge(|v| cx.get(v.corrective_action).is_some_and(|a| a.responsible.is_some() && v.verifier == a.responsible));

    /// What did not work is followed up.
    ///
    /// A failed action is a reason for the next one.
    C10_2_D_05 = "C10.2-d-05", Minor, step 12, clause "10.2 d";
    reads ["effectiveness_verification.state", "effectiveness_verification.effective",
        "effectiveness_verification.follow_up"];
    says "{ref}: the action did not work and nothing follows.";
    fix "Reopen the analysis.";
    fails "effective=false follow_up=\"\"";
    holds "follow_up=\"RCA-0005\"";
    |cx| checked(cx).judge(|v| v.effective == Some(false) && blank(&v.follow_up));

    /// Major nonconformities change the ISMS.
    ///
    /// Something that grave shows a hole in the system itself.
    C10_2_E_01 = "C10.2-e-01", Observation, step 12, clause "10.2 e";
    reads ["nonconformity.state", "nonconformity.grade", "nonconformity.isms_change"];
    says "Major nonconformity {ref} was closed without any change of the ISMS.";
    fix "Check whether policy, process or risk register must change; record the change or the reason in the notes.";
    fails "major, closed, isms_change=null";
    holds "isms_change=CHG-0004";
    |cx| cx.st::<Nonconformity>(&[NonconformityState::Closed]).judge(|n| n.grade == Some(NonconformityGrade::Major) && n.isms_change.is_none());

    /// Minor nonconformities are closed in time.
    ///
    /// By the date that was set for them.
    C10_2_F_01 = "C10.2-f-01", Minor, step 12, clause "10.2 f";
    reads ["nonconformity.grade", "nonconformity.state", "nonconformity.due"];
    says "Nonconformity {ref} is open past its date {due}.";
    fix "Finish the actions or agree a new date.";
    fails "due 2026-05-31";
    holds "closed";
    |cx| cx.all::<Nonconformity>().judge(|n| n.grade == Some(NonconformityGrade::Minor) && n.state != NonconformityState::Closed && cx.past(n.due));

    /// Major nonconformities are closed quickly.
    ///
    /// A certification body would not wait longer either.
    C10_2_F_02 = "C10.2-f-02", Major, step 12, clause "10.2 f";
    reads ["nonconformity.grade", "nonconformity.state", "nonconformity.detected_on"];
    says "Major nonconformity {ref} is open for more than {cfg.nc_major_days} days.";
    fix "Escalate to top management.";
    fails "detected 2026-01-10";
    holds "closed";
    |cx| cx.all::<Nonconformity>().judge(|n| {
        n.grade == Some(NonconformityGrade::Major)
            && n.state != NonconformityState::Closed
            && cx.beyond(n.detected_on, cx.config.nc_major_days)
    });

    /// Nothing closed comes back within a year.
    ///
    /// A repetition shows that the cause was another one.
    C10_2_G_01 = "C10.2-g-01", Observation, step 12, clause "10.2";
    reads ["nonconformity.state", "nonconformity.requirement_id", "nonconformity.closed_on",
        "nonconformity.detected_on"];
    says "Nonconformity {ref} repeats a closed one on the same requirement within a year.";
    fix "The earlier action was not effective; analyse the cause again.";
    fails "NC-0001 closed 2026-02, NC-0007 same requirement 2026-05";
    holds "different requirements";
    |cx| {
        let mut closed: Map<&str, Vec<&Stored<Nonconformity>>> = Map::default();
        for n in cx.st::<Nonconformity>(&[NonconformityState::Closed]) {
            closed.entry(n.body.requirement_id.said()).or_default().push(n);
        }
        cx.all::<Nonconformity>().judge(|n| {
            let same = closed.get(n.requirement_id.said()).into_iter().flatten().filter(|m| m.number != n.number);
            same.into_iter().any(|m| {
                matches!((m.closed_on, n.detected_on), (Some(end), Some(again)) if end < again && days(end, again) <= 365)
            })
        })
    };

    /// The owner does not close a nonconformity alone.
    ///
    /// A second person agrees that it is over.
    C10_2_G_02 = "C10.2-g-02", Observation, step 12, clause "10.2";
    reads ["nonconformity.state", "nonconformity.closed_by", "nonconformity.owner"];
    says "Nonconformity {ref} was closed by its owner.";
    fix "Let ISMS manager or auditor close it.";
    fails "closed_by=owner";
    holds "closed_by=PER-0002";
    |cx| cx.st::<Nonconformity>(&[NonconformityState::Closed]).judge(|n| n.closed_by.is_some() && n.closed_by == n.owner);
}
