//! The list of all rules, as people who depend on it read it: a change of any is a diff.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use attestry_check::{Config, Rule, Severity, rules};
use attestry_model::Kind;

use crate::clinic::file;

#[test]
fn the_list_of_rules_changes_only_on_purpose() {
    unchanged(rules::all(), "rules.txt");
}

#[test]
fn the_list_of_contradictions_changes_only_on_purpose() {
    unchanged(rules::contradictions(), "contradictions.txt");
}

fn unchanged(rules: impl Iterator<Item = &'static Rule>, name: &str) {
    let mut list = String::new();
    for rule in rules {
        let (id, severity, step) = (rule.id, rule.severity, rule.step);
        writeln!(list, "{id} | {severity} | step {step} | {} | {}", rule.clause, rule.title()).unwrap();
    }
    let golden = file(name);
    if list != golden {
        let first = list.lines().zip(golden.lines()).find(|(a, b)| a != b);
        panic!("tests/oracles/{name} differs, first at {first:?}; the list is now:\n{list}");
    }
}

#[test]
fn the_rules_are_those_of_the_specification() {
    let count = |severity| rules::all().filter(|rule| rule.severity == severity).count();
    assert_eq!(rules::all().count(), 364);
    assert_eq!(Severity::ALL.map(count), [78, 240, 46]);
    let ids: BTreeSet<&str> = rules::all().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), 364, "a name stands twice");
    let steps: Vec<usize> = (1..=12).map(|step| rules::all().filter(|rule| rule.step == step).count()).collect();
    assert_eq!(steps, [11, 32, 13, 23, 46, 52, 16, 23, 82, 20, 22, 24]);
}

#[test]
fn every_rule_has_a_manual_a_message_a_remedy_and_examples() {
    for rule in rules::all().chain(rules::contradictions()) {
        assert!((10..=110).contains(&rule.title().len()), "{}: {}", rule.id, rule.title());
        assert!(rule.reason().len() >= 30, "{} gives no reason", rule.id);
        for text in [rule.message, rule.fix, rule.fails, rule.holds] {
            assert!(!text.trim().is_empty(), "{}", rule.id);
        }
        assert!(rule.clauses().all(|clause| !clause.is_empty()), "{}", rule.id);
    }
}

#[test]
fn every_blank_of_a_message_can_be_filled() {
    for rule in rules::all().chain(rules::contradictions()) {
        for blank in rule.message.split('{').skip(1).map(|part| part.split('}').next().unwrap()) {
            let known = match blank.strip_prefix("cfg.") {
                Some(name) => Config::NAMES.contains(&name),
                None => {
                    blank == "ref"
                        || blank == "item"
                        || rule.fields.iter().any(|field| {
                            let (kind, _) = field.split_once('.').unwrap();
                            Kind::named(kind).unwrap().def().field(blank).is_some()
                        })
                }
            };
            assert!(known, "{}: {{{blank}}}", rule.id);
        }
    }
}

#[test]
fn every_field_that_a_rule_reads_exists() {
    for rule in rules::all().chain(rules::contradictions()) {
        for name in rule.fields {
            let (kind, field) = name.split_once('.').unwrap();
            let kind = Kind::named(kind).unwrap_or_else(|| panic!("{}: {name}", rule.id));
            assert!(field == "state" || kind.def().field(field).is_some(), "{}: {name}", rule.id);
        }
    }
}

#[test]
fn every_requirement_of_the_standard_has_a_rule_or_is_left_to_people() {
    let mut checked: BTreeSet<&str> = rules::all().flat_map(Rule::clauses).collect();
    checked.extend(attestry_check::HUMAN_JUDGEMENT.iter().map(|judgement| judgement.clause));
    // A letter is covered by a rule about the whole clause, and a clause by a rule about one of its letters.
    let covered = |id: &str| {
        let whole = id.split(' ').next().unwrap();
        checked.contains(id)
            || checked.contains(whole)
            || (id == whole && checked.iter().any(|c| c.starts_with(&format!("{id} "))))
    };
    let missing: Vec<&str> =
        attestry_standards::clauses().iter().map(|clause| clause.id.as_str()).filter(|id| !covered(id)).collect();
    assert_eq!(missing, [""; 0]);
}
