//! Enough order among many losses to answer some questions exactly, without sorting them.
//!
//! Losses are counted and added up by bins whose bounds are their leading bits. Only the few bins in which an answer lies
//! are looked at one by one, and only those that hold a wanted rank are sorted.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f64x8};
use rayon::prelude::*;

use super::simulate::BLOCK;

/// Bins per octave are 2^7: each is narrower than 0.8 %.
const SHIFT: u32 = 45;
/// From 2^-8 to 2^56; what lies outside is counted in the outer bins.
const FIRST: u64 = (1023 - 8) << (52 - SHIFT);
const BINS: usize = 64 << (52 - SHIFT);
/// Years per piece.
const PIECE: usize = BLOCK << 2;

#[inline(always)]
fn bin_of(loss: f64) -> usize {
    (loss.to_bits() >> SHIFT).saturating_sub(FIRST).min(BINS as u64 - 1) as usize
}

/// Losses above 0 in pieces, with what was found while counting them.
pub(crate) struct Sorting {
    pieces: Vec<Vec<f64>>,
    zeros: u64,
    /// How many losses each bin holds, and their sum.
    counts: Vec<u64>,
    sums: Vec<f64>,
    /// Sums of the first three powers.
    pub powers: [f64; 3],
    /// The least loss above 0; infinite if there is none.
    pub least: f64,
    /// The greatest loss.
    pub greatest: f64,
}

/// What one piece of the years says, and its losses above 0 in their order.
struct Piece {
    positive: Vec<f64>,
    bins: Vec<(u32, f64)>,
    powers: [f64; 3],
    least: f64,
    greatest: f64,
}

impl Piece {
    fn of(years: &[f64]) -> Self {
        let positive = dispatch!(Level::new(), simd => positive(simd, years));
        let (powers, least, greatest) = dispatch!(Level::new(), _ => sums(&positive));
        let mut bins = vec![(0, 0.0); BINS];
        for it in &positive {
            let bin = &mut bins[bin_of(*it)];
            bin.0 += 1;
            bin.1 += it;
        }
        Self { positive, bins, powers, least, greatest }
    }
}

/// The losses above 0, in their order.
#[inline(always)]
fn positive<S: Simd>(simd: S, years: &[f64]) -> Vec<f64> {
    const ROOM: usize = 1024;
    let mut buffer = [0.0; ROOM + 8];
    let mut found = Vec::with_capacity(years.len());
    for years in years.chunks(ROOM) {
        let (eights, rest) = years.as_chunks::<8>();
        let mut count = 0;
        for eight in eights {
            let losses = f64x8::simd_from(simd, *eight);
            let wanted = losses.simd_gt(f64x8::splat(simd, 0.0));
            losses.compress(wanted).store_slice(&mut buffer[count..count + 8]);
            count += wanted.to_bitmask().count_ones() as usize;
        }
        for loss in rest {
            buffer[count] = *loss;
            count += usize::from(*loss > 0.0);
        }
        found.extend_from_slice(&buffer[..count]);
    }
    found
}

/// Sums of the first three powers, the least and the greatest, in eight columns, so that vectors of any width add alike.
#[inline(always)]
fn sums(losses: &[f64]) -> ([f64; 3], f64, f64) {
    let (mut first, mut second, mut third) = ([0.0; 8], [0.0; 8], [0.0; 8]);
    let (mut least, mut greatest) = ([f64::INFINITY; 8], [0.0_f64; 8]);
    let (eights, rest) = losses.as_chunks::<8>();
    for eight in eights {
        for i in 0..8 {
            let x = eight[i];
            first[i] += x;
            second[i] += x * x;
            third[i] += x * x * x;
            greatest[i] = if x > greatest[i] { x } else { greatest[i] };
            least[i] = if x < least[i] { x } else { least[i] };
        }
    }
    for (i, x) in rest.iter().copied().enumerate() {
        first[i] += x;
        second[i] += x * x;
        third[i] += x * x * x;
        greatest[i] = greatest[i].max(x);
        least[i] = least[i].min(x);
    }
    (
        [first, second, third].map(|it| it.iter().sum()),
        least.into_iter().fold(f64::INFINITY, f64::min),
        greatest.into_iter().fold(0.0, f64::max),
    )
}

/// The losses that are wanted, in their order. They are first written into a small buffer, wanted or not: a processor guesses
/// wrong as often as not which are.
fn select(losses: &[f64], wanted: impl Fn(f64) -> bool) -> Vec<f64> {
    const ROOM: usize = 1024;
    let mut buffer = [0.0; ROOM];
    let mut selected = Vec::new();
    for losses in losses.chunks(ROOM) {
        let mut count = 0;
        for loss in losses {
            buffer[count] = *loss;
            count += usize::from(wanted(*loss));
        }
        selected.extend_from_slice(&buffer[..count]);
    }
    selected
}

impl Sorting {
    pub(crate) fn of(years: &[f64]) -> Self {
        let pieces = years.par_chunks(PIECE).map(Piece::of).collect::<Vec<_>>();
        let positive = pieces.iter().map(|it| it.positive.len()).sum::<usize>();
        let mut all = Self {
            pieces: Vec::with_capacity(pieces.len()),
            zeros: (years.len() - positive) as u64,
            counts: vec![0; BINS],
            sums: vec![0.0; BINS],
            powers: [0.0; 3],
            least: f64::INFINITY,
            greatest: 0.0,
        };
        for piece in pieces {
            for ((count, sum), bin) in all.counts.iter_mut().zip(&mut all.sums).zip(&piece.bins) {
                *count += u64::from(bin.0);
                *sum += bin.1;
            }
            all.powers.iter_mut().zip(piece.powers).for_each(|(sum, power)| *sum += power);
            all.least = all.least.min(piece.least);
            all.greatest = all.greatest.max(piece.greatest);
            all.pieces.push(piece.positive);
        }
        all
    }

    /// Years without a loss.
    pub(crate) fn zeros(&self) -> u64 {
        self.zeros
    }

    /// The order in which losses of these ranks, and those next to these losses, can be found. Ranks count from 0 and
    /// include the years without a loss.
    pub(crate) fn order(self, ranks: &[u64], losses: &[f64]) -> Order {
        let mut before = Vec::with_capacity(BINS + 1);
        let mut sum = 0;
        for count in &self.counts {
            before.push(sum);
            sum += count;
        }
        before.push(sum);
        let mut above = vec![0.0; BINS + 1];
        for bin in (0..BINS).rev() {
            above[bin] = above[bin + 1] + self.sums[bin];
        }
        let mut order =
            Order { zeros: self.zeros, total: self.zeros + sum, before, above, start: Vec::new(), kept: Vec::new() };
        let mut marked = vec![false; BINS];
        let mut ranked = std::collections::BTreeSet::new();
        for rank in ranks.iter().filter_map(|it| it.checked_sub(self.zeros)) {
            let bin = order.bin_at(rank);
            marked[bin] = true;
            ranked.insert(bin);
        }
        for it in losses {
            marked[bin_of(*it)] = true;
        }
        let mut length = 0;
        for (marked, count) in marked.iter().zip(&self.counts) {
            order.start.push(length);
            length += if *marked { usize::try_from(*count).unwrap_or_default() } else { 0 };
        }
        let found = self.pieces.par_iter().map(|losses| select(losses, |it| marked[bin_of(it)])).collect::<Vec<_>>();
        order.kept = vec![0.0; length];
        let mut next = order.start.clone();
        for loss in found.iter().flatten() {
            let place = &mut next[bin_of(*loss)];
            order.kept[*place] = *loss;
            *place += 1;
        }
        for bin in ranked {
            let places = order.places(bin);
            order.kept[places].par_sort_unstable_by(f64::total_cmp);
        }
        order
    }
}

/// Losses in order, as far as they were asked for.
pub(crate) struct Order {
    zeros: u64,
    total: u64,
    /// Positive losses before each bin.
    before: Vec<u64>,
    /// The sum of the losses from each bin on.
    above: Vec<f64>,
    /// Where each marked bin's losses begin in `kept`.
    start: Vec<usize>,
    /// The losses of marked bins, bin by bin, sorted where a rank was wanted.
    kept: Vec<f64>,
}

impl Order {
    /// The bin of the positive loss of that rank, from 0.
    fn bin_at(&self, rank: u64) -> usize {
        (self.before.partition_point(|it| *it <= rank) - 1).min(BINS - 1)
    }

    /// Where a marked bin's losses are kept.
    fn places(&self, bin: usize) -> std::ops::Range<usize> {
        let count = usize::try_from(self.before[bin + 1] - self.before[bin]).unwrap_or_default();
        self.start[bin]..self.start[bin] + count
    }

    /// The loss of a wanted rank.
    pub(crate) fn at(&self, rank: u64) -> f64 {
        let Some(rank) = rank.checked_sub(self.zeros) else { return 0.0 };
        let bin = self.bin_at(rank);
        let within = usize::try_from(rank - self.before[bin]).unwrap_or_default();
        self.kept.get(self.start[bin] + within).copied().unwrap_or_default()
    }

    /// How many losses are greater, and their sum. What lies beside it must have been wanted.
    pub(crate) fn above(&self, x: f64) -> (u64, f64) {
        if x < 0.0 {
            return (self.total, self.above[0]);
        }
        let bin = bin_of(x);
        let (mut count, mut sum) = (self.total - self.zeros - self.before[bin + 1], self.above[bin + 1]);
        // No loss lies between the two from which a percentile is interpolated: an unmarked bin is empty.
        for it in self.kept[self.places(bin)].iter().filter(|it| **it > x) {
            count += 1;
            sum += it;
        }
        (count, sum)
    }
}
