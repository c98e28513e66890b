//! Requirements of interested parties: one need or expectation each (4.2).

use crate::records::prelude::*;

/// One need or expectation of one interested party.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "REQ",
    title = "Requirement of an interested party",
    plural = "Requirements of interested parties",
    steps = "2",
    clauses = "4.2",
    retention = "C",
    core
)]
pub struct Requirement {
    /// The party that has the requirement.
    #[field(required)]
    pub party: Option<Ref<InterestedParty>>,
    /// What the party needs or expects.
    #[field(required)]
    pub text: Option<LongText>,
    /// Whether it binds by law, by contract or is an expectation.
    #[field(required)]
    pub nature: Option<RequirementNature>,
    /// Entry of the legal register that it comes from; required for legal and contractual requirements.
    pub obligation: Option<Ref<Obligation>>,
    /// Whether it is addressed through the ISMS (4.2 c).
    #[field(required)]
    pub addressed: Option<bool>,
    /// Objective, control or process by which it is addressed; required when it is addressed.
    pub how_addressed: Option<LongText>,
    /// Why it is not addressed; required when it is not.
    pub reason_not_addressed: Option<String>,
    /// Whether it concerns climate change (Amendment 1:2024).
    #[field(required)]
    pub climate_related: Option<bool>,
    /// Controls that serve it.
    pub controls: Vec<Ref<Control>>,
    /// Day of the last review.
    #[field(required, immaterial)]
    pub reviewed_on: Option<Date>,
}

/// States of a requirement of an interested party.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequirementState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// What makes a requirement binding.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequirementNature {
    /// Legal.
    Legal,
    /// Contractual.
    Contractual,
    /// Expectation.
    Expectation,
}

impl Record for Requirement {
    type State = RequirementState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(RequirementState::Draft, RequirementState::Active, &[IM]),
        step(RequirementState::Active, RequirementState::Retired, &[IM]),
    ];

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if to == RequirementState::Active {
            let binding = matches!(record.nature, Some(RequirementNature::Legal | RequirementNature::Contractual));
            let nature = "when it binds by law or contract";
            problems.need(binding && record.obligation.is_none(), "obligation", nature);
            let unsaid = record.how_addressed.is_none();
            problems.need(record.addressed == Some(true) && unsaid, "how_addressed", "when it is addressed");
            let unsaid = record.reason_not_addressed.is_none();
            problems.need(
                record.addressed == Some(false) && unsaid,
                "reason_not_addressed",
                "when it is not addressed",
            );
        }
    }

    fn sample() -> Self {
        Self {
            party: Some(Ref::new(1)),
            text: Some("Health records are seen only by those who treat or bill.".into()),
            nature: Some(RequirementNature::Legal),
            obligation: Some(Ref::new(2)),
            addressed: Some(true),
            how_addressed: Some("Objectives OBJ-0001 and OBJ-0002, access controls".into()),
            climate_related: Some(false),
            controls: vec![Ref::new(12), Ref::new(14)],
            reviewed_on: day("2026-04-09"),
            ..Self::default()
        }
    }
}
