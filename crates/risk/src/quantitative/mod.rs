//! Yearly losses as distributions, in the manner of Open FAIR.
//!
//! A [`Scenario`] is a tree of [`Range`]s, many of them a [`Portfolio`]. [`simulate`](simulate()) draws years;
//! [`exact`](exact()) gives what mathematics knows without drawing, [`compound`](compound()) the whole distribution of the
//! yearly loss by a fast Fourier transform. [`treatment`] and [`optimise`] say what controls are worth, [`sensitivity()`]
//! which input matters, [`history`] what the past teaches.

pub mod compound;
pub(crate) mod count;
pub(crate) mod draw;
pub mod exact;
pub mod history;
pub(crate) mod nodes;
pub mod optimise;
pub(crate) mod order;
pub mod portfolio;
pub mod range;
pub mod scenario;
pub mod sensitivity;
pub mod simulate;
pub(crate) mod stream;
pub mod summary;
pub mod treatment;
pub(crate) mod vector;

pub use compound::{Compound, USUAL_POINTS, compound, compound_with_step, loss_per_event};
pub use exact::{Exact, exact, largest_loss_exceedance};
pub use history::{Calibration, Estimate, FrequencyBelief, Verdict, back_test, calibration};
pub use optimise::{Because, Candidate, Goal, Proposal, Spared, Wish, propose, search};
pub use portfolio::{CommonCause, Portfolio, PortfolioSummary};
pub use range::{PERT_SHAPE, Quantity, Range};
pub use scenario::{Attempts, Cover, Effect, Frequency, Scenario, Secondary, Susceptibility, single_number_loss};
pub use sensitivity::{Influence, sensitivity};
pub use simulate::{Cancel, Run, never, simulate, simulate_treated};
pub use summary::{CurvePoint, Losses, Percentile, Summary, USUAL_LEVELS};
pub use treatment::{Cost, Return, Worth, loss_if_failing, worth};
