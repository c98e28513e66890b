//! One change of the clinic per rule: the rule then names exactly the new items, and nothing before.
//!
//! The words of the change language, several joined by ` && `: `set REF {json}`, `setall kind {json}`,
//! `setwhere kind field value {json}`, `setrow ANNEX_ID {json}` (the row of the statement in force), `matrix REF {json}`,
//! `del REF`, `delall kind`, `delwhere kind field value`, `add kind {json}`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use attestry_check::{Report, rules};
use attestry_model::{AnyRef, Kind};
use serde_json::{Map, Value};

use crate::clinic::{Records, file, judge};

/// The one change that the types make impossible: a task with the reference of a risk. It is refused, and the rule that
/// would find it has nothing to find.
const REFUSED: &str = "X-18";

pub struct Mutation {
    pub rule: String,
    pub change: String,
    pub items: BTreeSet<String>,
}

pub fn mutations() -> Vec<Mutation> {
    let text = file("mutations.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let items = row[2].split(';').map(str::to_owned).collect();
        Mutation { rule: row[0].to_owned(), change: row[1].to_owned(), items }
    });
    rows.collect()
}

fn fields(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_else(|wrong| panic!("{text}: {wrong}"))
}

pub fn change(records: &mut Records, change: &str) -> Result<(), String> {
    for step in change.split(" && ") {
        let (command, rest) = step.split_once(' ').unwrap();
        let (words, json) = rest.find('{').map_or((rest, ""), |at| rest.split_at(at));
        let words: Vec<&str> = words.split_whitespace().collect();
        let one = || words[0].parse::<AnyRef>().unwrap();
        let kind = || Kind::named(words[0]).unwrap();
        let matching = |records: &Records| -> Vec<AnyRef> {
            let fits =
                |reference: &AnyRef| records.by_ref[reference].get(words[1]).and_then(Value::as_str) == Some(words[2]);
            records.of(kind()).into_iter().filter(fits).collect()
        };
        match command {
            "set" => records.set(one(), &fields(json)),
            "setall" => records.of(kind()).into_iter().for_each(|it| records.set(it, &fields(json))),
            "setwhere" => matching(records).into_iter().for_each(|it| records.set(it, &fields(json))),
            "setrow" => {
                let is_row = |reference: &AnyRef| {
                    let row = &records.by_ref[reference];
                    row["annex_id"] == words[0] && row["soa"] == "SOA-0002"
                };
                let row = records.of(Kind::Applicability).into_iter().find(is_row).unwrap();
                records.set(row, &fields(json));
            }
            "matrix" => {
                let mut matrix = records.by_ref[&one()]["matrix"].as_object().unwrap().clone();
                matrix.extend(fields(json));
                records.set(one(), &Map::from_iter([("matrix".to_owned(), Value::Object(matrix))]));
            }
            "del" => assert!(records.by_ref.remove(&one()).is_some(), "{step}"),
            "delall" => records.by_ref.retain(|reference, _| reference.kind != kind()),
            "delwhere" => {
                let gone = matching(records);
                assert!(!gone.is_empty(), "{step} removes nothing");
                records.by_ref.retain(|reference, _| !gone.contains(reference));
            }
            "add" => records.add(kind(), fields(json))?,
            _ => panic!("{command} is not a word of the change language"),
        }
    }
    Ok(())
}

/// What the clinic comes to after one change.
pub struct Changed {
    pub mutation: Mutation,
    /// All rules judged.
    pub whole: Report,
    /// Only the rules judged that the change can have touched.
    pub next: Report,
}

/// The clinic before any change.
pub static BEFORE: LazyLock<Report> = LazyLock::new(|| judge(&Records::clinic().isms()));

/// The clinic after each change.
pub static CHANGED: LazyLock<Vec<Changed>> = LazyLock::new(|| {
    let clinic = Records::clinic();
    let isms = clinic.isms();
    let possible = mutations().into_iter().filter(|mutation| mutation.rule != REFUSED);
    let changed = possible.map(|mutation| {
        let mut records = clinic.clone();
        change(&mut records, &mutation.change).unwrap();
        let (after, kinds) = records.isms_after(&isms, &clinic);
        let next = BEFORE.next(&after, BEFORE.now, BEFORE.today, kinds);
        Changed { mutation, whole: judge(&after), next }
    });
    changed.collect()
});

fn items(report: &Report, rule: &str) -> BTreeSet<String> {
    report.outcome(rule).unwrap().items.iter().map(ToString::to_string).collect()
}

#[test]
fn every_rule_has_a_change_that_breaks_it() {
    let told: BTreeSet<String> = mutations().into_iter().map(|mutation| mutation.rule).collect();
    let known: BTreeSet<String> = rules::all().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(told, known);
}

#[test]
fn every_change_triggers_its_rule_and_names_exactly_the_new_items() {
    let mut wrong = Vec::new();
    for Changed { mutation, whole, .. } in CHANGED.iter() {
        let (old, new) = (items(&BEFORE, &mutation.rule), items(whole, &mutation.rule));
        let added: BTreeSet<String> = new.difference(&old).cloned().collect();
        if added != mutation.items {
            wrong.push(format!("{}: {} finds {added:?}, not {:?}", mutation.rule, mutation.change, mutation.items));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), CHANGED.len(), wrong.join("\n"));
}

#[test]
fn a_record_with_the_identifier_of_another_kind_is_refused() {
    let mutations = mutations();
    let mutation = mutations.iter().find(|mutation| mutation.rule == REFUSED).unwrap();
    let refused = change(&mut Records::clinic(), &mutation.change);
    assert_eq!(refused.unwrap_err(), "R-0001 is not a task");
}

#[test]
fn judging_only_what_a_change_touches_comes_to_the_same() {
    for Changed { mutation, whole, next } in CHANGED.iter() {
        for (a, b) in whole.outcomes.iter().zip(&next.outcomes) {
            assert_eq!((a.rule.id, a.verdict, &a.items), (b.rule.id, b.verdict, &b.items), "after {}", mutation.change);
        }
    }
}

#[test]
fn every_rule_reads_what_it_says_and_says_what_it_reads() {
    // Who belongs to top management, and in which currency amounts are, is the organisation's record everywhere.
    let everywhere = BTreeSet::from([Kind::Organization]);
    // An approval may be of a record of any kind, whose version is compared.
    let of_any_kind = "X-03";
    let mut wrong = Vec::new();
    for Changed { mutation, whole, .. } in CHANGED.iter().filter(|changed| changed.mutation.rule != of_any_kind) {
        let outcomes = [&*BEFORE, whole].map(|report| report.outcome(&mutation.rule).unwrap());
        let read: BTreeSet<Kind> = outcomes.iter().flat_map(|outcome| outcome.kinds()).collect();
        let kind = |field: &&str| Kind::named(field.split_once('.').unwrap().0).unwrap();
        let said: BTreeSet<Kind> = outcomes[0].rule.fields.iter().map(kind).collect();
        let unsaid: Vec<&Kind> = read.difference(&said).filter(|kind| !everywhere.contains(kind)).collect();
        let unread: Vec<&Kind> = said.difference(&read).filter(|kind| !everywhere.contains(kind)).collect();
        if !unsaid.is_empty() || !unread.is_empty() {
            wrong.push(format!(
                "{}: reads {unsaid:?} without saying so, says {unread:?} without reading",
                mutation.rule
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
