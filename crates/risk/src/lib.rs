//! Measuring risk: numbers only.
//!
//! [`qualitative`] works with levels, matrices and controls; [`quantitative`] with yearly losses as distributions.
//! Inputs are plain structs that know nothing of records; seeds and the wish to stop are arguments, and the same
//! inputs give the same bits on any machine and any number of threads. Frequencies are events per year, money is in one
//! currency that the caller names, probabilities and reductions are shares from 0 to 1.

#![expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
#![expect(clippy::many_single_char_names, reason = "formulas keep the letters of their sources")]
#![cfg_attr(test, expect(clippy::float_cmp, reason = "where two numbers must agree to the last bit"))]
#![expect(clippy::inline_always, reason = "only inlined code is compiled for the wider vectors of its caller")]

pub mod flaw;
pub mod qualitative;
pub mod quantitative;
pub mod special;

pub use flaw::{Flaw, Reason, RunError};
