//! Evidence: things that prove something, with a hash so that nobody can exchange them unnoticed.

use crate::records::prelude::*;

/// A thing that proves something: a file with its hash, who collected it, and what it proves.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "EV",
    title = "Evidence",
    plural = "Evidence",
    steps = "7,9,10",
    clauses = "7.5.3 8.1 9.1 A.5.28",
    retention = "B",
    core,
    fact
)]
pub struct Evidence {
    /// What kind of thing it is.
    #[field(required)]
    pub evidence_type: Option<EvidenceEvidenceType>,
    /// Controls whose working it proves.
    pub supports_controls: Vec<Ref<Control>>,
    /// Clauses and Annex A entries whose fulfilment it proves, for example 7.2 or A.8.13.
    pub supports_clauses: Vec<String>,
    /// Obligations whose fulfilment it proves.
    pub supports_obligations: Vec<Ref<Obligation>>,
    /// Day on which it was collected.
    #[field(required)]
    pub collected_on: Option<Date>,
    /// Who collected it; somebody else has to review it.
    #[field(required, own)]
    pub collected_by: Option<Ref<Person>>,
    /// First day of the period about which it says something.
    pub period_from: Option<Date>,
    /// Last day of the period about which it says something.
    pub period_to: Option<Date>,
    /// Last day on which it still proves something; after it the program marks it as expired.
    pub valid_until: Option<Date>,
    /// System or person it came from, for example: export of the directory service.
    #[field(required)]
    pub source: Option<String>,
    /// SHA-256 of the file, 64 hexadecimal digits; filled in when the file is attached.
    #[field(required)]
    pub file_hash: Option<String>,
    /// How sensitive the file is, which decides who may see and pass it on.
    pub classification: Option<Ref<ClassificationLevel>>,
    /// Who looked at it and judged it; not the person who collected it. When left empty, whoever accepts or rejects it.
    pub reviewed_by: Option<Ref<Person>>,
    /// Day of the review; when left empty, the day on which it is accepted or rejected.
    #[field(immaterial)]
    pub reviewed_on: Option<Date>,
}

/// States of an evidence.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceState {
    /// Collected.
    Collected,
    /// Accepted.
    Accepted,
    /// Rejected.
    Rejected,
    /// Expired.
    Expired,
}

/// Options of “evidence type”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceEvidenceType {
    /// Document.
    Document,
    /// Record export.
    RecordExport,
    /// Screenshot.
    Screenshot,
    /// Log extract.
    LogExtract,
    /// Report.
    Report,
    /// Certificate.
    Certificate,
    /// Photo.
    Photo,
    /// Interview note.
    InterviewNote,
    /// Attestation.
    Attestation,
    /// Ticket.
    Ticket,
    /// Configuration.
    Configuration,
    /// Test result.
    TestResult,
}

impl Record for Evidence {
    type State = EvidenceState;

    const RIGHTS: Rights =
        Rights { create: &[CO, IM, IA, Who::Own], read: &[Who::Isms, EX], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(EvidenceState::Collected, EvidenceState::Accepted, &[IM, CO, IA]),
        step(EvidenceState::Collected, EvidenceState::Rejected, &[IM, IA]),
        step(EvidenceState::Accepted, EvidenceState::Expired, &[Who::System]),
    ];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        let judged = isms.get(record.reference()).filter(|old| old.state != EvidenceState::Collected);
        if judged.is_some_and(|old| old.file_hash.is_some() && old.file_hash != record.file_hash) {
            problems.add("file_hash", "cannot change: this evidence was judged with its file; collect new evidence instead");
        }
        problems.order(record.period_from, record.period_to, "period_to", "the first day of the period");
        problems.order(record.collected_on, record.valid_until, "valid_until", "the day of collection");
        problems.order(record.collected_on, record.reviewed_on, "reviewed_on", "the day of collection");
        let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        if record.file_hash.as_deref().is_some_and(|text| !is_hash(text)) {
            problems.add("file_hash", "must be a SHA-256: 64 hexadecimal digits");
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to != EvidenceState::Accepted {
            return;
        }
        problems.need(record.reviewed_by.is_none(), "reviewed_by", "when evidence is accepted");
        let collector = record.collected_by;
        if collector.is_some() && (record.reviewed_by == collector || context.principal.person() == collector) {
            problems.add("reviewed_by", "collected it; somebody else has to review and accept it");
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if matches!(record.state, EvidenceState::Accepted | EvidenceState::Rejected) {
            record.body.reviewed_by = record.reviewed_by.or(context.principal.person());
            record.body.reviewed_on = record.reviewed_on.or(Some(context.today()));
        }
    }

    fn sample() -> Self {
        Self {
            evidence_type: Some(EvidenceEvidenceType::RecordExport),
            supports_controls: vec![Ref::new(1)],
            supports_clauses: vec!["A.5.1".into()],
            collected_on: day("2026-02-18"),
            collected_by: Some(Ref::new(11)),
            period_from: day("2025-09-01"),
            period_to: day("2026-02-15"),
            valid_until: day("2027-02-18"),
            source: Some("system export or inspection".into()),
            file_hash: Some("89d2a1a589432c5d1a93650cb213bf3e458d88643c0ba6af48a81d52e8658b4d".into()),
            classification: Some(Ref::new(2)),
            reviewed_by: Some(Ref::new(2)),
            reviewed_on: day("2026-02-25"),
            ..Self::default()
        }
    }
}
