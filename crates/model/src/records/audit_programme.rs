//! Internal audit programmes: the plan of audits over a cycle.

use crate::records::prelude::*;

/// The plan of internal audits over a cycle, normally the three years of a certificate, reviewed every year.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "AP",
    title = "Internal audit programme",
    plural = "Internal audit programmes",
    steps = "10",
    clauses = "9.2.2",
    retention = "C",
    core
)]
pub struct AuditProgramme {
    /// First day of the cycle.
    #[field(required)]
    pub period_from: Option<Date>,
    /// Last day of the cycle.
    #[field(required)]
    pub period_to: Option<Date>,
    /// What the audits are to find out.
    #[field(required)]
    pub objectives: Option<String>,
    /// How often there are audits, for example: two in the first year, then one a year.
    #[field(required)]
    pub frequency: Option<String>,
    /// How the auditors work, for example: interviews, documents, observation, samples.
    #[field(required)]
    pub methods: Option<String>,
    /// Who plans, who audits, who approves.
    #[field(required)]
    pub responsibilities: Option<String>,
    /// To whom results go, in what form and by when.
    #[field(required)]
    pub reporting: Option<String>,
    /// How the weight of the processes and the results of earlier audits shaped the plan (clause 9.2.2).
    #[field(required)]
    pub importance_reason: Option<LongText>,
    /// What could keep the programme from its aims, for example: the auditor leaves.
    pub risks: Option<String>,
    /// The person who runs the programme.
    #[field(required, own)]
    pub owner: Option<Ref<Person>>,
    /// The signature by top management.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
}

/// States of an internal audit programme.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuditProgrammeState {
    /// Draft.
    Draft,
    /// Approved.
    Approved,
    /// Running.
    Running,
    /// Closed.
    Closed,
}

impl Record for AuditProgramme {
    type State = AuditProgrammeState;

    const RIGHTS: Rights = Rights { create: &[IA, IM], read: &[Who::Isms, EX], update: &[IA], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(AuditProgrammeState::Draft, AuditProgrammeState::Approved, &[TM]),
        step(AuditProgrammeState::Approved, AuditProgrammeState::Running, &[IA]),
        step(AuditProgrammeState::Running, AuditProgrammeState::Closed, &[IA]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.period_from, record.period_to, "period_to", "the first day of the cycle");
    }

    fn sample() -> Self {
        Self {
            period_from: day("2026-01-01"),
            period_to: day("2028-12-31"),
            objectives: Some("conformity with own rules and ISO/IEC 27001:2022, effectiveness".into()),
            frequency: Some("two audits in 2026, then one a year".into()),
            methods: Some("interviews, documents, observation, samples".into()),
            responsibilities: Some("contracted auditor; approved by the chief executive".into()),
            reporting: Some("to chief executive and unit heads within 15 working days".into()),
            importance_reason: Some(
                "Controls with high risks and those hit by incidents first; physical controls later.".into(),
            ),
            risks: Some("auditor leaves; no access to wards".into()),
            owner: Some(Ref::new(19)),
            approval: Some(Ref::new(139)),
        }
    }
}
