//! What a method looks like and what it would do to the risks there are.

use attestry_check::measure::{self, Method};
use attestry_model::Stored;
use attestry_model::records::methodology::MethodologyImpactAggregation;
use attestry_model::records::{Methodology, Risk};
use attestry_model::value::Level;
use attestry_risk::qualitative::{Band, Cell, MatrixFlaw, Scale};
use rust_decimal::Decimal;

use super::super::matrix::{capital, level};
use super::form::DIMENSION_LABELS;
use crate::cx::Cx;
use crate::html::Html;
use crate::show;

/// Most risks of one list.
const MOST: usize = 50;

/// What a method looks like and what it would do.
pub struct Preview {
    /// What is wrong with it, in words.
    pub flaws: Vec<String>,
    /// The matrix, the highest likelihood first: the level, and its cells.
    pub rows: Vec<(u8, Vec<Square>)>,
    /// The levels of impact.
    pub columns: Vec<u8>,
    /// The bands with their colours: rank, values, name.
    pub bands: Vec<(usize, String, String)>,
    /// What an event that is as grave as can be in one dimension, and as slight as can be in all others, would come to: the
    /// dimension and the level.
    pub alone: Vec<(&'static str, u8)>,
    /// Risks that are above the limit now, and would be.
    pub above: (usize, usize),
    /// Risks that are counted.
    pub counted: usize,
    /// Risks that come above the limit.
    pub rise: Vec<Moved>,
    /// Risks that come under the limit.
    pub fall: Vec<Moved>,
    /// Risks that change their value and stay on their side of the limit.
    pub aside: Vec<Moved>,
    /// Risks beyond those that are named.
    pub more: usize,
    /// Risks that would have to be rated before anything can be said.
    pub unrated: usize,
}

/// A cell.
pub struct Square {
    /// Its colour and its part of the line of the limit.
    pub class: String,
    /// Its value; empty for a hole.
    pub value: String,
    /// How many risks would lie in it.
    pub risks: usize,
}

/// A risk that moves.
pub struct Moved {
    /// Its number as a link.
    pub rid: Html,
    /// Its title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Its level by the method it was rated by.
    pub now: Html,
    /// Its value by this one.
    pub then: String,
    /// The colour of that.
    pub rank: usize,
}

/// The rank of a value on the ramp of five colours.
fn rank(bands: &[Band], value: u32) -> usize {
    let at = bands.iter().position(|it| (it.low..=it.high).contains(&value)).unwrap_or_default();
    if bands.len() <= 1 { 3 } else { 1 + (at * 4 + (bands.len() - 1) / 2) / (bands.len() - 1) }
}

/// The level of another scale in which the middle of a level's band lies; the same number where either says no bounds.
fn carried(from: &Scale, to: &Scale, level: u8) -> u8 {
    let known = to.bands.len() >= 2 && to.bands.iter().all(|it| it.1 > it.0);
    match from.middle(level).filter(|it| known && *it > 0.0) {
        Some(middle) => to.level_of(middle),
        None => level,
    }
}

/// What a method looks like and what it would do.
pub fn of(cx: &Cx, record: &Stored<Methodology>, body: &Methodology) -> Preview {
    let method = Method::of(body);
    let bands = &method.bands.bands;
    let limit = method.bands.acceptance_max;
    let mut moves = Moves::default();
    let mut counts = std::collections::BTreeMap::<Cell, usize>::new();
    for risk in super::super::risks(cx) {
        moves.counted += 1;
        let rated_by = risk.method(&cx.isms).unwrap_or(record);
        let old = Method::of(&rated_by.body);
        let today = measure::cell(risk.current_likelihood, risk.current_impact);
        let (Some(today), Some(value)) = (today, risk.current_value.and_then(|it| u32::try_from(it).ok())) else {
            moves.unrated += 1;
            continue;
        };
        let then = Cell {
            likelihood: carried(&old.likelihood, &method.likelihood, today.likelihood),
            impact: carried(&old.impact, &method.impact, today.impact),
        };
        let was_above = value > old.bands.acceptance_max;
        moves.above.0 += usize::from(was_above);
        let Some(next) = method.matrix.value(then.likelihood, then.impact) else {
            moves.unrated += 1;
            continue;
        };
        *counts.entry(then).or_default() += 1;
        let is_above = next > limit;
        moves.above.1 += usize::from(is_above);
        let list = match (was_above, is_above) {
            (false, true) => &mut moves.rise,
            (true, false) => &mut moves.fall,
            _ if next != value => &mut moves.aside,
            _ => continue,
        };
        if list.len() >= MOST {
            moves.more += 1;
            continue;
        }
        list.push(moved(cx, risk, then, next, bands));
    }
    let matrix = &method.matrix;
    let within = |l: u8, i: u8| matrix.value(l, i).is_some_and(|it| it <= limit);
    let square = |l: u8, i: u8| {
        let value = matrix.value(l, i);
        let mut class = value.map_or_else(|| "hole".to_owned(), |it| format!("c-{}", rank(bands, it)));
        if within(l, i) {
            if l < matrix.likelihoods && !within(l + 1, i) {
                class.push_str(" edge-t");
            }
            if i < matrix.impacts && !within(l, i + 1) {
                class.push_str(" edge-e");
            }
        }
        let risks = counts.get(&Cell { likelihood: l, impact: i }).copied().unwrap_or_default();
        Square { class, value: value.map(|it| it.to_string()).unwrap_or_default(), risks }
    };
    let range = |band: &Band| {
        if band.low == band.high { band.low.to_string() } else { format!("{}–{}", band.low, band.high) }
    };
    let mut flaws = flaws(cx, &method);
    flaws.extend(flaw_of_weights(cx, body));
    Preview {
        flaws,
        rows: (1..=matrix.likelihoods)
            .rev()
            .map(|l| (l, (1..=matrix.impacts).map(|i| square(l, i)).collect()))
            .collect(),
        columns: (1..=matrix.impacts).collect(),
        bands: bands.iter().map(|it| (rank(bands, it.low), range(it), capital(&it.name))).collect(),
        alone: alone(body),
        above: moves.above,
        counted: moves.counted,
        rise: moves.rise,
        fall: moves.fall,
        aside: moves.aside,
        more: moves.more,
        unrated: moves.unrated,
    }
}

/// That the weights, where they are used and all there, do not add up.
fn flaw_of_weights(cx: &Cx, body: &Methodology) -> Option<String> {
    let used = body.impact_aggregation == Some(MethodologyImpactAggregation::WeightedSum);
    let all: Option<Vec<Decimal>> = body.weights().into_iter().map(|(_, weight)| weight.map(|it| it.0)).collect();
    let sum: Decimal = all.filter(|_| used)?.into_iter().sum();
    let said = || cx.say1("method-weights-sum", "sum", &sum.normalize().to_string()).into_owned();
    (sum != Decimal::from(100)).then(said)
}

/// What the gravest event in one dimension alone comes to, for each dimension; nothing where the method cannot say it yet.
fn alone(body: &Methodology) -> Vec<(&'static str, u8)> {
    let Some(top) = body.top_impact().and_then(|it| u8::try_from(it).ok()) else { return Vec::new() };
    let level = |at: usize| {
        let levels = std::array::from_fn(|one| Some(Level(if one == at { top } else { 1 })));
        measure::impact_of_dimensions(body, levels)
    };
    let all: Option<Vec<u8>> = (0..DIMENSION_LABELS.len()).map(level).collect();
    DIMENSION_LABELS.into_iter().zip(all.unwrap_or_default()).collect()
}

#[derive(Default)]
struct Moves {
    above: (usize, usize),
    counted: usize,
    unrated: usize,
    more: usize,
    rise: Vec<Moved>,
    fall: Vec<Moved>,
    aside: Vec<Moved>,
}

fn moved(cx: &Cx, risk: &Stored<Risk>, then: Cell, value: u32, bands: &[Band]) -> Moved {
    Moved {
        rid: show::rid(cx, risk.reference().any()),
        title: risk.title().to_owned(),
        href: cx.record_href(risk.reference().any()),
        now: level(cx, risk, risk.current_value),
        then: format!("{} × {} = {value}", then.likelihood, then.impact),
        rank: rank(bands, value),
    }
}

/// What is wrong, in words: a hole by its cell, a value that falls by both of its cells.
fn flaws(cx: &Cx, method: &Method) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let cell = |cell: &Cell| {
        let levels = [("likelihood", u32::from(cell.likelihood).into()), ("impact", u32::from(cell.impact).into())];
        cx.with("method-cell", &levels).into_owned()
    };
    for flaw in method.matrix.flaws() {
        told.push(match flaw {
            MatrixFlaw::Hole(at) => cx.say1("method-hole", "cell", &cell(&at)).into_owned(),
            MatrixFlaw::Falls { from, high, to, low } => cx
                .with(
                    "method-falls",
                    &[
                        ("from", (&cell(&from)).into()),
                        ("high", high.into()),
                        ("to", (&cell(&to)).into()),
                        ("low", low.into()),
                    ],
                )
                .into_owned(),
            other @ MatrixFlaw::Outside(_) => other.to_string(),
        });
    }
    let of = |name: &str, flaw: String| format!("{}: {flaw}", cx.say(name));
    told.extend(method.likelihood.flaws().iter().map(|it| of("method-likelihood", it.to_string())));
    told.extend(method.impact.flaws().iter().map(|it| of("method-impact", it.to_string())));
    if let Some(range) = method.matrix.range() {
        told.extend(method.bands.flaws(range).iter().map(|it| of("method-bands", it.to_string())));
    }
    told.truncate(MOST);
    told
}
