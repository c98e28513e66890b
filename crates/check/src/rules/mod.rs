//! The rules, one file per clause or part of one, in the order of the standard.
//!
//! To add a rule: write it in the file of its clause, with the doc comment that is its manual. A new file is named in the
//! list of its folder. Each condition takes a population and says which of it breaks the rule; see `Judge`.

use crate::rule::Rule;

/// Declares the rules of a file: each a constant whose doc comment is its manual, and the list of them in order.
macro_rules! rules {
    ($($(#[doc = $doc:literal])+
        $name:ident = $id:literal, $severity:ident, step $step:literal, clause $clause:literal;
        reads [$($field:literal),* $(,)?];
        says $message:literal;
        fix $fix:literal;
        fails $fails:literal;
        holds $holds:literal;
        $condition:expr;
    )*) => {
        $($(#[doc = $doc])+
        pub const $name: $crate::rule::Rule = $crate::rule::Rule {
            id: $id,
            severity: $crate::rule::Severity::$severity,
            step: $step,
            clause: $clause,
            manual: concat!($($doc, "\n"),+),
            message: $message,
            fix: $fix,
            fails: $fails,
            holds: $holds,
            fields: &[$($field),*],
            condition: $condition,
        };)*

        /// The rules of this file, in order.
        pub(crate) const RULES: &[&$crate::rule::Rule] = &[$(&$name),*];
    };
}

pub mod annex_5;
pub mod annex_6;
pub mod annex_8;
pub mod clause_10;
pub mod clause_4;
pub mod clause_5;
pub mod clause_6;
pub mod clause_7;
pub mod clause_8;
pub mod clause_9;
pub mod contradictions;
mod human;
mod populations;
mod prelude;

pub use human::{HUMAN_JUDGEMENT, HumanJudgement};

/// The files, by clause and then by theme of Annex A.
const PARTS: &[&[&[&Rule]]] = &[
    &[clause_4::RULES, clause_5::RULES],
    clause_6::FILES,
    &[clause_7::RULES, clause_8::RULES],
    clause_9::FILES,
    &[clause_10::RULES],
    annex_5::FILES,
    &[annex_6::RULES, annex_8::RULES],
];

/// All rules in the order of the standard.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    PARTS.iter().copied().flatten().copied().flatten().copied()
}

/// The contradictions between registers, which are no rules of a clause and are reported beside them.
pub fn contradictions() -> impl Iterator<Item = &'static Rule> {
    contradictions::FILES.iter().copied().flatten().copied()
}

/// Whether a rule is a contradiction between registers.
pub fn is_contradiction(rule: &Rule) -> bool {
    contradictions().any(|one| one.id == rule.id)
}

/// The rule or contradiction with this name.
pub fn named(id: &str) -> Option<&'static Rule> {
    all().chain(contradictions()).find(|rule| rule.id == id)
}
