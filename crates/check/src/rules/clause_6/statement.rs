//! Clause 6.1.3 c and d: the comparison with Annex A and the Statement of Applicability.

use crate::rules::prelude::*;

rules! {
    /// Every control of Annex A was decided.
    ///
    /// All 93 are compared with what was chosen, so that none is forgotten. Without a statement in force there is
    /// nothing to compare.
    C6_1_3_C_01 = "C6.1.3-c-01", Major, step 6, clause "6.1.3 c";
    reads ["soa.state", "applicability.soa", "applicability.annex_id", "applicability.applicable",
        "applicability.state"];
    says "Control {item} of Annex A was not decided in the Statement of Applicability.";
    fix "Decide applicable or not, with a reason.";
    fails "92 rows";
    holds "93 rows decided";
    |cx| Found::given(cx.st::<Soa>(&[SoaState::Effective]).next().is_some(), || {
        let decided = cx.decided_annex();
        judge_words(annex_controls().iter().map(|control| control.id.as_str()), |id| !decided.contains(id))
    });

    /// No control stands twice in the statement.
    ///
    /// Two rows about one control can say two things.
    C6_1_3_C_02 = "C6.1.3-c-02", Minor, step 6, clause "6.1.3 c";
    reads ["soa.state", "applicability.soa", "applicability.annex_id"];
    says "Row {ref} duplicates an Annex A control in the same version.";
    fix "Remove the duplicate.";
    fails "two rows A.5.1";
    holds "one row A.5.1";
    |cx| {
        let mut rows: Map<_, usize> = Map::default();
        cx.soa_rows().for_each(|x| *rows.entry((x.soa, x.annex_id.as_deref())).or_default() += 1);
        cx.soa_rows().judge(|x| rows[&(x.soa, x.annex_id.as_deref())] > 1)
    };

    /// There is a Statement of Applicability in force.
    ///
    /// It is the list of controls with reasons and status, and the certificate names its version.
    C6_1_3_D_01 = "C6.1.3-d-01", Major, step 6, clause "6.1.3 d";
    reads ["soa.state"];
    says "There is no effective Statement of Applicability.";
    fix "Complete and approve the SoA.";
    fails "SOA-0001 draft";
    holds "SOA-0002 effective";
    |cx| flag(cx.st::<Soa>(&[SoaState::Effective]).next().is_none());

    /// Inclusions are justified.
    ///
    /// Each control that applies says why: a risk, a duty, a contract, the business.
    C6_1_3_D_02 = "C6.1.3-d-02", Minor, step 6, clause "6.1.3 d";
    reads ["applicability.applicable", "applicability.reasons", "applicability.justification", "soa.state",
        "applicability.soa"];
    says "Row {ref} ({annex_id}) is applicable, but the inclusion is not justified.";
    fix "Give reasons and a justification.";
    fails "reasons=[]";
    holds "reasons=[risk], justification=\"reduces R-0001\"";
    |cx| cx.applicable().judge(|x| x.reasons.is_empty() || blank(&x.justification));

    /// Exclusions are justified.
    ///
    /// Not needed is no reason. The sentence must say what the organization does not have or do.
    C6_1_3_D_03 = "C6.1.3-d-03", Major, step 6, clause "6.1.3 d";
    reads ["applicability.applicable", "applicability.justification", "soa.state", "applicability.soa"];
    says "Row {ref} ({annex_id}) is excluded without a real justification.";
    fix "Explain why the control is not necessary: no such activity, asset or risk.";
    fails "applicable=false justification=\"not needed\"";
    holds "\"no software is developed or changed; only packaged products are configured\"";
    |cx| cx.soa_rows().judge(|x| x.applicable == Some(false) && length(&x.justification) < 20);

    /// Every applicable control says whether it works.
    ///
    /// The standard asks for the status in the statement itself.
    C6_1_3_D_04 = "C6.1.3-d-04", Minor, step 6, clause "6.1.3 d";
    reads ["applicability.applicable", "applicability.implementation", "soa.state", "applicability.soa"];
    says "Row {ref} ({annex_id}) does not state whether the control is implemented.";
    fix "Set the status.";
    fails "implementation=null";
    holds "implementation=implemented";
    |cx| cx.applicable().judge(|x| x.implementation.is_none());

    /// No excluded control is used by a treatment.
    ///
    /// Either the control is needed or it is not; the two registers may not disagree.
    C6_1_3_D_05 = "C6.1.3-d-05", Major, step 6, clause "6.1.3 d";
    reads ["treatment.state", "treatment.controls", "applicability.applicable", "applicability.annex_id",
        "control.annex_refs", "soa.state", "applicability.soa"];
    says "Row {ref} ({annex_id}) is excluded, but a risk treatment uses this control.";
    fix "Make it applicable or change the treatment.";
    fails "A.8.12 excluded, TRT-0008 uses C-0040 with annex_refs=[A.8.12]";
    holds "A.8.12 applicable";
    |cx| cx.soa_rows().judge(|x| x.applicable == Some(false) && x.annex_id.as_deref().is_some_and(|id| cx.needed_annex().contains(id)));

    /// Risk as a reason names the risk.
    ///
    /// Traceability from the control to the risk is what auditors follow.
    C6_1_3_D_06 = "C6.1.3-d-06", Minor, step 6, clause "6.1.3 d";
    reads ["applicability.applicable", "applicability.reasons", "applicability.risks", "soa.state",
        "applicability.soa"];
    says "Row {ref} ({annex_id}) gives risk as the reason, but names no risk.";
    fix "Link the risks it reduces.";
    fails "reasons=[risk] risks=[]";
    holds "risks=[R-0001]";
    |cx| cx.applicable().judge(|x| x.reasons.contains(&ApplicabilityReason::Risk) && x.risks.is_empty());

    /// Law or contract as a reason names the duty.
    ///
    /// Then it is known what breaks when the control fails.
    C6_1_3_D_07 = "C6.1.3-d-07", Minor, step 6, clause "6.1.3 d";
    reads ["applicability.applicable", "applicability.reasons", "applicability.obligations", "soa.state",
        "applicability.soa"];
    says "Row {ref} ({annex_id}) gives a legal or contractual reason, but names no obligation.";
    fix "Link the obligation.";
    fails "reasons=[legal] obligations=[]";
    holds "obligations=[OBL-0001]";
    |cx| cx.applicable().judge(|x| {
        (x.reasons.contains(&ApplicabilityReason::Legal) || x.reasons.contains(&ApplicabilityReason::Contractual)) && x.obligations.is_empty()
    });

    /// Implemented in the statement means implemented.
    ///
    /// A working control must stand behind the word.
    C6_1_3_D_08 = "C6.1.3-d-08", Major, step 6, clause "6.1.3 d";
    reads ["applicability.controls", "applicability.applicable", "applicability.implementation", "control.state",
        "soa.state", "applicability.soa"];
    says "Row {ref} ({annex_id}) says implemented, but no implemented control stands behind it.";
    fix "Link the control or correct the status.";
    fails "implementation=implemented, controls=[C-0003 planned]";
    holds "controls=[C-0003 implemented]";
    |cx| {
        let said = cx.applicable().filter(|x| x.implementation == Some(ApplicabilityImplementation::Implemented));
        said.judge(|x| !cx.each(&x.controls).any(|c| c.state == ControlState::Implemented))
    };

    /// What is implemented is proven.
    ///
    /// At least one control behind the row has accepted evidence that is not stale.
    C6_1_3_D_09 = "C6.1.3-d-09", Minor, step 9, clause "6.1.3 d";
    reads ["applicability.controls", "applicability.applicable", "applicability.implementation", "soa.state",
        "applicability.soa", "evidence.state", "evidence.valid_until", "evidence.supports_controls"];
    says "Row {ref} ({annex_id}) is implemented, but has no valid accepted evidence.";
    fix "Collect and review evidence.";
    fails "only EV-0012 valid_until 2026-05-31";
    holds "EV-0040 accepted, valid_until 2027-03-31";
    |cx| {
        let said = cx.applicable().filter(|x| x.implementation == Some(ApplicabilityImplementation::Implemented));
        said.judge(|x| !x.controls.is_empty() && !x.controls.iter().any(|c| cx.proven().contains(c)))
    };

    /// Own controls stand in the statement too.
    ///
    /// The statement holds all controls that are necessary, also those that Annex A does not know.
    C6_1_3_D_10 = "C6.1.3-d-10", Minor, step 6, clause "6.1.3 d";
    reads ["treatment.state", "treatment.controls", "control.annex_refs", "applicability.annex_id", "soa.state",
        "applicability.soa"];
    says "Own control {ref} is necessary for a treatment but is missing from the SoA.";
    fix "Add a row for it: the SoA lists all necessary controls, not only Annex A.";
    fails "C-0061 source=own, no row";
    holds "row with annex_id=C-0061";
    |cx| {
        let listed: Set<&str> = cx.soa_rows().filter_map(|x| x.body.annex_id.as_deref()).collect();
        cx.needed_controls().judge(|c| c.annex_refs.is_empty() && !listed.contains(c.reference().any().to_string().as_str()))
    };

    /// The statement is newer than the last assessment.
    ///
    /// It follows from the assessment; one that was approved before rests on other risks.
    C6_1_3_D_11 = "C6.1.3-d-11", Major, step 6, clause "6.1.3 d";
    reads ["soa.state", "risk_assessment.state", "risk_assessment.completed_on", "soa.approved_on"];
    says "SoA {ref} was approved before the latest risk assessment was completed.";
    fix "Review the SoA against the new results and issue a new version.";
    fails "SoA 2025-06-20, assessment completed 2026-04-30";
    holds "SoA 2026-05-20";
    |cx| {
        let done = cx.st::<RiskAssessment>(&[RiskAssessmentState::Completed, RiskAssessmentState::Approved]);
        let last = latest(done.map(|a| a.completed_on));
        cx.st::<Soa>(&[SoaState::Effective]).judge(|s| before(s.approved_on, last))
    };

    /// No excluded control is owed to law or contract.
    ///
    /// A duty that is met by a control makes the control applicable.
    C6_1_3_D_12 = "C6.1.3-d-12", Major, step 6, clause "6.1.3 d";
    reads ["obligation.state", "obligation.controls", "applicability.applicable", "applicability.annex_id",
        "control.annex_refs", "soa.state", "applicability.soa"];
    says "Row {ref} ({annex_id}) is excluded, but a legal or contractual obligation is met by it.";
    fix "Make it applicable.";
    fails "A.8.24 excluded, OBL-0001 met by C-0024";
    holds "applicable";
    |cx| {
        let owed: Set<&str> = cx.live::<Obligation>().flat_map(|o| cx.each(&o.body.controls))
            .flat_map(|c| c.body.annex_refs.iter().map(String::as_str)).collect();
        cx.soa_rows().judge(|x| x.applicable == Some(false) && x.annex_id.as_deref().is_some_and(|id| owed.contains(id)))
    };

    /// What is not yet implemented has a date ahead.
    ///
    /// Open controls are allowed; open controls without a date or with a past one are not planned.
    C6_1_3_D_13 = "C6.1.3-d-13", Minor, step 6, clause "6.1.3 d";
    reads ["applicability.applicable", "applicability.implementation", "applicability.planned_date", "soa.state",
        "applicability.soa"];
    says "Row {ref} ({annex_id}) is not fully implemented and has no future date.";
    fix "Plan the implementation.";
    fails "planned, planned_date 2026-03-31 (past)";
    holds "planned_date 2026-10-31";
    |cx| {
        use ApplicabilityImplementation::{NotImplemented, Partial, Planned};
        cx.applicable().judge(|x| {
            matches!(x.implementation, Some(Partial | Planned | NotImplemented)) && x.planned_date.is_none_or(|day| day < cx.today)
        })
    };

    /// Controls that everybody needs are not excluded.
    ///
    /// Excluding such a control is possible, but it draws an auditor's eye and should have been meant.
    C6_1_3_D_14 = "C6.1.3-d-14", Observation, step 6, clause "6.1.3 d";
    reads ["applicability.applicable", "applicability.annex_id", "soa.state", "applicability.soa"];
    says "Row {ref} ({annex_id}) is excluded, although this control hardly ever is unnecessary.";
    fix "Check the reason again; expect questions from the auditor.";
    fails "A.5.31 excluded";
    holds "A.8.30 excluded";
    |cx| cx.soa_rows().judge(|x| x.applicable == Some(false) && x.annex_id.as_ref().is_some_and(|id| cx.config.rarely_excluded.contains(id)));

    /// The statement is approved.
    ///
    /// It is the central document of the certificate.
    C6_1_3_D_15 = "C6.1.3-d-15", Major, step 6, clause "6.1.3 d";
    reads ["soa.state", "soa.approval", "approval.state", "approval.decision"];
    says "SoA {ref} is not approved.";
    fix "Have it signed.";
    fails "approval=null";
    holds "approval=APR-0030";
    |cx| cx.st::<Soa>(&[SoaState::Effective]).judge(|s| cx.signed(s.approval).is_none());

    /// A control that failed its test is not called implemented.
    ///
    /// The statement must follow the tests.
    C6_1_3_D_16 = "C6.1.3-d-16", Major, step 6, clause "6.1.3 d";
    reads ["applicability.applicable", "applicability.annex_id", "control.annex_refs", "control.state",
        "applicability.implementation", "soa.state", "applicability.soa"];
    says "Row {ref} ({annex_id}) says implemented, but a control behind it failed its test.";
    fix "Set the status to partial and plan the repair.";
    fails "C-0019 ineffective, A.8.13 implemented";
    holds "A.8.13 partial with date";
    |cx| {
        let failed = cx.st::<Control>(&[ControlState::Ineffective]);
        let ids: Set<&str> = failed.flat_map(|c| c.body.annex_refs.iter().map(String::as_str)).collect();
        let said = cx.applicable().filter(|x| x.implementation == Some(ApplicabilityImplementation::Implemented));
        said.judge(|x| x.annex_id.as_deref().is_some_and(|id| ids.contains(id)))
    };

    /// Working controls stand in the statement.
    ///
    /// A control from Annex A that runs and that no row names makes the statement incomplete.
    X_11 = "X-11", Minor, step 6, clause "6.1.3 d";
    reads ["control.state", "control.annex_refs", "applicability.controls", "soa.state", "applicability.soa"];
    says "Control {ref} works in practice but no SoA row refers to it.";
    fix "Link it to its rows.";
    fails "C-0033 annex_refs=[A.7.4], row without controls";
    holds "row A.7.4 controls=[C-0033]";
    |cx| {
        let rows: Set<_> = cx.soa_rows().flat_map(|x| x.controls.iter().copied()).collect();
        cx.st::<Control>(&[ControlState::Implemented]).judge(|c| !c.annex_refs.is_empty() && !rows.contains(&c.reference()))
    };
}
