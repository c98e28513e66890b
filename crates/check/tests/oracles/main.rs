//! The rules against the project's own oracles: the clinic, an empty organisation, and one change of the clinic per rule.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

mod clinic;
mod contradictions;
mod edges;
mod engine;
mod golden;
mod library;
mod maturity;
mod mutations;
mod oracles;
mod register;
