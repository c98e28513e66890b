//! Random numbers: eight interleaved streams of xoshiro256++ that never meet.
//!
//! Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021), with their jumps of 2^128 and 2^192
//! steps: the eight lanes lie 2^192 steps apart, the blocks of a simulation 2^128. The state is filled from the seed
//! by `SplitMix64`, as the authors advise. A generator of our own because eight lanes side by side fill a vector
//! register; each lane is compared with another's implementation in the tests.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u64x8};

/// Number of lanes.
pub(crate) const LANES: usize = 8;

const JUMP_128: [u64; 4] = [0x180e_c6d3_3cfd_0aba, 0xd5a6_1266_f0c9_392c, 0xa958_2618_e03f_c9aa, 0x39ab_dc45_29b1_661c];
const JUMP_192: [u64; 4] = [0x76e1_5d3e_fefd_cbbf, 0xc500_4e44_1c52_2fb3, 0x7771_0069_854e_e241, 0x3910_9bb0_2acb_e635];

/// The next number of the well-known mixing generator, also used to derive seeds from names.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Derives the seed of one of several purposes from a run's seed: unlike purposes get unlike seeds.
pub(crate) fn seed_for(seed: u64, stream: u64, purpose: u64) -> u64 {
    let mut state = seed;
    let first = split_mix(&mut state);
    state = first ^ stream;
    let second = split_mix(&mut state);
    state = second ^ purpose;
    split_mix(&mut state)
}

/// Eight generators, word by word side by side.
#[derive(Debug, Clone)]
pub(crate) struct Lanes {
    state: [[u64; LANES]; 4],
}

impl Lanes {
    pub(crate) fn seeded(seed: u64) -> Self {
        let mut mixer = seed;
        let words = [0; 4].map(|_: u64| split_mix(&mut mixer));
        let mut lane = Self { state: words.map(|word| [word; LANES]) };
        let mut state = [[0; LANES]; 4];
        for at in 0..LANES {
            state.iter_mut().zip(&lane.state).for_each(|(to, from)| to[at] = from[0]);
            lane.jump(&JUMP_192);
        }
        Self { state }
    }

    /// Stands for a stream that nothing is drawn from.
    pub(crate) fn unused() -> Self {
        Self { state: [[0; LANES]; 4] }
    }

    /// The starts of so many blocks, each 2^128 steps after the one before.
    pub(crate) fn blocks(seed: u64, count: usize) -> Vec<Self> {
        let mut lanes = Self::seeded(seed);
        let mut blocks = Vec::with_capacity(count);
        for _ in 0..count {
            blocks.push(lanes.clone());
            lanes.jump(&JUMP_128);
        }
        blocks
    }

    fn jump(&mut self, polynomial: &[u64; 4]) {
        dispatch!(Level::new(), simd => self.jump_inlined(simd, polynomial));
    }

    #[inline(always)]
    fn jump_inlined<S: Simd>(&mut self, simd: S, polynomial: &[u64; 4]) {
        let mut sum = [u64x8::splat(simd, 0); 4];
        let mut state = self.state.map(|word| u64x8::simd_from(simd, word));
        for bit in 0..256_usize {
            let mask = 0_u64.wrapping_sub((polynomial[bit / 64] >> (bit % 64)) & 1);
            for (sum, word) in sum.iter_mut().zip(&state) {
                *sum ^= *word & u64x8::splat(simd, mask);
            }
            step(&mut state);
        }
        self.state = sum.map(Into::into);
    }

    /// Fills a slice whose length is a multiple of [`LANES`].
    pub(crate) fn fill(&mut self, to: &mut [u64]) {
        dispatch!(Level::new(), simd => self.fill_inlined(simd, to));
    }

    #[inline(always)]
    fn fill_inlined<S: Simd>(&mut self, simd: S, to: &mut [u64]) {
        let mut state = self.state.map(|word| u64x8::simd_from(simd, word));
        for eight in to.as_chunks_mut::<LANES>().0 {
            step(&mut state).store_slice(eight);
        }
        self.state = state.map(Into::into);
    }
}

/// One number from each lane. Written with vectors, because no compiler finds them in the loop over the lanes.
#[inline(always)]
fn step<S: Simd>(state: &mut [u64x8<S>; 4]) -> u64x8<S> {
    let [s0, s1, s2, s3] = state;
    let out = turned::<23, 41, S>(*s0 + *s3) + *s0;
    let t = *s1 << 17;
    *s2 ^= *s0;
    *s3 ^= *s1;
    *s1 ^= *s2;
    *s0 ^= *s3;
    *s2 ^= t;
    *s3 = turned::<45, 19, S>(*s3);
    out
}

/// Turned to the left by so many bits, which are 64 with those to the right.
#[inline(always)]
fn turned<const LEFT: u32, const RIGHT: u32, S: Simd>(word: u64x8<S>) -> u64x8<S> {
    const { assert!(LEFT + RIGHT == 64, "all bits stay") };
    word << LEFT | word >> RIGHT
}

/// Numbers one at a time, for what cannot be drawn many at once.
#[derive(Debug, Clone)]
pub(crate) struct Single {
    lanes: Lanes,
    stock: [u64; 256],
    next: usize,
}

impl Single {
    pub(crate) fn new(lanes: Lanes) -> Self {
        Self { lanes, stock: [0; 256], next: 256 }
    }

    pub(crate) fn bits(&mut self) -> u64 {
        if self.next == self.stock.len() {
            self.lanes.fill(&mut self.stock);
            self.next = 0;
        }
        self.next += 1;
        self.stock[self.next - 1]
    }

    /// Above 0 and at most 1.
    pub(crate) fn unit(&mut self) -> f64 {
        super::vector::open_unit(self.bits())
    }

    /// Standard normal.
    pub(crate) fn normal(&mut self) -> f64 {
        super::vector::normal_pair(self.bits(), self.bits()).0
    }

    /// Gamma with that shape and scale 1: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = libm::exp(libm::log(self.unit()) / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = 1.0 + c * x;
            if v <= 0.0 {
                continue;
            }
            let v = v * v * v;
            let u = self.unit();
            let square = x * x;
            if u < 1.0 - 0.0331 * square * square
                || super::vector::ln(u) < 0.5 * square + d * (1.0 - v + super::vector::ln(v))
            {
                return d * v;
            }
        }
    }

    /// Poisson count with that mean: inversion by sequential search while small, else the transformed rejection `PTRS` of
    /// Hörmann, "The transformed rejection method for generating Poisson random variables" (1993).
    pub(crate) fn poisson(&mut self, mean: f64) -> f64 {
        if mean < 16.0 {
            let mut count = 0.0;
            let mut mass = super::vector::exp(-mean);
            let mut left = 1.0 - self.unit();
            while left >= mass && count < 200.0 {
                left -= mass;
                count += 1.0;
                mass *= mean / count;
            }
            return count;
        }
        let b = 0.931 + 2.53 * mean.sqrt();
        let a = -0.059 + 0.024_83 * b;
        let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
        let edge = 0.9277 - 3.6224 / (b - 2.0);
        loop {
            let u = self.unit() - 0.5;
            let v = self.unit();
            let us = 0.5 - u.abs();
            let k = ((2.0 * a / us + b) * u + mean + 0.43).floor();
            if us >= 0.07 && v <= edge {
                return k;
            }
            if k < 0.0 || us <= 0.0 || (us < 0.013 && v > us) {
                continue;
            }
            let accepted = libm::log(v * inverse_alpha / (a / (us * us) + b));
            if accepted <= k * libm::log(mean) - mean - libm::lgamma(k + 1.0) {
                return k;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_xoshiro::Xoshiro256PlusPlus;
    use rand_xoshiro::rand_core::{Rng, SeedableRng};

    #[test]
    fn each_lane_and_block_agrees_with_another_implementation() {
        let blocks = Lanes::blocks(42, 3);
        let mut lane = Xoshiro256PlusPlus::seed_from_u64(42);
        for at in 0..LANES {
            let mut block = lane.clone();
            for ours in &blocks {
                let mut ours = ours.clone();
                let mut theirs = block.clone();
                let mut filled = [0; 40];
                ours.fill(&mut filled);
                assert_eq!(filled[at], theirs.next_u64());
                let later = filled.iter().skip(at + LANES).step_by(LANES);
                assert!(later.copied().eq((1..5).map(|_| theirs.next_u64())), "lane {at}");
                block.jump();
            }
            lane.long_jump();
        }
    }

    #[test]
    fn unlike_purposes_get_unlike_seeds() {
        let seeds = [(1, 2, 3), (1, 3, 2), (2, 1, 3), (3, 2, 1), (1, 2, 4)].map(|(a, b, c)| seed_for(a, b, c));
        let distinct = seeds.iter().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(distinct.len(), seeds.len());
    }

    /// Mean and variance of many draws, and how far they may lie from what is expected (four standard errors).
    fn agrees(draw: impl FnMut() -> f64, mean: f64, variance: f64, kurtosis: f64) {
        let n = 400_000;
        let draws = std::iter::repeat_with(draw).take(n).collect::<Vec<_>>();
        let found = draws.iter().sum::<f64>() / n as f64;
        assert!((found - mean).abs() < 4.0 * (variance / n as f64).sqrt(), "mean {found} is not {mean}");
        let spread = draws.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / n as f64;
        let error = variance * ((kurtosis - 1.0) / n as f64).sqrt();
        assert!((spread - variance).abs() < 4.0 * error, "variance {spread} is not {variance}");
    }

    #[test]
    fn single_draws_have_the_mean_and_variance_they_should() {
        let mut single = Single::new(Lanes::seeded(7));
        agrees(|| single.unit(), 0.5, 1.0 / 12.0, 1.8);
        agrees(|| single.normal(), 0.0, 1.0, 3.0);
        for shape in [0.3, 1.0, 4.5] {
            agrees(|| single.gamma(shape), shape, shape, 3.0 + 6.0 / shape);
        }
        for mean in [0.4, 3.0, 15.9, 16.1, 40.0, 1000.0] {
            agrees(|| single.poisson(mean), mean, mean, 3.0 + 1.0 / mean);
        }
    }
}
