//! Quantities that are not known exactly: ranges with a shape.

use crate::flaw::{Flaw, Flaws, Reason};
use crate::quantitative::nodes::{Node, quadrature};
use crate::special::{Z95, beta_cdf, beta_quantile, gamma_cdf, gamma_quantile, normal_cdf, normal_quantile};

/// The shape parameter of the usual PERT distribution.
pub const PERT_SHAPE: f64 = 4.0;

/// An uncertain quantity, in the unit of the field it stands in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// Known exactly.
    Constant(f64),
    /// Every value between the ends is as likely as another.
    Uniform {
        /// Least value.
        low: f64,
        /// Greatest value.
        high: f64,
    },
    /// Density rises in a straight line to the mode and falls from there.
    Triangular {
        /// Least value.
        low: f64,
        /// Most likely value.
        mode: f64,
        /// Greatest value.
        high: f64,
    },
    /// PERT in Vose's form ("modified PERT"): a beta distribution over `low..high` with
    /// `alpha = 1 + shape (mode - low) / (high - low)`, `beta = 1 + shape (high - mode) / (high - low)` and mean
    /// `(low + shape mode + high) / (shape + 2)`. Shape 4 ([`PERT_SHAPE`]) is the usual PERT of Malcolm and others (1959).
    Pert {
        /// Least value.
        low: f64,
        /// Most likely value.
        mode: f64,
        /// Greatest value.
        high: f64,
        /// How much the mode weighs against the ends: 4 as usual, more for greater confidence.
        shape: f64,
    },
    /// Lognormal, from its 5th and 95th percentile.
    LogNormal {
        /// 5th percentile, above 0.
        low: f64,
        /// 95th percentile.
        high: f64,
    },
    /// Exponential.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// Gamma, such as a frequency learnt from the own history.
    Gamma {
        /// Shape.
        shape: f64,
        /// Rate: the reciprocal of the scale.
        rate: f64,
    },
    /// Beta stretched over `low..high`.
    Beta {
        /// First shape parameter.
        alpha: f64,
        /// Second shape parameter.
        beta: f64,
        /// Least value.
        low: f64,
        /// Greatest value.
        high: f64,
    },
}

/// What a range stands for, and so which values it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Events per year or money: 0 or more.
    Amount,
    /// A probability: 0 to 1.
    Probability,
    /// A strength that is only compared with another: any number.
    Strength,
}

/// A stretched beta distribution, which PERT is too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretched {
    pub(crate) alpha: f64,
    pub(crate) beta: f64,
    pub(crate) low: f64,
    pub(crate) width: f64,
}

impl Range {
    /// The usual PERT (shape 4).
    pub fn pert(low: f64, mode: f64, high: f64) -> Self {
        Self::Pert { low, mode, high, shape: PERT_SHAPE }
    }

    /// The logarithm's mean and standard deviation, for a lognormal: `mu = (ln low + ln high) / 2`,
    /// `sigma = (ln high - ln low) / (2 z95)`.
    pub fn log_parameters(&self) -> Option<(f64, f64)> {
        let Self::LogNormal { low, high } = *self else { return None };
        let (low, high) = (libm::log(low), libm::log(high));
        Some((f64::midpoint(low, high), (high - low) / (2.0 * Z95)))
    }

    /// Everything that is wrong with this range as a quantity of that sort.
    pub fn flaws(&self, field: &str, quantity: Quantity) -> Vec<Flaw> {
        let mut flaws = Flaws::of(field);
        let (least, most) = match quantity {
            Quantity::Amount => (0.0, f64::MAX),
            Quantity::Probability => (0.0, 1.0),
            Quantity::Strength => (f64::MIN, f64::MAX),
        };
        let ends = |flaws: &mut Flaws, low: f64, high: f64| {
            let fine = [flaws.within("low", low, least, most), flaws.within("high", high, least, most)];
            if fine == [true, true] && low >= high {
                flaws.note("low", Reason::Inverted { low, high });
                return false;
            }
            fine == [true, true]
        };
        let mode_within = |flaws: &mut Flaws, low: f64, mode: f64, high: f64| {
            if !mode.is_finite() {
                flaws.note("mode", Reason::NotFinite);
            } else if !(low..=high).contains(&mode) {
                flaws.note("mode", Reason::ModeOutside { mode, low, high });
            }
        };
        match *self {
            Self::Constant(value) => {
                flaws.within("", value, least, most);
            }
            Self::Uniform { low, high } => {
                ends(&mut flaws, low, high);
            }
            Self::Triangular { low, mode, high } => {
                if ends(&mut flaws, low, high) {
                    mode_within(&mut flaws, low, mode, high);
                }
            }
            Self::Pert { low, mode, high, shape } => {
                flaws.within("shape", shape, 0.1, 1000.0);
                if ends(&mut flaws, low, high) {
                    mode_within(&mut flaws, low, mode, high);
                }
            }
            Self::Beta { alpha, beta, low, high } => {
                flaws.within("alpha", alpha, 0.1, 1e6);
                flaws.within("beta", beta, 0.1, 1e6);
                ends(&mut flaws, low, high);
            }
            Self::LogNormal { low, high } => {
                let fine = [flaws.above("low", low, 0.0), flaws.above("high", high, 0.0)] == [true, true];
                if fine && low >= high {
                    flaws.note("low", Reason::Inverted { low, high });
                }
            }
            Self::Exponential { mean } => {
                flaws.above("mean", mean, 0.0);
            }
            Self::Gamma { shape, rate } => {
                flaws.within("shape", shape, 0.01, 1e6);
                flaws.above("rate", rate, 0.0);
            }
        }
        if quantity == Quantity::Probability && self.support().1 == f64::INFINITY {
            flaws.note("", Reason::Unbounded);
        }
        flaws.into_vec()
    }

    /// The least and the greatest possible value; the latter may be infinite.
    pub fn support(&self) -> (f64, f64) {
        match *self {
            Self::Constant(value) => (value, value),
            Self::Uniform { low, high }
            | Self::Triangular { low, high, .. }
            | Self::Pert { low, high, .. }
            | Self::Beta { low, high, .. } => (low, high),
            Self::LogNormal { .. } | Self::Exponential { .. } | Self::Gamma { .. } => (0.0, f64::INFINITY),
        }
    }

    /// The first three moments about zero: `E[X]`, `E[X^2]`, `E[X^3]`.
    ///
    /// Uniform and triangular: complete homogeneous symmetric polynomials of the ends (and mode) over 2, 3, 4 and 3, 6, 10.
    /// Beta: rising factorials. Lognormal: `exp(k mu + k^2 sigma^2 / 2)`.
    pub fn moments(&self) -> [f64; 3] {
        match *self {
            Self::Constant(x) => [x, x * x, x * x * x],
            Self::Uniform { low: a, high: b } => {
                [f64::midpoint(a, b), (a * a + a * b + b * b) / 3.0, (a + b) * (a * a + b * b) / 4.0]
            }
            Self::Triangular { low: a, mode: b, high: c } => {
                let second = a * a + b * b + c * c + a * b + a * c + b * c;
                let third =
                    a * a * a + b * b * b + c * c * c + a * a * (b + c) + b * b * (a + c) + c * c * (a + b) + a * b * c;
                [(a + b + c) / 3.0, second / 6.0, third / 10.0]
            }
            Self::Pert { .. } | Self::Beta { .. } => self.stretched().map_or([f64::NAN; 3], |it| {
                let sum = it.alpha + it.beta;
                let first = it.alpha / sum;
                let second = first * (it.alpha + 1.0) / (sum + 1.0);
                let third = second * (it.alpha + 2.0) / (sum + 2.0);
                let (a, w) = (it.low, it.width);
                [
                    a + w * first,
                    a * a + 2.0 * a * w * first + w * w * second,
                    a * a * a + 3.0 * a * a * w * first + 3.0 * a * w * w * second + w * w * w * third,
                ]
            }),
            Self::LogNormal { .. } => self.log_parameters().map_or([f64::NAN; 3], |(mu, sigma)| {
                [1.0, 2.0, 3.0].map(|k| libm::exp(k * mu + k * k * sigma * sigma / 2.0))
            }),
            Self::Exponential { mean } => [mean, 2.0 * mean * mean, 6.0 * mean * mean * mean],
            Self::Gamma { shape, rate } => {
                let first = shape / rate;
                let second = first * (shape + 1.0) / rate;
                [first, second, second * (shape + 2.0) / rate]
            }
        }
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.moments()[0]
    }

    /// The variance.
    pub fn variance(&self) -> f64 {
        if let Some(it) = self.stretched() {
            // Without the difference of two near numbers.
            let sum = it.alpha + it.beta;
            return it.width * it.width * it.alpha * it.beta / (sum * sum * (sum + 1.0));
        }
        let [first, second, _] = self.moments();
        (second - first * first).max(0.0)
    }

    /// The standard deviation.
    pub fn standard_deviation(&self) -> f64 {
        self.variance().sqrt()
    }

    /// Probability of a value of at most `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        match *self {
            Self::Constant(value) => f64::from(u8::from(x >= value)),
            Self::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
            Self::Triangular { low, mode, high } => {
                if x <= low {
                    0.0
                } else if x >= high {
                    1.0
                } else if x < mode {
                    (x - low) * (x - low) / ((high - low) * (mode - low))
                } else {
                    1.0 - (high - x) * (high - x) / ((high - low) * (high - mode))
                }
            }
            Self::Pert { .. } | Self::Beta { .. } => {
                self.stretched().map_or(f64::NAN, |it| beta_cdf((x - it.low) / it.width, it.alpha, it.beta))
            }
            Self::LogNormal { .. } => {
                if x <= 0.0 {
                    return 0.0;
                }
                self.log_parameters().map_or(f64::NAN, |(mu, sigma)| normal_cdf((libm::log(x) - mu) / sigma))
            }
            Self::Exponential { mean } => {
                if x <= 0.0 {
                    0.0
                } else {
                    -libm::expm1(-x / mean)
                }
            }
            Self::Gamma { shape, rate } => gamma_cdf(x * rate, shape),
        }
    }

    /// The value below which a share `p` lies; the support's ends at 0 and 1.
    pub fn quantile(&self, p: f64) -> f64 {
        let (low, high) = self.support();
        if p <= 0.0 {
            return low;
        }
        if p >= 1.0 {
            return high;
        }
        match *self {
            Self::Constant(value) => value,
            Self::Uniform { low, high } => low + p * (high - low),
            Self::Triangular { low, mode, high } => {
                let turn = (mode - low) / (high - low);
                if p < turn {
                    low + (p * (high - low) * (mode - low)).sqrt()
                } else {
                    high - ((1.0 - p) * (high - low) * (high - mode)).sqrt()
                }
            }
            Self::Pert { .. } | Self::Beta { .. } => {
                self.stretched().map_or(f64::NAN, |it| it.low + it.width * beta_quantile(p, it.alpha, it.beta))
            }
            Self::LogNormal { .. } => {
                self.log_parameters().map_or(f64::NAN, |(mu, sigma)| libm::exp(mu + sigma * normal_quantile(p)))
            }
            Self::Exponential { mean } => -mean * libm::log1p(-p),
            Self::Gamma { shape, rate } => gamma_quantile(p, shape) / rate,
        }
    }

    /// The same range with every value multiplied by a positive factor.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let k = factor;
        match *self {
            Self::Constant(value) => Self::Constant(value * k),
            Self::Uniform { low, high } => Self::Uniform { low: low * k, high: high * k },
            Self::Triangular { low, mode, high } => Self::Triangular { low: low * k, mode: mode * k, high: high * k },
            Self::Pert { low, mode, high, shape } => Self::Pert { low: low * k, mode: mode * k, high: high * k, shape },
            Self::LogNormal { low, high } => Self::LogNormal { low: low * k, high: high * k },
            Self::Exponential { mean } => Self::Exponential { mean: mean * k },
            Self::Gamma { shape, rate } => Self::Gamma { shape, rate: rate / k },
            Self::Beta { alpha, beta, low, high } => Self::Beta { alpha, beta, low: low * k, high: high * k },
        }
    }

    /// Expected value of `min(X, limit)` (the limited expected value of actuaries), for constant, uniform, exponential
    /// and lognormal ranges in closed form, for others by quadrature.
    ///
    /// Lognormal: `exp(mu + sigma^2/2) Phi((ln u - mu - sigma^2) / sigma) + u (1 - Phi((ln u - mu) / sigma))`
    /// (Klugman, Panjer, Willmot, Loss Models, appendix A).
    pub fn limited_mean(&self, limit: f64) -> f64 {
        let (low, high) = self.support();
        if limit <= low {
            return limit;
        }
        if limit >= high {
            return self.mean();
        }
        match *self {
            Self::Uniform { low, high } => ((limit * limit - low * low) / 2.0 + limit * (high - limit)) / (high - low),
            Self::Exponential { mean } => -mean * libm::expm1(-limit / mean),
            Self::LogNormal { .. } => self.log_parameters().map_or(f64::NAN, |(mu, sigma)| {
                let z = (libm::log(limit) - mu) / sigma;
                libm::exp(mu + sigma * sigma / 2.0) * normal_cdf(z - sigma) + limit * normal_cdf(-z)
            }),
            _ => {
                // E[min(X, u)] = low + integral of 1 - F from low to u; Simpson's rule on 2000 cells.
                let cells = 2000;
                let step = (limit - low) / f64::from(cells);
                let tail = |i: i32| 1.0 - self.cdf(low + step * f64::from(i));
                let inner = (1..cells).map(|i| tail(i) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum::<f64>();
                low + step / 3.0 * (tail(0) + inner + tail(cells))
            }
        }
    }

    pub(crate) fn stretched(&self) -> Option<Stretched> {
        match *self {
            Self::Pert { low, mode, high, shape } => {
                let width = high - low;
                let alpha = 1.0 + shape * (mode - low) / width;
                let beta = 1.0 + shape * (high - mode) / width;
                Some(Stretched { alpha, beta, low, width })
            }
            Self::Beta { alpha, beta, low, high } => Some(Stretched { alpha, beta, low, width: high - low }),
            _ => None,
        }
    }

    /// Points and weights with which a mean of a smooth function of this quantity is a short sum.
    pub(crate) fn nodes(&self, fineness: u32) -> Vec<Node> {
        quadrature(self, fineness)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six significant digits.
    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    #[test]
    fn pert_agrees_with_every_row_of_the_oracle() {
        for (a, m, b, alpha, beta, mean, variance, sd, q05, q50, q95) in [
            (0.2, 0.6, 1.5, 2.230_769, 3.769_231, 0.683_333, 0.056_388_89, 0.237_463, 0.328_468, 0.663_742, 1.105_629),
            (
                0.03,
                0.08,
                0.2,
                2.176_471,
                3.823_529,
                0.091_667,
                0.000_954_37,
                0.030_893,
                0.045_869,
                0.088_926,
                0.146_897,
            ),
            (1.0, 4.0, 12.0, 2.090_909, 3.909_091, 4.833_333, 3.924_603_17, 1.981_061, 1.934_779, 4.637_801, 8.404_8),
            (10.0, 20.0, 60.0, 1.8, 4.2, 25.0, 75.0, 8.660_254, 12.948_869, 23.833_613, 41.063_836),
            (0.0, 0.5, 1.0, 3.0, 3.0, 0.5, 0.035_714_29, 0.188_982, 0.189_255, 0.5, 0.810_745),
        ] {
            let pert = Range::pert(a, m, b);
            let shape = pert.stretched().unwrap();
            close(shape.alpha, alpha);
            close(shape.beta, beta);
            close(pert.mean(), mean);
            assert!((pert.variance() - variance).abs() < 5.1e-9, "{}", pert.variance());
            let [first, second, _] = pert.moments();
            assert!((second - first * first - pert.variance()).abs() < 1e-10);
            close(pert.standard_deviation(), sd);
            close(pert.quantile(0.05), q05);
            close(pert.quantile(0.5), q50);
            close(pert.quantile(0.95), q95);
            close(pert.cdf(pert.quantile(0.3)), 0.3);
        }
    }

    #[test]
    fn lognormal_agrees_with_every_row_of_the_oracle() {
        for (low, high, mu, sigma, median, mean, sd) in [
            (1e4, 1e5, 10.361_633, 0.699_936, 31_622.78, 40_400.13, 32_121.80),
            (5e4, 5e5, 11.971_071, 0.699_936, 158_113.88, 202_000.64, 160_608.98),
            (15e3, 26e4, 11.042_121, 0.867_138, 62_449.98, 90_951.86, 96_301.13),
            (18e4, 16e5, 13.193_113, 0.664_133, 536_656.31, 669_073.54, 498_166.89),
        ] {
            let range = Range::LogNormal { low, high };
            let found = range.log_parameters().unwrap();
            close(found.0, mu);
            close(found.1, sigma);
            for (found, expected) in
                [(range.quantile(0.5), median), (range.mean(), mean), (range.standard_deviation(), sd)]
            {
                assert!((found - expected).abs() <= 0.005_001, "{found} is not {expected}");
            }
            close(range.quantile(0.05) / low, 1.0);
            close(range.cdf(high), 0.95);
        }
    }

    #[test]
    fn limited_means_of_a_lognormal_agree_with_the_oracle() {
        let range = Range::LogNormal { low: 18e4, high: 16e5 };
        for (limit, expected) in [(1e5, 99_898.88), (25e4, 242_034.94), (1e6, 580_856.44), (125e4, 614_436.02)] {
            assert!((range.limited_mean(limit) - expected).abs() <= 0.005_001, "{}", range.limited_mean(limit));
        }
    }

    #[test]
    fn moments_shares_and_limited_means_agree_with_one_another() {
        for range in [
            Range::Uniform { low: 1.0, high: 3.0 },
            Range::Triangular { low: 0.0, mode: 1.0, high: 4.0 },
            Range::Pert { low: 1.0, mode: 2.0, high: 7.0, shape: 6.0 },
            Range::Beta { alpha: 0.5, beta: 2.0, low: 0.0, high: 2.0 },
            Range::Exponential { mean: 2.0 },
            Range::Gamma { shape: 3.0, rate: 2.0 },
            Range::LogNormal { low: 0.5, high: 3.0 },
        ] {
            // Fewer where a quantile is found by search; those have light tails.
            let searched = matches!(range, Range::Pert { .. } | Range::Beta { .. } | Range::Gamma { .. });
            let cells = if searched { 10_000 } else { 200_000 };
            let mut sums = [0.0; 4];
            for i in 0..cells {
                let x = range.quantile((f64::from(i) + 0.5) / f64::from(cells));
                let terms = [x, x * x, x * x * x, x.min(1.5)];
                sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term / f64::from(cells));
            }
            for (found, expected) in range.moments().into_iter().chain([range.limited_mean(1.5)]).zip(sums) {
                assert!((found - expected).abs() < 2e-3 * expected, "{range:?}: {found} is not {expected}");
            }
            close(range.scaled(3.0).quantile(0.7), 3.0 * range.quantile(0.7));
            close(range.cdf(range.quantile(0.42)), 0.42);
        }
    }

    #[test]
    fn bad_ranges_are_told_at_their_fields() {
        let message = |range: Range, quantity| {
            range.flaws("loss", quantity).iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        for (range, quantity, expected) in [
            (Range::pert(1.0, 9.0, 4.0), Quantity::Amount, "loss.mode: the most likely value 9 lies outside 1 to 4"),
            (
                Range::LogNormal { low: 5.0, high: 2.0 },
                Quantity::Amount,
                "loss.low: the lower end 5 is not below the upper end 2",
            ),
            (Range::LogNormal { low: 0.0, high: 2.0 }, Quantity::Amount, "loss.low: 0 is not above 0"),
            (
                Range::LogNormal { low: 0.1, high: 0.2 },
                Quantity::Probability,
                "loss: may exceed 1, which a probability cannot",
            ),
            (Range::Uniform { low: 0.5, high: 1.5 }, Quantity::Probability, "loss.high: 1.5 is above 1"),
            (Range::Constant(f64::NAN), Quantity::Amount, "loss: is not a finite number"),
            (Range::Constant(-1.0), Quantity::Amount, "loss: -1 is below 0"),
            (Range::Constant(-1.0), Quantity::Strength, ""),
            (
                Range::Triangular { low: 0.0, mode: f64::NAN, high: 1.0 },
                Quantity::Amount,
                "loss.mode: is not a finite number",
            ),
        ] {
            assert_eq!(message(range, quantity), expected);
        }
    }
}
