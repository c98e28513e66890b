//! Treatment plan actions: pieces of work in a risk treatment plan (6.1.3 e, 8.3).

use crate::records::prelude::*;
use crate::records::shared::{circle, no_auditor};
use crate::records::treatment::TreatmentOption;

/// One piece of work in a risk treatment plan.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "TA",
    title = "Treatment plan action",
    plural = "Treatment plan actions",
    steps = "6,7",
    clauses = "6.1.3 e 8.3",
    retention = "B",
    core
)]
pub struct TreatmentAction {
    /// Plan that it belongs to.
    #[field(required)]
    pub plan: Option<Ref<TreatmentPlan>>,
    /// Treatment decisions that it serves.
    #[field(required)]
    pub treatments: Vec<Ref<Treatment>>,
    /// Control that it builds or improves; required where the decision is to treat.
    pub control: Option<Ref<Control>>,
    /// Work to be done.
    #[field(required)]
    pub what: Option<LongText>,
    /// The one person who does it or sees to it.
    #[field(required, own)]
    pub responsible: Option<Ref<Person>>,
    /// Day on which the work begins.
    pub start: Option<Date>,
    /// Day by which it is to be done.
    #[field(required, index)]
    pub due: Option<Date>,
    /// People, tools and suppliers it takes.
    #[field(required)]
    pub resources: Option<String>,
    /// Own effort in working days.
    pub effort_days: Option<Decimal>,
    /// Planned cost that arises once; write 0 where there is none.
    pub cost_once: Option<Money>,
    /// Planned cost per year.
    pub cost_year: Option<Money>,
    /// Money spent so far.
    #[field(immaterial)]
    pub cost_actual: Option<Money>,
    /// In which order actions are taken.
    #[field(required)]
    pub priority: Option<TreatmentActionPriority>,
    /// How much is done, from 0 to 100.
    #[field(required, immaterial)]
    pub progress: Option<Percent>,
    /// Criteria by which its success is judged.
    pub criteria: Vec<Ref<EffectivenessCriterion>>,
    /// Day on which it was done.
    #[field(immaterial)]
    pub done_on: Option<Date>,
    /// Who has checked that it is done; not the one who did it.
    #[field(immaterial)]
    pub verified_by: Option<Ref<Person>>,
    /// Day on which that was checked.
    #[field(immaterial)]
    pub verified_on: Option<Date>,
    /// Proofs; required when it is done.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
    /// What stands in the way; required when it is blocked.
    pub blocked_reason: Option<String>,
    /// Actions that must be done before it begins.
    pub after: Vec<Ref<TreatmentAction>>,
}

/// States of a treatment plan action.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TreatmentActionState {
    /// Planned.
    Planned,
    /// In progress.
    InProgress,
    /// Blocked.
    Blocked,
    /// Done.
    Done,
    /// Verified.
    Verified,
    /// Cancelled.
    Cancelled,
}

/// In which order actions are taken.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TreatmentActionPriority {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Urgent.
    Urgent,
}

impl Record for TreatmentAction {
    type State = TreatmentActionState;

    const RIGHTS: Rights = Rights { create: &[IM, RO], read: &[Who::Isms, EX], update: &[IM, Who::Own], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(TreatmentActionState::Planned, TreatmentActionState::InProgress, &[Who::Own]),
        step(TreatmentActionState::InProgress, TreatmentActionState::Blocked, &[Who::Own]),
        step(TreatmentActionState::Blocked, TreatmentActionState::InProgress, &[Who::Own]),
        step(TreatmentActionState::InProgress, TreatmentActionState::Done, &[Who::Own]),
        step(TreatmentActionState::Done, TreatmentActionState::Verified, &[IM, RO]),
        step(TreatmentActionState::Planned, TreatmentActionState::Cancelled, &[RO]),
    ];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        if let Some(circle) = circle(record, isms, "after", |action| &action.after) {
            problems.add("after", format!("makes the action wait for itself: {circle}"));
        }
        problems.order(record.start, record.due, "due", "the start");
        problems.order(record.start, record.done_on, "done_on", "the start");
        problems.order(record.done_on, record.verified_on, "verified_on", "the day it was done");
        problems.not_negative(record.effort_days, "effort_days");
        if record.responsible.is_some() && record.verified_by == record.responsible {
            problems.add("verified_by", "must be somebody else than the responsible person");
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        let isms = context.isms;
        match to {
            TreatmentActionState::InProgress => {
                for other in record.after.iter().filter_map(|other| isms.get(*other)).filter(|other| other.is_open()) {
                    problems.add("after", format!("names {}, which is not done yet", other.reference()));
                }
                let mut treatments = record.treatments.iter().filter_map(|treatment| isms.get(*treatment));
                let treats = treatments.any(|treatment| treatment.option == Some(TreatmentOption::Treat));
                problems.need(treats && record.control.is_none(), "control", "where the decision is to treat");
                problems.need(
                    record.cost_once.is_none(),
                    "cost_once",
                    "before work begins; write 0 where there is none",
                );
                let annex = isms.find(record.control).map(|control| control.annex_refs.clone()).unwrap_or_default();
                let units: Vec<Ref<OrgUnit>> = record.risks(isms).flat_map(|risk| risk.units(isms)).collect();
                no_auditor(record.responsible, "responsible", &annex, &units, isms, problems);
            }
            TreatmentActionState::Blocked => {
                problems.need(record.blocked_reason.is_none(), "blocked_reason", "when it is blocked");
            }
            TreatmentActionState::Done => {
                problems.need(record.evidence.is_empty(), "evidence", "when it is done");
            }
            TreatmentActionState::Verified => {
                let who = context.principal.person();
                problems.need(record.verified_by.is_none(), "verified_by", "when it is verified");
                if who.is_some() && record.responsible == who {
                    problems.add("verified_by", "must be somebody else than the responsible person");
                }
                if !context.principal.has(Role::IsmsManager) {
                    record.only_risk_owners(context, problems);
                }
            }
            TreatmentActionState::Cancelled => record.only_risk_owners(context, problems),
            TreatmentActionState::Planned => {}
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            TreatmentActionState::Done => {
                record.body.done_on.get_or_insert(context.today());
            }
            TreatmentActionState::Verified => {
                record.body.verified_on.get_or_insert(context.today());
                record.body.verified_by = record.verified_by.or(context.principal.person());
            }
            TreatmentActionState::Planned
            | TreatmentActionState::InProgress
            | TreatmentActionState::Blocked
            | TreatmentActionState::Cancelled => {}
        }
    }

    fn sample() -> Self {
        Self {
            plan: Some(Ref::new(1)),
            treatments: vec![Ref::new(1)],
            control: Some(Ref::new(14)),
            what: Some("Second factor for mail, remote and privileged log-on; old mail protocols off".into()),
            responsible: Some(Ref::new(10)),
            start: day("2025-07-01"),
            due: day("2025-11-30"),
            resources: Some("2 engineers, token budget".into()),
            effort_days: decimal("25.0"),
            cost_once: money("18000 USD"),
            cost_year: money("9000 USD"),
            cost_actual: money("18600 USD"),
            priority: Some(TreatmentActionPriority::Urgent),
            progress: decimal("100").map(Percent),
            criteria: vec![Ref::new(14)],
            done_on: day("2025-11-28"),
            verified_by: Some(Ref::new(2)),
            verified_on: day("2025-11-28"),
            evidence: vec![Ref::new(14)],
            ..Self::default()
        }
    }
}

impl Stored<TreatmentAction> {
    /// Whether it is still to be done.
    pub fn is_open(&self) -> bool {
        use TreatmentActionState::{Blocked, InProgress, Planned};
        self.is_live() && matches!(self.state, Planned | InProgress | Blocked)
    }
}

impl TreatmentAction {
    /// The risks that it serves to treat.
    fn risks<'a>(&'a self, isms: &'a Isms) -> impl Iterator<Item = &'a Stored<Risk>> {
        let treatments = self.treatments.iter().filter_map(|treatment| isms.get(*treatment));
        treatments.filter_map(|treatment| isms.find(treatment.risk))
    }

    /// What is for risk owners to decide is for the owner of one of these very risks.
    fn only_risk_owners(&self, context: &Context<'_>, problems: &mut Problems) {
        let owners: Vec<Ref<Person>> = self.risks(context.isms).filter_map(|risk| risk.risk_owner).collect();
        let person = context.principal.person();
        if !owners.is_empty() && person.is_some_and(|person| !owners.contains(&person)) {
            problems.add("treatments", "concern risks of other owners: only the owner of one of them may do this");
        }
    }
}
