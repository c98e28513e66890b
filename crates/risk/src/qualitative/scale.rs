//! Scales: levels with bands of frequency or money.

use super::Level;

/// A scale of likelihood (events per year) or impact (money). Each level's band holds its lower bound and not its upper one.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// The bands of the levels, from level 1: lower and upper bound.
    pub bands: Vec<(f64, f64)>,
    /// What the upper bound of level 1 is divided by to replace its lower bound, which may be 0, in [`Scale::middle`]:
    /// 5 for frequencies, 10 for money.
    pub divisor: f64,
}

/// What is wrong with a scale.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScaleFlaw {
    /// Fewer than 3 or more than 10 levels.
    #[error("a scale has 3 to 10 levels, not {0}")]
    Levels(usize),
    /// A bound is not a number of 0 or more.
    #[error("level {0}: a bound is not a number of 0 or more")]
    Bound(usize),
    /// The upper bound is not above the lower.
    #[error("level {0}: the upper bound {2} is not above the lower bound {1}")]
    Inverted(usize, f64, f64),
    /// A gap or an overlap between two levels.
    #[error("level {level} ends at {end}, but level {} begins at {start}", level + 1)]
    Apart {
        /// The lower of the two levels.
        level: usize,
        /// Where it ends.
        end: f64,
        /// Where the next begins.
        start: f64,
    },
}

impl Scale {
    /// A scale of events per year.
    pub fn frequency(bands: Vec<(f64, f64)>) -> Self {
        Self { bands, divisor: 5.0 }
    }

    /// A scale of money.
    pub fn money(bands: Vec<(f64, f64)>) -> Self {
        Self { bands, divisor: 10.0 }
    }

    /// The highest level.
    pub fn most(&self) -> Level {
        Level::try_from(self.bands.len()).unwrap_or(Level::MAX)
    }

    /// Everything that is wrong with the scale, by level.
    pub fn flaws(&self) -> Vec<ScaleFlaw> {
        let mut flaws = Vec::new();
        if !(3..=10).contains(&self.bands.len()) {
            flaws.push(ScaleFlaw::Levels(self.bands.len()));
        }
        for (level, (low, high)) in (1..).zip(&self.bands) {
            if [low, high].into_iter().any(|it| !it.is_finite() || *it < 0.0) {
                flaws.push(ScaleFlaw::Bound(level));
            } else if low >= high {
                flaws.push(ScaleFlaw::Inverted(level, *low, *high));
            }
        }
        for (level, pair) in (1..).zip(self.bands.windows(2)) {
            if let [(_, end), (start, _)] = pair
                && end.to_bits() != start.to_bits()
            {
                flaws.push(ScaleFlaw::Apart { level, end: *end, start: *start });
            }
        }
        flaws
    }

    /// The bounds of a level's band, where the lower bound of level 1, which may be 0, is replaced by its upper bound over
    /// [`Scale::divisor`]. None for a level that does not exist.
    pub fn band(&self, level: Level) -> Option<(f64, f64)> {
        let (low, high) = *self.bands.get(usize::from(level).checked_sub(1)?)?;
        Some((if level == 1 { high / self.divisor } else { low }, high))
    }

    /// The middle of a level's band on the logarithmic scale: `sqrt(low high)` of [`Scale::band`].
    pub fn middle(&self, level: Level) -> Option<f64> {
        let (low, high) = self.band(level)?;
        Some((low * high).sqrt())
    }

    /// The level whose band holds a number; the first below the scale, the last above it.
    pub fn level_of(&self, x: f64) -> Level {
        let below = self.bands.iter().filter(|(low, _)| *low <= x).count();
        Level::try_from(below.max(1)).unwrap_or(Level::MAX)
    }
}
