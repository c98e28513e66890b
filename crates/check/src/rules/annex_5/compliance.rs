//! A.5.31 to A.5.36: law, personal data, independent review and exceptions.

use crate::rules::prelude::*;

rules! {
    /// The legal register is not empty.
    ///
    /// Every organization is bound by some law and some contract.
    A5_31_01 = "A5.31-01", Major, step 2, clause "A.5.31";
    reads ["obligation.state"];
    says "The legal register is empty.";
    fix "Record laws, rules and contracts that touch information security.";
    fails "obligation empty";
    holds "OBL-0001 HIPAA Security Rule";
    |cx| flag(cx.live::<Obligation>().next().is_none());

    /// Every obligation says how it is met.
    ///
    /// Controls that meet it are named, or it is said in words how it is met otherwise.
    A5_31_02 = "A5.31-02", Minor, step 2, clause "A.5.31";
    reads ["obligation.state", "obligation.controls", "obligation.how_met"];
    says "Obligation {ref} does not say how it is met.";
    fix "Link controls or describe how it is met.";
    fails "OBL-0004 controls=[] how_met=\"\"";
    holds "OBL-0004 controls=[C-0012]";
    |cx| cx.live::<Obligation>().judge(|o| o.controls.is_empty() && blank(&o.how_met));

    /// Obligations are reviewed in time.
    ///
    /// Laws and contracts change; each entry names the day by which somebody looks again.
    A5_31_03 = "A5.31-03", Minor, step 2, clause "A.5.31";
    reads ["obligation.state", "obligation.next_review"];
    says "Obligation {ref} has not been reviewed by {next_review}.";
    fix "Check whether the text or its effect changed; set the next date.";
    fails "next_review in the past";
    holds "next_review in the future";
    |cx| cx.live::<Obligation>().judge(|o| cx.past(o.next_review));

    /// Compliance was judged lately.
    ///
    /// To be bound is one thing, to comply another.
    A5_31_04 = "A5.31-04", Minor, step 2, clause "A.5.31";
    reads ["obligation.state", "obligation.compliance_status", "obligation.last_assessed"];
    says "Compliance with {ref} was not judged within {cfg.obligation_assess_days} days.";
    fix "Judge compliance and attach proof.";
    fails "last_assessed two years ago";
    holds "last_assessed 2026-02-10";
    |cx| cx.live::<Obligation>().judge(|o| {
        o.compliance_status == Some(ObligationComplianceStatus::NotAssessed)
            || !cx.within(o.last_assessed, cx.config.obligation_assess_days)
    });

    /// Breaches of obligations are being handled.
    ///
    /// What is not or only partly met has an open nonconformity.
    A5_31_05 = "A5.31-05", Major, step 2, clause "A.5.31";
    reads ["obligation.state", "obligation.compliance_status", "nonconformity.source_record", "nonconformity.state"];
    says "Obligation {ref} is not fully met and no open nonconformity deals with it.";
    fix "Raise a nonconformity with source obligation_check.";
    fails "OBL-0003 partially_compliant, no NC";
    holds "NC-0005 source_record=OBL-0003 state=action_planned";
    |cx| {
        let open = cx.all::<Nonconformity>().filter(|n| n.state != NonconformityState::Closed);
        let handled: Set<_> = open.filter_map(|n| n.source_record).collect();
        cx.live::<Obligation>().judge(|o| {
            matches!(o.compliance_status, Some(ObligationComplianceStatus::NonCompliant | ObligationComplianceStatus::PartiallyCompliant))
                && !handled.contains(&o.reference().any())
        })
    };

    /// Compliance is proven.
    ///
    /// Accepted evidence stands behind the word compliant.
    A5_31_06 = "A5.31-06", Minor, step 2, clause "A.5.31";
    reads ["obligation.state", "obligation.evidence", "obligation.compliance_status", "evidence.state",
        "evidence.supports_obligations"];
    says "Obligation {ref} is called met without proof.";
    fix "Attach accepted evidence.";
    fails "compliant, evidence=[]";
    holds "compliant, evidence=[EV-0031 accepted]";
    |cx| {
        let accepted = cx.st::<Evidence>(&[EvidenceState::Accepted]);
        let shown: Set<_> = accepted.flat_map(|e| e.supports_obligations.iter().copied()).collect();
        cx.live::<Obligation>().judge(|o| {
            o.compliance_status == Some(ObligationComplianceStatus::Compliant)
                && !cx.each(&o.evidence).any(|e| e.state == EvidenceState::Accepted)
                && !shown.contains(&o.reference())
        })
    };

    /// Health organizations in the United States know HIPAA.
    ///
    /// 45 CFR is the first thing an auditor there looks for.
    A5_31_07 = "A5.31-07", Observation, step 2, clause "A.5.31";
    reads ["obligation.state", "obligation.citation", "organization.sector", "organization.countries"];
    says "A health organization in the United States has no HIPAA entry in its legal register.";
    fix "Check whether the organization is a covered entity or business associate and record the result.";
    fails "sector=health, countries=[US], no 45 CFR citation";
    holds "OBL-0001 citation=\"45 CFR Part 164 Subpart C\"";
    |cx| {
        let american = |org: &Stored<Organization>| org.sector == Some(OrganizationSector::Health) && org.countries.iter().any(|c| c == "US");
        flag(cx.org().is_some_and(american) && !cx.live::<Obligation>().has(|o| o.citation.said().contains("45 CFR")))
    };

    /// Obligations are broken down into duties.
    ///
    /// A law is met duty by duty; without single duties nobody can tell which of them has no control.
    A5_31_08 = "A5.31-08", Observation, step 2, clause "A.5.31";
    reads ["obligation.state", "obligation.provisions"];
    says "Obligation {ref} is not broken down into single duties.";
    fix "List the provisions that matter with the controls meeting them.";
    fails "provisions=[]";
    holds "provisions=[{ref:164.308(a)(1),...}]";
    |cx| cx.live::<Obligation>().judge(|o| o.provisions.is_empty());

    /// Breaches of personal data were assessed.
    ///
    /// Who is affected and how badly decides what the law demands.
    A5_34_01 = "A5.34-01", Major, step 9, clause "A.5.34";
    reads ["incident.personal_data", "incident.state", "incident.breach_assessment", "incident.persons_affected"];
    says "Incident {ref}: the breach of personal data was not assessed.";
    fix "Assess the probability of compromise or the risk to people and record it.";
    fails "breach_assessment=\"\"";
    holds "four-factor assessment recorded";
    |cx| cx.all::<Incident>().judge(|i| {
        yes(i.personal_data)
            && !matches!(i.state, IncidentState::Reported | IncidentState::Triaged)
            && (blank(&i.breach_assessment) || i.persons_affected.is_none())
    });

    /// Personal data are tied to a legal duty.
    ///
    /// Wherever they are, some law protects them.
    A5_34_02 = "A5.34-02", Minor, step 5, clause "A.5.34";
    reads ["asset.state", "obligation.state", "asset.asset_class", "asset.contains_pii",
        "obligation.applies_to_assets"];
    says "Asset {ref} holds personal data, but no obligation is linked to it.";
    fix "Link the privacy rules that apply.";
    fails "none";
    holds "OBL-0002 applies_to_assets has it";
    |cx| {
        let bound: Set<_> = cx.live::<Obligation>().flat_map(|o| o.applies_to_assets.iter().copied()).collect();
        let primary = cx.st::<Asset>(&[AssetState::Active]).filter(|a| a.asset_class == Some(AssetClass::Primary));
        primary.judge(|a| yes(a.contains_pii) && !bound.contains(&a.reference()))
    };

    /// Security was reviewed independently within a year.
    ///
    /// An audit that looked at A.5.35 counts.
    A5_35_01 = "A5.35-01", Minor, step 10, clause "A.5.35";
    reads ["audit.state", "audit.performed_to", "audit.annex_controls"];
    says "No independent review of the security approach within {cfg.audit_days} days.";
    fix "Let the internal or an outside audit cover it.";
    fails "none";
    holds "AU-0001 covers A.5.35";
    |cx| flag(!cx.all::<Audit>().has(|a| {
        matches!(a.state, AuditState::Reported | AuditState::Closed)
            && cx.within(a.performed_to, cx.config.audit_days)
            && a.annex_controls.iter().any(|id| id == "A.5.35")
    }));

    /// Exceptions have not run out.
    ///
    /// An exception is granted for a time; after its last day the rule applies again or the exception is renewed.
    A5_36_01 = "A5.36-01", Minor, step 9, clause "A.5.36";
    reads ["exception.state", "exception.expires_on"];
    says "Exception {ref} ran out on {expires_on} but is still treated as valid.";
    fix "End it or decide again.";
    fails "expires_on 2026-05-31 approved";
    holds "expires_on 2026-12-31";
    |cx| exceptions(cx).judge(|e| cx.past(e.expires_on));

    /// Exceptions are approved by somebody else.
    ///
    /// Nobody grants an exception to themselves; the signature is another person's.
    A5_36_02 = "A5.36-02", Minor, step 9, clause "A.5.36";
    reads ["exception.state", "exception.approval", "approval.signer", "exception.requested_by", "approval.state",
        "approval.decision"];
    says "Exception {ref} is not approved, or was approved by the person who asked for it.";
    fix "Have the owner of the rule approve it.";
    fails "approval=null";
    holds "approval by PER-0002";
    |cx| exceptions(cx).judge(|e| cx.signed(e.approval).is_none_or(|a| a.signer.is_some() && a.signer == e.requested_by));

    /// Exceptions are linked to a risk.
    ///
    /// Not following a rule is a risk somebody took.
    A5_36_03 = "A5.36-03", Observation, step 9, clause "A.5.36";
    reads ["exception.state", "exception.risk"];
    says "Exception {ref} is linked to no risk.";
    fix "Link or create the risk.";
    fails "risk=null";
    holds "risk=R-0017";
    |cx| exceptions(cx).judge(|e| e.risk.is_none());
}
