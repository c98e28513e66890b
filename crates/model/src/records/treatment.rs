//! Treatment decisions: what is decided for one risk (6.1.3 a and b).

use crate::records::prelude::*;
use crate::records::shared::{only_owner, supersede, within_scale};

/// What is decided for one risk. Each risk has one decision in force.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "TRT",
    title = "Treatment decision",
    plural = "Treatment decisions",
    steps = "6",
    clauses = "6.1.3 a-b",
    retention = "B",
    core
)]
pub struct Treatment {
    /// The risk that is decided about.
    #[field(required)]
    pub risk: Option<Ref<Risk>>,
    /// What is done with the risk; other words for these are retain, modify, avoid and share.
    #[field(required)]
    pub option: Option<TreatmentOption>,
    /// Why this option.
    #[field(required)]
    pub rationale: Option<LongText>,
    /// Controls that are necessary; required for treat.
    pub controls: Vec<Ref<Control>>,
    /// Insurer or contract partner; required for transfer.
    pub transfer_to: Option<String>,
    /// Number of the policy or contract.
    pub transfer_contract: Option<String>,
    /// What is stopped or not begun; required for avoid.
    pub avoid_how: Option<String>,
    /// Likelihood expected after treatment; required for treat and transfer.
    pub expected_likelihood: Option<Level>,
    /// Impact expected after treatment; required for treat and transfer.
    pub expected_impact: Option<Level>,
    /// Risk value expected after treatment, from the matrix.
    pub expected_value: Option<i64>,
    /// Cost that arises once.
    pub cost_once: Option<Money>,
    /// Cost per year.
    pub cost_year: Option<Money>,
    /// Loss per year that is expected to be avoided.
    pub loss_reduction_year: Option<Money>,
    /// Day of the decision.
    #[field(immaterial)]
    pub decided_on: Option<Date>,
    /// Signature of the risk owner.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
}

/// States of a treatment decision.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TreatmentState {
    /// Draft.
    Draft,
    /// Proposed.
    Proposed,
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
    /// Superseded.
    Superseded,
}

/// What can be done with a risk.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TreatmentOption {
    /// Accept.
    Accept,
    /// Treat.
    Treat,
    /// Avoid.
    Avoid,
    /// Transfer.
    Transfer,
}

impl Record for Treatment {
    type State = TreatmentState;

    const RIGHTS: Rights = Rights { create: &[IM, RO], read: &[Who::Isms, EX], update: &[IM, RO], approve: &[RO] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(TreatmentState::Draft, TreatmentState::Proposed, &[IM, RO]),
        step(TreatmentState::Proposed, TreatmentState::Approved, &[RO]),
        step(TreatmentState::Proposed, TreatmentState::Rejected, &[RO]),
        step(TreatmentState::Approved, TreatmentState::Superseded, &[Who::System]),
    ];

    /// The value comes from the matrix by which the risk is measured.
    fn derive(record: &mut Stored<Self>, isms: &Isms) {
        let method = isms.find(record.risk).and_then(|risk| risk.method(isms)).filter(|_| record.is_live());
        let value = method.and_then(|method| method.value(record.expected_likelihood, record.expected_impact));
        record.body.expected_value = value.or(record.expected_value);
    }

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        let method = isms.find(record.risk).and_then(|risk| risk.method(isms));
        let top = method.and_then(|method| method.top_likelihood());
        within_scale(record.expected_likelihood, top, "expected_likelihood", problems);
        let top = method.and_then(|method| method.top_impact());
        within_scale(record.expected_impact, top, "expected_impact", problems);
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        let risk = context.isms.find(record.risk);
        match to {
            TreatmentState::Proposed => {
                let is = |option| record.option == Some(option);
                let (treat, transfer) = (is(TreatmentOption::Treat), is(TreatmentOption::Transfer));
                problems.need(treat && record.controls.is_empty(), "controls", "to treat a risk");
                problems.need(transfer && record.transfer_to.is_none(), "transfer_to", "to transfer a risk");
                let unsaid = is(TreatmentOption::Avoid) && record.avoid_how.is_none();
                problems.need(unsaid, "avoid_how", "to avoid a risk");
                let expects = treat || transfer;
                let when = "to treat or transfer a risk";
                problems.need(expects && record.expected_likelihood.is_none(), "expected_likelihood", when);
                problems.need(expects && record.expected_impact.is_none(), "expected_impact", when);
                let method = risk.and_then(|risk| risk.method(context.isms));
                if let (Some(value), Some(limit), true) = (
                    risk.and_then(|risk| risk.current_value),
                    method.and_then(|method| method.absolute_max),
                    is(TreatmentOption::Accept),
                ) && value > limit
                {
                    problems.add("option", format!("cannot be accept: the risk is {value}, and {limit} is the most"));
                }
            }
            TreatmentState::Rejected => {
                only_owner(risk.and_then(|risk| risk.risk_owner), "risk", context, problems);
            }
            TreatmentState::Draft | TreatmentState::Approved | TreatmentState::Superseded => {}
        }
    }

    fn signs(record: &Stored<Self>, signer: Ref<Person>, isms: &Isms, problems: &mut Problems) {
        let owner = isms.find(record.risk).and_then(|risk| risk.risk_owner);
        if let Some(owner) = owner.filter(|owner| *owner != signer) {
            problems.add("approval", format!("must be signed by {owner}, who owns the risk"));
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if matches!(record.state, TreatmentState::Approved | TreatmentState::Rejected) {
            record.body.decided_on.get_or_insert(context.today());
        }
    }

    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        if let Some(risk) = record.risk {
            let decisions = context.isms.referring::<Self>(risk.any(), "risk");
            supersede(record, decisions, &[TreatmentState::Approved], |decision| decision.decided_on, follow);
        }
    }

    /// A decision that was overtaken by a newer one remains what the plan was signed with.
    fn undecided(record: &Stored<Self>) -> bool {
        record.state == TreatmentState::Rejected
    }

    fn sample() -> Self {
        Self {
            risk: Some(Ref::new(1)),
            option: Some(TreatmentOption::Treat),
            rationale: Some("Controls bring the risk to the acceptable level at reasonable cost.".into()),
            controls: vec![Ref::new(14), Ref::new(32)],
            expected_likelihood: Some(Level(2)),
            expected_impact: Some(Level(3)),
            expected_value: Some(6),
            cost_once: money("28000 USD"),
            cost_year: money("24667 USD"),
            loss_reduction_year: money("140000 USD"),
            decided_on: day("2026-05-15"),
            approval: Some(Ref::new(16)),
            ..Self::default()
        }
    }
}
