//! Many scenarios together.
//!
//! Independent scenarios add up year by year. A common cause (one bad year for all: a wave of attacks, a supplier in
//! trouble) multiplies the frequencies of its members by one factor per year, gamma with mean 1: means stay, good and bad
//! years come together, and the tail of the sum becomes heavier.

use rayon::prelude::*;

use super::exact::exact;
use super::scenario::{Effect, Scenario, cumulants};
use super::simulate::{Cancel, Kernel, Run, common_factors};
use super::summary::{Losses, Summary};
use crate::flaw::{Flaw, Flaws, Reason, RunError};

/// What moves several scenarios together.
#[derive(Debug, Clone, PartialEq)]
pub struct CommonCause {
    /// The places of its members among the scenarios. A scenario has at most one common cause.
    pub members: Vec<usize>,
    /// The coefficient of variation of the yearly factor: 0.5 means good and bad years of about half more or less.
    pub variation: f64,
}

/// Scenarios to be simulated together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Portfolio {
    /// The scenarios, in one currency and with different streams.
    pub scenarios: Vec<Scenario>,
    /// Common causes; none means that the scenarios are independent.
    pub common_causes: Vec<CommonCause>,
}

/// What a portfolio's years say.
#[derive(Debug, Clone, PartialEq)]
pub struct PortfolioSummary {
    /// One for each scenario, in their order.
    pub scenarios: Vec<Summary>,
    /// The sum of all.
    pub total: Summary,
    /// The mean of the sum in closed form; none if a scenario has insurance.
    pub exact_mean: Option<f64>,
    /// The standard deviation of the sum in closed form, with what common causes add.
    pub exact_standard_deviation: Option<f64>,
}

impl Portfolio {
    /// Everything that is wrong with it.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Flaws::of("");
        if self.scenarios.is_empty() {
            flaws.note("scenarios", Reason::Empty);
        }
        for (at, scenario) in self.scenarios.iter().enumerate() {
            flaws.extend(scenario.flaws(&format!("scenarios[{at}]")));
            let first = &self.scenarios[0].currency;
            if scenario.currency != *first {
                let (found, expected) = (scenario.currency.clone(), first.clone());
                flaws.note(&format!("scenarios[{at}].currency"), Reason::Currency { found, expected });
            }
        }
        let mut streams = std::collections::BTreeMap::new();
        for (at, scenario) in self.scenarios.iter().enumerate() {
            if let Some(first) = streams.insert(scenario.stream, at) {
                flaws.note(&format!("scenarios[{at}].stream"), Reason::SameStream(first));
            }
        }
        let mut taken = std::collections::BTreeSet::new();
        for (at, cause) in self.common_causes.iter().enumerate() {
            flaws.within(&format!("common_causes[{at}].variation"), cause.variation, 0.01, 10.0);
            for (place, member) in cause.members.iter().enumerate() {
                let field = format!("common_causes[{at}].members[{place}]");
                if *member >= self.scenarios.len() {
                    flaws.note(&field, Reason::Index { index: *member, count: self.scenarios.len() });
                } else if !taken.insert(*member) {
                    flaws.note(&field, Reason::Twice);
                }
            }
        }
        flaws.into_vec()
    }

    /// Simulates all scenarios over the same years.
    ///
    /// A scenario without a common cause has the losses that [`simulate`](super::simulate()) gives it alone, bit by bit.
    /// A few scenarios are in memory at a time.
    pub fn simulate(&self, run: Run, levels: &[f64], cancel: &Cancel) -> Result<PortfolioSummary, RunError> {
        let mut flaws = self.flaws();
        if flaws.is_empty() {
            let events = self.scenarios.iter().map(Scenario::mean_frequency).sum();
            flaws = run.flaws(self.scenarios.len(), events);
        }
        if !flaws.is_empty() {
            return Err(RunError::Flaws(flaws));
        }
        let mut common = self.common_causes.iter().map(|_| None).collect::<Vec<Option<Vec<f64>>>>();
        let mut left = self.common_causes.iter().map(|it| it.members.len()).collect::<Vec<_>>();
        let mut total = vec![0.0; run.years];
        let mut summaries = Vec::with_capacity(self.scenarios.len());
        let batch = rayon::current_num_threads().clamp(1, 4);
        let mut room = vec![Vec::new(); batch];
        for (first, scenarios) in (0..).step_by(batch).zip(self.scenarios.chunks(batch)) {
            let causes = (first..first + scenarios.len()).map(|it| self.cause_of(it)).collect::<Vec<_>>();
            for cause in causes.iter().flatten() {
                let variation = self.common_causes[*cause].variation;
                let factors = || common_factors(run, *cause as u64, variation * variation);
                common[*cause].get_or_insert_with(factors);
            }
            let done = scenarios.par_iter().zip(&causes).zip(&mut room).map(|((scenario, cause), losses)| {
                let common = cause.and_then(|it| common[it].as_deref());
                let kernel = Kernel::of(scenario, &[Effect::default()]);
                kernel.run(run, common, std::slice::from_mut(losses), cancel)?;
                let owned = Losses::of(std::mem::take(losses));
                let summary = owned.summary(levels);
                *losses = owned.into_years();
                Ok(summary)
            });
            summaries.extend(done.collect::<Result<Vec<_>, RunError>>()?);
            // In the order of the scenarios, whatever the size of a batch is.
            for losses in &room[..scenarios.len()] {
                total.par_iter_mut().zip(losses).with_min_len(1 << 14).for_each(|(sum, loss)| *sum += loss);
            }
            for cause in causes.into_iter().flatten() {
                left[cause] -= 1;
                if left[cause] == 0 {
                    common[cause] = None;
                }
            }
        }
        drop(room);
        let (exact_mean, exact_standard_deviation) = self.exact().unzip();
        let total = Losses::of(total).summary(levels);
        Ok(PortfolioSummary { scenarios: summaries, total, exact_mean, exact_standard_deviation })
    }

    fn cause_of(&self, scenario: usize) -> Option<usize> {
        self.common_causes.iter().position(|it| it.members.contains(&scenario))
    }

    /// Mean and standard deviation of the sum in closed form; none if a scenario has insurance of single events.
    ///
    /// A common factor of variance `v` adds `v E[L]^2 m1^2` and `v Var[L] m1^2` to the variance of each member (`E[Z^2] = 1 + v`)
    /// and `v E[L_i] m_i E[L_j] m_j` to the covariance of each pair.
    pub fn exact(&self) -> Option<(f64, f64)> {
        let (mut mean, mut variance) = (0.0, 0.0);
        for scenario in &self.scenarios {
            let it = exact(scenario)?;
            mean += it.mean;
            variance += it.variance;
        }
        for cause in &self.common_causes {
            let v = cause.variation * cause.variation;
            let members = cause.members.iter().filter_map(|it| self.scenarios.get(*it)).collect::<Vec<_>>();
            let sum = members.iter().map(|it| it.mean_frequency() * it.mean_loss()).sum::<f64>();
            let own = members.iter().map(|it| {
                let [_, spread, _] = cumulants(it.frequency.moments());
                spread * it.mean_loss() * it.mean_loss()
            });
            variance += v * (sum * sum + own.sum::<f64>());
        }
        Some((mean, variance.sqrt()))
    }
}
