//! Context issues: circumstances inside and outside that help or hinder the ISMS (4.1).

use crate::records::prelude::*;

/// One internal or external circumstance that affects the ISMS.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "CTX",
    title = "Context issue",
    plural = "Context issues",
    steps = "2",
    clauses = "4.1 4.1-amd1",
    retention = "C",
    core
)]
pub struct ContextIssue {
    /// Whether the issue comes from inside or outside.
    #[field(required)]
    pub origin: Option<Origin>,
    /// Area it belongs to.
    #[field(required)]
    pub category: Option<ContextIssueCategory>,
    /// Whether this is the decision about climate change that Amendment 1:2024 demands.
    #[field(required)]
    pub is_climate: Option<bool>,
    /// Whether the issue matters to the ISMS.
    #[field(required)]
    pub relevance: Option<ContextIssueRelevance>,
    /// How it helps or hinders the intended outcomes; for an issue that is not relevant, why not.
    #[field(required)]
    pub effect: Option<LongText>,
    /// Risks that follow from it.
    pub risks: Vec<Ref<Risk>>,
    /// Objectives that follow from it.
    pub objectives: Vec<Ref<Objective>>,
    /// Where it was found, such as a workshop or the watch over new laws.
    pub source: Option<String>,
    /// Day on which it was first seen.
    #[field(required)]
    pub identified_on: Option<Date>,
    /// Day of the last review.
    #[field(required, immaterial)]
    pub reviewed_on: Option<Date>,
    /// Day by which it is to be reviewed again.
    #[field(required, immaterial)]
    pub next_review: Option<Date>,
}

/// States of a context issue.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContextIssueState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// Areas that issues come from.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContextIssueCategory {
    /// Legal.
    Legal,
    /// Regulatory.
    Regulatory,
    /// Political.
    Political,
    /// Economic.
    Economic,
    /// Social.
    Social,
    /// Technological.
    Technological,
    /// Competitive.
    Competitive,
    /// Environment and climate.
    EnvironmentClimate,
    /// Threat landscape.
    ThreatLandscape,
    /// Culture.
    Culture,
    /// Governance.
    Governance,
    /// Capability.
    Capability,
    /// Financial.
    Financial,
    /// Contractual.
    Contractual,
    /// Infrastructure.
    Infrastructure,
    /// Other.
    Other,
}

/// Whether an issue matters.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContextIssueRelevance {
    /// Relevant.
    Relevant,
    /// Not relevant.
    NotRelevant,
}

impl Record for ContextIssue {
    type State = ContextIssueState;

    const RIGHTS: Rights = Rights { create: &[IM, RO], read: &[Who::Isms], update: &[IM], approve: &[IM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ContextIssueState::Draft, ContextIssueState::Active, &[IM]),
        step(ContextIssueState::Active, ContextIssueState::Retired, &[IM]),
        named("review", ContextIssueState::Active, ContextIssueState::Active, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.identified_on, record.reviewed_on, "reviewed_on", "the day it was identified");
        problems.order(record.reviewed_on, record.next_review, "next_review", "the last review");
    }

    fn sample() -> Self {
        Self {
            origin: Some(Origin::External),
            category: Some(ContextIssueCategory::Regulatory),
            is_climate: Some(false),
            relevance: Some(ContextIssueRelevance::Relevant),
            effect: Some(
                "Violations bring fines and corrective action plans; the rules shape access, logging, \
         contracts and notification."
                    .into(),
            ),
            risks: vec![Ref::new(1), Ref::new(5)],
            objectives: vec![Ref::new(1)],
            source: Some("legal register".into()),
            identified_on: day("2025-02-24"),
            reviewed_on: day("2026-04-09"),
            next_review: day("2027-04-09"),
        }
    }
}
