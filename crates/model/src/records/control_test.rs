//! Control tests: one test of a control against a criterion, by somebody who does not operate it.

use crate::field::Scalar;
use crate::caused::tell_risk_owners;
use crate::records::control::ControlState;
use crate::records::prelude::*;

/// One test of a control against a criterion, by somebody who does not operate it.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "CT",
    title = "Control test",
    plural = "Control tests",
    steps = "7,9",
    clauses = "9.1 A.5.36",
    retention = "C",
    core
)]
pub struct ControlTest {
    /// The control that is tested.
    #[field(required)]
    pub control: Option<Ref<Control>>,
    /// The criterion against which it is tested.
    #[field(required)]
    pub criterion: Option<Ref<EffectivenessCriterion>>,
    /// Day for which the test is planned; 30 days later it counts as missed.
    #[field(required)]
    pub planned_for: Option<Date>,
    /// Day of the test; when left empty, the day on which it is marked as done.
    pub tested_on: Option<Date>,
    /// Who tests; not the person who operates the control.
    #[field(required, own)]
    pub tester: Option<Ref<Person>>,
    /// How many cases there were in the period, for example 40 leavers.
    pub population: Option<i64>,
    /// How many of them were looked at.
    pub sample_size: Option<i64>,
    /// How many of those looked at failed.
    pub exceptions: Option<i64>,
    /// What the test says about the control; needed when the test is done.
    pub result: Option<ControlTestResult>,
    /// Proofs of what was looked at and found.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
    /// The nonconformity that was opened; needed when the control is not effective.
    pub nonconformity: Option<Ref<Nonconformity>>,
}

/// States of a control test.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ControlTestState {
    /// Planned.
    Planned,
    /// Done.
    Done,
    /// Reviewed.
    Reviewed,
    /// Missed.
    Missed,
}

/// Options of “result”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ControlTestResult {
    /// Effective.
    Effective,
    /// Partially effective.
    PartiallyEffective,
    /// Not effective.
    NotEffective,
}

impl Record for ControlTest {
    type State = ControlTestState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms, EX], update: &[Who::Own, IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ControlTestState::Planned, ControlTestState::Done, &[Who::Own]),
        step(ControlTestState::Done, ControlTestState::Reviewed, &[IM]),
        step(ControlTestState::Planned, ControlTestState::Missed, &[Who::System]),
    ];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.population, "population");
        problems.not_negative(record.sample_size, "sample_size");
        problems.not_negative(record.exceptions, "exceptions");
        problems.part(record.sample_size, record.population, "sample_size", "the population");
        problems.part(record.exceptions, record.sample_size, "exceptions", "the sample");
        let judged = isms.find(record.criterion).and_then(|criterion| criterion.control);
        if let (Some(judged), Some(control)) = (judged, record.control)
            && judged != control
        {
            problems.add("criterion", format!("judges {judged}, not {control}"));
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if !matches!(to, ControlTestState::Done | ControlTestState::Reviewed) {
            return;
        }
        problems.need(record.result.is_none(), "result", "when the test is done");
        let failed = record.result == Some(ControlTestResult::NotEffective);
        problems.need(failed && record.nonconformity.is_none(), "nonconformity", "when the control is not effective");
        let operator = context.isms.find(record.control).and_then(|control| control.operator);
        if operator.is_some() && record.tester == operator {
            problems.add("tester", "operates the control and cannot test it");
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == ControlTestState::Done {
            record.body.tested_on = record.tested_on.or(Some(context.today()));
        }
    }

    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        let Some(control) = context.isms.find(record.control) else { return };
        let done = matches!(record.state, ControlTestState::Done | ControlTestState::Reviewed) && !record.is_void();
        let Some(tested_on) = record.tested_on.filter(|_| done) else { return };
        let (target, me) = (control.reference().any(), record.reference());
        if control.last_tested_on.is_none_or(|last| last < tested_on) {
            follow.push(Follow::field(target, "last_tested_on", tested_on.to_value(), format!("{me} was done")));
        }
        // Only a fresh test speaks about the control as it is: one that is looked at again later, or was overtaken by a
        // newer one, must not undo what was repaired since.
        let fresh =
            record.state == ControlTestState::Done && control.last_tested_on.is_none_or(|last| last <= tested_on);
        let failed = record.result == Some(ControlTestResult::NotEffective);
        if fresh && failed && control.state == ControlState::Implemented {
            follow.push(Follow::step(target, "ineffective", format!("{me} found it not effective")));
            tell_risk_owners(me.any(), control, context, follow);
        }
    }

    fn sample() -> Self {
        Self {
            control: Some(Ref::new(1)),
            criterion: Some(Ref::new(1)),
            planned_for: day("2026-02-16"),
            tested_on: day("2026-02-20"),
            tester: Some(Ref::new(9)),
            population: Some(40),
            sample_size: Some(12),
            exceptions: Some(0),
            result: Some(ControlTestResult::Effective),
            evidence: vec![Ref::new(1)],
            ..Self::default()
        }
    }
}
