//! Special functions, from published formulas, on top of `libm` so that every machine gives the same bits.
//!
//! Sources by number in the NIST Digital Library of Mathematical Functions (<https://dlmf.nist.gov>).

use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

/// The 95th percentile of the standard normal distribution, half the width of a 90 % interval in standard deviations.
pub const Z95: f64 = 1.644_853_626_951_472_2;

/// Share of the standard normal distribution below `x` (DLMF 7.17.2 by the complementary error function).
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// The value below which a share `p` of the standard normal distribution lies.
///
/// Starts from Abramowitz and Stegun 26.2.23 (error below 4.5e-4) and takes three of Halley's steps.
/// Infinite at 0 and 1; not a number outside.
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let tail = p.min(1.0 - p);
    if tail <= 0.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let t = (-2.0 * libm::log(tail)).sqrt();
    let numerator = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let denominator = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    // Works on the lower tail, where the share is not a difference of near numbers.
    let mut x = numerator / denominator - t;
    for _ in 0..3 {
        let error = normal_cdf(x) - tail;
        let step = error * (2.0 * PI).sqrt() * libm::exp(x * x / 2.0);
        x -= step / (1.0 + x * step / 2.0);
    }
    if p < 0.5 { x } else { -x }
}

/// Logarithm of the beta function (DLMF 5.12.1).
pub fn ln_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

/// The regularised incomplete beta function `I_x(a, b)`: share of Beta(a, b) below `x`.
///
/// Continued fraction DLMF 8.17.22 by Lentz's method; `a, b > 0`.
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_fraction(1.0 - x, b, a);
    }
    beta_fraction(x, a, b)
}

fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let front = libm::exp(a * libm::log(x) + b * libm::log1p(-x) - ln_beta(a, b)) / a;
    let term = |m: f64, even: bool| {
        if even {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        }
    };
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 + term(0.0, false)));
    let mut fraction = d;
    for m in 1..1000 {
        let m = f64::from(m);
        let mut last = 0.0;
        for even in [true, false] {
            let term = term(m, even);
            d = 1.0 / away(1.0 + term * d);
            c = away(1.0 + term / c);
            last = c * d;
            fraction *= last;
        }
        if (last - 1.0).abs() < 1e-15 {
            break;
        }
    }
    front * fraction
}

/// The value below which a share `p` of Beta(a, b) lies: the root of [`beta_cdf`] by safeguarded Newton steps.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let ln_norm = ln_beta(a, b);
    let density = |x: f64| libm::exp((a - 1.0) * libm::log(x) + (b - 1.0) * libm::log1p(-x) - ln_norm);
    root(p, 0.0, 1.0, a / (a + b), |x| beta_cdf(x, a, b), density)
}

/// The regularised lower incomplete gamma function `P(a, x)`: share of Gamma(a, 1) below `x`.
///
/// Series DLMF 8.11.4 for small `x`, continued fraction DLMF 8.9.2 otherwise; `a > 0`.
pub fn gamma_cdf(x: f64, a: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x == f64::INFINITY {
        return 1.0;
    }
    let front = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-17 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return (front * sum).min(1.0);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1e300, 1.0 / b);
    let mut fraction = d;
    for i in 1..10_000 {
        let i = f64::from(i);
        let term = -i * (i - a);
        b += 2.0;
        d = 1.0 / (term * d + b);
        c = b + term / c;
        let factor = c * d;
        fraction *= factor;
        if (factor - 1.0).abs() < 1e-15 {
            break;
        }
    }
    1.0 - front * fraction
}

/// The value below which a share `p` of Gamma(a, 1) lies: the root of [`gamma_cdf`] by safeguarded Newton steps.
pub fn gamma_quantile(p: f64, a: f64) -> f64 {
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let mut high = a + 10.0 * a.sqrt() + 10.0;
    while gamma_cdf(high, a) < p {
        high *= 2.0;
    }
    let ln_norm = libm::lgamma(a);
    root(p, 0.0, high, a, |x| gamma_cdf(x, a), |x| libm::exp((a - 1.0) * libm::log(x) - x - ln_norm))
}

/// The place where a rising function reaches `p`: Newton's steps, and bisection wherever they leave the bracket.
fn root(p: f64, low: f64, high: f64, start: f64, share: impl Fn(f64) -> f64, density: impl Fn(f64) -> f64) -> f64 {
    if p <= 0.0 {
        return low;
    }
    if p >= 1.0 {
        return high;
    }
    let (mut low, mut high, mut x) = (low, high, start);
    for _ in 0..200 {
        let error = share(x) - p;
        if error == 0.0 {
            return x;
        }
        if error > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - error / density(x);
        let next = if newton >= low && newton <= high { newton } else { f64::midpoint(low, high) };
        if (next - x).abs() <= 1e-15 * x.abs() {
            return next;
        }
        x = next;
    }
    x
}

/// Kummer's confluent hypergeometric function `1F1(a; b; z)` for `b > a > 0`.
///
/// Series DLMF 13.2.2, for negative `z` after Kummer's transformation DLMF 13.2.39, so that all terms are positive.
pub fn kummer(a: f64, b: f64, z: f64) -> f64 {
    if z < 0.0 {
        return libm::exp(z) * kummer(b - a, b, -z);
    }
    let (mut term, mut sum, mut k) = (1.0, 1.0, 0.0);
    while term > sum * 1e-17 {
        term *= (a + k) / (b + k) * z / (k + 1.0);
        sum += term;
        k += 1.0;
    }
    sum
}

/// Probability that a Poisson count with mean `lambda` is `count`.
pub fn poisson_mass(count: f64, lambda: f64) -> f64 {
    if lambda == 0.0 {
        return if count == 0.0 { 1.0 } else { 0.0 };
    }
    libm::exp(count * libm::log(lambda) - lambda - libm::lgamma(count + 1.0))
}

/// Probability that a Poisson count with mean `lambda` is `count` or more (DLMF 8.4.10 by the incomplete gamma function).
pub fn poisson_at_least(count: u32, lambda: f64) -> f64 {
    if count == 0 { 1.0 } else { gamma_cdf(lambda, f64::from(count)) }
}

/// The points and weights of the Gauss-Legendre rule between 0 and 1, exact for polynomials of degree `2 points - 1`.
///
/// Roots of Legendre's polynomial by Newton's steps from DLMF 18.16.10's leading term, with the recurrence DLMF 18.9.1.
pub(crate) fn legendre(points: usize) -> Vec<(f64, f64)> {
    let n = points as f64;
    let node = |at: usize| {
        let mut x = libm::cos(std::f64::consts::PI * (at as f64 + 0.75) / (n + 0.5));
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut before, mut value) = (1.0, x);
            for k in 2..=points {
                let k = k as f64;
                (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
            }
            slope = n * (x * value - before) / (x * x - 1.0);
            let step = value / slope;
            x -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        // The rule between -1 and 1 has the weight 2 / ((1 - x^2) slope^2).
        (f64::midpoint(1.0, x), 1.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..points).map(node).collect()
}

/// Density of the standard normal distribution.
pub(crate) fn normal_density(x: f64) -> f64 {
    libm::exp(-x * x / 2.0) / (SQRT_2 * PI.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance * expected.abs().max(1e-300), "{found} is not {expected}");
    }

    #[test]
    fn normal_shares_and_quantiles_agree_with_tables() {
        near(normal_cdf(1.96), 0.975_002_104_851_779_5, 1e-14);
        near(normal_cdf(-6.0), 9.865_876_450_376_98e-10, 1e-12);
        near(normal_quantile(0.95), Z95, 1e-14);
        near(normal_quantile(0.9), 1.281_551_565_544_600_4, 1e-14);
        near(normal_quantile(1e-12), -7.034_483_825_301_131, 1e-12);
        assert!(normal_quantile(0.5).abs() < 1e-15);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(normal_quantile(1.1).is_nan());
    }

    #[test]
    fn few_points_integrate_polynomials_exactly() {
        for points in [1, 2, 3, 10, 64, 500] {
            let rule = legendre(points);
            let exact = i32::try_from(2 * points - 1).unwrap();
            for power in [0, 1, exact / 2, exact] {
                let found = rule.iter().map(|(x, weight)| weight * x.powi(power)).sum::<f64>();
                near(found, 1.0 / (f64::from(power) + 1.0), 1e-12);
            }
        }
        assert!(legendre(0).is_empty());
    }

    #[test]
    fn incomplete_functions_agree_with_their_elementary_cases() {
        for x in [0.01, 0.2, 0.5, 0.77, 0.99] {
            // Beta(2, 3) and Gamma(3) have polynomial and exponential forms.
            near(beta_cdf(x, 2.0, 3.0), x * x * (6.0 - 8.0 * x + 3.0 * x * x), 1e-13);
            let y = 9.0 * x;
            near(gamma_cdf(y, 3.0), 1.0 - (-y).exp() * (1.0 + y + y * y / 2.0), 1e-10);
        }
        near(poisson_at_least(3, 2.0), 1.0 - 5.0 * (-2.0_f64).exp(), 1e-14);
        assert_eq!(poisson_at_least(0, 2.0), 1.0);
        near(kummer(1.0, 2.0, -3.0), (1.0 - (-3.0_f64).exp()) / 3.0, 1e-14);
    }

    #[test]
    fn quantiles_invert_their_shares() {
        for p in [1e-9, 0.001, 0.05, 0.5, 0.95, 0.999_999] {
            for (a, b) in [(1.0, 5.0), (2.2, 3.8), (5.0, 1.0), (0.5, 0.7)] {
                near(beta_cdf(beta_quantile(p, a, b), a, b), p, 1e-10);
                near(gamma_cdf(gamma_quantile(p, a), a), p, 1e-10);
            }
        }
    }
}
