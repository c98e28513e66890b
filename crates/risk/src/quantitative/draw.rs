//! Drawing many values of a range at once.

use fearless_simd::{Level, dispatch};

use super::range::Range;
use super::stream::{LANES, Lanes, Single};
use super::vector::{exp, half_open_unit, ln, normal_pair, open_unit};

/// A range, prepared for drawing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Draw {
    Constant(f64),
    Uniform { low: f64, width: f64 },
    Triangular { low: f64, high: f64, turn: f64, rise: f64, fall: f64 },
    LogNormal { mu: f64, sigma: f64 },
    Exponential { mean: f64 },
    Gamma { shape: f64, scale: f64 },
    Beta { alpha: f64, beta: f64, low: f64, width: f64 },
}

/// Slices to be filled have a length that is a multiple of it: pairs of normals in every lane.
pub(crate) const STRIDE: usize = 2 * LANES;

impl Draw {
    pub(crate) fn of(range: &Range) -> Self {
        match *range {
            Range::Constant(value) => Self::Constant(value),
            Range::Uniform { low, high } => Self::Uniform { low, width: high - low },
            Range::Triangular { low, mode, high } => Self::Triangular {
                low,
                high,
                turn: (mode - low) / (high - low),
                rise: (high - low) * (mode - low),
                fall: (high - low) * (high - mode),
            },
            Range::LogNormal { .. } => {
                let (mu, sigma) = range.log_parameters().unwrap_or_default();
                Self::LogNormal { mu, sigma }
            }
            Range::Exponential { mean } => Self::Exponential { mean },
            Range::Gamma { shape, rate } => Self::Gamma { shape, scale: 1.0 / rate },
            Range::Pert { .. } | Range::Beta { .. } => match range.stretched() {
                Some(it) => Self::Beta { alpha: it.alpha, beta: it.beta, low: it.low, width: it.width },
                None => Self::Constant(f64::NAN),
            },
        }
    }

    /// Whether it needs the stream of single numbers.
    pub(crate) fn takes_single(&self) -> bool {
        matches!(self, Self::Gamma { .. } | Self::Beta { .. })
    }

    /// Fills `to`, whose length is a multiple of [`STRIDE`]; `bits` is at least as long.
    pub(crate) fn fill(&self, lanes: &mut Lanes, single: &mut Single, bits: &mut [u64], to: &mut [f64]) {
        let bits = &mut bits[..to.len()];
        if !self.takes_single() && !matches!(self, Self::Constant(_)) {
            lanes.fill(bits);
        }
        match *self {
            Self::Constant(value) => to.fill(value),
            Self::Gamma { shape, scale } => to.iter_mut().for_each(|to| *to = scale * single.gamma(shape)),
            Self::Beta { alpha, beta, low, width } => to.iter_mut().for_each(|to| {
                let (a, b) = (single.gamma(alpha), single.gamma(beta));
                *to = low + width * (a / (a + b));
            }),
            _ => dispatch!(Level::new(), _ => self.transform(bits, to)),
        }
    }

    /// Turns uniform bits into draws, where each draw needs a fixed number of them.
    #[inline(always)]
    fn transform(&self, bits: &[u64], to: &mut [f64]) {
        match *self {
            Self::Uniform { low, width } => {
                to.iter_mut().zip(bits).for_each(|(to, bits)| *to = low + width * half_open_unit(*bits));
            }
            Self::Triangular { low, high, turn, rise, fall } => {
                for (to, bits) in to.iter_mut().zip(bits) {
                    let u = half_open_unit(*bits);
                    let (rising, falling) = (low + (u * rise).sqrt(), high - ((1.0 - u) * fall).sqrt());
                    *to = if u < turn { rising } else { falling };
                }
            }
            Self::Exponential { mean } => {
                to.iter_mut().zip(bits).for_each(|(to, bits)| *to = -mean * ln(open_unit(*bits)));
            }
            Self::LogNormal { mu, sigma } => {
                let half = to.len() / 2;
                let (first, second) = to.split_at_mut(half);
                let (radius, angle) = bits.split_at(half);
                for (((x, y), radius), angle) in first.iter_mut().zip(second).zip(radius).zip(angle) {
                    let (a, b) = normal_pair(*radius, *angle);
                    *x = exp(mu + sigma * a);
                    *y = exp(mu + sigma * b);
                }
            }
            Self::Constant(_) | Self::Gamma { .. } | Self::Beta { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_the_moments_and_shares_of_their_ranges() {
        let mut lanes = Lanes::seeded(11);
        let mut single = Single::new(Lanes::seeded(12));
        let n = 1 << 19;
        let (mut bits, mut drawn) = (vec![0; n], vec![0.0; n]);
        for range in [
            Range::Constant(3.0),
            Range::Uniform { low: 1.0, high: 3.0 },
            Range::Triangular { low: 0.0, mode: 1.0, high: 4.0 },
            Range::Triangular { low: 0.0, mode: 0.0, high: 4.0 },
            Range::pert(0.2, 0.6, 1.5),
            Range::Beta { alpha: 0.5, beta: 2.0, low: 0.0, high: 2.0 },
            Range::Exponential { mean: 2.0 },
            Range::Gamma { shape: 3.0, rate: 2.0 },
            Range::LogNormal { low: 0.5, high: 3.0 },
        ] {
            Draw::of(&range).fill(&mut lanes, &mut single, &mut bits, &mut drawn);
            let mean = drawn.iter().sum::<f64>() / n as f64;
            let error = (range.variance() / n as f64).sqrt();
            assert!((mean - range.mean()).abs() <= 4.0 * error, "{range:?}: {mean} is not {}", range.mean());
            for p in [0.01, 0.1, 0.5, 0.9, 0.999] {
                let quantile = range.quantile(p);
                let share = drawn.iter().filter(|it| **it <= quantile).count() as f64 / n as f64;
                let error = (p * (1.0 - p) / n as f64).sqrt();
                let constant = matches!(range, Range::Constant(_));
                assert!(constant || (share - p).abs() <= 4.0 * error, "{range:?}: {share} below the quantile of {p}");
            }
            let (low, high) = range.support();
            assert!(drawn.iter().all(|it| (low..=high).contains(it)), "{range:?} draws outside its support");
        }
    }

    /// The test itself is compiled for the plainest processor, what it calls for the one at hand.
    #[test]
    fn wide_vectors_draw_the_same_bits_as_narrow_ones() {
        let n = 1 << 12;
        let mut bits = vec![0; n];
        let (mut narrow, mut wide) = (vec![0.0; n], vec![0.0; n]);
        for range in [
            Range::Uniform { low: 1.0, high: 3.0 },
            Range::Triangular { low: 0.0, mode: 1.0, high: 4.0 },
            Range::Exponential { mean: 2.0 },
            Range::LogNormal { low: 0.5, high: 3.0 },
        ] {
            let draw = Draw::of(&range);
            let mut single = Single::new(Lanes::seeded(12));
            draw.fill(&mut Lanes::seeded(11), &mut single, &mut bits, &mut wide);
            draw.transform(&bits, &mut narrow);
            assert_eq!(narrow, wide, "{range:?}");
        }
    }
}
