//! Risk assessments: runs of the process, each with a frozen picture of all its risks (6.1.2, 8.2).

use sha2::{Digest, Sha256};

use crate::decide::{hexadecimal, state_hash};
use crate::records::prelude::*;
use crate::caused::planned_from_cause;
use crate::records::shared::supersede;

/// One run of the process. When it is completed, a hash freezes what all its risks were then.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "RA",
    title = "Risk assessment",
    plural = "Risk assessments",
    steps = "5",
    clauses = "6.1.2 8.2",
    retention = "B",
    core
)]
pub struct RiskAssessment {
    /// Version of the methodology that is used.
    #[field(required)]
    pub methodology: Option<Ref<Methodology>>,
    /// Version of the scope that is assessed.
    #[field(required)]
    pub scope: Option<Ref<Scope>>,
    /// Why the assessment is done.
    #[field(required)]
    pub trigger: Option<RiskAssessmentTrigger>,
    /// The incident, change or look at a supplier that asked for it.
    pub cause: Option<AnyRef>,
    /// Day on which it is to begin.
    #[field(required)]
    pub planned_for: Option<Date>,
    /// Day on which it began.
    pub started_on: Option<Date>,
    /// Day on which it ended.
    pub completed_on: Option<Date>,
    /// Who took part.
    #[field(required)]
    pub participants: Vec<Ref<Person>>,
    /// Risks that were assessed.
    #[field(required)]
    pub risks: Vec<Ref<Risk>>,
    /// SHA-256 in hexadecimal over all its risks as they were when it was completed.
    pub snapshot_hash: Option<String>,
    /// Risk assessment report.
    #[field(immaterial)]
    pub report: Option<Ref<Document>>,
    /// Signature that accepts the result.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
}

/// States of a risk assessment.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskAssessmentState {
    /// Planned.
    Planned,
    /// In progress.
    InProgress,
    /// Completed.
    Completed,
    /// Approved.
    Approved,
    /// Superseded.
    Superseded,
}

/// Why an assessment is done.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskAssessmentTrigger {
    /// Initial.
    Initial,
    /// Periodic.
    Periodic,
    /// Change.
    Change,
    /// Incident.
    Incident,
    /// Audit.
    Audit,
    /// Management decision.
    ManagementDecision,
    /// Supplier.
    Supplier,
}

impl Record for RiskAssessment {
    type State = RiskAssessmentState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms, EX], update: &[IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(RiskAssessmentState::Planned, RiskAssessmentState::InProgress, &[IM]),
        step(RiskAssessmentState::InProgress, RiskAssessmentState::Completed, &[IM]),
        step(RiskAssessmentState::Completed, RiskAssessmentState::Approved, &[TM, IM]),
        step(RiskAssessmentState::Approved, RiskAssessmentState::Superseded, &[Who::System]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.started_on, record.completed_on, "completed_on", "its begin");
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            RiskAssessmentState::InProgress => {
                record.body.started_on.get_or_insert(context.today());
            }
            RiskAssessmentState::Completed => {
                record.body.completed_on.get_or_insert(context.today());
                if record.snapshot_hash.is_none() {
                    record.body.snapshot_hash = Some(snapshot_hash(&record.risks, context.isms));
                }
            }
            RiskAssessmentState::Planned | RiskAssessmentState::Approved | RiskAssessmentState::Superseded => {}
        }
    }

    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        let in_force = [RiskAssessmentState::Approved];
        supersede(record, context.isms.live(), &in_force, |run| run.completed_on, follow);
        planned_from_cause(record, context, follow);
    }

    fn sample() -> Self {
        Self {
            methodology: Some(Ref::new(1)),
            scope: Some(Ref::new(1)),
            trigger: Some(RiskAssessmentTrigger::Initial),
            cause: None,
            planned_for: day("2025-05-05"),
            started_on: day("2025-05-05"),
            completed_on: day("2025-05-30"),
            participants: vec![Ref::new(2), Ref::new(3)],
            risks: vec![Ref::new(1), Ref::new(2)],
            snapshot_hash: Some("553f8e2c259a272fc218b8fdeb9bd924136d7a22f13a7f28547f59b75fedcff0".into()),
            report: Some(Ref::new(6)),
            approval: Some(Ref::new(47)),
        }
    }
}

/// The SHA-256, in hexadecimal, over the risks as they stand: one line “reference space state hash” each, in the order
/// of their references.
pub fn snapshot_hash(risks: &[Ref<Risk>], isms: &Isms) -> String {
    let mut risks = risks.to_vec();
    risks.sort_unstable();
    let mut digest = Sha256::new();
    for risk in risks.into_iter().filter_map(|risk| isms.get(risk)) {
        digest.update(format!("{} {}\n", risk.reference(), state_hash(risk, isms)).as_bytes());
    }
    hexadecimal(&digest.finalize())
}
