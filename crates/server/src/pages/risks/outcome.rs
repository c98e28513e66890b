//! What simulated years say, in words, figures and a drawing: for one risk and for all of them. And what controls are worth.

use std::collections::BTreeMap;

use attestry_check::measure;
use attestry_model::records::{Control, Risk, TreatmentAction};
use attestry_model::value::Currency;
use attestry_model::{Ref, Stored};
use attestry_risk::quantitative::{Effect, Return, Summary, treatment, worth};

use super::chart::{Chart, Line, Spot};
use super::outlook::{self, LEVELS, at, short};
use crate::cx::Cx;
use crate::html::Html;
use crate::{dates, show};

/// What a simulation says, in words.
pub(super) struct Outcome {
    pub figures: Vec<Figure>,
    pub chart: Html,
    pub tolerated: bool,
    pub rows: Vec<Percent>,
    /// Where the curve before any control comes from.
    pub before: String,
    /// What controls are worth that are in place.
    pub in_place: Vec<InPlaceWorth>,
    pub exact_mean: Option<String>,
    pub exact_sd: Option<String>,
    pub years: String,
    pub seed: String,
    pub risks: Vec<Part>,
    pub plan: Option<Worthwhile>,
    pub controls: Vec<ControlWorth>,
    pub too_many: bool,
}

pub(super) struct Figure {
    pub words: String,
    pub value: String,
    pub small: String,
    pub plan: bool,
}

pub(super) struct Percent {
    pub words: String,
    pub before: Option<String>,
    pub now: String,
    pub plan: String,
    pub exact: Option<String>,
}

pub(super) struct Part {
    pub rid: Html,
    pub title: String,
    pub href: String,
    pub mean: String,
    pub bad: String,
    pub plan: String,
    pub share: String,
    pub bar: Html,
}

pub(super) struct Worthwhile {
    pub benefit: String,
    pub cost: String,
    pub net: String,
    pub ratio: String,
}

pub(super) struct ControlWorth {
    pub rid: Html,
    pub title: String,
    pub href: String,
    pub alone: String,
    pub marginal: String,
    pub share: String,
    pub cost: String,
    pub ratio: String,
}

/// What a control in place is worth.
pub(super) struct InPlaceWorth {
    pub rid: Html,
    pub title: String,
    pub href: String,
    pub failing: String,
    pub worth: String,
    pub share: String,
    pub cost: String,
    pub ratio: String,
}

/// The words for one year in so many.
pub fn year_words(cx: &Cx, level: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "levels of this page lie below 1")]
    let years = (1.0 / (1.0 - level)).round() as u32;
    cx.say1("loss-one-in", "years", years).into_owned()
}

/// A percentile with its standard error.
pub(super) fn with_error(cx: &Cx, summary: &Summary, level: f64, currency: Currency) -> String {
    at(summary, level).map_or_else(String::new, |it| {
        let (value, error) = (short(cx, it.value, currency), short(cx, it.error, currency));
        format!("{value} ± {error}")
    })
}

/// The figures that a year is told by.
pub(super) fn figures(cx: &Cx, now: &Summary, plan: &Summary, currency: Currency, cost: Option<f64>) -> Vec<Figure> {
    let value = |summary: &Summary, level: f64| at(summary, level).map_or(0.0, |it| it.value);
    let figure = |key: &str, value: f64, small: String, plan: bool| Figure {
        words: cx.say(key).into_owned(),
        value: short(cx, value, currency),
        small,
        plan,
    };
    let or_more = || cx.say("loss-or-more").into_owned();
    let error = cx.say1("loss-average", "error", &short(cx, now.mean_error, currency)).into_owned();
    let bad_plan = match cost {
        Some(cost) => cx.say1("loss-for", "cost", &short(cx, cost, currency)).into_owned(),
        None => or_more(),
    };
    vec![
        figure("loss-normal", now.mean, error, false),
        figure("loss-bad", value(now, 0.9), or_more(), false),
        figure("loss-very-bad", value(now, 0.98), or_more(), false),
        figure("loss-bad-plan", value(plan, 0.9), bad_plan, true),
    ]
}

/// What the last of the curves is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last {
    /// The same risks with what is planned.
    Plan,
    /// The same risks once a proposal is approved.
    Proposal,
}

impl Last {
    /// The messages for the drawing and for its point.
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Plan => ("loss-chart", "loss-spot-plan"),
            Self::Proposal => ("loss-chart-proposal", "loss-spot-proposal"),
        }
    }
}

/// The years that curves are drawn of.
#[derive(Debug, Clone, Copy)]
pub struct Drawn<'a> {
    /// Before any control, where that is known.
    pub before: Option<&'a Summary>,
    /// As it is.
    pub now: &'a Summary,
    /// As it would be.
    pub then: &'a Summary,
    /// By what.
    pub last: Last,
}

impl<'a> Drawn<'a> {
    /// What a simulation of the plan answered.
    pub fn of(answer: &'a outlook::Outlook) -> Self {
        let before = answer.before.as_ref().map(|it| &it.total);
        Self { before, now: &answer.now.total, then: &answer.plan.total, last: Last::Plan }
    }
}

/// The curves with what is named in them.
pub fn curves(
    cx: &Cx,
    drawn: Drawn<'_>,
    exact: Vec<(f64, f64)>,
    tolerated: Vec<(f64, f64)>,
    currency: Currency,
) -> Html {
    let (now, plan) = (drawn.now, drawn.then);
    let (chart, spot_plan) = drawn.last.keys();
    let points = |summary: &Summary| summary.curve.iter().map(|it| (it.loss, it.exceedance)).collect::<Vec<_>>();
    let value = |summary: &Summary| at(summary, 0.9).map_or(0.0, |it| it.value);
    let (bad, bad_plan) = (value(now), value(plan));
    let label = cx
        .with(chart, &[("now", (&short(cx, bad, currency)).into()), ("plan", (&short(cx, bad_plan, currency)).into())]);
    let spot = |classes, loss, key: &str, before| Spot {
        classes,
        loss,
        exceedance: 0.1,
        words: cx.say1(key, "amount", &short(cx, loss, currency)).into_owned(),
        before,
    };
    let mut lines = Vec::new();
    if let Some(before) = drawn.before {
        lines.push(Line { class: "l0", filled: true, points: points(before) });
    }
    lines.push(Line { class: "ln", filled: true, points: points(now) });
    lines.push(Line { class: "lp", filled: true, points: points(plan) });
    if !exact.is_empty() {
        lines.push(Line { class: "lb", filled: false, points: exact });
    }
    if !tolerated.is_empty() {
        lines.push(Line { class: "lim", filled: false, points: tolerated });
    }
    let mut spots = vec![spot(("pt", "tn"), bad, "loss-spot-now", false)];
    // Where nothing is planned both would lie upon each other.
    if (bad - bad_plan).abs() > bad * 0.05 {
        spots.push(spot(("pp", "tp"), bad_plan, spot_plan, true));
    }
    let chart = Chart { label: label.into_owned(), lines, spots, currency };
    chart.draw(cx)
}

pub(super) fn outcome(
    cx: &Cx,
    answer: &outlook::Outlook,
    risks: &[&Stored<Risk>],
    currency: Currency,
    tolerated: Vec<(f64, f64)>,
) -> Outcome {
    let (now, plan) = (&answer.now.total, &answer.plan.total);
    let cost = plan_cost(cx, currency);
    let before = answer.now.exact_mean.unwrap_or(now.mean);
    let after = answer.plan.exact_mean.unwrap_or(plan.mean);
    let (controls, too_many) = control_worths(cx, risks, currency);
    let mut shares: Vec<(f64, Part)> = risks
        .iter()
        .zip(answer.now.scenarios.iter().zip(&answer.plan.scenarios))
        .map(|(risk, (own, planned))| {
            let share = if now.mean > 0.0 { own.mean / now.mean } else { 0.0 };
            let reference = risk.reference().any();
            let line = Part {
                rid: show::rid(cx, reference),
                title: risk.title().to_owned(),
                href: cx.href(&format!("/risks/{reference}/money")),
                mean: short(cx, own.mean, currency),
                bad: at(own, 0.95).map_or_else(String::new, |it| short(cx, it.value, currency)),
                plan: short(cx, planned.mean, currency),
                share: percent(share),
                bar: share_bar(share),
            };
            (own.mean, line)
        })
        .collect();
    shares.sort_by(|a, b| b.0.total_cmp(&a.0));
    let rows = LEVELS.iter().map(|level| Percent {
        words: year_words(cx, *level),
        before: answer.before.as_ref().map(|it| with_error(cx, &it.total, *level, currency)),
        now: with_error(cx, now, *level, currency),
        plan: with_error(cx, plan, *level, currency),
        exact: None,
    });
    Outcome {
        figures: figures(cx, now, plan, currency, cost),
        tolerated: !tolerated.is_empty(),
        chart: curves(cx, Drawn::of(answer), Vec::new(), tolerated, currency),
        before: String::new(),
        in_place: in_place(cx, risks, currency),
        rows: rows.collect(),
        exact_mean: answer.now.exact_mean.map(|it| short(cx, it, currency)),
        exact_sd: answer.now.exact_standard_deviation.map(|it| short(cx, it, currency)),
        years: dates::number(cx.words, answer.run.years.into()),
        seed: answer.run.seed.to_string(),
        risks: shares.into_iter().map(|(_, line)| line).collect(),
        plan: cost.map(|cost| worthwhile(cx, Return::of(before, after, cost), currency)),
        controls,
        too_many,
    }
}

/// A bar of one share.
fn share_bar(share: f64) -> Html {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a thousand")]
    let thousandths = (share.clamp(0.0, 1.0) * 1000.0).round() as usize;
    crate::shell::bar(&[("now", thousandths)], 1000)
}

pub(super) fn worthwhile(cx: &Cx, it: Return, currency: Currency) -> Worthwhile {
    Worthwhile {
        benefit: short(cx, it.benefit, currency),
        cost: short(cx, it.cost, currency),
        net: short(cx, it.net, currency),
        ratio: ratio(cx, it),
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}\u{202f}%", share * 100.0)
}

fn ratio(cx: &Cx, it: Return) -> String {
    if it.ratio.is_finite() { percent(it.ratio) } else { cx.say("loss-free").into_owned() }
}

/// What the work that is still to be done costs per year, as far as its costs are recorded in the currency.
fn plan_cost(cx: &Cx, currency: Currency) -> Option<f64> {
    let open = cx
        .isms
        .live::<TreatmentAction>()
        .filter(|it| matches!(it.state_name(), "planned" | "in_progress" | "blocked") && cx.sees(*it));
    let costs = open.filter_map(|it| measure::yearly_cost(it.cost_once, it.cost_year)).filter(|it| it.1 == currency);
    costs.map(|it| it.0).reduce(|a, b| a + b)
}

/// What each planned control is worth over all risks.
fn control_worths(cx: &Cx, risks: &[&Stored<Risk>], currency: Currency) -> (Vec<ControlWorth>, bool) {
    let mean = |risk: &&Stored<Risk>| measure::scenario(risk).map_or(0.0, |it| it.mean_frequency() * it.mean_loss());
    let losses: Vec<f64> = risks.iter().map(mean).collect();
    let mut effects: BTreeMap<Ref<Control>, Vec<Effect>> = BTreeMap::new();
    for (at, risk) in risks.iter().enumerate() {
        for control in outlook::planned_of(cx, risk) {
            let row = effects.entry(control.reference()).or_insert_with(|| vec![Effect::default(); risks.len()]);
            row[at] = measure::effect_of(control);
        }
    }
    worths(cx, &losses, effects.into_iter().collect(), currency)
}

/// What each control in place is worth against risks, the greatest worth first: what a year would cost more if it alone
/// failed, against what it costs. Of those that the person may see; what the others take away counts all the same.
pub(super) fn in_place(cx: &Cx, risks: &[&Stored<Risk>], currency: Currency) -> Vec<InPlaceWorth> {
    #[derive(Default)]
    struct Sum {
        now: f64,
        failing: Option<f64>,
        share: Option<f64>,
    }
    let mut sums: BTreeMap<Ref<Control>, Sum> = BTreeMap::new();
    for risk in risks {
        for (control, worth) in measure::worth_in_place(&cx.isms, risk) {
            let first = !sums.contains_key(&control.reference());
            let sum = sums.entry(control.reference()).or_default();
            let add = |a: Option<f64>, b: Option<f64>| if first { b } else { Some(a? + b?) };
            sum.now += worth.now;
            sum.failing = add(sum.failing, worth.failing);
            sum.share = add(sum.share, worth.share);
        }
    }
    let all: f64 = sums.values().filter_map(|it| it.share).sum();
    let mut lines: Vec<(f64, InPlaceWorth)> = Vec::new();
    for (control, sum) in sums {
        let Some(record) = cx.isms.get(control).filter(|it| cx.sees(*it)) else { continue };
        let cost = measure::yearly_cost(record.cost_once, record.cost_year).filter(|it| it.1 == currency);
        let worth = sum.failing.map(|it| it - sum.now);
        let amount = |it: Option<f64>| it.map_or_else(|| "–".to_owned(), |it| short(cx, it, currency));
        let line = InPlaceWorth {
            rid: show::rid(cx, control.any()),
            title: record.title().to_owned(),
            href: cx.record_href(control.any()),
            failing: amount(sum.failing),
            worth: amount(worth),
            share: sum.share.filter(|_| all > 0.0).map_or_else(|| "–".to_owned(), |it| percent(it / all)),
            cost: amount(cost.map(|it| it.0)),
            ratio: worth
                .zip(cost)
                .map_or_else(|| "–".to_owned(), |(worth, it)| ratio(cx, Return::of(worth, 0.0, it.0))),
        };
        lines.push((worth.unwrap_or(f64::INFINITY), line));
    }
    lines.sort_by(|a, b| b.0.total_cmp(&a.0));
    lines.truncate(treatment::MOST_SHARED);
    lines.into_iter().map(|it| it.1).collect()
}

/// What controls, all of which the person may see, are worth with those effects on those mean yearly losses.
pub(super) fn worths(
    cx: &Cx,
    losses: &[f64],
    mut effects: Vec<(Ref<Control>, Vec<Effect>)>,
    currency: Currency,
) -> (Vec<ControlWorth>, bool) {
    let too_many = effects.len() > treatment::MOST_SHARED;
    effects.truncate(treatment::MOST_SHARED);
    let rows: Vec<Vec<Effect>> = effects.iter().map(|it| it.1.clone()).collect();
    let Ok(found) = worth(losses, &rows) else { return (Vec::new(), too_many) };
    let lines = effects.iter().zip(found).filter_map(|((control, _), worth)| {
        let record = cx.isms.get(*control)?;
        let cost = measure::yearly_cost(record.cost_once, record.cost_year).filter(|it| it.1 == currency);
        Some(ControlWorth {
            rid: show::rid(cx, control.any()),
            title: record.title().to_owned(),
            href: cx.record_href(control.any()),
            alone: short(cx, worth.alone, currency),
            marginal: short(cx, worth.marginal, currency),
            share: short(cx, worth.share, currency),
            cost: cost.map_or_else(|| "–".to_owned(), |it| short(cx, it.0, currency)),
            ratio: cost.map_or_else(|| "–".to_owned(), |it| ratio(cx, Return::of(worth.share, 0.0, it.0))),
        })
    });
    (lines.collect(), too_many)
}
