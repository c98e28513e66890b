//! Competence requirements: what somebody in a role must be able to do.

use crate::records::prelude::*;

/// What somebody in a role or a job must be able to do for information security.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "CRQ",
    title = "Competence requirement",
    plural = "Competence requirements",
    steps = "8",
    clauses = "7.2 a",
    retention = "C"
)]
pub struct CompetenceRequirement {
    /// The ISMS role that needs it.
    pub role: Option<Ref<IsmsRole>>,
    /// The job that needs it, where it is no ISMS role.
    pub job_title: Option<String>,
    /// What somebody must know or be able to do.
    #[field(required)]
    pub competence: Option<String>,
    /// What counts as proof of it.
    #[field(required)]
    pub accepted_basis: Vec<CompetenceBasis>,
    /// After how long it has to be shown again, for example P3Y.
    pub renewal: Option<Period>,
}

/// States of a competence requirement.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompetenceRequirementState {
    /// Active.
    Active,
    /// Retired.
    Retired,
}

impl Record for CompetenceRequirement {
    type State = CompetenceRequirementState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::Isms], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] =
        &[step(CompetenceRequirementState::Active, CompetenceRequirementState::Retired, &[IM])];

    fn sample() -> Self {
        Self {
            role: Some(Ref::new(1)),
            competence: Some("ISMS lead implementer knowledge of ISO/IEC 27001".into()),
            accepted_basis: vec![CompetenceBasis::Training, CompetenceBasis::Certificate, CompetenceBasis::Experience],
            renewal: period("P3Y"),
            ..Self::default()
        }
    }
}
