//! The loss outlook: what all risks with ranges may cost in a year, now and with the plan.

use std::sync::Arc;

use askama::Template;
use attestry_check::measure;
use attestry_model::kind::Role;
use attestry_model::records::Risk;
use attestry_model::value::{Currency, Money};
use attestry_model::{AnyRef, Command, Isms, Problems, Stored};
use attestry_risk::quantitative::simulate::GENERATOR;
use attestry_risk::quantitative::{CommonCause, Portfolio, Run};
use axum::extract::RawForm;
use axum::response::Response;
use serde_json::{Map, Value};

use super::kept::{self, Found, Progress};
use super::outcome::{Outcome, outcome};
use super::outlook::{self, Question, Scenarios, at, scenarios_of};
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
/// The setting that holds the result that was kept last.
const OUTLOOK: &str = "loss-outlook";
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
    /// The result that was kept.
    kept: Option<String>,
    /// What the button sends that keeps the one that is shown.
    keep: Html,
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

/// The risks of one simulation, and those that are not in it.
struct Gathered<'a> {
    taken: Vec<(&'a Stored<Risk>, Scenarios)>,
    left_out: Vec<LeftOut>,
    /// How many have no ranges.
    without: usize,
    currency: Option<Currency>,
}

impl<'a> Gathered<'a> {
    fn of(cx: &'a Cx) -> Self {
        let mut left_out = Vec::new();
        let mut taken: Vec<(&'a Stored<Risk>, Scenarios)> = Vec::new();
        let mut without = 0;
        let mut currency: Option<Currency> = None;
        for risk in super::risks(cx) {
            let Some(moments) = scenarios_of(cx, risk) else {
                without += 1;
                continue;
            };
            let flaws = moments.now.flaws("");
            let own = risk.lm_p5.map(|it| it.currency);
            let why = if let Some(flaw) = flaws.first() {
                flaw.reason.to_string()
            } else if currency.is_some() && own != currency {
                cx.say("loss-currency").into_owned()
            } else {
                currency = currency.or(own);
                taken.push((risk, moments));
                continue;
            };
            left_out.push(LeftOut::of(cx, risk, why));
        }
        if taken.len() > MOST_RISKS {
            let mean = |it: &(&Stored<Risk>, Scenarios)| it.1.now.mean_frequency() * it.1.now.mean_loss();
            taken.sort_by(|a, b| mean(b).total_cmp(&mean(a)));
            let why = cx.say("loss-too-many").into_owned();
            left_out.extend(taken.drain(MOST_RISKS..).map(|it| LeftOut::of(cx, it.0, why.clone())));
            taken.sort_by_key(|it| it.0.number);
        }
        Self { taken, left_out, without, currency }
    }
}

/// How often a common cause makes good and bad years: the share that the query asks for.
fn variation_of(query: &str, cx: &Cx, problems: &mut Problems) -> Option<f64> {
    match parameter(query, "common").filter(|it| !it.is_empty())?.parse::<f64>() {
        Ok(share) if (0.0..=2.0).contains(&share) => Some(share).filter(|it| *it > 0.0),
        _ => {
            problems.add("common", cx.say("loss-common-range"));
            None
        }
    }
}

/// The question about all of them, and how many are before any control as they are now.
fn question_of(taken: Vec<(&Stored<Risk>, Scenarios)>, variation: Option<f64>, run: Run) -> (Question, usize) {
    let causes = variation.map(|variation| CommonCause { members: (0..taken.len()).collect(), variation });
    let portfolio = |scenarios| Portfolio { scenarios, common_causes: causes.iter().cloned().collect() };
    let (all, unknown) = (taken.len(), taken.iter().filter(|it| it.1.before.is_none()).count());
    let (mut before, mut now, mut plan) = (Vec::new(), Vec::new(), Vec::new());
    for (_, it) in taken {
        before.push(it.before.unwrap_or_else(|| it.now.clone()));
        now.push(it.now);
        plan.push(it.plan);
    }
    let before = (unknown < all).then(|| portfolio(before));
    (Question { before, now: portfolio(now), plan: portfolio(plan), run }, unknown)
}

/// How a result came about, for histories.
pub(super) fn run_words(run: Run) -> String {
    let Run { years, seed } = run;
    format!("{years} simulated years, seed {seed}, generator {GENERATOR}")
}

/// `GET /risks/loss`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    page(&page_of(cx, None).await?)
}

async fn page_of(cx: Cx, failed: Option<(Vec<(String, String)>, Problems)>) -> Result<Page, Fault> {
    let mut problems = Problems::default();
    let run = outlook::run_of(&cx.query, &mut problems);
    let variation = variation_of(&cx.query, &cx, &mut problems);
    let Gathered { taken, mut left_out, without, currency } = Gathered::of(&cx);
    let more_left_out = left_out.len().saturating_sub(MOST_LEFT_OUT);
    left_out.truncate(MOST_LEFT_OUT);
    let (typed, wrong) = failed.unwrap_or_default();
    let tolerance = tolerance_fields(&cx, &typed, &wrong);
    let asked = Asked::of(&cx.query, problems);
    let (mut result, mut going_on) = (None, None);
    if asked.problems.is_empty()
        && let Some(currency) = currency
    {
        let risks: Vec<&Stored<Risk>> = taken.iter().map(|it| it.0).collect();
        let (question, unknown) = question_of(taken, variation, run);
        match answer_of(&cx, question, &asked, None).await? {
            Ok(answer) => {
                let mut told = outcome(&cx, &answer, &risks, currency, tolerated(&cx.isms, currency));
                told.before = match &answer.before {
                    Some(_) => cx.say1("loss-before-from", "count", unknown).into_owned(),
                    None => cx.say("loss-before-unknown").into_owned(),
                };
                result = Some(told);
            }
            Err(state) => going_on = Some(state),
        }
    }
    let may_set = may_set(&cx);
    let mut frame = Frame::of_tab(&cx, "/risks/loss");
    frame.problems = !asked.problems.is_empty() || !wrong.is_empty();
    Ok(Page {
        keep: shell::hidden(&asked.pairs()),
        asked,
        result,
        going_on,
        without,
        left_out,
        more_left_out,
        tolerance,
        may_set,
        kept: kept_words(&cx),
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

/// `POST /risks/loss/keep`: what a simulation says is kept as a setting of the organisation, so that activity tells who asked
/// for it when, with how many years and which seed.
pub async fn keep(cx: Cx, RawForm(body): RawForm) -> Result<Response, Fault> {
    if !may_set(&cx) {
        return Err(Fault::Denied(cx.say("loss-may-not-keep").into_owned()));
    }
    let typed = String::from_utf8_lossy(&body);
    let mut problems = Problems::default();
    let run = outlook::run_of(&typed, &mut problems);
    let variation = variation_of(&typed, &cx, &mut problems);
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let Gathered { taken, currency, .. } = Gathered::of(&cx);
    let currency = currency.ok_or_else(|| Fault::Conflict(cx.say("loss-none").into_owned()))?;
    let risks = taken.len();
    let Found::Answer(answer) = kept::finished(&cx, question_of(taken, variation, run).0).await? else {
        return Err(Fault::TooMany(10));
    };
    let total = &answer.now.total;
    let amount = |it: f64| measure::money(it, currency).map_or(Value::Null, |it| Value::from(it.to_string()));
    let bad = at(total, 0.95).map_or(Value::Null, |it| amount(it.value));
    let fields = serde_json::json!({
        "years": run.years,
        "seed": run.seed.to_string(),
        "common": variation.unwrap_or_default().to_string(),
        "risks": risks,
        "mean": amount(total.mean),
        "p95": bad,
        "on": cx.today.to_string(),
        "by": cx.person.any().to_string(),
    });
    let Value::Object(fields) = fields else { return Err(Fault::Absent) };
    cx.submit(Command::Set { name: OUTLOOK.to_owned(), fields, reason: Some(run_words(run)) }).await?;
    let asked = Asked::of(&typed, Problems::default()).pairs();
    let asked = asked.into_iter().chain([("done".to_owned(), "outlook".to_owned())]).collect::<Vec<_>>();
    Ok(to(&with_query("/risks/loss", &asked, None)))
}

/// Whether the person may change what the organisation keeps here.
fn may_set(cx: &Cx) -> bool {
    !cx.is_past() && (cx.principal.has(Role::IsmsManager) || cx.principal.has(Role::SystemAdmin))
}

/// The result that was kept, in words.
fn kept_words(cx: &Cx) -> Option<String> {
    let setting = cx.isms.setting(OUTLOOK)?;
    let text = |name: &str| setting.get(name).and_then(Value::as_str);
    let money = |name: &str| Some(dates::money_short(cx.words, text(name)?.parse().ok()?));
    let number = |name: &str| setting.get(name).and_then(Value::as_i64);
    let by = text("by")?.parse::<AnyRef>().ok()?.of()?;
    let day = dates::full_day(cx.words, text("on")?.parse().ok()?);
    let (name, mean, bad) = (cx.name_of(by), money("mean")?, money("p95")?);
    let years = dates::number(cx.words, number("years")?.into());
    let said = [
        ("date", (&day).into()),
        ("name", (&name).into()),
        ("mean", (&mean).into()),
        ("bad", (&bad).into()),
        ("years", (&years).into()),
        ("seed", text("seed")?.into()),
        ("risks", number("risks")?.into()),
    ];
    Some(cx.with("loss-kept", &said).into_owned())
}
