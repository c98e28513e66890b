//! Awareness programmes: what is taught to whom in a period.

use crate::records::prelude::*;

/// The plan for awareness and training in a period: aims, courses, campaigns and how many people are to be reached.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "AWP",
    title = "Awareness and training programme",
    plural = "Awareness and training programmes",
    steps = "8",
    clauses = "7.2 7.3 A.6.3",
    retention = "C",
    core
)]
pub struct AwarenessProgramme {
    /// First day of the period.
    #[field(required)]
    pub period_from: Option<Date>,
    /// Last day of the period.
    #[field(required)]
    pub period_to: Option<Date>,
    /// What it aims at, drawn from risks and incidents, for example: click rate at most 5 %.
    #[field(required)]
    pub goals: Vec<String>,
    /// Courses that belong to it.
    #[field(required)]
    pub courses: Vec<Ref<Course>>,
    /// What happens besides courses, such as posters and phishing tests.
    pub campaigns: Vec<Campaign>,
    /// Money set aside for it, for example 14000 USD.
    pub budget: Option<Money>,
    /// Share of people who are to complete their courses, in percent.
    #[field(required)]
    pub target_coverage: Option<Percent>,
    /// The person who runs it.
    #[field(required, own)]
    pub responsible: Option<Ref<Person>>,
    /// The signature by top management.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
}

/// States of an awareness and training programme.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AwarenessProgrammeState {
    /// Draft.
    Draft,
    /// Approved.
    Approved,
    /// Running.
    Running,
    /// Evaluated.
    Evaluated,
    /// Closed.
    Closed,
}

/// One entry of “campaigns”.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct Campaign {
    /// What it is called.
    pub name: Option<String>,
    /// Which way it reaches people, for example: mail, posters.
    pub channel: Option<String>,
    /// Day for which it is planned.
    pub planned_for: Option<Date>,
    /// Day on which it took place.
    pub done_on: Option<Date>,
}

impl Record for AwarenessProgramme {
    type State = AwarenessProgrammeState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::All], update: &[IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(AwarenessProgrammeState::Draft, AwarenessProgrammeState::Approved, &[TM, IM]),
        step(AwarenessProgrammeState::Approved, AwarenessProgrammeState::Running, &[IM]),
        step(AwarenessProgrammeState::Running, AwarenessProgrammeState::Evaluated, &[IM]),
        step(AwarenessProgrammeState::Evaluated, AwarenessProgrammeState::Closed, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.period_from, record.period_to, "period_to", "the first day of the period");
    }

    fn sample() -> Self {
        Self {
            period_from: day("2026-01-01"),
            period_to: day("2026-12-31"),
            goals: vec!["click rate at most 5 %".into(), "everybody knows how to report".into()],
            courses: vec![Ref::new(1), Ref::new(2)],
            campaigns: vec![
                Campaign {
                    name: Some("monthly phishing test".into()),
                    channel: Some("mail".into()),
                    planned_for: day("2026-06-10"),
                    done_on: day("2026-06-11"),
                },
                Campaign {
                    name: Some("clean desk week".into()),
                    channel: Some("posters".into()),
                    planned_for: day("2026-04-13"),
                    done_on: day("2026-04-17"),
                },
            ],
            budget: money("14000 USD"),
            target_coverage: decimal("95").map(Percent),
            responsible: Some(Ref::new(17)),
            approval: Some(Ref::new(138)),
        }
    }
}
