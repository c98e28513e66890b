//! Quadrature: the mean of a smooth function of an uncertain quantity as a short weighted sum.
//!
//! The double-exponential rule of Takahasi and Mori (1974), which copes with densities that are steep at their ends;
//! for the lognormal the trapezoidal rule over its normal logarithm, which converges as fast.

use std::f64::consts::FRAC_PI_2;

use super::range::Range;
use crate::special::normal_density;

/// A value and the weight it has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: f64,
    pub(crate) weight: f64,
}

/// Points and weights, which sum to 1; `fineness` is about half of their number.
pub(crate) fn quadrature(range: &Range, fineness: u32) -> Vec<Node> {
    let mut nodes = match *range {
        Range::Constant(value) => vec![Node { value, weight: 1.0 }],
        Range::Uniform { low, high } => bounded(fineness, low, high - low, |_, _| 0.0),
        Range::Triangular { low, mode, high } => {
            let (rising, falling) = (mode - low, high - mode);
            let mut nodes = Vec::new();
            for (part, from, width, side) in
                [(rising, low, rising, true), (falling, mode, falling, false)].into_iter().filter(|it| it.0 > 0.0)
            {
                let half = bounded(fineness, from, width, |below, above| libm::log(if side { below } else { above }));
                let share = part / (high - low);
                nodes.extend(half.into_iter().map(|it| Node { weight: it.weight * share, ..it }));
            }
            nodes
        }
        Range::Pert { .. } | Range::Beta { .. } => range.stretched().map_or_else(Vec::new, |it| {
            bounded(fineness, it.low, it.width, |below, above| {
                (it.alpha - 1.0) * libm::log(below) + (it.beta - 1.0) * libm::log(above)
            })
        }),
        Range::LogNormal { .. } => range.log_parameters().map_or_else(Vec::new, |(mu, sigma)| {
            let step = 8.5 / f64::from(fineness);
            steps(fineness)
                .map(|i| i * step)
                .map(|z| Node { value: libm::exp(mu + sigma * z), weight: normal_density(z) })
                .collect()
        }),
        Range::Exponential { mean } => half_line(fineness, 1.0, mean),
        Range::Gamma { shape, rate } => half_line(fineness, shape, 1.0 / rate),
    };
    let sum = nodes.iter().map(|it| it.weight).sum::<f64>();
    for it in &mut nodes {
        it.weight /= sum;
    }
    nodes.retain(|it| it.weight > 1e-18);
    nodes
}

fn steps(fineness: u32) -> impl Iterator<Item = f64> {
    let n = i64::from(fineness);
    (-n..=n).map(|i| i as f64)
}

/// Over an interval: `x = 1 / (1 + exp(-pi sinh t))`, with the density's logarithm as a function of `x` and `1 - x`.
fn bounded(fineness: u32, low: f64, width: f64, ln_density: impl Fn(f64, f64) -> f64) -> Vec<Node> {
    let step = 3.6 / f64::from(fineness);
    let nodes = steps(fineness).map(|i| {
        let t = i * step;
        let s = 2.0 * FRAC_PI_2 * libm::sinh(t);
        let (below, above) = (1.0 / (1.0 + libm::exp(-s)), 1.0 / (1.0 + libm::exp(s)));
        let weight = libm::exp(ln_density(below, above)) * below * above * libm::cosh(t);
        Node { value: low + width * below, weight }
    });
    nodes.filter(|it| it.weight > 0.0 && it.weight.is_finite()).collect()
}

/// Gamma over the half line: the trapezoidal rule over the logarithm `x = exp(t - exp(-t))` (double-exponential).
fn half_line(fineness: u32, shape: f64, scale: f64) -> Vec<Node> {
    // From where the share below is less than 1e-17, to where the share above is.
    let low = -libm::log(40.0 / shape.min(1.0) + 2.0) - 1.0;
    let high = libm::log(shape + 12.0 * shape.sqrt() + 45.0);
    let step = (high - low) / f64::from(2 * fineness);
    let nodes = steps(fineness).map(|i| {
        let t = f64::midpoint(low, high) + i * step;
        let x = libm::exp(t - libm::exp(-t));
        let weight = libm::exp(shape * libm::log(x) - x - libm::lgamma(shape)) * (1.0 + libm::exp(-t));
        Node { value: x * scale, weight }
    });
    nodes.filter(|it| it.weight > 0.0 && it.weight.is_finite()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::kummer;

    #[test]
    fn means_by_quadrature_agree_with_the_moments() {
        for (range, fineness) in [
            (Range::Uniform { low: 1.0, high: 3.0 }, 60),
            (Range::Triangular { low: 0.0, mode: 1.0, high: 4.0 }, 60),
            (Range::Triangular { low: 0.0, mode: 0.0, high: 4.0 }, 60),
            (Range::pert(0.2, 0.6, 1.5), 60),
            (Range::Beta { alpha: 0.5, beta: 0.5, low: 0.0, high: 2.0 }, 60),
            (Range::Exponential { mean: 2.0 }, 80),
            (Range::Gamma { shape: 0.3, rate: 2.0 }, 80),
            (Range::Gamma { shape: 50.0, rate: 2.0 }, 80),
            (Range::LogNormal { low: 0.5, high: 3.0 }, 60),
        ] {
            let nodes = range.nodes(fineness);
            for (power, expected) in (1..).zip(range.moments()) {
                let found = nodes.iter().map(|it| it.weight * it.value.powi(power)).sum::<f64>();
                assert!((found / expected - 1.0).abs() < 1e-8, "{range:?}, moment {power}: {found} is not {expected}");
            }
        }
    }

    #[test]
    fn a_year_without_events_under_an_uncertain_frequency_is_kummers_function() {
        let (a, b) = (0.2, 1.5);
        let nodes = Range::pert(a, 0.6, b).nodes(60);
        let found = nodes.iter().map(|it| it.weight * (-it.value).exp()).sum::<f64>();
        let expected = (-a).exp() * kummer(2.230_769_230_769_231, 6.0, -(b - a));
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        assert!((expected - 0.518_933).abs() < 5e-7);
    }
}
