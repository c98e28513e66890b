//! Clauses 6.1.1 and 6.1.2: opportunities, the risk method and the assessment.

use crate::rules::prelude::*;

rules! {
    /// Opportunities were considered too.
    ///
    /// The planning clause speaks of risks and opportunities; a new system, a contract or an idea for improvement may
    /// be one.
    C6_1_1_01 = "C6.1.1-01", Observation, step 5, clause "6.1.1 a, 6.1.1 b, 6.1.1 c";
    reads ["risk.risk_opportunity", "improvement.state"];
    says "Only risks, no opportunities were considered.";
    fix "Record opportunities (as risk entries of kind opportunity or as improvements).";
    fails "no opportunity, no improvement";
    holds "IMP-0001";
    |cx| {
        let opportunity = |r: &Stored<Risk>| r.risk_opportunity == Some(RiskOrOpportunity::Opportunity);
        flag(!cx.all::<Risk>().has(opportunity) && cx.live::<Improvement>().next().is_none())
    };

    /// Every opportunity has a planned action.
    ///
    /// Having seen a chance and doing nothing is a decision too, and should be taken as one.
    C6_1_1_D_01 = "C6.1.1-d-01", Observation, step 5, clause "6.1.1 d";
    reads ["risk.state", "risk.risk_opportunity", "treatment.risk", "treatment.state", "treatment.decided_on"];
    says "Opportunity {ref} has no planned action.";
    fix "Decide what to do about it.";
    fails "R-0040 opportunity without treatment";
    holds "TRT-0040 approved";
    |cx| {
        let chances = cx.live::<Risk>().filter(|r| r.risk_opportunity == Some(RiskOrOpportunity::Opportunity));
        some_risks(cx, chances.judge(|r| cx.cur_treatment(r).is_none()))
    };

    /// Relevant outside issues led to risks or opportunities.
    ///
    /// What happens outside and matters should turn up in the assessment.
    C6_1_1_E1_01 = "C6.1.1-e1-01", Observation, step 5, clause "6.1.1 e1";
    reads ["context_issue.state", "context_issue.relevance", "context_issue.origin", "context_issue.risks"];
    says "Relevant external issue {ref} has not led to any risk or opportunity.";
    fix "Assess the issue and link the risk, or explain in the effect text.";
    fails "CTX-0002 risks=[]";
    holds "CTX-0002 risks=[R-0003]";
    |cx| {
        let outside = |i: &&Stored<ContextIssue>| i.relevance == Some(ContextIssueRelevance::Relevant) && i.origin == Some(Origin::External);
        cx.live::<ContextIssue>().filter(outside).judge(|i| i.risks.is_empty())
    };

    /// Every action says how its effect is judged.
    ///
    /// Planning includes how to find out whether it worked: by a criterion of its own or of the control it builds.
    C6_1_1_E2_01 = "C6.1.1-e2-01", Minor, step 7, clause "6.1.1 e2";
    reads ["treatment_action.state", "treatment_action.criteria", "treatment_action.control",
        "effectiveness_criterion.control"];
    says "Action {ref} has no criterion by which its effect is judged.";
    fix "Link an effectiveness criterion.";
    fails "criteria=[] and control without EC";
    holds "criteria=[EC-0004]";
    |cx| {
        let judged: Set<_> = cx.all::<EffectivenessCriterion>().filter_map(|e| e.control).collect();
        let planned = cx.all::<TreatmentAction>().filter(|a| a.state != TreatmentActionState::Cancelled);
        planned.judge(|a| a.criteria.is_empty() && !a.control.is_some_and(|c| judged.contains(&c)))
    };

    /// There is a risk method in force.
    ///
    /// Without a written method two assessments cannot be compared, and results depend on who was in the room.
    C6_1_2_01 = "C6.1.2-01", Major, step 5, clause "6.1.2";
    reads ["methodology.state"];
    says "There is no effective risk methodology.";
    fix "Define, approve and make effective the methodology.";
    fails "MET-0001 draft";
    holds "MET-0001 effective";
    |cx| flag(cx.st::<Methodology>(&[MethodologyState::Effective]).next().is_none());

    /// The risk method is approved.
    ///
    /// The method decides what the organization calls acceptable; that needs a signature.
    C6_1_2_02 = "C6.1.2-02", Minor, step 5, clause "6.1.2";
    reads ["methodology.state", "methodology.approval", "approval.state", "approval.decision"];
    says "Methodology {ref} is not approved.";
    fix "Have it signed.";
    fails "approval=null";
    holds "approval=APR-0006";
    |cx| cx.st::<Methodology>(&[MethodologyState::Effective]).judge(|m| cx.signed(m.approval).is_none());

    /// The method says what is acceptable.
    ///
    /// The limit must lie within the values that the matrix can give; otherwise everything or nothing is accepted.
    C6_1_2_A1_01 = "C6.1.2-a1-01", Major, step 5, clause "6.1.2 a1";
    reads ["methodology.state", "methodology.acceptance_max", "methodology.matrix"];
    says "Methodology {ref} has no usable acceptance criterion.";
    fix "Set the highest acceptable risk value inside the range of the matrix.";
    fails "acceptance_max=null";
    holds "acceptance_max=6 in a matrix 1..25";
    |cx| cx.st::<Methodology>(&[MethodologyState::Effective]).judge(|m| {
        let values = || m.matrix.iter().flat_map(|matrix| matrix.0.values().copied());
        !m.acceptance_max.is_some_and(|max| values().min() <= Some(max) && Some(max) <= values().max())
    });

    /// The method says when and how risks are assessed.
    ///
    /// Criteria, triggers and the rhythm make sure that assessments happen for a reason and not by mood.
    C6_1_2_A2_01 = "C6.1.2-a2-01", Minor, step 5, clause "6.1.2 a2";
    reads ["methodology.state", "methodology.assessment_criteria", "methodology.triggers",
        "methodology.assessment_interval"];
    says "Methodology {ref} does not say when and how assessments are done.";
    fix "State interval, triggers and conduct.";
    fails "triggers=[]";
    holds "interval P1Y, triggers=[significant change, major incident]";
    |cx| cx.st::<Methodology>(&[MethodologyState::Effective]).judge(|m| {
        blank(&m.assessment_criteria) || m.triggers.is_empty() || m.assessment_interval.is_none_or(|p| p == Period::default())
    });

    /// The method says how results stay comparable.
    ///
    /// Examples per level, two assessors or a moderator keep one department's high from being another's low.
    C6_1_2_B_01 = "C6.1.2-b-01", Minor, step 5, clause "6.1.2 b";
    reads ["methodology.state", "methodology.consistency_measures"];
    says "Methodology {ref} does not say how results stay comparable.";
    fix "Add calibration examples and moderation.";
    fails "consistency_measures=\"\"";
    holds "\"two assessors per risk, reference examples per level\"";
    |cx| cx.st::<Methodology>(&[MethodologyState::Effective]).judge(|m| blank(&m.consistency_measures));

    /// The risk matrix is complete and never falls.
    ///
    /// Every pair of levels needs a value, and a higher likelihood or impact may not give a lower one.
    C6_1_2_B_02 = "C6.1.2-b-02", Major, step 5, clause "6.1.2 b";
    reads ["methodology.state", "methodology.matrix", "methodology.likelihood_scale", "methodology.impact_scale"];
    says "The matrix of {ref} is incomplete or not monotone.";
    fix "Give a value for each pair of levels, never falling when a level rises.";
    fails "value(3,3)=9 and value(4,3)=8";
    holds "value = likelihood x impact";
    |cx| cx.st::<Methodology>(&[MethodologyState::Effective]).judge(|m| !matrix_ok(m));

    /// The bands cover all values once.
    ///
    /// A value between two bands has no authority and no deadline; one in two bands has two.
    C6_1_2_B_03 = "C6.1.2-b-03", Major, step 5, clause "6.1.2 b";
    reads ["methodology.state", "methodology.bands", "methodology.matrix"];
    says "The bands of {ref} have gaps or overlaps.";
    fix "Let the bands cover all values once.";
    fails "bands 1-4, 6-9 (5 missing)";
    holds "bands 1-4, 5-9, 10-15, 16-25";
    |cx| cx.st::<Methodology>(&[MethodologyState::Effective]).judge(|m| !bands_ok(m));

    /// Every risk value follows from the matrix.
    ///
    /// A value that was typed and does not fit its levels makes the whole register doubtful. Risks whose method has no
    /// value for their levels are named too.
    C6_1_2_B_04 = "C6.1.2-b-04", Major, step 5, clause "6.1.2 b";
    reads ["risk.current_likelihood", "risk.current_value", "risk.methodology", "methodology.matrix",
        "risk.current_impact"];
    says "The value of risk {ref} does not follow from its likelihood and impact.";
    fix "Recalculate the value.";
    fails "L=3 I=4 stored value 10";
    holds "L=3 I=4 stored value 12";
    |cx| cx.all::<Risk>().judge(|r| r.current_likelihood.is_some() && r.current_value != by_matrix(cx, r.methodology, r.current_likelihood, r.current_impact));

    /// Every risk was assessed with the method in force.
    ///
    /// Values of two methods do not compare.
    C6_1_2_B_05 = "C6.1.2-b-05", Minor, step 5, clause "6.1.2 b";
    reads ["risk.state", "risk.methodology", "methodology.state"];
    says "Risk {ref} was assessed with a methodology version that is not in force.";
    fix "Reassess with the effective version.";
    fails "R-0003 methodology=MET-0001 superseded";
    holds "R-0003 methodology=MET-0002 effective";
    |cx| cx.live::<Risk>().judge(|r| cx.get(r.methodology).is_none_or(|m| m.state != MethodologyState::Effective));

    /// Risks are identified.
    ///
    /// An empty register means that nobody looked, not that nothing can happen.
    C6_1_2_C1_01 = "C6.1.2-c1-01", Major, step 5, clause "6.1.2 c1";
    reads ["risk.state"];
    says "No risk has been identified.";
    fix "Run the first risk assessment.";
    fails "risk empty";
    holds "30 risks";
    |cx| flag(cx.live::<Risk>().next().is_none());

    /// Every risk says which property is lost.
    ///
    /// Information security is confidentiality, integrity and availability; a risk to none of them belongs elsewhere.
    C6_1_2_C1_02 = "C6.1.2-c1-02", Minor, step 5, clause "6.1.2 c1";
    reads ["risk.state", "risk.effects"];
    says "Risk {ref} does not say whether confidentiality, integrity or availability is lost.";
    fix "Choose at least one of C, I, A.";
    fails "effects=[]";
    holds "effects=[C,A]";
    |cx| cx.live::<Risk>().judge(|r| r.effects.is_empty());

    /// Every risk concerns something inside the scope.
    ///
    /// Risks are found for what the system covers: an asset or a process inside.
    C6_1_2_C1_03 = "C6.1.2-c1-03", Minor, step 5, clause "6.1.2 c1";
    reads ["risk.state", "risk.assets", "risk.processes", "asset.in_scope", "business_process.in_scope"];
    says "Risk {ref} concerns no asset or process within the scope.";
    fix "Link an in-scope asset or process, or close the risk.";
    fails "assets=[]";
    holds "assets=[AST-0001]";
    |cx| cx.live::<Risk>().judge(|r| {
        !cx.each(&r.assets).any(|a| yes(a.in_scope)) && !cx.each(&r.processes).any(|p| yes(p.in_scope))
    });

    /// Every primary asset is touched by a risk.
    ///
    /// Information and processes that matter enough to be listed were looked at, directly or through what they depend
    /// on.
    C6_1_2_C1_04 = "C6.1.2-c1-04", Minor, step 5, clause "6.1.2 c1";
    reads ["asset.state", "asset.in_scope", "asset.asset_class", "risk.assets", "asset.depends_on"];
    says "Primary asset {ref} is touched by no risk, directly or through what it depends on.";
    fix "Assess the asset; at least record why nothing relevant threatens it.";
    fails "AST-0005 no risk on it or its carriers";
    holds "R-0003 assets=[AST-0005]";
    |cx| {
        let primary = |a: &&Stored<Asset>| yes(a.in_scope) && a.asset_class == Some(AssetClass::Primary);
        cx.st::<Asset>(&[AssetState::Active]).filter(primary).judge(|a| !cx.covered().contains(&a.reference()))
    };

    /// Each of the three properties has a risk.
    ///
    /// An assessment that only fears disclosure forgets that data can be wrong or gone.
    C6_1_2_C1_05 = "C6.1.2-c1-05", Minor, step 5, clause "6.1.2 c1";
    reads ["risk.state", "risk.effects"];
    says "No risk deals with loss of property {item}.";
    fix "Look for scenarios of this kind.";
    fails "no risk with effect I";
    holds "R-0006 effects=[I]";
    |cx| {
        let mut feared = Vec::new();
        for property in cx.live::<Risk>().flat_map(|r| r.effects.iter()) {
            if !feared.contains(property) {
                feared.push(*property);
            }
        }
        judge_words(["C", "I", "A"], |x| !feared.iter().any(|property| property.name() == x))
    };

    /// Asset-based risks name their weakness.
    ///
    /// The asset-based way pairs threat and weakness; without the weakness there is nothing to repair.
    C6_1_2_C1_06 = "C6.1.2-c1-06", Minor, step 5, clause "6.1.2 c1";
    reads ["risk.state", "risk.approach", "risk.vulnerabilities"];
    says "Asset-based risk {ref} names no vulnerability.";
    fix "Link the weakness that makes it possible.";
    fails "vulnerabilities=[]";
    holds "vulnerabilities=[VUL-0004]";
    |cx| {
        let asset_based = cx.live::<Risk>().filter(|r| r.approach == Some(RiskApproach::AssetBased));
        some_risks(cx, asset_based.judge(|r| r.vulnerabilities.is_empty()))
    };

    /// Every risk names a threat.
    ///
    /// What could set it off decides how likely it is.
    C6_1_2_C1_07 = "C6.1.2-c1-07", Minor, step 5, clause "6.1.2 c1";
    reads ["risk.state", "risk.threats"];
    says "Risk {ref} names no threat.";
    fix "Link a threat.";
    fails "threats=[]";
    holds "threats=[THR-0001]";
    |cx| cx.live::<Risk>().judge(|r| r.threats.is_empty());

    /// Every risk has an owner.
    ///
    /// Only an owner can decide what to do and accept what remains.
    C6_1_2_C2_01 = "C6.1.2-c2-01", Major, step 5, clause "6.1.2 c2";
    reads ["risk.state", "risk.risk_owner"];
    says "Risk {ref} has no owner.";
    fix "Name the person who may accept it.";
    fails "risk_owner=null";
    holds "risk_owner=PER-0003";
    |cx| cx.live::<Risk>().judge(|r| r.risk_owner.is_none());

    /// Owners of risks are still there.
    ///
    /// A risk whose owner has left is nobody's until somebody takes it over.
    C6_1_2_C2_02 = "C6.1.2-c2-02", Major, step 5, clause "6.1.2 c2";
    reads ["risk.state", "risk.risk_owner", "person.state"];
    says "The owner of risk {ref} has left.";
    fix "Name a new owner; acceptances of the former owner must be renewed.";
    fails "owner state=left";
    holds "owner state=active";
    |cx| cx.live::<Risk>().judge(|r| r.risk_owner.is_some() && !cx.active(r.risk_owner));

    /// Owners of risks hold that role.
    ///
    /// They need the right to decide, in the organization and in this program.
    C6_1_2_C2_03 = "C6.1.2-c2-03", Minor, step 5, clause "6.1.2 c2";
    reads ["risk.state", "risk.risk_owner", "person.app_roles"];
    says "The owner of risk {ref} does not hold the role risk owner.";
    fix "Give the role or name somebody with authority.";
    fails "app_roles=[employee]";
    holds "app_roles=[employee,risk_owner]";
    |cx| cx.live::<Risk>().judge(|r| {
        cx.get(r.risk_owner).is_some_and(|p| !p.app_roles.contains(&Role::RiskOwner) && !p.app_roles.contains(&Role::TopManagement))
    });

    /// Every impact is explained.
    ///
    /// A level without a reason cannot be repeated or disputed.
    C6_1_2_D1_01 = "C6.1.2-d1-01", Minor, step 5, clause "6.1.2 d1";
    reads ["risk.state", "risk.impact_reason"];
    says "Risk {ref}: the impact level is not explained.";
    fix "Explain the level with the scale and facts.";
    fails "impact_reason=\"\"";
    holds "\"41,000 records x 165 USD\"";
    |cx| cx.live::<Risk>().judge(|r| blank(&r.impact_reason));

    /// Every likelihood is explained.
    ///
    /// Statistics, incidents or an expert's view: somebody must be able to follow the guess.
    C6_1_2_D2_01 = "C6.1.2-d2-01", Minor, step 5, clause "6.1.2 d2";
    reads ["risk.state", "risk.likelihood_reason"];
    says "Risk {ref}: the likelihood level is not explained.";
    fix "Explain with own incidents or outside statistics.";
    fails "likelihood_reason=\"\"";
    holds "\"two cases in three years\"";
    |cx| cx.live::<Risk>().judge(|r| blank(&r.likelihood_reason));

    /// Every analysed risk has a level.
    ///
    /// The level is what analysis is for.
    C6_1_2_D3_01 = "C6.1.2-d3-01", Major, step 5, clause "6.1.2 d3";
    reads ["risk.state", "risk.current_value"];
    says "Risk {ref} has no level.";
    fix "Analyse the risk.";
    fails "current_value=null, state=evaluated";
    holds "current_value=12";
    |cx| cx.live::<Risk>().judge(|r| r.state != RiskState::Identified && r.current_value.is_none());

    /// No risk is higher with controls than without.
    ///
    /// Controls that work lower a risk; a higher value is an error in one of the two.
    C6_1_2_D3_02 = "C6.1.2-d3-02", Minor, step 5, clause "6.1.2 d3";
    reads ["risk.state", "risk.inherent_value", "risk.current_value"];
    says "Risk {ref}: the current level is above the level without controls.";
    fix "Correct one of the two.";
    fails "inherent 9, current 12";
    holds "inherent 16, current 12";
    |cx| cx.live::<Risk>().judge(|r| above(r.current_value, r.inherent_value));

    /// No risk is expected to grow by its treatment.
    ///
    /// What remains after treatment cannot lie above what is there today.
    C6_1_2_D3_03 = "C6.1.2-d3-03", Minor, step 6, clause "6.1.2 d3";
    reads ["risk.state", "risk.residual_value", "risk.current_value"];
    says "Risk {ref}: the residual level is above the current level.";
    fix "Correct the levels or reassess.";
    fails "current 8, residual 10";
    holds "current 8, residual 6";
    |cx| cx.live::<Risk>().judge(|r| above(r.residual_value, r.current_value));

    /// Risks of a finished assessment were compared with the criteria.
    ///
    /// An assessment ends with evaluation: is this acceptable or not?
    C6_1_2_E1_01 = "C6.1.2-e1-01", Minor, step 5, clause "6.1.2 e1";
    reads ["risk_assessment.risks", "risk_assessment.state", "risk.state"];
    says "Risk {ref} is part of a completed assessment but was not compared with the criteria.";
    fix "Evaluate it.";
    fails "RA-0001 completed, R-0009 state=analysed";
    holds "R-0009 state=evaluated or later";
    |cx| {
        let done = cx.st::<RiskAssessment>(&[RiskAssessmentState::Completed, RiskAssessmentState::Approved]);
        let mut seen = Set::default();
        let assessed = done.flat_map(|a| cx.each(&a.body.risks)).filter(|r| seen.insert(r.number));
        assessed.judge(|r| matches!(r.state, RiskState::Identified | RiskState::Analysed))
    };

    /// Risks above acceptance have a priority.
    ///
    /// Means are limited; the order of treatment is a decision to be recorded.
    C6_1_2_E2_01 = "C6.1.2-e2-01", Minor, step 5, clause "6.1.2 e2";
    reads ["risk.state", "risk.current_value", "risk.methodology", "methodology.acceptance_max", "risk.priority"];
    says "Risk {ref} lies above acceptance and has no priority.";
    fix "Rank it.";
    fails "current_value=12 priority=null";
    holds "priority=3";
    |cx| cx.live::<Risk>().judge(|r| cx.above_acceptance(r) && r.priority.is_none());
}
