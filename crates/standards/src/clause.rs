//! Clauses 4 to 10 of ISO/IEC 27001:2022 with amendment 1:2024, one entry per requirement.

use std::sync::LazyLock;

use crate::table::{self, TableFault};

/// One requirement of clauses 4 to 10.
#[derive(Debug)]
pub struct Clause {
    /// The number down to the letter, such as `6.1.3 d`; `amd1` marks what amendment 1:2024 added.
    pub id: String,
    /// The numbered clause that holds it, such as `6.1.3`.
    pub clause: String,
    /// Our own short title.
    pub title: String,
    /// What it demands, in our own words.
    pub requirement: String,
    /// Whether the standard demands documented information for it.
    pub documented: bool,
    /// Which documented information shows it, or what auditors expect where none is demanded.
    pub documents: String,
    /// The step of building and running an ISMS to which it belongs, 1 to 12.
    pub step: u8,
}

static CLAUSES: LazyLock<Vec<Clause>> =
    LazyLock::new(|| table::shipped(read(include_str!("../../../content/standards/clauses.csv"))));

/// All 134 requirements, in the order of the standard.
pub fn clauses() -> &'static [Clause] {
    &CLAUSES
}

/// The requirement with exactly this number, such as `6.1.3 d`.
pub fn clause(id: &str) -> Option<&'static Clause> {
    clauses().iter().find(|it| it.id == id)
}

/// The requirements of one numbered clause and of those beneath it: `6.1` gives 6.1.1, 6.1.2 and 6.1.3, but not 6.10.
pub fn requirements_of(clause: &str) -> impl Iterator<Item = &'static Clause> + '_ {
    clauses().iter().filter(move |it| {
        it.clause.strip_prefix(clause).is_some_and(|beneath| beneath.is_empty() || beneath.starts_with('.'))
    })
}

fn read(text: &str) -> Result<Vec<Clause>, TableFault> {
    table::read("clauses.csv", text, |row| {
        Ok(Clause {
            id: row.text("id")?,
            clause: row.text("clause")?,
            title: row.text("title")?,
            requirement: row.text("requirement")?,
            documented: row.truth("documented_information")?,
            documents: row.text("documented_information_which")?,
            step: row.one("article_step")?,
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn numbers(clause: &str) -> Vec<u8> {
        clause.split('.').map(|number| number.parse().unwrap()).collect()
    }

    #[test]
    fn there_are_134_requirements_each_with_its_own_number() {
        assert_eq!(clauses().len(), 134);
        assert_eq!(clauses().iter().map(|it| &it.id).collect::<BTreeSet<_>>().len(), 134);
    }

    #[test]
    fn they_stand_in_the_order_of_the_standard_from_4_to_10() {
        let order = clauses().iter().map(|it| numbers(&it.clause)).collect::<Vec<_>>();
        assert!(order.is_sorted());
        let chapters = order.iter().map(|it| it[0]).collect::<BTreeSet<_>>();
        assert_eq!(chapters.into_iter().collect::<Vec<_>>(), [4, 5, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn every_number_begins_with_its_clause_and_every_step_is_one_of_twelve() {
        for it in clauses() {
            assert_eq!(it.id.split(' ').next(), Some(it.clause.as_str()), "{}", it.id);
            assert!((1..=12).contains(&it.step), "{}", it.id);
        }
        assert_eq!(clauses().iter().map(|it| it.step).collect::<BTreeSet<_>>().len(), 12);
    }

    #[test]
    fn a_requirement_is_found_by_its_number() {
        assert_eq!(clause("6.1.3 d").map(|it| it.documented), Some(true));
        assert_eq!(clause("4.2 amd1").map(|it| it.clause.as_str()), Some("4.2"));
        assert!(clause("6.1.3 z").is_none());
        assert!(clause("A.5.1").is_none());
    }

    #[test]
    fn a_clause_holds_those_beneath_it_and_not_those_with_the_same_first_digits() {
        assert_eq!(requirements_of("6.1").count(), 6 + 11 + 7);
        assert_eq!(requirements_of("9.2.2").count(), 4);
        assert_eq!(requirements_of("1").count(), 0);
        assert_eq!(requirements_of("10").count(), 11);
    }
}
