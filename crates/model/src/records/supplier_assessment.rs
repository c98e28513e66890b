//! Supplier assessments: one look at how safe a supplier is.

use crate::field::Scalar;
use crate::caused::Cause;
use crate::records::prelude::*;
use crate::records::risk_assessment::RiskAssessmentTrigger;

/// One look at how safe a supplier is, with its result and what follows.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "SAS",
    title = "Supplier assessment",
    plural = "Supplier assessments",
    steps = "9",
    clauses = "A.5.19 A.5.22",
    retention = "C",
    core,
    fact
)]
pub struct SupplierAssessment {
    /// The supplier that is assessed.
    #[field(required)]
    pub supplier: Option<Ref<Supplier>>,
    /// How it was assessed.
    #[field(required)]
    pub method: Option<SupplierAssessmentMethod>,
    /// Day of the assessment.
    #[field(required)]
    pub performed_on: Option<Date>,
    /// Who assessed.
    #[field(required)]
    pub assessor: Option<Ref<Person>>,
    /// What the assessment says about the supplier.
    #[field(required)]
    pub result: Option<SupplierAssessmentResult>,
    /// What is missing or weak, one line each.
    pub gaps: Vec<String>,
    /// Tasks, actions or nonconformities that close the gaps; needed unless the result is satisfactory.
    pub follow_up: Vec<AnyRef>,
    /// Proofs, such as a certificate or a filled-in questionnaire.
    #[field(immaterial)]
    pub evidence: Vec<Ref<Evidence>>,
    /// Last day on which the result may still be relied on.
    #[field(required)]
    pub valid_until: Option<Date>,
}

/// States of a supplier assessment.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SupplierAssessmentState {
    /// Done.
    Done,
    /// Reviewed.
    Reviewed,
}

/// Options of “method”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SupplierAssessmentMethod {
    /// Questionnaire.
    Questionnaire,
    /// Certificate review.
    CertificateReview,
    /// Audit.
    Audit,
    /// Report review.
    ReportReview,
    /// Interview.
    Interview,
}

/// Options of “result”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SupplierAssessmentResult {
    /// Satisfactory.
    Satisfactory,
    /// Conditional.
    Conditional,
    /// Unsatisfactory.
    Unsatisfactory,
}

impl Record for SupplierAssessment {
    type State = SupplierAssessmentState;

    const RIGHTS: Rights = Rights { create: &[IM, AO], read: &[Who::Isms], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] =
        &[step(SupplierAssessmentState::Done, SupplierAssessmentState::Reviewed, &[IM])];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.performed_on, record.valid_until, "valid_until", "the day of the assessment");
    }

    fn demand(record: &Stored<Self>, _to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        let satisfactory = record.result == Some(SupplierAssessmentResult::Satisfactory);
        let open = record.result.is_some() && !satisfactory && record.follow_up.is_empty();
        problems.need(open, "follow_up", "unless the result is satisfactory");
    }

    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        let Some(supplier) = context.isms.find(record.supplier) else { return };
        let Some(performed_on) = record.performed_on.filter(|_| !record.is_void()) else { return };
        if supplier.last_assessed.is_none_or(|last| last < performed_on) {
            let (target, why) = (supplier.reference().any(), format!("assessed in {}", record.reference()));
            follow.push(Follow::field(target, "last_assessed", performed_on.to_value(), why));
        }
        if record.result == Some(SupplierAssessmentResult::Unsatisfactory) {
            let theirs = context.isms.referring::<Asset>(supplier.reference().any(), "supplier");
            let assets: Vec<Ref<Asset>> = theirs.filter(|asset| asset.is_live()).map(Stored::reference).collect();
            let cause = Cause {
                what: record.reference().any(),
                title: supplier.title(),
                trigger: RiskAssessmentTrigger::Supplier,
                risks: &[],
                assets: &assets,
            };
            cause.ask_for_assessment(context, follow);
        }
    }

    fn sample() -> Self {
        Self {
            supplier: Some(Ref::new(1)),
            method: Some(SupplierAssessmentMethod::ReportReview),
            performed_on: day("2025-11-20"),
            assessor: Some(Ref::new(23)),
            result: Some(SupplierAssessmentResult::Satisfactory),
            evidence: vec![Ref::new(15)],
            valid_until: day("2026-11-20"),
            ..Self::default()
        }
    }
}
