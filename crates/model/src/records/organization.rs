//! Organizations: the legal body that runs the ISMS, and what size, sector and currency everything is measured by.

use crate::records::prelude::*;
use crate::value::Currency;

/// The legal body that runs the ISMS. Exactly one of them is active.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "ORG",
    title = "Organization",
    plural = "Organizations",
    steps = "1,2",
    clauses = "4.1 4.4",
    retention = "A",
    core
)]
pub struct Organization {
    /// Registered name as it shall appear on a certificate.
    #[field(required)]
    pub legal_name: Option<String>,
    /// What the organization is for, in a few sentences; issues and policy are judged against it (4.1, 5.2 a).
    #[field(required)]
    pub purpose: Option<LongText>,
    /// Main business aims of the next years; objectives and policy must fit them.
    pub strategic_direction: Option<LongText>,
    /// Line of business; obligations are suggested by it.
    #[field(required)]
    pub sector: Option<OrganizationSector>,
    /// Countries where it operates, as two-letter codes such as DE or US; they decide which notification rules may
    /// apply.
    #[field(required)]
    pub countries: Vec<String>,
    /// Number of people working under its control, contractors included; audit time and coverage are counted from it.
    #[field(required)]
    pub headcount: Option<i64>,
    /// Reporting currency as a code of three letters, such as EUR.
    #[field(required)]
    pub currency: Option<String>,
    /// Revenue of one year; impact levels and possible fines are scaled by it.
    pub revenue_year: Option<Money>,
    /// First day of the business year as month and day, such as 01-01.
    pub fiscal_year_start: Option<String>,
    /// Time zone by its IANA name, such as Europe/Vienna; deadlines are counted in UTC and shown in this zone.
    #[field(required)]
    pub timezone: Option<String>,
    /// The people who count as top management for approvals and reviews.
    #[field(required)]
    pub top_management: Vec<Ref<Person>>,
}

/// States of an organization.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrganizationState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// Line of business.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrganizationSector {
    /// Health.
    Health,
    /// Finance.
    Finance,
    /// Public.
    Public,
    /// Energy.
    Energy,
    /// Transport.
    Transport,
    /// Manufacturing.
    Manufacturing,
    /// Information technology.
    Ict,
    /// Education.
    Education,
    /// Retail.
    Retail,
    /// Other.
    Other,
}

impl Record for Organization {
    type State = OrganizationState;

    const RIGHTS: Rights = Rights { create: &[AD], read: &[Who::Isms, AD], update: &[IM], approve: &[TM] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(OrganizationState::Draft, OrganizationState::Active, &[IM]),
        step(OrganizationState::Active, OrganizationState::Retired, &[AD]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.headcount, "headcount");
        if let Some(Err(wrong)) = record.currency.as_deref().map(str::parse::<Currency>) {
            problems.add("currency", wrong);
        }
        let is_code = |code: &String| code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase());
        for wrong in record.countries.iter().filter(|code| !is_code(code)) {
            problems.add("countries", format!("“{wrong}” is not a country code of two capital letters such as DE"));
        }
        if let Some(start) = &record.fiscal_year_start
            && (start.len() != 5 || format!("2023-{start}").parse::<Date>().is_err())
        {
            problems.add("fiscal_year_start", "must be a month and a day such as 01-01");
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        if to == OrganizationState::Active {
            let mut others = context.isms.live::<Self>().filter(|other| other.number != record.number);
            if let Some(other) = others.find(|other| other.state == OrganizationState::Active) {
                problems
                    .add("", format!("{} is active already, and there is only one organization", other.reference()));
            }
        }
    }

    fn sample() -> Self {
        Self {
            legal_name: Some("Cedar Hollow Medical Clinic, Inc. (fictional)".into()),
            purpose: Some(
                "Provide primary care, day surgery, laboratory and imaging services to 41,000 \
        registered patients of a mid-size town and its surroundings."
                    .into(),
            ),
            strategic_direction: Some(
                "Grow day surgery and telemedicine; keep the trust of patients and referring doctors; \
         join a regional health information exchange in 2027."
                    .into(),
            ),
            sector: Some(OrganizationSector::Health),
            countries: vec!["US".into()],
            headcount: Some(180),
            currency: Some("USD".into()),
            revenue_year: money("38500000 USD"),
            fiscal_year_start: Some("01-01".into()),
            timezone: Some("America/New_York".into()),
            top_management: vec![Ref::new(1), Ref::new(3)],
        }
    }
}
