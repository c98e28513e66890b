//! Suppliers: third parties whose product or service matters for information security.

use crate::records::prelude::*;

/// A third party whose product or service matters for information security.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "SUP",
    title = "Supplier",
    plural = "Suppliers",
    steps = "2,9",
    clauses = "8.1 A.5.19-A.5.23",
    retention = "C",
    core
)]
pub struct Supplier {
    /// What it delivers, for example: hosted record system.
    #[field(required)]
    pub service: Option<String>,
    /// How much the business depends on it.
    #[field(required)]
    pub criticality: Option<Criticality>,
    /// The most sensitive data that it can reach.
    #[field(required)]
    pub data_access: Option<SupplierDataAccess>,
    /// Whether it is a cloud service (A.5.23).
    #[field(required)]
    pub cloud: Option<bool>,
    /// The person who looks after the relationship.
    #[field(required, own)]
    pub owner: Option<Ref<Person>>,
    /// Number or name of the contract, so that it can be found.
    pub contract_ref: Option<String>,
    /// Last day of the contract.
    pub contract_end: Option<Date>,
    /// Whether the contract lays down security duties (A.5.20).
    #[field(required)]
    pub security_clauses: Option<bool>,
    /// Whether the agreement on personal data is signed: a DPA under the GDPR, a BAA under HIPAA.
    #[field(required)]
    pub privacy_agreement: Option<SupplierPrivacyAgreement>,
    /// Hours within which the supplier must report incidents, for example 24.
    pub incident_notice_hours: Option<i64>,
    /// Those on whom the supplier itself relies, as far as known (A.5.21).
    pub sub_suppliers: Vec<String>,
    /// Who does what, for example: supplier platform and backup, we users and roles; needed for a cloud service.
    pub shared_responsibility: Option<LongText>,
    /// How the organisation would leave the supplier; needed for a cloud service of high or critical weight.
    pub exit_plan: Option<String>,
    /// Day of the last assessment; copied from it by the program.
    #[field(immaterial)]
    pub last_assessed: Option<Date>,
    /// Day by which it is assessed again; needed for high and critical weight.
    pub next_assessment: Option<Date>,
}

/// States of a supplier.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SupplierState {
    /// Prospective.
    Prospective,
    /// Active.
    Active,
    /// Exiting.
    Exiting,
    /// Ended.
    Ended,
}

/// Options of “data access”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SupplierDataAccess {
    /// None.
    None,
    /// Internal.
    Internal,
    /// Confidential.
    Confidential,
    /// Regulated.
    Regulated,
}

/// Options of “privacy agreement”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SupplierPrivacyAgreement {
    /// Not needed.
    NotNeeded,
    /// Signed.
    Signed,
    /// Missing.
    Missing,
}

impl Record for Supplier {
    type State = SupplierState;

    const RIGHTS: Rights = Rights { create: &[IM, AO], read: &[Who::Isms], update: &[IM, Who::Own], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(SupplierState::Prospective, SupplierState::Active, &[IM]),
        step(SupplierState::Active, SupplierState::Exiting, &[IM]),
        step(SupplierState::Exiting, SupplierState::Ended, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.incident_notice_hours, "incident_notice_hours");
    }

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if to != SupplierState::Active {
            return;
        }
        let cloud = record.cloud == Some(true);
        let weighty = matches!(record.criticality, Some(Criticality::High | Criticality::Critical));
        let (shared, exit) = (record.shared_responsibility.is_none(), record.exit_plan.is_none());
        problems.need(cloud && shared, "shared_responsibility", "for a cloud service");
        problems.need(cloud && weighty && exit, "exit_plan", "for a cloud service of high or critical weight");
        let next = record.next_assessment.is_none();
        problems.need(weighty && next, "next_assessment", "for a supplier of high or critical weight");
    }

    fn sample() -> Self {
        Self {
            service: Some("hosted electronic health record system".into()),
            criticality: Some(Criticality::Critical),
            data_access: Some(SupplierDataAccess::Regulated),
            cloud: Some(true),
            owner: Some(Ref::new(23)),
            contract_ref: Some("BAA-2024-11 and MSA-2024-11".into()),
            contract_end: day("2027-11-30"),
            security_clauses: Some(true),
            privacy_agreement: Some(SupplierPrivacyAgreement::Signed),
            incident_notice_hours: Some(24),
            sub_suppliers: vec!["Data centre operator A".into(), "Backup provider B".into()],
            shared_responsibility: Some(
                "supplier: platform, database, backup; clinic: users, roles, endpoint, content".into(),
            ),
            exit_plan: Some("export in standard format within 60 days; yearly test export".into()),
            last_assessed: day("2025-11-20"),
            next_assessment: day("2026-11-20"),
        }
    }
}
