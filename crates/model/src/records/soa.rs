//! Statements of Applicability: versions, each with a row for every control of Annex A (6.1.3 d).

use crate::field::Choice as _;
use crate::records::prelude::*;
use crate::records::shared::supersede;

/// A version of the Statement of Applicability; its rows are records of their own. One version is effective.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "SOA",
    title = "Statement of Applicability",
    plural = "Statements of Applicability",
    steps = "6",
    clauses = "6.1.3 d",
    retention = "A",
    core
)]
pub struct Soa {
    /// Number of the version, such as 2.0.
    #[field(required)]
    pub version: Option<String>,
    /// Risk assessment that it rests on.
    #[field(required)]
    pub risk_assessment: Option<Ref<RiskAssessment>>,
    /// Edition of the standard whose Annex A it goes through, such as ISO/IEC 27001:2022.
    #[field(required)]
    pub annex_edition: Option<String>,
    /// What changed since the version before.
    pub changes: Option<String>,
    /// Signature of top management, or of the ISMS manager by delegation.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
    /// Day on which it was approved.
    #[field(immaterial)]
    pub approved_on: Option<Date>,
}

/// States of a Statement of Applicability.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SoaState {
    /// Draft.
    Draft,
    /// In review.
    InReview,
    /// Approved.
    Approved,
    /// Effective.
    Effective,
    /// Superseded.
    Superseded,
}

impl Record for Soa {
    type State = SoaState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms, EX], update: &[IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(SoaState::Draft, SoaState::InReview, &[IM]),
        step(SoaState::InReview, SoaState::Approved, &[TM, IM]),
        step(SoaState::Approved, SoaState::Effective, &[Who::System]),
        step(SoaState::Effective, SoaState::Superseded, &[Who::System]),
    ];

    /// What is approved comes into force at once, and the version before is superseded.
    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        if record.state == SoaState::Approved && !record.is_void() {
            let reason = "comes into force with its approval";
            follow.push(Follow::step(record.reference().any(), SoaState::Effective.name(), reason));
        }
        supersede(record, context.isms.live(), &[SoaState::Effective], |soa| soa.approved_on, follow);
    }

    fn parts(record: &Stored<Self>, isms: &Isms) -> Vec<AnyRef> {
        let rows = isms.referring::<Applicability>(record.reference().any(), "soa");
        rows.filter(|row| !row.is_void()).map(|row| row.reference().any()).collect()
    }

    fn sample() -> Self {
        Self {
            version: Some("1.0".into()),
            risk_assessment: Some(Ref::new(1)),
            annex_edition: Some("ISO/IEC 27001:2022".into()),
            approval: Some(Ref::new(79)),
            approved_on: day("2025-06-20"),
            ..Self::default()
        }
    }
}
