//! Threats: possible causes of harm, from a catalogue or own (6.1.2 c).

use crate::records::prelude::*;

/// A possible cause of harm, from a catalogue or own.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(prefix = "THR", title = "Threat", plural = "Threats", steps = "5", clauses = "6.1.2c", retention = "C", core)]
pub struct Threat {
    /// What kind of cause it is.
    #[field(required)]
    pub origin: Option<ThreatOrigin>,
    /// Who or what is behind it, such as criminal groups.
    pub source_actor: Option<String>,
    /// Properties that it typically harms.
    #[field(required)]
    pub affects: Vec<Property>,
    /// What is currently known about it (A.5.7).
    pub intelligence: Option<LongText>,
    /// Day of the last review.
    #[field(immaterial)]
    pub reviewed_on: Option<Date>,
}

/// States of a threat.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ThreatState {
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// Kinds of causes.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ThreatOrigin {
    /// Deliberate.
    Deliberate,
    /// Accidental.
    Accidental,
    /// Environmental.
    Environmental,
    /// Technical failure.
    TechnicalFailure,
    /// Human error.
    HumanError,
    /// Supplier.
    Supplier,
}

impl Record for Threat {
    type State = ThreatState;

    const RIGHTS: Rights = Rights { create: &[IM, RO], read: &[Who::Isms], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[step(ThreatState::Active, ThreatState::Retired, &[IM])];

    fn sample() -> Self {
        Self {
            origin: Some(ThreatOrigin::Deliberate),
            source_actor: Some("criminal groups".into()),
            affects: vec![Property::Confidentiality, Property::Integrity],
            intelligence: Some(
                "Campaigns imitate payers and e-prescription notices; codes in pictures evade filters".into(),
            ),
            reviewed_on: day("2026-05-12"),
        }
    }
}
