//! One risk on its matrix: where it was before treatment, where it is and where it is meant to go.

use std::fmt::Write as _;

use attestry_check::measure::Method;
use attestry_model::Stored;
use attestry_model::records::Methodology;
use attestry_risk::qualitative::Cell;

use crate::cx::Cx;
use crate::html::{Html, escape};
use crate::show;

/// The side of a cell in the drawing.
const SIDE: u32 = 34;
/// Room for the numbers of the rows.
const EDGE: u32 = 24;

/// The three moments of a risk; none where it was not rated.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moments {
    /// Before treatment.
    pub before: Option<Cell>,
    /// As it is.
    pub now: Option<Cell>,
    /// As it is meant to become.
    pub planned: Option<Cell>,
}

impl Moments {
    /// What the drawing says, in words.
    pub fn words(&self, cx: &Cx) -> String {
        let word = |cell: Option<Cell>| {
            cell.map_or_else(|| cx.say("matrix-none").into_owned(), |it| format!("{} × {}", it.likelihood, it.impact))
        };
        let (before, now, planned) = (word(self.before), word(self.now), word(self.planned));
        cx.with("mini-label", &[("before", (&before).into()), ("now", (&now).into()), ("planned", (&planned).into())])
            .into_owned()
    }

    /// The drawing.
    pub fn draw(&self, cx: &Cx, record: &Stored<Methodology>, method: &Method) -> Html {
        let matrix = &method.matrix;
        let (rows, columns) = (u32::from(matrix.likelihoods), u32::from(matrix.impacts));
        let (width, height) = (EDGE + columns * SIDE + 4, rows * SIDE + EDGE);
        let mut out = format!(r#"<svg class="chart mini" viewBox="0 0 {width} {height}" role="img" aria-label=""#);
        escape(&self.words(cx), &mut out);
        out.push_str(r#"">"#);
        for l in 1..=matrix.likelihoods {
            let y = (rows - u32::from(l)) * SIDE;
            let _ = write!(out, r#"<text x="{}" y="{}" text-anchor="end">{l}</text>"#, EDGE - 7, y + SIDE / 2 + 4);
            for i in 1..=matrix.impacts {
                let value = matrix.value(l, i);
                let rank = value
                    .and_then(|it| show::level(cx, Some(record.reference()), i64::from(it)))
                    .map_or(1, |(rank, _)| rank);
                let x = EDGE + (u32::from(i) - 1) * SIDE;
                let side = SIDE - 2;
                let _ = write!(out, r#"<rect class="f{rank}" x="{x}" y="{y}" width="{side}" height="{side}" rx="4"/>"#);
            }
        }
        for i in 1..=columns {
            let x = EDGE + (i - 1) * SIDE + SIDE / 2 - 1;
            let _ = write!(out, r#"<text x="{x}" y="{}" text-anchor="middle">{i}</text>"#, rows * SIDE + 15);
        }
        // The line of the limit runs along the cells within it, where the next one is above it.
        let within = |l: u8, i: u8| matrix.value(l, i).is_some_and(|it| it <= method.bands.acceptance_max);
        let mut line = String::new();
        for l in 1..=matrix.likelihoods {
            for i in (1..=matrix.impacts).filter(|i| within(l, *i)) {
                let (x, y) = (EDGE + (u32::from(i) - 1) * SIDE - 1, (rows - u32::from(l)) * SIDE);
                if l < matrix.likelihoods && !within(l + 1, i) {
                    let _ = write!(line, "M{x} {}h{SIDE}", y.saturating_sub(1));
                }
                if i < matrix.impacts && !within(l, i + 1) {
                    let _ = write!(line, "M{} {}v{SIDE}", x + SIDE, y.saturating_sub(1));
                }
            }
        }
        let _ = write!(out, r#"<path class="edge" d="{line}"/>"#);
        let centre = |cell: Cell, aside: i64| {
            let x = i64::from(EDGE + (u32::from(cell.impact) - 1) * SIDE + SIDE / 2 - 1) + aside;
            (x, i64::from((rows.saturating_sub(u32::from(cell.likelihood))) * SIDE + SIDE / 2 - 1))
        };
        let inside = |cell: &Cell| {
            (1..=matrix.likelihoods).contains(&cell.likelihood) && (1..=matrix.impacts).contains(&cell.impact)
        };
        // Moments that fall into one cell stand side by side.
        let spots = [(self.before, "pb", -9), (self.now, "pt", 0), (self.planned, "pp", 9)];
        let shared = |cell: Cell| spots.iter().filter(|it| it.0 == Some(cell)).count() > 1;
        let places: Vec<((i64, i64), &str)> = spots
            .iter()
            .filter_map(|(cell, class, aside)| {
                let cell = cell.filter(inside)?;
                Some((centre(cell, if shared(cell) { *aside } else { 0 }), *class))
            })
            .collect();
        let mut path = String::new();
        for (at, ((x, y), _)) in places.iter().enumerate() {
            let _ = write!(path, "{}{x} {y}", if at == 0 { 'M' } else { 'L' });
        }
        if places.len() > 1 {
            let _ = write!(out, r#"<path class="way" d="{path}"/>"#);
        }
        for ((x, y), class) in places {
            let _ = write!(out, r#"<circle class="{class}" cx="{x}" cy="{y}" r="6"/>"#);
        }
        out.push_str("</svg>");
        Html(out)
    }
}
