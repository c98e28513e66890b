//! The loss outlook: what all risks with ranges may cost in a year, now and with the plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use attestry_check::measure;
use attestry_model::kind::Role;
use attestry_model::records::{Control, Risk, TreatmentAction};
use attestry_model::value::{Currency, Money};
use attestry_model::{AnyRef, Command, Isms, Problems, Ref, Stored};
use attestry_risk::quantitative::{CommonCause, Effect, Portfolio, Return, Scenario, Summary, treatment, worth};
use axum::extract::RawForm;
use axum::response::Response;
use serde_json::{Map, Value};

use super::chart::{Chart, Line, Spot};
use super::kept::{self, Found, Progress};
use super::outlook::{self, LEVELS, Question, at, scenarios_of, short};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::places::Frame;
use crate::shell::{self, Shell, page, pairs, parameter, to, with_query};
use crate::{dates, show};

/// Most risks in one simulation, those with the greatest mean loss first.
const MOST_RISKS: usize = 500;
/// Most risks named that were left out.
const MOST_LEFT_OUT: usize = 100;
/// The setting that holds what the organisation tolerates.
pub const TOLERANCE: &str = "loss-tolerance";
/// The years to which it speaks: at most so much in one year of that many.
const TOLERATED: [u32; 3] = [2, 10, 50];

/// The page.
#[derive(Template)]
#[template(path = "loss.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    asked: Asked,
    result: Option<Outcome>,
    going_on: Option<GoingOn>,
    without: usize,
    left_out: Vec<LeftOut>,
    more_left_out: usize,
    tolerance: Vec<Tolerated>,
    may_set: bool,
    currency: String,
}

/// What the form holds.
pub(super) struct Asked {
    pub years: String,
    pub seed: String,
    pub common: String,
    pub problems: Problems,
}

impl Asked {
    pub(super) fn of(query: &str, problems: Problems) -> Self {
        let read = |name: &str, otherwise: &str| parameter(query, name).unwrap_or_else(|| otherwise.to_owned());
        Self {
            years: read("years", &outlook::USUAL_YEARS.to_string()),
            seed: read("seed", &outlook::USUAL_SEED.to_string()),
            common: read("common", ""),
            problems,
        }
    }

    /// The fields as the query that asks for them again.
    fn pairs(&self) -> Vec<(String, String)> {
        let fields = [("years", &self.years), ("seed", &self.seed), ("common", &self.common)];
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        fields.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    /// What is wrong with a field.
    pub(super) fn error(&self, field: &str) -> Option<&str> {
        self.problems.0.iter().find(|it| it.field == field).map(|it| it.message.as_str())
    }
}

/// A simulation without an answer yet.
pub(super) struct GoingOn {
    /// How far it is.
    pub progress: Option<Progress>,
    /// Else why it does not go on: a message's name.
    pub why: &'static str,
    /// What the button that stops it sends.
    pub hidden: Html,
    /// Where the answer will be.
    pub href: String,
}

/// The answer to a question, or how far it is.
pub(super) async fn answer_of(
    cx: &Cx,
    question: Question,
    asked: &Asked,
    risk: Option<AnyRef>,
) -> Result<Result<Arc<outlook::Outlook>, GoingOn>, Fault> {
    // Whoever has stopped it does not want it begun again by the same page.
    let found = if parameter(&cx.query, "stopped").is_none() {
        kept::outlook(cx, question).await?
    } else {
        kept::known(cx, &question).map_or(Found::Stopped, Found::Answer)
    };
    let (progress, why) = match found {
        Found::Answer(answer) => return Ok(Ok(answer)),
        Found::Working(progress) => (Some(progress), ""),
        Found::Stopped => (None, "loss-stopped"),
        Found::TooLong => (None, "loss-too-long"),
    };
    let mut fields = asked.pairs();
    let asof = cx.moment.as_ref().map(|it| it.written.as_str());
    let href = with_query(&path_of(risk), &fields, asof);
    fields.extend(progress.iter().map(|it| ("work".to_owned(), it.work.clone())));
    fields.extend(risk.map(|it| ("risk".to_owned(), it.to_string())));
    fields.extend(asof.map(|it| ("moment".to_owned(), it.to_owned())));
    Ok(Err(GoingOn { progress, why, hidden: shell::hidden(&fields), href }))
}

/// The page of all risks or of one.
fn path_of(risk: Option<AnyRef>) -> String {
    risk.map_or_else(|| "/risks/loss".to_owned(), |it| format!("/risks/{it}/money"))
}

/// `POST /risks/loss/stop`
pub async fn stop(cx: Cx, RawForm(body): RawForm) -> Response {
    let typed = String::from_utf8_lossy(&body);
    let one = |name: &str| parameter(&typed, name).filter(|it| !it.is_empty());
    if let Some(work) = one("work") {
        kept::stop(&cx, &work);
    }
    let mut fields: Vec<_> =
        ["years", "seed", "common"].into_iter().filter_map(|name| Some((name.to_owned(), one(name)?))).collect();
    fields.push(("stopped".to_owned(), "1".to_owned()));
    let risk = one("risk").and_then(|it| it.parse::<AnyRef>().ok());
    to(&with_query(&path_of(risk), &fields, one("moment").as_deref()))
}

/// What a simulation says, in words.
pub(super) struct Outcome {
    pub figures: Vec<Figure>,
    pub chart: Html,
    pub tolerated: bool,
    pub rows: Vec<Percent>,
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

struct LeftOut {
    rid: Html,
    title: String,
    href: String,
    why: String,
}

impl LeftOut {
    fn of(cx: &Cx, risk: &Stored<Risk>, why: String) -> Self {
        let reference = risk.reference().any();
        Self {
            rid: show::rid(cx, reference),
            title: risk.title().to_owned(),
            href: cx.href(&format!("/risks/{reference}/money")),
            why,
        }
    }
}

struct Tolerated {
    years: u32,
    value: String,
    error: Option<String>,
}

/// `GET /risks/loss`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    page(&page_of(cx, None).await?)
}

async fn page_of(cx: Cx, failed: Option<(Vec<(String, String)>, Problems)>) -> Result<Page, Fault> {
    let mut problems = Problems::default();
    let run = outlook::run_of(&cx.query, &mut problems);
    let common = parameter(&cx.query, "common").filter(|it| !it.is_empty());
    let variation = common.as_ref().and_then(|text| match text.parse::<f64>() {
        Ok(share) if (0.0..=2.0).contains(&share) => Some(share).filter(|it| *it > 0.0),
        _ => {
            problems.add("common", "is a number from 0 to 2, such as 0.5");
            None
        }
    });
    let mut left_out = Vec::new();
    let mut taken: Vec<(&Stored<Risk>, Scenario, Scenario)> = Vec::new();
    let mut without = 0;
    let mut currency: Option<Currency> = None;
    for risk in super::risks(&cx) {
        let Some((now, plan)) = scenarios_of(&cx, risk) else {
            without += 1;
            continue;
        };
        let flaws = now.flaws("");
        let own = risk.lm_p5.map(|it| it.currency);
        let why = if let Some(flaw) = flaws.first() {
            flaw.reason.to_string()
        } else if currency.is_some() && own != currency {
            cx.say("loss-currency").into_owned()
        } else {
            currency = currency.or(own);
            taken.push((risk, now, plan));
            continue;
        };
        left_out.push(LeftOut::of(&cx, risk, why));
    }
    if taken.len() > MOST_RISKS {
        let mean = |it: &(&Stored<Risk>, Scenario, Scenario)| it.1.mean_frequency() * it.1.mean_loss();
        taken.sort_by(|a, b| mean(b).total_cmp(&mean(a)));
        let why = cx.say("loss-too-many").into_owned();
        left_out.extend(taken.drain(MOST_RISKS..).map(|it| LeftOut::of(&cx, it.0, why.clone())));
        taken.sort_by_key(|it| it.0.number);
    }
    let more_left_out = left_out.len().saturating_sub(MOST_LEFT_OUT);
    left_out.truncate(MOST_LEFT_OUT);
    let (typed, wrong) = failed.unwrap_or_default();
    let tolerance = tolerance_fields(&cx, &typed, &wrong);
    let asked = Asked::of(&cx.query, problems);
    let (mut result, mut going_on) = (None, None);
    if asked.problems.is_empty()
        && let Some(currency) = currency
    {
        let causes = variation.map(|variation| CommonCause { members: (0..taken.len()).collect(), variation });
        let portfolio = |scenarios| Portfolio { scenarios, common_causes: causes.iter().cloned().collect() };
        let question = Question {
            now: portfolio(taken.iter().map(|it| it.1.clone()).collect()),
            plan: portfolio(taken.iter().map(|it| it.2.clone()).collect()),
            run,
        };
        match answer_of(&cx, question, &asked, None).await? {
            Ok(answer) => {
                let risks: Vec<&Stored<Risk>> = taken.iter().map(|it| it.0).collect();
                result = Some(outcome(&cx, &answer, &risks, currency, tolerated(&cx.isms, currency)));
            }
            Err(state) => going_on = Some(state),
        }
    }
    let may_set = !cx.is_past() && (cx.principal.has(Role::IsmsManager) || cx.principal.has(Role::SystemAdmin));
    let mut frame = Frame::of_tab(&cx, "/risks/loss");
    frame.problems = !asked.problems.is_empty() || !wrong.is_empty();
    Ok(Page {
        asked,
        result,
        going_on,
        without,
        left_out,
        more_left_out,
        tolerance,
        may_set,
        currency: currency.map(|it| it.to_string()).unwrap_or_default(),
        frame,
        shell: Shell::of(&cx),
        cx,
    })
}

/// What the organisation tolerates: amounts with the probability that a year costs more.
pub fn tolerated(isms: &Isms, currency: Currency) -> Vec<(f64, f64)> {
    let Some(setting) = isms.setting(TOLERANCE) else { return Vec::new() };
    let amount = |years: &u32| {
        let money: Money = setting.get(&years.to_string())?.as_str()?.parse().ok()?;
        let amount = measure::cost_of(Some(money)).filter(|_| money.currency == currency)?;
        Some((amount, 1.0 / f64::from(*years)))
    };
    TOLERATED.iter().filter_map(amount).collect()
}

fn tolerance_fields(cx: &Cx, typed: &[(String, String)], wrong: &Problems) -> Vec<Tolerated> {
    let setting = cx.isms.setting(TOLERANCE);
    let field = |years: &u32| {
        let name = years.to_string();
        let saved = || setting.and_then(|it| it.get(&name)?.as_str()).unwrap_or_default().to_owned();
        Tolerated {
            years: *years,
            value: typed.iter().find(|(key, _)| *key == name).map_or_else(saved, |(_, value)| value.clone()),
            error: wrong.0.iter().find(|it| it.field == name).map(|it| it.message.clone()),
        }
    };
    TOLERATED.iter().map(field).collect()
}

/// `POST /risks/loss`
pub async fn tolerate(cx: Cx, RawForm(body): RawForm) -> Result<Response, Fault> {
    let typed = pairs(&String::from_utf8_lossy(&body));
    let mut problems = Problems::default();
    let mut fields = Map::new();
    let mut last: Option<Money> = None;
    for years in TOLERATED {
        let name = years.to_string();
        let text = typed.iter().find(|(key, _)| *key == name).map(|(_, it)| it.trim().to_owned()).unwrap_or_default();
        if text.is_empty() {
            continue;
        }
        match text.parse::<Money>() {
            Ok(money) if money.minor < 0 => problems.add(name, "must not be negative"),
            Ok(money) if last.is_some_and(|it| it.currency != money.currency) => {
                problems.add(name, "is in another currency than the others");
            }
            Ok(money) if last.is_some_and(|it| it.minor > money.minor) => {
                problems.add(name, "must not be less than in a better year");
            }
            Ok(money) => {
                last = Some(money);
                fields.insert(name, Value::from(money.to_string()));
            }
            Err(message) => problems.add(name, message),
        }
    }
    if problems.is_empty() {
        cx.submit(Command::Set { name: TOLERANCE.to_owned(), fields, reason: None }).await?;
        return Ok(to("/risks/loss?done=tolerance"));
    }
    let shown = page(&page_of(cx, Some((typed, problems))).await?)?;
    Ok(axum::response::IntoResponse::into_response((axum::http::StatusCode::UNPROCESSABLE_ENTITY, shown)))
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

/// What the second of two curves is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// The same risks with what is planned.
    Plan,
    /// The same risks once a proposal is approved.
    Proposal,
}

impl Second {
    /// The messages for the drawing and for its point.
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Plan => ("loss-chart", "loss-spot-plan"),
            Self::Proposal => ("loss-chart-proposal", "loss-spot-proposal"),
        }
    }
}

/// The curves with what is named in them.
pub fn curves(
    cx: &Cx,
    [now, plan]: [&Summary; 2],
    second: Second,
    exact: Vec<(f64, f64)>,
    tolerated: Vec<(f64, f64)>,
    currency: Currency,
) -> Html {
    let (chart, spot_plan) = second.keys();
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
    let mut lines = vec![Line { class: "ln", filled: true, points: points(now) }];
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

fn outcome(
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
                share: format!("{:.0}\u{202f}%", share * 100.0),
                bar: share_bar(share),
            };
            (own.mean, line)
        })
        .collect();
    shares.sort_by(|a, b| b.0.total_cmp(&a.0));
    let rows = LEVELS.iter().map(|level| Percent {
        words: year_words(cx, *level),
        now: with_error(cx, now, *level, currency),
        plan: with_error(cx, plan, *level, currency),
        exact: None,
    });
    Outcome {
        figures: figures(cx, now, plan, currency, cost),
        tolerated: !tolerated.is_empty(),
        chart: curves(cx, [now, plan], Second::Plan, Vec::new(), tolerated, currency),
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

fn ratio(cx: &Cx, it: Return) -> String {
    if it.ratio.is_finite() { format!("{:.0}\u{202f}%", it.ratio * 100.0) } else { cx.say("loss-free").into_owned() }
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
        for control in measure::planned_controls(&cx.isms, risk).into_iter().filter(|it| cx.sees(*it)) {
            let row = effects.entry(control.reference()).or_insert_with(|| vec![Effect::default(); risks.len()]);
            row[at] = measure::effect_of(control);
        }
    }
    worths(cx, &losses, effects.into_iter().collect(), currency)
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
