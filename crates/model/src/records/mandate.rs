//! Management mandates: the signed decision to run an ISMS, where everything begins.

use crate::records::prelude::*;
use crate::records::shared::is_top_management;

/// The signed decision of top management to run the ISMS, like the charter of a project.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "MAN",
    title = "Management mandate",
    plural = "Management mandates",
    steps = "1",
    clauses = "5.1 7.1",
    retention = "A",
    core
)]
pub struct Mandate {
    /// Member of top management who carries the ISMS.
    #[field(required)]
    pub sponsor: Option<Ref<Person>>,
    /// Why security matters to the organization and what is decided.
    #[field(required)]
    pub statement: Option<LongText>,
    /// Intended outcomes of the ISMS, one per line.
    #[field(required)]
    pub goals: Vec<String>,
    /// Benefits expected from the ISMS, each with what is expected and the metric that will show it.
    #[field(required)]
    pub expected_benefits: Vec<ExpectedBenefit>,
    /// Who is charged with running the ISMS.
    #[field(required)]
    pub isms_manager: Option<Ref<Person>>,
    /// Day by which the certificate is wanted.
    pub target_certification_on: Option<Date>,
    /// Planned total cost of building the ISMS.
    pub business_case_cost: Option<Money>,
    /// Gain expected per year, such as losses avoided.
    pub business_case_benefit: Option<Money>,
    /// Signature of top management.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
    /// Day on which everybody was told (5.1 d).
    #[field(immaterial)]
    pub communicated_on: Option<Date>,
}

/// States of a management mandate.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MandateState {
    /// Draft.
    Draft,
    /// Submitted.
    Submitted,
    /// Signed.
    Signed,
    /// Superseded.
    Superseded,
}

/// What an ISMS is good for.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Benefit {
    /// Asset protection.
    AssetProtection,
    /// Compliance.
    Compliance,
    /// Resilience.
    Resilience,
    /// Culture.
    Culture,
    /// Process improvement.
    ProcessImprovement,
    /// Return on investment.
    ReturnOnInvestment,
    /// Customer trust.
    CustomerTrust,
}

/// One line of the business case.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct ExpectedBenefit {
    /// Which benefit is expected.
    pub benefit: Option<Benefit>,
    /// What exactly is expected, such as evidence at hand within one day.
    pub statement: Option<String>,
    /// Metric by which the benefit is seen.
    pub indicator: Option<Ref<Metric>>,
}

impl Record for Mandate {
    type State = MandateState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::All], update: &[IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(MandateState::Draft, MandateState::Submitted, &[IM]),
        step(MandateState::Submitted, MandateState::Signed, &[TM]),
        step(MandateState::Submitted, MandateState::Draft, &[TM]),
        step(MandateState::Signed, MandateState::Superseded, &[IM]),
    ];

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to == MandateState::Submitted
            && record.sponsor.is_some_and(|sponsor| !is_top_management(sponsor, context.isms))
        {
            problems.add("sponsor", "must be a member of top management");
        }
    }

    fn sample() -> Self {
        let line = |benefit, statement: &str, indicator| ExpectedBenefit {
            benefit: Some(benefit),
            statement: Some(statement.into()),
            indicator,
        };
        Self {
            sponsor: Some(Ref::new(1)),
            statement: Some(
                "Patients trust us with their health and their data. We decide to run an ISMS over all clinical and \
                 administrative processes and to have it certified in 2026."
                    .into(),
            ),
            goals: vec!["patient data stay confidential, correct and available".into()],
            expected_benefits: vec![
                line(Benefit::Compliance, "evidence at hand within one day", Some(Ref::new(12))),
                line(Benefit::ReturnOnInvestment, "expected yearly loss falls by more than the yearly cost", None),
            ],
            isms_manager: Some(Ref::new(2)),
            target_certification_on: day("2026-10-30"),
            business_case_cost: money("412000 USD"),
            business_case_benefit: money("690000 USD"),
            approval: Some(Ref::new(8)),
            communicated_on: day("2025-02-14"),
        }
    }
}
