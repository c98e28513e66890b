//! What comes: days that records hold, as a month and as a file for other calendars.

use std::fmt::Write as _;

use askama::Template;
use attestry_model::Kind;
use attestry_model::permit::is_closed;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;

use super::duties::day_of;
use crate::cx::Cx;
use crate::dates;
use crate::fault::Fault;
use crate::places::Frame;
use crate::shell::{Shell, page, parameter};

/// The fields that hold days ahead, with the message that says what comes: `calendar-review`.
const DAYS: &[(Kind, &str, &str)] = &[
    (Kind::Certification, "stage1_on", "stage1"),
    (Kind::Certification, "stage2_on", "stage2"),
    (Kind::Certification, "valid_until", "expires"),
    (Kind::Audit, "planned_from", "audit"),
    (Kind::ManagementReview, "planned_for", "management-review"),
    (Kind::BcExercise, "planned_for", "exercise"),
    (Kind::AccessReview, "planned_for", "review"),
    (Kind::ControlTest, "planned_for", "test"),
    (Kind::ProcessExecution, "planned_for", "carry-out"),
    (Kind::EffectivenessVerification, "planned_for", "verify"),
    (Kind::Task, "due", "due"),
    (Kind::CorrectiveAction, "due", "due"),
    (Kind::TreatmentAction, "due", "due"),
    (Kind::Decision, "due", "due"),
    (Kind::Nonconformity, "due", "due"),
    (Kind::Finding, "response_due", "due"),
    (Kind::Objective, "due", "due"),
    (Kind::Improvement, "due", "due"),
    (Kind::NotificationDuty, "due_at", "due"),
    (Kind::Risk, "next_review", "review"),
    (Kind::Document, "next_review", "review"),
    (Kind::Obligation, "next_review", "review"),
    (Kind::ContextIssue, "next_review", "review"),
    (Kind::InterestedParty, "next_review", "review"),
    (Kind::Asset, "next_review", "review"),
    (Kind::Supplier, "next_assessment", "assess"),
    (Kind::Supplier, "contract_end", "contract-end"),
    (Kind::CommunicationItem, "next_due", "carry-out"),
    (Kind::RiskAcceptance, "expires_on", "expires"),
    (Kind::Exception, "expires_on", "expires"),
    (Kind::Evidence, "valid_until", "expires"),
    (Kind::BcPlan, "next_exercise", "exercise"),
    (Kind::Mandate, "target_certification_on", "target"),
];

/// States in which a day has been dealt with.
const OVER: &[&str] = &["done", "completed", "verified", "achieved", "sent", "reported", "minuted", "certified"];
/// Most events of one page or file.
const MOST: usize = 2_000;

/// Something that comes.
#[derive(Debug)]
pub struct Event {
    /// Its day.
    pub day: Date,
    /// The day in words.
    pub day_words: String,
    /// The day of the week.
    pub weekday: String,
    /// The record's identifier; of a waiver, that of its rule.
    pub reference: String,
    /// Where it leads.
    pub href: String,
    /// What comes.
    pub title: String,
    /// What kind of day it is.
    pub what: String,
}

/// What comes from one day to another, both included, of what the person may see.
pub fn events(cx: &Cx, from: Date, to: Date) -> Vec<Event> {
    let mut events = Vec::new();
    for (kind, field, what) in DAYS {
        for record in cx.records(*kind) {
            let Some(day) = day_of(record, field).filter(|day| (from..=to).contains(day)) else { continue };
            // A certificate's last day still comes when it is certified; the days of what is done do not.
            let over = OVER.contains(&record.state()) && *field != "valid_until";
            if over || is_closed(record) || record.head().void_reason.is_some() || events.len() >= MOST {
                continue;
            }
            let reference = record.any_ref();
            let title = record.head().title.clone().unwrap_or_default();
            events.push(event(cx, day, reference.to_string(), &crate::places::record_path(reference), title, what));
        }
    }
    for waiver in cx.report().waivers.iter().filter(|waiver| (from..=to).contains(&waiver.expires)) {
        let Some(rule) = attestry_check::rules::named(waiver.rule).filter(|_| events.len() < MOST) else { continue };
        let about =
            waiver.item.as_ref().map_or_else(|| rule.title().to_owned(), |item| format!("{}: {item}", rule.title()));
        events.push(event(cx, waiver.expires, rule.id.to_owned(), &format!("/rules/{}", rule.id), about, "waiver"));
    }
    // In the order of the list above within a day.
    events.sort_by_key(|event| event.day);
    events
}

fn event(cx: &Cx, day: Date, reference: String, href: &str, title: String, what: &str) -> Event {
    Event {
        day,
        day_words: dates::day(cx.words, day, cx.today),
        weekday: cx.say(format!("weekday-{}", day.weekday().to_monday_one_offset())).into_owned(),
        reference,
        href: cx.href(href),
        title,
        what: cx.say(format!("calendar-{what}")).into_owned(),
    }
}

#[derive(Template)]
#[template(path = "home/calendar.html")]
struct Calendar {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    month: String,
    before: String,
    after: String,
    this: String,
    weeks: Vec<Vec<Square>>,
    days: Vec<Square>,
    count: usize,
}

/// One day of the month.
struct Square {
    day: Date,
    number: i8,
    words: String,
    other: bool,
    today: bool,
    events: Vec<Event>,
}

/// `GET /calendar?month=2026-07`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let asked = parameter(&cx.query, "month").and_then(|text| format!("{text}-01").parse::<Date>().ok());
    let first = asked.filter(|day| (2000..2200).contains(&day.year())).unwrap_or(cx.today).first_of_month();
    let last = first.last_of_month();
    let mut all = events(&cx, first, last);
    let count = all.len();
    let lead = i64::from(first.weekday().to_monday_zero_offset());
    let start = first.saturating_sub(jiff::Span::new().days(lead));
    let mut weeks: Vec<Vec<Square>> = Vec::new();
    let mut days = Vec::new();
    let mut at = start;
    while at <= last {
        let mut week = Vec::new();
        for _ in 0..7 {
            let today = at == cx.today;
            let cut = all.partition_point(|event| event.day <= at);
            let held = if at >= first && at <= last { all.drain(..cut).collect() } else { Vec::new() };
            let words = dates::day(cx.words, at, cx.today);
            week.push(Square { day: at, number: at.day(), words, other: at < first || at > last, today, events: held });
            at = at.saturating_add(jiff::Span::new().days(1));
        }
        weeks.push(week);
    }
    for day in weeks.iter().flatten().filter(|day| !day.events.is_empty()) {
        let words =
            format!("{} {}", cx.say(format!("weekday-{}", day.day.weekday().to_monday_one_offset())), day.words);
        days.push(Square {
            day: day.day,
            number: day.number,
            words,
            other: false,
            today: day.today,
            events: events(&cx, day.day, day.day),
        });
    }
    let link = |months: i32| {
        let other = first.saturating_add(jiff::Span::new().months(months));
        cx.href(&format!("/calendar?month={:04}-{:02}", other.year(), other.month()))
    };
    let month = cx
        .with(
            "calendar-month",
            &[
                ("month", (&cx.say(format!("month-full-{}", first.month())).into_owned()).into()),
                ("year", (&first.year().to_string()).into()),
            ],
        )
        .into_owned();
    page(&Calendar {
        frame: Frame::of_tab(&cx, "/calendar"),
        shell: Shell::of(&cx),
        month,
        before: link(-1),
        after: link(1),
        this: cx.href("/calendar"),
        weeks,
        days,
        count,
        cx,
    })
}

/// `GET /calendar.ics`: the coming year and the last month, for other calendars (RFC 5545).
pub async fn file(cx: Cx) -> Result<Response, Fault> {
    let from = cx.today.saturating_sub(jiff::Span::new().months(1));
    let to = cx.today.saturating_add(jiff::Span::new().years(1));
    let mut out =
        String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Attestry//ISMS//EN\r\nCALSCALE:GREGORIAN\r\n");
    let stamp = cx.now.strftime("%Y%m%dT%H%M%SZ").to_string();
    for event in events(&cx, from, to) {
        let next = event.day.tomorrow().unwrap_or(event.day);
        let _ = write!(
            out,
            "BEGIN:VEVENT\r\nUID:{}-{}@{}\r\nDTSTAMP:{stamp}\r\nDTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\n",
            event.reference,
            event.day.strftime("%Y%m%d"),
            cx.slug,
            event.day.strftime("%Y%m%d"),
            next.strftime("%Y%m%d"),
        );
        let title = format!("{}: {} ({})", event.what, event.title, event.reference);
        folded(&format!("SUMMARY:{}", ics_text(&title)), &mut out);
        out.push_str("END:VEVENT\r\n");
    }
    out.push_str("END:VCALENDAR\r\n");
    let mut answer = out.into_response();
    let head = answer.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    head.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"isms.ics\""));
    Ok(answer)
}

/// Text as the format wants it: its signs with a meaning marked, line breaks written out, other control signs left out.
fn ics_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(sign);
            }
            '\n' => out.push_str("\\n"),
            sign if sign.is_control() => {}
            sign => out.push(sign),
        }
    }
    out
}

/// A line, folded after at most 73 bytes, never inside a letter.
fn folded(line: &str, out: &mut String) {
    let mut room = 73;
    for sign in line.chars() {
        if sign.len_utf8() > room {
            out.push_str("\r\n ");
            room = 72;
        }
        out.push(sign);
        room -= sign.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_end_its_line_in_the_file() {
        assert_eq!(ics_text("a,b;c\\d\r\nEND:VEVENT"), "a\\,b\\;c\\\\d\\nEND:VEVENT");
        let mut out = String::new();
        folded(&"é".repeat(100), &mut out);
        assert!(out.lines().all(|line| line.len() <= 75) && out.ends_with("\r\n"));
        assert_eq!(out.replace("\r\n ", "").trim_end(), "é".repeat(100));
    }
}
