//! Management reviews: top management looks at the whole ISMS and decides.

use crate::records::prelude::*;

/// A meeting, or several treated as one, in which top management looks at the whole ISMS and decides.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "MR",
    title = "Management review",
    plural = "Management reviews",
    steps = "11",
    clauses = "9.3",
    retention = "B",
    core
)]
pub struct ManagementReview {
    /// Day for which the review is planned.
    #[field(required)]
    pub planned_for: Option<Date>,
    /// Day of the review; when left empty, the day on which it is marked as held.
    pub held_on: Option<Date>,
    /// First day of the period that is reviewed.
    #[field(required)]
    pub period_from: Option<Date>,
    /// Last day of the period that is reviewed.
    #[field(required)]
    pub period_to: Option<Date>,
    /// Who leads the review: a member of top management.
    #[field(required)]
    pub chair: Option<Ref<Person>>,
    /// Who takes part.
    #[field(required)]
    pub participants: Vec<Ref<Person>>,
    /// Whether the ISMS still fits the organisation, and why; needed when the review was held.
    pub suitability: Option<LongText>,
    /// Whether the means are enough, and why; needed when the review was held.
    pub adequacy: Option<LongText>,
    /// Whether the ISMS reaches its aims, and why; needed when the review was held.
    pub effectiveness: Option<LongText>,
    /// The document with the minutes.
    #[field(immaterial)]
    pub minutes: Option<Ref<Document>>,
    /// The signature of the chair under the minutes.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
    /// Day for which the next review is planned.
    #[field(immaterial)]
    pub next_planned: Option<Date>,
}

/// States of a management review.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ManagementReviewState {
    /// Planned.
    Planned,
    /// Prepared.
    Prepared,
    /// Held.
    Held,
    /// Minuted.
    Minuted,
    /// Closed.
    Closed,
}

impl Record for ManagementReview {
    type State = ManagementReviewState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms, EX], update: &[IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ManagementReviewState::Planned, ManagementReviewState::Prepared, &[IM]),
        step(ManagementReviewState::Prepared, ManagementReviewState::Held, &[TM]),
        step(ManagementReviewState::Held, ManagementReviewState::Minuted, &[IM]),
        step(ManagementReviewState::Minuted, ManagementReviewState::Closed, &[TM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.period_from, record.period_to, "period_to", "the first day of the period");
        problems.order(record.held_on, record.next_planned, "next_planned", "the day of this review");
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to < ManagementReviewState::Held {
            return;
        }
        let when = "when the review was held";
        problems.need(record.suitability.is_none(), "suitability", when);
        problems.need(record.adequacy.is_none(), "adequacy", when);
        problems.need(record.effectiveness.is_none(), "effectiveness", when);
        let top = context.isms.organization().map(|organization| &organization.top_management);
        if let (ManagementReviewState::Held, Some(chair), Some(top)) = (to, record.chair, top)
            && !top.contains(&chair)
        {
            problems.add("chair", format!("{chair} does not belong to top management"));
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == ManagementReviewState::Held {
            record.body.held_on = record.held_on.or(Some(context.today()));
        }
    }

    fn sample() -> Self {
        Self {
            planned_for: day("2026-05-13"),
            held_on: day("2026-05-13"),
            period_from: day("2025-04-01"),
            period_to: day("2026-04-30"),
            chair: Some(Ref::new(1)),
            participants: vec![Ref::new(1), Ref::new(2)],
            suitability: Some("The ISMS suits the clinic; scope and policy remain.".into()),
            adequacy: Some(
                "Means are adequate for 2026; segmentation needs the planned second half of the money.".into(),
            ),
            effectiveness: Some("Five of six objectives are on course; patching is not.".into()),
            minutes: Some(Ref::new(10)),
            approval: Some(Ref::new(140)),
            next_planned: day("2026-11-25"),
        }
    }
}
