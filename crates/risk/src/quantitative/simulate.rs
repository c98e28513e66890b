//! Simulated years: counts, losses and their yearly sums, block by block.
//!
//! A block is [`BLOCK`] years with random streams of its own; blocks are spread over the threads of the surrounding rayon
//! pool, and what a block draws depends on nothing else, so the bits are the same on any number of threads. Controls are
//! applied to the events of one and the same run (common random numbers): an event is stopped when a number drawn for it
//! falls below the control's share (thinning of a Poisson process), so that no year gets worse by a better control.

use rayon::prelude::*;

use super::count::{CountTable, count_masses, share_of_bits};
use super::draw::{Draw, STRIDE};
use super::scenario::{Cover, Effect, Scenario};
use super::stream::{Lanes, Single, seed_for};
use super::summary::Losses;
use super::vector::half_open_unit;
use crate::flaw::{Flaw, Flaws, Reason, RunError};

/// Names the numbers that are drawn. It rises with every change of them, so that a stored result says how it came about: the
/// same generator, seed, years and inputs give the same bits on every machine.
pub const GENERATOR: u32 = 1;
/// Years per block.
pub const BLOCK: usize = 1 << 14;
/// The greatest number of years of one run: 80 MB of results.
pub const MOST_YEARS: usize = 10_000_000;
/// The greatest expected number of draws of one run, a minute or two.
pub const MOST_WORK: f64 = 5e9;

/// Events that are drawn at once.
const EVENTS: usize = 1 << 12;

/// How to simulate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The number of years.
    pub years: usize,
    /// The seed; the same seed and inputs give the same bits.
    pub seed: u64,
}

/// Asked before every block; answering `true` stops the run.
pub type Cancel<'a> = dyn Fn() -> bool + Sync + 'a;

/// Never stops a run.
pub fn never() -> bool {
    false
}

impl Run {
    /// 100,000 years, enough for a first look.
    pub fn quick(seed: u64) -> Self {
        Self { years: 100_000, seed }
    }

    /// Everything that is wrong with it for scenarios with so many events per year altogether.
    pub fn flaws(&self, scenarios: usize, events: f64) -> Vec<Flaw> {
        let mut flaws = Flaws::of("");
        if flaws.within("years", self.years as f64, 1.0, MOST_YEARS as f64) {
            let work = self.years as f64 * (scenarios as f64 + events);
            if work > MOST_WORK {
                flaws.note("years", Reason::TooMuchWork { work, most: MOST_WORK });
            }
        }
        flaws.into_vec()
    }
}

/// Simulates years of one scenario.
pub fn simulate(scenario: &Scenario, run: Run, cancel: &Cancel) -> Result<Losses, RunError> {
    let mut variants = simulate_treated(scenario, &[Effect::default()], run, cancel)?;
    variants.pop().ok_or(RunError::Cancelled)
}

/// Simulates the same years under each of several effects of controls, with the same events.
///
/// Without an effect the losses are those of [`simulate`], bit by bit. Insurance applies to what remains of each loss.
pub fn simulate_treated(
    scenario: &Scenario,
    effects: &[Effect],
    run: Run,
    cancel: &Cancel,
) -> Result<Vec<Losses>, RunError> {
    let mut flaws = scenario.flaws("scenario");
    for (at, effect) in effects.iter().enumerate() {
        flaws.extend(effect.flaws(&format!("effects[{at}]")));
    }
    if flaws.is_empty() {
        flaws = run.flaws(effects.len().max(1), scenario.mean_frequency());
    }
    if !flaws.is_empty() {
        return Err(RunError::Flaws(flaws));
    }
    let mut results = vec![Vec::new(); effects.len()];
    Kernel::of(scenario, effects).run(run, None, &mut results, cancel)?;
    Ok(results.into_iter().map(Losses::of).collect())
}

/// A scenario prepared for drawing.
pub(crate) struct Kernel {
    stream: u64,
    counts: CountTable,
    /// Used instead of the table when a common cause moves the frequency from year to year.
    factors: Vec<Draw>,
    primary: Vec<Draw>,
    /// With the number below which 64 random bits mean that the loss occurs.
    secondary: Vec<(u64, Draw)>,
    cover: Option<Cover>,
    effects: Vec<Effect>,
    plain: bool,
}

/// Buffers of one thread.
struct Buffers {
    counts: Vec<u32>,
    bits: Vec<u64>,
    year_of: Vec<u32>,
    hits: Vec<u32>,
    sizes: Vec<f64>,
    part: Vec<f64>,
    luck: Vec<u64>,
    rates: Vec<f64>,
    other: Vec<f64>,
}

impl Buffers {
    fn new() -> Self {
        let room = EVENTS + STRIDE;
        Self {
            counts: vec![0; BLOCK],
            bits: vec![0; room.max(BLOCK)],
            year_of: vec![0; room],
            hits: vec![0; room],
            sizes: vec![0.0; room],
            part: vec![0.0; room],
            luck: vec![0; room],
            rates: Vec::new(),
            other: Vec::new(),
        }
    }
}

/// The years of the events of four years with at most two events each, by their counts.
struct Fours {
    /// How many years ahead each event is; what follows the last one is of no matter.
    spread: [[u32; 8]; 256],
    /// How many events there are; none where a year has three.
    length: [Option<u8>; 256],
}

static FOURS: Fours = Fours::all();

impl Fours {
    const fn all() -> Self {
        let mut all = Self { spread: [[0; 8]; 256], length: [None; 256] };
        let mut code = 0;
        while code < 256 {
            let (mut year, mut events) = (0, 0);
            let mut few = true;
            while year < 4 {
                let count = (code >> (2 * year)) & 3;
                few = few && count < 3;
                let mut event = 0;
                while event < count && few {
                    all.spread[code][events as usize] = year;
                    events += 1;
                    event += 1;
                }
                year += 1;
            }
            if few {
                all.length[code] = Some(events);
            }
            code += 1;
        }
        all
    }

    #[inline(always)]
    fn of(&self, [a, b, c, d]: [u32; 4]) -> Option<(&[u32; 8], usize)> {
        if (a | b | c | d) > 3 {
            return None;
        }
        let code = (a | b << 2 | c << 4 | d << 6) as usize & 255;
        Some((&self.spread[code], usize::from(self.length[code]?)))
    }
}

/// The random streams of one block.
struct Streams {
    main: Lanes,
    single: Single,
    luck: Lanes,
}

impl Kernel {
    /// The caller has checked that there are no flaws.
    pub(crate) fn of(scenario: &Scenario, effects: &[Effect]) -> Self {
        let factors = scenario.frequency.factors();
        Self {
            stream: scenario.stream,
            counts: CountTable::of(&count_masses(&factors)),
            factors: factors.iter().map(Draw::of).collect(),
            primary: scenario.primary.iter().map(Draw::of).collect(),
            secondary: scenario
                .secondary
                .iter()
                .map(|it| (share_of_bits(it.probability), Draw::of(&it.loss)))
                .collect(),
            cover: scenario.cover,
            effects: effects.to_vec(),
            plain: effects == [Effect::default()],
        }
    }

    /// Fills one list of yearly losses per effect; `common` multiplies the frequency of each year.
    pub(crate) fn run(
        &self,
        run: Run,
        common: Option<&[f64]>,
        results: &mut [Vec<f64>],
        cancel: &Cancel,
    ) -> Result<(), RunError> {
        let blocks = run.years.div_ceil(BLOCK);
        let takes = |draw: &Draw| draw.takes_single();
        let single =
            common.is_some() || self.primary.iter().any(takes) || self.secondary.iter().any(|(_, draw)| takes(draw));
        // Jumping ahead takes longer than one might think: only streams that are drawn from are prepared.
        let streams = [(0, true), (1, single), (2, !self.plain)].map(|(purpose, needed)| {
            let seed = seed_for(run.seed, self.stream, purpose);
            if needed { Lanes::blocks(seed, blocks) } else { vec![Lanes::unused(); blocks] }
        });
        let used_again = results.iter().any(|it| it.len() == run.years);
        let mut parts = std::iter::repeat_with(Vec::new).take(blocks).collect::<Vec<_>>();
        for result in results.iter_mut() {
            // A fresh list costs nothing to fill with zeros, one used again is emptied block by block.
            if result.len() != run.years {
                *result = vec![0.0; run.years];
            }
            parts.iter_mut().zip(result.chunks_mut(BLOCK)).for_each(|(parts, part)| parts.push(part));
        }
        parts.into_par_iter().enumerate().try_for_each_init(Buffers::new, |buffers, (block, mut parts)| {
            if cancel() {
                return Err(RunError::Cancelled);
            }
            let [main, single, luck] = [0, 1, 2].map(|purpose: usize| streams[purpose][block].clone());
            let mut streams = Streams { main, single: Single::new(single), luck };
            let common = common.map(|it| &it[block * BLOCK..]);
            if used_again {
                for it in &mut parts {
                    it.fill(0.0);
                }
            }
            self.block(buffers, &mut streams, common, &mut parts);
            Ok(())
        })
    }

    fn block(&self, buffers: &mut Buffers, streams: &mut Streams, common: Option<&[f64]>, results: &mut [&mut [f64]]) {
        let years = results.first().map_or(0, |it| it.len());
        let mut counts = std::mem::take(&mut buffers.counts);
        if let Some(common) = common {
            self.draw_counts(buffers, streams, common, &mut counts[..years]);
        } else {
            streams.main.fill(&mut buffers.bits[..BLOCK]);
            self.counts.counts(&buffers.bits[..years], &mut counts[..years]);
        }
        let mut year_of = std::mem::take(&mut buffers.year_of);
        let (mut events, mut year) = (0, 0);
        while year < years {
            // Four years at once, whose few events have room: a guess that fails costs more than writing too many.
            if let Some(four) = counts[..years].get(year..).and_then(|it| it.first_chunk::<4>())
                && events + 8 <= EVENTS
                && let Some((spread, length)) = FOURS.of(*four)
                && let Some(to) = year_of.get_mut(events..events + 8)
            {
                to.iter_mut().zip(spread).for_each(|(to, ahead)| *to = place(year) + ahead);
                (events, year) = (events + length, year + 4);
            } else {
                for _ in 0..counts[year] {
                    year_of[events] = place(year);
                    events += 1;
                    if events >= EVENTS && counts[year] > 2 {
                        self.events(buffers, streams, &year_of[..events], results);
                        events = 0;
                    }
                }
                year += 1;
            }
            if events >= EVENTS {
                self.events(buffers, streams, &year_of[..events], results);
                events = 0;
            }
        }
        self.events(buffers, streams, &year_of[..events], results);
        (buffers.counts, buffers.year_of) = (counts, year_of);
    }

    /// Counts under frequencies drawn one by one, each multiplied by the common cause of its year.
    fn draw_counts(&self, buffers: &mut Buffers, streams: &mut Streams, common: &[f64], counts: &mut [u32]) {
        let (mut rates, mut other) = (std::mem::take(&mut buffers.rates), std::mem::take(&mut buffers.other));
        rates.clear();
        rates.resize(BLOCK, 1.0);
        other.resize(BLOCK, 0.0);
        for factor in &self.factors {
            factor.fill(&mut streams.main, &mut streams.single, &mut buffers.bits, &mut other);
            rates.iter_mut().zip(&other).for_each(|(rate, factor)| *rate *= factor);
        }
        for ((count, rate), common) in counts.iter_mut().zip(&rates).zip(common) {
            *count = whole(streams.single.poisson(rate * common));
        }
        (buffers.rates, buffers.other) = (rates, other);
    }

    /// Draws the losses of events in those years and adds them.
    fn events(&self, buffers: &mut Buffers, streams: &mut Streams, years: &[u32], results: &mut [&mut [f64]]) {
        let count = years.len();
        if count == 0 {
            return;
        }
        let padded = count.next_multiple_of(STRIDE);
        let Buffers { bits, hits, sizes, part, luck, .. } = buffers;
        let Streams { main, single, luck: lucky } = streams;
        let sizes = &mut sizes[..padded];
        match self.primary.split_first() {
            Some((first, rest)) => {
                first.fill(main, single, bits, sizes);
                for draw in rest {
                    draw.fill(main, single, bits, &mut part[..padded]);
                    sizes.iter_mut().zip(&*part).for_each(|(size, part)| *size += part);
                }
            }
            None => sizes.fill(0.0),
        }
        for (limit, draw) in &self.secondary {
            main.fill(&mut bits[..padded]);
            let mut found = 0;
            for (event, bits) in (0_u32..).zip(&bits[..count]) {
                hits[found] = event;
                found += usize::from(bits < limit);
            }
            let padded = found.next_multiple_of(STRIDE);
            draw.fill(main, single, bits, &mut part[..padded]);
            hits[..found].iter().zip(&*part).for_each(|(event, part)| sizes[*event as usize] += part);
        }
        let sizes = &sizes[..count];
        if self.plain {
            let losses = &mut *results[0];
            match self.cover {
                None => years.iter().zip(sizes).for_each(|(year, size)| losses[*year as usize] += size),
                Some(it) => years.iter().zip(sizes).for_each(|(year, size)| losses[*year as usize] += it.kept(*size)),
            }
            return;
        }
        lucky.fill(&mut luck[..padded]);
        for (effect, losses) in self.effects.iter().zip(results) {
            for ((year, size), luck) in years.iter().zip(sizes).zip(&luck[..count]) {
                let left = size * (1.0 - effect.magnitude);
                let left = self.cover.map_or(left, |it| it.kept(left));
                losses[*year as usize] += if half_open_unit(*luck) >= effect.frequency { left } else { 0.0 };
            }
        }
    }
}

/// The place of a year within its block.
#[expect(clippy::cast_possible_truncation, reason = "a block has few years")]
#[inline(always)]
fn place(year: usize) -> u32 {
    year as u32
}

/// Common causes: one factor per year, gamma with mean 1 and that variance, which multiplies all frequencies.
pub(crate) fn common_factors(run: Run, stream: u64, variance: f64) -> Vec<f64> {
    let mut factors = vec![1.0; run.years];
    let blocks = Lanes::blocks(seed_for(run.seed, stream, 3), run.years.div_ceil(BLOCK));
    factors.par_chunks_mut(BLOCK).zip(blocks).for_each(|(factors, lanes)| {
        let mut single = Single::new(lanes);
        for it in factors {
            *it = variance * single.gamma(1.0 / variance);
        }
    });
    factors
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a Poisson count, below 2^32 where casts saturate"
)]
fn whole(count: f64) -> u32 {
    count as u32
}
