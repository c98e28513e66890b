//! The whole distribution of a yearly loss on a grid, by a fast Fourier transform.
//!
//! The loss of one event is put on a grid of equal steps by rounding; the probability generating function of the count of
//! events is applied to its transform (Heckman and Meyers, 1983), with exponential tilting against what wraps around the
//! end of the grid (Grübel and Hermesmeier, 1999).

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

use super::count::count_masses;
use super::range::Range;
use super::scenario::Scenario;

/// Grid points when none are asked for.
pub const USUAL_POINTS: usize = 1 << 17;

/// A distribution of losses on a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Compound {
    /// Distance of two grid points, in money: what is said of a loss is true within half of it.
    pub step: f64,
    /// Probability of each multiple of the step.
    masses: Vec<f64>,
    /// Probability of at most each multiple.
    below: Vec<f64>,
}

/// The distribution of the yearly loss on so many points (a power of two is fastest); the step is chosen so that the grid
/// ends where losses are rarer than about once in ten million years. The scenario must have no flaws.
pub fn compound(scenario: &Scenario, points: usize) -> Compound {
    compound_with_step(scenario, points, reach(scenario) / points as f64)
}

/// The distribution of the yearly loss on so many points at that distance.
pub fn compound_with_step(scenario: &Scenario, points: usize, step: f64) -> Compound {
    let counts = count_masses(&scenario.frequency.factors());
    let points = points.max(2).next_multiple_of(2);
    let loss = event_loss(scenario, points, step);
    Compound::of(step, convolve(&loss, |it| generating(&counts, it)))
}

/// The distribution of the loss of one event, after insurance.
pub fn loss_per_event(scenario: &Scenario, points: usize) -> Compound {
    let points = points.max(2).next_multiple_of(2);
    let step = largest_event(scenario, 1.0) / points as f64;
    Compound::of(step, event_loss(scenario, points, step))
}

/// A loss that a single event exceeds about once in ten million events of so many per year.
fn largest_event(scenario: &Scenario, events: f64) -> f64 {
    let rare = 1.0 - 1e-8 / events.max(0.1);
    let high = |range: &Range| range.quantile(rare.min(1.0 - 1e-15));
    let sum = scenario.primary.iter().map(high).sum::<f64>()
        + scenario.secondary.iter().filter(|it| it.probability > 0.0).map(|it| high(&it.loss)).sum::<f64>();
    sum.max(f64::MIN_POSITIVE)
}

/// The end of the grid: the largest single loss, and all others around their mean.
fn reach(scenario: &Scenario) -> f64 {
    let [m1, m2, _] = scenario.loss_moments();
    let [l1, l2, _] = scenario.frequency.moments();
    let variance = l1 * m2 + (l2 - l1 * l1).max(0.0) * m1 * m1;
    largest_event(scenario, l1) * 1.2 + l1 * m1 + 8.0 * variance.sqrt()
}

fn event_loss(scenario: &Scenario, points: usize, step: f64) -> Vec<f64> {
    let mut parts = scenario.primary.iter().map(|it| (it, 1.0)).collect::<Vec<_>>();
    parts.extend(scenario.secondary.iter().map(|it| (&it.loss, it.probability)));
    let mut grids = parts.into_iter().map(|(range, probability)| {
        let mut masses = rounded(range, points, step);
        for it in &mut masses {
            *it *= probability;
        }
        masses[0] += 1.0 - probability;
        masses
    });
    let first = grids.next().unwrap_or_else(|| rounded(&Range::Constant(0.0), points, step));
    let sum = grids.fold(first, |sum, grid| pair(&sum, &grid));
    let Some(cover) = scenario.cover else { return sum };
    let mut kept = vec![0.0; points];
    for (at, mass) in sum.into_iter().enumerate() {
        // Between two points the mass is shared so that the mean stays.
        let place = cover.kept(at as f64 * step) / step;
        let (low, share) = (place.floor(), place - place.floor());
        let low = index(low, points);
        kept[low] += mass * (1.0 - share);
        kept[(low + 1).min(points - 1)] += mass * share;
    }
    kept
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place on the grid")]
fn index(place: f64, points: usize) -> usize {
    (place.max(0.0) as usize).min(points - 1)
}

/// The probability of each cell around a multiple of the step; what lies beyond the grid goes to its end. A constant is
/// shared by its two neighbours, so that its mean stays.
fn rounded(range: &Range, points: usize, step: f64) -> Vec<f64> {
    let mut masses = vec![0.0; points];
    if let Range::Constant(value) = *range {
        let place = value / step;
        let low = index(place, points);
        let share = (place - low as f64).clamp(0.0, 1.0);
        masses[low] = 1.0 - share;
        masses[(low + 1).min(points - 1)] += share;
        return masses;
    }
    let mut below = 0.0;
    for (at, mass) in masses.iter_mut().enumerate() {
        let next = if at + 1 == points { 1.0 } else { range.cdf((at as f64 + 0.5) * step) };
        *mass = next - below;
        below = next;
        if below >= 1.0 {
            break;
        }
    }
    masses
}

fn pair(a: &[f64], b: &[f64]) -> Vec<f64> {
    let other = transform(b, tilt(b.len()));
    let mut place = 0;
    convolve(a, |it| {
        place += 1;
        it * other[place - 1]
    })
}

/// Exponent per point of the tilting: 8 over the whole grid weakens what wraps around, which is little already, by `e^-8`.
/// More would magnify the rounding errors at the end of the grid.
fn tilt(points: usize) -> f64 {
    8.0 / points as f64
}

fn transform(masses: &[f64], tilt: f64) -> Vec<Complex<f64>> {
    let mut input = masses.to_vec();
    input.iter_mut().enumerate().for_each(|(at, it)| *it *= libm::exp(-tilt * at as f64));
    let plan = RealFftPlanner::<f64>::new().plan_fft_forward(input.len());
    let mut output = plan.make_output_vec();
    // The lengths are right by construction, the only thing that can fail.
    let _ = plan.process(&mut input, &mut output);
    output
}

/// Applies a function to the transform, point by point, and transforms back.
fn convolve(masses: &[f64], mut function: impl FnMut(Complex<f64>) -> Complex<f64>) -> Vec<f64> {
    let points = masses.len();
    let tilt = tilt(points);
    let mut spectrum = transform(masses, tilt);
    for it in &mut spectrum {
        *it = function(*it);
    }
    // The first and the last are real in exact arithmetic; the inverse demands it.
    for edge in [0, points / 2] {
        spectrum[edge].im = 0.0;
    }
    let plan = RealFftPlanner::<f64>::new().plan_fft_inverse(points);
    let mut output = plan.make_output_vec();
    let _ = plan.process(&mut spectrum, &mut output);
    output.iter_mut().enumerate().for_each(|(at, it)| {
        *it = (*it * libm::exp(tilt * at as f64) / points as f64).max(0.0);
    });
    output
}

/// The probability generating function of a count.
fn generating(masses: &[f64], at: Complex<f64>) -> Complex<f64> {
    masses.iter().rev().fold(Complex::new(0.0, 0.0), |sum, mass| sum * at + mass)
}

impl Compound {
    fn of(step: f64, mut masses: Vec<f64>) -> Self {
        let sum = masses.iter().sum::<f64>();
        for it in &mut masses {
            *it /= sum;
        }
        let mut sum = 0.0;
        let below = masses.iter().map(|mass| {
            sum += mass;
            sum
        });
        let below = below.collect();
        Self { step, masses, below }
    }

    /// Mean loss.
    pub fn mean(&self) -> f64 {
        self.step * self.masses.iter().enumerate().map(|(at, mass)| at as f64 * mass).sum::<f64>()
    }

    /// Standard deviation of the loss.
    pub fn standard_deviation(&self) -> f64 {
        let mean = self.mean() / self.step;
        let square = |at: usize| (at as f64 - mean) * (at as f64 - mean);
        self.step * self.masses.iter().enumerate().map(|(at, mass)| square(at) * mass).sum::<f64>().sqrt()
    }

    /// Probability of no loss (below half a step).
    pub fn no_loss(&self) -> f64 {
        self.masses[0]
    }

    /// Probability of a loss above `x`, in a straight line between the edges of cells.
    pub fn exceedance(&self, x: f64) -> f64 {
        let place = x / self.step - 0.5;
        if place < 0.0 {
            return 1.0 - self.masses[0];
        }
        let low = index(place, self.below.len());
        let Some(next) = self.below.get(low + 1) else { return 0.0 };
        let share = place - low as f64;
        (1.0 - self.below[low] - (next - self.below[low]) * share).max(0.0)
    }

    /// The loss that is not exceeded with probability `level`, in a straight line between the edges of cells.
    pub fn quantile(&self, level: f64) -> f64 {
        let at = self.below.partition_point(|it| *it < level);
        if at == 0 {
            return 0.0;
        }
        let at = at.min(self.below.len() - 1);
        let mass = self.masses[at];
        let share = if mass > 0.0 { ((level - self.below[at - 1]) / mass).clamp(0.0, 1.0) } else { 0.0 };
        (at as f64 - 0.5 + share) * self.step
    }

    /// The mean of the worst share `1 - level` of years (tail value at risk).
    pub fn tail_mean(&self, level: f64) -> f64 {
        let at = self.below.partition_point(|it| *it < level).min(self.below.len() - 1);
        let above = self.masses[at + 1..].iter().zip(at + 1..).map(|(mass, at)| mass * at as f64).sum::<f64>();
        let part = (self.below[at] - level).max(0.0);
        (above + part * at as f64) * self.step / (1.0 - level)
    }
}
