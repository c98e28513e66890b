//! ISO/IEC 27001:2022 (with amendment 1:2024) as data.
//!
//! What the clauses demand ([`clauses`]), the 93 controls of Annex A ([`annex_controls`]), where the 114 controls of the
//! 2013 edition went ([`map_2013`]), and the reading of control numbers as people write them ([`parse_annex_id`],
//! [`find_annex_ids`]).
//!
//! The [`library`] holds what a first risk assessment starts from: asset types, threats, weaknesses, scenarios, policies.
//!
//! The tables are the files of `content/standards`, read once. Only numbers, titles and tags come from the standards, which
//! are copyrighted; every sentence is our own. Invariant: the tables are the same in every process of one version.

mod annex;
mod clause;
mod edition_2013;
pub mod library;
mod numbers;
mod table;

pub use annex::{
    AnnexControl, ControlType, CybersecurityConcept, OperationalCapability, SecurityDomain, SecurityProperty, Theme,
    annex_control, annex_controls,
};
pub use clause::{Clause, clause, clauses, requirements_of};
pub use edition_2013::{Control2013, Relation, Successor, controls_2013, map_2013, predecessors};
pub use numbers::{find_annex_2013_ids, find_annex_ids, parse_annex_2013_id, parse_annex_id};

/// The word is none of the closed list that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownWord;

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the word is not one of the list")
    }
}

impl std::error::Error for UnknownWord {}
