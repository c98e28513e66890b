//! What a proposal would do in figures: checks, levels, money with its curve, cost.

use attestry_check::measure;
use attestry_model::records::{Control, Risk, Treatment, TreatmentAction};
use attestry_model::value::Currency;
use attestry_model::{AnyRef, Isms, Kind, Stored};
use attestry_risk::quantitative::{Portfolio, Run, Summary};

use crate::cx::Cx;
use crate::html::{Html, escape};
use crate::pages::records::effect::Effect;
use crate::pages::risks::kept::{self, Found};
use crate::pages::risks::loss;
use crate::pages::risks::outcome::{self, Drawn, Last};
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

/// What a year may cost before and after.
#[derive(Debug)]
pub struct Loss {
    /// Whether it is what the plan leads to that changes, and not what is so today.
    pub planned: bool,
    /// The two curves.
    pub curve: Html,
    /// Whether what is tolerated is drawn too.
    pub tolerated: bool,
    /// How seldom, what such a year costs at least, what it would.
    pub rows: Vec<(String, String, String)>,
}

/// What a simulation says of a proposal.
#[derive(Debug)]
pub enum Money {
    /// Nothing changes, or nothing can be said.
    None,
    /// It is being worked out; asking again a little later finds it.
    Working,
    /// The figures and the curves.
    Loss(Vec<Figure>, Box<Loss>),
}

/// The figures, the curve of losses, and whether that is still being worked out. Of a proposal in which something is `hidden`
/// from the person no money is told, since it would tell of that too.
pub async fn of(
    cx: &Cx,
    effect: &Effect,
    next: &Isms,
    targets: &[AnyRef],
    hidden: bool,
) -> (Vec<Figure>, Option<Loss>, bool) {
    let mut figures = vec![checks(cx, effect)];
    figures.extend(levels(cx, next, targets));
    let (mut curve, mut working) = (None, false);
    match if hidden { Money::None } else { loss(cx, next, targets).await } {
        Money::None => {}
        Money::Working => working = true,
        Money::Loss(told, loss) => {
            figures.extend(told);
            curve = Some(*loss);
        }
    }
    figures.extend(cost(cx, next, targets));
    (figures, curve, working)
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

/// The portfolios of the risks that the person sees, with ranges in one currency: as they are, and with the plan.
fn portfolios(cx: &Cx, isms: &Isms, currency: Currency) -> [Portfolio; 2] {
    let risks = isms.live::<Risk>().filter(|risk| measure::counts(risk) && cx.sees(*risk));
    let fitting = risks.filter(|risk| risk.lm_p5.is_some_and(|money| money.currency == currency));
    let both = fitting.filter_map(|risk| outlook::scenarios_in(cx, isms, risk));
    let sound = both.filter(|it| it.now.flaws("").is_empty()).take(MOST);
    let (now, plan) = sound.map(|it| (it.now, it.plan)).unzip();
    [now, plan].map(|scenarios| Portfolio { scenarios, common_causes: Vec::new() })
}

/// What a year costs, where the proposal changes what it may cost: today, or else once the plan is carried out.
async fn loss(cx: &Cx, next: &Isms, targets: &[AnyRef]) -> Money {
    let moving = [Kind::Risk, Kind::Treatment, Kind::TreatmentAction, Kind::Control];
    if !targets.iter().any(|target| moving.contains(&target.kind)) {
        return Money::None;
    }
    let Some(currency) = next.live::<Risk>().find_map(|risk| risk.lm_p5).map(|money| money.currency) else {
        return Money::None;
    };
    let ([now, plan], [now_after, plan_after]) = (portfolios(cx, &cx.isms, currency), portfolios(cx, next, currency));
    let planned = now == now_after;
    let (before, after) = if planned { (plan, plan_after) } else { (now, now_after) };
    if before == after || before.scenarios.is_empty() || after.scenarios.is_empty() {
        return Money::None;
    }
    let question =
        Question { before: None, now: before, plan: after, run: Run { years: YEARS, seed: outlook::USUAL_SEED } };
    let answer = match kept::outlook(cx, question).await {
        Ok(Found::Answer(answer)) => answer,
        Ok(Found::Working(_)) => return Money::Working,
        _ => return Money::None,
    };
    told(cx, [&answer.now.total, &answer.plan.total], planned, currency).unwrap_or(Money::None)
}

/// What a normal and a bad year cost before and after, and the curves.
fn told(cx: &Cx, [before, after]: [&Summary; 2], planned: bool, currency: Currency) -> Option<Money> {
    let value = |summary, level| outlook::at(summary, level).map(|it| it.value);
    let short = |amount| outlook::short(cx, amount, currency);
    let figure = |today: &'static str, with_plan: &'static str, was: f64, is: f64| Figure {
        heading: cx.say(if planned { with_plan } else { today }).into_owned(),
        was: text(&short(was)),
        is: text(&short(is)),
        says: cx.say1("strip-loss-says", "years", YEARS).into_owned(),
        bad: is > was,
    };
    let figures = vec![
        figure("strip-mean", "strip-mean-planned", before.mean, after.mean),
        figure("strip-loss", "strip-loss-planned", value(before, 0.9)?, value(after, 0.9)?),
    ];
    let row = |level: &f64| {
        Some((outcome::year_words(cx, *level), short(value(before, *level)?), short(value(after, *level)?)))
    };
    let tolerated = loss::tolerated(&cx.isms, currency);
    let drawn = Drawn { before: None, now: before, then: after, last: Last::Proposal };
    let loss = Loss {
        planned,
        tolerated: !tolerated.is_empty(),
        curve: outcome::curves(cx, drawn, Vec::new(), tolerated, currency),
        rows: outlook::LEVELS.iter().filter_map(row).collect(),
    };
    Some(Money::Loss(figures, Box::new(loss)))
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
