//! Clause 9: performance evaluation.

use crate::rule::Rule;

pub mod audit;
pub mod measurement;
pub mod review;

/// The files of this part, in order.
pub(super) const FILES: &[&[&Rule]] = &[measurement::RULES, audit::RULES, review::RULES];
