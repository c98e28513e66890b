//! What a list of risks as a whole says, and in which order to look at it.

use std::cmp::{Ordering, Reverse};

use super::{Bands, Level};

/// What decides a risk's place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// Value from the matrix.
    pub value: u32,
    /// Impact level.
    pub impact: Level,
    /// Whether people are harmed.
    pub on_people: bool,
    /// The deadline of its band, in days.
    pub deadline: u32,
    /// Its identifier.
    pub identifier: &'a str,
}

/// Which of two risks comes first: the greater value, then the greater impact, effects on people, the nearer deadline, and
/// at last the identifier, so that the order is always the same.
pub fn precedence(a: &Standing, b: &Standing) -> Ordering {
    let key = |it: &Standing| (Reverse(it.value), Reverse(it.impact), !it.on_people, it.deadline);
    key(a).cmp(&key(b)).then_with(|| a.identifier.cmp(b.identifier))
}

/// `100 x sum of values / (count x greatest possible value)`; none without risks.
pub fn index(values: &[u32], greatest: u32) -> Option<f64> {
    if values.is_empty() || greatest == 0 {
        return None;
    }
    let sum = values.iter().map(|it| f64::from(*it)).sum::<f64>();
    Some(100.0 * sum / (values.len() as f64 * f64::from(greatest)))
}

/// The share of risks that owners may accept; none without risks.
pub fn share_within(values: &[u32], bands: &Bands) -> Option<f64> {
    let within = values.iter().filter(|it| **it <= bands.acceptance_max).count();
    (!values.is_empty()).then(|| within as f64 / values.len() as f64)
}

/// Numbers of risks per cell and per band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeatMap {
    /// By likelihood and impact, each from level 1.
    pub cells: Vec<Vec<usize>>,
    /// By band, from the lowest.
    pub bands: Vec<usize>,
    /// Risks whose levels are not on the matrix or whose value is in no band.
    pub misfits: usize,
}

impl HeatMap {
    /// Counts risks by their levels of likelihood and impact.
    pub fn of(risks: impl IntoIterator<Item = (Level, Level)>, matrix: &super::Matrix, bands: &Bands) -> Self {
        let mut cells = vec![vec![0; usize::from(matrix.impacts)]; usize::from(matrix.likelihoods)];
        let mut counts = vec![0; bands.bands.len()];
        let mut misfits = 0;
        for (likelihood, impact) in risks {
            let band = matrix
                .value(likelihood, impact)
                .and_then(|value| bands.bands.iter().position(|it| (it.low..=it.high).contains(&value)));
            let cell = cells
                .get_mut(usize::from(likelihood).wrapping_sub(1))
                .and_then(|row| row.get_mut(usize::from(impact).wrapping_sub(1)));
            match (cell, band) {
                (Some(cell), Some(band)) => {
                    *cell += 1;
                    counts[band] += 1;
                }
                _ => misfits += 1,
            }
        }
        Self { cells, bands: counts, misfits }
    }
}
