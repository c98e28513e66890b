//! Clause 4: context, interested parties, scope and the processes of the ISMS.

use super::prelude::*;

rules! {
    /// Circumstances inside the organization are recorded.
    ///
    /// Culture, skills, systems and finances decide whether an ISMS can work; a system planned without looking at them
    /// is copied from somewhere else. One live internal issue is enough for the rule, not for a good analysis.
    C4_1_01 = "C4.1-01", Major, step 2, clause "4.1";
    reads ["context_issue.state", "context_issue.origin"];
    says "No internal issue is recorded.";
    fix "Record at least one circumstance inside the organization (culture, skills, systems, finances) with its effect on the ISMS.";
    fails "only CTX-0001 origin=external";
    holds "CTX-0001 external and CTX-0002 internal, both active";
    |cx| flag(!cx.live::<ContextIssue>().has(|i| i.origin == Some(Origin::Internal)));

    /// Circumstances outside the organization are recorded.
    ///
    /// Law, market, attackers and suppliers change without asking; auditors look for a dated list of them.
    C4_1_02 = "C4.1-02", Major, step 2, clause "4.1";
    reads ["context_issue.state", "context_issue.origin"];
    says "No external issue is recorded.";
    fix "Record at least one circumstance outside the organization (law, market, threats, suppliers).";
    fails "only internal issues";
    holds "one external issue active";
    |cx| flag(!cx.live::<ContextIssue>().has(|i| i.origin == Some(Origin::External)));

    /// Every issue says what it does to the ISMS.
    ///
    /// An issue without an effect is a headline: nobody can derive a risk, an objective or a boundary from it.
    C4_1_03 = "C4.1-03", Minor, step 2, clause "4.1";
    reads ["context_issue.state", "context_issue.effect"];
    says "Issue {ref} does not say how it affects the ISMS.";
    fix "Describe how the issue helps or hinders the intended outcomes.";
    fails "CTX-0003 effect=\"\"";
    holds "CTX-0003 effect=\"Staff turnover of 30 % weakens procedures\"";
    |cx| cx.live::<ContextIssue>().judge(|i| blank(&i.effect));

    /// Every issue is reviewed in time.
    ///
    /// Circumstances age; each issue names the day by which somebody looks at it again.
    C4_1_04 = "C4.1-04", Minor, step 2, clause "4.1";
    reads ["context_issue.state", "context_issue.next_review"];
    says "Issue {ref} has not been reviewed by {next_review}.";
    fix "Review the issue, confirm or change it and set the next review date.";
    fails "next_review 2026-05-31, today 2026-06-30";
    holds "next_review 2026-12-31";
    |cx| cx.live::<ContextIssue>().judge(|i| cx.past(i.next_review));

    /// Climate change was considered.
    ///
    /// Amendment 1:2024 wants a decision on whether climate change matters here. Not relevant is a permitted answer;
    /// silence is not.
    C4_1_05 = "C4.1-05", Minor, step 2, clause "4.1 amd1";
    reads ["context_issue.state", "context_issue.is_climate"];
    says "It was not decided whether climate change is a relevant issue (Amendment 1:2024).";
    fix "Add an issue with the climate mark and decide relevant or not relevant, with a reason.";
    fails "no issue with is_climate=true";
    holds "CTX-0009 is_climate=true relevance=relevant";
    |cx| flag(!cx.live::<ContextIssue>().has(|i| yes(i.is_climate)));

    /// The decision on climate change has a reason.
    ///
    /// Two words do not show that anybody thought about heat, floods or power; a sentence of at least thirty characters
    /// is asked for.
    C4_1_06 = "C4.1-06", Minor, step 2, clause "4.1 amd1";
    reads ["context_issue.state", "context_issue.is_climate", "context_issue.effect"];
    says "The climate change decision {ref} has no real reason.";
    fix "Explain in a sentence why climate change does or does not matter for information security here.";
    fails "is_climate, not_relevant, effect=\"n/a\"";
    holds "not_relevant, effect=\"All services run in two regions without flood or heat exposure; reviewed with facility manager\"";
    |cx| cx.live::<ContextIssue>().filter(|i| yes(i.is_climate)).judge(|i| length(&i.effect) < 30);

    /// Relevant issues are used somewhere.
    ///
    /// An issue that was found relevant should lead to a risk, an objective or a boundary of the scope; otherwise the
    /// analysis stands beside the system.
    C4_1_07 = "C4.1-07", Observation, step 2, clause "4.1";
    reads ["context_issue.state", "scope.state", "context_issue.relevance", "context_issue.risks",
        "context_issue.objectives", "scope.issues"];
    says "Relevant issue {ref} is used nowhere (no risk, objective or scope refers to it).";
    fix "Link the issue to a risk or objective, list it in the scope, or retire it.";
    fails "CTX-0004 relevant, risks=[], objectives=[], not in scope.issues";
    holds "CTX-0004 risks=[R-0007]";
    |cx| {
        let scoped: Set<_> = cx.st::<Scope>(&[ScopeState::Effective]).flat_map(|s| s.issues.iter().copied()).collect();
        let relevant = cx.live::<ContextIssue>().filter(|i| i.relevance == Some(ContextIssueRelevance::Relevant));
        relevant.judge(|i| i.risks.is_empty() && i.objectives.is_empty() && !scoped.contains(&i.reference()))
    };

    /// Interested parties are recorded.
    ///
    /// Who wants something from information security decides what the system must deliver: customers, patients, staff,
    /// regulators, owners, suppliers.
    C4_2_A_01 = "C4.2-a-01", Major, step 2, clause "4.2 a";
    reads ["interested_party.state"];
    says "No interested parties are recorded.";
    fix "Record the parties with a stake in information security.";
    fails "interested_party is empty";
    holds "IP-0001 Patients, active";
    |cx| flag(cx.live::<InterestedParty>().next().is_none());

    /// Every interested party is reviewed in time.
    ///
    /// Parties and their weight change with contracts, markets and law.
    C4_2_A_02 = "C4.2-a-02", Minor, step 2, clause "4.2 a";
    reads ["interested_party.state", "interested_party.next_review"];
    says "Interested party {ref} has not been reviewed by {next_review}.";
    fix "Review the party and its requirements.";
    fails "next_review yesterday";
    holds "next_review in the future";
    |cx| cx.live::<InterestedParty>().judge(|p| cx.past(p.next_review));

    /// Whoever watches over the law is among the parties.
    ///
    /// Legal duties come with an authority that can ask and punish; it belongs on the list.
    C4_2_A_03 = "C4.2-a-03", Observation, step 2, clause "4.2 a";
    reads ["obligation.state", "interested_party.state", "obligation.obligation_type", "interested_party.party_type"];
    says "There are legal obligations, but no regulator is among the interested parties.";
    fix "Add the authority that supervises the obligation.";
    fails "OBL-0001 law, no party with type regulator";
    holds "IP-0004 regulator";
    |cx| {
        let legal = |o: &Stored<Obligation>| matches!(o.obligation_type, Some(ObligationType::Law | ObligationType::Regulation));
        let regulator = |p: &Stored<InterestedParty>| p.party_type == Some(PartyType::Regulator);
        Found::given(cx.live::<Obligation>().next().is_some(), || {
            flag(cx.live::<Obligation>().has(legal) && !cx.live::<InterestedParty>().has(regulator))
        })
    };

    /// What each party wants is recorded.
    ///
    /// A party without a requirement is a name; the standard asks for the requirements that matter.
    C4_2_B_01 = "C4.2-b-01", Minor, step 2, clause "4.2 b";
    reads ["interested_party.state", "requirement.party"];
    says "Interested party {ref} has no recorded requirement.";
    fix "Record at least one requirement, or remove the party.";
    fails "IP-0003 without REQ";
    holds "REQ-0005 party=IP-0003";
    |cx| {
        let asking: Set<_> = cx.all::<Requirement>().filter_map(|r| r.party).collect();
        cx.live::<InterestedParty>().judge(|p| !asking.contains(&p.reference()))
    };

    /// Binding requirements are tied to the legal register.
    ///
    /// What law or contract demands must be tracked where duties are judged, not only where wishes are listed.
    C4_2_B_02 = "C4.2-b-02", Minor, step 2, clause "4.2 b";
    reads ["requirement.state", "requirement.nature", "requirement.obligation"];
    says "Binding requirement {ref} is not linked to an entry of the legal register.";
    fix "Link the obligation or change the nature to expectation.";
    fails "REQ-0002 nature=legal obligation=null";
    holds "REQ-0002 obligation=OBL-0001";
    |cx| {
        let binding = |r: &&Stored<Requirement>| matches!(r.nature, Some(RequirementNature::Legal | RequirementNature::Contractual));
        cx.live::<Requirement>().filter(binding).judge(|r| r.obligation.is_none())
    };

    /// What is addressed says how.
    ///
    /// Claiming that the ISMS meets a wish without saying by what cannot be followed up.
    C4_2_C_01 = "C4.2-c-01", Minor, step 2, clause "4.2 c";
    reads ["requirement.state", "requirement.addressed", "requirement.how_addressed"];
    says "Requirement {ref} is said to be addressed, but not how.";
    fix "Name the objective, control or process that serves it.";
    fails "addressed=true how_addressed=\"\"";
    holds "addressed=true how_addressed=\"Objective OBJ-0002\"";
    |cx| cx.live::<Requirement>().judge(|r| yes(r.addressed) && blank(&r.how_addressed));

    /// What is not addressed says why.
    ///
    /// The organization may leave a wish out of the ISMS, but it decides so, with a reason.
    C4_2_C_02 = "C4.2-c-02", Minor, step 2, clause "4.2 c";
    reads ["requirement.state", "requirement.addressed", "requirement.reason_not_addressed"];
    says "Requirement {ref} is not addressed and no reason is given.";
    fix "Give the reason or address it.";
    fails "addressed=false reason=\"\"";
    holds "addressed=false reason=\"outside security\"";
    |cx| cx.live::<Requirement>().judge(|r| !yes(r.addressed) && blank(&r.reason_not_addressed));

    /// No legal requirement is left out.
    ///
    /// Law is not a wish: what it demands of information security belongs into the system.
    C4_2_C_03 = "C4.2-c-03", Major, step 2, clause "4.2 c";
    reads ["requirement.state", "requirement.nature", "requirement.addressed"];
    says "Legal requirement {ref} is left out of the ISMS.";
    fix "Address it; a legal duty that concerns information security cannot be left out.";
    fails "nature=legal addressed=false";
    holds "nature=legal addressed=true";
    |cx| cx.live::<Requirement>().judge(|r| r.nature == Some(RequirementNature::Legal) && !yes(r.addressed));

    /// Parties were asked about climate.
    ///
    /// Where climate change matters, some party usually wants something because of it; the amendment points there.
    C4_2_AMD1_01 = "C4.2-amd1-01", Observation, step 2, clause "4.2 amd1";
    reads ["context_issue.state", "requirement.state", "context_issue.is_climate", "context_issue.relevance",
        "requirement.climate_related"];
    says "Climate change is relevant, but no requirement of an interested party is marked as climate-related.";
    fix "Ask whether insurers, customers or authorities have such requirements and record the result.";
    fails "climate issue relevant, no REQ climate_related";
    holds "REQ-0012 (insurer) climate_related=true";
    |cx| {
        let matters = |i: &Stored<ContextIssue>| yes(i.is_climate) && i.relevance == Some(ContextIssueRelevance::Relevant);
        Found::given(cx.live::<ContextIssue>().has(|i| yes(i.is_climate)), || {
            flag(cx.live::<ContextIssue>().has(matters) && !cx.live::<Requirement>().has(|r| yes(r.climate_related)))
        })
    };

    /// There is a scope in force.
    ///
    /// Nothing can be certified, audited or even assessed before it is said what the system covers.
    C4_3_01 = "C4.3-01", Major, step 3, clause "4.3";
    reads ["scope.state"];
    says "There is no effective scope.";
    fix "Write the scope, have top management sign it, make it effective.";
    fails "SCO-0001 state=draft only";
    holds "SCO-0001 state=effective";
    |cx| flag(cx.st::<Scope>(&[ScopeState::Effective]).next().is_none());

    /// Only one scope is in force.
    ///
    /// Two valid boundaries are none; the version before is superseded when the next one starts.
    C4_3_02 = "C4.3-02", Major, step 3, clause "4.3";
    reads ["scope.state"];
    says "More than one scope version is effective.";
    fix "Supersede the older version.";
    fails "SCO-0001 and SCO-0002 effective";
    holds "only SCO-0002 effective";
    |cx| at_most_one(cx.st::<Scope>(&[ScopeState::Effective]).count());

    /// Top management signed the scope.
    ///
    /// The boundary decides where means are spent; it is not for the security team to draw alone.
    C4_3_03 = "C4.3-03", Major, step 3, clause "4.3";
    reads ["scope.state", "scope.approval", "approval.signer", "organization.top_management", "approval.state",
        "approval.decision"];
    says "The effective scope {ref} is not signed by top management.";
    fix "Ask a member of top management to sign the version.";
    fails "approval=null";
    holds "APR-0002 signed by PER-0001 (top management)";
    |cx| cx.st::<Scope>(&[ScopeState::Effective]).judge(|s| !cx.signed_by_top(s.approval));

    /// The scope is a controlled document.
    ///
    /// The standard asks for the scope as documented information that can be handed out.
    C4_3_04 = "C4.3-04", Major, step 3, clause "4.3";
    reads ["document.doc_type", "document.state"];
    says "The scope is not available as a controlled document.";
    fix "Generate the scope statement document and publish it.";
    fails "no document with doc_type=scope_statement";
    holds "DOC-0002 scope_statement effective";
    |cx| flag(!cx.in_force(DocumentType::ScopeStatement));

    /// The scope refers to the issues considered.
    ///
    /// The boundary must follow from the circumstances; the references show which were looked at.
    C4_3_A_01 = "C4.3-a-01", Minor, step 3, clause "4.3 a";
    reads ["scope.state", "scope.issues"];
    says "Scope {ref} does not refer to the issues considered.";
    fix "Link the issues.";
    fails "issues=[]";
    holds "issues=[CTX-0001,CTX-0002]";
    |cx| cx.st::<Scope>(&[ScopeState::Effective]).judge(|s| s.issues.is_empty());

    /// The scope refers to the requirements considered.
    ///
    /// What interested parties need decides what must lie inside.
    C4_3_B_01 = "C4.3-b-01", Minor, step 3, clause "4.3 b";
    reads ["scope.state", "scope.requirements"];
    says "Scope {ref} does not refer to the requirements considered.";
    fix "Link the requirements of interested parties.";
    fails "requirements=[]";
    holds "requirements=[REQ-0001]";
    |cx| cx.st::<Scope>(&[ScopeState::Effective]).judge(|s| s.requirements.is_empty());

    /// The scope names its interfaces.
    ///
    /// Where own work meets the work of others is where responsibility gets lost.
    C4_3_C_01 = "C4.3-c-01", Minor, step 3, clause "4.3 c";
    reads ["scope.state", "scope.interfaces"];
    says "Scope {ref} names no interfaces or dependencies.";
    fix "List where own activity meets activity of others (suppliers, other units).";
    fails "interfaces=[]";
    holds "interfaces=[{name: EHR hosting, kind: dependency,...}]";
    |cx| cx.st::<Scope>(&[ScopeState::Effective]).judge(|s| s.interfaces.is_empty());

    /// Every interface says who does what, and by which agreement.
    ///
    /// An interface is controlled only when both sides know their part and it is written down.
    C4_3_C_02 = "C4.3-c-02", Minor, step 3, clause "4.3 c";
    reads ["scope.state", "scope.interfaces"];
    says "An interface of scope {ref} lacks the split of responsibility or the agreement.";
    fix "State who does what and under which agreement.";
    fails "interface agreement=\"\"";
    holds "agreement=\"BAA 2024-11\"";
    |cx| cx.st::<Scope>(&[ScopeState::Effective]).judge(|s| s.interfaces.iter().any(|x| blank(&x.responsibility) || blank(&x.agreement)));

    /// Important suppliers of the scope are among its interfaces.
    ///
    /// A process inside that cannot run without a supplier depends on it; the scope must show that.
    C4_3_C_03 = "C4.3-c-03", Minor, step 3, clause "4.3 c";
    reads ["supplier.state", "business_process.state", "scope.state", "scope.interfaces", "supplier.criticality",
        "business_process.suppliers", "business_process.in_scope"];
    says "Supplier {ref}, on which an in-scope process depends, is not among the scope interfaces.";
    fix "Add it to the interfaces of the scope.";
    fails "SUP-0001 critical, not in interfaces";
    holds "interfaces has supplier=SUP-0001";
    |cx| {
        let processes = cx.live::<BusinessProcess>().filter(|b| yes(b.in_scope));
        let used: Set<_> = processes.flat_map(|b| b.suppliers.iter().copied()).collect();
        let scopes = cx.st::<Scope>(&[ScopeState::Effective]);
        let shown: Set<_> = scopes.flat_map(|s| s.interfaces.iter().filter_map(|x| x.supplier)).collect();
        cx.st::<Supplier>(&[SupplierState::Active]).judge(|u| {
            important(u.criticality) && used.contains(&u.reference()) && !shown.contains(&u.reference())
        })
    };

    /// Exclusions are stated and justified.
    ///
    /// Either something is left out, with a reason, or it is said that nothing is. An empty list alone could mean that
    /// nobody looked.
    C4_3_05 = "C4.3-05", Minor, step 3, clause "4.3";
    reads ["scope.state", "scope.exclusions", "scope.none_excluded"];
    says "Exclusions of scope {ref} are not stated or not justified.";
    fix "List what is outside with a reason, or state that nothing is excluded.";
    fails "exclusions=[{item: Cafeteria, justification: \"\"}]";
    holds "justification=\"run by tenant, no access to clinic information\"";
    |cx| cx.st::<Scope>(&[ScopeState::Effective]).judge(|s| {
        s.exclusions.is_empty() && !yes(s.none_excluded) || s.exclusions.iter().any(|x| blank(&x.justification))
    });

    /// What processes inside depend on lies inside, or with a supplier.
    ///
    /// An asset that a process of the scope needs is part of its security, whoever keeps it.
    C4_3_06 = "C4.3-06", Minor, step 3, clause "4.3";
    reads ["asset.state", "business_process.state", "asset.in_scope", "business_process.depends_on",
        "business_process.in_scope", "asset.supplier"];
    says "Asset {ref} is outside the scope, but an in-scope process depends on it and no supplier interface covers it.";
    fix "Take it into the scope or describe it as an interface.";
    fails "AST-0030 in_scope=false, used by BP-0001";
    holds "AST-0030 in_scope=true";
    |cx| {
        let processes = cx.live::<BusinessProcess>().filter(|b| yes(b.in_scope));
        let needed: Set<_> = processes.flat_map(|b| b.depends_on.iter().copied()).collect();
        cx.live::<Asset>().judge(|a| !yes(a.in_scope) && a.supplier.is_none() && needed.contains(&a.reference()))
    };

    /// The most valuable information lies inside.
    ///
    /// A scope that leaves out what matters most protects the wrong things.
    C4_3_07 = "C4.3-07", Observation, step 3, clause "4.3";
    reads ["asset.state", "asset.asset_class", "asset.in_scope", "asset.c_value", "asset.i_value", "asset.a_value",
        "methodology.impact_scale"];
    says "Asset {ref} has the highest value but lies outside the scope; the scope may be too narrow.";
    fix "Review the scope boundary.";
    fails "research data c_value=5, in_scope=false";
    holds "in_scope=true";
    |cx| {
        let primary = cx.live::<Asset>().filter(|a| a.asset_class == Some(AssetClass::Primary));
        primary.judge(|a| !yes(a.in_scope) && cx.most_valuable(a))
    };

    /// The scope is newer than the last change of the organization.
    ///
    /// A merger, a move or a new site after the scope took effect means that the boundary must be drawn again.
    C4_3_08 = "C4.3-08", Minor, step 3, clause "4.3";
    reads ["scope.state", "change.significant", "change.change_type", "change.implemented_on", "scope.effective_from",
        "change.state"];
    says "The organization or a site changed after scope {ref} became effective.";
    fix "Review the scope and issue a new version (or confirm it by a new approval).";
    fails "CHG-0003 site opened 2026-03-01, scope of 2025-03-20";
    holds "scope 1.1 effective 2026-03-15";
    |cx| {
        let moved = |c: &&Stored<Change>| yes(c.significant) && c.state != ChangeState::Rejected
            && matches!(c.change_type, Some(ChangeType::Organization | ChangeType::Site));
        let last = latest(cx.all::<Change>().filter(moved).map(|c| c.implemented_on));
        cx.st::<Scope>(&[ScopeState::Effective]).judge(|s| before(s.effective_from, last))
    };

    /// The processes of the ISMS are described.
    ///
    /// A management system is a set of processes with owners, inputs and outputs; without them there is a pile of
    /// documents.
    C4_4_01 = "C4.4-01", Minor, step 1, clause "4.4";
    reads ["isms_process.state"];
    says "The processes of the ISMS are not described.";
    fix "Describe the ISMS processes with owner, inputs, outputs, criteria and interactions.";
    fails "isms_process empty";
    holds "PRC-0001 Risk management active";
    |cx| flag(cx.live::<IsmsProcess>().next().is_none());

    /// Every part of the standard that must run has a process.
    ///
    /// Risk assessment and treatment, competence, documents, measurement, audit, review and correction do not happen by
    /// themselves.
    C4_4_02 = "C4.4-02", Minor, step 1, clause "4.4";
    reads ["isms_process.state", "isms_process.clause_refs"];
    says "No ISMS process covers clause {item}.";
    fix "Add a process for the clause.";
    fails "no process with 9.2 in clause_refs";
    holds "PRC-0006 clause_refs=[9.2]";
    |cx| {
        let covered: Set<&str> = cx.live::<IsmsProcess>().flat_map(|p| p.clause_refs.iter().map(String::as_str)).collect();
        judge_words(["6.1.2", "6.1.3", "7.2", "7.5", "9.1", "9.2", "9.3", "10.2"], |c| !covered.contains(c))
    };

    /// The processes of the ISMS are linked.
    ///
    /// The standard speaks of processes and their interactions: an assessment that nobody's treatment takes up leads
    /// nowhere.
    C4_4_03 = "C4.4-03", Observation, step 1, clause "4.4";
    reads ["isms_process.state", "isms_process.interacts_with"];
    says "ISMS process {ref} stands alone: no interaction with other processes is described.";
    fix "Link the processes that deliver its input or use its output.";
    fails "interacts_with=[]";
    holds "interacts_with=[PRC-0002]";
    |cx| cx.live::<IsmsProcess>().judge(|p| p.interacts_with.is_empty());

    /// No two records share an identifier.
    ///
    /// Everything refers to records by their identifier. Numbers are given once within a kind, so only two kinds with
    /// one prefix could collide.
    X_18 = "X-18", Minor, step 9, clause "4.4";
    reads [];
    says "Two records carry the same identifier.";
    fix "Correct the store.";
    fails "two R-0001";
    holds "unique";
    |_cx| {
        let prefixes: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.words().prefix).collect();
        judge_words(["unique-ref"], |_| prefixes.len() != Kind::ALL.len())
    };
}
