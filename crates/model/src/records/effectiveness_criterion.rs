//! Effectiveness criteria: how it is judged whether a control works.

use crate::records::prelude::*;

/// How it is judged whether a control works: a condition that can be measured, a way of measuring, and a rhythm.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "EC",
    title = "Control effectiveness criterion",
    plural = "Control effectiveness criteria",
    steps = "7",
    clauses = "6.1.1e2 9.1",
    retention = "C",
    core
)]
pub struct EffectivenessCriterion {
    /// The control that is judged.
    #[field(required)]
    pub control: Option<Ref<Control>>,
    /// A condition that can be measured, for example: a sample shows no more than 5 % exceptions.
    #[field(required)]
    pub statement: Option<String>,
    /// How it is found out.
    #[field(required)]
    pub method: Option<EffectivenessCriterionMethod>,
    /// The metric whose values decide; needed when the method is a metric.
    pub metric: Option<Ref<Metric>>,
    /// The value that counts as effective, for example: at most 5 % exceptions.
    #[field(required)]
    pub threshold: Option<String>,
    /// How often it is judged, for example P3M for quarterly or P1Y for yearly.
    #[field(required)]
    pub frequency: Option<Period>,
    /// The person who judges; not the one who operates the control.
    #[field(required)]
    pub evaluator: Option<Ref<Person>>,
}

/// States of a control effectiveness criterion.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectivenessCriterionState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// Options of “method”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectivenessCriterionMethod {
    /// Metric.
    Metric,
    /// Sample test.
    SampleTest,
    /// Technical test.
    TechnicalTest,
    /// Observation.
    Observation,
    /// Review.
    Review,
}

impl Record for EffectivenessCriterion {
    type State = EffectivenessCriterionState;

    const RIGHTS: Rights = Rights { create: &[IM, CO], read: &[Who::Isms], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(EffectivenessCriterionState::Draft, EffectivenessCriterionState::Active, &[IM]),
        step(EffectivenessCriterionState::Active, EffectivenessCriterionState::Retired, &[IM]),
    ];

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to != EffectivenessCriterionState::Active {
            return;
        }
        let by_metric = record.method == Some(EffectivenessCriterionMethod::Metric);
        problems.need(by_metric && record.metric.is_none(), "metric", "when the method is a metric");
        let operator = context.isms.find(record.control).and_then(|control| control.operator);
        if operator.is_some() && record.evaluator == operator {
            problems.add("evaluator", "operates the control and cannot judge it");
        }
    }

    fn sample() -> Self {
        Self {
            control: Some(Ref::new(1)),
            statement: Some("sample shows no more than 5 % exceptions".into()),
            method: Some(EffectivenessCriterionMethod::SampleTest),
            threshold: Some("<= 5 % exceptions".into()),
            frequency: period("P1Y"),
            evaluator: Some(Ref::new(2)),
            ..Self::default()
        }
    }
}
