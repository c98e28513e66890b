//! How many loss events a year has.
//!
//! A frequency that is drawn once per year and a Poisson count under it make one distribution of counts (a mixed Poisson
//! distribution). Its probabilities are found by quadrature, so that drawing a count costs one random number however
//! many inputs the frequency has.

use fearless_simd::{Level, dispatch};

use super::range::Range;
use crate::special::poisson_mass;

/// Counts above it are taken for it; with at most 10,000 events per year on average that is hardly ever.
const MOST: usize = 1 << 20;

/// The probabilities of 0, 1, 2, ... events in a year whose frequency is the product of independent factors.
pub(crate) fn count_masses(factors: &[Range]) -> Vec<f64> {
    let random = factors.iter().filter(|it| !matches!(it, Range::Constant(_))).count();
    let fineness = match random {
        0 | 1 => 100,
        2 => 50,
        _ => 18,
    };
    let mut rates = vec![(1.0, 1.0)];
    for factor in factors {
        let nodes = factor.nodes(fineness);
        rates = rates
            .iter()
            .flat_map(|(rate, weight)| nodes.iter().map(move |it| (rate * it.value, weight * it.weight)))
            .filter(|(_, weight)| *weight > 1e-16)
            .collect();
    }
    let mut masses = Vec::new();
    for (rate, weight) in rates {
        add_poisson(&mut masses, rate, weight);
    }
    let sum = masses.iter().sum::<f64>();
    for it in &mut masses {
        *it /= sum;
    }
    while masses.last().is_some_and(|it| *it < 1e-20) {
        masses.pop();
    }
    masses
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count between 0 and MOST")]
fn add_poisson(masses: &mut Vec<f64>, rate: f64, weight: f64) {
    let centre = rate.floor().min(MOST as f64) as usize;
    let mut add = |count: usize, mass: f64| {
        if masses.len() <= count {
            masses.resize(count + 1, 0.0);
        }
        masses[count] += mass * weight;
    };
    if centre == MOST {
        return add(MOST, 1.0);
    }
    let middle = poisson_mass(centre as f64, rate);
    let mut mass = middle;
    for count in (0..=centre).rev() {
        add(count, mass);
        mass *= count as f64 / rate;
        if mass < 1e-20 {
            break;
        }
    }
    let mut mass = middle;
    for count in centre + 1..=MOST {
        mass *= rate / count as f64;
        if mass < 1e-20 {
            break;
        }
        add(count, mass);
    }
}

/// Turns 64 random bits into a count: inversion by a guide table (Chen and Asau, 1974) over the whole 64 bits.
pub(crate) struct CountTable {
    /// A count is above `n` when the bits reach `limits[n]`.
    limits: Vec<u64>,
    /// The first limits; the greatest number where there are fewer, which no bits but all ones reach.
    first: [u64; FEW],
    /// Whether hardly any count reaches [`FEW`].
    few: bool,
    /// For the upper bits: the count at their beginning.
    guide: Box<[u32; GUIDES]>,
}

/// Counts below it are found by comparing with every limit, many years at once.
pub(crate) const FEW: usize = 4;

const GUIDE_BITS: u32 = 11;
const GUIDES: usize = 1 << GUIDE_BITS;

impl CountTable {
    pub(crate) fn of(masses: &[f64]) -> Self {
        let mut below = 0.0;
        let mut limits = Vec::with_capacity(masses.len());
        for mass in masses {
            below += mass;
            if below >= 1.0 {
                break;
            }
            limits.push(share_of_bits(below));
        }
        let mut guide = Box::new([0; GUIDES]);
        let mut count = 0_usize;
        for (at, guide) in guide.iter_mut().enumerate() {
            let bits = (at as u64) << (64 - GUIDE_BITS);
            while limits.get(count).is_some_and(|limit| bits >= *limit) {
                count += 1;
            }
            *guide = u32::try_from(count).unwrap_or(u32::MAX);
        }
        let first = std::array::from_fn(|at| limits.get(at).copied().unwrap_or(u64::MAX));
        Self { few: first[FEW - 1] >= share_of_bits(0.99), first, limits, guide }
    }

    /// The counts that so many random bits give.
    pub(crate) fn counts(&self, bits: &[u64], to: &mut [u32]) {
        if !self.few {
            return to.iter_mut().zip(bits).for_each(|(to, bits)| *to = self.count(*bits));
        }
        dispatch!(Level::new(), _ => self.few_counts(bits, to));
    }

    /// Compares with the first limits only; where a count reaches [`FEW`], it is looked up.
    #[inline(always)]
    fn few_counts(&self, bits: &[u64], to: &mut [u32]) {
        for (to, bits) in to.chunks_mut(64).zip(bits.chunks(64)) {
            let mut most = 0;
            for (to, bits) in to.iter_mut().zip(bits) {
                *to = self.first.iter().map(|limit| u32::from(bits >= limit)).sum();
                most = most.max(*to);
            }
            if most as usize >= FEW {
                to.iter_mut().zip(bits).for_each(|(to, bits)| *to = self.count(*bits));
            }
        }
    }

    #[inline]
    pub(crate) fn count(&self, bits: u64) -> u32 {
        let mut count = self.guide[(bits >> (64 - GUIDE_BITS)) as usize];
        while self.limits.get(count as usize).is_some_and(|limit| bits >= *limit) {
            count += 1;
        }
        count
    }
}

/// A share of all 64-bit numbers.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the product is within 0 and 2^64, where casts saturate"
)]
pub(crate) fn share_of_bits(share: f64) -> u64 {
    (share * 18_446_744_073_709_551_616.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::kummer;

    #[test]
    fn counts_under_known_mixtures_have_their_known_probabilities() {
        let fixed = count_masses(&[Range::Constant(0.5)]);
        for (count, mass) in (0..8).zip(&fixed) {
            assert!((mass - poisson_mass(f64::from(count), 0.5)).abs() < 1e-15);
        }
        // Gamma mixtures are negative binomial: here geometric.
        let geometric = count_masses(&[Range::Exponential { mean: 2.0 }]);
        for (count, mass) in (0..8).zip(&geometric) {
            assert!((mass - (2.0_f64 / 3.0).powi(count) / 3.0).abs() < 1e-9, "{count}: {mass}");
        }
        let pert = count_masses(&[Range::pert(0.2, 0.6, 1.5)]);
        let none = (-0.2_f64).exp() * kummer(2.230_769_230_769_231, 6.0, -1.3);
        assert!((pert[0] - none).abs() < 1e-12);
    }

    #[test]
    fn means_of_counts_are_the_means_of_their_frequencies() {
        let share = Range::Uniform { low: 0.2, high: 0.4 };
        for factors in [
            vec![Range::Constant(0.0)],
            vec![Range::Constant(9_000.0)],
            vec![Range::LogNormal { low: 0.1, high: 20.0 }],
            vec![Range::pert(10.0, 20.0, 60.0), share],
            vec![Range::pert(10.0, 20.0, 60.0), share, Range::pert(0.0, 0.5, 1.0)],
        ] {
            let mean = count_masses(&factors).iter().enumerate().map(|(count, mass)| count as f64 * mass).sum::<f64>();
            let expected = factors.iter().map(Range::mean).product::<f64>();
            assert!((mean - expected).abs() <= 2e-6 * expected, "{factors:?}: {mean} is not {expected}");
        }
    }

    #[test]
    fn the_table_gives_each_count_its_share_of_the_bits() {
        let masses = count_masses(&[Range::Constant(3.0)]);
        let table = CountTable::of(&masses);
        let mut below = 0.0;
        for (count, mass) in (0..20_u32).zip(&masses) {
            let (first, last) = (share_of_bits(below), share_of_bits(below + mass));
            assert_eq!((table.count(first), table.count(last - 1)), (count, count));
            below += mass;
        }
        assert!(table.count(u64::MAX) >= 20);
        assert_eq!(CountTable::of(&count_masses(&[Range::Constant(0.0)])).count(u64::MAX), 0);
    }
}
