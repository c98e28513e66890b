//! Audits: what is audited by whom, when and with what result.

mod independence;

pub use independence::conflicts;

use crate::records::audit_check::{AuditCheckResult, AuditCheckState};
use crate::records::finding::FindingState;
use crate::records::prelude::*;

/// One audit, internal or by others: what is audited, by whom, when, and with what result.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "AU",
    title = "Audit",
    plural = "Audits",
    steps = "10",
    clauses = "9.2 A.5.35",
    retention = "C",
    core
)]
pub struct Audit {
    /// The programme that the audit belongs to; needed for an internal audit.
    pub programme: Option<Ref<AuditProgramme>>,
    /// What kind of audit it is.
    #[field(required)]
    pub audit_type: Option<AuditAuditType>,
    /// Against what is audited, for example: ISO/IEC 27001:2022, own policies.
    #[field(required)]
    pub criteria: Vec<String>,
    /// Extent and boundaries in words, for example: main clinic and remote work.
    #[field(required)]
    pub scope_text: Option<String>,
    /// Clauses of ISO/IEC 27001 that are covered, for example 9.1.
    #[field(required)]
    pub clauses: Vec<String>,
    /// Annex A entries that are covered, for example A.8.13.
    pub annex_controls: Vec<String>,
    /// Units that are audited.
    pub org_units: Vec<Ref<OrgUnit>>,
    /// The person who leads the audit; independent of what is audited.
    #[field(required)]
    pub lead_auditor: Option<Ref<Person>>,
    /// The other auditors; independent of what is audited.
    pub auditors: Vec<Ref<Person>>,
    /// How the auditors gather facts.
    #[field(required)]
    pub methods: Vec<AuditMethod>,
    /// First day that is planned.
    #[field(required)]
    pub planned_from: Option<Date>,
    /// Last day that is planned.
    #[field(required)]
    pub planned_to: Option<Date>,
    /// First day on which it took place; when left empty, the day on which it is begun.
    pub performed_from: Option<Date>,
    /// Last day on which it took place.
    pub performed_to: Option<Date>,
    /// The result in words; needed for the report of an internal audit.
    pub summary: Option<LongText>,
    /// The result in short; needed for the report of an internal audit.
    pub conclusion: Option<AuditConclusion>,
    /// Day of the report; when left empty, the day on which the audit is marked as reported.
    pub report_issued_on: Option<Date>,
    /// Managers who get the report (clause 9.2.2 c).
    pub report_to: Vec<Ref<Person>>,
    /// The document with the report.
    #[field(immaterial)]
    pub report: Option<Ref<Document>>,
}

/// States of an audit.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuditState {
    /// Planned.
    Planned,
    /// Prepared.
    Prepared,
    /// In progress.
    InProgress,
    /// Reported.
    Reported,
    /// Closed.
    Closed,
    /// Cancelled.
    Cancelled,
}

/// Options of “audit type”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuditAuditType {
    /// Internal.
    Internal,
    /// Supplier.
    Supplier,
    /// Certification, stage 1.
    CertificationStage1,
    /// Certification, stage 2.
    CertificationStage2,
    /// Surveillance.
    Surveillance,
    /// Recertification.
    Recertification,
    /// Customer.
    Customer,
}

/// Options of “conclusion”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuditConclusion {
    /// Conforming.
    Conforming,
    /// Conforming with minor nonconformities.
    ConformingWithMinor,
    /// Not conforming.
    NotConforming,
}

/// The clauses and Annex A entries in the scope of an audit that no check answers with a result. A check of a part, such
/// as “6.1.2 d”, answers for its clause.
fn unanswered<'a>(isms: &Isms, audit: &'a Stored<Audit>) -> Vec<&'a str> {
    let checks = isms.referring::<AuditCheck>(audit.reference().any(), "audit");
    let done = checks.filter(|check| check.state == AuditCheckState::Done && !check.is_void());
    let done: Vec<&str> = done
        .filter(|check| check.result.is_some_and(|result| result != AuditCheckResult::NotChecked))
        .filter_map(|check| check.requirement_id.as_deref())
        .collect();
    let answers =
        |id: &str, wanted: &str| id.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let scope = audit.clauses.iter().chain(&audit.annex_controls).map(String::as_str);
    scope.filter(|wanted| !done.iter().any(|id| answers(id, wanted))).collect()
}

impl Record for Audit {
    type State = AuditState;

    const RIGHTS: Rights =
        Rights { create: &[IA, IM], read: &[Who::Isms, EX], update: &[Who::Field("lead_auditor")], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(AuditState::Planned, AuditState::Prepared, &[IA]),
        step(AuditState::Prepared, AuditState::InProgress, &[IA]),
        step(AuditState::InProgress, AuditState::Reported, &[IA]),
        step(AuditState::Reported, AuditState::Closed, &[IA]),
        step(AuditState::Planned, AuditState::Cancelled, &[TM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.planned_from, record.planned_to, "planned_to", "the first planned day");
        problems.order(record.performed_from, record.performed_to, "performed_to", "the first day of the audit");
        problems.order(
            record.performed_from,
            record.report_issued_on,
            "report_issued_on",
            "the first day of the audit",
        );
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        let internal = record.audit_type == Some(AuditAuditType::Internal);
        match to {
            AuditState::Prepared | AuditState::InProgress if internal => {
                problems.need(record.programme.is_none(), "programme", "for an internal audit");
                let lead = record.lead_auditor.iter().map(|person| ("lead_auditor", *person));
                let team = record.auditors.iter().map(|person| ("auditors", *person));
                for (field, person) in lead.chain(team) {
                    for reason in conflicts(context.isms, person, record) {
                        problems.add(field, format!("names {person}, who {reason} and cannot audit that"));
                    }
                }
            }
            AuditState::Reported if internal => {
                problems.need(record.summary.is_none(), "summary", "when the audit is reported");
                problems.need(record.conclusion.is_none(), "conclusion", "when the audit is reported");
                let open = unanswered(context.isms, record);
                if let Some(first) = open.first() {
                    let count = open.len();
                    let message =
                        format!("lacks a result for {first}: {count} of the requirements in scope are not checked");
                    problems.add("clauses", message);
                }
            }
            AuditState::Closed => {
                let findings = context.isms.referring::<Finding>(record.reference().any(), "audit");
                let settled = |finding: &Stored<Finding>| {
                    finding.is_void() || matches!(finding.state, FindingState::Accepted | FindingState::Closed)
                };
                for finding in findings.filter(|finding| !settled(finding)) {
                    let (which, state) = (finding.reference(), finding.state_name());
                    problems
                        .add("", format!("{which} is {state}; every finding must be accepted before the audit closes"));
                }
            }
            _ => {}
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            AuditState::InProgress => record.body.performed_from = record.performed_from.or(Some(context.today())),
            AuditState::Reported => record.body.report_issued_on = record.report_issued_on.or(Some(context.today())),
            _ => {}
        }
    }

    fn sample() -> Self {
        Self {
            programme: Some(Ref::new(1)),
            audit_type: Some(AuditAuditType::Internal),
            criteria: vec!["ISO/IEC 27001:2022 with Amd 1:2024".into(), "own policies".into()],
            scope_text: Some("Whole ISMS scope 1.1; main clinic, imaging centre, remote work".into()),
            clauses: vec!["4.1".into(), "4.2".into()],
            annex_controls: vec!["A.5.1".into(), "A.5.2".into()],
            org_units: vec![Ref::new(1), Ref::new(2)],
            lead_auditor: Some(Ref::new(19)),
            methods: vec![
                AuditMethod::Interview,
                AuditMethod::DocumentReview,
                AuditMethod::Observation,
                AuditMethod::Sampling,
            ],
            planned_from: day("2026-03-16"),
            planned_to: day("2026-03-20"),
            performed_from: day("2026-03-16"),
            performed_to: day("2026-03-20"),
            summary: Some(
                "The ISMS is in place and lived. Three minor nonconformities, two observations, one opportunity."
                    .into(),
            ),
            conclusion: Some(AuditConclusion::ConformingWithMinor),
            report_issued_on: day("2026-03-30"),
            report_to: vec![Ref::new(1), Ref::new(2)],
            report: Some(Ref::new(20)),
            ..Self::default()
        }
    }
}
