//! How the number of gaps went over the last months, and when it would reach zero at that pace.
//!
//! Each point is a report over the value as it stood at the end of a day. Only the number is kept, by organisation and day:
//! what a day of the past came to does not change.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Mutex;

use attestry_check::Report;
use attestry_store::When;
use jiff::civil::Date;

use super::duties::days_between;
use crate::app::held;
use crate::cx::Cx;
use crate::dates;
use crate::html::{Html, escape};

/// Most points of the past.
const POINTS: i32 = 7;
/// Most numbers kept, over all organisations.
const MOST_KEPT: usize = 2_000;

/// The numbers that are kept; `None` for a day before the first entry.
#[derive(Debug, Default)]
pub struct Kept(Mutex<HashMap<(String, Date), Option<usize>>>);

/// One point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// The day.
    pub day: Date,
    /// Broken checks at its end that were not waived.
    pub gaps: usize,
}

/// The line of the last months.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trend {
    /// The points, the oldest first; the last one is today.
    pub points: Vec<Point>,
    /// When no gap would be left at the pace since the first point.
    pub end: Option<Date>,
}

/// The gaps of a report: broken checks that are not waived.
pub fn gaps(report: &Report, isms: &attestry_model::Isms) -> usize {
    report.summary(isms).all.violated()
}

/// When a line through the first and the last point reaches zero, if it falls at all and reaches it within two years.
pub fn projection(points: &[Point]) -> Option<Date> {
    let (first, last) = (points.first()?, points.last()?);
    let days = days_between(first.day, last.day);
    let closed = i64::try_from(first.gaps).ok()? - i64::try_from(last.gaps).ok()?;
    let left = i64::try_from(last.gaps).ok()?;
    if days <= 0 || closed <= 0 || left == 0 {
        return None;
    }
    // Rounded up: the last gap is closed on the day after the fraction.
    let ahead = (left * days + closed - 1) / closed;
    (ahead <= 730).then(|| last.day.checked_add(jiff::Span::new().days(ahead)).ok())?
}

impl Trend {
    /// The line up to the day that is shown. Reads the database: run it beside the requests.
    pub fn of(cx: &Cx, today: usize) -> Self {
        let first = cx.organisation.entries(0, 1).ok().and_then(|entries| entries.first().map(|entry| entry.at));
        let begun = first.map(|at| cx.zone.to_datetime(at).date());
        let mut points: Vec<Point> =
            days(cx.today, begun).into_iter().filter_map(|day| Some(Point { day, gaps: on(cx, day)? })).collect();
        points.push(Point { day: cx.today, gaps: today });
        let end = projection(&points);
        Self { points, end }
    }
}

/// The first days of the last months, and the middle of the last one. Where that is more than there is, days from the first
/// one on, evenly spread.
fn days(today: Date, begun: Option<Date>) -> Vec<Date> {
    let first = today.first_of_month();
    let mut days: Vec<Date> =
        (0..POINTS).rev().map(|back| first.saturating_sub(jiff::Span::new().months(back))).collect();
    days.push(first.saturating_add(jiff::Span::new().days(14)));
    days.retain(|day| *day < today);
    match begun {
        Some(begun) if days.first().is_none_or(|first| *first < begun) => {
            let span = days_between(begun, today);
            let count = span.clamp(0, i64::from(POINTS) + 1);
            (0..count).map(|at| begun.saturating_add(jiff::Span::new().days(span * at / count))).collect()
        }
        _ => days,
    }
}

fn on(cx: &Cx, day: Date) -> Option<usize> {
    let key = (cx.slug.clone(), day);
    if let Some(known) = held(cx.app.trend.0.lock()).get(&key) {
        return *known;
    }
    let end = cx.zone.to_timestamp(day.tomorrow().ok()?.at(0, 0, 0, 0)).ok()?;
    let end = end - jiff::SignedDuration::from_millis(1);
    // A day before the first entry has no value, and that is no failure.
    let past = cx.organisation.as_of(When::Time(end)).ok();
    let count = past.map(|past| gaps(&Report::of(&past.isms, end, day), &past.isms));
    let mut kept = held(cx.app.trend.0.lock());
    if kept.len() >= MOST_KEPT {
        kept.clear();
    }
    kept.insert(key, count);
    count
}

const LEFT: f64 = 28.0;
const RIGHT: f64 = 412.0;
const TOP: f64 = 20.0;
const FOOT: f64 = 122.0;

/// The drawing: gaps over time, the projection dashed, the audit as a line. What it says stands beside it in words.
pub fn drawing(cx: &Cx, trend: &Trend, audit: Option<Date>, label: &str) -> Html {
    let (Some(first), Some(last)) = (trend.points.first(), trend.points.last()) else { return Html::default() };
    let audit = audit.filter(|day| *day > last.day && days_between(last.day, *day) <= 400);
    let end = [trend.end, audit, Some(last.day)].into_iter().flatten().max().unwrap_or(last.day);
    let span = days_between(first.day, end).max(1);
    let most = trend.points.iter().map(|point| point.gaps).max().unwrap_or(1).max(1);
    let step = [5, 10, 20, 50, 100, 200, 500].into_iter().find(|step| most <= step * 4).unwrap_or(1_000);
    let top = most.div_ceil(step) * step;
    #[expect(clippy::cast_precision_loss, reason = "a drawing of 400 units")]
    let x = |day: Date| LEFT + (RIGHT - LEFT) * days_between(first.day, day) as f64 / span as f64;
    #[expect(clippy::cast_precision_loss, reason = "a drawing of 100 units")]
    let y = |gaps: usize| FOOT - (FOOT - TOP) * gaps as f64 / top as f64;
    let mut out = String::from(r#"<svg class="chart" viewBox="0 0 430 150" role="img" aria-label=""#);
    escape(label, &mut out);
    out.push_str(r#"">"#);
    for line in (0..=top).step_by(step) {
        let _ = write!(
            out,
            r#"<path class="gr" d="M{LEFT} {at:.1}H{RIGHT}"/><text x="22" y="{text:.1}" text-anchor="end">{line}</text>"#,
            at = y(line),
            text = y(line) + 3.5
        );
    }
    months(cx, first.day, end, &mut out, &x);
    let mut path = String::new();
    for (at, point) in trend.points.iter().enumerate() {
        let _ = write!(path, "{}{:.1} {:.1}", if at == 0 { 'M' } else { 'L' }, x(point.day), y(point.gaps));
    }
    let (now_x, now_y) = (x(last.day), y(last.gaps));
    let _ =
        write!(out, r#"<path class="ar" d="{path}L{now_x:.1} {FOOT}L{LEFT} {FOOT}Z"/><path class="ln" d="{path}"/>"#);
    if let Some(end) = trend.end {
        let _ = write!(
            out,
            r#"<path class="lp" d="M{now_x:.1} {now_y:.1}L{0:.1} {FOOT}"/><circle class="pp" cx="{0:.1}" cy="{FOOT}" r="4"/>"#,
            x(end)
        );
    }
    if let Some(audit) = audit {
        let _ = write!(
            out,
            r#"<path class="lim" d="M{0:.1} {TOP}V{FOOT}"/><text class="tg" x="{0:.1}" y="12" text-anchor="middle">"#,
            x(audit).min(395.0)
        );
        escape(&cx.say1("trend-audit", "day", &dates::day(cx.words, audit, cx.today)), &mut out);
        out.push_str("</text>");
    }
    let _ = write!(
        out,
        r#"<circle class="pt" cx="{now_x:.1}" cy="{now_y:.1}" r="4.5"/><text class="tn" x="{:.1}" y="{:.1}"{}>"#,
        if now_x > 340.0 { now_x - 6.0 } else { now_x + 6.0 },
        now_y - 8.0,
        if now_x > 340.0 { r#" text-anchor="end""# } else { "" }
    );
    escape(&cx.say1("trend-today", "count", last.gaps), &mut out);
    out.push_str("</text></svg>");
    Html(out)
}

/// The names of the months under the drawing; where there are many, every second or third.
fn months(cx: &Cx, first: Date, end: Date, out: &mut String, x: &dyn Fn(Date) -> f64) {
    let all = i64::from(end.year() - first.year()) * 12 + i64::from(end.month() - first.month());
    let every = (all / 8 + 1).max(1);
    let mut month = first.first_of_month();
    let mut at = 0;
    while month <= end && at < 60 {
        if month >= first && at % every == 0 {
            let _ = write!(out, r#"<text x="{:.1}" y="142" text-anchor="middle">"#, x(month) + 2.0);
            escape(&cx.say(format!("month-{}", month.month())), out);
            out.push_str("</text>");
        }
        month = month.saturating_add(jiff::Span::new().months(1));
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn points(line: &[(i8, usize)]) -> Vec<Point> {
        line.iter().map(|(month, gaps)| Point { day: date(2026, *month, 1), gaps: *gaps }).collect()
    }

    #[test]
    fn the_pace_since_the_first_point_says_when_no_gap_is_left() {
        // 60 gaps closed in 90 days leave 30 for another 45 days.
        let line = points(&[(1, 90), (2, 70), (4, 30)]);
        assert_eq!(projection(&line), Some(date(2026, 5, 16)));
    }

    #[test]
    fn there_is_no_projection_where_the_line_does_not_fall_or_is_no_line() {
        for line in
            [points(&[(1, 10), (4, 12)]), points(&[(1, 10), (4, 10)]), points(&[(1, 10)]), points(&[(1, 4), (4, 0)])]
        {
            assert_eq!(projection(&line), None, "{line:?}");
        }
        // So slow that the day would say nothing.
        assert_eq!(projection(&points(&[(1, 1_000), (4, 999)])), None);
    }

    #[test]
    fn a_young_history_is_spread_over_its_days() {
        let today = date(2026, 6, 30);
        assert!(days(today, Some(today)).is_empty());
        assert_eq!(days(today, Some(date(2026, 6, 28))), [date(2026, 6, 28), date(2026, 6, 29)]);
        let months = days(today, Some(date(2026, 5, 1)));
        assert_eq!((months.len(), months[0], months[4]), (8, date(2026, 5, 1), date(2026, 5, 31)));
        assert!(months.is_sorted() && months.last() < Some(&today));
    }

    #[test]
    fn the_points_are_the_first_days_of_the_last_months_before_today() {
        let days = days(date(2026, 6, 30), Some(date(2020, 1, 1)));
        assert_eq!(days.first(), Some(&date(2025, 12, 1)));
        assert_eq!(days[days.len() - 2..], [date(2026, 6, 1), date(2026, 6, 15)]);
        assert!(super::days(date(2026, 6, 1), None).iter().all(|day| *day < date(2026, 6, 1)));
    }
}
