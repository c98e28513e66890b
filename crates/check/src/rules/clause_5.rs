//! Clause 5: leadership, policy and roles.

use super::prelude::*;

rules! {
    /// Top management signed a mandate.
    ///
    /// Before anything else somebody who can decide says that the organization wants an ISMS, why, and who runs it.
    C5_1_01 = "C5.1-01", Major, step 1, clause "5.1";
    reads ["mandate.state", "mandate.approval", "approval.signer", "organization.top_management", "approval.state",
        "approval.decision"];
    says "There is no mandate for the ISMS signed by top management.";
    fix "Prepare the mandate and have it signed.";
    fails "MAN-0001 state=draft";
    holds "MAN-0001 signed, APR-0001 by chief executive";
    |cx| flag(!cx.st::<Mandate>(&[MandateState::Signed]).has(|m| cx.signed_by_top(m.approval)));

    /// The strategic direction is recorded.
    ///
    /// Policy and objectives must fit where the organization is going; that can be judged only when it is written down.
    C5_1_A_01 = "C5.1-a-01", Observation, step 1, clause "5.1 a";
    reads ["organization.strategic_direction"];
    says "The strategic direction is not recorded, so nobody can show that policy and objectives fit it.";
    fix "Enter the main business aims in the organization record.";
    fails "strategic_direction=\"\"";
    holds "strategic_direction=\"grow day surgery ...\"";
    |cx| flag(cx.org().is_none_or(|org| blank(&org.strategic_direction)));

    /// Important processes have security built in.
    ///
    /// Security that is added beside the work is left out when work is urgent; the steps within the process show that
    /// it belongs to it.
    C5_1_B_01 = "C5.1-b-01", Observation, step 1, clause "5.1 b";
    reads ["business_process.state", "business_process.in_scope", "business_process.criticality",
        "business_process.security_steps"];
    says "Process {ref} does not show how security is built into it.";
    fix "Describe the security steps within the process.";
    fails "BP-0002 critical, security_steps=\"\"";
    holds "security_steps=\"identity check at admission; two-person release of results\"";
    |cx| {
        let inside = cx.live::<BusinessProcess>().filter(|b| yes(b.in_scope));
        inside.judge(|b| important(b.criticality) && blank(&b.security_steps))
    };

    /// Means are granted for the present period.
    ///
    /// A mandate without money and people is a wish. A granted allocation must cover today.
    C5_1_C_01 = "C5.1-c-01", Major, step 1, clause "5.1 c";
    reads ["resource_allocation.state", "resource_allocation.period_from", "resource_allocation.period_to"];
    says "No resources are granted for the present period.";
    fix "Ask top management for budget and staff and record the grant.";
    fails "last grant ended 2025-12-31";
    holds "RES-0002 granted 2026-01-01..2026-12-31";
    |cx| flag(!cx.st::<ResourceAllocation>(&[ResourceAllocationState::Granted]).has(|r| covers_today(cx, r)));

    /// The money left pays for the actions left.
    ///
    /// When open actions cost more than what is left of the grant, the plan cannot be carried out as decided.
    C5_1_C_02 = "C5.1-c-02", Observation, step 1, clause "5.1 c";
    reads ["treatment_action.cost_once", "treatment_action.cost_year", "treatment_action.cost_actual",
        "treatment_action.state", "resource_allocation.amount_granted", "resource_allocation.amount_spent",
        "resource_allocation.state", "resource_allocation.period_from", "resource_allocation.period_to"];
    says "Open actions of the treatment plan cost more than the money still available.";
    fix "Ask for budget, re-plan, or drop actions with the risk owners' consent.";
    fails "open actions 90,000; left of the grant 60,000";
    holds "open actions 40,000; left 60,000";
    |cx| {
        let open = cx.st::<TreatmentAction>(OPEN_ACTION);
        let due: Decimal = open.map(|a| (num(cx, a.cost_once) + num(cx, a.cost_year) - num(cx, a.cost_actual)).max(Decimal::ZERO)).sum();
        let grants = cx.st::<ResourceAllocation>(&[ResourceAllocationState::Granted]).filter(|r| covers_today(cx, r));
        let left: Decimal = grants.map(|r| num(cx, r.amount_granted) - num(cx, r.amount_spent)).sum();
        Found::given(planned_actions(cx).next().is_some(), || flag(due > left))
    };

    /// The mandate was made known.
    ///
    /// People follow what they know that the top wants; a signed paper in a drawer moves nobody.
    C5_1_D_01 = "C5.1-d-01", Minor, step 1, clause "5.1 d";
    reads ["mandate.state", "mandate.communicated_on"];
    says "The mandate {ref} was not made known to the people.";
    fix "Communicate it and record the date.";
    fails "communicated_on=null";
    holds "communicated_on=2025-02-14";
    |cx| cx.st::<Mandate>(&[MandateState::Signed]).judge(|m| m.communicated_on.is_none());

    /// Top management decides improvements.
    ///
    /// A review after which nothing changes shows that the top watches but does not lead.
    C5_1_G_01 = "C5.1-g-01", Observation, step 1, clause "5.1 g";
    reads ["decision.decision_type", "management_review.state"];
    says "No decision of top management promotes improvement.";
    fix "Use the management review to decide improvements and resources.";
    fails "review held, only no_change decisions";
    holds "DEC-0002 improvement";
    |cx| {
        let reviews = cx.st::<ManagementReview>(&[ManagementReviewState::Closed, ManagementReviewState::Minuted, ManagementReviewState::Held]);
        let promotes = |d: &Stored<Decision>| matches!(d.decision_type,
            Some(DecisionDecisionType::Improvement | DecisionDecisionType::Resources | DecisionDecisionType::IsmsChange));
        Found::given(reviews.count() > 0, || flag(!cx.all::<Decision>().has(promotes)))
    };

    /// Nobody signs for top management who does not belong to it.
    ///
    /// A signature in the name of the top has its weight only from who gave it.
    X_04 = "X-04", Major, step 6, clause "5.1 6.1.3 f";
    reads ["approval.state", "approval.capacity", "approval.signer", "organization.top_management"];
    says "Approval {ref} was signed in the name of top management by somebody else.";
    fix "Have it signed by a member of top management.";
    fails "capacity=top_management, signer=PER-0002";
    holds "signer=PER-0001";
    |cx| cx.st::<Approval>(&[ApprovalState::Signed]).judge(|a| a.capacity == Some(ApprovalCapacity::TopManagement) && !cx.is_top(a.signer));

    /// There is an information security policy in force.
    ///
    /// The policy is the short statement of will that everything else follows from; an audit starts with it.
    C5_2_01 = "C5.2-01", Major, step 4, clause "5.2";
    reads ["document.doc_type", "document.state"];
    says "There is no effective information security policy.";
    fix "Write, approve and publish the policy.";
    fails "no effective document with doc_type=information_security_policy";
    holds "DOC-0001 effective, version 1.1";
    |cx| flag(cx.policy_docs().next().is_none());

    /// There is one top-level policy.
    ///
    /// Two of them sooner or later contradict each other; topic policies stand below one.
    C5_2_02 = "C5.2-02", Minor, step 4, clause "5.2";
    reads ["document.doc_type", "document.state"];
    says "More than one top-level information security policy is effective.";
    fix "Merge them or withdraw one.";
    fails "DOC-0001 and DOC-0020 both effective";
    holds "one document";
    |cx| at_most_one(cx.policy_docs().count());

    /// The policy fits the purpose of the organization.
    ///
    /// A policy that could be anybody's says nothing; it names what the organization does and what that needs.
    C5_2_A_01 = "C5.2-a-01", Minor, step 4, clause "5.2 a";
    reads ["document.doc_type", "document.state", "document.current_version", "document_version.policy_elements"];
    says "The policy {ref} does not show how it fits the purpose of the organization.";
    fix "Add the section on purpose and mark the element.";
    fails "policy_elements without purpose_fit";
    holds "policy_elements has purpose_fit";
    |cx| cx.policy_docs().judge(|p| !cx.elements(p).contains(&PolicyElement::PurposeFit));

    /// The policy has objectives, or the frame for setting them.
    ///
    /// Objectives must be derivable from the policy.
    C5_2_B_01 = "C5.2-b-01", Minor, step 4, clause "5.2 b";
    reads ["document.doc_type", "document.state", "document.current_version", "document_version.policy_elements"];
    says "The policy {ref} neither contains objectives nor the frame for setting them.";
    fix "Add the section.";
    fails "element missing";
    holds "element present";
    |cx| cx.policy_docs().judge(|p| !cx.elements(p).contains(&PolicyElement::ObjectivesOrFramework));

    /// The policy commits to meeting requirements.
    ///
    /// Law, contracts and other requirements are promised to be met, visibly and by the top.
    C5_2_C_01 = "C5.2-c-01", Minor, step 4, clause "5.2 c";
    reads ["document.doc_type", "document.state", "document.current_version", "document_version.policy_elements"];
    says "The policy {ref} lacks the commitment to meet applicable requirements.";
    fix "Add the commitment.";
    fails "element missing";
    holds "element present";
    |cx| cx.policy_docs().judge(|p| !cx.elements(p).contains(&PolicyElement::CommitmentRequirements));

    /// The policy commits to improving the ISMS.
    ///
    /// The promise to get better is one of the few sentences that the standard demands of every policy.
    C5_2_D_01 = "C5.2-d-01", Minor, step 4, clause "5.2 d";
    reads ["document.doc_type", "document.state", "document.current_version", "document_version.policy_elements"];
    says "The policy {ref} lacks the commitment to continual improvement.";
    fix "Add the commitment.";
    fails "element missing";
    holds "element present";
    |cx| cx.policy_docs().judge(|p| !cx.elements(p).contains(&PolicyElement::CommitmentImprovement));

    /// Top management approved the policy in its current version.
    ///
    /// The policy is the top's own document; an approval of an older text does not count.
    C5_2_E_01 = "C5.2-e-01", Major, step 4, clause "5.2 e";
    reads ["document.current_version", "document_version.approval", "approval.signer", "organization.top_management",
        "document.doc_type", "document.state", "approval.state", "approval.decision"];
    says "The current version of policy {ref} is not approved by top management.";
    fix "Have top management sign the version.";
    fails "approved by IT manager";
    holds "approved by chief executive";
    |cx| cx.policy_docs().judge(|p| !cx.get(p.current_version).is_some_and(|v| cx.signed_by_top(v.approval)));

    /// Enough people acknowledged the policy in time.
    ///
    /// Communicating means that it arrived. Those who confirmed are compared with those who are late.
    C5_2_F_01 = "C5.2-f-01", Minor, step 4, clause "5.2 f";
    reads ["document.ack_required", "document.current_version", "document.doc_type", "document.state",
        "acknowledgement.state", "acknowledgement.due", "acknowledgement.document_version"];
    says "Fewer than {cfg.ack_coverage} of the people have acknowledged policy {ref} in time.";
    fix "Remind people and their managers; escalate.";
    fails "18 of 24 acknowledged (75 %)";
    holds "24 of 24";
    |cx| cx.policy_docs().judge(|p| yes(p.ack_required) && cx.ack_rate(p.current_version) < cx.config.ack_coverage);

    /// No acknowledgement is overdue.
    ///
    /// Each open request names a person to remind.
    C5_2_F_02 = "C5.2-f-02", Observation, step 4, clause "5.2 f";
    reads ["acknowledgement.state", "acknowledgement.due"];
    says "{ref}: acknowledgement is overdue since {due}.";
    fix "Remind the person; waive with reason on long absence.";
    fails "pending, due 2026-06-01";
    holds "acknowledged 2026-05-28";
    |cx| cx.all::<Acknowledgement>().judge(|a| a.state == AcknowledgementState::Pending && cx.past(a.due));

    /// Everybody in scope was asked to acknowledge the policy.
    ///
    /// Who was never asked cannot have been told; joiners are often forgotten.
    C5_2_F_03 = "C5.2-f-03", Minor, step 4, clause "5.2 f";
    reads ["document.ack_required", "document.audience_all", "document.current_version", "acknowledgement.person",
        "acknowledgement.document_version", "person.state", "person.employment", "person.org_unit",
        "org_unit.in_scope", "document.doc_type", "document.state"];
    says "{ref} was never asked to acknowledge the policy.";
    fix "Create the acknowledgement request.";
    fails "PER-0024 joined, no ACK";
    holds "ACK-0024 person=PER-0024";
    |cx| {
        let owed = cx.policy_docs().filter(|x| yes(x.ack_required) && yes(x.audience_all));
        let versions: Vec<_> = owed.filter_map(|x| x.current_version).collect();
        cx.people().judge(|p| versions.iter().any(|v| !cx.asked().contains(&(p.reference(), *v))))
    };

    /// Interested parties can have the policy.
    ///
    /// Customers and partners may want to see it; published or on request are both fine.
    C5_2_G_01 = "C5.2-g-01", Minor, step 4, clause "5.2 g";
    reads ["document.available_to_parties", "document.doc_type", "document.state"];
    says "The policy {ref} is not available to interested parties.";
    fix "Publish it or hand it out on request.";
    fails "available_to_parties=no";
    holds "available_to_parties=on_request";
    |cx| cx.policy_docs().judge(|p| p.available_to_parties == Some(DocumentAvailableToParties::No));

    /// The policy speaks of rules, roles and reporting.
    ///
    /// Beyond what the standard demands a useful policy says why security matters, the main rules, who does what and
    /// how the top learns how it goes.
    C5_2_05 = "C5.2-05", Observation, step 4, clause "5.2";
    reads ["document.doc_type", "document.state", "document.current_version", "document_version.policy_elements"];
    says "The policy {ref} lacks one of: importance of security, main rules, roles, reporting of performance (article step 4).";
    fix "Complete the policy.";
    fails "no performance_reporting";
    holds "all four present";
    |cx| {
        use PolicyElement::{Importance, PerformanceReporting, RolesAndResponsibilities, SecurityRules};
        let wanted = [Importance, RolesAndResponsibilities, PerformanceReporting, SecurityRules];
        cx.policy_docs().judge(|p| wanted.iter().any(|x| !cx.elements(p).contains(x)))
    };

    /// The policy is reviewed in time.
    ///
    /// A policy that nobody looked at for longer than planned may no longer fit.
    C5_2_06 = "C5.2-06", Minor, step 4, clause "5.2";
    reads ["document.next_review", "document.doc_type", "document.state"];
    says "The review of policy {ref} is overdue since {next_review}.";
    fix "Review and reissue or confirm the policy.";
    fails "next_review 2026-02-01";
    holds "next_review 2027-03-31";
    |cx| cx.policy_docs().judge(|p| cx.past(p.next_review));

    /// Roles of the ISMS are defined.
    ///
    /// Responsibility without a role is chance; roles say what to do and what one may decide.
    C5_3_01 = "C5.3-01", Major, step 4, clause "5.3";
    reads ["isms_role.state"];
    says "No ISMS roles are defined.";
    fix "Define roles with responsibilities and authorities.";
    fails "isms_role empty";
    holds "ROLE-0001 active";
    |cx| flag(cx.st::<IsmsRole>(&[IsmsRoleState::Active]).next().is_none());

    /// Every role has a holder.
    ///
    /// A role that nobody holds does nothing; an active assignment names the person.
    C5_3_02 = "C5.3-02", Minor, step 4, clause "5.3";
    reads ["isms_role.state", "role_assignment.role", "role_assignment.state"];
    says "Role {ref} has no holder.";
    fix "Assign a person.";
    fails "ROLE-0005 without RASG";
    holds "RASG-0005 role=ROLE-0005 active";
    |cx| {
        let held: Set<_> = cx.st::<RoleAssignment>(&[RoleAssignmentState::Active]).filter_map(|a| a.role).collect();
        cx.st::<IsmsRole>(&[IsmsRoleState::Active]).judge(|r| !held.contains(&r.reference()))
    };

    /// Every assignment was communicated.
    ///
    /// Others must know whom to ask, and the holder what is expected.
    C5_3_03 = "C5.3-03", Minor, step 4, clause "5.3";
    reads ["role_assignment.state", "role_assignment.communicated_on"];
    says "Assignment {ref} was not communicated.";
    fix "Make it known and record the date.";
    fails "communicated_on=null";
    holds "communicated_on=2025-02-20";
    |cx| cx.st::<RoleAssignment>(&[RoleAssignmentState::Active]).judge(|a| a.communicated_on.is_none());

    /// Top management assigned the key roles.
    ///
    /// The roles for conformity and for reporting to the top take their authority from it.
    C5_3_04 = "C5.3-04", Minor, step 4, clause "5.3";
    reads ["role_assignment.state", "role_assignment.role", "isms_role.is_conformity_role",
        "isms_role.is_reporting_role", "role_assignment.approval", "approval.signer", "organization.top_management",
        "approval.state", "approval.decision"];
    says "Assignment {ref} to a key role was not made by top management.";
    fix "Have top management sign the appointment.";
    fails "approval=null";
    holds "APR-0004 by chief executive";
    |cx| cx.st::<RoleAssignment>(&[RoleAssignmentState::Active]).judge(|a| {
        cx.get(a.role).is_some_and(|r| yes(r.is_conformity_role) || yes(r.is_reporting_role)) && !cx.signed_by_top(a.approval)
    });

    /// Holders of roles are still there.
    ///
    /// When somebody leaves, the role is empty although the list says otherwise.
    C5_3_05 = "C5.3-05", Minor, step 4, clause "5.3";
    reads ["role_assignment.state", "role_assignment.person", "person.state"];
    says "Assignment {ref}: the holder is no longer active.";
    fix "End the assignment and appoint a successor.";
    fails "holder state=left";
    holds "holder state=active";
    |cx| cx.st::<RoleAssignment>(&[RoleAssignmentState::Active]).judge(|a| !cx.active(a.person));

    /// Every activity has exactly one accountable role.
    ///
    /// With nobody accountable nothing is decided, with two it is decided twice.
    C5_3_06 = "C5.3-06", Minor, step 4, clause "5.3";
    reads ["isms_role.raci", "isms_role.state"];
    says "RACI activity \"{item}\" does not have exactly one accountable role.";
    fix "Give it exactly one A.";
    fails "activity \"Approve SoA\" has A for two roles";
    holds "one A";
    |cx| judge_words(cx.raci().keys().copied(), |activity| cx.raci()[activity] != 1);

    /// Somebody makes sure that the ISMS conforms.
    ///
    /// The standard wants this charge given to a person; it is the first question of an audit.
    C5_3_A_01 = "C5.3-a-01", Major, step 4, clause "5.3 a";
    reads ["role_assignment.state", "role_assignment.role", "isms_role.is_conformity_role"];
    says "Nobody is charged with making sure the ISMS meets the standard.";
    fix "Appoint someone to the conformity role.";
    fails "no active assignment to a conformity role";
    holds "RASG-0001 to ISMS manager";
    |cx| flag(!key_role_held(cx, |r| yes(r.is_conformity_role)));

    /// Somebody reports to top management.
    ///
    /// The top can only lead by what it hears; one role must have the duty to tell it.
    C5_3_B_01 = "C5.3-b-01", Major, step 4, clause "5.3 b";
    reads ["role_assignment.state", "role_assignment.role", "isms_role.is_reporting_role"];
    says "Nobody is charged with reporting ISMS performance to top management.";
    fix "Appoint someone to the reporting role.";
    fails "none";
    holds "RASG-0001";
    |cx| flag(!key_role_held(cx, |r| yes(r.is_reporting_role)));
}
