//! Controls: measures as they work here, each realising any number of Annex A entries (6.1.3 b and c).

use crate::caused::tell_risk_owners;
use crate::records::prelude::*;
use crate::records::shared::no_auditor;

/// A measure as it works here; it may realise several entries of Annex A.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "C",
    title = "Control",
    plural = "Controls",
    steps = "6,7",
    clauses = "6.1.3 b-c 8.3",
    retention = "B",
    core
)]
pub struct Control {
    /// Where it comes from.
    #[field(required)]
    pub source: Option<ControlSource>,
    /// Entries of Annex A that it realises, such as A.8.13.
    pub annex_refs: Vec<String>,
    /// What it achieves.
    #[field(required)]
    pub purpose: Option<String>,
    /// How it is implemented here; required once work on it begins.
    pub how: Option<LongText>,
    /// Whether it prevents, detects or corrects.
    #[field(required)]
    pub control_types: Vec<ControlType>,
    /// Which side of a risk it lowers.
    #[field(required)]
    pub acts_on: Vec<ControlActsOn>,
    /// Control owner, who answers for it.
    #[field(required, own)]
    pub owner: Option<Ref<Person>>,
    /// Who runs it.
    pub operator: Option<Ref<Person>>,
    /// How often it is operated, such as P1M for every month; empty when it works all the time.
    pub frequency: Option<Period>,
    /// Share of events stopped or loss avoided if it is operated perfectly, 0 to 100.
    pub design_effectiveness: Option<Percent>,
    /// Share of cases in which it really works, 0 to 100, from tests.
    pub operating_effectiveness: Option<Percent>,
    /// Policy or procedure that describes it.
    pub documents: Vec<Ref<Document>>,
    /// Obligations that it helps to meet.
    pub obligations: Vec<Ref<Obligation>>,
    /// Who provides it.
    pub suppliers: Vec<Ref<Supplier>>,
    /// Day by which it is to be implemented; required as long as it is planned.
    pub planned_for: Option<Date>,
    /// Day from which it works.
    #[field(immaterial)]
    pub implemented_on: Option<Date>,
    /// Cost that arises once.
    pub cost_once: Option<Money>,
    /// Cost per year.
    pub cost_year: Option<Money>,
    /// Day of the last test.
    #[field(immaterial)]
    pub last_tested_on: Option<Date>,
    /// Day by which it must be tested next; required once it is implemented.
    pub next_test_due: Option<Date>,
}

/// States of a control.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ControlState {
    /// Planned.
    Planned,
    /// In progress.
    InProgress,
    /// Implemented.
    Implemented,
    /// Ineffective.
    Ineffective,
    /// Retired.
    Retired,
    /// Cancelled.
    Cancelled,
}

/// Where a control comes from.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ControlSource {
    /// Annex A.
    AnnexA,
    /// Own.
    Own,
    /// Law.
    Law,
    /// Contract.
    Contract,
    /// Other framework.
    OtherFramework,
}

/// When a control takes effect.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ControlType {
    /// Preventive.
    Preventive,
    /// Detective.
    Detective,
    /// Corrective.
    Corrective,
}

/// Which side of a risk a control lowers.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ControlActsOn {
    /// Likelihood.
    Likelihood,
    /// Impact.
    Impact,
}

impl Record for Control {
    type State = ControlState;

    const RIGHTS: Rights = Rights { create: &[IM, CO], read: &[Who::Isms, EX], update: &[IM, Who::Own], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ControlState::Planned, ControlState::InProgress, &[CO]),
        step(ControlState::InProgress, ControlState::Implemented, &[CO]),
        step(ControlState::Implemented, ControlState::Ineffective, &[IM, IA]),
        step(ControlState::Ineffective, ControlState::InProgress, &[CO]),
        step(ControlState::Implemented, ControlState::Retired, &[IM]),
        step(ControlState::Planned, ControlState::Cancelled, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.last_tested_on, record.next_test_due, "next_test_due", "the last test");
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        match to {
            ControlState::InProgress => {
                problems.need(record.how.is_none(), "how", "once work on it begins");
                problems.need(record.planned_for.is_none(), "planned_for", "as long as it is not implemented");
                no_auditor(record.owner, "owner", &record.annex_refs, &[], context.isms, problems);
            }
            ControlState::Implemented => {
                problems.need(record.how.is_none(), "how", "once work on it begins");
                problems.need(record.next_test_due.is_none(), "next_test_due", "once it is implemented");
                no_auditor(record.owner, "owner", &record.annex_refs, &[], context.isms, problems);
            }
            ControlState::Planned | ControlState::Ineffective | ControlState::Retired | ControlState::Cancelled => {}
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == ControlState::Implemented {
            record.body.implemented_on.get_or_insert(context.today());
        }
    }

    /// Who counts on it hears that it does not work, whoever found that out.
    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        let fails = |control: &Stored<Self>| control.state == ControlState::Ineffective && !control.is_void();
        let failed = context.before.get(record.reference()).is_some_and(fails);
        if fails(record) && !failed {
            tell_risk_owners(record.reference().any(), record, context, follow);
        }
    }

    fn sample() -> Self {
        Self {
            source: Some(ControlSource::AnnexA),
            annex_refs: vec!["A.5.1".into()],
            purpose: Some("Policy framework and acknowledgement".into()),
            how: Some(
                "Top policy and topic policies in the document register; yearly review; \
        acknowledgement in the ISMS tool."
                    .into(),
            ),
            control_types: vec![ControlType::Preventive],
            acts_on: vec![ControlActsOn::Likelihood],
            owner: Some(Ref::new(2)),
            operator: Some(Ref::new(2)),
            design_effectiveness: decimal("80").map(Percent),
            operating_effectiveness: decimal("90").map(Percent),
            implemented_on: day("2025-07-15"),
            cost_once: money("4000 USD"),
            cost_year: money("1500 USD"),
            last_tested_on: day("2026-02-20"),
            next_test_due: day("2027-02-20"),
            ..Self::default()
        }
    }
}
