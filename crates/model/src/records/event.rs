//! Security events: what somebody noticed, before it is clear what it is.

use crate::records::prelude::*;

/// What somebody noticed and reported, before it is clear what it is.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "EVT",
    title = "Security event",
    plural = "Security events",
    steps = "9",
    clauses = "A.6.8 A.5.25",
    retention = "C",
    fact
)]
pub struct Event {
    /// Who reported it; empty for anonymous reports and those of machines.
    #[field(own)]
    pub reported_by: Option<Ref<Person>>,
    /// When it was reported; when left empty, the moment of recording.
    #[field(required)]
    pub reported_at: Option<Timestamp>,
    /// Which way the report came.
    #[field(required)]
    pub channel: Option<EventChannel>,
    /// What was noticed, in the words of the report.
    #[field(required)]
    pub what: Option<LongText>,
    /// Who decided what it is; when left empty, the person who takes the decision.
    pub triaged_by: Option<Ref<Person>>,
    /// When it was decided; when left empty, the moment of the decision.
    pub triaged_at: Option<Timestamp>,
    /// What it turned out to be (A.5.25); needed to close the triage.
    pub decision: Option<EventDecision>,
    /// The incident that was opened; needed when the decision is incident.
    pub incident: Option<Ref<Incident>>,
}

/// States of a security event.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventState {
    /// New.
    New,
    /// Triaged.
    Triaged,
    /// Closed.
    Closed,
}

/// Options of “channel”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventChannel {
    /// Portal.
    Portal,
    /// Phone.
    Phone,
    /// Mail.
    Mail,
    /// Monitoring.
    Monitoring,
    /// Supplier.
    Supplier,
    /// External.
    External,
}

/// Options of “decision”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventDecision {
    /// Incident.
    Incident,
    /// Weakness.
    Weakness,
    /// No security relevance.
    NoSecurityRelevance,
    /// False alarm.
    FalseAlarm,
}

impl Record for Event {
    type State = EventState;

    const RIGHTS: Rights =
        Rights { create: &[Who::All, EX], read: &[IM, CO, IA, Who::Own], update: &[IM, CO], approve: &[] };

    const FLOW: &'static [Step<Self::State>] =
        &[step(EventState::New, EventState::Triaged, &[IM, CO]), step(EventState::Triaged, EventState::Closed, &[IM])];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.reported_at, record.triaged_at, "triaged_at", "the report");
    }

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if to == EventState::New {
            return;
        }
        problems.need(record.decision.is_none(), "decision", "when the event is triaged");
        let incident = record.decision == Some(EventDecision::Incident);
        problems.need(incident && record.incident.is_none(), "incident", "when the decision is incident");
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            EventState::New => record.body.reported_at = record.reported_at.or(Some(context.now)),
            EventState::Triaged => {
                record.body.triaged_at = record.triaged_at.or(Some(context.now));
                record.body.triaged_by = record.triaged_by.or(context.principal.person());
            }
            EventState::Closed => {}
        }
    }

    fn sample() -> Self {
        Self {
            reported_by: Some(Ref::new(22)),
            reported_at: moment("2025-10-14T11:40:00Z"),
            channel: Some(EventChannel::Portal),
            what: Some("Colleague writes odd mails about an unpaid invoice".into()),
            triaged_by: Some(Ref::new(5)),
            triaged_at: moment("2025-10-14T13:40:00Z"),
            decision: Some(EventDecision::Incident),
            incident: Some(Ref::new(1)),
        }
    }
}
