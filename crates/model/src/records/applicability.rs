//! Applicability decisions: the rows of a Statement of Applicability (6.1.3 d).

use crate::records::prelude::*;

/// The decision about one control of Annex A in one version of the Statement of Applicability.
///
/// The decision and its reasons are what the signature of the statement covers; how far the control is in place, by what
/// and by whom, is a fact that goes on changing.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "SR",
    title = "Applicability decision",
    plural = "Applicability decisions",
    steps = "6",
    clauses = "6.1.3 c-d",
    retention = "A",
    core
)]
pub struct Applicability {
    /// Version of the Statement of Applicability that the row belongs to.
    #[field(required)]
    pub soa: Option<Ref<Soa>>,
    /// Control of Annex A, from A.5.1 to A.8.34, or the identifier of an own control.
    #[field(required, index)]
    pub annex_id: Option<String>,
    /// Whether the control is needed; empty as long as it is not decided.
    pub applicable: Option<bool>,
    /// Reasons for including it.
    pub reasons: Vec<ApplicabilityReason>,
    /// Risks that make it necessary; required when risk is a reason.
    pub risks: Vec<Ref<Risk>>,
    /// Obligations that make it necessary; required when law or contract is a reason.
    pub obligations: Vec<Ref<Obligation>>,
    /// Why it is included or left out, in words.
    pub justification: Option<LongText>,
    /// How far it is implemented; required when it is applicable.
    #[field(immaterial)]
    pub implementation: Option<ApplicabilityImplementation>,
    /// Controls by which it is realised; required when it is implemented in whole or in part.
    #[field(immaterial)]
    pub controls: Vec<Ref<Control>>,
    /// Policy or procedure that describes it.
    #[field(immaterial)]
    pub documents: Vec<Ref<Document>>,
    /// Who answers for the control.
    #[field(own, immaterial)]
    pub responsible: Option<Ref<Person>>,
    /// Day by which it will be implemented; required when it is planned or only partly implemented.
    #[field(immaterial)]
    pub planned_date: Option<Date>,
}

/// States of an applicability decision.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApplicabilityState {
    /// Undecided.
    Undecided,
    /// Decided.
    Decided,
}

/// Why a control is included.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApplicabilityReason {
    /// Risk.
    Risk,
    /// Legal.
    Legal,
    /// Contractual.
    Contractual,
    /// Business.
    Business,
    /// Interested party.
    InterestedParty,
}

/// How far a control is implemented.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApplicabilityImplementation {
    /// Implemented.
    Implemented,
    /// Partial.
    Partial,
    /// Planned.
    Planned,
    /// Not implemented.
    NotImplemented,
}

impl Record for Applicability {
    type State = ApplicabilityState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms, EX], update: &[IM, CO], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ApplicabilityState::Undecided, ApplicabilityState::Decided, &[IM, CO]),
        step(ApplicabilityState::Decided, ApplicabilityState::Undecided, &[IM]),
    ];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        let (Some(soa), Some(id)) = (record.soa, &record.annex_id) else { return };
        let mut rows =
            isms.referring::<Self>(soa.any(), "soa").filter(|row| row.is_live() && row.number != record.number);
        if let Some(row) = rows.find(|row| row.annex_id.as_ref() == Some(id))
            && record.is_live()
        {
            problems.add("annex_id", format!("has a row in {soa} already: {}", row.reference()));
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        use ApplicabilityImplementation::{Implemented, Partial, Planned};
        use ApplicabilityReason::{Contractual, Legal, Risk};
        if to != ApplicabilityState::Decided {
            return;
        }
        problems.need(record.applicable.is_none(), "applicable", "when it is decided");
        problems.need(record.justification.is_none(), "justification", "when it is decided, also for leaving it out");
        if record.applicable != Some(true) {
            return;
        }
        let for_any = |reasons: &[ApplicabilityReason]| record.reasons.iter().any(|reason| reasons.contains(reason));
        problems.need(record.reasons.is_empty(), "reasons", "when it is applicable");
        problems.need(for_any(&[Risk]) && record.risks.is_empty(), "risks", "when risk is a reason");
        let bound = for_any(&[Legal, Contractual]);
        problems.need(bound && record.obligations.is_empty(), "obligations", "when law or contract is a reason");
        problems.need(record.implementation.is_none(), "implementation", "when it is applicable");
        let works = matches!(record.implementation, Some(Implemented | Partial));
        let when = "when it is implemented in whole or in part";
        problems.need(works && record.controls.is_empty(), "controls", when);
        let open = matches!(record.implementation, Some(Partial | Planned));
        let when = "when it is planned or only partly implemented";
        problems.need(open && record.planned_date.is_none(), "planned_date", when);
    }

    fn undecided(record: &Stored<Self>) -> bool {
        record.state == ApplicabilityState::Undecided
    }

    fn sample() -> Self {
        Self {
            soa: Some(Ref::new(2)),
            annex_id: Some("A.5.1".into()),
            applicable: Some(true),
            reasons: vec![ApplicabilityReason::Business],
            justification: Some(
                "Included because it is basic practice that the ISMS needs to work; without it other \
        controls cannot be trusted. Realised by C-0001 (policy framework and \
        acknowledgement)."
                    .into(),
            ),
            implementation: Some(ApplicabilityImplementation::Implemented),
            controls: vec![Ref::new(1)],
            responsible: Some(Ref::new(2)),
            ..Self::default()
        }
    }
}
