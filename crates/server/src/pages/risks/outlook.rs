//! Simulated years, kept by their inputs and seed: the same question is answered from memory.
//!
//! One simulation runs at a time, with a bound on its years and on its time, and stops when nobody waits for it any more.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use attestry_check::measure;
use attestry_model::records::Risk;
use attestry_model::value::{Currency, Money};
use attestry_model::{Isms, Problems, Stored};
use attestry_risk::quantitative::{
    Cancel, Compound, Influence, Percentile, Portfolio, PortfolioSummary, Run, Scenario, Summary, USUAL_POINTS,
    compound, sensitivity,
};
use attestry_risk::{Flaw, RunError};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::app::held;
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
/// The longest time that one simulation takes.
const LONGEST: Duration = Duration::from_secs(30);
/// Results kept in memory: some hundred kilobytes.
const KEPT: usize = 64;
/// Draws for the influence of each input.
const DRAWS: usize = 20_000;

/// The percentiles that pages show: one year in 2, 5, 10, 20, 50, 100.
pub const LEVELS: [f64; 6] = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99];

/// What a simulation is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
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
    /// As it is.
    pub now: PortfolioSummary,
    /// With what is planned.
    pub plan: PortfolioSummary,
    /// For one risk alone: the whole distribution by Fourier transform.
    pub exact: Option<Compound>,
    /// For one risk alone: which input matters.
    pub influence: Vec<Influence>,
    /// The years and the seed with which it was computed.
    pub run: Run,
}

type Key = [u8; 32];
static ANSWERS: Mutex<VecDeque<(Key, Arc<Outlook>)>> = Mutex::new(VecDeque::new());
static TURN: Semaphore = Semaphore::const_new(1);

/// Says that nobody waits any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The answer to a question, from memory or by simulation.
pub async fn outlook(cx: &Cx, question: Question) -> Result<Arc<Outlook>, Fault> {
    let key: Key = Sha256::digest(format!("{question:?}")).into();
    let known = || held(ANSWERS.lock()).iter().find(|(one, _)| *one == key).map(|(_, it)| Arc::clone(it));
    if let Some(answer) = known() {
        return Ok(answer);
    }
    let _turn = TURN.acquire().await.map_err(|_| Fault::ReadOnly("the server is ending".to_owned()))?;
    if let Some(answer) = known() {
        return Ok(answer);
    }
    let answer = Arc::new(apart(cx, move |cancel| answer(&question, cancel)).await?);
    let mut kept = held(ANSWERS.lock());
    if kept.len() >= KEPT {
        kept.pop_front();
    }
    kept.push_back((key, Arc::clone(&answer)));
    Ok(answer)
}

/// Other long work, one at a time with the simulations: bounded in its time, and given up when nobody waits for it any more.
pub async fn bounded<T: Send + 'static>(
    cx: &Cx,
    work: impl FnOnce(&Cancel) -> Result<T, RunError> + Send + 'static,
) -> Result<T, Fault> {
    let _turn = TURN.acquire().await.map_err(|_| Fault::ReadOnly("the server is ending".to_owned()))?;
    apart(cx, move |cancel| work(cancel).map_err(fault_of)).await
}

async fn apart<T: Send + 'static>(
    cx: &Cx,
    work: impl FnOnce(&Cancel) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let gone = Arc::new(AtomicBool::new(false));
    let _waiting = Waiting(Arc::clone(&gone));
    cx.apart(move |cx| {
        let begun = Instant::now();
        let ending = cx.app.ending.subscribe();
        let cancel = || gone.load(Ordering::Relaxed) || *ending.borrow() || begun.elapsed() > LONGEST;
        work(&cancel)
    })
    .await
}

/// Computes the answer.
pub fn answer(question: &Question, cancel: &Cancel) -> Result<Outlook, Fault> {
    let now = question.now.simulate(question.run, &LEVELS, cancel).map_err(fault_of)?;
    let plan = question.plan.simulate(question.run, &LEVELS, cancel).map_err(fault_of)?;
    let (mut exact, mut influence) = (None, Vec::new());
    if let [alone] = question.now.scenarios.as_slice()
        && question.now.common_causes.is_empty()
    {
        exact = Some(compound(alone, USUAL_POINTS));
        influence = sensitivity(alone, DRAWS, question.run.seed).map_err(|flaws| invalid(&flaws))?;
    }
    Ok(Outlook { now, plan, exact, influence, run: question.run })
}

fn fault_of(error: RunError) -> Fault {
    match error {
        RunError::Flaws(flaws) => invalid(&flaws),
        RunError::Cancelled => {
            Fault::Conflict("it took too long: ask for fewer years, or offer fewer candidates".to_owned())
        }
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

/// A risk's scenario as it is and with the plan; none where it has no ranges.
pub fn scenarios_of(isms: &Isms, risk: &Stored<Risk>) -> Option<(Scenario, Scenario)> {
    let now = measure::scenario(risk)?;
    let plan = now.treated(measure::planned_effect(isms, risk));
    Some((now, plan))
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
