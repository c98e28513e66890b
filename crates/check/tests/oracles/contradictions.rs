//! Contradictions between registers: what the clinic has of them, and an example of each that breaks and one that holds.

use std::collections::BTreeSet;

use attestry_check::{Verdict, rules};
use attestry_model::Kind;
use serde_json::{Value, json};

use crate::clinic::{Records, judge};

fn contradictions(records: &Records) -> Vec<String> {
    let isms = records.isms();
    let report = judge(&isms);
    report.contradicting().map(|found| format!("{} {}", found.rule.id, found.item)).collect()
}

#[test]
fn the_clinic_has_evidence_from_before_its_controls_and_needs_what_is_back_too_late() {
    // Each proof covers a period that ended before the control it proves was implemented: 2026-02-15 before 2026-03-30,
    // 2026-03-15 and twice 2026-02-28; 2025-05-31 before 2025-06-30.
    // The theatre monitors must be back within an hour and need the network, which takes two; its switches must be back
    // within two and stand in a server room that takes four. No other is called redundant.
    let expected = [
        "X-28 EV-0027",
        "X-28 EV-0039",
        "X-28 EV-0044",
        "X-28 EV-0050",
        "X-28 EV-0060",
        "X-38 AST-0022",
        "X-38 AST-0028",
    ];
    assert_eq!(contradictions(&Records::clinic()), expected);
}

#[test]
fn contradictions_stand_beside_the_findings_and_count_nowhere() {
    let isms = Records::clinic().isms();
    let report = judge(&isms);
    let listed = report.json(&isms, false);
    assert_eq!(listed["findings"].as_array().unwrap().len(), 16);
    assert_eq!(listed["contradictions"].as_array().unwrap().len(), 7);
    assert_eq!(listed["contradictions"][0]["rule"], "X-28");
    assert_eq!(report.outcomes.len(), 364);
    let specified: BTreeSet<&str> = rules::all().map(|rule| rule.id).collect();
    assert!(rules::contradictions().all(rules::is_contradiction) && !rules::all().any(rules::is_contradiction));
    assert!(rules::contradictions().all(|rule| !specified.contains(rule.id) && rules::named(rule.id).is_some()));
}

#[test]
fn an_empty_organisation_contradicts_nothing() {
    assert_eq!(contradictions(&Records::empty()), [""; 0]);
}

/// The records of an example, each with its reference.
fn example(records: &[Value]) -> Records {
    let mut all = Records::empty();
    for record in records {
        let mut fields = record.as_object().unwrap().clone();
        let reference: attestry_model::AnyRef = fields["ref"].as_str().unwrap().parse().unwrap();
        fields.entry("title").or_insert_with(|| "Example".into());
        all.add(reference.kind, fields).unwrap();
    }
    all
}

/// A rule, records that hold, the record and fields that break it, and the item found.
type Case = (&'static str, Vec<Value>, &'static str, Value, &'static str);

fn cases() -> Vec<Case> {
    let risk = json!({"ref": "R-0001", "state": "evaluated", "inherent_value": 12, "current_value": 8});
    let draft = json!({"ref": "TRT-0001", "state": "draft", "risk": "R-0001", "option": "treat", "expected_value": 6});
    let action = json!({"ref": "TA-0001", "state": "planned", "treatments": ["TRT-0001"], "due": "2026-09-30"});
    let levels = json!([{"level": 1, "label": "a"}, {"level": 2, "label": "b"}]);
    let method = json!({"ref": "MET-0001", "state": "effective", "likelihood_scale": levels, "impact_scale": levels,
                        "matrix": {"1,1": 1, "1,2": 2, "2,1": 2, "2,2": 4}});
    let soa = json!({"ref": "SOA-0001", "state": "draft"});
    let row = json!({"ref": "SR-0001", "state": "decided", "soa": "SOA-0001", "annex_id": "A.8.5",
                     "applicable": true, "implementation": "implemented", "controls": ["C-0001"]});
    let control = json!({"ref": "C-0001", "state": "implemented", "annex_refs": ["A.8.5"]});
    let with = |mut record: Value, fields: Value| {
        for (name, value) in fields.as_object().unwrap() {
            record[name] = value.clone();
        }
        record
    };
    let building = with(action.clone(), json!({"control": "C-0001", "start": "2026-03-01", "state": "done"}));
    let person = json!({"ref": "PER-0001", "state": "active", "name": "Ann"});
    let evidence =
        json!({"ref": "EV-0001", "state": "accepted", "collected_on": "2026-02-01", "supports_controls": ["C-0001"]});
    let since = with(control.clone(), json!({"implemented_on": "2026-01-15"}));
    vec![
        (
            "X-19",
            vec![soa.clone(), row.clone(), control.clone(), building.clone()],
            "TA-0001",
            json!({"state": "in_progress"}),
            "SR-0001",
        ),
        (
            "X-19",
            vec![soa.clone(), row.clone(), since.clone(), with(building.clone(), json!({"state": "planned"}))],
            "TA-0001",
            json!({"start": "2026-01-01"}),
            "SR-0001",
        ),
        (
            "X-19",
            vec![
                soa.clone(),
                row.clone(),
                control.clone(),
                with(draft.clone(), json!({"controls": ["C-0001"]})),
                risk.clone(),
                with(action.clone(), json!({"due": null})),
            ],
            "TA-0001",
            json!({"due": "2026-09-30"}),
            "SR-0001",
        ),
        (
            "X-19",
            vec![soa.clone(), row.clone(), since.clone(), with(building.clone(), json!({"state": "planned"}))],
            "TA-0001",
            json!({"start": "2026-01-15"}),
            "SR-0001",
        ),
        (
            "X-19",
            vec![soa, with(row, json!({"controls": []})), control.clone(), building],
            "TA-0001",
            json!({"state": "in_progress"}),
            "SR-0001",
        ),
        (
            "X-20",
            vec![with(risk.clone(), json!({"residual_value": 6})), draft.clone(), action.clone()],
            "R-0001",
            json!({"residual_value": 8}),
            "R-0001",
        ),
        ("X-21", vec![risk.clone(), draft.clone(), action.clone()], "R-0001", json!({"current_value": 6}), "R-0001"),
        ("X-22", vec![risk.clone(), draft.clone(), action.clone()], "TA-0001", json!({"state": "cancelled"}), "R-0001"),
        (
            "X-22",
            vec![risk.clone(), with(draft.clone(), json!({"controls": ["C-0001"]})), control.clone()],
            "C-0001",
            json!({"state": "planned"}),
            "R-0001",
        ),
        ("X-23", vec![risk.clone(), draft.clone(), action], "TRT-0001", json!({"option": "accept"}), "TRT-0001"),
        (
            "X-24",
            vec![
                with(risk.clone(), json!({"state": "treatment_decided"})),
                with(draft, json!({"state": "approved", "option": "avoid"})),
            ],
            "TRT-0001",
            json!({"state": "draft"}),
            "R-0001",
        ),
        (
            "X-25",
            vec![
                method.clone(),
                json!({"ref": "R-0001", "state": "evaluated", "methodology": "MET-0001",
                      "residual_likelihood": 2, "residual_impact": 2, "residual_value": 4}),
            ],
            "R-0001",
            json!({"residual_value": 3}),
            "R-0001",
        ),
        (
            "X-25",
            vec![
                method,
                json!({"ref": "R-0001", "state": "evaluated", "methodology": "MET-0001",
                      "inherent_likelihood": 2}),
            ],
            "R-0001",
            json!({"inherent_likelihood": 3}),
            "R-0001",
        ),
        (
            "X-26",
            vec![person.clone(), json!({"ref": "SUP-0001", "state": "active", "owner": "PER-0001"})],
            "PER-0001",
            json!({"state": "left"}),
            "SUP-0001",
        ),
        (
            "X-26",
            vec![person, json!({"ref": "DOC-0001", "state": "effective", "owner": "PER-0001"})],
            "PER-0001",
            json!({"state": "left"}),
            "DOC-0001",
        ),
        (
            "X-27",
            vec![json!({"ref": "SUP-0001", "state": "active", "contract_end": "2026-06-30"})],
            "SUP-0001",
            json!({"contract_end": "2026-06-29"}),
            "SUP-0001",
        ),
        (
            "X-29",
            vec![json!({"ref": "CHG-0001", "state": "approved", "planned_for": "2026-06-30"})],
            "CHG-0001",
            json!({"planned_for": "2026-06-29"}),
            "CHG-0001",
        ),
        (
            "X-30",
            vec![
                json!({"ref": "SUP-0001", "state": "active", "criticality": "medium", "next_assessment": "2026-06-30"}),
            ],
            "SUP-0001",
            json!({"next_assessment": "2026-06-29"}),
            "SUP-0001",
        ),
        (
            "X-31",
            vec![
                json!({"ref": "BCP-0001", "state": "approved", "next_exercise": "2026-04-20"}),
                json!({"ref": "BCX-0001", "state": "done", "plan": "BCP-0001", "performed_on": "2026-04-20"}),
            ],
            "BCX-0001",
            json!({"performed_on": "2026-04-19"}),
            "BCP-0001",
        ),
        ("X-28", vec![since, evidence.clone()], "EV-0001", json!({"collected_on": "2026-01-14"}), "EV-0001"),
        (
            "X-28",
            vec![
                with(evidence, json!({"supports_controls": null})),
                json!({"ref": "TA-0001", "state": "done", "start": "2026-01-15", "evidence": ["EV-0001"]}),
            ],
            "EV-0001",
            json!({"collected_on": "2026-01-14"}),
            "EV-0001",
        ),
    ]
    .into_iter()
    .chain(traces())
    .collect()
}

/// The cases of records that lead to each other or say the same thing twice.
fn traces() -> Vec<Case> {
    let risk = json!({"ref": "R-0001", "state": "evaluated", "current_value": 9});
    let accepted =
        json!({"ref": "TRT-0001", "state": "draft", "risk": "R-0001", "option": "accept", "expected_value": 9});
    let policy = json!({"ref": "DOC-0001", "state": "effective", "title": "Access Control Policy"});
    let from =
        |source: &str, day: &str| json!({"ref": "NC-0001", "state": "open", "source": source, "detected_on": day});
    let asset =
        |number: u32, hours: &str| json!({"ref": format!("AST-{number:04}"), "state": "active", "rto_hours": hours});
    let needing = json!({"ref": "AST-0001", "state": "active", "rto_hours": "2", "depends_on": ["AST-0002"]});
    let plan = json!({"ref": "BCP-0001", "state": "approved", "assets": ["AST-0001"], "rto_hours": "4"});
    let reached = json!({"ref": "OBJ-0001", "state": "achieved", "target": "95", "direction": "at_least"});
    let raci = |activity: &str| json!([{"activity": "Conduct internal audits", "value": "R"}, {"activity": activity, "value": "A"}]);
    let mut cases: Vec<Case> = vec![
        ("X-32", vec![risk.clone(), accepted], "TRT-0001", json!({"expected_value": 8}), "TRT-0001"),
        (
            "X-33",
            vec![
                json!({"ref": "R-0001", "state": "closed"}),
                json!({"ref": "TRT-0001", "state": "approved", "risk": "R-0001", "option": "avoid"}),
            ],
            "TRT-0001",
            json!({"state": "proposed"}),
            "R-0001",
        ),
        (
            "X-35",
            vec![json!({"ref": "ROLE-0001", "state": "active", "raci": raci("Run the audit programme")})],
            "ROLE-0001",
            json!({"raci": raci("Maintain risk register")}),
            "ROLE-0001",
        ),
        (
            "X-37",
            vec![
                json!({"ref": "NC-0001", "state": "open", "source": "incident", "source_record": "INC-0002"}),
                json!({"ref": "INC-0001", "state": "closed", "nonconformity": "NC-0001"}),
                json!({"ref": "INC-0002", "state": "closed", "nonconformity": "NC-0001"}),
            ],
            "INC-0002",
            json!({"nonconformity": null}),
            "NC-0001",
        ),
        ("X-38", vec![needing.clone(), asset(2, "2")], "AST-0002", json!({"rto_hours": "2.5"}), "AST-0001"),
        ("X-39", vec![plan.clone(), asset(1, "4")], "AST-0001", json!({"rto_hours": "3"}), "BCP-0001"),
        (
            "X-39",
            vec![
                json!({"ref": "BCP-0001", "state": "approved", "assets": ["AST-0001"], "rpo_hours": "4"}),
                json!({"ref": "AST-0001", "state": "active", "rpo_hours": "4"}),
            ],
            "BCP-0001",
            json!({"rpo_hours": "5"}),
            "BCP-0001",
        ),
        (
            "X-41",
            vec![
                reached.clone(),
                json!({"ref": "OBJ-0002", "state": "achieved", "target": "5", "direction": "at_most", "result_value": "5"}),
            ],
            "OBJ-0002",
            json!({"result_value": "5.1"}),
            "OBJ-0002",
        ),
        (
            "X-41",
            vec![
                {
                    let mut measured = reached;
                    measured["metrics"] = json!(["MTR-0001"]);
                    measured
                },
                json!({"ref": "MTR-0001", "state": "active"}),
                json!({"ref": "MS-0001", "state": "recorded", "metric": "MTR-0001", "period_end": "2026-03-31", "value": "95"}),
            ],
            "MS-0001",
            json!({"value": "94"}),
            "OBJ-0001",
        ),
    ];
    let named = [
        ("OBL-0001", json!({"how_met": "Access Control Policy"}), json!({"how_met": "Data Protection Policy + DPO"})),
        ("REQ-0001", json!({"how_addressed": "AC Policy"}), json!({"how_addressed": "Backup Policy"})),
        ("C-0001", json!({"how": "by the policy"}), json!({"how": "by the Cryptography Policy"})),
    ];
    for (target, mut record, change) in named {
        record["ref"] = json!(target);
        record["state"] = json!(if target == "C-0001" { "planned" } else { "active" });
        cases.push(("X-34", vec![policy.clone(), record], target, change, target));
    }
    let audit = json!({"ref": "AU-0001", "state": "closed", "audit_type": "internal", "performed_from": "2026-02-02"});
    let visit = json!({"ref": "AU-0001", "state": "closed", "audit_type": "certification_stage2", "performed_to": "2026-02-02"});
    let certified = json!({"ref": "CERT-0001", "state": "certified", "surveillance": [{"performed_on": "2026-02-02"}]});
    let review = json!({"ref": "MR-0001", "state": "held", "held_on": "2026-02-02"});
    let test = json!({"ref": "CT-0001", "state": "done", "tested_on": "2026-02-02"});
    let exercise = json!({"ref": "BCX-0001", "state": "done", "performed_on": "2026-02-02"});
    let origins = [
        ("internal_audit", audit, json!({"performed_from": "2026-02-03"})),
        ("external_audit", visit, json!({"audit_type": "supplier"})),
        ("external_audit", certified, json!({"surveillance": []})),
        ("management_review", review, json!({"held_on": "2026-02-03"})),
        ("control_test", test, json!({"state": "planned"})),
        ("exercise", exercise, json!({"performed_on": null})),
    ];
    for (source, origin, change) in origins {
        let target: &'static str = match source {
            "internal_audit" => "AU-0001",
            "external_audit" if origin["ref"] == "AU-0001" => "AU-0001",
            "external_audit" => "CERT-0001",
            "management_review" => "MR-0001",
            "control_test" => "CT-0001",
            _ => "BCX-0001",
        };
        cases.push(("X-36", vec![from(source, "2026-02-02"), origin], target, change, "NC-0001"));
    }
    let days = [
        ("AU-0001", "closed", "performed_to"),
        ("BCX-0001", "done", "performed_on"),
        ("CHG-0001", "implemented", "implemented_on"),
        ("C-0001", "implemented", "implemented_on"),
        ("CT-0001", "done", "tested_on"),
        ("CA-0001", "done", "done_on"),
        ("EFV-0001", "done", "verified_on"),
        ("EV-0001", "accepted", "collected_on"),
        ("MR-0001", "held", "held_on"),
        ("NC-0001", "closed", "closed_on"),
        ("SAS-0001", "done", "performed_on"),
        ("TC-0001", "recorded", "completed_on"),
        ("TA-0001", "done", "done_on"),
        ("VUL-0001", "closed", "fixed_on"),
    ];
    for (target, state, field) in days {
        let today = json!({"ref": target, "state": state, field: "2026-06-30"});
        cases.push(("X-40", vec![today], target, json!({field: "2026-07-01"}), target));
    }
    cases
}

#[test]
fn each_has_an_example_that_holds_and_a_change_that_breaks_it() {
    let mut shown = BTreeSet::new();
    for (rule, records, target, change, item) in cases() {
        shown.insert(rule);
        let mut records = example(&records);
        assert_eq!(contradictions(&records), [""; 0], "before: {rule} {change}");
        records.set(target.parse().unwrap(), change.as_object().unwrap());
        assert_eq!(contradictions(&records), [format!("{rule} {item}")], "{rule} {change}");
    }
    let all: BTreeSet<&str> = rules::contradictions().map(|rule| rule.id).collect();
    assert_eq!(shown, all);
}

#[test]
fn what_only_looks_like_a_contradiction_is_none() {
    let risk = json!({"ref": "R-0001", "state": "evaluated", "inherent_value": 12, "current_value": 6});
    let draft = json!({"ref": "TRT-0001", "state": "draft", "risk": "R-0001", "option": "treat", "expected_value": 6});
    let action = json!({"ref": "TA-0001", "state": "planned", "treatments": ["TRT-0001"], "due": "2026-09-30"});
    let with = |record: &Value, field: &str, value: Value| {
        let mut record = record.clone();
        record[field] = value;
        record
    };
    let cases: [(&str, Vec<Value>); 13] = [
        (
            "the control of the row works; another one of the same number is being built",
            vec![
                json!({"ref": "SOA-0001", "state": "draft"}),
                json!({"ref": "SR-0001", "state": "decided", "soa": "SOA-0001", "annex_id": "A.8.5",
                       "applicable": true, "implementation": "implemented", "controls": ["C-0002"]}),
                json!({"ref": "C-0001", "state": "planned", "annex_refs": ["A.8.5"]}),
                json!({"ref": "C-0002", "state": "implemented", "annex_refs": ["A.8.5"]}),
                json!({"ref": "TA-0001", "state": "planned", "control": "C-0001", "due": "2026-09-30"}),
            ],
        ),
        (
            "the risk is at its target, and the work is done",
            vec![risk.clone(), draft.clone(), with(&action, "state", json!("done"))],
        ),
        (
            "the treatment is not expected to lower anything",
            vec![with(&risk, "inherent_value", json!(6)), draft.clone(), action.clone()],
        ),
        (
            "a change whose day is over and that was done",
            vec![json!({"ref": "CHG-0001", "state": "approved", "planned_for": "2026-05-10",
                        "implemented_on": "2026-05-12"})],
        ),
        (
            "an important supplier, which a rule of its own asks about",
            vec![json!({"ref": "SUP-0001", "state": "active", "criticality": "high", "next_assessment": "2026-06-01"})],
        ),
        (
            "the exercise was moved and lies ahead",
            vec![
                json!({"ref": "BCP-0001", "state": "approved", "next_exercise": "2026-04-20"}),
                json!({"ref": "BCX-0001", "state": "planned", "plan": "BCP-0001", "planned_for": "2026-07-20"}),
            ],
        ),
        (
            "the day came to light before anything of that sort was recorded, but the record is named",
            vec![
                json!({"ref": "NC-0001", "state": "open", "source": "internal_audit", "source_record": "F-0001"}),
                json!({"ref": "F-0001", "state": "issued"}),
            ],
        ),
        (
            "what people tell leaves no record",
            vec![json!({"ref": "NC-0001", "state": "open", "source": "complaint", "detected_on": "2026-02-02"})],
        ),
        (
            "two incidents of one nonconformity",
            vec![
                json!({"ref": "NC-0001", "state": "open", "source": "incident", "source_record": "INC-0001"}),
                json!({"ref": "INC-0001", "state": "closed", "nonconformity": "NC-0001"}),
                json!({"ref": "INC-0002", "state": "closed", "nonconformity": "NC-0001"}),
            ],
        ),
        (
            "another can stand in for what an asset needs, and what is gone is needed no more",
            vec![
                json!({"ref": "AST-0001", "state": "active", "rto_hours": "1", "depends_on": ["AST-0002", "AST-0003"]}),
                json!({"ref": "AST-0002", "state": "active", "rto_hours": "2", "redundant": true}),
                json!({"ref": "AST-0003", "state": "retired", "rto_hours": "2"}),
            ],
        ),
        (
            "no document is registered at all, which rules of their own tell",
            vec![json!({"ref": "OBL-0001", "state": "active", "how_met": "Data Protection Policy"})],
        ),
        ("a risk that is closed without any decision about it", vec![json!({"ref": "R-0001", "state": "closed"})]),
        (
            "evidence of the day on which the work began",
            vec![
                json!({"ref": "EV-0001", "state": "accepted", "collected_on": "2026-01-15"}),
                json!({"ref": "TA-0001", "state": "done", "start": "2026-01-15", "evidence": ["EV-0001"]}),
            ],
        ),
    ];
    for (told, records) in cases {
        assert_eq!(contradictions(&example(&records)), [""; 0], "{told}");
    }
    // What is accepted at its value is a contradiction of one sort, not of two.
    let accepted = with(&draft, "option", json!("accept"));
    assert_eq!(contradictions(&example(&[risk, accepted, action])), ["X-23 TRT-0001"]);
}

#[test]
fn somebody_who_was_only_invited_has_not_left() {
    let records = example(&[
        json!({"ref": "PER-0001", "state": "invited", "name": "Ann"}),
        json!({"ref": "SUP-0001", "state": "active", "owner": "PER-0001"}),
    ]);
    assert_eq!(contradictions(&records), [""; 0]);
}

#[test]
fn a_contradiction_is_judged_anew_only_when_its_kinds_change_and_can_be_explained() {
    let isms = Records::clinic().isms();
    let report = judge(&isms);
    for found in report.contradicting() {
        assert_eq!(report.outcome(found.rule.id).unwrap().verdict, Verdict::Violated);
        let explanation = report.explain(&isms, found.rule, Some(found.item));
        assert!(explanation.basis.iter().any(|basis| Some(basis.record) == found.item.record()));
    }
    for rule in rules::contradictions() {
        for name in rule.fields {
            let (kind, field) = name.split_once('.').unwrap();
            let kind = Kind::named(kind).unwrap_or_else(|| panic!("{}: {name}", rule.id));
            assert!(field == "state" || kind.def().field(field).is_some(), "{}: {name}", rule.id);
        }
    }
}
