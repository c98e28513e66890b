//! What controls take away, and the levels that follow.

use super::{Cell, Level, Scale};

/// A control's effectiveness and what it acts on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Control {
    /// How good it is by design, in percent.
    pub design: f64,
    /// How well it works in operation, in percent.
    pub operating: f64,
    /// Whether it works today: implemented and not failed in a test.
    pub implemented: bool,
    /// Whether it makes the event rarer.
    pub on_likelihood: bool,
    /// Whether it makes the harm smaller.
    pub on_impact: bool,
}

/// How much controls do of the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Overlap {
    /// Each acts on what the others let through: `1 - product(1 - e)`.
    Independent,
    /// All act on the same: the best counts.
    Full,
    /// Between the two: `rho max(e) + (1 - rho) (1 - product(1 - e))`.
    Partial(f64),
}

impl Default for Overlap {
    fn default() -> Self {
        Self::Partial(0.3)
    }
}

/// How a method comes from the inherent to the residual levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formula {
    /// Assessors choose; the formulas are shown beside their choice.
    Judgement,
    /// Steps down by the size of the reduction.
    LevelReduction,
    /// The reduced frequency and loss on the logarithmic scale.
    LogRateReduction,
}

/// What the formulas propose beside the assessors' judgement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proposals {
    /// Combined reduction of likelihood, 0 to 1.
    pub likelihood_reduction: f64,
    /// Combined reduction of impact, 0 to 1.
    pub impact_reduction: f64,
    /// Levels by steps of the reduction.
    pub by_level: Cell,
    /// The reduced frequency, in events per year.
    pub frequency: f64,
    /// The reduced loss, in money.
    pub loss: f64,
    /// Levels of the reduced frequency and loss.
    pub by_rate: Cell,
}

impl Proposals {
    /// The residual levels under a formula: the judgement itself, or what the formula proposes.
    pub fn residual(&self, formula: Formula, judged: Cell) -> Cell {
        match formula {
            Formula::Judgement => judged,
            Formula::LevelReduction => self.by_level,
            Formula::LogRateReduction => self.by_rate,
        }
    }

    /// Whether a judgement is lower than both proposals on either side, and so needs a reason.
    pub fn needs_reason(&self, judged: Cell) -> bool {
        judged.likelihood < self.by_level.likelihood.min(self.by_rate.likelihood)
            || judged.impact < self.by_level.impact.min(self.by_rate.impact)
    }
}

impl Control {
    /// `design x operating` as a share; 0 unless it is implemented.
    pub fn effectiveness(&self) -> f64 {
        if !self.implemented {
            return 0.0;
        }
        (self.design / 100.0).clamp(0.0, 1.0) * (self.operating / 100.0).clamp(0.0, 1.0)
    }
}

/// The combined reduction of controls with those shares; 0 for none.
pub fn combined(effects: impl IntoIterator<Item = f64>, overlap: Overlap) -> f64 {
    let (mut best, mut passes) = (0.0_f64, 1.0);
    for effect in effects {
        best = best.max(effect);
        passes *= 1.0 - effect;
    }
    match overlap {
        Overlap::Independent => 1.0 - passes,
        Overlap::Full => best,
        Overlap::Partial(rho) => rho * best + (1.0 - rho) * (1.0 - passes),
    }
}

/// Steps down for a reduction: 1 from 0.50, 2 from 0.75, 3 from 0.90, 4 from 0.97.
pub fn steps(reduction: f64) -> u8 {
    // A product that should be 0.75 may miss it by its last bits.
    let reached = |limit: &&f64| reduction + 1e-12 >= **limit;
    [0.50, 0.75, 0.90, 0.97].iter().filter(reached).map(|_| 1).sum()
}

/// The level after a reduction, by steps: `max(1, level - steps)`.
pub fn level_reduction(level: Level, reduction: f64) -> Level {
    level.saturating_sub(steps(reduction)).max(1)
}

/// The proposals for a risk with controls. None if a level is not on its scale.
///
/// By rate: the middle of the level's band times what the controls let through, and the level of that.
pub fn proposals(
    inherent: Cell,
    controls: &[Control],
    overlap: Overlap,
    likelihood: &Scale,
    impact: &Scale,
) -> Option<Proposals> {
    let on = |acts: fn(&Control) -> bool| {
        combined(controls.iter().filter(|it| acts(it)).map(Control::effectiveness), overlap)
    };
    let likelihood_reduction = on(|it| it.on_likelihood);
    let impact_reduction = on(|it| it.on_impact);
    let frequency = likelihood.middle(inherent.likelihood)? * (1.0 - likelihood_reduction);
    let loss = impact.middle(inherent.impact)? * (1.0 - impact_reduction);
    Some(Proposals {
        likelihood_reduction,
        impact_reduction,
        by_level: Cell {
            likelihood: level_reduction(inherent.likelihood, likelihood_reduction),
            impact: level_reduction(inherent.impact, impact_reduction),
        },
        frequency,
        loss,
        by_rate: Cell { likelihood: likelihood.level_of(frequency), impact: impact.level_of(loss) },
    })
}
