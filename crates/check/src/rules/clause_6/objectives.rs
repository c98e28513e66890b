//! Clauses 6.2 and 6.3: objectives and planned changes.

use crate::rules::prelude::*;

rules! {
    /// There are approved security objectives.
    ///
    /// Objectives turn the policy into something that can be reached or missed.
    C6_2_01 = "C6.2-01", Major, step 2, clause "6.2";
    reads ["objective.state"];
    says "There are no approved information security objectives.";
    fix "Set objectives and have them approved.";
    fails "objective empty";
    holds "OBJ-0001 active";
    |cx| flag(cx.st::<Objective>(&[ObjectiveState::Approved, ObjectiveState::Active, ObjectiveState::Achieved]).next().is_none());

    /// Objectives follow from the policy in force.
    ///
    /// They must be consistent with what the top has promised.
    C6_2_A_01 = "C6.2-a-01", Minor, step 2, clause "6.2 a";
    reads ["objective.state", "objective.policy", "document.doc_type", "document.state"];
    says "Objective {ref} does not follow from the policy in force.";
    fix "Link it to the effective policy.";
    fails "policy=DOC-0020 withdrawn";
    holds "policy=DOC-0001";
    |cx| cx.st::<Objective>(&[ObjectiveState::Active]).judge(|o| !cx.policy_docs().any(|p| Some(p.reference()) == o.policy));

    /// Objectives are measured by an active metric.
    ///
    /// Measurable if practicable, says the standard; in a register of metrics it is.
    C6_2_B_01 = "C6.2-b-01", Minor, step 2, clause "6.2 b";
    reads ["objective.state", "objective.metrics", "metric.state"];
    says "Objective {ref} has no active metric.";
    fix "Link a metric, or explain in the notes why measuring is not practicable.";
    fails "metrics=[]";
    holds "metrics=[MTR-0001]";
    |cx| cx.st::<Objective>(&[ObjectiveState::Approved, ObjectiveState::Active]).judge(|o| !cx.each(&o.metrics).any(|m| m.state == MetricState::Active));

    /// Objectives take requirements and risks into account.
    ///
    /// An objective that serves no requirement, duty or risk is a hobby.
    C6_2_C_01 = "C6.2-c-01", Minor, step 2, clause "6.2 c";
    reads ["objective.state", "objective.requirements", "objective.obligations", "objective.risks"];
    says "Objective {ref} refers to no requirement, obligation or risk.";
    fix "Link what it takes into account.";
    fails "all three empty";
    holds "risks=[R-0001]";
    |cx| cx.st::<Objective>(&[ObjectiveState::Active]).judge(|o| o.requirements.is_empty() && o.obligations.is_empty() && o.risks.is_empty());

    /// Objectives are monitored.
    ///
    /// At least one of their metrics has a value as recent as its rhythm asks.
    C6_2_D_01 = "C6.2-d-01", Minor, step 9, clause "6.2 d";
    reads ["objective.state", "objective.metrics", "metric.frequency", "metric.grace_days", "measurement.period_end",
        "measurement.metric", "measurement.state"];
    says "Objective {ref} is not monitored: none of its metrics has a recent value.";
    fix "Record the measurements.";
    fails "last value of the monthly metric four months ago";
    holds "last month measured";
    |cx| cx.st::<Objective>(&[ObjectiveState::Active]).judge(|o| !o.metrics.is_empty() && !cx.each(&o.metrics).any(|m| cx.measured_in_time(m)));

    /// Objectives are communicated.
    ///
    /// Who shall reach something must know it.
    C6_2_E_01 = "C6.2-e-01", Minor, step 2, clause "6.2 e";
    reads ["objective.state", "objective.communicated_on"];
    says "Objective {ref} was not communicated.";
    fix "Make it known to those concerned.";
    fails "communicated_on=null";
    holds "communicated_on=2025-06-30";
    |cx| cx.st::<Objective>(&[ObjectiveState::Active]).judge(|o| o.communicated_on.is_none());

    /// Progress of objectives is reviewed.
    ///
    /// Objectives are updated as appropriate; that needs somebody who looks.
    C6_2_F_01 = "C6.2-f-01", Minor, step 9, clause "6.2 f";
    reads ["objective.state", "objective.reviewed_on"];
    says "Objective {ref} was not reviewed within {cfg.objective_review_days} days.";
    fix "Review progress and update it.";
    fails "reviewed_on=2025-06-30";
    holds "reviewed_on=2026-04-22";
    |cx| cx.st::<Objective>(&[ObjectiveState::Active]).judge(|o| !cx.within(o.reviewed_on, cx.config.objective_review_days));

    /// Active objectives are approved.
    ///
    /// An aim that binds means and people needs a decision.
    C6_2_G_01 = "C6.2-g-01", Minor, step 2, clause "6.2 g";
    reads ["objective.state", "objective.approval", "approval.state", "approval.decision"];
    says "Objective {ref} is active without approval.";
    fix "Have it approved.";
    fails "approval=null";
    holds "approval=APR-0010";
    |cx| cx.st::<Objective>(&[ObjectiveState::Active]).judge(|o| cx.signed(o.approval).is_none());

    /// The plan of every objective is complete.
    ///
    /// What is done, with which means, by whom, until when, and how the result is judged.
    C6_2_HL_01 = "C6.2-hl-01", Minor, step 2, clause "6.2 h, 6.2 i, 6.2 j, 6.2 k, 6.2 l";
    reads ["objective.state", "objective.what", "objective.resources", "objective.responsible", "objective.due",
        "objective.evaluation"];
    says "The plan of objective {ref} is incomplete (what, resources, who, when, how judged).";
    fix "Fill in the missing parts.";
    fails "resources=\"\"";
    holds "all five filled";
    |cx| cx.st::<Objective>(&[ObjectiveState::Approved, ObjectiveState::Active]).judge(|o| {
        blank(&o.what) || blank(&o.resources) || o.responsible.is_none() || o.due.is_none() || blank(&o.evaluation)
    });

    /// No objective passed its date without a result.
    ///
    /// It is achieved, missed or moved, but not forgotten.
    C6_2_02 = "C6.2-02", Minor, step 9, clause "6.2";
    reads ["objective.state", "objective.due"];
    says "Objective {ref} passed its date {due} without a result.";
    fix "Judge it achieved or missed and set the follow-up.";
    fails "due 2026-03-31 still active";
    holds "state=achieved";
    |cx| cx.st::<Objective>(&[ObjectiveState::Active]).judge(|o| cx.past(o.due));

    /// Objectives serve all three properties.
    ///
    /// Aims for confidentiality alone leave integrity and availability to chance.
    C6_2_03 = "C6.2-03", Observation, step 2, clause "6.2";
    reads ["objective.state", "objective.cia"];
    says "No objective serves property {item}.";
    fix "Consider an objective for it (article: confidentiality, integrity and availability are the three goals).";
    fails "no objective with A";
    holds "OBJ-0003 cia=[A]";
    |cx| {
        let pursued = || cx.st::<Objective>(&[ObjectiveState::Active, ObjectiveState::Achieved]);
        let active = cx.st::<Objective>(&[ObjectiveState::Active]).next().is_some();
        Found::given(active, || judge_words(["C", "I", "A"], |x| !pursued().any(|o| o.cia.iter().any(|property| property.name() == x))))
    };

    /// Changes are approved before they are carried out.
    ///
    /// Planned change is one of the shortest clauses and one of the easiest to break.
    C6_3_01 = "C6.3-01", Minor, step 9, clause "6.3";
    reads ["change.state", "change.unintended", "change.approval", "approval.state", "approval.decision"];
    says "Change {ref} was carried out without approval.";
    fix "Obtain approval afterwards and find out why it was skipped.";
    fails "implemented, approval=null";
    holds "approval=APR-0050";
    |cx| cx.st::<Change>(CARRIED_OUT).judge(|c| !yes(c.unintended) && cx.signed(c.approval).is_none());

    /// The effect of changes is reviewed.
    ///
    /// Whether a change did what it should is seen afterwards.
    C6_3_02 = "C6.3-02", Minor, step 9, clause "6.3";
    reads ["change.state", "change.implemented_on"];
    says "The effect of change {ref} was not reviewed within {cfg.change_review_days} days.";
    fix "Review the effect.";
    fails "implemented 2026-01-10, not reviewed";
    holds "state=reviewed";
    |cx| cx.all::<Change>().judge(|c| c.state == ChangeState::Implemented && cx.beyond(c.implemented_on, cx.config.change_review_days));

    /// Changes consider their consequences.
    ///
    /// The purpose alone does not tell what else moves.
    C6_3_03 = "C6.3-03", Minor, step 9, clause "6.3";
    reads ["change.state", "change.consequences"];
    says "Change {ref} does not consider its consequences.";
    fix "Describe possible consequences for the ISMS.";
    fails "consequences=\"\"";
    holds "consequences filled";
    |cx| cx.all::<Change>().judge(|c| c.state != ChangeState::Rejected && blank(&c.consequences));
}
