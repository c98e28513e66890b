//! Clause 6: planning.

use crate::rule::Rule;

pub mod assessment;
pub mod objectives;
pub mod statement;
pub mod treatment;

/// The files of this part, in order.
pub(super) const FILES: &[&[&Rule]] = &[assessment::RULES, statement::RULES, treatment::RULES, objectives::RULES];
