//! The clocks of notification (domain specification, section 5).
//!
//! Clocks run through nights and weekends, in UTC. Months are calendar months: a month after 31 January ends on the
//! last day of February. The figures are defaults that the organisation's lawyer confirms; the hours that an
//! obligation states go before them.

use jiff::tz::Offset;
use jiff::{Span, Timestamp, ToSpan};

use crate::records::{Incident, Regime};

/// From how many affected people on the HHS is told at once rather than once a year (45 CFR 164.408).
const HHS_MANY: i64 = 500;

/// Until when a notification is due whose clock began to run at `start`; `hours` are those that its obligation states.
///
/// `None` for contracts and other rules whose obligation states no hours, and for moments outside the calendar. Where
/// the number of affected people is not known yet, the shorter deadline holds. `start` is awareness or discovery, save
/// that it is the sending of the notice before for the final report of NIS2 and the intermediate and final reports of
/// DORA, and the classification as major for the first notice of DORA.
pub fn due_at(regime: Regime, start: Timestamp, incident: Option<&Incident>, hours: Option<i64>) -> Option<Timestamp> {
    if let Some(hours) = hours {
        return start.checked_add(Span::new().try_hours(hours).ok()?).ok();
    }
    match regime {
        Regime::GdprAuthority | Regime::GdprSubjects | Regime::Nis2Notification | Regime::DoraIntermediate => {
            start.checked_add(72.hours()).ok()
        }
        Regime::Nis2EarlyWarning => start.checked_add(24.hours()).ok(),
        Regime::Nis2FinalReport | Regime::DoraFinal => after(start, 1.month()),
        Regime::HipaaIndividuals | Regime::HipaaMedia => after(start, 60.days()),
        Regime::HipaaHhs => {
            let few = incident.and_then(|incident| incident.persons_affected).is_some_and(|many| many < HHS_MANY);
            after(if few { end_of_year(start)? } else { start }, 60.days())
        }
        Regime::DoraInitial => {
            let at_most = incident.and_then(|incident| incident.aware_at?.checked_add(24.hours()).ok());
            let classified = start.checked_add(4.hours()).ok()?;
            Some(at_most.map_or(classified, |at_most| classified.min(at_most)))
        }
        Regime::Contract | Regime::Other => None,
    }
}

/// A calendar span after a moment, in UTC.
fn after(start: Timestamp, span: Span) -> Option<Timestamp> {
    let end = Offset::UTC.to_datetime(start).checked_add(span).ok()?;
    Offset::UTC.to_timestamp(end).ok()
}

/// The moment at which the calendar year of `start` ends, in UTC.
fn end_of_year(start: Timestamp) -> Option<Timestamp> {
    let next = Offset::UTC.to_datetime(start).year().checked_add(1)?;
    let first = jiff::civil::Date::new(next, 1, 1).ok()?;
    Offset::UTC.to_timestamp(first.at(0, 0, 0, 0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::prelude::moment;

    fn due(regime: Regime, start: &str) -> Option<Timestamp> {
        due_at(regime, start.parse().unwrap(), None, None)
    }

    #[test]
    fn each_regime_has_its_clock() {
        for (regime, start, end) in [
            (Regime::GdprAuthority, "2026-03-06T17:00:00Z", "2026-03-09T17:00:00Z"),
            (Regime::GdprSubjects, "2026-03-06T17:00:00Z", "2026-03-09T17:00:00Z"),
            (Regime::HipaaIndividuals, "2025-10-14T11:40:00Z", "2025-12-13T11:40:00Z"),
            (Regime::HipaaMedia, "2024-01-01T00:00:00Z", "2024-03-01T00:00:00Z"),
            (Regime::Nis2EarlyWarning, "2026-06-30T20:00:00Z", "2026-07-01T20:00:00Z"),
            (Regime::Nis2Notification, "2026-06-30T20:00:00Z", "2026-07-03T20:00:00Z"),
            (Regime::Nis2FinalReport, "2026-01-31T09:00:00Z", "2026-02-28T09:00:00Z"),
            (Regime::Nis2FinalReport, "2024-01-31T09:00:00Z", "2024-02-29T09:00:00Z"),
            (Regime::DoraInitial, "2026-06-30T20:00:00Z", "2026-07-01T00:00:00Z"),
            (Regime::DoraIntermediate, "2026-06-30T20:00:00Z", "2026-07-03T20:00:00Z"),
            (Regime::DoraFinal, "2026-12-31T20:00:00Z", "2027-01-31T20:00:00Z"),
        ] {
            assert_eq!(due(regime, start), moment(end), "{regime} from {start}");
        }
    }

    #[test]
    fn the_hhs_is_told_of_fewer_than_500_people_after_the_end_of_the_year() {
        let start = "2025-10-14T11:40:00Z".parse().unwrap();
        for (persons, end) in [
            (Some(499), "2026-03-02T00:00:00Z"),
            (Some(500), "2025-12-13T11:40:00Z"),
            (Some(612), "2025-12-13T11:40:00Z"),
            (None, "2025-12-13T11:40:00Z"),
        ] {
            let incident = Incident { persons_affected: persons, ..Incident::default() };
            assert_eq!(due_at(Regime::HipaaHhs, start, Some(&incident), None), moment(end), "{persons:?} people");
        }
        let few = Incident { persons_affected: Some(3), ..Incident::default() };
        let leap = due_at(Regime::HipaaHhs, "2027-12-31T23:59:59Z".parse().unwrap(), Some(&few), None);
        assert_eq!(leap, moment("2028-03-01T00:00:00Z"), "60 days of 2028, which has a 29 February");
    }

    #[test]
    fn the_first_dora_notice_is_due_a_day_after_awareness_at_the_latest() {
        let incident = Incident { aware_at: moment("2026-06-30T08:00:00Z"), ..Incident::default() };
        for (classified, end) in
            [("2026-06-30T12:00:00Z", "2026-06-30T16:00:00Z"), ("2026-07-01T06:00:00Z", "2026-07-01T08:00:00Z")]
        {
            let due = due_at(Regime::DoraInitial, classified.parse().unwrap(), Some(&incident), None);
            assert_eq!(due, moment(end), "classified at {classified}");
        }
    }

    #[test]
    fn the_hours_of_an_obligation_go_before_the_table() {
        let start = "2025-10-14T11:40:00Z".parse().unwrap();
        let due = |regime, hours| due_at(regime, start, None, hours);
        assert_eq!(due(Regime::Contract, Some(72)), moment("2025-10-17T11:40:00Z"));
        assert_eq!(due(Regime::Nis2Notification, Some(24)), moment("2025-10-15T11:40:00Z"), "trust services");
        assert_eq!(due(Regime::Contract, None), None, "a contract without hours has no clock");
        assert_eq!(due(Regime::Other, Some(i64::MAX)), None, "hours beyond the calendar");
    }
}
