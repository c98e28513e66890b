//! What controls cost and what they are worth.

use super::scenario::Effect;
use crate::flaw::{Flaw, Flaws, Reason};

/// What a control costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Paid once.
    pub once: f64,
    /// Paid every year.
    pub yearly: f64,
    /// How many years it serves.
    pub years: f64,
    /// Interest per year, such as 0.05.
    pub interest: f64,
}

impl Cost {
    /// Everything that is wrong with it.
    pub fn flaws(&self, field: &str) -> Vec<Flaw> {
        let mut flaws = Flaws::of(field);
        flaws.within("once", self.once, 0.0, f64::MAX);
        flaws.within("yearly", self.yearly, 0.0, f64::MAX);
        flaws.above("years", self.years, 0.0);
        flaws.within("interest", self.interest, 0.0, 10.0);
        flaws.into_vec()
    }

    /// Capital recovery factor: `r / (1 - (1 + r)^-n)`, and `1 / n` without interest.
    pub fn recovery_factor(&self) -> f64 {
        if self.interest == 0.0 {
            1.0 / self.years
        } else {
            self.interest / -libm::expm1(-self.years * libm::log1p(self.interest))
        }
    }

    /// Cost per year: `yearly + once x recovery factor` (annuity).
    pub fn per_year(&self) -> f64 {
        self.yearly + self.once * self.recovery_factor()
    }
}

/// What treating a risk brings per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Return {
    /// Mean yearly loss before less that after.
    pub benefit: f64,
    /// Cost per year.
    pub cost: f64,
    /// Benefit less cost.
    pub net: f64,
    /// Return on security investment: `net / cost`; infinite for what costs nothing.
    pub ratio: f64,
}

impl Return {
    /// From the mean yearly losses before and after.
    pub fn of(before: f64, after: f64, cost: f64) -> Self {
        let benefit = before - after;
        let net = benefit - cost;
        Self { benefit, cost, net, ratio: net / cost }
    }
}

/// What one control of a set is worth, in money per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worth {
    /// Benefit if it were the only one.
    pub alone: f64,
    /// What is lost if it is taken out of the set.
    pub marginal: f64,
    /// Its mean benefit over all orders in which the set could be built (Shapley, 1953); the shares add up to the benefit
    /// of the set.
    pub share: f64,
}

/// The greatest number of controls whose shares are computed: the work doubles with each.
pub const MOST_SHARED: usize = 20;

/// The worth of each control of a set, given the effects of each on several scenarios with those mean yearly losses.
///
/// `effects[control][scenario]`; what controls let through multiplies ([`Effect::with`]).
pub fn worth(losses: &[f64], effects: &[Vec<Effect>]) -> Result<Vec<Worth>, Vec<Flaw>> {
    let mut flaws = Flaws::of("");
    if effects.len() > MOST_SHARED {
        flaws.note("controls", Reason::TooLarge { value: effects.len() as f64, most: MOST_SHARED as f64 });
    }
    for (at, row) in effects.iter().enumerate() {
        check_row(&mut flaws, &format!("controls[{at}].effects"), row, losses.len());
    }
    let flaws = flaws.into_vec();
    if !flaws.is_empty() {
        return Err(flaws);
    }
    let n = effects.len();
    let passes = effects.iter().map(|row| row.iter().map(Effect::passes).collect::<Vec<_>>()).collect::<Vec<_>>();
    let mut benefits = vec![0.0; 1 << n];
    for scenario in 0..losses.len() {
        // The share that passes a set is that which passes the set without its last control, times what that lets through.
        let mut left = vec![1.0; 1 << n];
        for set in 1..1_usize << n {
            let last = set.trailing_zeros() as usize;
            left[set] = left[set & (set - 1)] * passes[last][scenario];
            benefits[set] += losses[scenario] * (1.0 - left[set]);
        }
    }
    // k! (n - k - 1)! / n!, by the number k of controls that come before.
    let mut weights = vec![1.0 / n.max(1) as f64; n];
    for k in 1..n {
        weights[k] = weights[k - 1] * k as f64 / (n - k) as f64;
    }
    let full = (1_usize << n) - 1;
    let worth = (0..n).map(|control| {
        let bit = 1 << control;
        let share = (0..=full)
            .filter(|set| set & bit == 0)
            .map(|set| weights[set.count_ones() as usize] * (benefits[set | bit] - benefits[set]))
            .sum();
        Worth { alone: benefits[bit], marginal: benefits[full] - benefits[full ^ bit], share }
    });
    Ok(worth.collect())
}

pub(crate) fn check_row(flaws: &mut Flaws, field: &str, row: &[Effect], scenarios: usize) {
    if row.len() != scenarios {
        flaws.note(field, Reason::Length { found: row.len(), expected: scenarios });
    }
    for (at, effect) in row.iter().enumerate() {
        flaws.extend(effect.flaws(&format!("{field}[{at}]")));
    }
}
