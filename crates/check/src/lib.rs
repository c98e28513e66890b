//! The conformance rules over an ISMS, and the engine that runs them.
//!
//! `Report::of(isms, now, today)` judges every rule: it holds, is violated by named items, or there is not enough
//! recorded to say. A report knows which kinds each verdict was read from, so `Report::next` judges only what a change can
//! have touched. Nothing here does I/O or reads a clock; the organisation's own numbers and its waivers are settings.

mod accepts;
mod approving;
mod cited;
mod config;
mod context;
mod explain;
mod facts;
mod graph;
mod maturity;
pub mod measure;
mod readiness;
pub mod register;
mod report;
mod rule;
pub mod rules;
pub mod standing;
mod summary;
mod waiver;
mod words;

pub use accepts::accepts;
pub use approving::{accepts_approval, is_silent_approval};
pub use config::{Config, SETTING};
pub use context::Context;
pub use explain::{Basis, Explanation};
pub use maturity::Maturity;
pub use readiness::{Readiness, Stage};
pub use report::{Finding, Outcome, Report};
pub use rule::{Item, Rule, Severity, Verdict};
pub use rules::{HUMAN_JUDGEMENT, HumanJudgement};
pub use summary::{Score, Summary};
pub use waiver::{PREFIX as WAIVER_PREFIX, Waiver};
