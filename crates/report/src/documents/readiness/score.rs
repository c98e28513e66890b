//! Verdicts counted by step and clause, and how they went over time.

use std::fmt::Write as _;

use attestry_check::Score;
use attestry_standards::{annex_control, clauses};

use super::{Content, note, number};
use crate::document::{Block, Cell, Column, Count, Figure, NoteTone, Section, Table, Tone};
use crate::documents::TrendPoint;
use crate::documents::frame::{counted, section};

/// What the twelve steps of building and running an ISMS are about.
const STEPS: [&str; 12] = [
    "Support of management",
    "Context and objectives",
    "Scope",
    "Policy and roles",
    "Risk assessment",
    "Risk treatment",
    "Treatment carried out",
    "Awareness and competence",
    "Operation and measurement",
    "Internal audit",
    "Management review",
    "Corrective action",
];

/// The numbered clauses whose title no single requirement of them bears.
const CLAUSES: [(&str, &str); 16] = [
    ("4.2", "Interested parties"),
    ("5.1", "Leadership and commitment"),
    ("5.2", "Policy"),
    ("6.1.1", "Risks and opportunities of the ISMS"),
    ("7.2", "Competence"),
    ("7.3", "Awareness"),
    ("7.4", "Communication"),
    ("7.5.1", "Documented information"),
    ("7.5.2", "Creating and updating documents"),
    ("7.5.3", "Control of documents"),
    ("8.1", "Planning and control of operation"),
    ("9.1", "Monitoring and measurement"),
    ("9.2.1", "Internal audit"),
    ("9.3.2", "Inputs of the management review"),
    ("10.1", "Continual improvement"),
    ("10.2", "Nonconformity and corrective action"),
];

/// Fill and ink of the parts of a column, from the ground up.
const PARTS: [(&str, &str, &str); 4] = [
    ("Major", "#ae2d2f", "#fffafa"),
    ("Minor", "#ef9344", "#2c1204"),
    ("Observation", "#ead277", "#332305"),
    ("Not enough recorded", "#ffffff", "#142227"),
];

fn columns(first: &str) -> Vec<Column> {
    let mut columns = vec![Column::new(first, 3.0).naming_row()];
    let counts = ["Hold", "Major", "Minor", "Observ.", "Cannot say", "Waived", "Score"];
    columns.extend(counts.map(|title| Column::new(title, 0.9).at_end()));
    columns
}

fn row(name: String, score: &Score) -> Vec<Cell> {
    let mut row = vec![Cell::text(name)];
    let counts = [score.holds, score.major, score.minor, score.observation, score.unknown, score.waived];
    row.extend(counts.map(|count| if count == 0 { Cell::Empty } else { Cell::count(number(count)) }));
    row.push(score.percent().map_or(Cell::Empty, |percent| Cell::text(format!("{percent} %"))));
    row
}

impl Content<'_> {
    /// All verdicts, counted.
    pub(super) fn tally(&self) -> Vec<Count> {
        let score = self.report.summary(self.isms).all;
        let counts = [
            (Tone::Fine, "hold", score.holds),
            (Tone::Gap, "major candidates", score.major),
            (Tone::Watch, "minor candidates", score.minor),
            (Tone::Planned, "observations", score.observation),
            (Tone::Todo, "not enough recorded", score.unknown),
            (Tone::Excluded, "waived", score.waived),
        ];
        let counts = counts.into_iter().filter(|(_, _, count)| *count > 0);
        let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
        counts.map(|(tone, word, rules)| Count { tone, word: word.to_owned(), count: count(rules) }).collect()
    }

    pub(super) fn scores(&self) -> Section {
        let summary = self.report.summary(self.isms);
        let steps = summary.steps.iter().map(|(step, score)| {
            let name = STEPS.get(usize::from(*step).saturating_sub(1)).copied().unwrap_or_default();
            row(format!("{step} {name}"), score)
        });
        let mut by_step = Table::plain("Score by step", columns("Step"), steps.collect());
        by_step.total = row("All rules".to_owned(), &summary.all);
        let titled = |name: &str| {
            let known = CLAUSES.iter().find(|(clause, _)| *clause == name).map(|(_, title)| *title);
            let own = known.or_else(|| annex_control(name).map(|control| control.title.as_str()));
            let title = own.or_else(|| clauses().iter().find(|clause| clause.id == name).map(|one| one.title.as_str()));
            title.map_or_else(|| name.to_owned(), |title| format!("{name} {title}"))
        };
        let by_clause = summary.clauses.iter().map(|(name, score)| row(titled(name), score));
        let by_clause = Table::plain("Score by clause and control", columns("Clause or control"), by_clause.collect());
        let text = "The score is the weighted share of rules that hold: a rule counts 5 where its breach is major, 2 where \
                    minor, 0.5 where an observation. What cannot be judged counts as not held; what is waived is left out."
            .to_owned();
        section(
            "Score by step and clause",
            false,
            vec![Block::Text(text), Block::Table(by_step), Block::Table(by_clause)],
        )
    }

    pub(super) fn trend(&self) -> Section {
        let points = &self.frame.trend;
        let block = match points.as_slice() {
            [first, .., last] => Block::Figure(figure(points, first, last)),
            _ => note(
                NoteTone::Info,
                "There is no trend yet: the log of changes does not reach back over more than one day.".to_owned(),
            ),
        };
        section("Trend", false, vec![block])
    }
}

fn parts(point: &TrendPoint) -> [usize; 4] {
    [point.major, point.minor, point.observation, point.unknown]
}

fn open(point: &TrendPoint) -> usize {
    parts(point).iter().sum()
}

fn figure(points: &[TrendPoint], first: &TrendPoint, last: &TrendPoint) -> Figure {
    let mut columns = vec![Column::new("Day", 1.2).naming_row(), Column::new("Hold", 1.0).at_end()];
    columns.extend(PARTS.map(|(name, _, _)| Column::new(name, 1.0).at_end()));
    let rows = points.iter().map(|point| {
        let mut row = vec![Cell::Date(point.date), Cell::count(number(point.holds))];
        row.extend(parts(point).map(|count| Cell::count(number(count))));
        row
    });
    let finding = format!(
        "From {} to {} the rules that do not hold went from {} to {}, candidates for a major nonconformity from {} to {}",
        first.date,
        last.date,
        open(first),
        open(last),
        first.major,
        last.major
    );
    Figure {
        caption: format!("Rules that are broken or cannot be judged, by day. {finding}."),
        alt: format!("Columns for {}. {finding}; {} hold now.", counted(points.len(), "day"), last.holds),
        svg: drawing(points),
        width: 1.0,
        data: Table::plain("Trend", columns, rows.collect()),
    }
}

fn units(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// One column for each day, its parts from the ground up in the order of their gravity, each with its number.
fn drawing(points: &[TrendPoint]) -> String {
    const WIDTH: f64 = 640.0;
    const TOP: f64 = 34.0;
    const HEIGHT: f64 = 190.0;
    let most = units(points.iter().map(open).max().unwrap_or(1).max(1));
    let step = WIDTH / units(points.len().max(1));
    let bar = (step * 0.62).min(64.0);
    let bottom = TOP + HEIGHT;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {:.0}\" font-family=\"Noto Sans, sans-serif\" \
         font-size=\"9\" fill=\"#576469\">",
        bottom + 40.0
    );
    for (at, (name, fill, _)) in (0_u8..).zip(PARTS) {
        let x = f64::from(at) * 120.0;
        let _ = write!(
            svg,
            "<rect x=\"{x:.1}\" y=\"2\" width=\"10\" height=\"10\" rx=\"2\" fill=\"{fill}\" stroke=\"#7e888b\" \
             stroke-width=\"0.6\"/><text x=\"{:.1}\" y=\"10.5\">{name}</text>",
            x + 15.0
        );
    }
    let _ = write!(svg, "<path d=\"M0 {bottom:.1}H{WIDTH}\" stroke=\"#d3dcdd\" stroke-width=\"0.8\"/>");
    for (at, point) in points.iter().enumerate() {
        let middle = step * (units(at) + 0.5);
        let left = middle - bar / 2.0;
        let mut y = bottom;
        for (count, (_, fill, ink)) in parts(point).into_iter().zip(PARTS) {
            let height = HEIGHT * units(count) / most;
            if count == 0 {
                continue;
            }
            y -= height;
            let _ = write!(
                svg,
                "<rect x=\"{left:.1}\" y=\"{y:.1}\" width=\"{bar:.1}\" height=\"{height:.1}\" fill=\"{fill}\" \
                 stroke=\"#7e888b\" stroke-width=\"0.6\"/>"
            );
            if height >= 11.0 {
                let _ = write!(
                    svg,
                    "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"{ink}\">{count}</text>",
                    y + height / 2.0 + 3.2
                );
            }
        }
        let _ = write!(
            svg,
            "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-weight=\"600\" fill=\"#142227\">{}</text>\
             <text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"8.5\">{}</text>\
             <text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"8.5\">{} hold</text>",
            y - 4.0,
            open(point),
            bottom + 14.0,
            point.date,
            bottom + 27.0,
            point.holds
        );
    }
    svg.push_str("</svg>");
    svg
}
