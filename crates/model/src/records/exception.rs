//! Exceptions: a permission, for a limited time, to depart from a policy or a control.

use crate::decide::covers;
use crate::records::prelude::*;

/// A permission, for a limited time, to depart from a policy or a control.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "EXC",
    title = "Exception",
    plural = "Exceptions",
    steps = "7,9",
    clauses = "A.5.1 A.5.36",
    retention = "C",
    core
)]
pub struct Exception {
    /// The document whose rule is departed from, if it is a rule of a document.
    pub subject_document: Option<Ref<Document>>,
    /// The control that is departed from, if it is a control.
    pub subject_control: Option<Ref<Control>>,
    /// Why the rule cannot be kept, for example: the vendor gives no updates, replacement in 2027.
    #[field(required)]
    pub reason: Option<LongText>,
    /// The risk that the departure creates or raises, so that its owner knows of it.
    pub risk: Option<Ref<Risk>>,
    /// What is done instead to keep the danger small, for example: own network zone, no internet.
    #[field(required)]
    pub compensating: Option<LongText>,
    /// The person who asks for the exception; somebody else has to approve it.
    #[field(required, own)]
    pub requested_by: Option<Ref<Person>>,
    /// First day on which the exception holds.
    #[field(required)]
    pub valid_from: Option<Date>,
    /// Last day on which the exception holds; after it the program marks the exception as expired.
    #[field(required)]
    pub expires_on: Option<Date>,
    /// The signature by the owner of the rule, or by the risk owner where the risk lies above acceptance.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
}

/// States of an exception.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExceptionState {
    /// Requested.
    Requested,
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
    /// Expired.
    Expired,
    /// Revoked.
    Revoked,
}

/// Whether the consent to the exception comes from nobody but the person who asked for it: from the signatures that
/// cover it, or, where there are none yet, from the person who takes the step.
fn signed_by_requester(record: &Stored<Exception>, context: &Context<'_>) -> bool {
    let target = record.reference().any();
    let Some(stored) = context.isms.record(target) else { return false };
    let approvals = context.isms.referring::<Approval>(target, "subject");
    let signers: Vec<_> = approvals.filter(|approval| covers(approval, stored, context.isms)).map(|one| one.signer).collect();
    if signers.is_empty() {
        return record.requested_by.is_some() && record.requested_by == context.principal.person();
    }
    signers.iter().all(|signer| *signer == record.requested_by)
}

impl Record for Exception {
    type State = ExceptionState;

    const RIGHTS: Rights = Rights { create: &[Who::All], read: &[Who::Isms], update: &[Who::Own], approve: &[IM, RO] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ExceptionState::Requested, ExceptionState::Approved, &[IM, RO]),
        step(ExceptionState::Requested, ExceptionState::Rejected, &[IM, RO]),
        step(ExceptionState::Approved, ExceptionState::Expired, &[Who::System]),
        step(ExceptionState::Approved, ExceptionState::Revoked, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.valid_from, record.expires_on, "expires_on", "the day from which it is valid");
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to == ExceptionState::Approved && signed_by_requester(record, context) {
            problems.add("requested_by", "is the person who approves; nobody approves their own exception");
        }
    }

    fn sample() -> Self {
        Self {
            subject_control: Some(Ref::new(49)),
            reason: Some("vendor gives no updates; replacement in 2026".into()),
            risk: Some(Ref::new(4)),
            compensating: Some("own network zone, no internet, supervised maintenance".into()),
            requested_by: Some(Ref::new(14)),
            valid_from: day("2025-11-01"),
            expires_on: day("2026-12-31"),
            approval: Some(Ref::new(103)),
            ..Self::default()
        }
    }
}
