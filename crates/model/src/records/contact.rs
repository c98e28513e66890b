//! Contacts: the authorities, groups and helpers to call (A.5.5, A.5.6).

use crate::records::prelude::*;

/// Whom to call: an authority, an interest group or a helper in an emergency.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "CON",
    title = "Authority or interest group contact",
    plural = "Authority and interest group contacts",
    steps = "9",
    clauses = "A.5.5 A.5.6",
    retention = "C"
)]
pub struct Contact {
    /// What kind of contact it is.
    #[field(required)]
    pub contact_type: Option<ContactType>,
    /// Name of the body.
    #[field(required)]
    pub organization_name: Option<String>,
    /// When to get in touch, such as a breach of health data.
    #[field(required)]
    pub reason: Option<String>,
    /// How to reach it: telephone number, portal or address.
    #[field(required)]
    pub channel: Option<String>,
    /// Who may get in touch in the organization's name.
    #[field(required)]
    pub authorised_callers: Vec<Ref<Person>>,
    /// Day on which the details were last checked.
    #[field(required, immaterial)]
    pub verified_on: Option<Date>,
}

/// States of an authority or interest group contact.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContactState {
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// Kinds of contacts.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContactType {
    /// Authority.
    Authority,
    /// Special interest group.
    SpecialInterestGroup,
    /// Emergency service.
    EmergencyService,
    /// Forensics.
    Forensics,
    /// Legal.
    Legal,
    /// Insurer.
    Insurer,
}

impl Record for Contact {
    type State = ContactState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[step(ContactState::Active, ContactState::Retired, &[IM])];

    fn sample() -> Self {
        Self {
            contact_type: Some(ContactType::Authority),
            organization_name: Some("HHS Office for Civil Rights".into()),
            reason: Some("breach of health data".into()),
            channel: Some("web portal".into()),
            authorised_callers: vec![Ref::new(9), Ref::new(6)],
            verified_on: day("2026-05-06"),
        }
    }
}
