//! Metrics: what is measured, how, by whom, and which values are good.

use crate::records::prelude::*;

/// What is measured, how, by whom and how often, and which values are good.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(prefix = "MTR", title = "Metric", plural = "Metrics", steps = "9", clauses = "9.1", retention = "C", core)]
pub struct Metric {
    /// What somebody wants to know from it, for example: are leavers shut out in time?
    #[field(required)]
    pub purpose: Option<String>,
    /// What it looks at.
    #[field(required)]
    pub measures: Option<MetricMeasures>,
    /// Controls that it says something about.
    pub controls: Vec<Ref<Control>>,
    /// How the value is computed, for example 100 * numerator / denominator; words such as “count” for a number that is
    /// entered as it is.
    #[field(required)]
    pub formula: Option<String>,
    /// What is counted above the line, for example: accounts with a second factor.
    pub numerator: Option<String>,
    /// What is counted below the line, for example: all accounts.
    pub denominator: Option<String>,
    /// The unit of the value: %, h, count or a currency.
    #[field(required)]
    pub unit: Option<String>,
    /// Whether high or low values are good.
    #[field(required)]
    pub direction: Option<MetricDirection>,
    /// The value that is aimed at: from here on it is green.
    #[field(required)]
    pub target: Option<Decimal>,
    /// The boundary between amber and red; between it and the target the value is amber.
    #[field(required)]
    pub amber: Option<Decimal>,
    /// How often values are collected, for example P1M for monthly or P3M for quarterly.
    #[field(required)]
    pub frequency: Option<Period>,
    /// How often the values are analysed, for example P3M for quarterly.
    #[field(required)]
    pub analysis_frequency: Option<Period>,
    /// Days after the end of a period until a missing value counts as overdue, for example 15.
    #[field(required)]
    pub grace_days: Option<i64>,
    /// Where the values come from, for example: report of the directory service.
    #[field(required)]
    pub data_source: Option<String>,
    /// Who collects the values (clause 9.1 d).
    #[field(required)]
    pub collector: Option<Ref<Person>>,
    /// Who analyses and rates the values (clause 9.1 f).
    #[field(required)]
    pub analyst: Option<Ref<Person>>,
    /// First day of the first period that is measured.
    #[field(required)]
    pub valid_from: Option<Date>,
}

/// States of a metric.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// Options of “measures”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricMeasures {
    /// Control.
    Control,
    /// Process.
    Process,
    /// Objective.
    Objective,
    /// Risk.
    Risk,
    /// Awareness.
    Awareness,
    /// Incident.
    Incident,
    /// Compliance.
    Compliance,
}

/// Options of “direction”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricDirection {
    /// Higher better.
    HigherBetter,
    /// Lower better.
    LowerBetter,
}

impl Record for Metric {
    type State = MetricState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] =
        &[step(MetricState::Draft, MetricState::Active, &[IM]), step(MetricState::Active, MetricState::Retired, &[IM])];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.grace_days, "grace_days");
        if let (Some(direction), Some(target), Some(amber)) = (record.direction, record.target, record.amber) {
            match direction {
                MetricDirection::HigherBetter if amber > target => {
                    problems
                        .add("amber", format!("lies above the target ({target}), although higher values are better"));
                }
                MetricDirection::LowerBetter if amber < target => {
                    problems
                        .add("amber", format!("lies below the target ({target}), although lower values are better"));
                }
                _ => {}
            }
        }
    }

    fn sample() -> Self {
        Self {
            purpose: Some("Show whether: accounts with second factor".into()),
            measures: Some(MetricMeasures::Control),
            controls: vec![Ref::new(14)],
            formula: Some("100 * numerator / denominator".into()),
            numerator: Some("accounts with second factor".into()),
            denominator: Some("all accounts".into()),
            unit: Some("%".into()),
            direction: Some(MetricDirection::HigherBetter),
            target: decimal("98.0"),
            amber: decimal("90.0"),
            frequency: period("P1M"),
            analysis_frequency: period("P3M"),
            grace_days: Some(15),
            data_source: Some("directory report".into()),
            collector: Some(Ref::new(10)),
            analyst: Some(Ref::new(2)),
            valid_from: day("2025-07-01"),
        }
    }
}
