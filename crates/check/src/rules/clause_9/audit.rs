//! Clause 9.2: internal audit.

use crate::rules::prelude::*;

rules! {
    /// Findings are nonconformities.
    ///
    /// A broken requirement found by audit is handled like any other.
    C9_2_01 = "C9.2-01", Major, step 10, clause "9.2";
    reads ["finding.state", "finding.grade", "finding.nonconformity"];
    says "Finding {ref} has no nonconformity record.";
    fix "Raise it so that correction and cause are handled.";
    fails "grade=minor nonconformity=null";
    holds "nonconformity=NC-0001";
    |cx| cx.all::<Finding>().judge(|f| {
        f.state != FindingState::Draft && matches!(f.grade, Some(FindingGrade::Major | FindingGrade::Minor)) && f.nonconformity.is_none()
    });

    /// A finding and its nonconformity have the same grade.
    ///
    /// The grade decides deadlines; two grades are a contradiction.
    C9_2_02 = "C9.2-02", Minor, step 10, clause "9.2";
    reads ["finding.nonconformity", "finding.grade", "nonconformity.grade"];
    says "Finding {ref} and its nonconformity differ in grade.";
    fix "Align them; only the auditor may change the grade.";
    fails "finding major, NC minor";
    holds "both minor";
    |cx| cx.all::<Finding>().judge(|f| {
        let grade = |n: &Stored<Nonconformity>| n.grade.map(Choice::name);
        f.nonconformity.is_some_and(|n| cx.get(Some(n)).and_then(grade) != f.grade.map(Choice::name))
    });

    /// An internal audit was completed within a year.
    ///
    /// The organization looks at itself before others do.
    C9_2_1_01 = "C9.2.1-01", Major, step 10, clause "9.2.1";
    reads ["audit.audit_type", "audit.state", "audit.performed_to"];
    says "No internal audit was completed within {cfg.audit_days} days.";
    fix "Carry out the audit.";
    fails "last audit 2025-03";
    holds "AU-0001 2026-03-20";
    |cx| flag(!internal(cx).has(|a| reported(a) && cx.within(a.performed_to, cx.config.audit_days)));

    /// Planned audits took place.
    ///
    /// An audit whose time has passed is missed.
    C9_2_1_02 = "C9.2.1-02", Minor, step 10, clause "9.2.1";
    reads ["audit.audit_type", "audit.state", "audit.planned_to"];
    says "Audit {ref} was not carried out as planned.";
    fix "Carry it out or change the programme with a reason.";
    fails "planned_to 2026-05-30";
    holds "performed";
    |cx| internal(cx).judge(|a| matches!(a.state, AuditState::Planned | AuditState::Prepared) && cx.past(a.planned_to));

    /// Reported audits made all their checks.
    ///
    /// A report over open questions claims more than was seen.
    C9_2_1_03 = "C9.2.1-03", Minor, step 10, clause "9.2.1";
    reads ["audit_check.audit", "audit.state", "audit_check.result"];
    says "Check {ref} of a reported audit was not made.";
    fix "Make it in the next audit and say so in the report.";
    fails "result=not_checked in AU-0001 reported";
    holds "result=conforming";
    |cx| cx.all::<AuditCheck>().judge(|k| {
        matches!(k.result, None | Some(AuditCheckResult::NotChecked)) && cx.get(k.audit).is_some_and(reported)
    });

    /// Every result of a check rests on facts.
    ///
    /// What was seen, heard or sampled is written down.
    C9_2_1_04 = "C9.2.1-04", Minor, step 10, clause "9.2.1";
    reads ["audit_check.result", "audit_check.evidence_seen"];
    says "Check {ref} has a result without facts seen.";
    fix "Write what was looked at.";
    fails "evidence_seen=\"\"";
    holds "\"5 of 5 leavers: accounts disabled the same day\"";
    |cx| cx.all::<AuditCheck>().judge(|k| {
        !matches!(k.result, None | Some(AuditCheckResult::NotChecked | AuditCheckResult::NotApplicable)) && blank(&k.evidence_seen)
    });

    /// What a check found became a finding.
    ///
    /// A check that found something and raised no finding reaches nobody who could answer.
    C9_2_1_05 = "C9.2.1-05", Minor, step 10, clause "9.2.1";
    reads ["audit_check.result", "audit_check.finding"];
    says "Check {ref} found something, but no finding was raised.";
    fix "Raise the finding.";
    fails "result=minor finding=null";
    holds "finding=F-0002";
    |cx| {
        use AuditCheckResult::{Major, Minor, Observation, Opportunity};
        cx.all::<AuditCheck>().judge(|k| matches!(k.result, Some(Minor | Major | Observation | Opportunity)) && k.finding.is_none())
    };

    /// Audits checked everything they covered.
    ///
    /// Each clause and control of the audit's scope has at least one check.
    C9_2_1_06 = "C9.2.1-06", Minor, step 10, clause "9.2.1";
    reads ["audit.clauses", "audit_check.audit", "audit.audit_type", "audit.state", "audit_check.requirement_id",
        "audit.annex_controls"];
    says "Audit {ref}: a requirement of its scope was never checked.";
    fix "Complete the checks or narrow the reported scope.";
    fails "scope has 7.4, no check on 7.4";
    holds "one check per requirement";
    |cx| internal(cx).filter(|a| reported(a)).judge(|a| {
        let checks = cx.checks_of(a.reference());
        let checked: Set<&str> = checks.iter().filter_map(|k| k.body.requirement_id.as_deref()).flat_map(|id| {
            [Some(id), id.split_once(' ').map(|(clause, _)| clause)].into_iter().flatten()
        }).collect();
        a.clauses.iter().chain(&a.annex_controls).any(|c| !checked.contains(c.as_str()))
    });

    /// Audits look at the organization's own requirements.
    ///
    /// Its policies and procedures are criteria beside the standard.
    C9_2_1_A1_01 = "C9.2.1-a1-01", Minor, step 10, clause "9.2.1 a1";
    reads ["audit.criteria", "audit.audit_type", "audit.state"];
    says "Audit {ref} does not audit against the organization's own requirements.";
    fix "Add own policies and procedures to the criteria.";
    fails "criteria=[ISO/IEC 27001:2022]";
    holds "criteria=[ISO/IEC 27001:2022, own policies]";
    |cx| planned_internal(cx).judge(|a| {
        let own = |c: &String| ["own", "polic", "procedure"].iter().any(|word| c.to_lowercase().contains(word));
        !a.criteria.iter().any(own)
    });

    /// Audits look at the standard.
    ///
    /// Conformity with ISO/IEC 27001 is what the programme must show.
    C9_2_1_A2_01 = "C9.2.1-a2-01", Minor, step 10, clause "9.2.1 a2";
    reads ["audit_programme.state", "audit.criteria", "audit.programme", "audit.state"];
    says "No audit of programme {ref} audits against the standard.";
    fix "Add ISO/IEC 27001 to the criteria.";
    fails "criteria=[own policies]";
    holds "criteria=[ISO/IEC 27001:2022, own policies]";
    |cx| {
        let audits = || cx.all::<Audit>().filter(|a| a.state != AuditState::Cancelled);
        let standard: Set<_> = audits().filter(|a| a.criteria.iter().any(|c| c.contains("27001"))).filter_map(|a| a.programme).collect();
        cx.programmes().judge(|p| !standard.contains(&p.reference()))
    };

    /// Audit reports come to a conclusion.
    ///
    /// Does the ISMS conform, and is it effectively kept up?
    C9_2_1_B_01 = "C9.2.1-b-01", Minor, step 10, clause "9.2.1 b";
    reads ["audit.audit_type", "audit.state", "audit.conclusion", "audit.summary"];
    says "Audit {ref} gives no conclusion on conformity and effect.";
    fix "Write the conclusion.";
    fails "conclusion=null";
    holds "conclusion=conforming_with_minor";
    |cx| internal(cx).judge(|a| reported(a) && (a.conclusion.is_none() || blank(&a.summary)));

    /// There is an approved audit programme.
    ///
    /// Frequency, methods, responsibilities and reporting are decided, considering what matters most.
    C9_2_2_01 = "C9.2.2-01", Major, step 10, clause "9.2.2";
    reads ["audit_programme.state"];
    says "There is no approved internal audit programme.";
    fix "Plan and approve the programme.";
    fails "AP-0001 draft";
    holds "AP-0001 running";
    |cx| flag(cx.programmes().next().is_none());

    /// The programme covers all clauses.
    ///
    /// What is never audited is never known; the list is a value of the organization.
    C9_2_2_02 = "C9.2.2-02", Major, step 10, clause "9.2.2";
    reads ["audit_programme.state", "audit.clauses", "audit.state", "audit.programme"];
    says "Clause {item} is in no audit of the programme.";
    fix "Plan it into an audit of the cycle.";
    fails "9.3 in no audit";
    holds "AU-0001.clauses has 9.3";
    |cx| Found::given(cx.programmes().next().is_some(), || {
        let covered: Set<&str> = cx.programmed().flat_map(|a| a.body.clauses.iter().map(String::as_str)).collect();
        judge_words(&cx.config.audit_clauses, |c| !covered.contains(c))
    });

    /// The programme covers all applicable controls.
    ///
    /// Over its cycle each control of the statement is looked at.
    C9_2_2_03 = "C9.2.2-03", Minor, step 10, clause "9.2.2";
    reads ["audit_programme.state", "applicability.annex_id", "applicability.applicable", "audit.annex_controls",
        "audit.state", "audit.programme", "soa.state", "applicability.soa"];
    says "Applicable control {item} is in no audit of the programme.";
    fix "Plan it into an audit of the cycle.";
    fails "A.7.4 nowhere";
    holds "AU-0002.annex_controls has A.7.4";
    |cx| Found::given(cx.programmes().next().is_some(), || {
        let covered: Set<&str> = cx.programmed().flat_map(|a| a.body.annex_controls.iter().map(String::as_str)).collect();
        judge_words(cx.applicable().filter_map(|x| x.body.annex_id.as_deref()), |id| !covered.contains(id))
    });

    /// Every audit has criteria and a scope.
    ///
    /// Against what and of what: both are decided per audit.
    C9_2_2_A_01 = "C9.2.2-a-01", Minor, step 10, clause "9.2.2 a";
    reads ["audit.audit_type", "audit.state", "audit.criteria", "audit.scope_text"];
    says "Audit {ref} has no criteria or no scope.";
    fix "Complete the plan.";
    fails "criteria=[]";
    holds "criteria=[ISO/IEC 27001:2022, own policies]";
    |cx| planned_internal(cx).judge(|a| a.criteria.is_empty() || blank(&a.scope_text));

    /// Nobody audits their own work.
    ///
    /// Impartial means no part in what is audited: own unit, own control, own process, or the charge for conformity.
    C9_2_2_B_01 = "C9.2.2-b-01", Major, step 10, clause "9.2.2 b";
    reads ["audit.lead_auditor", "audit.audit_type", "audit.state", "audit.auditors", "audit.org_units",
        "audit.annex_controls", "audit.clauses", "person.org_unit", "control.owner", "control.operator",
        "control.annex_refs", "isms_process.owner", "isms_process.clause_refs", "role_assignment.person",
        "role_assignment.role", "isms_role.is_conformity_role"];
    says "Audit {ref}: an auditor audits own work.";
    fix "Replace the auditor for the part concerned, or engage someone from outside.";
    fails "lead auditor owns C-0013, audit covers A.8.13";
    holds "auditor from outside";
    |cx| planned_internal(cx).judge(|a| a.lead_auditor.iter().chain(&a.auditors).any(|p| cx.conflict(*p, a)));

    /// Lead auditors are competent.
    ///
    /// A judged competence that is met is on record.
    C9_2_2_B_02 = "C9.2.2-b-02", Minor, step 10, clause "9.2.2 b";
    reads ["audit.audit_type", "audit.state", "competence_record.person", "audit.lead_auditor",
        "competence_record.met", "competence_record.state"];
    says "Audit {ref}: the competence of the lead auditor is not recorded.";
    fix "Record the competence with proof.";
    fails "no CMP for the lead auditor";
    holds "CMP-0006 met=true";
    |cx| {
        let records = cx.st::<CompetenceRecord>(&[CompetenceRecordState::Active]);
        let able: Set<_> = records.filter(|c| yes(c.met)).filter_map(|c| c.person).collect();
        let begun = internal(cx).filter(|a| matches!(a.state, AuditState::InProgress | AuditState::Reported | AuditState::Closed));
        begun.judge(|a| !a.lead_auditor.is_some_and(|p| able.contains(&p)))
    };

    /// Audit reports are issued in time.
    ///
    /// Findings get stale like everything else.
    C9_2_2_C_01 = "C9.2.2-c-01", Minor, step 10, clause "9.2.2 c";
    reads ["audit.audit_type", "audit.performed_to", "audit.report_issued_on"];
    says "The report of audit {ref} was not issued within {cfg.report_days} days.";
    fix "Issue the report.";
    fails "performed 2026-03-20, report 2026-06-01";
    holds "report 2026-03-30";
    |cx| internal(cx).judge(|a| a.performed_to.is_some_and(|done| days(done, a.report_issued_on.unwrap_or(cx.today)) > cx.config.report_days));

    /// Audit reports reach top management.
    ///
    /// Results go to the management concerned.
    C9_2_2_C_02 = "C9.2.2-c-02", Minor, step 10, clause "9.2.2 c";
    reads ["audit.audit_type", "audit.report_issued_on", "audit.report_to", "organization.top_management"];
    says "The report of audit {ref} did not reach top management.";
    fix "Send it to the managers concerned and to top management.";
    fails "report_to=[PER-0002]";
    holds "report_to=[PER-0001,PER-0002]";
    |cx| internal(cx).judge(|a| a.report_issued_on.is_some() && !a.report_to.iter().any(|p| cx.is_top(Some(*p))));
}
