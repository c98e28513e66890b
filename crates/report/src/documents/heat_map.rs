//! How many risks stand at which likelihood and impact, at three times beside each other.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use attestry_model::Stored;
use attestry_model::records::{Methodology, Risk};
use attestry_model::value::Level;

use super::frame::{counted, ramp};
use crate::document::{Block, Cell, Column, Figure, Table};
use crate::plain::svg_text;

/// Likelihood and impact of a risk at each of the three times.
pub type Places = [Option<(Level, Level)>; 3];
/// What the three times are called.
pub type Times = [&'static str; 3];
/// How many risks are at each likelihood and impact.
type Counts = BTreeMap<(u8, u8), usize>;

/// Fill and ink of the five steps of the risk ramp on paper.
const RAMP: [(&str, &str); 5] = [
    ("#dcf2f0", "#142227"),
    ("#bbe9d3", "#142227"),
    ("#ead277", "#332305"),
    ("#ef9344", "#2c1204"),
    ("#ae2d2f", "#fffafa"),
];

/// The figure, and in words which risks have no place in it; nothing where the method has no matrix.
pub fn heat_map(method: &Stored<Methodology>, times: Times, risks: &[(&Stored<Risk>, Places)]) -> Vec<Block> {
    let cells = method.matrix.as_ref().map(|matrix| &matrix.0).filter(|cells| !cells.is_empty());
    let Some(cells) = cells else { return Vec::new() };
    let mut counts: [Counts; 3] = Default::default();
    let mut missing = [0; 3];
    for (risk, places) in risks {
        let mine = risk.methodology.is_none_or(|one| one == method.reference());
        for (time, place) in places.iter().enumerate() {
            let place = place.map(|(likelihood, impact)| (likelihood.0, impact.0));
            match place.filter(|place| mine && cells.contains_key(place)) {
                Some(place) => *counts[time].entry(place).or_default() += 1,
                None => missing[time] += 1,
            }
        }
    }
    let mut blocks = vec![Block::Figure(figure(method, times, &counts, risks.len()))];
    let told: Vec<String> = times
        .iter()
        .zip(missing)
        .filter(|(_, count)| *count > 0)
        .map(|(time, count)| format!("{} {count}", time.to_lowercase()))
        .collect();
    if !told.is_empty() {
        let text = format!("Risks without a place in this matrix: {}.", told.join(", "));
        blocks.push(Block::Text(text));
    }
    blocks
}

fn above(method: &Methodology, counts: &Counts) -> Option<usize> {
    let limit = method.acceptance_max?;
    let matrix = method.matrix.as_ref()?;
    let over = counts.iter().filter(|(place, _)| matrix.0.get(place).is_some_and(|value| *value > limit));
    Some(over.map(|(_, count)| count).sum())
}

fn figure(method: &Stored<Methodology>, times: Times, counts: &[Counts; 3], risks: usize) -> Figure {
    let mut places: Vec<(u8, u8)> = counts.iter().flat_map(Counts::keys).copied().collect();
    let value = |place: &(u8, u8)| method.matrix.as_ref().and_then(|matrix| matrix.0.get(place)).copied().unwrap_or(0);
    places.sort_by_key(|place| (std::cmp::Reverse(value(place)), *place));
    places.dedup();
    let number =
        |count: usize| if count == 0 { Cell::Empty } else { Cell::count(u64::try_from(count).unwrap_or(u64::MAX)) };
    let rows = places.iter().map(|place| {
        let value = value(place);
        let (step, band) = ramp(value, &method.bands);
        let word = band.map_or_else(|| value.to_string(), |band| format!("{value} {}", band.to_lowercase()));
        let mut row =
            vec![Cell::Level { step, word }, Cell::count(u64::from(place.0)), Cell::count(u64::from(place.1))];
        row.extend(counts.iter().map(|counts| number(counts.get(place).copied().unwrap_or(0))));
        row
    });
    let mut columns = vec![
        Column::new("Risk value", 1.4).naming_row(),
        Column::new("Likelihood", 1.0).at_end(),
        Column::new("Impact", 1.0).at_end(),
    ];
    columns.extend(times.map(|time| Column::new(time, 1.1).at_end()));
    let mut data = Table::plain("", columns, rows.collect());
    data.empty = "No risk has a likelihood and an impact in this matrix.".into();
    let above: Option<Vec<usize>> = counts.iter().map(|counts| above(method, counts)).collect();
    let finding = match (above.as_deref(), method.acceptance_max) {
        (Some([before, now, after]), Some(limit)) => format!(
            " Above the accepted value of {limit}: {before} {}, {now} {}, {after} {}.",
            times[0].to_lowercase(),
            times[1].to_lowercase(),
            times[2].to_lowercase()
        ),
        _ => String::new(),
    };
    Figure {
        caption: format!("Number of risks by likelihood and impact.{finding}"),
        alt: format!("Three heat maps of {} by likelihood and impact.{finding}", counted(risks, "risk")),
        svg: drawing(method, times, counts),
        width: 1.0,
        data,
    }
}

/// Three matrices beside each other, likelihood upwards and impact to the right, with the number of risks in each cell.
fn drawing(method: &Methodology, times: Times, counts: &[Counts; 3]) -> String {
    const WIDTH: f64 = 600.0;
    const GAP: f64 = 22.0;
    const LEFT: f64 = 26.0;
    const TOP: f64 = 24.0;
    let top = |levels: Option<i64>| u8::try_from(levels.unwrap_or(1)).unwrap_or(10).clamp(1, 10);
    let (rows, columns) = (top(method.top_likelihood()), top(method.top_impact()));
    let map = (WIDTH - LEFT - 2.0 * GAP) / 3.0;
    let (width, height) = (map / f64::from(columns), (map * 0.8) / f64::from(rows));
    let bottom = TOP + height * f64::from(rows);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {:.1}\" font-family=\"Noto Sans, sans-serif\" \
         font-size=\"9\" fill=\"#576469\">",
        bottom + 28.0
    );
    for (at, (time, counts)) in (0_u8..).zip(times.iter().zip(counts)) {
        let left = LEFT + (map + GAP) * f64::from(at);
        let total: usize = counts.values().sum();
        let _ = write!(
            svg,
            "<text x=\"{left:.1}\" y=\"13\" font-size=\"10.5\" font-weight=\"600\" fill=\"#142227\">{}</text>\
             <text x=\"{:.1}\" y=\"13\" text-anchor=\"end\">{}</text>",
            svg_text(time),
            left + map,
            svg_text(&counted(total, "risk"))
        );
        for likelihood in 1..=rows {
            let y = bottom - height * f64::from(likelihood);
            if at == 0 {
                let _ = write!(
                    svg,
                    "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{likelihood}</text>",
                    left - 5.0,
                    y + height / 2.0 + 3.2
                );
            }
            for impact in 1..=columns {
                cell(
                    &mut svg,
                    method,
                    counts,
                    (likelihood, impact),
                    [left + width * f64::from(impact - 1), y, width, height],
                );
            }
        }
        for impact in 1..=columns {
            let _ = write!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{impact}</text>",
                left + width * (f64::from(impact) - 0.5),
                bottom + 12.0
            );
        }
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">Impact</text>",
            left + map / 2.0,
            bottom + 24.0
        );
    }
    let middle = f64::midpoint(TOP, bottom);
    let _ = write!(
        svg,
        "<text x=\"10\" y=\"{middle:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 10 {middle:.1})\">Likelihood</text></svg>"
    );
    svg
}

fn cell(svg: &mut String, method: &Methodology, counts: &Counts, place: (u8, u8), [x, y, width, height]: [f64; 4]) {
    let value = method.matrix.as_ref().and_then(|matrix| matrix.0.get(&place));
    let (fill, ink) =
        value.map_or(("#f3f8f8", "#142227"), |value| RAMP[usize::from(ramp(*value, &method.bands).0 - 1)]);
    let _ = write!(
        svg,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"2\" fill=\"{fill}\"/>",
        x + 0.8,
        y + 0.8,
        width - 1.6,
        height - 1.6
    );
    if let Some(count) = counts.get(&place) {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"11\" font-weight=\"600\" fill=\"{ink}\">{count}</text>",
            x + width / 2.0,
            y + height / 2.0 + 4.0
        );
    }
}
