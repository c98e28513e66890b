//! Clause 9.3: management review.

use crate::rules::prelude::*;

rules! {
    /// Top management reviewed the ISMS within a year.
    ///
    /// At planned intervals; the limit is a value of the organization.
    C9_3_1_01 = "C9.3.1-01", Major, step 11, clause "9.3.1";
    reads ["management_review.held_on"];
    says "No management review was held within {cfg.review_days} days.";
    fix "Hold the review.";
    fails "last 2025-01";
    holds "MR-0002 held 2026-04-22";
    |cx| flag(!cx.all::<ManagementReview>().has(|r| cx.within(r.held_on, cx.config.review_days)));

    /// Top management led the review.
    ///
    /// It can be prepared by others, not held by them.
    C9_3_1_02 = "C9.3.1-02", Major, step 11, clause "9.3.1";
    reads ["management_review.held_on", "management_review.chair", "organization.top_management"];
    says "Review {ref} was not led by top management.";
    fix "Repeat it with top management.";
    fails "chair=PER-0002 ISMS manager";
    holds "chair=PER-0001 chief executive";
    |cx| held(cx).judge(|r| !cx.is_top(r.chair));

    /// The review concludes.
    ///
    /// Suitable, adequate, effective: each word gets an answer.
    C9_3_1_03 = "C9.3.1-03", Minor, step 11, clause "9.3.1";
    reads ["management_review.held_on", "management_review.suitability", "management_review.adequacy",
        "management_review.effectiveness"];
    says "Review {ref} has no conclusion on suitability, adequacy or effectiveness.";
    fix "Record the three conclusions.";
    fails "effectiveness=\"\"";
    holds "all three filled";
    |cx| held(cx).judge(|r| blank(&r.suitability) || blank(&r.adequacy) || blank(&r.effectiveness));

    /// The next review is planned.
    ///
    /// Planned intervals need a next date.
    C9_3_1_04 = "C9.3.1-04", Observation, step 11, clause "9.3.1";
    reads ["management_review.state", "management_review.planned_for"];
    says "The next management review is not planned.";
    fix "Plan it.";
    fails "none planned";
    holds "MR-0003 planned 2026-10-21";
    |cx| {
        let ahead = |r: &Stored<ManagementReview>| matches!(r.state, ManagementReviewState::Planned | ManagementReviewState::Prepared)
            && r.planned_for.is_some_and(|day| day >= cx.today);
        Found::given(cx.all::<ManagementReview>().next().is_some(), || flag(!cx.all::<ManagementReview>().has(ahead)))
    };

    /// An internal audit was reported in the period of the review.
    ///
    /// Top management judges the ISMS by what an internal audit found; one must have been reported between the start of
    /// the period and the review.
    C9_3_1_05 = "C9.3.1-05", Minor, step 11, clause "9.3.1";
    reads ["management_review.held_on", "audit.audit_type", "audit.report_issued_on", "management_review.period_from"];
    says "No internal audit was reported in the period of review {ref}.";
    fix "Hold the audit before the review.";
    fails "review 2026-04-22, audit reported 2026-05-10";
    holds "audit reported 2026-03-30";
    |cx| held(cx).judge(|r| {
        let inside = |day: Date| r.period_from.is_some_and(|from| from <= day) && r.held_on.is_some_and(|held| day <= held);
        !internal(cx).any(|a| a.report_issued_on.is_some_and(inside))
    });

    /// The review looked at earlier actions.
    ///
    /// What came of what was decided last time.
    C9_3_2_A_01 = "C9.3.2-a-01", Minor, step 11, clause "9.3.2 a";
    reads ["review_input.review", "review_input.item", "review_input.state", "review_input.content",
        "management_review.held_on"];
    says "Review {ref} lacks the input: status of earlier actions.";
    fix "Prepare the input and discuss it.";
    fails "no review_input item=a_previous_actions";
    holds "MRI item=a_previous_actions state=discussed";
    |cx| lacks(cx, ReviewInputItem::APreviousActions);

    /// Open decisions were discussed in the latest review.
    ///
    /// A decision of an earlier review that is still open is on the table until it is closed.
    C9_3_2_A_02 = "C9.3.2-a-02", Minor, step 11, clause "9.3.2 a";
    reads ["decision.state", "management_review.held_on", "decision.review", "review_input.review",
        "review_input.item", "review_input.sources"];
    says "Open decision {ref} of an earlier review was not discussed in the latest one.";
    fix "Report its status.";
    fails "DEC-0001 open, not in the sources of input a";
    holds "sources has DEC-0001";
    |cx| {
        let last = cx.last_review();
        let inputs = cx.all::<ReviewInput>().filter(|i| i.review == last.map(Stored::reference));
        let discussed: Set<_> = inputs.filter(|i| i.item == Some(ReviewInputItem::APreviousActions)).flat_map(|i| i.sources.iter().copied()).collect();
        let open = cx.st::<Decision>(&[DecisionState::Open, DecisionState::InProgress]);
        let found = open.judge(|d| {
            let held = cx.get(d.review).and_then(|r| r.held_on);
            before(held, last.and_then(|r| r.held_on)) && !discussed.contains(&d.reference().any())
        });
        Found { known: last.is_some(), ..found }
    };

    /// The review looked at changed circumstances.
    ///
    /// Inside and outside issues that matter to the ISMS.
    C9_3_2_B_01 = "C9.3.2-b-01", Minor, step 11, clause "9.3.2 b";
    reads ["review_input.review", "review_input.item", "review_input.state", "review_input.content",
        "management_review.held_on"];
    says "Review {ref} lacks the input: changes in issues.";
    fix "Prepare the input and discuss it.";
    fails "no review_input item=b_issues";
    holds "MRI item=b_issues state=discussed";
    |cx| lacks(cx, ReviewInputItem::BIssues);

    /// The review looked at changed needs of interested parties.
    ///
    /// New contracts, laws and expectations.
    C9_3_2_C_01 = "C9.3.2-c-01", Minor, step 11, clause "9.3.2 c";
    reads ["review_input.review", "review_input.item", "review_input.state", "review_input.content",
        "management_review.held_on"];
    says "Review {ref} lacks the input: changes in needs of interested parties.";
    fix "Prepare the input and discuss it.";
    fails "no review_input item=c_interested_parties";
    holds "MRI item=c_interested_parties state=discussed";
    |cx| lacks(cx, ReviewInputItem::CInterestedParties);

    /// Inputs on performance show a trend.
    ///
    /// Better, the same or worse: one value alone says little.
    C9_3_2_D_01 = "C9.3.2-d-01", Minor, step 11, clause "9.3.2 d";
    reads ["review_input.review", "review_input.item", "review_input.trend", "management_review.held_on"];
    says "Input {ref} shows no trend.";
    fix "State whether things improve, stay or worsen, with figures.";
    fails "trend=null";
    holds "trend=improving";
    |cx| {
        use ReviewInputItem::{D1Nonconformities, D2Measurements, D3Audits, D4Objectives};
        let last = cx.last_review().map(Stored::reference);
        let inputs = cx.all::<ReviewInput>().filter(|i| i.review.is_some() && i.review == last);
        let performance = inputs.filter(|i| matches!(i.item, Some(D1Nonconformities | D2Measurements | D3Audits | D4Objectives)));
        performance.judge(|i| matches!(i.trend, None | Some(ReviewInputTrend::NotApplicable)))
    };

    /// The review looked at nonconformities.
    ///
    /// How many, how grave, how fast corrected.
    C9_3_2_D1_01 = "C9.3.2-d1-01", Minor, step 11, clause "9.3.2 d1";
    reads ["review_input.review", "review_input.item", "review_input.state", "review_input.content",
        "management_review.held_on"];
    says "Review {ref} lacks the input: trend of nonconformities and corrective actions.";
    fix "Prepare the input and discuss it.";
    fails "no review_input item=d1_nonconformities";
    holds "MRI item=d1_nonconformities state=discussed";
    |cx| lacks(cx, ReviewInputItem::D1Nonconformities);

    /// The review looked at measurements.
    ///
    /// What the metrics say about security and about the ISMS, and where it is heading.
    C9_3_2_D2_01 = "C9.3.2-d2-01", Minor, step 11, clause "9.3.2 d2";
    reads ["review_input.review", "review_input.item", "review_input.state", "review_input.content",
        "management_review.held_on"];
    says "Review {ref} lacks the input: trend of measurements.";
    fix "Prepare the input and discuss it.";
    fails "no review_input item=d2_measurements";
    holds "MRI item=d2_measurements state=discussed";
    |cx| lacks(cx, ReviewInputItem::D2Measurements);

    /// The review looked at audit results.
    ///
    /// What internal and external audits found, and what came of it.
    C9_3_2_D3_01 = "C9.3.2-d3-01", Minor, step 11, clause "9.3.2 d3";
    reads ["review_input.review", "review_input.item", "review_input.state", "review_input.content",
        "management_review.held_on"];
    says "Review {ref} lacks the input: trend of audit results.";
    fix "Prepare the input and discuss it.";
    fails "no review_input item=d3_audits";
    holds "MRI item=d3_audits state=discussed";
    |cx| lacks(cx, ReviewInputItem::D3Audits);

    /// The review looked at objectives.
    ///
    /// Which are reached, which are not.
    C9_3_2_D4_01 = "C9.3.2-d4-01", Minor, step 11, clause "9.3.2 d4";
    reads ["review_input.review", "review_input.item", "review_input.state", "review_input.content",
        "management_review.held_on"];
    says "Review {ref} lacks the input: reaching of objectives.";
    fix "Prepare the input and discuss it.";
    fails "no review_input item=d4_objectives";
    holds "MRI item=d4_objectives state=discussed";
    |cx| lacks(cx, ReviewInputItem::D4Objectives);

    /// The review looked at feedback.
    ///
    /// What interested parties say about security here.
    C9_3_2_E_01 = "C9.3.2-e-01", Minor, step 11, clause "9.3.2 e";
    reads ["review_input.review", "review_input.item", "review_input.state", "review_input.content",
        "management_review.held_on"];
    says "Review {ref} lacks the input: feedback of interested parties.";
    fix "Prepare the input and discuss it.";
    fails "no review_input item=e_feedback";
    holds "MRI item=e_feedback state=discussed";
    |cx| lacks(cx, ReviewInputItem::EFeedback);

    /// The review looked at risks and their treatment.
    ///
    /// The picture of risks and where the plan stands.
    C9_3_2_F_01 = "C9.3.2-f-01", Minor, step 11, clause "9.3.2 f";
    reads ["review_input.review", "review_input.item", "review_input.state", "review_input.content",
        "management_review.held_on"];
    says "Review {ref} lacks the input: risk picture and progress of the treatment plan.";
    fix "Prepare the input and discuss it.";
    fails "no review_input item=f_risks";
    holds "MRI item=f_risks state=discussed";
    |cx| lacks(cx, ReviewInputItem::FRisks);

    /// The review looked at chances to improve.
    ///
    /// Ideas from wherever they come.
    C9_3_2_G_01 = "C9.3.2-g-01", Minor, step 11, clause "9.3.2 g";
    reads ["review_input.review", "review_input.item", "review_input.state", "review_input.content",
        "management_review.held_on"];
    says "Review {ref} lacks the input: opportunities for improvement.";
    fix "Prepare the input and discuss it.";
    fails "no review_input item=g_improvement";
    holds "MRI item=g_improvement state=discussed";
    |cx| lacks(cx, ReviewInputItem::GImprovement);

    /// The review decided something.
    ///
    /// Also that nothing changes is a decision, and is recorded.
    C9_3_3_01 = "C9.3.3-01", Major, step 11, clause "9.3.3";
    reads ["decision.review", "management_review.held_on"];
    says "Review {ref} has no recorded decision.";
    fix "Record decisions, or the explicit decision that no change is needed.";
    fails "no DEC";
    holds "DEC-0001";
    |cx| {
        let decided: Set<_> = cx.all::<Decision>().filter_map(|d| d.review).collect();
        held(cx).judge(|r| !decided.contains(&r.reference()))
    };

    /// Decisions have a person and a date.
    ///
    /// A decision that nobody has to carry out by a day is only a sentence in the minutes.
    C9_3_3_02 = "C9.3.3-02", Minor, step 11, clause "9.3.3";
    reads ["decision.decision_type", "decision.responsible", "decision.due"];
    says "Decision {ref} has no responsible person or date.";
    fix "Complete it.";
    fails "due=null";
    holds "due=2026-09-30";
    |cx| cx.all::<Decision>().judge(|d| d.decision_type != Some(DecisionDecisionType::NoChange) && (d.responsible.is_none() || d.due.is_none()));

    /// No decision is overdue.
    ///
    /// What the top decided is done or decided again.
    C9_3_3_03 = "C9.3.3-03", Minor, step 11, clause "9.3.3";
    reads ["decision.state", "decision.due"];
    says "Decision {ref} is overdue since {due}.";
    fix "Carry it out or take a new decision.";
    fails "due 2026-05-31 open";
    holds "done";
    |cx| cx.all::<Decision>().judge(|d| matches!(d.state, DecisionState::Open | DecisionState::InProgress) && cx.past(d.due));

    /// The minutes of reviews are signed.
    ///
    /// The results are kept as documented information, in time.
    C9_3_3_04 = "C9.3.3-04", Minor, step 11, clause "9.3.3";
    reads ["management_review.held_on", "management_review.approval", "management_review.minutes", "approval.state",
        "approval.decision"];
    says "The minutes of review {ref} are missing or not signed.";
    fix "Generate the minutes and have the chair sign.";
    fails "minutes=null";
    holds "minutes=DOC-0010, APR-0060";
    |cx| held(cx).judge(|r| cx.beyond(r.held_on, cx.config.minutes_days) && (cx.signed(r.approval).is_none() || r.minutes.is_none()));

    /// Decisions are linked to what carries them out.
    ///
    /// An action, a change, an objective: the trail from the word to the deed.
    C9_3_3_05 = "C9.3.3-05", Observation, step 11, clause "9.3.3";
    reads ["decision.decision_type", "decision.state", "decision.linked"];
    says "Decision {ref} is linked to no record that carries it out.";
    fix "Link the action, change, resource or objective.";
    fails "linked=[]";
    holds "linked=[CA-0002]";
    |cx| cx.all::<Decision>().judge(|d| {
        d.decision_type != Some(DecisionDecisionType::NoChange) && d.state != DecisionState::Dropped && d.linked.is_empty()
    });
}
