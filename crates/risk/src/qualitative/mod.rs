//! Levels, matrices and controls: risk in words and small numbers.
//!
//! [`Scale`] and [`Matrix`] turn likelihood and impact into a value, [`Bands`] say what the value means, [`control`] what
//! controls take away, [`inherit()`] how assets pass their needs on, [`layout()`] where they stand in a
//! drawing, [`register`] what the list as a whole says.
//! Levels count from 1. Halves are rounded up, never to even.

pub mod bands;
pub mod control;
pub mod impact;
pub mod inherit;
pub mod layout;
pub mod matrix;
pub mod register;
pub mod scale;

pub use bands::{Band, BandFlaw, Bands, Decision};
pub use control::{Control, Formula, Overlap, Proposals, combined, level_reduction, proposals};
pub use impact::{Property, Values, impact_from_assets, likelihood_from_threat, maximum, summed_money, weighted_sum};
pub use inherit::{Asset, Corrections, Cycles, Need, inherit, inherit_explained};
pub use layout::{Layout, layout};
pub use matrix::{Cell, Matrix, MatrixFlaw};
pub use register::{HeatMap, Standing, index, precedence, share_within};
pub use scale::{Scale, ScaleFlaw};

/// A level of a scale, from 1.
pub type Level = u8;

/// Rounds half up: `floor(x + 0.5)`, into `1..=most`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the levels of a scale")]
pub(crate) fn rounded_level(x: f64, most: Level) -> Level {
    (x + 0.5).floor().clamp(1.0, f64::from(most.max(1))) as Level
}
