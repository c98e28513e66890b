//! Notification duties: deadlines towards authorities, affected people and partners after an incident.

mod clock;

pub use clock::due_at;

use crate::records::prelude::*;

/// One deadline towards an authority, the affected people or a partner after an incident.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "ND",
    title = "Notification duty",
    plural = "Notification duties",
    steps = "9",
    clauses = "A.5.5 A.5.26 A.5.31",
    retention = "L",
    core
)]
pub struct NotificationDuty {
    /// The incident that gives rise to it.
    #[field(required)]
    pub incident: Option<Ref<Incident>>,
    /// The law or contract it comes from; its own number of hours goes before that of the rule set.
    pub obligation: Option<Ref<Obligation>>,
    /// The set of rules by which the deadline is counted.
    #[field(required)]
    pub regime: Option<Regime>,
    /// To whom it goes, for example: the supervisory authority, 612 patients by letter.
    #[field(required)]
    pub recipient: Option<String>,
    /// When the clock began to run: awareness, discovery, or the notice before it, as the rule set says.
    #[field(required)]
    pub clock_start: Option<Timestamp>,
    /// Until when it must be sent; when left empty, computed from the rule set or the hours of the obligation.
    #[field(required)]
    pub due_at: Option<Timestamp>,
    /// Whether the notification has to be sent.
    #[field(required)]
    pub required: Option<NotificationDutyRequired>,
    /// Why it need not be sent; needed when it is not required.
    pub reason: Option<String>,
    /// Who decided whether it has to be sent; when left empty, the person who marks it as not required.
    pub decided_by: Option<Ref<Person>>,
    /// When it was sent; when left empty, the moment at which it is marked as sent.
    pub sent_at: Option<Timestamp>,
    /// Why it was late; needed when it was sent after the deadline.
    pub delay_reason: Option<String>,
    /// A copy of what was sent and the receipt.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
}

/// States of a notification duty.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotificationDutyState {
    /// Open.
    Open,
    /// Sent.
    Sent,
    /// Not required.
    NotRequired,
    /// Closed.
    Closed,
}

/// Options of “required”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotificationDutyRequired {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Undetermined.
    Undetermined,
}

impl Record for NotificationDuty {
    type State = NotificationDutyState;

    const RIGHTS: Rights = Rights { create: &[Who::System, IM], read: &[IM, TM, IA, EX], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(NotificationDutyState::Open, NotificationDutyState::Sent, &[IM]),
        step(NotificationDutyState::Open, NotificationDutyState::NotRequired, &[IM]),
        step(NotificationDutyState::Sent, NotificationDutyState::Closed, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.clock_start, record.due_at, "due_at", "the start of the clock");
        problems.order(record.clock_start, record.sent_at, "sent_at", "the start of the clock");
    }

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        let required = record.required;
        match to {
            NotificationDutyState::NotRequired => {
                if required.is_some_and(|required| required != NotificationDutyRequired::No) {
                    problems.add("required", "must be “no” before the duty is marked as not required");
                }
                problems.need(record.reason.is_none(), "reason", "when no notification is required");
                problems.need(record.decided_by.is_none(), "decided_by", "when no notification is required");
            }
            NotificationDutyState::Sent => {
                if required == Some(NotificationDutyRequired::No) {
                    problems.add("required", "says “no”, but the notification was sent");
                }
                let late = record.sent_at.zip(record.due_at).is_some_and(|(sent, due)| sent > due);
                problems.need(late && record.delay_reason.is_none(), "delay_reason", "when it was sent late");
            }
            NotificationDutyState::Open | NotificationDutyState::Closed => {}
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            NotificationDutyState::Open => {
                record.body.due_at = record.due_at.or_else(|| {
                    let incident = context.isms.find(record.incident);
                    let hours =
                        context.isms.find(record.obligation).and_then(|obligation| obligation.notification_hours);
                    due_at(record.regime?, record.clock_start?, incident.map(|incident| &incident.body), hours)
                });
            }
            NotificationDutyState::NotRequired => {
                record.body.decided_by = record.decided_by.or(context.principal.person());
            }
            NotificationDutyState::Sent => record.body.sent_at = record.sent_at.or(Some(context.now)),
            NotificationDutyState::Closed => {}
        }
    }

    fn sample() -> Self {
        Self {
            incident: Some(Ref::new(1)),
            obligation: Some(Ref::new(3)),
            regime: Some(Regime::HipaaIndividuals),
            recipient: Some("612 patients by letter".into()),
            clock_start: moment("2025-10-14T11:40:00Z"),
            due_at: moment("2025-12-13T11:40:00Z"),
            required: Some(NotificationDutyRequired::Yes),
            decided_by: Some(Ref::new(9)),
            sent_at: moment("2025-12-05T14:00:00Z"),
            evidence: vec![Ref::new(801)],
            ..Self::default()
        }
    }
}
