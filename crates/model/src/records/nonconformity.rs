//! Nonconformities: requirements that are not met, from whatever source, until they are put right.

use crate::records::prelude::*;

/// A requirement that is not met, from whatever source, and what is done about it.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "NC",
    title = "Nonconformity",
    plural = "Nonconformities",
    steps = "12",
    clauses = "10.2",
    retention = "C",
    core,
    fact
)]
pub struct Nonconformity {
    /// How it came to light.
    #[field(required)]
    pub source: Option<NonconformitySource>,
    /// The record it came from, such as a finding or an incident.
    pub source_record: Option<AnyRef>,
    /// How much it weighs.
    #[field(required)]
    pub grade: Option<NonconformityGrade>,
    /// The requirement that is not met, for example A.5.18 or 7.2.
    #[field(required)]
    pub requirement_id: Option<String>,
    /// What is wrong, in facts (clause 10.2 f).
    #[field(required)]
    pub statement: Option<LongText>,
    /// Day on which it came to light.
    #[field(required)]
    pub detected_on: Option<Date>,
    /// Who has to put it right; somebody else closes it.
    #[field(required, own)]
    pub owner: Option<Ref<Person>>,
    /// What was done at once (clause 10.2 a 1); needed when it is corrected.
    pub correction: Option<LongText>,
    /// Day on which that was done; when left empty, the day on which it is marked as corrected.
    pub correction_done_on: Option<Date>,
    /// What it caused and how that was handled (clause 10.2 a 2); needed when it is corrected.
    pub consequences: Option<LongText>,
    /// Where else it was looked for, with the result (clause 10.2 b 3); needed when it is analysed.
    pub similar_check: Option<LongText>,
    /// Similar cases that were found.
    pub similar_found: Vec<Ref<Nonconformity>>,
    /// Whether the cause has to be removed (clause 10.2 b); needed when it is analysed.
    pub action_needed: Option<bool>,
    /// Why the cause need not be removed; needed when no action is needed.
    pub no_action_reason: Option<String>,
    /// Day by which the cause is removed.
    #[field(required)]
    pub due: Option<Date>,
    /// The change to the ISMS that it led to (clause 10.2 e).
    pub isms_change: Option<Ref<Change>>,
    /// Day on which it was closed; when left empty, the day on which it is marked as closed.
    pub closed_on: Option<Date>,
    /// Who closed it, not its owner; when left empty, the person who marks it as closed.
    pub closed_by: Option<Ref<Person>>,
}

/// States of a nonconformity.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NonconformityState {
    /// Open.
    Open,
    /// Corrected.
    Corrected,
    /// Analysed.
    Analysed,
    /// Action planned.
    ActionPlanned,
    /// Closed.
    Closed,
    /// Action done.
    ActionDone,
    /// Verified.
    Verified,
}

/// Options of “source”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NonconformitySource {
    /// Internal audit.
    InternalAudit,
    /// External audit.
    ExternalAudit,
    /// Incident.
    Incident,
    /// Monitoring.
    Monitoring,
    /// Control test.
    ControlTest,
    /// Management review.
    ManagementReview,
    /// Self report.
    SelfReport,
    /// Complaint.
    Complaint,
    /// Obligation check.
    ObligationCheck,
    /// Exercise.
    Exercise,
}

/// Options of “grade”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NonconformityGrade {
    /// Major.
    Major,
    /// Minor.
    Minor,
}

impl Record for Nonconformity {
    type State = NonconformityState;

    const RIGHTS: Rights =
        Rights { create: &[Who::Isms], read: &[Who::Isms, EX], update: &[Who::Own, IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(NonconformityState::Open, NonconformityState::Corrected, &[Who::Own]),
        step(NonconformityState::Corrected, NonconformityState::Analysed, &[Who::Own]),
        step(NonconformityState::Analysed, NonconformityState::ActionPlanned, &[Who::Own]),
        named("no_action", NonconformityState::Analysed, NonconformityState::Closed, &[IM]),
        step(NonconformityState::ActionPlanned, NonconformityState::ActionDone, &[Who::Own]),
        step(NonconformityState::ActionDone, NonconformityState::Verified, &[IM, IA]),
        step(NonconformityState::Verified, NonconformityState::Closed, &[IM, IA]),
        named("not_effective", NonconformityState::ActionDone, NonconformityState::Analysed, &[IM, IA]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        let found = record.detected_on;
        problems.order(found, record.correction_done_on, "correction_done_on", "the day it came to light");
        problems.order(found, record.due, "due", "the day it came to light");
        problems.order(found, record.closed_on, "closed_on", "the day it came to light");
        if record.similar_found.contains(&record.reference()) {
            problems.add("similar_found", "names the nonconformity itself");
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to == NonconformityState::Open {
            return;
        }
        problems.need(record.correction.is_none(), "correction", "when it is corrected");
        problems.need(record.consequences.is_none(), "consequences", "when it is corrected");
        if to == NonconformityState::Corrected {
            return;
        }
        problems.need(record.similar_check.is_none(), "similar_check", "when it is analysed");
        problems.need(record.action_needed.is_none(), "action_needed", "when it is analysed");
        let no_action = record.action_needed == Some(false);
        problems.need(no_action && record.no_action_reason.is_none(), "no_action_reason", "when no action is needed");
        let stored = context.isms.get(record.reference());
        let from_analysis = stored.is_some_and(|stored| stored.state == NonconformityState::Analysed);
        if to == NonconformityState::ActionPlanned && no_action {
            problems.add("action_needed", "says that no action is needed, so that none can be planned");
        }
        if to == NonconformityState::Closed {
            if from_analysis && record.action_needed == Some(true) {
                problems.add("action_needed", "says that an action is needed, so that it cannot be closed without one");
            }
            let owner = record.body.owner;
            problems.need(record.closed_by.is_none(), "closed_by", "when it is closed");
            if owner.is_some() && (record.closed_by == owner || context.principal.person() == owner) {
                problems.add("closed_by", "owns the nonconformity; somebody else has to close it");
            }
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            NonconformityState::Corrected => {
                record.body.correction_done_on = record.correction_done_on.or(Some(context.today()));
            }
            NonconformityState::Closed => {
                record.body.closed_on = record.closed_on.or(Some(context.today()));
                record.body.closed_by = record.closed_by.or(context.principal.person());
            }
            _ => {}
        }
    }

    fn sample() -> Self {
        Self {
            source: Some(NonconformitySource::InternalAudit),
            source_record: "F-0001".parse().ok(),
            grade: Some(NonconformityGrade::Minor),
            requirement_id: Some("A.5.18".into()),
            statement: Some("Two of twelve sampled leavers kept access for 4 and 9 days.".into()),
            detected_on: day("2026-03-20"),
            owner: Some(Ref::new(7)),
            correction: Some("Both accounts were already closed; logs show no use after leaving.".into()),
            correction_done_on: day("2026-03-20"),
            consequences: Some("No misuse; managers informed.".into()),
            similar_check: Some(
                "All 29 leavers from July 2025 to February 2026 checked: three further late cases, each within 2 days."
                    .into(),
            ),
            action_needed: Some(true),
            due: day("2026-07-31"),
            isms_change: Some(Ref::new(4)),
            ..Self::default()
        }
    }
}
