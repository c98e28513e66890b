//! Learning from the own history, and how good estimates have been.

use super::range::Range;
use crate::flaw::{Flaw, Flaws};
use crate::special::{normal_quantile, poisson_at_least};

/// What is believed of a frequency: Gamma(shape, rate), in events per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrequencyBelief {
    /// Shape: weighs like so many events already seen.
    pub shape: f64,
    /// Rate: weighs like so many years already watched.
    pub rate: f64,
}

impl FrequencyBelief {
    /// The belief with that mean and standard deviation: `shape = (mean / sd)^2`, `rate = mean / sd^2`.
    pub fn with_mean(mean: f64, standard_deviation: f64) -> Self {
        let variance = standard_deviation * standard_deviation;
        Self { shape: mean * mean / variance, rate: mean / variance }
    }

    /// Everything that is wrong with it.
    pub fn flaws(&self, field: &str) -> Vec<Flaw> {
        let mut flaws = Flaws::of(field);
        flaws.above("shape", self.shape, 0.0);
        flaws.above("rate", self.rate, 0.0);
        flaws.into_vec()
    }

    /// The belief after so many events in so many years: `Gamma(shape + events, rate + years)`, the conjugate update of a
    /// Poisson count (Gelman and others, Bayesian Data Analysis, section 2.6).
    #[must_use]
    pub fn after(self, events: u32, years: f64) -> Self {
        Self { shape: self.shape + f64::from(events), rate: self.rate + years }
    }

    /// Mean frequency.
    pub fn mean(&self) -> f64 {
        self.shape / self.rate
    }

    /// As an input of a scenario.
    pub fn range(&self) -> Range {
        Range::Gamma { shape: self.shape, rate: self.rate }
    }

    /// The interval that holds the frequency with that probability, with equal tails.
    pub fn interval(&self, probability: f64) -> (f64, f64) {
        let tail = (1.0 - probability) / 2.0;
        (self.range().quantile(tail), self.range().quantile(1.0 - tail))
    }
}

/// A 90 % interval that somebody gave, and what was then true.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Lower end as given.
    pub low: f64,
    /// Upper end as given.
    pub high: f64,
    /// The true value.
    pub truth: f64,
}

/// How well somebody's intervals hold what they should.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// Number of estimates.
    pub estimates: usize,
    /// Share of them that held the true value; near 0.9 is good.
    pub share: f64,
    /// Lower end of the 90 % interval of that share (Wilson, 1927).
    pub low: f64,
    /// Upper end of the same interval.
    pub high: f64,
    /// What the numbers speak for.
    pub verdict: Verdict,
    /// By how much an interval's width, on the logarithmic scale, should be multiplied to hold 90 %.
    pub widen: f64,
}

/// What a calibration speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Too few true values are held: the intervals are too narrow.
    Overconfident,
    /// The share is compatible with 90 %.
    Calibrated,
    /// Too many are held: the intervals could be narrower.
    Underconfident,
}

/// How well intervals that should hold 90 % did; none without estimates.
///
/// The widening assumes normal errors: intervals of half-width `z(0.95)` that hold a share `p` were drawn for a deviation
/// that is really `z(0.95) / z((1 + p) / 2)` times as large; `p` is kept away from 0 and 1 by half an estimate.
pub fn calibration(estimates: &[Estimate]) -> Option<Calibration> {
    if estimates.is_empty() {
        return None;
    }
    let n = estimates.len() as f64;
    let held = estimates.iter().filter(|it| (it.low..=it.high).contains(&it.truth)).count() as f64;
    let share = held / n;
    let z = normal_quantile(0.95);
    let centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let (low, high) = (centre - half, centre + half);
    let verdict = if high < 0.9 {
        Verdict::Overconfident
    } else if low > 0.9 {
        Verdict::Underconfident
    } else {
        Verdict::Calibrated
    };
    let kept = share.clamp(0.5 / n, 1.0 - 0.5 / n);
    Some(Calibration {
        estimates: estimates.len(),
        share,
        low,
        high,
        verdict,
        widen: z / normal_quantile(f64::midpoint(1.0, kept)),
    })
}

/// Probability of so many events or more under a forecast, and whether that is below 5 %, which asks for a reassessment.
pub fn back_test(events: u32, forecast: f64) -> (f64, bool) {
    let probability = poisson_at_least(events, forecast);
    (probability, probability < 0.05)
}
