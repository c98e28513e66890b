//! The loss exceedance curve as a drawing: how probable it is that a year costs more than an amount.

use std::fmt::Write as _;

use attestry_model::value::Currency;

use super::outlook::short;
use crate::cx::Cx;
use crate::html::{Html, escape};

/// A line of the drawing.
pub struct Line {
    /// Its class: what it looks like.
    pub class: &'static str,
    /// Whether the area below it is filled.
    pub filled: bool,
    /// Amounts, rising, with the probability of more.
    pub points: Vec<(f64, f64)>,
}

/// A point that is named.
pub struct Spot {
    /// Its class and that of its words.
    pub classes: (&'static str, &'static str),
    /// The amount.
    pub loss: f64,
    /// The probability of more.
    pub exceedance: f64,
    /// What it says.
    pub words: String,
    /// Whether the words stand before it.
    pub before: bool,
}

/// A drawing.
pub struct Chart {
    /// What a screen reader says instead.
    pub label: String,
    /// The lines, from the back.
    pub lines: Vec<Line>,
    /// Named points.
    pub spots: Vec<Spot>,
    /// The currency of the amounts.
    pub currency: Currency,
}

struct Field {
    width: f64,
    height: f64,
    low: f64,
    high: f64,
    top: f64,
}

const LEFT: f64 = 44.0;
const RIGHT: f64 = 16.0;
const ABOVE: f64 = 14.0;
const BELOW: f64 = 34.0;
/// About how wide a letter of a label is.
const LETTER: f64 = 6.8;
/// How many times the largest loss of today the axis goes on to show how it would be without controls.
const BEYOND: f64 = 30.0;

impl Field {
    fn x(&self, loss: f64) -> f64 {
        let share = (loss.max(self.low).ln() - self.low.ln()) / (self.high.ln() - self.low.ln());
        LEFT + share.clamp(0.0, 1.0) * (self.width - LEFT - RIGHT)
    }

    fn y(&self, exceedance: f64) -> f64 {
        self.height - BELOW - (exceedance / self.top).clamp(0.0, 1.0) * (self.height - ABOVE - BELOW)
    }
}

impl Chart {
    /// The drawing for wide and for narrow pages; nothing when there is no loss to draw.
    pub fn draw(&self, cx: &Cx) -> Html {
        let filled = || self.lines.iter().filter(|it| it.filled);
        let amounts = || filled().flat_map(|it| &it.points).filter(|it| it.1 > 5e-4);
        // Years without any control may cost so much more that what is and what is planned would be lost beside them.
        let present = || filled().filter(|it| it.class != "l0").flat_map(|it| &it.points).filter(|it| it.1 > 5e-4);
        let most = present().map(|it| it.0).fold(0.0, f64::max);
        let high = amounts().map(|it| it.0).fold(0.0, f64::max).min(most * BEYOND);
        let top = amounts().map(|it| it.1).fold(0.0, f64::max);
        if high <= 0.0 || top <= 0.0 {
            return Html::default();
        }
        let step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25].into_iter().find(|it| it * 5.0 >= top).unwrap_or(0.25);
        let top = (top / step).ceil() * step;
        let low = present().map(|it| it.0).fold(most, f64::min).max(most / 3_000.0);
        let mut out = String::new();
        for (class, width, height, thin) in [("fit-w", 780.0, 290.0, false), ("fit-n", 350.0, 250.0, true)] {
            let field = Field { width, height, low, high, top };
            self.draw_in(cx, &field, step, class, thin, &mut out);
        }
        Html(out)
    }

    fn draw_in(&self, cx: &Cx, field: &Field, step: f64, class: &str, thin: bool, out: &mut String) {
        let (left, right, bottom) = (LEFT, field.width - RIGHT, field.height - BELOW);
        let _ = write!(
            out,
            r#"<svg class="chart {class}" viewBox="0 0 {} {}" role="img" aria-label=""#,
            field.width, field.height
        );
        escape(&self.label, out);
        out.push_str(r#"">"#);
        let mut share = 0.0;
        while share <= field.top + 1e-9 {
            let y = field.y(share);
            let _ = write!(out, r#"<path class="gr" d="M{left} {y:.1}H{right}"/>"#);
            let _ = write!(
                out,
                r#"<text x="{}" y="{:.1}" text-anchor="end">{:.0}%</text>"#,
                left - 7.0,
                y + 3.5,
                share * 100.0
            );
            share += step;
        }
        let mut decade = 10_f64.powf(field.low.log10().floor());
        while decade <= field.high {
            for tick in [decade, decade * 3.0].into_iter().filter(|it| (field.low..=field.high).contains(it)) {
                if thin && tick > decade {
                    continue;
                }
                let x = field.x(tick);
                let _ = write!(out, r#"<path class="ax" d="M{x:.1} {bottom}v4"/>"#);
                let _ = write!(out, r#"<text x="{x:.1}" y="{}" text-anchor="middle">"#, bottom + 17.0);
                escape(&short(cx, tick, self.currency), out);
                out.push_str("</text>");
            }
            decade *= 10.0;
        }
        let _ = write!(out, r#"<path class="ax" d="M{left} {bottom}H{right}"/>"#);
        for line in &self.lines {
            let inside = |it: &&(f64, f64)| it.0 >= field.low && it.0 <= field.high;
            let before = line.points.iter().take_while(|it| it.0 < field.low).last();
            let points =
                before.map(|it| (field.low, it.1)).into_iter().chain(line.points.iter().filter(inside).copied());
            let mut path = String::new();
            for (at, (loss, exceedance)) in points.enumerate() {
                let (x, y) = (field.x(loss), field.y(exceedance));
                if at == 0 && line.filled {
                    // No year costs less than the least loss: the line begins at the left edge.
                    let _ = write!(path, "M{left} {y:.1}L{x:.1} {y:.1}");
                } else {
                    let _ = write!(path, "{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' });
                }
            }
            if path.is_empty() {
                continue;
            }
            if line.filled && line.class == "ln" {
                let _ = write!(out, r#"<path class="ar" d="{path}L{right} {bottom}L{left} {bottom}Z"/>"#);
            }
            let _ = write!(out, r#"<path class="{}" fill="none" d="{path}"/>"#, line.class);
        }
        for (at, spot) in self.spots.iter().filter(|it| it.loss >= field.low && it.loss <= field.high).enumerate() {
            let (x, y) = (field.x(spot.loss), field.y(spot.exceedance));
            let radius = if at == 0 { 4.5 } else { 4.0 };
            let _ = write!(out, r#"<circle class="{}" cx="{x:.1}" cy="{y:.1}" r="{radius}"/>"#, spot.classes.0);
            if thin {
                continue;
            }
            // Words before the point that would leave the drawing stand below it instead.
            #[expect(clippy::cast_precision_loss, reason = "a label")]
            let leaves = x - 8.0 - spot.words.chars().count() as f64 * LETTER < left;
            let (dx, dy, anchor) = match spot.before || x > field.width * 0.72 {
                true if leaves => (9.0, 16.0, "start"),
                true => (-8.0, 16.0, "end"),
                false => (9.0, -8.0, "start"),
            };
            let _ = write!(
                out,
                r#"<text class="{}" x="{:.1}" y="{:.1}" text-anchor="{anchor}">"#,
                spot.classes.1,
                x + dx,
                y + dy
            );
            escape(&spot.words, out);
            out.push_str("</text>");
        }
        out.push_str("</svg>");
    }
}
