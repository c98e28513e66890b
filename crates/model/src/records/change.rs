//! Changes: of the ISMS, the organization, its technology or its suppliers (6.3, 8.1, A.8.32).

use crate::caused::Cause;
use crate::records::prelude::*;
use crate::records::risk_assessment::RiskAssessmentTrigger;
use crate::records::shared::is_top_management;

/// A change of the ISMS, organization, technology or supplier that matters to security.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "CHG",
    title = "Change",
    plural = "Changes",
    steps = "9",
    clauses = "6.3 8.1 A.8.32",
    retention = "C",
    core
)]
pub struct Change {
    /// What changes; a change of the ISMS itself is approved by top management.
    #[field(required)]
    pub change_type: Option<ChangeType>,
    /// Why it is done.
    #[field(required)]
    pub purpose: Option<String>,
    /// Possible effects on the ISMS and on security.
    #[field(required)]
    pub consequences: Option<LongText>,
    /// Whether it happened without being planned.
    #[field(required)]
    pub unintended: Option<bool>,
    /// What was done against bad effects; required when it was not intended.
    pub mitigation: Option<LongText>,
    /// Resources needed.
    pub resources: Option<String>,
    /// Who gains or loses which responsibility.
    pub responsibilities: Option<String>,
    /// Assets that it touches.
    pub affected_assets: Vec<Ref<Asset>>,
    /// Documents that have to be adapted.
    pub affected_documents: Vec<Ref<Document>>,
    /// Whether it is significant enough to start a new risk assessment (8.2).
    #[field(required)]
    pub significant: Option<bool>,
    /// The risk assessment that it started; required for a significant change when it is implemented.
    #[field(immaterial)]
    pub reassessment: Option<Ref<RiskAssessment>>,
    /// Day on which it was asked for.
    #[field(required, immaterial)]
    pub requested_on: Option<Date>,
    /// Day on which it is to be done; required unless it was unintended.
    pub planned_for: Option<Date>,
    /// Signature of who may approve it.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
    /// Day on which it was done.
    #[field(immaterial)]
    pub implemented_on: Option<Date>,
    /// Day on which its effect was reviewed.
    #[field(immaterial)]
    pub reviewed_on: Option<Date>,
    /// What the review of its effect showed.
    #[field(immaterial)]
    pub review_result: Option<String>,
}

/// States of a change.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeState {
    /// Proposed.
    Proposed,
    /// Assessed.
    Assessed,
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
    /// Implemented.
    Implemented,
    /// Reviewed.
    Reviewed,
    /// Closed.
    Closed,
}

/// What can change.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeType {
    /// ISMS.
    Isms,
    /// Organization.
    Organization,
    /// Process.
    Process,
    /// Technology.
    Technology,
    /// Supplier.
    Supplier,
    /// Site.
    Site,
    /// Legal.
    Legal,
    /// Emergency.
    Emergency,
}

impl Record for Change {
    type State = ChangeState;

    const RIGHTS: Rights =
        Rights { create: &[Who::All], read: &[Who::Isms], update: &[Who::Own, IM], approve: &[TM, IM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ChangeState::Proposed, ChangeState::Assessed, &[IM, CO]),
        step(ChangeState::Assessed, ChangeState::Approved, &[Who::Approver]),
        step(ChangeState::Assessed, ChangeState::Rejected, &[Who::Approver]),
        step(ChangeState::Approved, ChangeState::Implemented, &[Who::Own]),
        step(ChangeState::Implemented, ChangeState::Reviewed, &[IM]),
        step(ChangeState::Reviewed, ChangeState::Closed, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.implemented_on, record.reviewed_on, "reviewed_on", "the implementation");
    }

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        match to {
            ChangeState::Assessed => {
                let unintended = record.unintended == Some(true);
                problems.need(unintended && record.mitigation.is_none(), "mitigation", "when it was not intended");
                let undated = record.planned_for.is_none();
                problems.need(!unintended && undated, "planned_for", "unless it was unintended");
            }
            ChangeState::Implemented => {
                let unassessed = record.significant == Some(true) && record.reassessment.is_none();
                problems.need(unassessed, "reassessment", "when a significant change is implemented");
            }
            ChangeState::Proposed
            | ChangeState::Approved
            | ChangeState::Rejected
            | ChangeState::Reviewed
            | ChangeState::Closed => {}
        }
    }

    fn signs(record: &Stored<Self>, signer: Ref<Person>, isms: &Isms, problems: &mut Problems) {
        if record.change_type == Some(ChangeType::Isms) && !is_top_management(signer, isms) {
            problems.add("approval", "must be signed by top management, since the ISMS itself is changed");
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            ChangeState::Proposed => {
                record.body.requested_on.get_or_insert(context.today());
            }
            ChangeState::Implemented => {
                record.body.implemented_on.get_or_insert(context.today());
            }
            ChangeState::Reviewed => {
                record.body.reviewed_on.get_or_insert(context.today());
            }
            ChangeState::Assessed | ChangeState::Approved | ChangeState::Rejected | ChangeState::Closed => {}
        }
    }

    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        let decided = record.state == ChangeState::Approved && !record.is_void();
        if decided && record.significant == Some(true) && record.reassessment.is_none() {
            let cause = Cause {
                what: record.reference().any(),
                title: record.title(),
                trigger: RiskAssessmentTrigger::Change,
                risks: &[],
                assets: &record.affected_assets,
            };
            cause.ask_for_assessment(context, follow);
        }
    }

    fn sample() -> Self {
        Self {
            change_type: Some(ChangeType::Technology),
            purpose: Some("video visits".into()),
            consequences: Some("new supplier and new data flow".into()),
            unintended: Some(false),
            significant: Some(false),
            requested_on: day("2025-05-20"),
            planned_for: day("2025-06-15"),
            approval: Some(Ref::new(129)),
            implemented_on: day("2025-06-16"),
            reviewed_on: day("2025-07-20"),
            review_result: Some("as planned".into()),
            ..Self::default()
        }
    }
}
