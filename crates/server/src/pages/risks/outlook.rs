//! What simulated years say: the questions that pages ask, and their answers. [`super::kept`] keeps them.

use attestry_check::measure;
use attestry_model::records::{Control, Risk};
use attestry_model::value::{Currency, Money};
use attestry_model::{Isms, Problems, Stored};
use attestry_risk::quantitative::simulate::BLOCK;
use attestry_risk::quantitative::{
    Cancel, CurvePoint, Influence, Percentile, Portfolio, PortfolioSummary, Run, Scenario, Summary, USUAL_POINTS,
    compound, sensitivity,
};
use attestry_risk::{Flaw, RunError};

use super::one::{decision_in, decision_of};
use crate::cx::Cx;
use crate::dates;
use crate::fault::Fault;
use crate::shell::parameter;

/// Years where nothing else is asked for.
pub const USUAL_YEARS: usize = 100_000;
/// The most years that a page simulates.
pub const MOST_YEARS: usize = 1_000_000;
/// The seed where nothing else is asked for.
pub const USUAL_SEED: u64 = 1;
/// The most events that are drawn for the years before any control: a second or two.
const MOST_EVENTS_BEFORE: f64 = 3e7;
/// Fewer years than these say nothing of bad ones.
const FEWEST_YEARS: usize = 1_000;
/// Draws for the influence of each input.
const DRAWS: usize = 20_000;

/// The percentiles that pages show: one year in 2, 5, 10, 20, 50, 100.
pub const LEVELS: [f64; 6] = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99];

/// What a simulation is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The risks before any control; none where that is not asked or nothing tells of it.
    pub before: Option<Portfolio>,
    /// The risks as they are.
    pub now: Portfolio,
    /// The same with what is planned.
    pub plan: Portfolio,
    /// Years and seed.
    pub run: Run,
}

/// What it answers.
#[derive(Debug)]
pub struct Outlook {
    /// Before any control; none where it was not asked or would be too much to simulate.
    pub before: Option<PortfolioSummary>,
    /// As it is.
    pub now: PortfolioSummary,
    /// With what is planned.
    pub plan: PortfolioSummary,
    /// For one risk alone: what the whole distribution says, by Fourier transform.
    pub exact: Option<Whole>,
    /// For one risk alone: which input matters.
    pub influence: Vec<Influence>,
    /// The years and the seed with which it was computed.
    pub run: Run,
}

/// What the whole distribution of a year's loss says, beside what simulated years say.
#[derive(Debug)]
pub struct Whole {
    /// The losses at [`LEVELS`].
    pub quantiles: Vec<f64>,
    /// The probabilities of more than the losses of the simulated curve.
    pub curve: Vec<(f64, f64)>,
}

impl Outlook {
    /// How much memory it takes.
    pub fn bytes(&self) -> usize {
        let summary = |it: &Summary| size_of::<Summary>() + size_of_val(&*it.percentiles) + size_of_val(&*it.curve);
        let portfolio = |it: &PortfolioSummary| it.scenarios.iter().chain([&it.total]).map(summary).sum::<usize>();
        let exact = self.exact.as_ref().map_or(0, |it| size_of_val(&*it.quantiles) + size_of_val(&*it.curve));
        let influence = self.influence.iter().map(|it| size_of_val(it) + it.input.len()).sum::<usize>();
        let before = self.before.as_ref().map_or(0, portfolio);
        size_of::<Self>() + before + portfolio(&self.now) + portfolio(&self.plan) + exact + influence
    }
}

/// Computes the answer; an error without a fault means that it was cancelled.
pub fn answer(question: &Question, cancel: &Cancel) -> Result<Outlook, Option<Fault>> {
    let now = question.now.simulate(question.run, &LEVELS, cancel).map_err(fault_of)?;
    let plan = question.plan.simulate(question.run, &LEVELS, cancel).map_err(fault_of)?;
    let (mut exact, mut influence) = (None, Vec::new());
    if let [alone] = question.now.scenarios.as_slice()
        && question.now.common_causes.is_empty()
    {
        let whole = compound(alone, USUAL_POINTS);
        let beside = |point: &CurvePoint| (point.loss, whole.exceedance(point.loss));
        exact = Some(Whole {
            quantiles: LEVELS.iter().map(|level| whole.quantile(*level)).collect(),
            curve: now.total.curve.iter().map(beside).collect(),
        });
        influence = sensitivity(alone, DRAWS, question.run.seed).map_err(|flaws| Some(invalid(&flaws)))?;
    }
    let before = question.before.as_ref().zip(question.run_before());
    let before = before.map(|(it, run)| it.simulate(run, &LEVELS, cancel).map_err(fault_of)).transpose()?;
    Ok(Outlook { before, now, plan, exact, influence, run: question.run })
}

impl Question {
    /// The years of the risks before any control: as many as asked for, fewer where so many events come without controls that
    /// the page would wait long for one line. None where there is nothing to simulate or it would be too much.
    pub fn run_before(&self) -> Option<Run> {
        let before = self.before.as_ref().filter(|it| it.flaws().is_empty())?;
        let events: f64 = before.scenarios.iter().map(|it| 1.0 + it.mean_frequency()).sum();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a bound, and not negative")]
        let most = (MOST_EVENTS_BEFORE / events) as usize;
        (most >= FEWEST_YEARS).then(|| Run { years: self.run.years.min(most), ..self.run })
    }

    /// In how many blocks of years the single risks are simulated in all.
    pub fn work(&self) -> usize {
        let before = self.before.as_ref().zip(self.run_before());
        let of = |it: &Portfolio, years: usize| it.scenarios.len() * years.div_ceil(BLOCK);
        let before = before.map_or(0, |(it, run)| of(it, run.years));
        before + of(&self.now, self.run.years) + of(&self.plan, self.run.years)
    }
}

/// What went wrong as a fault; nothing where it was cancelled.
pub fn fault_of(error: RunError) -> Option<Fault> {
    match error {
        RunError::Flaws(flaws) => Some(invalid(&flaws)),
        RunError::Cancelled => None,
    }
}

fn invalid(flaws: &[Flaw]) -> Fault {
    let mut problems = Problems::default();
    for flaw in flaws {
        problems.add(measure::field_of(flaw), flaw.reason.to_string());
    }
    Fault::Invalid(problems)
}

/// The years and the seed that a query asks for, with what is wrong with them.
pub fn run_of(query: &str, problems: &mut Problems) -> Run {
    let years = parameter(query, "years").filter(|it| !it.is_empty());
    let seed = parameter(query, "seed").filter(|it| !it.is_empty());
    let mut run = Run { years: USUAL_YEARS, seed: USUAL_SEED };
    if let Some(text) = years {
        match text.parse::<u64>().ok().and_then(|it| usize::try_from(it).ok()) {
            Some(years) if (1_000..=MOST_YEARS).contains(&years) => run.years = years,
            _ => problems.add("years", format!("is a whole number from 1000 to {MOST_YEARS}")),
        }
    }
    if let Some(text) = seed {
        match text.parse() {
            Ok(seed) => run.seed = seed,
            Err(_) => problems.add("seed", "is a whole number of 0 or more"),
        }
    }
    run
}

/// A risk as a scenario at the three moments of its treatment.
#[derive(Debug)]
pub struct Scenarios {
    /// Before any control; none where nothing tells of it.
    pub before: Option<Scenario>,
    /// As it is.
    pub now: Scenario,
    /// With the plan.
    pub plan: Scenario,
}

/// A risk's scenarios; none where it has no ranges.
///
/// Somebody who may not see the decision or one of its controls is told of no plan: its effect would tell of it.
pub fn scenarios_of(cx: &Cx, risk: &Stored<Risk>) -> Option<Scenarios> {
    scenarios_in(cx, &cx.isms, risk)
}

/// The same in another value than the one that is shown: in one that a proposal would lead to.
pub fn scenarios_in(cx: &Cx, isms: &Isms, risk: &Stored<Risk>) -> Option<Scenarios> {
    let now = measure::scenario(risk)?;
    let plan = match decision_in(cx, isms, risk) {
        Some(decision) => now.treated(measure::effect_of_decision(isms, risk, decision)),
        None => now.clone(),
    };
    Some(Scenarios { before: measure::before_controls(isms, risk), now, plan })
}

/// The controls that the decision about a risk still brings; none where the person may not see the decision or one of them.
pub fn planned_of<'a>(cx: &'a Cx, risk: &Stored<Risk>) -> Vec<&'a Stored<Control>> {
    let decision = decision_of(cx, risk);
    decision.map(|it| measure::missing_controls(&cx.isms, risk, it)).unwrap_or_default()
}

/// The percentile of a level among those that pages show.
pub fn at(summary: &Summary, level: f64) -> Option<&Percentile> {
    summary.percentiles.iter().find(|it| (it.level - level).abs() < 1e-9)
}

/// An amount in short, to what its size deserves.
pub fn short(cx: &Cx, amount: f64, currency: Currency) -> String {
    let money: Option<Money> = measure::money(amount, currency);
    money.map_or_else(|| "–".to_owned(), |it| dates::money_short(cx.words, it))
}
