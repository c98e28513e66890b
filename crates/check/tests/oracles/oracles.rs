//! What the specification expects of the clinic and of an empty organisation, exactly.

use attestry_check::{Report, Severity, Verdict};
use serde_json::Value;

use crate::clinic::{Records, file, judge};

fn found(report: &Report) -> Vec<(String, String, String)> {
    let told = report.findings().map(|f| (f.rule.id.to_owned(), f.rule.severity.to_string(), f.item.to_string()));
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

fn expected(name: &str) -> Vec<(String, String, String)> {
    let list: Vec<Value> = serde_json::from_str(&file(name)).unwrap();
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
    let told = list.iter().map(|entry| (text(entry, "rule"), text(entry, "severity"), text(entry, "record")));
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

#[test]
fn the_clinic_breaks_exactly_the_rules_it_was_made_to_break() {
    let isms = Records::clinic().isms();
    assert_eq!(found(&judge(&isms)), expected("expected-violations.json"));
}

#[test]
fn an_empty_organisation_breaks_exactly_what_asks_for_something_to_be_there() {
    let isms = Records::empty().isms();
    assert_eq!(found(&judge(&isms)), expected("expected-violations-empty-tenant.json"));
}

#[test]
fn of_an_empty_organisation_little_can_be_said_and_nothing_is_green_by_silence() {
    let isms = Records::empty().isms();
    let report = judge(&isms);
    // Rules on how something that happens was handled hold when nothing happened; that nobody noted it is for others.
    let occasions = [
        "change",
        "corrective_action",
        "effectiveness_verification",
        "event",
        "exception",
        "finding",
        "improvement",
        "incident",
        "nonconformity",
        "notification_duty",
        "root_cause_analysis",
        "task",
        "vulnerability",
    ];
    let held = report.outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Holds).map(|outcome| outcome.rule);
    let by_silence =
        held.filter(|rule| !rule.fields.iter().any(|field| occasions.contains(&field.split('.').next().unwrap())));
    assert_eq!(by_silence.map(|rule| rule.id).collect::<Vec<_>>(), ["X-18"], "only this one needs no records");
    let score = report.summary(&isms).all;
    assert!(score.unknown > 200, "{score:?}");
    assert!(score.percent().unwrap() < 30.into(), "{score:?}");
}

#[test]
fn the_clinic_is_nearly_ready() {
    let isms = Records::clinic().isms();
    let report = judge(&isms);
    let unknown = report.outcomes.iter().filter(|outcome| outcome.verdict == Verdict::NotEnoughEvidence);
    let unknown: Vec<&str> = unknown.map(|outcome| outcome.rule.id).collect();
    assert_eq!(unknown, [""; 0], "the clinic has records of everything");
    let readiness = report.readiness(&isms);
    println!("{readiness:#?}");
    assert_eq!(readiness.stage_1.missing.len(), 1, "the acceptance of R-0026 has run out");
    assert!(readiness.stage_1.missing[0].contains("R-0026"));
    assert_eq!(readiness.stage_2.missing.len(), 1, "the agreement of SUP-0007 is missing");
    let majors = report.findings().filter(|finding| finding.rule.severity == Severity::Major).count();
    assert_eq!(majors, 2);
}
