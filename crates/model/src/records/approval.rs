//! Approvals: one person's signed decision over one exact revision of one record.

use crate::consent::{self, Proof};
use crate::decide::{editable_state, state_hash};
use crate::records::prelude::*;
use crate::records::shared::is_sha256;

/// One person's signed decision over one exact revision of one record.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "APR",
    title = "Approval",
    plural = "Approvals",
    steps = "1,3,4,5,6,11",
    clauses = "5.1 6.1.3f 7.5.2c",
    retention = "B",
    core,
    fact
)]
pub struct Approval {
    /// The record that is signed.
    #[field(required)]
    pub subject: Option<AnyRef>,
    /// Revision of the record that is signed.
    #[field(required)]
    pub subject_revision: Option<i64>,
    /// SHA-256 of what is signed, in hexadecimal; a record that has changed since no longer has it.
    #[field(required)]
    pub subject_hash: Option<String>,
    /// In which role the person signs.
    #[field(required)]
    pub capacity: Option<ApprovalCapacity>,
    /// Who signs.
    #[field(required)]
    pub signer: Option<Ref<Person>>,
    /// What the signer decides.
    pub decision: Option<ApprovalDecision>,
    /// The sentence that the signer confirms.
    #[field(required)]
    pub statement: Option<String>,
    /// Conditions of the approval; required when it is given with conditions.
    pub conditions: Option<String>,
    /// Day on which the signature was asked for.
    #[field(required, immaterial)]
    pub requested_on: Option<Date>,
    /// When it was signed.
    pub signed_at: Option<Timestamp>,
    /// How the signer proved who they are.
    pub method: Option<ApprovalMethod>,
    /// On whose behalf the signer signs, if they are a delegate.
    pub delegated_by: Option<Ref<Person>>,
    /// What the signer's passkey signed, so that anybody can check it; written by signing and never by hand.
    #[field(signed)]
    pub assertion: Option<ApprovalAssertion>,
}

/// The assertion of a passkey (Web Authentication) over the statement of an approval; bytes in base64url.
#[derive(Embedded, Clone, Debug, Default, PartialEq, Eq)]
pub struct ApprovalAssertion {
    /// The statement that was signed: canonical JSON that names organisation, record, state and decision.
    pub statement: Option<LongText>,
    /// Identifier of the passkey.
    pub credential: Option<String>,
    /// Public key of the passkey as DER `SubjectPublicKeyInfo`.
    pub public_key: Option<String>,
    /// Data of the authenticator: site, presence, counter.
    pub authenticator_data: Option<String>,
    /// Data of the browser: purpose, hash of the statement, origin.
    pub client_data: Option<String>,
    /// Signature over the data of the authenticator and the hash of the data of the browser.
    pub signature: Option<String>,
}

/// States of an approval.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApprovalState {
    /// Requested.
    Requested,
    /// Signed.
    Signed,
    /// Declined.
    Declined,
    /// Invalidated.
    Invalidated,
    /// Revoked.
    Revoked,
}

/// In which role somebody signs.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApprovalCapacity {
    /// Top management.
    TopManagement,
    /// Risk owner.
    RiskOwner,
    /// Asset owner.
    AssetOwner,
    /// Control owner.
    ControlOwner,
    /// ISMS manager.
    IsmsManager,
    /// Document approver.
    DocumentApprover,
    /// Audit lead.
    AuditLead,
    /// Other.
    Other,
}

/// What a signer decides.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApprovalDecision {
    /// Approved.
    Approved,
    /// Approved with conditions.
    ApprovedWithConditions,
    /// Rejected.
    Rejected,
}

/// How a signer proves who they are.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApprovalMethod {
    /// Password asked again.
    ReauthPassword,
    /// Second factor.
    Mfa,
    /// Qualified signature.
    QualifiedSignature,
    /// Scanned paper.
    ScannedPaper,
    /// Passkey.
    Passkey,
}

impl Record for Approval {
    type State = ApprovalState;

    const RIGHTS: Rights =
        Rights { create: &[IM, Who::Own], read: &[Who::Isms, EX], update: &[Who::Field("signer")], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ApprovalState::Requested, ApprovalState::Signed, &[Who::Field("signer")]),
        step(ApprovalState::Requested, ApprovalState::Declined, &[Who::Field("signer")]),
        step(ApprovalState::Signed, ApprovalState::Invalidated, &[Who::System]),
        step(ApprovalState::Signed, ApprovalState::Revoked, &[Who::Field("signer")]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        if record.subject.is_some_and(|subject| subject.kind == Kind::Approval) {
            problems.add("subject", "cannot be an approval");
        }
        if record.subject_hash.as_deref().is_some_and(|hash| !is_sha256(hash)) {
            problems.add("subject_hash", "must be a SHA-256 of 64 hexadecimal digits");
        }
        if record.signer.is_some() && record.delegated_by == record.signer {
            problems.add("delegated_by", "must be somebody else than the signer");
        }
        if let Some(assertion) = &record.assertion
            && let Err(what) = consent::fits(record, assertion)
        {
            problems.add("assertion", what);
        }
        let signed_on = record.signed_at.map(|at| jiff::tz::Offset::UTC.to_datetime(at).date());
        problems.order(record.requested_on, signed_on, "signed_at", "the day of the request");
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to != ApprovalState::Signed {
            return;
        }
        let principal = context.principal;
        if record.signer != principal.person() {
            problems.add("signer", "must sign themself; nobody else can");
        }
        if principal.has(Role::SystemAdmin) && !principal.is_isms() {
            problems.add("signer", "looks after accounts and settings only: system administrators do not approve");
        }
        let conditional = record.decision == Some(ApprovalDecision::ApprovedWithConditions);
        problems.need(conditional && record.conditions.is_none(), "conditions", "when approved with conditions");
        if let Some(assertion) = &record.assertion
            && let Err(what) = consent::fits(record, assertion)
        {
            problems.add("assertion", what);
        }
        let unproved = record.method == Some(ApprovalMethod::Passkey) && record.assertion.is_none();
        problems.need(unproved, "assertion", "when it is signed with a passkey");
        let Some(subject) = record.subject.and_then(|subject| context.isms.record(subject)) else { return };
        if subject.head().void_reason.is_some() {
            problems.add("subject", "is void by now");
        } else if record.subject_hash.as_deref() != Some(&state_hash(subject, context.isms)) {
            let message = format!("has changed since the signature was asked for; ask again for {}", subject.any_ref());
            problems.add("subject", message);
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        match record.state {
            ApprovalState::Requested => {
                record.body.requested_on.get_or_insert(context.today());
                if let Some(subject) = record.subject.and_then(|subject| context.isms.record(subject)) {
                    record.body.subject_revision.get_or_insert(subject.revision().into());
                    record.body.subject_hash.get_or_insert_with(|| state_hash(subject, context.isms));
                }
            }
            ApprovalState::Signed => {
                record.body.signed_at.get_or_insert(context.now);
                record.body.decision.get_or_insert(ApprovalDecision::Approved);
                if let Some(Proof { method, assertion }) = &context.principal.proof {
                    record.body.method = Some(*method);
                    record.body.assertion.clone_from(assertion);
                }
            }
            ApprovalState::Declined | ApprovalState::Invalidated | ApprovalState::Revoked => {}
        }
    }

    /// What rests on a signature goes back to where it can be worked on when the signature is taken back.
    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        if record.state != ApprovalState::Revoked && !record.is_void() {
            return;
        }
        let Some(subject) = record.subject.and_then(|subject| context.isms.record(subject)) else { return };
        let (me, mut rests) = (record.reference().any(), false);
        subject.each_ref(&mut |_, target| rests |= target == me);
        if let Some(state) = editable_state(subject).filter(|_| rests) {
            let reason = format!("{me}, on which its approval rests, was taken back");
            follow.push(Follow::step(subject.any_ref(), state, reason));
        }
    }

    fn sample() -> Self {
        Self {
            subject: "RASG-0001".parse().ok(),
            subject_revision: Some(1),
            subject_hash: Some("65f33f95327bf0e0f4154f4e02021f905eb8713d3b5475ef513d39bf3bb0e0aa".into()),
            capacity: Some(ApprovalCapacity::TopManagement),
            signer: Some(Ref::new(1)),
            decision: Some(ApprovalDecision::Approved),
            statement: Some("I appoint the person to this role with the stated authority.".into()),
            requested_on: day("2025-02-12"),
            signed_at: moment("2025-02-12T15:00:00Z"),
            method: Some(ApprovalMethod::Mfa),
            ..Self::default()
        }
    }
}
