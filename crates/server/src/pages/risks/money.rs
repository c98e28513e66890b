//! One risk in money: its ranges as two questions, the years that follow from them, and what its controls are worth.

use askama::Template;
use attestry_check::measure;
use attestry_model::permit::Wish;
use attestry_model::records::Risk;
use attestry_model::value::{Currency, Money};
use attestry_model::{Command, Kind, Problems, Stored};
use attestry_risk::quantitative::{Portfolio, Return, Run, exact};
use axum::extract::{Path, RawForm};
use axum::response::{IntoResponse as _, Response};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive as _;
use serde_json::{Map, Value};

use super::kept::{self, Found};
use super::loss::{self, Asked, GoingOn};
use super::one::risk_of;
use super::outcome::{self, Outcome, Percent};
use super::outlook::{self, LEVELS, Question, Scenarios, at, short};
use crate::cx::Cx;
use crate::dates;
use crate::fault::Fault;
use crate::html::Html;
use crate::places::Frame;
use crate::shell::{self, Shell, page, pairs, parameter, to};

/// How many years the question about frequency speaks of.
const SPAN: i64 = 10;
const FIELDS: [&str; 5] = ["lef_min", "lef_mode", "lef_max", "lm_p5", "lm_p95"];

/// The page.
#[derive(Template)]
#[template(path = "money.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    reference: String,
    title: String,
    record_href: String,
    asked: Asked,
    result: Option<Outcome>,
    going_on: Option<GoingOn>,
    inputs: Vec<Input>,
    currency: String,
    revision: u32,
    may_edit: bool,
    influence: Vec<Influence>,
    own_history: usize,
    saved: Option<String>,
    /// What the button sends that keeps the result.
    keep: Option<Html>,
}

struct Input {
    name: &'static str,
    label: String,
    value: String,
    money: bool,
    error: Option<String>,
}

struct Influence {
    input: String,
    share: String,
    low: String,
    high: String,
}

/// The typed ranges, and what is wrong with them.
struct Typed {
    risk: Box<Risk>,
    values: Vec<(String, String)>,
    problems: Problems,
}

/// `GET /risks/{reference}/money`
pub async fn show(cx: Cx, Path(reference): Path<String>) -> Result<Response, Fault> {
    page(&page_of(cx, &reference, None).await?)
}

async fn page_of(cx: Cx, reference: &str, typed: Option<Typed>) -> Result<Page, Fault> {
    let record = risk_of(&cx, reference)?;
    let mut problems = Problems::default();
    let run = outlook::run_of(&cx.query, &mut problems);
    let currency = currency_of(&cx, record);
    let inputs = inputs(&cx, record, typed.as_ref());
    let failed = typed.is_some();
    let asked = Asked::of(&cx.query, problems);
    let (mut result, mut influence) = (None, Vec::new());
    let mut going_on = None;
    let question = outlook::scenarios_of(&cx, record).filter(|_| asked.problems.is_empty() && !failed);
    if let Some(moments) = question
        && moments.now.flaws("").is_empty()
    {
        let before = exact(&moments.now).map_or(0.0, |it| it.mean);
        let after = exact(&moments.plan).map_or(0.0, |it| it.mean);
        let question = question_of(moments, run);
        match loss::answer_of(&cx, question, &asked, Some(record.reference().any())).await? {
            Ok(answer) => {
                result = Some(told(&cx, record, &answer, currency, (before, after)));
                influence = influences(&cx, &answer, currency);
            }
            Err(state) => going_on = Some(state),
        }
    }
    let reference = record.reference().any();
    let mut frame = Frame::of_kind(&cx, Kind::Risk, Some(&reference.to_string()))
        .then(cx.say("money-title"), Some(cx.record_href(reference)));
    frame.problems = failed || !asked.problems.is_empty();
    let saved = record.ale_mean.zip(record.ale_p95).map(|(mean, bad)| {
        cx.with(
            "money-saved",
            &[
                ("mean", (&dates::money_short(cx.words, mean)).into()),
                ("bad", (&dates::money_short(cx.words, bad)).into()),
            ],
        )
        .into_owned()
    });
    Ok(Page {
        title: record.title().to_owned(),
        record_href: cx.record_href(reference),
        revision: record.revision,
        may_edit: cx.may(Wish::Update, record),
        own_history: record.incidents.len(),
        currency: currency.to_string(),
        reference: reference.to_string(),
        keep: (result.is_some() && cx.may(Wish::Update, record)).then(|| {
            let fields = [("years", run.years.to_string()), ("seed", run.seed.to_string())];
            let fields = fields.into_iter().chain([("revision", record.revision.to_string())]);
            shell::hidden(&fields.map(|(name, value)| (name.to_owned(), value)).collect::<Vec<_>>())
        }),
        saved,
        asked,
        result,
        going_on,
        inputs,
        influence,
        frame,
        shell: Shell::of(&cx),
        cx,
    })
}

/// What one risk alone is asked.
fn question_of(moments: Scenarios, run: Run) -> Question {
    let alone = |scenario| Portfolio { scenarios: vec![scenario], common_causes: Vec::new() };
    Question { before: moments.before.map(alone), now: alone(moments.now), plan: alone(moments.plan), run }
}

/// Where the curve before any control comes from: the levels and their bands, or that there are none.
fn before_words(cx: &Cx, risk: &Stored<Risk>, answer: &outlook::Outlook, currency: Currency) -> String {
    let known = || {
        answer.before.as_ref()?;
        let method = measure::Method::of(&risk.method(&cx.isms)?.body);
        let at = measure::cell(risk.inherent_likelihood, risk.inherent_impact)?;
        Some((at, method.likelihood.band(at.likelihood)?, method.impact.band(at.impact)?))
    };
    let Some((at, often, much)) = known() else { return cx.say("loss-before-unknown").into_owned() };
    let rate = |it: f64| Decimal::from_f64(it).map_or_else(String::new, |it| it.round_dp(3).normalize().to_string());
    let [fewest, most] = [often.0, often.1].map(rate);
    let [low, high] = [much.0, much.1].map(|it| short(cx, it, currency));
    let said = [
        ("likelihood", u32::from(at.likelihood).into()),
        ("impact", u32::from(at.impact).into()),
        ("fewest", (&fewest).into()),
        ("most", (&most).into()),
        ("low", (&low).into()),
        ("high", (&high).into()),
    ];
    cx.with("money-before", &said).into_owned()
}

/// Which answer matters most.
fn influences(cx: &Cx, answer: &outlook::Outlook, currency: Currency) -> Vec<Influence> {
    let influence = answer.influence.iter().map(|it| Influence {
        input: cx
            .say(if it.input.starts_with("frequency") { "money-input-often" } else { "money-input-much" })
            .into_owned(),
        share: format!("{:.0}\u{202f}%", it.share * 100.0),
        low: short(cx, it.mean_if_low, currency),
        high: short(cx, it.mean_if_high, currency),
    });
    influence.collect()
}

/// The currency of a risk: that of its loss, of the impact scale, else euro.
pub(super) fn currency_of(cx: &Cx, risk: &Stored<Risk>) -> Currency {
    let scale = || risk.method(&cx.isms)?.impact_scale.iter().find_map(|it| it.money_max.or(it.money_min));
    let known = risk.lm_p5.or(risk.lm_p95).or_else(scale).map(|it| it.currency);
    known.or_else(|| "EUR".parse().ok()).unwrap_or_else(|| unreachable!("EUR is a currency"))
}

fn inputs(cx: &Cx, risk: &Risk, typed: Option<&Typed>) -> Vec<Input> {
    let often =
        |rate: Option<Decimal>| rate.map_or_else(String::new, |it| (it * Decimal::from(SPAN)).normalize().to_string());
    let much = |money: Option<Money>| money.map_or_else(String::new, |it| it.amount().normalize().to_string());
    let saved = [often(risk.lef_min), often(risk.lef_mode), often(risk.lef_max), much(risk.lm_p5), much(risk.lm_p95)];
    FIELDS
        .into_iter()
        .zip(saved)
        .map(|(name, saved)| Input {
            name,
            label: cx.say(format!("money-{}", name.replace('_', "-"))).into_owned(),
            value: typed
                .and_then(|it| it.values.iter().find(|(key, _)| key == name))
                .map_or(saved, |(_, value)| value.clone()),
            money: name.starts_with("lm"),
            error: typed.and_then(|it| it.problems.0.iter().find(|one| one.field == name)).map(|it| it.message.clone()),
        })
        .collect()
}

fn told(
    cx: &Cx,
    risk: &Stored<Risk>,
    answer: &outlook::Outlook,
    currency: Currency,
    (before, after): (f64, f64),
) -> Outcome {
    let (now, plan) = (&answer.now.total, &answer.plan.total);
    let planned = outlook::planned_of(cx, risk);
    let costs = planned.iter().filter_map(|it| measure::yearly_cost(it.cost_once, it.cost_year));
    let cost = costs.filter(|it| it.1 == currency).map(|it| it.0).reduce(|a, b| a + b);
    // The exact distribution at the amounts of the simulated curve, so that both can be compared.
    let exact_curve = answer.exact.as_ref().map_or_else(Vec::new, |it| it.curve.clone());
    let tolerated = risk.method(&cx.isms).map(|it| measure::Method::of(&it.body).tolerated()).unwrap_or_default();
    let rows = LEVELS.iter().enumerate().map(|(at, level)| Percent {
        words: outcome::year_words(cx, *level),
        before: answer.before.as_ref().map(|it| outcome::with_error(cx, &it.total, *level, currency)),
        now: outcome::with_error(cx, now, *level, currency),
        plan: outcome::with_error(cx, plan, *level, currency),
        exact: answer.exact.as_ref().and_then(|it| it.quantiles.get(at)).map(|it| short(cx, *it, currency)),
    });
    let effects = planned.iter().map(|it| (it.reference(), vec![measure::effect_of(it)])).collect();
    let (controls, too_many) = outcome::worths(cx, &[before], effects, currency);
    Outcome {
        figures: outcome::figures(cx, now, plan, currency, cost),
        tolerated: !tolerated.is_empty(),
        chart: outcome::curves(cx, outcome::Drawn::of(answer), exact_curve, tolerated, currency),
        before: before_words(cx, risk, answer, currency),
        in_place: outcome::in_place(cx, &[risk], currency),
        rows: rows.collect(),
        exact_mean: answer.now.exact_mean.map(|it| short(cx, it, currency)),
        exact_sd: answer.now.exact_standard_deviation.map(|it| short(cx, it, currency)),
        years: dates::number(cx.words, answer.run.years.into()),
        seed: answer.run.seed.to_string(),
        risks: Vec::new(),
        plan: cost.map(|cost| outcome::worthwhile(cx, Return::of(before, after, cost), currency)),
        controls,
        too_many,
    }
}

/// `POST /risks/{reference}/money`
pub async fn save(cx: Cx, Path(reference): Path<String>, RawForm(body): RawForm) -> Result<Response, Fault> {
    let record = risk_of(&cx, &reference)?;
    let target = record.reference().any();
    let values = pairs(&String::from_utf8_lossy(&body));
    let one = |name: &str| values.iter().find(|(key, _)| key == name).map(|(_, it)| it.trim().to_owned());
    let revision = one("revision").and_then(|it| it.parse().ok()).ok_or(Fault::Unconditional)?;
    let currency = currency_of(&cx, record);
    let typed = read(&cx, record, currency, values);
    let mut fields = Map::new();
    let risk = &typed.risk;
    for (name, rate) in [("lef_min", risk.lef_min), ("lef_mode", risk.lef_mode), ("lef_max", risk.lef_max)] {
        fields.insert(name.to_owned(), rate.map_or(Value::Null, |it| Value::from(it.normalize().to_string())));
    }
    for (name, money) in [("lm_p5", risk.lm_p5), ("lm_p95", risk.lm_p95)] {
        fields.insert(name.to_owned(), money.map_or(Value::Null, |it| Value::from(it.to_string())));
    }
    let mut reason = None;
    let mut failed = Some(typed).filter(|it| !it.problems.is_empty());
    if failed.is_none() {
        let stored = Stored { body: (*read_again(&fields, record)).clone(), ..record.clone() };
        let (mut mean, mut bad) = (Value::Null, Value::Null);
        if let Some(moments) = outlook::scenarios_of(&cx, &stored) {
            // The question of the page that follows: it finds the answer.
            let run = Run { years: outlook::USUAL_YEARS, seed: outlook::USUAL_SEED };
            if let Some(found) = simulated(&cx, moments, run, currency).await? {
                (mean, bad) = (found.mean, found.bad);
                reason = Some(found.reason);
            } else {
                let mut problems = Problems::default();
                problems.add("lef_max", cx.say("money-busy"));
                let values = pairs(&String::from_utf8_lossy(&body));
                failed = Some(Typed { problems, ..read(&cx, record, currency, values) });
            }
        }
        fields.insert("ale_mean".to_owned(), mean);
        fields.insert("ale_p95".to_owned(), bad);
    }
    if failed.is_none() {
        match cx.submit(Command::Update { target, revision: Some(revision), fields, reason }).await {
            Ok(_) => return Ok(to(&format!("/risks/{target}/money?done=saved%20{target}&undo=1"))),
            Err(Fault::Invalid(problems)) => {
                let values = pairs(&String::from_utf8_lossy(&body));
                failed = Some(Typed { problems, ..read(&cx, record, currency, values) });
            }
            Err(other) => return Err(other),
        }
    }
    let shown = page(&page_of(cx, &reference, failed).await?)?;
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

/// What simulated years say of a risk, as its record keeps it.
struct Simulated {
    mean: Value,
    bad: Value,
    /// How it came about, for the history.
    reason: String,
}

/// The result of a simulation; none where too much else is simulated.
async fn simulated(cx: &Cx, moments: Scenarios, run: Run, currency: Currency) -> Result<Option<Simulated>, Fault> {
    let amount = |it: f64| measure::money(it, currency).map_or(Value::Null, |it| Value::from(it.to_string()));
    match kept::finished(cx, question_of(moments, run)).await {
        Ok(Found::Answer(answer)) => Ok(Some(Simulated {
            mean: amount(answer.now.total.mean),
            bad: at(&answer.now.total, 0.95).map_or(Value::Null, |it| amount(it.value)),
            reason: loss::run_words(run),
        })),
        Ok(_) | Err(Fault::TooMany(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// `POST /risks/{reference}/money/keep`: what a simulation says becomes part of the risk. Its history then tells who asked
/// for how many years with which seed.
pub async fn keep(cx: Cx, Path(reference): Path<String>, RawForm(body): RawForm) -> Result<Response, Fault> {
    let record = risk_of(&cx, &reference)?;
    let target = record.reference().any();
    let typed = String::from_utf8_lossy(&body);
    let revision = parameter(&typed, "revision").and_then(|it| it.parse().ok()).ok_or(Fault::Unconditional)?;
    let mut problems = Problems::default();
    let run = outlook::run_of(&typed, &mut problems);
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let moments = outlook::scenarios_of(&cx, record).filter(|it| it.now.flaws("").is_empty());
    let moments = moments.ok_or_else(|| Fault::Conflict(cx.say("money-none").into_owned()))?;
    let found = simulated(&cx, moments, run, currency_of(&cx, record)).await?.ok_or(Fault::TooMany(10))?;
    let fields = Map::from_iter([("ale_mean".to_owned(), found.mean), ("ale_p95".to_owned(), found.bad)]);
    let reason = Some(found.reason);
    cx.submit(Command::Update { target, revision: Some(revision), fields, reason }).await?;
    let (years, seed) = (run.years, run.seed);
    Ok(to(&format!("/risks/{target}/money?years={years}&seed={seed}&done=kept%20{target}&undo=1")))
}

/// The risk with the ranges that are to be saved.
fn read_again(fields: &Map<String, Value>, risk: &Stored<Risk>) -> Box<Risk> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let rate = |name: &str| text(name).and_then(|it| it.parse().ok());
    let money = |name: &str| text(name).and_then(|it| it.parse().ok());
    Box::new(Risk {
        lef_min: rate("lef_min"),
        lef_mode: rate("lef_mode"),
        lef_max: rate("lef_max"),
        lm_p5: money("lm_p5"),
        lm_p95: money("lm_p95"),
        ..risk.body.clone()
    })
}

/// Reads what was typed, and says at each field what is wrong.
fn read(cx: &Cx, risk: &Stored<Risk>, currency: Currency, values: Vec<(String, String)>) -> Typed {
    let mut problems = Problems::default();
    let mut number = |name: &str| {
        let text = values.iter().find(|(key, _)| key == name).map(|(_, it)| it.trim().replace([' ', ','], ""))?;
        if text.is_empty() {
            return None;
        }
        let number: Option<Decimal> = text.parse().ok();
        if number.is_none() {
            problems.add(name, cx.say("money-no-number"));
        }
        number
    };
    let mut numbers = FIELDS.map(&mut number);
    for rate in &mut numbers[..3] {
        *rate = rate.and_then(|it| it.checked_div(Decimal::from(SPAN)));
    }
    let [low, mode, high, least, most] = numbers;
    let mut money = |name: &str, amount: Option<Decimal>| match amount.map(|it| Money::new(it, currency)) {
        Some(Ok(money)) => Some(money),
        Some(Err(message)) => {
            problems.add(name, message);
            None
        }
        None => None,
    };
    let body = Risk {
        lef_min: low,
        lef_mode: mode,
        lef_max: high,
        lm_p5: money("lm_p5", least),
        lm_p95: money("lm_p95", most),
        ..risk.body.clone()
    };
    let any = numbers.iter().any(Option::is_some);
    if any && problems.is_empty() {
        for (name, found) in FIELDS.into_iter().zip(numbers).filter(|it| it.0 != "lef_mode") {
            if found.is_none() {
                problems.add(name, cx.say("money-missing"));
            }
        }
    }
    let stored = Stored { body, ..risk.clone() };
    if problems.is_empty()
        && let Some(scenario) = measure::scenario(&stored)
    {
        for flaw in scenario.flaws("") {
            problems.add(measure::field_of(&flaw), flaw_words(cx, &flaw.reason));
        }
    }
    Typed { risk: Box::new(stored.body), values, problems }
}

/// What is wrong, in the words of the questions: they speak of ten years, the numbers of one.
pub(super) fn flaw_words(cx: &Cx, reason: &attestry_risk::Reason) -> String {
    use attestry_risk::Reason;
    match reason {
        Reason::Inverted { .. } => cx.say("money-inverted").into_owned(),
        Reason::ModeOutside { .. } => cx.say("money-mode-outside").into_owned(),
        Reason::TooSmall { .. } | Reason::NotAbove { .. } => cx.say("money-too-small").into_owned(),
        Reason::TooLarge { .. } | Reason::TooMuchWork { .. } => cx.say("money-too-large").into_owned(),
        other => other.to_string(),
    }
}
