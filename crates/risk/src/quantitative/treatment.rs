//! What controls cost and what they are worth.

use super::scenario::Effect;
use crate::flaw::{Flaw, Flaws, Reason};
use crate::special::legendre;

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

/// The mean yearly loss if a control that works today failed alone, from the mean number of events a year and the mean loss
/// of each: `lambda / (1 - e)` times `X / (1 - r)`, so that all others go on working.
///
/// Neither rises above what it is before any control, where that is known, and neither falls below what it is today. None
/// where the control lets nothing through and nothing says what there would be without it.
pub fn loss_if_failing(now: [f64; 2], effect: Effect, before: Option<[f64; 2]>) -> Option<f64> {
    let sides = [effect.frequency, effect.magnitude];
    let mut loss = 1.0;
    for (at, (now, share)) in now.into_iter().zip(sides).enumerate() {
        let most = before.map_or(f64::INFINITY, |it| it[at]).max(now);
        let alone = if now > 0.0 { now / (1.0 - share) } else { 0.0 };
        loss *= alone.min(most);
    }
    loss.is_finite().then_some(loss)
}

/// The greatest number of controls that are weighed together.
pub const MOST_SHARED: usize = 1_000;

/// The worth of each control of a set, given the effects of each on several scenarios with those mean yearly losses.
///
/// `effects[control][scenario]`; what controls let through multiplies ([`Effect::with`]). Shares of a sum are sums of shares,
/// so each scenario is a game of its own among the controls that act on it, with the benefit `L (1 - prod p_j)` of a set.
/// The share of control `i` in it is `L (1 - p_i)` times the integral over `t` from 0 to 1 of the product of
/// `1 - t + t p_j` over all others (Owen, "Multilinear extensions of games", 1972), a polynomial that few nodes integrate
/// exactly: no set of controls needs to be looked at.
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
    let acting = (0..losses.len()).map(|scenario| {
        let passes = effects.iter().map(|row| row[scenario].passes()).enumerate();
        passes.filter(|(_, passes)| *passes < 1.0).collect::<Vec<_>>()
    });
    let acting = acting.collect::<Vec<_>>();
    let most = acting.iter().map(Vec::len).max().unwrap_or_default();
    // So many nodes integrate a polynomial of degree `most - 1` exactly.
    let nodes = legendre(most.div_ceil(2));
    let mut worth = vec![Worth { alone: 0.0, marginal: 0.0, share: 0.0 }; effects.len()];
    for (loss, acting) in losses.iter().zip(&acting) {
        for (control, passes) in acting {
            worth[*control].alone += loss * (1.0 - passes);
        }
        // What all others let through: the product of those before and those after.
        let mut others = vec![1.0; acting.len()];
        let mut before = 1.0;
        for (others, (_, passes)) in others.iter_mut().zip(acting) {
            *others = before;
            before *= passes;
        }
        let mut after = 1.0;
        for (others, (control, passes)) in others.iter().zip(acting).rev() {
            worth[*control].marginal += loss * (1.0 - passes) * others * after;
            after *= passes;
        }
        for (t, weight) in &nodes {
            let left = |passes: f64| 1.0 - t + t * passes;
            let all = acting.iter().map(|(_, passes)| left(*passes)).product::<f64>();
            for (control, passes) in acting {
                worth[*control].share += loss * (1.0 - passes) * weight * all / left(*passes);
            }
        }
    }
    Ok(worth)
}

pub(crate) fn check_row(flaws: &mut Flaws, field: &str, row: &[Effect], scenarios: usize) {
    if row.len() != scenarios {
        flaws.note(field, Reason::Length { found: row.len(), expected: scenarios });
    }
    for (at, effect) in row.iter().enumerate() {
        flaws.extend(effect.flaws(&format!("{field}[{at}]")));
    }
}
