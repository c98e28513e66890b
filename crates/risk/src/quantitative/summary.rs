//! What simulated years say: mean, percentiles, tails and the loss exceedance curve, with their standard errors.
//!
//! Nothing is estimated from bins: they only find the few values that must be put in order, because sorting millions takes
//! longer than simulating them. Sums are taken block by block and added in the order of the blocks.

use super::order::{Order, Sorting};

/// Percentiles that reports show.
pub const USUAL_LEVELS: [f64; 6] = [0.5, 0.8, 0.9, 0.95, 0.99, 0.999];
/// Points of a loss exceedance curve.
pub const CURVE_POINTS: usize = 50;

/// Losses of simulated years, in the order in which they were drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Losses {
    years: Vec<f64>,
}

/// What a run says.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Number of years.
    pub years: usize,
    /// Mean yearly loss (annualised loss expectancy).
    pub mean: f64,
    /// Standard error of the mean: `sd / sqrt(years)`.
    pub mean_error: f64,
    /// Standard deviation of the yearly loss.
    pub standard_deviation: f64,
    /// Skewness; 0 where nothing varies.
    pub skewness: f64,
    /// Share of years without a loss.
    pub no_loss: f64,
    /// The least loss above 0; 0 if there is none.
    pub least: f64,
    /// The greatest loss.
    pub greatest: f64,
    /// One for each level asked for.
    pub percentiles: Vec<Percentile>,
    /// Loss exceedance curve: falling shares at losses that are equally far apart on a logarithmic axis.
    pub curve: Vec<CurvePoint>,
}

/// A percentile of the yearly loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentile {
    /// Share of years, 0 to 1.
    pub level: f64,
    /// The loss not exceeded in that share of years (value at risk), interpolated between order statistics at
    /// `(years - 1) level` ("type 7" of Hyndman and Fan, 1996).
    pub value: f64,
    /// Standard error: half the distance of the order statistics one binomial standard deviation to either side
    /// (Woodruff, 1952).
    pub error: f64,
    /// Mean of the losses above the value (tail value at risk); the value itself if there are none.
    pub tail_mean: f64,
}

/// A point of the loss exceedance curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// A loss.
    pub loss: f64,
    /// Share of years with a greater loss.
    pub exceedance: f64,
    /// Standard error of that share: `sqrt(p (1 - p) / years)`.
    pub error: f64,
}

impl Losses {
    /// From yearly losses, none negative.
    pub fn of(years: Vec<f64>) -> Self {
        Self { years }
    }

    /// The losses year by year.
    pub fn years(&self) -> &[f64] {
        &self.years
    }

    /// The losses year by year, to be used again.
    pub fn into_years(self) -> Vec<f64> {
        self.years
    }

    /// Mean, percentiles at these levels, and the curve.
    pub fn summary(&self, levels: &[f64]) -> Summary {
        summarise(&self.years, levels)
    }

    /// Share of years with a loss above `x`.
    pub fn exceedance(&self, x: f64) -> f64 {
        self.years.iter().filter(|it| **it > x).count() as f64 / self.years.len() as f64
    }
}

impl Summary {
    /// The percentile of that level, if it was asked for.
    pub fn percentile(&self, level: f64) -> Option<Percentile> {
        self.percentiles.iter().copied().find(|it| it.level.to_bits() == level.to_bits())
    }
}

pub(crate) fn summarise(years: &[f64], levels: &[f64]) -> Summary {
    let n = years.len();
    let total = n as f64;
    let sorting = Sorting::of(years);
    let (powers, zeros, greatest) = (sorting.powers, sorting.zeros(), sorting.greatest);
    let least = if sorting.least.is_finite() { sorting.least } else { 0.0 };

    let thresholds = curve_losses(least, greatest);
    let wanted = levels.iter().map(|level| Wanted::of(*level, n as u64)).collect::<Vec<_>>();
    let ranks = wanted.iter().flat_map(|it| it.ranks).collect::<Vec<_>>();
    let order = sorting.order(&ranks, &thresholds);

    let [mean, second, third] = powers.map(|it| it / total);
    let variance = (second - mean * mean).max(0.0);
    let standard_deviation = (variance * total / (total - 1.0).max(1.0)).sqrt();
    let spread = variance.sqrt();
    let central = third - 3.0 * mean * second + 2.0 * mean * mean * mean;
    let percentiles = wanted.iter().map(|wanted| {
        let value = wanted.value(&order);
        let (count, sum) = order.above(value);
        let tail_mean = if count == 0 { value } else { sum / count as f64 };
        Percentile { level: wanted.level, value, error: wanted.error(&order), tail_mean }
    });
    let curve = thresholds.iter().map(|loss| {
        let exceedance = order.above(*loss).0 as f64 / total;
        CurvePoint { loss: *loss, exceedance, error: (exceedance * (1.0 - exceedance) / total).sqrt() }
    });
    Summary {
        years: n,
        mean,
        mean_error: standard_deviation / total.sqrt(),
        standard_deviation,
        skewness: if spread > 0.0 { central / (spread * spread * spread) } else { 0.0 },
        no_loss: zeros as f64 / total,
        least,
        greatest,
        percentiles: percentiles.collect(),
        curve: curve.collect(),
    }
}

/// The ranks that a percentile and its error need.
struct Wanted {
    level: f64,
    ranks: [u64; 4],
    share: f64,
}

impl Wanted {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ranks lie between 0 and the number of years"
    )]
    fn of(level: f64, n: u64) -> Self {
        let level_within = level.clamp(0.0, 1.0);
        let last = n.saturating_sub(1);
        let position = last as f64 * level_within;
        let deviation = (n as f64 * level_within * (1.0 - level_within)).sqrt();
        let rank = |at: f64| (at.max(0.0) as u64).min(last);
        let below = rank(position.floor());
        let ranks =
            [below, (below + 1).min(last), rank((position - deviation).floor()), rank((position + deviation).ceil())];
        Self { level, ranks, share: position - position.floor() }
    }

    fn value(&self, order: &Order) -> f64 {
        let (low, high) = (order.at(self.ranks[0]), order.at(self.ranks[1]));
        low + (high - low) * self.share
    }

    fn error(&self, order: &Order) -> f64 {
        (order.at(self.ranks[3]) - order.at(self.ranks[2])) / 2.0
    }
}

fn curve_losses(least: f64, greatest: f64) -> Vec<f64> {
    if greatest <= 0.0 {
        return Vec::new();
    }
    let (low, high) = (libm::log(least), libm::log(greatest));
    let step = (high - low) / (CURVE_POINTS - 1) as f64;
    let mut losses = (0..CURVE_POINTS).map(|i| libm::exp(low + step * i as f64)).collect::<Vec<_>>();
    losses[0] = least;
    losses[CURVE_POINTS - 1] = greatest;
    losses
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places in a short list")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_summary_says_what_sorting_all_years_says(
            values in prop::collection::vec(prop_oneof![Just(0.0), 1e-4..1e3_f64, 1e3..1e9_f64, Just(77.0)], 1..400),
            level in 0.0..=1.0_f64,
        ) {
            let summary = Losses::of(values.clone()).summary(&[level, 0.0, 1.0]);
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let position = (values.len() - 1) as f64 * level;
            let (low, high) = (position.floor() as usize, position.ceil() as usize);
            let expected = sorted[low] + (sorted[high] - sorted[low]) * (position - position.floor());
            let found = summary.percentiles[0];
            prop_assert!((found.value - expected).abs() <= 1e-12 * expected, "{} is not {expected}", found.value);
            prop_assert_eq!(summary.percentiles[1].value, sorted[0]);
            prop_assert_eq!(summary.percentiles[2].value, sorted[values.len() - 1]);
            let tail = values.iter().filter(|it| **it > found.value).collect::<Vec<_>>();
            let mean = tail.iter().copied().sum::<f64>() / tail.len() as f64;
            prop_assert!(tail.is_empty() || (found.tail_mean - mean).abs() <= 1e-9 * mean);
            for point in &summary.curve {
                let above = values.iter().filter(|it| **it > point.loss).count();
                prop_assert_eq!(point.exceedance, above as f64 / values.len() as f64);
            }
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            prop_assert!((summary.mean - mean).abs() <= 1e-12 * mean);
            prop_assert_eq!(summary.least, sorted.iter().copied().find(|it| *it > 0.0).unwrap_or_default());
            prop_assert_eq!(summary.greatest, sorted[values.len() - 1]);
        }
    }

    #[test]
    fn years_without_any_loss_are_all_zeros() {
        let summary = Losses::of(vec![0.0; 10]).summary(&USUAL_LEVELS);
        assert_eq!((summary.mean, summary.no_loss, summary.greatest, summary.skewness), (0.0, 1.0, 0.0, 0.0));
        assert!(summary.percentiles.iter().all(|it| it.value == 0.0 && it.tail_mean == 0.0));
        assert_eq!(summary.curve, []);
    }
}
