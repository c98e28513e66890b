//! Certifications: the cycle of certification with one body.

use crate::records::prelude::*;

/// The cycle of certification with one body: audits, certificate, surveillance.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "CERT",
    title = "Certification",
    plural = "Certifications",
    steps = "1,2,3,4,5,6,7,8,9,10,11,12",
    clauses = "(outside)",
    retention = "A"
)]
pub struct Certification {
    /// The certification body.
    #[field(required)]
    pub body: Option<String>,
    /// Who accredited that body.
    pub accredited_by: Option<String>,
    /// The version of the scope that is certified.
    #[field(required)]
    pub scope: Option<Ref<Scope>>,
    /// Day of the stage 1 audit; needed when stage 1 is done.
    pub stage1_on: Option<Date>,
    /// Last day of the stage 2 audit; needed when stage 2 is done.
    pub stage2_on: Option<Date>,
    /// Number of the certificate; needed when the organisation is certified.
    pub certificate_number: Option<String>,
    /// First day of the certificate; needed when the organisation is certified.
    pub valid_from: Option<Date>,
    /// Last day of the certificate, normally three years later; after it the program marks it as expired.
    pub valid_until: Option<Date>,
    /// The yearly surveillance audits.
    pub surveillance: Vec<Surveillance>,
    /// The sites that the body visits, where there are several.
    pub sampled_sites: Vec<Ref<Site>>,
}

/// States of a certification.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificationState {
    /// Preparing.
    Preparing,
    /// Stage 1 done.
    Stage1Done,
    /// Stage 2 done.
    Stage2Done,
    /// Certified.
    Certified,
    /// Suspended.
    Suspended,
    /// Expired.
    Expired,
    /// Withdrawn.
    Withdrawn,
}

/// One entry of “surveillance”.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct Surveillance {
    /// Day for which the audit is planned.
    pub planned_for: Option<Date>,
    /// Day on which it took place.
    pub performed_on: Option<Date>,
    /// What came of it.
    pub result: Option<String>,
}

impl Record for Certification {
    type State = CertificationState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::All], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(CertificationState::Preparing, CertificationState::Stage1Done, &[IM]),
        step(CertificationState::Stage1Done, CertificationState::Stage2Done, &[IM]),
        step(CertificationState::Stage2Done, CertificationState::Certified, &[IM]),
        step(CertificationState::Certified, CertificationState::Suspended, &[IM]),
        step(CertificationState::Suspended, CertificationState::Certified, &[IM]),
        step(CertificationState::Certified, CertificationState::Expired, &[Who::System]),
        step(CertificationState::Certified, CertificationState::Withdrawn, &[IM]),
    ];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        problems.order(record.stage1_on, record.stage2_on, "stage2_on", "stage 1");
        problems.order(record.stage2_on, record.valid_from, "valid_from", "stage 2");
        problems.order(record.valid_from, record.valid_until, "valid_until", "the first day of the certificate");
    }

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        match to {
            CertificationState::Stage1Done => {
                problems.need(record.stage1_on.is_none(), "stage1_on", "when stage 1 is done");
            }
            CertificationState::Stage2Done => {
                problems.need(record.stage2_on.is_none(), "stage2_on", "when stage 2 is done");
            }
            CertificationState::Certified => {
                let when = "when the organisation is certified";
                problems.need(record.certificate_number.is_none(), "certificate_number", when);
                problems.need(record.valid_from.is_none(), "valid_from", when);
                problems.need(record.valid_until.is_none(), "valid_until", when);
            }
            _ => {}
        }
    }

    fn sample() -> Self {
        Self {
            body: Some("Example Certification Body".into()),
            accredited_by: Some("national accreditation body".into()),
            scope: Some(Ref::new(2)),
            stage1_on: day("2026-07-20"),
            stage2_on: day("2026-09-14"),
            surveillance: vec![
                Surveillance { planned_for: day("2027-09-13"), ..Default::default() },
                Surveillance { planned_for: day("2028-09-11"), ..Default::default() },
            ],
            sampled_sites: vec![Ref::new(1), Ref::new(3)],
            ..Self::default()
        }
    }
}
