//! Security incidents: what happened, what was done, what it cost and what was learnt.

use crate::field::FieldValue;
use crate::caused::Cause;
use crate::records::prelude::*;
use crate::records::risk_assessment::RiskAssessmentTrigger;

/// A confirmed security incident with its history: what happened, what was done, and what was learnt.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "INC",
    title = "Security incident",
    plural = "Security incidents",
    steps = "9",
    clauses = "A.5.24-A.5.28",
    retention = "L",
    core,
    fact
)]
pub struct Incident {
    /// What kind of incident it is.
    #[field(required)]
    pub category: Option<IncidentCategory>,
    /// How grave it is, by the scale of the incident procedure.
    #[field(required)]
    pub severity: Option<Criticality>,
    /// When it began, as far as known.
    pub occurred_at: Option<Timestamp>,
    /// When it was noticed.
    #[field(required)]
    pub detected_at: Option<Timestamp>,
    /// Start of the legal clocks: when the incident was first known or should have been known (under HIPAA not the end
    /// of the analysis); under the GDPR when it was reasonably certain that personal data were affected.
    pub aware_at: Option<Timestamp>,
    /// When it could spread no further; when left empty, the moment at which it is marked as contained.
    pub contained_at: Option<Timestamp>,
    /// When its cause was removed; when left empty, the moment at which it is marked as eradicated.
    pub eradicated_at: Option<Timestamp>,
    /// When normal operation was back; when left empty, the moment at which it is marked as recovered.
    pub recovered_at: Option<Timestamp>,
    /// When it was closed; when left empty, the moment at which it is marked as closed.
    pub closed_at: Option<Timestamp>,
    /// The person who leads the response.
    #[field(required, own)]
    pub manager: Option<Ref<Person>>,
    /// Assets that are affected.
    #[field(required)]
    pub assets: Vec<Ref<Asset>>,
    /// Business processes that are affected.
    pub processes: Vec<Ref<BusinessProcess>>,
    /// Suppliers that are involved.
    pub suppliers: Vec<Ref<Supplier>>,
    /// What was lost: confidentiality, integrity or availability.
    #[field(required)]
    pub effects: Vec<Property>,
    /// Whether personal or health data are concerned; this starts the duties to notify.
    #[field(required)]
    pub personal_data: Option<bool>,
    /// How many people the data are about; needed from containment on when personal data are concerned.
    pub persons_affected: Option<i64>,
    /// How likely the data were compromised and what risk that is to people, with the result; needed from containment
    /// on when personal data are concerned.
    pub breach_assessment: Option<LongText>,
    /// What happened and was done, in order; entries may be added, never changed or removed.
    #[field(required)]
    pub timeline: Vec<TimelineEntry>,
    /// Why it could happen; needed from the review on.
    pub cause: Option<LongText>,
    /// What is done differently from now on (A.5.27); needed from the review on.
    pub lessons: Option<LongText>,
    /// Risks that came true; they are assessed again.
    pub risks: Vec<Ref<Risk>>,
    /// The nonconformity that was opened, when a requirement was not met.
    pub nonconformity: Option<Ref<Nonconformity>>,
    /// What it cost in all, for example 86400 USD.
    pub cost: Option<Money>,
    /// Day of the review after the incident; when left empty, the day on which it is marked as reviewed.
    #[field(immaterial)]
    pub reviewed_on: Option<Date>,
    /// Proofs, with a record of who held them when.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
}

/// States of a security incident.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IncidentState {
    /// Reported.
    Reported,
    /// Triaged.
    Triaged,
    /// Contained.
    Contained,
    /// Eradicated.
    Eradicated,
    /// Recovered.
    Recovered,
    /// Reviewed.
    Reviewed,
    /// Closed.
    Closed,
}

/// Options of “category”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IncidentCategory {
    /// Malware.
    Malware,
    /// Phishing.
    Phishing,
    /// Unauthorised access.
    UnauthorisedAccess,
    /// Data disclosure.
    DataDisclosure,
    /// Data loss.
    DataLoss,
    /// Service outage.
    ServiceOutage,
    /// Physical.
    Physical,
    /// Supplier.
    Supplier,
    /// Misuse.
    Misuse,
    /// Other.
    Other,
}

/// One entry of “timeline”.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct TimelineEntry {
    /// When it happened.
    pub at: Option<Timestamp>,
    /// Who did or saw it.
    pub who: Option<String>,
    /// What happened or was done.
    pub what: Option<String>,
}

impl Record for Incident {
    type State = IncidentState;

    const RIGHTS: Rights = Rights {
        create: &[IM, CO],
        read: &[IM, CO, IA, TM, Who::Via { via: "assets", field: "owner" }],
        update: &[IM, CO],
        approve: &[],
    };

    const FLOW: &'static [Step<Self::State>] = &[
        step(IncidentState::Reported, IncidentState::Triaged, &[IM]),
        step(IncidentState::Triaged, IncidentState::Contained, &[IM]),
        step(IncidentState::Contained, IncidentState::Eradicated, &[IM]),
        step(IncidentState::Eradicated, IncidentState::Recovered, &[IM]),
        step(IncidentState::Recovered, IncidentState::Reviewed, &[IM]),
        step(IncidentState::Reviewed, IncidentState::Closed, &[IM]),
        named("false_alarm", IncidentState::Triaged, IncidentState::Closed, &[IM]),
    ];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        problems.order(record.occurred_at, record.detected_at, "detected_at", "the beginning of the incident");
        problems.order(record.occurred_at, record.aware_at, "aware_at", "the beginning of the incident");
        let mut before = (record.detected_at, "the detection");
        for (field, moment, words) in [
            ("contained_at", record.contained_at, "the containment"),
            ("eradicated_at", record.eradicated_at, "the eradication"),
            ("recovered_at", record.recovered_at, "the recovery"),
            ("closed_at", record.closed_at, "the closing"),
        ] {
            problems.order(before.0, moment, field, before.1);
            before = if moment.is_some() { (moment, words) } else { before };
        }
        problems.not_negative(record.persons_affected, "persons_affected");
        if let Some(stored) = isms.get(record.reference()) {
            let mut kept = record.timeline.iter();
            let removed = stored.timeline.iter().find(|entry| !kept.any(|now| now == *entry));
            if let Some(entry) = removed {
                let what = entry.what.as_deref().unwrap_or_default();
                problems.add("timeline", format!("must keep the entry “{what}” as it is: the log is only added to"));
            }
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        let stored = context.isms.get(record.reference());
        let false_alarm = stored.is_some_and(|stored| stored.state == IncidentState::Triaged);
        if to < IncidentState::Contained || (to == IncidentState::Closed && false_alarm) {
            return;
        }
        if record.personal_data == Some(true) {
            let when = "when personal data are concerned";
            problems.need(record.persons_affected.is_none(), "persons_affected", when);
            problems.need(record.breach_assessment.is_none(), "breach_assessment", when);
        }
        if to >= IncidentState::Reviewed {
            problems.need(record.cause.is_none(), "cause", "when the incident is reviewed");
            problems.need(record.lessons.is_none(), "lessons", "when the incident is reviewed");
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        let now = Some(context.now);
        let body = &mut record.body;
        // A later milestone that is already noted says that the earlier one lies before now, but not when.
        let after_containment = body.eradicated_at.or(body.recovered_at).or(body.closed_at);
        let after_eradication = body.recovered_at.or(body.closed_at);
        match record.state {
            IncidentState::Contained if after_containment.is_none() => body.contained_at = body.contained_at.or(now),
            IncidentState::Eradicated if after_eradication.is_none() => body.eradicated_at = body.eradicated_at.or(now),
            IncidentState::Recovered if body.closed_at.is_none() => body.recovered_at = body.recovered_at.or(now),
            IncidentState::Reviewed => body.reviewed_on = body.reviewed_on.or(Some(context.today())),
            IncidentState::Closed => body.closed_at = body.closed_at.or(now),
            _ => {}
        }
    }

    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        let me = record.reference();
        let risks = record.risks.iter().filter_map(|risk| context.isms.get(*risk));
        for risk in risks.filter(|risk| !record.is_void() && risk.is_live() && !risk.incidents.contains(&me)) {
            let mut incidents = risk.incidents.clone();
            incidents.push(me);
            let reason = format!("{me} names it as a risk that came true");
            follow.push(Follow::field(risk.reference().any(), "incidents", incidents.to_value(), reason));
        }
        let over = matches!(record.state, IncidentState::Recovered | IncidentState::Reviewed);
        let grave = matches!(record.severity, Some(Criticality::High | Criticality::Critical));
        if over && grave && !record.is_void() {
            let cause = Cause {
                what: me.any(),
                title: record.title(),
                trigger: RiskAssessmentTrigger::Incident,
                risks: &record.risks,
                assets: &record.assets,
            };
            cause.ask_for_assessment(context, follow);
        }
    }

    fn sample() -> Self {
        Self {
            category: Some(IncidentCategory::Phishing),
            severity: Some(Criticality::High),
            occurred_at: moment("2025-10-13T18:22:00Z"),
            detected_at: moment("2025-10-14T11:40:00Z"),
            aware_at: moment("2025-10-14T11:40:00Z"),
            contained_at: moment("2025-10-14T13:05:00Z"),
            eradicated_at: moment("2025-10-15T17:30:00Z"),
            recovered_at: moment("2025-10-16T09:00:00Z"),
            closed_at: moment("2025-12-08T15:00:00Z"),
            manager: Some(Ref::new(5)),
            assets: vec![Ref::new(12), Ref::new(6)],
            processes: vec![Ref::new(6)],
            suppliers: vec![Ref::new(8)],
            effects: vec![Property::Confidentiality, Property::Integrity],
            personal_data: Some(true),
            persons_affected: Some(612),
            breach_assessment: Some(
                "Names and diagnosis codes of 612 people, unknown reader, messages opened: a reportable breach.".into(),
            ),
            timeline: vec![
                TimelineEntry {
                    at: moment("2025-10-14T11:40:00Z"),
                    who: Some("PER-0022".into()),
                    what: Some("reports odd mails".into()),
                },
                TimelineEntry {
                    at: moment("2025-10-14T12:10:00Z"),
                    who: Some("PER-0010".into()),
                    what: Some("sessions ended, password reset".into()),
                },
            ],
            cause: Some(
                "Second factor was not enforced on old mail protocols; phishing page was not recognised.".into(),
            ),
            lessons: Some("Old protocols switched off for all; mailbox content reduced by retention rule.".into()),
            risks: vec![Ref::new(1)],
            nonconformity: Some(Ref::new(4)),
            cost: money("86400 USD"),
            reviewed_on: day("2025-11-04"),
            evidence: vec![Ref::new(801)],
        }
    }
}
