//! Documents: what is controlled, labelled and addressed; the text lives in versions (7.5).

use crate::records::prelude::*;

/// A controlled document. Its text lives in versions.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "DOC",
    title = "Document",
    plural = "Documents",
    steps = "4,7,9",
    clauses = "7.5 5.2 A.5.1",
    retention = "B",
    core
)]
pub struct Document {
    /// What kind of document it is; policies are approved by top management.
    #[field(required)]
    pub doc_type: Option<DocumentType>,
    /// The document's own number, such as ISMS-POL-01; no other document has it.
    #[field(required, index)]
    pub number: Option<String>,
    /// Classification level that it is labelled with.
    #[field(required)]
    pub classification: Option<Ref<ClassificationLevel>>,
    /// Language as a code such as en or de-AT (BCP 47).
    #[field(required)]
    pub language: Option<String>,
    /// Whether it exists electronically, on paper or both (7.5.2 b).
    #[field(required)]
    pub medium: Option<DocumentMedium>,
    /// Clauses of the standard that it serves, such as 5.2.
    pub clause_refs: Vec<String>,
    /// Controls of Annex A that it serves, such as A.5.1.
    pub annex_refs: Vec<String>,
    /// How often it is reviewed, such as P1Y for every year.
    #[field(required)]
    pub review_interval: Option<Period>,
    /// Day by which it is to be reviewed again.
    #[field(required, immaterial)]
    pub next_review: Option<Date>,
    /// Whether it is addressed to everybody in scope.
    #[field(required)]
    pub audience_all: Option<bool>,
    /// Units it is addressed to, where it is not addressed to everybody.
    pub audience_units: Vec<Ref<OrgUnit>>,
    /// Whether readers must confirm that they have read it.
    #[field(required)]
    pub ack_required: Option<bool>,
    /// Days that readers have to confirm once a version is in force.
    pub ack_within_days: Option<i64>,
    /// Whether interested parties may have it (5.2 g).
    #[field(required)]
    pub available_to_parties: Option<DocumentAvailableToParties>,
    /// Whether it comes from outside and is controlled here (7.5.3).
    #[field(required)]
    pub external_origin: Option<bool>,
    /// The version in force.
    #[field(immaterial)]
    pub current_version: Option<Ref<DocumentVersion>>,
    /// How long it is kept after it was withdrawn, such as P7Y.
    #[field(required)]
    pub retention: Option<Period>,
}

/// States of a document.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentState {
    /// Draft.
    Draft,
    /// Effective.
    Effective,
    /// Under review.
    UnderReview,
    /// Withdrawn.
    Withdrawn,
}

/// Kinds of documents.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentType {
    /// Information security policy.
    InformationSecurityPolicy,
    /// Topic policy.
    TopicPolicy,
    /// Procedure.
    Procedure,
    /// Standard.
    Standard,
    /// Guideline.
    Guideline,
    /// Plan.
    Plan,
    /// Methodology.
    Methodology,
    /// Scope statement.
    ScopeStatement,
    /// Statement of Applicability.
    Soa,
    /// Treatment plan.
    TreatmentPlan,
    /// Report.
    Report,
    /// Minutes.
    Minutes,
    /// Register.
    Register,
    /// External.
    External,
    /// Other.
    Other,
}

/// On what a document exists.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentMedium {
    /// Electronic.
    Electronic,
    /// Paper.
    Paper,
    /// Both.
    Both,
}

/// Whether interested parties may have a document.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentAvailableToParties {
    /// No.
    No,
    /// On request.
    OnRequest,
    /// Published.
    Published,
}

impl Record for Document {
    type State = DocumentState;

    const RIGHTS: Rights =
        Rights { create: &[IM, CO], read: &[Who::Audience], update: &[IM, Who::Own], approve: &[TM, IM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(DocumentState::Draft, DocumentState::Effective, &[Who::System]),
        step(DocumentState::Effective, DocumentState::UnderReview, &[IM]),
        step(DocumentState::UnderReview, DocumentState::Effective, &[IM]),
        step(DocumentState::Effective, DocumentState::Withdrawn, &[IM]),
    ];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.ack_within_days, "ack_within_days");
        let Some(number) = &record.body.number else { return };
        let mut same = isms.with_text::<Self>("number", number).filter(|other| other.reference() != record.reference());
        if let Some(other) = same.find(|other| other.is_live())
            && record.is_live()
        {
            problems.add("number", format!("is the number of {} already", other.reference()));
        }
    }

    fn sample() -> Self {
        Self {
            doc_type: Some(DocumentType::InformationSecurityPolicy),
            number: Some("ISMS-POL-01".into()),
            classification: Some(Ref::new(1)),
            language: Some("en-US".into()),
            medium: Some(DocumentMedium::Electronic),
            clause_refs: vec!["5.2".into()],
            annex_refs: vec!["A.5.1".into()],
            review_interval: period("P1Y"),
            next_review: day("2027-03-31"),
            audience_all: Some(true),
            ack_required: Some(true),
            ack_within_days: Some(30),
            available_to_parties: Some(DocumentAvailableToParties::Published),
            external_origin: Some(false),
            current_version: Some(Ref::new(1)),
            retention: period("P7Y"),
            ..Self::default()
        }
    }
}
