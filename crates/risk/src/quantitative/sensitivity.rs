//! Which input matters.

use super::draw::{Draw, STRIDE};
use super::range::{Quantity, Range};
use super::scenario::{Frequency, Scenario, Susceptibility};
use super::stream::{Lanes, Single, seed_for};
use crate::flaw::{Flaw, Flaws};

/// The greatest number of draws; ranks need no more.
pub const MOST_DRAWS: usize = 1_000_000;

/// How much one input matters.
#[derive(Debug, Clone, PartialEq)]
pub struct Influence {
    /// The input's field, such as `frequency.losses` or `secondary[0].loss`.
    pub input: String,
    /// Spearman's rank correlation of the input with the annualised loss (frequency x loss per event), both drawn.
    pub rank_correlation: f64,
    /// Its share of the squared rank correlations: roughly, how much of the spread it explains.
    pub share: f64,
    /// Mean yearly loss if the input were known to be at its 5th percentile.
    pub mean_if_low: f64,
    /// Mean yearly loss if the input were known to be at its 95th percentile.
    pub mean_if_high: f64,
}

/// The influence of every uncertain input, the strongest first.
///
/// Strengths of attack and defence count by the susceptibility that each leaves when it alone is known. A secondary loss
/// counts with its probability as a further factor.
pub fn sensitivity(scenario: &Scenario, draws: usize, seed: u64) -> Result<Vec<Influence>, Vec<Flaw>> {
    let mut flaws = Flaws::of("");
    flaws.within("draws", draws as f64, 100.0, MOST_DRAWS as f64);
    flaws.extend(scenario.flaws("scenario"));
    let flaws = flaws.into_vec();
    if !flaws.is_empty() {
        return Err(flaws);
    }
    let padded = draws.next_multiple_of(STRIDE);
    let mut main = Lanes::seeded(seed_for(seed, scenario.stream, 4));
    let mut single = Single::new(Lanes::seeded(seed_for(seed, scenario.stream, 5)));
    let mut bits = vec![0; padded];
    let mut columns = inputs(scenario)
        .into_iter()
        .map(|(name, range)| {
            let mut values = vec![0.0; padded];
            Draw::of(&range).fill(&mut main, &mut single, &mut bits, &mut values);
            values.truncate(draws);
            (name, range, values)
        })
        .collect::<Vec<_>>();
    let rate_factors = columns.iter().filter(|(name, ..)| name.starts_with("frequency.")).count();
    let loss = |at: usize| {
        let parts = columns[rate_factors..].iter().map(|(_, _, values)| values[at]);
        let weights = scenario.primary.iter().map(|_| 1.0).chain(scenario.secondary.iter().map(|it| it.probability));
        parts.zip(weights).map(|(part, weight)| part * weight).sum::<f64>()
    };
    let rate = |at: usize| match scenario.frequency {
        Frequency::Threats { susceptibility: Susceptibility::Strength { .. }, .. } => {
            let [attempts @ .., (_, _, attack), (_, _, resistance)] = &columns[..rate_factors] else { return f64::NAN };
            let won = f64::from(u8::from(attack[at] > resistance[at]));
            attempts.iter().map(|(_, _, values)| values[at]).product::<f64>() * won
        }
        _ => columns[..rate_factors].iter().map(|(_, _, values)| values[at]).product(),
    };
    let output = (0..draws).map(|at| rate(at) * loss(at)).collect::<Vec<_>>();
    let output = ranks(&output);
    columns.retain(|(_, range, _)| !matches!(range, Range::Constant(_)));
    let correlations = columns.iter().map(|(_, _, values)| correlation(&ranks(values), &output)).collect::<Vec<_>>();
    let sum = correlations.iter().map(|it| it * it).sum::<f64>();
    let influences = columns.iter().zip(correlations).map(|((name, range, _), rank_correlation)| Influence {
        input: name.clone(),
        rank_correlation,
        share: if sum > 0.0 { rank_correlation * rank_correlation / sum } else { 0.0 },
        mean_if_low: mean_if(scenario, name, range.quantile(0.05)),
        mean_if_high: mean_if(scenario, name, range.quantile(0.95)),
    });
    let mut influences = influences.collect::<Vec<_>>();
    influences.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.input.cmp(&b.input)));
    Ok(influences)
}

fn inputs(scenario: &Scenario) -> Vec<(String, Range)> {
    let frequency = scenario.frequency.inputs().into_iter();
    let frequency = frequency.map(|(name, range, _): (_, _, Quantity)| (format!("frequency.{name}"), range));
    let primary = scenario.primary.iter().enumerate().map(|(at, range)| (format!("primary[{at}]"), *range));
    let secondary = scenario.secondary.iter().enumerate().map(|(at, it)| (format!("secondary[{at}].loss"), it.loss));
    frequency.chain(primary).chain(secondary).collect()
}

/// The mean yearly loss if one input were known.
fn mean_if(scenario: &Scenario, input: &str, value: f64) -> f64 {
    let value = Range::Constant(value);
    let mut known = scenario.clone();
    if let Some(name) = input.strip_prefix("frequency.") {
        known.frequency = known.frequency.with(name, value);
    }
    for (at, range) in known.primary.iter_mut().enumerate() {
        if input == format!("primary[{at}]") {
            *range = value;
        }
    }
    for (at, secondary) in known.secondary.iter_mut().enumerate() {
        if input == format!("secondary[{at}].loss") {
            secondary.loss = value;
        }
    }
    known.mean_frequency() * known.mean_loss()
}

/// Ranks from 0; equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order = (0..values.len()).collect::<Vec<_>>();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for group in order.chunk_by(|a, b| values[*a].to_bits() == values[*b].to_bits()) {
        let rank = start as f64 + (group.len() - 1) as f64 / 2.0;
        for at in group {
            ranks[*at] = rank;
        }
        start += group.len();
    }
    ranks
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = (a.len() - 1) as f64 / 2.0;
    let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean, b - mean);
        both += a * b;
        first += a * a;
        second += b * b;
    }
    if first > 0.0 && second > 0.0 { both / (first * second).sqrt() } else { 0.0 }
}
