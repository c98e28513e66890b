//! Risk treatment plans: versions that bind decisions, work, money and consents together (6.1.3 e and f).

use std::collections::BTreeSet;

use crate::records::prelude::*;
use crate::records::shared::{approvals_of, is_top_management, supersede};

/// A version of the risk treatment plan as a whole.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "RTP",
    title = "Risk treatment plan",
    plural = "Risk treatment plans",
    steps = "6,7",
    clauses = "6.1.3 e-f 8.3",
    retention = "B",
    core
)]
pub struct TreatmentPlan {
    /// Number of the version, such as 1.0.
    #[field(required)]
    pub version: Option<String>,
    /// Risk assessment that it rests on.
    #[field(required)]
    pub risk_assessment: Option<Ref<RiskAssessment>>,
    /// Treatment decisions that it carries out.
    #[field(required)]
    pub treatments: Vec<Ref<Treatment>>,
    /// Money granted for it.
    pub budget: Option<Money>,
    /// Signatures of the owners of all risks in the plan.
    #[field(immaterial)]
    pub owner_approvals: Vec<Ref<Approval>>,
    /// Signature of top management, which releases the money.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
    /// Day on which it was approved.
    #[field(immaterial)]
    pub approved_on: Option<Date>,
}

/// States of a risk treatment plan.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TreatmentPlanState {
    /// Draft.
    Draft,
    /// In review.
    InReview,
    /// Approved.
    Approved,
    /// In execution.
    InExecution,
    /// Completed.
    Completed,
    /// Superseded.
    Superseded,
}

impl Record for TreatmentPlan {
    type State = TreatmentPlanState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms, EX], update: &[IM], approve: &[TM, RO] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(TreatmentPlanState::Draft, TreatmentPlanState::InReview, &[IM]),
        step(TreatmentPlanState::InReview, TreatmentPlanState::Approved, &[TM]),
        step(TreatmentPlanState::Approved, TreatmentPlanState::InExecution, &[IM]),
        step(TreatmentPlanState::InExecution, TreatmentPlanState::Completed, &[IM]),
        step(TreatmentPlanState::Completed, TreatmentPlanState::Superseded, &[Who::System]),
        step(TreatmentPlanState::InExecution, TreatmentPlanState::Superseded, &[Who::System]),
    ];

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to == TreatmentPlanState::Approved {
            for owner in record.risk_owners(context.isms) {
                let signed = approvals_of(record, context.isms).any(|approval| approval.signer == Some(owner));
                if !signed {
                    let message = format!("lacks the signature of {owner}, who owns risks in the plan, as it stands");
                    problems.add("owner_approvals", message);
                }
            }
        }
    }

    /// Risk owners sign too, but it is top management that brings the plan into force.
    fn signs(_record: &Stored<Self>, signer: Ref<Person>, isms: &Isms, problems: &mut Problems) {
        if !is_top_management(signer, isms) {
            problems.add("approval", "must be signed by top management, which releases the money");
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == TreatmentPlanState::Approved && record.owner_approvals.is_empty() {
            let owners = record.risk_owners(context.isms);
            let signed = approvals_of(record, context.isms);
            let theirs = signed.filter(|approval| approval.signer.is_some_and(|signer| owners.contains(&signer)));
            record.body.owner_approvals = theirs.map(Stored::reference).collect();
        }
    }

    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        if record.state == TreatmentPlanState::InExecution {
            let in_force = [TreatmentPlanState::InExecution, TreatmentPlanState::Completed];
            supersede(record, context.isms.live(), &in_force, |plan| plan.approved_on, follow);
        }
    }

    fn parts(record: &Stored<Self>, _isms: &Isms) -> Vec<AnyRef> {
        record.treatments.iter().map(|treatment| treatment.any()).collect()
    }

    fn sample() -> Self {
        Self {
            version: Some("1.0".into()),
            risk_assessment: Some(Ref::new(1)),
            treatments: vec![Ref::new(1), Ref::new(2)],
            budget: money("240000 USD"),
            owner_approvals: vec![Ref::new(81), Ref::new(82)],
            approval: Some(Ref::new(91)),
            approved_on: day("2025-06-20"),
        }
    }
}

impl TreatmentPlan {
    /// The owners of the risks whose treatment it covers.
    pub fn risk_owners(&self, isms: &Isms) -> BTreeSet<Ref<Person>> {
        let treatments = self.treatments.iter().filter_map(|treatment| isms.get(*treatment));
        treatments.filter_map(|treatment| isms.find(treatment.risk)?.risk_owner).collect()
    }
}
