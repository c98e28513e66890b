//! Document versions: the text of a document at one time, unchangeable once it is approved (7.5.2).

use serde_json::Value;

use crate::field::{Choice as _, HasFields};
use crate::records::acknowledgement::AcknowledgementState;
use crate::records::document::{DocumentState, DocumentType};
use crate::records::prelude::*;
use crate::records::shared::{is_sha256, is_top_management, not_in_future, supersede};
use crate::stored::AnyRecord;

/// One version of a document; it cannot be changed once it is approved.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "DV",
    title = "Document version",
    plural = "Document versions",
    steps = "4,7,9",
    clauses = "7.5.2 7.5.3",
    retention = "B",
    core
)]
pub struct DocumentVersion {
    /// The document that it is a version of.
    #[field(required)]
    pub document: Option<Ref<Document>>,
    /// Number of the version, such as 1.1; a new first number means new content that must be acknowledged again.
    #[field(required)]
    pub version: Option<String>,
    /// Where the text or file lies, such as store/ISMS-POL-01-1.1.md.
    #[field(required)]
    pub content_ref: Option<String>,
    /// SHA-256 of the content in hexadecimal; it is what gets signed.
    #[field(required)]
    pub content_hash: Option<String>,
    /// What changed since the version before.
    #[field(required)]
    pub change_summary: Option<String>,
    /// Who wrote it.
    #[field(required, own)]
    pub author: Option<Ref<Person>>,
    /// Who reviews it; not the author.
    pub reviewer: Option<Ref<Person>>,
    /// Day of the review.
    #[field(immaterial)]
    pub reviewed_on: Option<Date>,
    /// Signature over the content.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
    /// Who approved it, as the approval says.
    #[field(immaterial)]
    pub approved_by: Option<Ref<Person>>,
    /// Day on which it was approved, as the approval says.
    #[field(immaterial)]
    pub approved_on: Option<Date>,
    /// First day on which this version is in force.
    #[field(immaterial)]
    pub effective_from: Option<Date>,
    /// For the top policy, which of the required elements the text contains.
    pub policy_elements: Vec<PolicyElement>,
}

/// States of a document version.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentVersionState {
    /// Draft.
    Draft,
    /// In review.
    InReview,
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
    /// Effective.
    Effective,
    /// Superseded.
    Superseded,
}

/// What the standard and good practice want to find in an information security policy.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicyElement {
    /// Fit to the purpose of the organization.
    PurposeFit,
    /// Objectives or framework.
    ObjectivesOrFramework,
    /// Commitment to requirements.
    CommitmentRequirements,
    /// Commitment to improvement.
    CommitmentImprovement,
    /// Importance.
    Importance,
    /// Security rules.
    SecurityRules,
    /// Roles and responsibilities.
    RolesAndResponsibilities,
    /// Performance reporting.
    PerformanceReporting,
    /// Consequences.
    Consequences,
}

impl Record for DocumentVersion {
    type State = DocumentVersionState;

    const RIGHTS: Rights = Rights {
        create: &[Who::Via { via: "document", field: "owner" }],
        read: &[Who::Audience],
        update: &[Who::Own],
        approve: &[TM, IM],
    };

    const IMMUTABLE_IN: &'static [Self::State] = &[DocumentVersionState::Approved, DocumentVersionState::Effective];

    const FLOW: &'static [Step<Self::State>] = &[
        step(DocumentVersionState::Draft, DocumentVersionState::InReview, &[Who::Own]),
        step(DocumentVersionState::InReview, DocumentVersionState::Draft, &[Who::Field("reviewer")]),
        step(DocumentVersionState::InReview, DocumentVersionState::Approved, &[Who::Approver]),
        step(DocumentVersionState::InReview, DocumentVersionState::Rejected, &[Who::Approver]),
        step(DocumentVersionState::Approved, DocumentVersionState::Effective, &[IM, Who::System]),
        step(DocumentVersionState::Effective, DocumentVersionState::Superseded, &[Who::System]),
    ];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        if record.author.is_some() && record.reviewer == record.author {
            problems.add("reviewer", "must be somebody else than the author");
        }
        if record.content_hash.as_deref().is_some_and(|hash| !is_sha256(hash)) {
            problems.add("content_hash", "must be a SHA-256 of 64 hexadecimal digits");
        }
        problems.order(record.reviewed_on, record.approved_on, "approved_on", "the review");
        problems.order(record.approved_on, record.effective_from, "effective_from", "the approval");
        if let (Some(document), Some(version), true) = (record.document, &record.version, record.is_live()) {
            let mut others = isms.referring::<Self>(document.any(), "document").filter(|other| other.is_live());
            let same = |other: &&Stored<Self>| other.number != record.number && other.version.as_ref() == Some(version);
            if let Some(other) = others.find(same) {
                problems.add("version", format!("is the version of {} already", other.reference()));
            }
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to != DocumentVersionState::Effective {
            return;
        }
        not_in_future(record.effective_from, "effective_from", context, problems);
        let Some(document) = context.isms.find(record.document) else { return };
        // The document comes into force with its first version, so what it needs is demanded here.
        let name = document.reference();
        for field in Document::DEFS.iter().filter(|field| field.required) {
            if document.field(field.name).is_none_or(|value| value.is_null()) {
                problems.add("document", format!("cannot come into force: {name} has no {}", field.name));
            }
        }
        if document.audience_all == Some(false) && document.audience_units.is_empty() {
            problems.add("document", format!("cannot come into force: {name} is addressed to nobody (audience_units)"));
        }
        if document.ack_required == Some(true) && document.ack_within_days.is_none() {
            problems.add("document", format!("cannot come into force: {name} does not say ack_within_days"));
        }
    }

    fn signs(record: &Stored<Self>, signer: Ref<Person>, isms: &Isms, problems: &mut Problems) {
        if record.author == Some(signer) || record.head.created_by == Some(signer) {
            problems.add("approval", format!("cannot be signed by {signer}, who wrote this version"));
        }
        let policy = [DocumentType::InformationSecurityPolicy, DocumentType::TopicPolicy];
        let kind = isms.find(record.document).and_then(|document| document.doc_type);
        if kind.is_some_and(|kind| policy.contains(&kind)) && !is_top_management(signer, isms) {
            problems.add("approval", "must be signed by top management, since it is a policy");
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == DocumentVersionState::Effective {
            record.body.effective_from.get_or_insert(context.today());
        }
    }

    /// The version before is superseded, and nobody needs to read it any more; the document points to the version in
    /// force and comes into force with its first one.
    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        let (isms, me) = (context.isms, record.reference());
        if record.is_void() {
            return;
        }
        if record.state == DocumentVersionState::Superseded {
            let asked = isms.referring::<Acknowledgement>(me.any(), "document_version");
            for open in asked.filter(|asked| asked.is_live() && asked.state == AcknowledgementState::Pending) {
                let reason = format!("{me} was superseded");
                follow.push(Follow::step(open.reference().any(), AcknowledgementState::Cancelled.name(), reason));
            }
        }
        let Some(document) = isms.find(record.document) else { return };
        if record.state != DocumentVersionState::Effective {
            return;
        }
        let versions = isms.referring::<Self>(document.reference().any(), "document");
        let in_force = [DocumentVersionState::Effective];
        let before = follow.len();
        supersede(record, versions, &in_force, |version| version.effective_from, follow);
        // Where a later version is in force, this one is not the current one.
        let mut versions = isms.referring::<Self>(document.reference().any(), "document");
        let later = versions.any(|other| {
            other.is_live() && in_force.contains(&other.state) && other.effective_from > record.effective_from
        });
        if later {
            follow.truncate(before);
            return;
        }
        let target = document.reference().any();
        if document.current_version != Some(me) {
            follow.push(Follow::field(
                target,
                "current_version",
                Value::from(me.to_string()),
                "this version came into force",
            ));
        }
        if document.state == DocumentState::Draft {
            follow.push(Follow::step(target, DocumentState::Effective.name(), "its first version came into force"));
        }
    }

    fn sample() -> Self {
        Self {
            document: Some(Ref::new(1)),
            version: Some("1.1".into()),
            content_ref: Some("store/ISMS-POL-01-1.1.md".into()),
            content_hash: Some("617a9dbc4917fb2978e5fbc50bdf52724be5bdc6b3a34ee82f1033c523f3f95e".into()),
            change_summary: Some("yearly update".into()),
            author: Some(Ref::new(2)),
            reviewer: Some(Ref::new(6)),
            reviewed_on: day("2026-03-31"),
            approval: Some(Ref::new(105)),
            approved_by: Some(Ref::new(1)),
            approved_on: day("2026-03-31"),
            effective_from: day("2026-03-31"),
            policy_elements: vec![
                PolicyElement::PurposeFit,
                PolicyElement::ObjectivesOrFramework,
                PolicyElement::CommitmentRequirements,
                PolicyElement::CommitmentImprovement,
                PolicyElement::Importance,
                PolicyElement::SecurityRules,
                PolicyElement::RolesAndResponsibilities,
                PolicyElement::PerformanceReporting,
                PolicyElement::Consequences,
            ],
        }
    }
}
