//! The engine: configuration, waivers, explanations, summaries, messages.

use attestry_check::{Config, Item, Report, SETTING, Severity, Verdict, WAIVER_PREFIX};
use attestry_model::{Isms, Kind};
use jiff::civil::date;
use serde_json::{Map, Value, json};

use crate::clinic::{Records, judge, moment};

fn clinic() -> Isms {
    Records::clinic().isms()
}

fn with_setting(isms: &Isms, name: &str, fields: &Value) -> Isms {
    let mut next = isms.clone();
    next.put_setting(name.to_owned(), 1, fields.as_object().cloned().unwrap_or_default());
    next
}

fn count(report: &Report, rule: &str) -> usize {
    report.outcome(rule).unwrap().items.len()
}

#[test]
fn an_organisation_sets_its_own_numbers() {
    let isms = clinic();
    assert_eq!(count(&judge(&isms), "C9.2.1-01"), 0);
    let strict =
        with_setting(&isms, SETTING, &json!({"audit_days": 30, "ack_coverage": "1", "audit_clauses": ["11.9"]}));
    let report = judge(&strict);
    assert_eq!(report.problems, [""; 0]);
    assert_eq!(count(&report, "C9.2.1-01"), 1, "the last audit is older than thirty days");
    assert_eq!(count(&report, "C5.2-f-01"), 1, "one acknowledgement is late, so not everybody has");
    assert_eq!(report.outcome("C9.2.2-02").unwrap().items, [Item::Word("11.9".to_owned())]);
}

#[test]
fn a_value_that_is_none_is_told_and_the_default_stays() {
    let settings =
        json!({"audit_days": -1, "review_days": "soon", "ack_coverage": 2, "audit_clauses": "4.1", "mood": 1});
    let report = judge(&with_setting(&clinic(), SETTING, &settings));
    assert_eq!(report.config, Config::default());
    assert_eq!(report.problems.len(), 5, "{:?}", report.problems);
}

#[test]
fn a_message_is_filled_in_from_the_record_and_the_values() {
    let isms = clinic();
    let report = judge(&isms);
    let message = |rule: &str| report.message(&isms, &report.findings().find(|f| f.rule.id == rule).unwrap());
    assert_eq!(message("C6.1.3-f-04"), "Acceptance RAC-0026 has expired on 2026-06-18.");
    assert_eq!(message("C6.1.3-d-09"), "Row SR-0057 (A.7.12) is implemented, but has no valid accepted evidence.");
    let empty = Records::empty().isms();
    let report = judge(&empty);
    let told: Vec<String> = report.findings().map(|finding| report.message(&empty, &finding)).collect();
    assert!(told.contains(&"No internal audit was completed within 365 days.".to_owned()));
    assert!(told.contains(&"No ISMS process covers clause 10.2.".to_owned()));
    assert!(told.iter().all(|text| !text.contains(['{', '}'])), "{told:?}");
}

#[test]
fn a_waiver_is_shown_and_takes_a_finding_out_of_the_open_ones() {
    let isms = clinic();
    let lawyers = json!({"reason": "the agreement is with the lawyers until August", "approver": "PER-0001", "expires": "2026-08-31"});
    let waived = with_setting(&isms, &format!("{WAIVER_PREFIX}A5.20-02/SUP-0007"), &lawyers);
    let report = judge(&waived);
    assert_eq!(report.problems, [""; 0]);
    assert_eq!(count(&report, "A5.20-02"), 1, "it is still found");
    assert_eq!(report.findings().count(), report.open().count() + 1);
    let finding = report.findings().find(|finding| finding.waiver.is_some()).unwrap();
    assert_eq!(finding.item.to_string(), "SUP-0007");
    assert_eq!(report.summary(&waived).all.waived, 1);
    assert_eq!(report.readiness(&waived).waived, ["A5.20-02"]);
    let listed = report.json(&waived, false);
    let entry = listed["findings"].as_array().unwrap().iter().find(|entry| entry["rule"] == "A5.20-02").unwrap();
    assert_eq!(entry["waiver"]["expires"], "2026-08-31");
    // The day after, it is open again.
    let (now, _) = moment();
    let later = Report::of(&waived, now, date(2026, 9, 1));
    assert!(later.open().any(|finding| finding.rule.id == "A5.20-02"));
}

#[test]
fn a_waiver_without_reason_approver_or_end_is_none() {
    let good = json!({"reason": "a reason that is long enough", "approver": "PER-0001", "expires": "2026-08-31"});
    let cases: [(&str, Value); 5] = [
        ("reason", json!("no")),
        ("approver", json!("SUP-0001")),
        ("approver", json!("PER-0025")),
        ("approver", Value::Null),
        ("expires", json!("next year")),
    ];
    for (field, value) in cases {
        let mut fields = good.clone();
        fields[field] = value;
        let report = judge(&with_setting(&clinic(), &format!("{WAIVER_PREFIX}A5.20-02"), &fields));
        assert_eq!((report.waivers.len(), report.problems.len()), (0, 1), "{fields}");
        assert!(report.open().any(|finding| finding.rule.id == "A5.20-02"));
    }
    let unknown = judge(&with_setting(&clinic(), &format!("{WAIVER_PREFIX}C0-00"), &good));
    assert_eq!(unknown.problems, ["check_waiver/C0-00: C0-00 is not a rule"]);
}

#[test]
fn a_setting_of_the_rules_is_looked_at_before_it_is_saved() {
    let isms = clinic();
    let waiver = json!({"reason": "a reason that is long enough", "approver": "PER-0001", "expires": "2026-08-31"});
    let cases: [(&str, Value, &[&str]); 12] = [
        (SETTING, json!({"audit_days": 30, "ack_coverage": "0.9"}), &[]),
        (SETTING, json!({"audit_days": -1, "mood": 1, "review_days": 5}), &["audit_days", "mood"]),
        (SETTING, json!({}), &[]),
        ("check_waiver/A5.20-02", waiver.clone(), &[]),
        ("check_waiver/X-28/EV-0027", waiver.clone(), &[]),
        ("check_waiver/C4.4-02/7.2", waiver.clone(), &[]),
        ("check_waiver/A5.20-02/SUP-0099", waiver.clone(), &["check_waiver/A5.20-02/SUP-0099"]),
        ("check_waiver/A5.20-02/", waiver.clone(), &["check_waiver/A5.20-02/"]),
        ("check_waiver/C0-00", waiver.clone(), &["check_waiver/C0-00"]),
        ("check_waiver/A5.20-02", json!({"reason": "short"}), &["check_waiver/A5.20-02"]),
        ("check_waiver/A5.20-02", json!({}), &[]),
        ("theme", json!({"anything": true}), &[]),
    ];
    for (name, fields, wrong) in cases {
        let found = attestry_check::accepts(name, fields.as_object().unwrap(), &isms).err();
        let found: Vec<String> = found.into_iter().flat_map(|it| it.0).map(|problem| problem.field).collect();
        assert_eq!(found, wrong, "{name} {fields}");
    }
    let mut unknown = waiver;
    unknown["until"] = json!("2027");
    let refused = attestry_check::accepts("check_waiver/A5.20-02", unknown.as_object().unwrap(), &isms).unwrap_err();
    assert_eq!(refused.0[0].field, "until");
}

#[test]
fn a_verdict_says_which_records_and_fields_it_rests_on() {
    let isms = clinic();
    let report = judge(&isms);
    let finding = report.findings().find(|finding| finding.rule.id == "C6.1.3-f-02").unwrap();
    let explanation = report.explain(&isms, finding.rule, Some(finding.item));
    let read: Vec<Kind> = explanation.kinds.iter().map(|(kind, _)| *kind).collect();
    assert!([Kind::Risk, Kind::Treatment, Kind::RiskAcceptance].iter().all(|kind| read.contains(kind)), "{read:?}");
    let told = |record: &str, field: &str| {
        let fits = |basis: &&attestry_check::Basis| basis.record.to_string() == record && basis.field == field;
        explanation.basis.iter().find(fits).map(|basis| basis.value.clone())
    };
    assert_eq!(told("RAC-0026", "expires_on"), Some(json!("2026-06-18")));
    assert!(told("TRT-0026", "option").is_some(), "{:#?}", explanation.basis);
}

#[test]
fn every_finding_of_the_clinic_can_be_explained_by_its_own_record() {
    let isms = clinic();
    let report = judge(&isms);
    for finding in report.findings() {
        let explanation = report.explain(&isms, finding.rule, Some(finding.item));
        let own = explanation.basis.iter().filter(|basis| Some(basis.record) == finding.item.record()).count();
        assert!(own > 0, "{} about {}", finding.rule.id, finding.item);
    }
}

#[test]
fn findings_are_counted_by_clause_step_severity_and_owner() {
    let isms = clinic();
    let report = judge(&isms);
    let summary = report.summary(&isms);
    assert_eq!(summary.all.violated() + summary.all.holds, 364);
    assert_eq!(summary.findings[&Severity::Major], 2);
    assert_eq!(summary.findings.values().sum::<usize>(), 16);
    assert_eq!(summary.owners.values().sum::<usize>(), 16);
    assert_eq!(summary.steps.values().map(|score| score.holds + score.violated()).sum::<usize>(), 364);
    let treatment = summary.clause("6.1.3").unwrap();
    assert_eq!((treatment.major, treatment.minor, treatment.ready()), (1, 2, false));
    assert!(summary.clause("4.1").unwrap().ready());
    assert_eq!(summary.clause("4.1").unwrap().percent(), Some(100.into()));
}

#[test]
fn the_report_for_other_tools_lists_what_is_violated_and_everything_on_demand() {
    let isms = clinic();
    let report = judge(&isms);
    let listed = report.json(&isms, false);
    let findings = listed["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 16);
    for name in ["rule", "severity", "clause", "step", "record", "message", "verdict"] {
        assert!(findings.iter().all(|entry| entry.get(name).is_some()), "{name}");
    }
    assert!(findings.iter().all(|entry| entry["verdict"] == "violated"));
    let all = report.json(&isms, true);
    assert!(all["findings"].as_array().unwrap().len() >= 364);
}

#[test]
fn a_voided_record_no_longer_breaks_a_rule() {
    let mut records = Records::clinic();
    let fields = Map::from_iter([("void_reason".to_owned(), json!("entered twice"))]);
    records.set("SUP-0007".parse().unwrap(), &fields);
    let isms = records.isms();
    assert_eq!(judge(&isms).outcome("A5.20-02").unwrap().verdict, Verdict::Holds);
}

#[test]
fn when_only_the_hour_has_changed_only_what_counts_hours_is_judged_again() {
    let isms = clinic();
    let before = judge(&isms);
    let (now, today) = moment();
    let mut records = Records::clinic();
    records.set("EVT-0008".parse().unwrap(), json!({"state": "new"}).as_object().unwrap());
    let reported = records.isms();
    let at_once = Report::of(&reported, "2026-06-24T10:00:00Z".parse().unwrap(), today);
    let later = at_once.next(&reported, now, today, []);
    let fresh = Report::of(&reported, now, today);
    assert_eq!(later.outcome("A5.25-01").unwrap().items, fresh.outcome("A5.25-01").unwrap().items);
    assert_eq!(before.outcome("A5.25-01").unwrap().items, []);
}
