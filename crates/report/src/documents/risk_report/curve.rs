//! The loss exceedance curve: how likely a year costs more than an amount, now and with what is planned.

use std::fmt::Write as _;

use attestry_check::measure;
use attestry_model::records::Risk;
use attestry_model::value::{Currency, Money};
use attestry_model::{Isms, Stored};
use attestry_risk::quantitative::{Portfolio, Run, Scenario, Summary};

use super::Content;
use crate::document::{Block, Cell, Column, Figure, NoteTone, Table};
use crate::documents::frame::{counted, money};
use crate::plain::{self, svg_text};
use crate::words::Words;

/// Simulated years and seed: those of the page, so that both show the same.
const RUN: Run = Run { years: 100_000, seed: 1 };
/// Shares of years whose loss is told: one year in 2, 10, 20 and 100.
const LEVELS: [f64; 4] = [0.5, 0.9, 0.95, 0.99];
/// The setting that holds what the organisation tolerates: an amount for each number of years.
const TOLERANCE: &str = "loss-tolerance";

impl Content<'_> {
    /// The curve with its figures; nothing where no risk is estimated, a note where it cannot be drawn.
    pub(super) fn curve(&self) -> Vec<Block> {
        if self.outline {
            return Vec::new();
        }
        let estimated: Vec<(&Stored<Risk>, Scenario)> =
            self.risks.iter().filter_map(|risk| Some((*risk, measure::scenario(risk)?))).collect();
        let Some(currency) = estimated.iter().find_map(|(risk, _)| Some(risk.lm_p95.or(risk.lm_p5)?.currency)) else {
            return Vec::new();
        };
        let of = |effects: bool| {
            let scenarios = estimated.iter().filter(|(risk, _)| risk.lm_p95.is_none_or(|it| it.currency == currency));
            let scenarios = scenarios.map(|(risk, now)| {
                if effects { now.treated(measure::planned_effect(self.isms, risk)) } else { now.clone() }
            });
            let portfolio = Portfolio { scenarios: scenarios.collect(), common_causes: Vec::new() };
            portfolio.simulate(RUN, &LEVELS, &|| false).map(|summary| summary.total)
        };
        let (Ok(now), Ok(plan)) = (of(false), of(true)) else {
            let text = "The estimates do not make a distribution of yearly losses: see the page of the risk in money for what is wrong with them.";
            return vec![Block::Note { tone: NoteTone::Warning, text: text.to_owned() }];
        };
        let others = estimated.iter().filter(|(risk, _)| risk.lm_p95.is_some_and(|it| it.currency != currency)).count();
        let mut blocks = Vec::new();
        if others > 0 {
            let text = format!(
                "{} in another currency than {currency} is left out of the curve.",
                counted(others, "estimate")
            );
            blocks.push(Block::Note { tone: NoteTone::Info, text });
        }
        blocks.push(Block::Figure(figure(&now, &plan, &tolerated(self.isms, currency), currency)));
        blocks
    }
}

/// What the organisation tolerates: amounts with the share of years that may cost more.
fn tolerated(isms: &Isms, currency: Currency) -> Vec<(f64, f64)> {
    let all = isms.setting(TOLERANCE).into_iter().flatten();
    let mut points: Vec<(f64, f64)> = all
        .filter_map(|(years, amount)| {
            let money: Money = amount.as_str()?.parse().ok()?;
            let years: u32 = years.parse().ok().filter(|it| *it > 0)?;
            let amount = measure::cost_of(Some(money)).filter(|_| money.currency == currency)?;
            Some((amount, 1.0 / f64::from(years)))
        })
        .collect();
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    points
}

fn amount(value: f64, currency: Currency) -> Cell {
    money(measure::money(value, currency))
}

fn figure(now: &Summary, plan: &Summary, tolerated: &[(f64, f64)], currency: Currency) -> Figure {
    let rows = LEVELS.iter().enumerate().map(|(at, level)| {
        let value =
            |summary: &Summary| summary.percentiles.get(at).map_or(Cell::Empty, |it| amount(it.value, currency));
        let share = 1.0 - level;
        let allowed = tolerated.iter().find(|(_, chance)| (chance - share).abs() < 1e-9);
        vec![
            Cell::text(format!("exceeded in one year of {:.0}", 1.0 / share)),
            value(now),
            value(plan),
            allowed.map_or(Cell::Empty, |(value, _)| amount(*value, currency)),
        ]
    });
    // What is tolerated is asked for; else amounts of one, two and five at each power of ten between the usual and the rare.
    let given: Vec<f64> = if tolerated.is_empty() {
        let (low, high) = (LEVELS.len() - 3, LEVELS.len() - 1);
        let bounds = now.percentiles.get(low).zip(now.percentiles.get(high));
        let bounds = bounds.map_or((0.0, 0.0), |it| (it.0.value, it.1.value));
        let steps = (0..=12).flat_map(|power| [1.0, 2.0, 5.0].map(|it| it * 10_f64.powi(power)));
        steps.filter(|it| (bounds.0..=bounds.1).contains(it)).take(4).collect()
    } else {
        tolerated.iter().map(|it| it.0).collect()
    };
    let share = |chance: f64| Cell::Number { value: chance * 100.0, decimals: 1, unit: "%".to_owned() };
    let words = Words::default();
    let chances = given.iter().map(|loss| {
        let allowed = tolerated.iter().find(|it| it.0.total_cmp(loss).is_eq());
        let sum = plain::shown(&amount(*loss, currency), &words);
        vec![
            Cell::text(format!("chance of more than {sum}")),
            share(chance_of(now, *loss)),
            share(chance_of(plan, *loss)),
            allowed.map_or(Cell::Empty, |it| share(it.1)),
        ]
    });
    let mean =
        vec![Cell::text("a normal year (mean)"), amount(now.mean, currency), amount(plan.mean, currency), Cell::Empty];
    let mut columns = vec![
        Column::new("Loss in a year", 1.6).naming_row(),
        Column::new("Now", 1.0).at_end(),
        Column::new("With the plan", 1.0).at_end(),
        Column::new("Tolerated", 1.0).at_end(),
    ];
    let mut lines: Vec<_> = std::iter::once(mean).chain(rows).chain(chances).collect();
    if tolerated.is_empty() {
        columns.pop();
        for line in &mut lines {
            line.truncate(columns.len());
        }
    }
    let data = Table::plain("", columns, lines);
    let above = tolerated.iter().filter(|(loss, chance)| chance_of(now, *loss) > *chance).count();
    let finding = match (tolerated.len(), above) {
        (0, _) => String::new(),
        (_, 0) => " The curve lies within what is tolerated.".to_owned(),
        (all, above) => format!(" It lies above what is tolerated at {above} of {all} points."),
    };
    Figure {
        caption: format!(
            "Chance that a year costs more than an amount, from {},000 simulated years with seed {}.{finding}",
            RUN.years / 1000,
            RUN.seed
        ),
        alt: format!(
            "Loss exceedance curve: chance of a loss greater than an amount in a year, now and with the plan.{finding}"
        ),
        svg: drawing(now, plan, tolerated, currency),
        width: 1.0,
        data,
    }
}

/// The share of years that cost more than an amount: between two points of the curve along a line on the logarithmic axis.
fn chance_of(summary: &Summary, loss: f64) -> f64 {
    let Some(after) = summary.curve.iter().position(|point| point.loss >= loss) else { return 0.0 };
    let right = &summary.curve[after];
    let Some(left) = after.checked_sub(1).map(|before| &summary.curve[before]) else { return 1.0 - summary.no_loss };
    let part = (loss.ln() - left.loss.ln()) / (right.loss.ln() - left.loss.ln());
    left.exceedance + (right.exceedance - left.exceedance) * part
}

/// Amounts to the right on a logarithmic axis, chances upwards; now a full line, with the plan a broken one.
fn drawing(now: &Summary, plan: &Summary, tolerated: &[(f64, f64)], currency: Currency) -> String {
    const WIDTH: f64 = 600.0;
    const HEIGHT: f64 = 230.0;
    const LEFT: f64 = 40.0;
    const BOTTOM: f64 = 196.0;
    const TOP: f64 = 22.0;
    let losses = [now, plan].into_iter().flat_map(|it| it.curve.iter().map(|point| point.loss));
    let losses: Vec<f64> = losses.chain(tolerated.iter().map(|it| it.0)).filter(|it| *it >= 1.0).collect();
    let least = losses.iter().copied().fold(f64::INFINITY, f64::min).max(1.0).log10().floor();
    let most = losses.iter().copied().fold(10.0, f64::max).log10().ceil().max(least + 1.0);
    let x = |loss: f64| LEFT + (loss.max(1.0).log10() - least).max(0.0) / (most - least) * (WIDTH - LEFT - 12.0);
    let top = [now, plan].into_iter().flat_map(|it| it.curve.iter().map(|point| point.exceedance)).fold(0.0, f64::max);
    let scale = [0.05, 0.1, 0.2, 0.5, 1.0].into_iter().find(|it| *it >= top).unwrap_or(1.0);
    let y = |chance: f64| BOTTOM - chance.min(scale) / scale * (BOTTOM - TOP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"Noto Sans, sans-serif\" \
         font-size=\"9\" fill=\"#576469\">"
    );
    for step in 0..=4_u8 {
        let chance = scale * f64::from(step) / 4.0;
        let _ = write!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"#d9e2e3\" stroke-width=\"0.8\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{} %</text>",
            WIDTH - 12.0,
            y(chance),
            y(chance),
            LEFT - 5.0,
            y(chance) + 3.0,
            (chance * 1000.0).round() / 10.0
        );
    }
    let mut power = least;
    while power <= most {
        let at = x(10_f64.powf(power));
        let (less, unit) =
            [(9.0, "bn"), (6.0, "m"), (3.0, "k")].into_iter().find(|it| power >= it.0).unwrap_or((0.0, ""));
        let word = format!("{}{unit}", 10_f64.powf(power - less).round());
        let _ = write!(
            svg,
            "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{TOP}\" y2=\"{BOTTOM}\" stroke=\"#eaf0f0\" stroke-width=\"0.8\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            BOTTOM + 13.0,
            svg_text(&word)
        );
        power += 1.0;
    }
    let mut line = |points: &mut dyn Iterator<Item = (f64, f64)>, style: &str| {
        let path: Vec<String> = points.map(|(loss, chance)| format!("{:.1},{:.1}", x(loss), y(chance))).collect();
        if path.len() > 1 {
            let _ = write!(svg, "<polyline points=\"{}\" fill=\"none\" {style}/>", path.join(" "));
        }
    };
    let points = |summary: &Summary| summary.curve.iter().map(|it| (it.loss, it.exceedance)).collect::<Vec<_>>();
    line(&mut points(now).into_iter(), "stroke=\"#0d6e78\" stroke-width=\"1.8\"");
    line(&mut points(plan).into_iter(), "stroke=\"#3f63c9\" stroke-width=\"1.6\" stroke-dasharray=\"5 3\"");
    line(&mut tolerated.iter().copied(), "stroke=\"#ae2d2f\" stroke-width=\"1.4\" stroke-dasharray=\"1.5 2.5\"");
    let legend = [("#0d6e78", "", "now"), ("#3f63c9", "5 3", "with the plan"), ("#ae2d2f", "1.5 2.5", "tolerated")];
    let shown = if tolerated.len() > 1 { 3 } else { 2 };
    for (at, (colour, dash, word)) in (0_u8..).zip(&legend[..shown]) {
        let left = LEFT + 100.0 * f64::from(at);
        let _ = write!(
            svg,
            "<line x1=\"{left}\" x2=\"{:.1}\" y1=\"10\" y2=\"10\" stroke=\"{colour}\" stroke-width=\"1.8\" stroke-dasharray=\"{}\"/>\
             <text x=\"{:.1}\" y=\"13\" fill=\"#142227\">{word}</text>",
            left + 20.0,
            if dash.is_empty() { "none" } else { dash },
            left + 25.0
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">Loss in a year, {currency}</text></svg>",
        WIDTH - 12.0,
        HEIGHT - 6.0
    );
    svg
}
