//! Access reviews: the regular look at who may do what in one system.

use crate::records::prelude::*;

/// The regular look at who may do what in one system, and what was taken away or changed.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "AR",
    title = "Access review",
    plural = "Access reviews",
    steps = "9",
    clauses = "A.5.18 A.8.2",
    retention = "C"
)]
pub struct AccessReview {
    /// The system whose accounts are reviewed.
    #[field(required)]
    pub system: Option<Ref<Asset>>,
    /// Whether accounts with special rights, such as administrators, are included.
    #[field(required)]
    pub privileged: Option<bool>,
    /// Day for which the review is planned; 30 days later it counts as missed.
    #[field(required)]
    pub planned_for: Option<Date>,
    /// Day of the review; when left empty, the day on which it is marked as done.
    pub performed_on: Option<Date>,
    /// Who reviews the accounts, normally the owner of the system.
    #[field(required, own)]
    pub reviewer: Option<Ref<Person>>,
    /// How many accounts were looked at; needed when the review is done.
    pub accounts_total: Option<i64>,
    /// How many of them were removed or locked.
    pub accounts_removed: Option<i64>,
    /// How many of them got other rights.
    pub accounts_changed: Option<i64>,
    /// Proofs, such as the list of accounts with the decisions.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
}

/// States of an access review.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessReviewState {
    /// Planned.
    Planned,
    /// Done.
    Done,
    /// Missed.
    Missed,
}

impl Record for AccessReview {
    type State = AccessReviewState;

    const RIGHTS: Rights = Rights { create: &[IM, AO], read: &[Who::Isms], update: &[Who::Own, IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(AccessReviewState::Planned, AccessReviewState::Done, &[Who::Own]),
        step(AccessReviewState::Planned, AccessReviewState::Missed, &[Who::System]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.accounts_total, "accounts_total");
        problems.not_negative(record.accounts_removed, "accounts_removed");
        problems.not_negative(record.accounts_changed, "accounts_changed");
        problems.part(record.accounts_removed, record.accounts_total, "accounts_removed", "the accounts reviewed");
        problems.part(record.accounts_changed, record.accounts_total, "accounts_changed", "the accounts reviewed");
    }

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if to == AccessReviewState::Done {
            problems.need(record.accounts_total.is_none(), "accounts_total", "when the review is done");
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == AccessReviewState::Done {
            record.body.performed_on = record.performed_on.or(Some(context.today()));
        }
    }

    fn sample() -> Self {
        Self {
            system: Some(Ref::new(9)),
            privileged: Some(true),
            planned_for: day("2025-12-15"),
            performed_on: day("2025-12-12"),
            reviewer: Some(Ref::new(6)),
            accounts_total: Some(231),
            accounts_removed: Some(9),
            accounts_changed: Some(14),
            evidence: vec![Ref::new(13)],
        }
    }
}
