//! A.5: organizational controls.

use crate::rule::Rule;

pub mod assets;
pub mod compliance;
pub mod incidents;
pub mod suppliers;

/// The files of this part, in order.
pub(super) const FILES: &[&[&Rule]] = &[assets::RULES, suppliers::RULES, incidents::RULES, compliance::RULES];
