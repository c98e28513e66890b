//! What a proposal would do in figures: checks, levels, money, cost.

use attestry_check::measure;
use attestry_model::records::{Control, Risk, Treatment, TreatmentAction};
use attestry_model::value::Currency;
use attestry_model::{AnyRef, Isms, Kind, Stored};
use attestry_risk::quantitative::{Portfolio, Run};

use crate::cx::Cx;
use crate::html::{Html, escape};
use crate::pages::records::effect::Effect;
use crate::pages::risks::kept::{self, Found};
use crate::pages::risks::outlook::{self, Question};
use crate::show;

/// Simulated years: enough for a figure of two digits.
const YEARS: usize = 20_000;
/// Most risks that are simulated.
const MOST: usize = 500;

/// One figure.
#[derive(Debug)]
pub struct Figure {
    /// What it is.
    pub heading: String,
    /// As it is.
    pub was: Html,
    /// As it would be; empty where only one figure is told.
    pub is: Html,
    /// What it means, in a sentence.
    pub says: String,
    /// Whether it says something that needs a look.
    pub bad: bool,
}

/// The figures.
pub async fn of(cx: &Cx, effect: &Effect, next: &Isms, targets: &[AnyRef]) -> Vec<Figure> {
    let mut figures = vec![checks(cx, effect)];
    figures.extend(levels(cx, next, targets));
    figures.extend(loss(cx, next, targets).await);
    figures.extend(cost(cx, next, targets));
    figures
}

fn text(text: &str) -> Html {
    Html::text(text)
}

fn checks(cx: &Cx, effect: &Effect) -> Figure {
    let (was, is) = effect.holds;
    let parts = [("closed", effect.solved.len().into()), ("opened", effect.opened.into())];
    Figure {
        heading: cx.say("strip-checks").into_owned(),
        was: text(&was.to_string()),
        is: text(&is.to_string()),
        says: cx.with("strip-checks-says", &parts).into_owned(),
        bad: effect.opened > 0,
    }
}

fn risk_level(cx: &Cx, risk: &Stored<Risk>, value: i64) -> Html {
    match show::level(cx, risk.methodology, value) {
        Some((rank, name)) => {
            let mut out = format!(r#"<span class="lv lv-{rank}"><i>{value}</i><span class="vh">"#);
            escape(&name, &mut out);
            out.push_str("</span></span>");
            Html(out)
        }
        None => text(&value.to_string()),
    }
}

/// The level of the one risk that changes; of several, how many lie above the limit.
fn levels(cx: &Cx, next: &Isms, targets: &[AnyRef]) -> Option<Figure> {
    let mut risks: Vec<_> = targets.iter().filter_map(|target| target.of::<Risk>()).collect();
    risks.sort_unstable();
    risks.dedup();
    if risks.is_empty() {
        return None;
    }
    if let [one] = risks.as_slice()
        && let (Some(was), Some(is)) = (cx.isms.get(*one).filter(|risk| cx.sees(*risk)), next.get(*one))
    {
        let either = |risk: &Stored<Risk>| risk.residual_value.or(risk.current_value);
        let moved = was.current_value != is.current_value;
        let (old, new) = if moved { (was.current_value, is.current_value) } else { (either(was), either(is)) };
        let (old, new) = (old?, new?);
        let limit = is.method(next).and_then(|method| method.acceptance_max);
        let key = match limit {
            Some(limit) if new > limit => "strip-level-above",
            Some(_) => "strip-level-inside",
            None => "strip-level-none",
        };
        return Some(Figure {
            heading: format!("{} {}", is.reference().any(), show::shortened(is.title(), 50)),
            was: risk_level(cx, was, old),
            is: risk_level(cx, is, new),
            says: cx.say(key).into_owned(),
            bad: limit.is_some_and(|limit| new > limit),
        });
    }
    let above = |isms: &Isms| {
        let over = |risk: &&Stored<Risk>| {
            let limit = risk.method(isms).and_then(|method| method.acceptance_max);
            risk.current_value.zip(limit).is_some_and(|(value, limit)| value > limit)
        };
        isms.live::<Risk>().filter(over).count()
    };
    let (was, is) = (above(&cx.isms), above(next));
    Some(Figure {
        heading: cx.say("strip-above").into_owned(),
        was: text(&was.to_string()),
        is: text(&is.to_string()),
        says: cx.say1("strip-above-says", "count", risks.len()).into_owned(),
        bad: is > was,
    })
}

/// The portfolio of the risks that the person sees, with ranges in one currency.
fn portfolio(cx: &Cx, isms: &Isms, currency: Currency) -> Portfolio {
    let risks = isms.live::<Risk>().filter(|risk| measure::counts(risk) && cx.sees(*risk));
    let fitting = risks.filter(|risk| risk.lm_p5.is_some_and(|money| money.currency == currency));
    let scenarios = fitting.filter_map(measure::scenario).filter(|scenario| scenario.flaws("").is_empty());
    Portfolio { scenarios: scenarios.take(MOST).collect(), common_causes: Vec::new() }
}

/// What a bad year costs, where the proposal changes what it may cost.
async fn loss(cx: &Cx, next: &Isms, targets: &[AnyRef]) -> Option<Figure> {
    if !targets.iter().any(|target| target.kind == Kind::Risk) {
        return None;
    }
    let currency = next.live::<Risk>().find_map(|risk| risk.lm_p5).map(|money| money.currency)?;
    let question = Question {
        before: None,
        now: portfolio(cx, &cx.isms, currency),
        plan: portfolio(cx, next, currency),
        run: Run { years: YEARS, seed: outlook::USUAL_SEED },
    };
    if question.now == question.plan || question.now.scenarios.is_empty() || question.plan.scenarios.is_empty() {
        return None;
    }
    let Ok(Found::Answer(answer)) = kept::finished(cx, question).await else { return None };
    let bad = |summary| outlook::at(summary, 0.9).map(|it| it.value);
    let (was, is) = (bad(&answer.now.total)?, bad(&answer.plan.total)?);
    Some(Figure {
        heading: cx.say("strip-loss").into_owned(),
        was: text(&outlook::short(cx, was, currency)),
        is: text(&outlook::short(cx, is, currency)),
        says: cx.say1("strip-loss-says", "years", YEARS).into_owned(),
        bad: is > was,
    })
}

/// What the records that it changes cost, once and a year.
fn cost(cx: &Cx, next: &Isms, targets: &[AnyRef]) -> Option<Figure> {
    let mut seen: Vec<AnyRef> = targets.to_vec();
    seen.sort_unstable();
    seen.dedup();
    let (mut once, mut year, mut currency) = (0.0, 0.0, None);
    for target in seen {
        let costs = |isms: &Isms| {
            let action = target.of::<TreatmentAction>().and_then(|it| isms.get(it));
            let treatment = target.of::<Treatment>().and_then(|it| isms.get(it));
            let control = target.of::<Control>().and_then(|it| isms.get(it));
            action
                .map(|it| (it.cost_once, it.cost_year))
                .or_else(|| treatment.map(|it| (it.cost_once, it.cost_year)))
                .or_else(|| control.map(|it| (it.cost_once, it.cost_year)))
        };
        let (new, old) = (costs(next), costs(&cx.isms));
        for (costs, sign) in [(new, 1.0), (old, -1.0)] {
            let Some((first, yearly)) = costs else { continue };
            currency = currency.or(first.or(yearly).map(|money| money.currency));
            let in_currency = |money: Option<attestry_model::value::Money>| {
                measure::cost_of(money.filter(|money| Some(money.currency) == currency)).unwrap_or(0.0)
            };
            once += sign * in_currency(first);
            year += sign * in_currency(yearly);
        }
    }
    let currency = currency.filter(|_| once != 0.0 || year != 0.0)?;
    Some(Figure {
        heading: cx.say("strip-cost").into_owned(),
        was: text(&outlook::short(cx, year, currency)),
        is: Html::default(),
        says: cx.say1("strip-cost-says", "once", &outlook::short(cx, once, currency)).into_owned(),
        bad: false,
    })
}
