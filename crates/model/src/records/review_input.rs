//! Review inputs: what a management review is told, item by item.

use crate::records::prelude::*;

/// One item of what a management review is told, with the data frozen as they were then.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "MRI",
    title = "Review input",
    plural = "Review inputs",
    steps = "11",
    clauses = "9.3.2",
    retention = "B",
    core
)]
pub struct ReviewInput {
    /// The review that it belongs to.
    #[field(required)]
    pub review: Option<Ref<ManagementReview>>,
    /// Which input of clause 9.3.2 it is.
    #[field(required)]
    pub item: Option<ReviewInputItem>,
    /// What the review is told; “nothing to report” needs a reason.
    #[field(required)]
    pub content: Option<LongText>,
    /// Which way it is going; needed for nonconformities, measurements, audits and objectives.
    pub trend: Option<ReviewInputTrend>,
    /// The records that it sums up.
    pub sources: Vec<AnyRef>,
    /// SHA-256 of the data as they were, 64 hexadecimal digits.
    pub snapshot_hash: Option<String>,
    /// Who presents it.
    #[field(required)]
    pub presented_by: Option<Ref<Person>>,
}

/// States of a review input.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewInputState {
    /// Draft.
    Draft,
    /// Ready.
    Ready,
    /// Discussed.
    Discussed,
}

/// Options of “item”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewInputItem {
    /// Actions from earlier reviews (a).
    APreviousActions,
    /// Changes in issues (b).
    BIssues,
    /// Changes in interested parties (c).
    CInterestedParties,
    /// Nonconformities and corrective actions (d 1).
    D1Nonconformities,
    /// Monitoring and measurement (d 2).
    D2Measurements,
    /// Audit results (d 3).
    D3Audits,
    /// Fulfilment of objectives (d 4).
    D4Objectives,
    /// Feedback from interested parties (e).
    EFeedback,
    /// Risk assessment and treatment (f).
    FRisks,
    /// Opportunities for improvement (g).
    GImprovement,
}

/// Options of “trend”.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewInputTrend {
    /// Improving.
    Improving,
    /// Stable.
    Stable,
    /// Worsening.
    Worsening,
    /// Not applicable.
    NotApplicable,
}

/// The inputs that say which way something is going (clause 9.3.2 d).
const TRENDED: [ReviewInputItem; 4] = [
    ReviewInputItem::D1Nonconformities,
    ReviewInputItem::D2Measurements,
    ReviewInputItem::D3Audits,
    ReviewInputItem::D4Objectives,
];

impl Record for ReviewInput {
    type State = ReviewInputState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms, EX], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ReviewInputState::Draft, ReviewInputState::Ready, &[IM]),
        step(ReviewInputState::Ready, ReviewInputState::Discussed, &[TM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        if record.snapshot_hash.as_deref().is_some_and(|text| !is_hash(text)) {
            problems.add("snapshot_hash", "must be a SHA-256: 64 hexadecimal digits");
        }
    }

    fn demand(record: &Stored<Self>, _to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        let trended = record.item.is_some_and(|item| TRENDED.contains(&item));
        problems.need(trended && record.trend.is_none(), "trend", "for this item");
        let content = record.content.as_deref().unwrap_or_default().trim().trim_end_matches('.');
        if content.eq_ignore_ascii_case("nothing to report") {
            problems.add("content", "must say why there is nothing to report");
        }
    }

    fn sample() -> Self {
        Self {
            review: Some(Ref::new(1)),
            item: Some(ReviewInputItem::APreviousActions),
            content: Some(
                "First review; the tasks from the mandate of February 2025 are all done except certification.".into(),
            ),
            trend: Some(ReviewInputTrend::NotApplicable),
            sources: ["MAN-0001"].iter().filter_map(|text| text.parse().ok()).collect(),
            snapshot_hash: Some("6125af3d9a2f2bfe136f762db31c9292b578d28a22f3bdd0d316a74b00e124d8".into()),
            presented_by: Some(Ref::new(2)),
        }
    }
}
