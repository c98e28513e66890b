//! Elementary functions made of additions, multiplications, divisions and square roots only.
//!
//! Those are exact to the last bit by IEEE 754, so the results are the same on every machine; and without branches or
//! tables a compiler turns a loop over them into vector instructions. Accuracy: a few units in the last place.

use std::f64::consts::{FRAC_PI_4, LN_2, LOG2_E, SQRT_2};

/// Adding it to a number of less than 2^51 leaves that number, rounded to an integer, in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// 2^52, whose bits hold small integers as they are.
const INTEGERS: f64 = 4_503_599_627_370_496.0;
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
const MANTISSA: u64 = (1 << 52) - 1;
const ONE: u64 = 1023 << 52;

/// At least 0 and below 1, in steps of 2^-52.
#[inline(always)]
pub(crate) fn half_open_unit(bits: u64) -> f64 {
    f64::from_bits(bits >> 12 | ONE) - 1.0
}

/// Above 0 and at most 1, in steps of 2^-52.
#[inline(always)]
pub(crate) fn open_unit(bits: u64) -> f64 {
    2.0 - f64::from_bits(bits >> 12 | ONE)
}

/// The exponential function: reduction to `|r| <= ln 2 / 2`, Taylor's polynomial of degree 13, which is exact to 2^-53 there.
/// Clamped to what is finite and normal.
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    let x = x.clamp(-708.0, 709.0);
    let shifted = x * LOG2_E + ROUNDER;
    let k = shifted - ROUNDER;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    let mut sum = 1.0 / 6_227_020_800.0;
    for reciprocal in [
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        sum = sum * r + reciprocal;
    }
    // The low bits of `shifted` are k; moved to the exponent they multiply by 2^k.
    f64::from_bits(sum.to_bits().wrapping_add(shifted.to_bits() << 52))
}

/// The natural logarithm of a positive, normal number: the series of the inverse hyperbolic tangent,
/// `ln m = 2 (s + s^3/3 + s^5/5 + ...)` with `s = (m - 1) / (m + 1)` and `m` within a factor of `sqrt 2` of 1.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    // Lets the exponent step at sqrt 2 instead of at 2.
    let offset = bits.wrapping_sub(SQRT_2.to_bits() & MANTISSA).wrapping_add(1 << 52);
    let exponent = offset >> 52;
    let m = f64::from_bits(bits.wrapping_sub(exponent << 52).wrapping_add(ONE));
    let k = f64::from_bits(exponent | INTEGERS.to_bits()) - INTEGERS - 1023.0;
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    let mut sum = 1.0 / 21.0;
    for reciprocal in
        [1.0 / 19.0, 1.0 / 17.0, 1.0 / 15.0, 1.0 / 13.0, 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0, 1.0 / 3.0]
    {
        sum = sum * square + reciprocal;
    }
    k * LN_2 + 2.0 * (s + s * square * sum)
}

/// Two independent standard normal numbers: Box and Muller (1958).
///
/// The angle is drawn within an eighth of the circle, where short polynomials reach; three further bits reflect the point
/// into the others.
#[inline(always)]
pub(crate) fn normal_pair(radius: u64, angle: u64) -> (f64, f64) {
    let r = (-2.0 * ln(open_unit(radius))).sqrt();
    let t = half_open_unit(angle) * FRAC_PI_4;
    let square = t * t;
    let mut sine = -1.0 / 1_307_674_368_000.0;
    for coefficient in
        [1.0 / 6_227_020_800.0, -1.0 / 39_916_800.0, 1.0 / 362_880.0, -1.0 / 5_040.0, 1.0 / 120.0, -1.0 / 6.0, 1.0]
    {
        sine = sine * square + coefficient;
    }
    let mut cosine = -1.0 / 87_178_291_200.0;
    for coefficient in [1.0 / 479_001_600.0, -1.0 / 3_628_800.0, 1.0 / 40_320.0, -1.0 / 720.0, 1.0 / 24.0, -0.5, 1.0] {
        cosine = cosine * square + coefficient;
    }
    let (a, b) = ((r * cosine).to_bits(), (r * sine * t).to_bits());
    let swap = 0_u64.wrapping_sub(angle & 1);
    let sign = 1 << 63;
    let first = (a & !swap | b & swap) ^ (angle << 62 & sign);
    let second = (b & !swap | a & swap) ^ (angle << 61 & sign);
    (f64::from_bits(first), f64::from_bits(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_agree_with_the_systems_to_a_few_units_in_the_last_place() {
        for i in 0..200_000 {
            let x = f64::from(i) * 0.007 - 700.0;
            let expected = x.exp();
            assert!((exp(x) - expected).abs() <= 4.0 * f64::EPSILON * expected, "exp {x}");
            let y = (f64::from(i) + 0.5) * 1.37e-5;
            assert!((ln(y) - y.ln()).abs() <= 4.0 * f64::EPSILON * y.ln().abs().max(1e-3), "ln {y}");
        }
        for y in [f64::MIN_POSITIVE, 1e-300, 0.5, 1.0, 2.0, 1e300, f64::MAX] {
            assert!((ln(y) - y.ln()).abs() <= 4.0 * f64::EPSILON * y.ln().abs(), "ln {y}");
        }
    }

    #[test]
    fn units_reach_one_end_and_not_the_other() {
        assert_eq!([half_open_unit(0), open_unit(u64::MAX)], [0.0, f64::EPSILON]);
        assert_eq!([half_open_unit(u64::MAX), open_unit(0)], [1.0 - f64::EPSILON, 1.0]);
    }

    #[test]
    fn a_pair_lies_on_the_circle_of_its_radius_in_the_octant_of_its_bits() {
        for low in 0..8_u64 {
            let (x, y) = normal_pair(1 << 60, (1 << 61) | low);
            let radius = (-2.0 * open_unit(1 << 60).ln()).sqrt();
            let t = half_open_unit(1 << 61) * FRAC_PI_4;
            let (a, b) = if low & 1 == 0 { (t.cos(), t.sin()) } else { (t.sin(), t.cos()) };
            let expected_x = radius * a * if low & 2 == 0 { 1.0 } else { -1.0 };
            let expected_y = radius * b * if low & 4 == 0 { 1.0 } else { -1.0 };
            assert!((x - expected_x).abs() < 1e-15 && (y - expected_y).abs() < 1e-15, "{low}");
        }
    }
}
