//! The time line of the actions: one bar for each that has a due date, with its state in words.

use std::fmt::Write as _;

use attestry_model::Stored;
use attestry_model::records::TreatmentAction;
use jiff::Span;
use jiff::civil::Date;

use super::{Content, is_open, nothing};
use crate::document::{Block, Cell, Column, Figure, Section, Table};
use crate::documents::frame::{counted, state_mark};
use crate::plain::svg_text;

/// Bars in one drawing: as many as a page lying across holds.
const MOST_BARS: usize = 34;
/// Width of the drawing, of its names, and of the room at its end, in its own units.
const WIDTH: f64 = 1000.0;
const LEFT: f64 = 290.0;
const RIGHT: f64 = 12.0;
/// Height of the months above, and of a bar with its space.
const TOP: f64 = 24.0;
const STEP: f64 = 14.0;

struct Bar<'a> {
    action: &'a Stored<TreatmentAction>,
    start: Date,
    due: Date,
    state: String,
}

impl Content<'_> {
    pub(super) fn time(&self) -> Section {
        let bars: Vec<Bar<'_>> = self
            .actions
            .iter()
            .filter(|action| action.state_name() != "cancelled")
            .filter_map(|action| {
                let due = action.due?;
                let state =
                    if self.is_late(action) { "late".to_owned() } else { action.state_name().replace('_', " ") };
                Some(Bar { action, start: action.start.unwrap_or(due).min(due), due, state })
            })
            .collect();
        let span = bars.iter().map(|bar| bar.start).min().zip(bars.iter().map(|bar| bar.due).max());
        let Some(span) = span else { return nothing("Time", "No action has a due date yet.") };
        let pieces = bars.chunks(MOST_BARS);
        let count = pieces.len();
        let blocks = pieces.enumerate().map(|(at, bars)| {
            let part = if count > 1 { format!(", part {} of {count}", at + 1) } else { String::new() };
            Block::Figure(self.figure(bars, span, &part))
        });
        Section { heading: "Time".to_owned(), landscape: true, blocks: blocks.collect() }
    }

    fn figure(&self, bars: &[Bar<'_>], (first, last): (Date, Date), part: &str) -> Figure {
        let rows = bars.iter().map(|bar| {
            vec![
                Cell::text(format!("{} {}", bar.action.reference(), told(bar.action))),
                Cell::Date(bar.start),
                Cell::Date(bar.due),
                state_mark(bar.action.state_name()),
            ]
        });
        let columns = vec![
            Column::new("Action", 4.0).naming_row(),
            Column::new("Start", 1.0),
            Column::new("Due", 1.0),
            Column::new("State", 1.2),
        ];
        let open = bars.iter().filter(|bar| is_open(bar.action)).count();
        let late = bars.iter().filter(|bar| self.is_late(bar.action)).count();
        Figure {
            caption: format!("Actions from {first} to {last}{part}. The line through all rows marks {}.", self.today),
            alt: format!(
                "Time line of {} between {first} and {last}{part}: on {} {open} of them open, {late} past the due date.",
                counted(bars.len(), "action"),
                self.today
            ),
            svg: gantt(bars, first, last, self.today),
            width: 1.0,
            data: Table::plain("", columns, rows.collect()),
        }
    }
}

/// What an action is, on one line.
fn told(action: &Stored<TreatmentAction>) -> &str {
    let what = action.what.as_deref().and_then(|what| what.lines().map(str::trim).find(|line| !line.is_empty()));
    what.unwrap_or_else(|| action.title())
}

fn units(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Bars with their names, months along the top, a line for today.
fn gantt(bars: &[Bar<'_>], first: Date, last: Date, today: Date) -> String {
    let days = |from: Date, to: Date| f64::from(from.until(to).map_or(0, |span| span.get_days()));
    let total = days(first, last).max(1.0);
    let x = |date: Date| LEFT + (WIDTH - LEFT - RIGHT) * (days(first, date) / total).clamp(0.0, 1.0);
    let height = TOP + STEP * units(bars.len()) + 6.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"Noto Sans, sans-serif\" \
         font-size=\"9\">"
    );
    months(&mut svg, first, last, height, x);
    if today >= first && today <= last {
        let at = x(today);
        let _ = write!(svg, "<path d=\"M{at:.1} {TOP}V{height}\" stroke=\"#ae2d2f\" stroke-width=\"1\"/>");
    }
    for (at, bar) in bars.iter().enumerate() {
        let y = TOP + STEP * units(at);
        let (from, to) = (x(bar.start), x(bar.due));
        let fill = match bar.state.as_str() {
            "verified" | "done" => "#2f7d4f",
            "in progress" => "#2b6cb0",
            "blocked" | "late" => "#ae2d2f",
            _ => "#8a94a3",
        };
        let title = told(bar.action);
        let shown: String = title.chars().take(44).collect();
        let more = if shown.len() < title.len() { "…" } else { "" };
        let _ = write!(
            svg,
            "<text x=\"2\" y=\"{base:.1}\" fill=\"#576469\">{}</text><text x=\"52\" y=\"{base:.1}\" fill=\"#142227\">{}</text>\
             <rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"7\" rx=\"2\" fill=\"{fill}\"/>",
            bar.action.reference(),
            svg_text(&format!("{}{more}", shown.trim_end())),
            y + 3.0,
            (to - from).max(3.0),
            base = y + 10.0,
        );
        // The state stands after the bar where there is room, otherwise before it.
        let (at, anchor) = if to < WIDTH - 70.0 { (to.max(from + 3.0) + 5.0, "start") } else { (from - 5.0, "end") };
        let _ = write!(
            svg,
            "<text x=\"{at:.1}\" y=\"{:.1}\" fill=\"#3c4a4f\" font-size=\"8\" text-anchor=\"{anchor}\">{}</text>",
            y + 9.8,
            svg_text(&bar.state)
        );
    }
    svg.push_str("</svg>");
    svg
}

fn months(svg: &mut String, first: Date, last: Date, height: f64, x: impl Fn(Date) -> f64) {
    let mut month = first.first_of_month();
    let mut free_from = f64::MIN;
    while month <= last {
        if month >= first {
            let at = x(month);
            let _ = write!(svg, "<path d=\"M{at:.1} {TOP}V{height}\" stroke=\"#d3dcdd\" stroke-width=\"0.6\"/>");
            if at >= free_from && at < WIDTH - 40.0 {
                let (year, number) = (month.year(), month.month());
                let _ = write!(svg, "<text x=\"{at:.1}\" y=\"14\" fill=\"#576469\">{year}-{number:02}</text>");
                free_from = at + 46.0;
            }
        }
        match month.checked_add(Span::new().months(1)) {
            Ok(next) => month = next,
            Err(_) => break,
        }
    }
}
