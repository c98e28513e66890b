//! What mathematics knows of a yearly loss without drawing it.
//!
//! With `N` events under a frequency `L` that is drawn once per year, and independent losses `X` with moments `m1, m2, m3`,
//! the cumulants of the sum follow from those of `L` (`k1, k2, k3`), because `K_S(t) = K_L(M_X(t) - 1)`:
//! `E[S] = k1 m1`, `Var[S] = k1 m2 + k2 m1^2`, third central moment `k1 m3 + 3 k2 m1 m2 + k3 m1^3`
//! (Klugman, Panjer, Willmot, Loss Models, chapter 9).

use super::count::count_masses;
use super::range::Range;
use super::scenario::{Scenario, cumulants};

/// Closed forms of one scenario's yearly loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exact {
    /// Mean yearly loss.
    pub mean: f64,
    /// Variance.
    pub variance: f64,
    /// Skewness; 0 where nothing varies.
    pub skewness: f64,
    /// Probability of a year without a loss.
    pub no_loss: f64,
}

impl Exact {
    /// The standard deviation.
    pub fn standard_deviation(&self) -> f64 {
        self.variance.sqrt()
    }
}

/// The closed forms, or none with insurance of single events, for which [`compound`](super::compound()) is needed.
pub fn exact(scenario: &Scenario) -> Option<Exact> {
    if scenario.cover.is_some() {
        return None;
    }
    let [k1, k2, k3] = cumulants(scenario.frequency.moments());
    let [m1, m2, m3] = scenario.loss_moments();
    let variance = k1 * m2 + k2 * m1 * m1;
    let third = k1 * m3 + 3.0 * k2 * m1 * m2 + k3 * m1 * m1 * m1;
    Some(Exact {
        mean: k1 * m1,
        variance,
        skewness: if variance > 0.0 { third / (variance * variance.sqrt()) } else { 0.0 },
        no_loss: no_loss(scenario),
    })
}

/// `E[P(X = 0)^N]`: every event may turn out to cost nothing.
fn no_loss(scenario: &Scenario) -> f64 {
    let nothing = |range: &Range| f64::from(u8::from(range.support().1 <= 0.0));
    let primary = scenario.primary.iter().map(nothing).product::<f64>();
    let secondary =
        scenario.secondary.iter().map(|it| 1.0 - it.probability * (1.0 - nothing(&it.loss))).product::<f64>();
    let free = primary * secondary;
    count_masses(&scenario.frequency.factors()).iter().rev().fold(0.0, |sum, mass| sum * free + mass)
}

/// Probability that the largest single loss of a year exceeds `x`, for a scenario whose only loss is one range:
/// `1 - E[F(x)^N]`, which for a known frequency is `1 - exp(-lambda (1 - F(x)))`.
pub fn largest_loss_exceedance(scenario: &Scenario, x: f64) -> Option<f64> {
    let [loss] = scenario.primary[..] else { return None };
    if !scenario.secondary.is_empty() || scenario.cover.is_some() {
        return None;
    }
    let below = loss.cdf(x);
    let masses = count_masses(&scenario.frequency.factors());
    Some(1.0 - masses.iter().rev().fold(0.0, |sum, mass| sum * below + mass))
}
