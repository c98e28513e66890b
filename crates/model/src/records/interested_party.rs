//! Interested parties: people, groups and bodies with a stake in security (4.2).

use crate::records::prelude::*;

/// A person, group or body with a stake in the organization's security.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "IP",
    title = "Interested party",
    plural = "Interested parties",
    steps = "2",
    clauses = "4.2",
    retention = "C",
    core
)]
pub struct InterestedParty {
    /// What kind of party it is.
    #[field(required)]
    pub party_type: Option<PartyType>,
    /// Whether the party is inside or outside.
    #[field(required)]
    pub origin: Option<Origin>,
    /// How much the party can help or hinder.
    pub influence: Option<Weight>,
    /// How much security matters to the party.
    pub interest: Option<Weight>,
    /// Day of the last review.
    #[field(required, immaterial)]
    pub reviewed_on: Option<Date>,
    /// Day by which it is to be reviewed again.
    #[field(required, immaterial)]
    pub next_review: Option<Date>,
}

/// States of an interested party.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InterestedPartyState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// Kinds of interested parties.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartyType {
    /// Customer.
    Customer,
    /// Patient.
    Patient,
    /// Employee.
    Employee,
    /// Owner or investor.
    OwnerInvestor,
    /// Regulator.
    Regulator,
    /// Supplier.
    Supplier,
    /// Partner.
    Partner,
    /// Insurer.
    Insurer,
    /// Community.
    Community,
    /// Certification body.
    CertificationBody,
    /// Other.
    Other,
}

impl Record for InterestedParty {
    type State = InterestedPartyState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(InterestedPartyState::Draft, InterestedPartyState::Active, &[IM]),
        step(InterestedPartyState::Active, InterestedPartyState::Retired, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.reviewed_on, record.next_review, "next_review", "the last review");
    }

    fn sample() -> Self {
        Self {
            party_type: Some(PartyType::Patient),
            origin: Some(Origin::External),
            influence: Some(Weight::High),
            interest: Some(Weight::High),
            reviewed_on: day("2026-04-09"),
            next_review: day("2027-04-09"),
        }
    }
}
