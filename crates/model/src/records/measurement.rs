//! Measurements: the value of a metric for one period, and what the analyst says to it.

use crate::records::metric::MetricDirection;
use crate::records::prelude::*;

mod formula;

/// The value of a metric for one period, with its rating and what follows from it.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "MS",
    title = "Measurement",
    plural = "Measurements",
    steps = "9",
    clauses = "9.1",
    retention = "C",
    core,
    fact
)]
pub struct Measurement {
    /// The metric that is measured.
    #[field(required)]
    pub metric: Option<Ref<Metric>>,
    /// First day of the period.
    #[field(required)]
    pub period_start: Option<Date>,
    /// Last day of the period.
    #[field(required)]
    pub period_end: Option<Date>,
    /// The number above the line of the formula, as counted.
    pub numerator: Option<Decimal>,
    /// The number below the line of the formula, as counted.
    pub denominator: Option<Decimal>,
    /// The result; when left empty, the program computes it by the formula of the metric, to three digits after the
    /// point.
    #[field(required)]
    pub value: Option<Decimal>,
    /// Day on which the value was collected.
    #[field(required)]
    pub measured_on: Option<Date>,
    /// Who collected it.
    #[field(required, own)]
    pub collected_by: Option<Ref<Person>>,
    /// Day of the evaluation; when left empty, the day on which it is marked as evaluated.
    pub evaluated_on: Option<Date>,
    /// Who evaluated it; when left empty, the person who marks it as evaluated.
    pub evaluated_by: Option<Ref<Person>>,
    /// Green from the target on, amber up to the boundary, red beyond it; filled in by the program.
    pub rating: Option<MeasurementRating>,
    /// What is behind the value; needed to evaluate a red one.
    pub comment: Option<String>,
    /// The task, nonconformity or improvement that was opened; needed to evaluate a red value.
    pub follow_up: Option<AnyRef>,
}

/// States of a measurement.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MeasurementState {
    /// Recorded.
    Recorded,
    /// Evaluated.
    Evaluated,
    /// Void.
    Void,
}

/// Options of “rating”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MeasurementRating {
    /// Green.
    Green,
    /// Amber.
    Amber,
    /// Red.
    Red,
}

/// The rating of a value by the thresholds of its metric (domain specification, section 4): green when the target is
/// met, amber between the target and the boundary to red, red beyond it; a value on a boundary has the better rating.
/// `None` while the metric lacks its thresholds.
pub fn rate(metric: &Metric, value: Decimal) -> Option<MeasurementRating> {
    let meets = |bound: Decimal| match metric.direction {
        Some(MetricDirection::HigherBetter) => Some(value >= bound),
        Some(MetricDirection::LowerBetter) => Some(value <= bound),
        None => None,
    };
    Some(match (meets(metric.target?)?, meets(metric.amber?)?) {
        (true, _) => MeasurementRating::Green,
        (false, true) => MeasurementRating::Amber,
        (false, false) => MeasurementRating::Red,
    })
}

impl Record for Measurement {
    type State = MeasurementState;

    const RIGHTS: Rights = Rights {
        create: &[Who::Via { via: "metric", field: "collector" }, IM],
        read: &[Who::Isms, EX],
        update: &[IM],
        approve: &[],
    };

    const FLOW: &'static [Step<Self::State>] = &[
        step(MeasurementState::Recorded, MeasurementState::Evaluated, &[Who::Via { via: "metric", field: "analyst" }]),
        step(MeasurementState::Recorded, MeasurementState::Void, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.period_start, record.period_end, "period_end", "the first day of the period");
        problems.order(record.period_start, record.measured_on, "measured_on", "the first day of the period");
        problems.order(record.measured_on, record.evaluated_on, "evaluated_on", "the day of collection");
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        // A red value may be recorded at once: the comment and what follows are the analyst's part.
        if to != MeasurementState::Evaluated {
            return;
        }
        let red = record.rating == Some(MeasurementRating::Red);
        problems.need(red && record.comment.is_none(), "comment", "when the rating is red");
        problems.need(red && record.follow_up.is_none(), "follow_up", "when the rating is red");
        let by_metric =
            context.isms.find(record.metric).zip(record.value).and_then(|(metric, value)| rate(metric, value));
        if let (Some(rating), Some(by_metric)) = (record.rating, by_metric)
            && rating != by_metric
        {
            problems.add("rating", format!("is {rating}, but by the thresholds of the metric it is {by_metric}"));
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            MeasurementState::Recorded => {
                let Some(metric) = context.isms.find(record.metric) else { return };
                let computed = metric
                    .formula
                    .as_deref()
                    .and_then(|formula| formula::compute(formula, record.numerator, record.denominator));
                record.body.value = record.value.or(computed);
                record.body.rating = record.rating.or_else(|| rate(metric, record.value?));
            }
            MeasurementState::Evaluated => {
                record.body.evaluated_on = record.evaluated_on.or(Some(context.today()));
                record.body.evaluated_by = record.evaluated_by.or(context.principal.person());
            }
            MeasurementState::Void => {}
        }
    }

    fn sample() -> Self {
        Self {
            metric: Some(Ref::new(1)),
            period_start: day("2025-07-01"),
            period_end: day("2025-07-31"),
            numerator: decimal("62"),
            denominator: decimal("254"),
            value: decimal("24.409"),
            measured_on: day("2025-08-03"),
            collected_by: Some(Ref::new(10)),
            evaluated_on: day("2025-08-08"),
            evaluated_by: Some(Ref::new(2)),
            rating: Some(MeasurementRating::Red),
            comment: Some("below target; cause and measures in the linked record".into()),
            follow_up: "TSK-0001".parse().ok(),
        }
    }
}
