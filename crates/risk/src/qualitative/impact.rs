//! Impact and likelihood from what one knows of dimensions, assets and threats.

use super::{Level, Scale, rounded_level};

/// A property of information that an event can harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// Confidentiality.
    Confidentiality,
    /// Integrity.
    Integrity,
    /// Availability.
    Availability,
}

/// Needs for confidentiality, integrity and availability, in that order.
pub type Values = [Level; 3];

/// The highest of the levels of the dimensions (aggregation `max`).
pub fn maximum(levels: &[Level]) -> Option<Level> {
    levels.iter().copied().max()
}

/// The weighted mean of the levels of the dimensions, rounded half up into `1..=most` (aggregation `weighted_sum`).
/// None if the weights do not belong to the levels, are negative, or do not add to 1.
pub fn weighted_sum(levels: &[Level], weights: &[f64], most: Level) -> Option<Level> {
    let sum = weights.iter().sum::<f64>();
    let fine = levels.len() == weights.len() && weights.iter().all(|it| *it >= 0.0) && (sum - 1.0).abs() < 1e-9;
    fine.then(|| {
        let mean = levels.iter().zip(weights).map(|(level, weight)| f64::from(*level) * weight).sum::<f64>();
        // A half that the weights' last bits hide is still a half.
        rounded_level(mean + 1e-9, most)
    })
}

/// The level of the money of all dimensions together (aggregation `sum`).
pub fn summed_money(money: &[f64], scale: &Scale) -> Level {
    scale.level_of(money.iter().sum())
}

/// The highest value of the affected assets among the properties that the event harms.
pub fn impact_from_assets(assets: &[Values], harmed: &[Property]) -> Option<Level> {
    assets.iter().flat_map(|values| harmed.iter().map(|it| values[*it as usize])).max()
}

/// Likelihood from how often a threat acts and how easily a weakness is used: `round_half_up((T + V) / 2)` in `1..=most`.
pub fn likelihood_from_threat(threat: Level, ease: Level, most: Level) -> Level {
    rounded_level(f64::midpoint(f64::from(threat), f64::from(ease)), most)
}
