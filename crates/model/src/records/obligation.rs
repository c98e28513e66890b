//! Legal, regulatory and contractual obligations: the legal register (4.2, A.5.31).

use crate::records::prelude::*;

/// One entry of the legal register.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "OBL",
    title = "Legal, regulatory or contractual obligation",
    plural = "Legal, regulatory and contractual obligations",
    steps = "2",
    clauses = "4.2 A.5.31",
    retention = "L",
    core
)]
pub struct Obligation {
    /// What kind of rule it is.
    #[field(required)]
    pub obligation_type: Option<ObligationType>,
    /// Country, state or contract partner.
    #[field(required)]
    pub jurisdiction: Option<String>,
    /// Official reference, such as 45 CFR Part 164 Subpart C.
    #[field(required)]
    pub citation: Option<String>,
    /// What it demands, in own words.
    #[field(required)]
    pub summary: Option<LongText>,
    /// Single duties with the controls that meet them.
    #[field(required)]
    pub provisions: Vec<Provision>,
    /// Business processes that it reaches.
    pub applies_to_processes: Vec<Ref<BusinessProcess>>,
    /// Assets that it reaches.
    pub applies_to_assets: Vec<Ref<Asset>>,
    /// Who watches over it and reports changes.
    #[field(required, own)]
    pub responsible: Option<Ref<Person>>,
    /// Controls by which it is met.
    pub controls: Vec<Ref<Control>>,
    /// How it is met, where the controls do not say enough.
    pub how_met: Option<LongText>,
    /// How long proofs must be kept, such as P6Y for six years.
    pub record_retention: Option<Period>,
    /// Notifications that an incident may make necessary.
    pub notification_regimes: Vec<Regime>,
    /// Hours within which a contract or another rule demands notification.
    pub notification_hours: Option<i64>,
    /// Result of the last assessment.
    #[field(required)]
    pub compliance_status: Option<ObligationComplianceStatus>,
    /// Day of the last assessment.
    #[field(immaterial)]
    pub last_assessed: Option<Date>,
    /// Day by which it is to be assessed again.
    #[field(required, immaterial)]
    pub next_review: Option<Date>,
    /// Proofs of compliance.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
}

/// States of a legal, regulatory or contractual obligation.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObligationState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// Kinds of rules.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObligationType {
    /// Law.
    Law,
    /// Regulation.
    Regulation,
    /// Contract.
    Contract,
    /// Standard.
    Standard,
    /// Licence.
    Licence,
    /// Internal.
    Internal,
}

/// How well an obligation is met.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObligationComplianceStatus {
    /// Compliant.
    Compliant,
    /// Partially compliant.
    PartiallyCompliant,
    /// Non compliant.
    NonCompliant,
    /// Not assessed.
    NotAssessed,
}

/// A single duty of an obligation.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct Provision {
    /// Number of the provision, such as 164.308(a)(7).
    #[field(name = "ref")]
    pub reference: Option<String>,
    /// What it demands, in a few words.
    pub duty: Option<String>,
    /// Controls that meet it.
    pub controls: Vec<Ref<Control>>,
}

impl Record for Obligation {
    type State = ObligationState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ObligationState::Draft, ObligationState::Active, &[IM]),
        step(ObligationState::Active, ObligationState::Retired, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.notification_hours, "notification_hours");
        problems.order(record.last_assessed, record.next_review, "next_review", "the last assessment");
    }

    fn sample() -> Self {
        let provision = |reference: &str, duty: &str, control| Provision {
            reference: Some(reference.into()),
            duty: Some(duty.into()),
            controls: vec![Ref::new(control)],
        };
        Self {
            obligation_type: Some(ObligationType::Regulation),
            jurisdiction: Some("US federal".into()),
            citation: Some("45 CFR Part 164 Subpart C".into()),
            summary: Some("Safeguards for electronic health information; documentation is kept for six years.".into()),
            provisions: vec![
                provision("164.308(a)(1)(ii)(A)", "risk analysis", 23),
                provision("164.308(a)(7)", "contingency plan", 21),
            ],
            applies_to_assets: vec![Ref::new(1), Ref::new(2)],
            responsible: Some(Ref::new(9)),
            controls: vec![Ref::new(23), Ref::new(12)],
            how_met: Some("See linked controls.".into()),
            record_retention: period("P6Y"),
            compliance_status: Some(ObligationComplianceStatus::PartiallyCompliant),
            last_assessed: day("2026-04-14"),
            next_review: day("2027-04-14"),
            ..Self::default()
        }
    }
}
