//! Communication plan items: who tells whom what, when and how (7.4).

use crate::records::prelude::*;

/// One line of the communication plan.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "COM",
    title = "Communication plan item",
    plural = "Communication plan items",
    steps = "8",
    clauses = "7.4",
    retention = "C"
)]
pub struct CommunicationItem {
    /// What is communicated.
    #[field(required)]
    pub subject_matter: Option<String>,
    /// When or at which event, such as monthly or after an incident.
    #[field(required)]
    pub when_text: Option<String>,
    /// How often it recurs, such as P1M for every month; empty for events.
    pub frequency: Option<Period>,
    /// Audience, such as all staff.
    #[field(required)]
    pub with_whom: Option<String>,
    /// How it is communicated, such as intranet and team meetings.
    #[field(required)]
    pub channel: Option<String>,
    /// Whether the audience is inside or outside.
    #[field(required)]
    pub direction: Option<Origin>,
    /// Who communicates.
    #[field(required, own)]
    pub responsible: Option<Ref<Person>>,
    /// Day on which it was last done.
    #[field(immaterial)]
    pub last_done: Option<Date>,
    /// Day by which it is next due.
    pub next_due: Option<Date>,
    /// Proofs that it was done.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
}

/// States of a communication plan item.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommunicationItemState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

impl Record for CommunicationItem {
    type State = CommunicationItemState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms], update: &[IM, Who::Own], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(CommunicationItemState::Draft, CommunicationItemState::Active, &[IM]),
        step(CommunicationItemState::Active, CommunicationItemState::Retired, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.last_done, record.next_due, "next_due", "the last time");
    }

    fn sample() -> Self {
        Self {
            subject_matter: Some("policy changes, incidents, good examples".into()),
            when_text: Some("monthly".into()),
            frequency: period("P1M"),
            with_whom: Some("all staff".into()),
            channel: Some("intranet and team meetings".into()),
            direction: Some(Origin::Internal),
            responsible: Some(Ref::new(17)),
            last_done: day("2026-06-03"),
            next_due: day("2026-07-03"),
            ..Self::default()
        }
    }
}
