//! How the verdicts of the rules went over time, as figures for a drawing.

use attestry_check::Report;
use attestry_model::Isms;
use jiff::Timestamp;
use jiff::civil::Date;

/// What the rules came to on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrendPoint {
    /// The day.
    pub date: Date,
    /// Rules that hold.
    pub holds: usize,
    /// Broken rules that are candidates for a major nonconformity, not waived.
    pub major: usize,
    /// The same for a minor one.
    pub minor: usize,
    /// The same for an observation.
    pub observation: usize,
    /// Rules about which nobody can say.
    pub unknown: usize,
}

impl TrendPoint {
    /// Judges the ISMS as it stood at a moment; `today` is the day of that moment where the organisation is.
    pub fn of(isms: &Isms, at: Timestamp, today: Date) -> Self {
        Self::of_report(isms, &Report::of(isms, at, today))
    }

    /// The same from a report that is there already.
    pub fn of_report(isms: &Isms, report: &Report) -> Self {
        let score = report.summary(isms).all;
        Self {
            date: report.today,
            holds: score.holds,
            major: score.major,
            minor: score.minor,
            observation: score.observation,
            unknown: score.unknown,
        }
    }
}
