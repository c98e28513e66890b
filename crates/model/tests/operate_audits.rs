//! Audits, nonconformities, management reviews, improvements, certification.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

mod common;

use common::{CO, EM, House, IA, IM, RO, TM, assert_refused, person};
use serde_json::{Value, json};

/// Another internal auditor, who works in no audited unit.
const OTHER: u32 = 12;

fn house() -> House {
    let mut house = House::new();
    let auditor = |unit: &str, roles: &[&str]| {
        json!({"state": "active", "title": "Auditor", "name": "Auditor", "email": format!("{unit}@example.org"),
               "employment": "contractor", "org_unit": unit, "joined_on": "2025-01-01", "app_roles": roles})
    };
    house
        .import(&[
            ("OU-0002", json!({"state": "active", "head": "PER-0001"})),
            ("OU-0003", json!({"state": "active", "head": "PER-0001"})),
            ("PER-0012", auditor("OU-0002", &["internal_auditor", "employee"])),
            ("AP-0001", json!({"state": "running"})),
            ("RCA-0001", json!({"state": "agreed"})),
            ("EV-0001", json!({"state": "accepted"})),
        ])
        .unwrap();
    house
}

fn audit(lead: u32) -> Value {
    json!({"programme": "AP-0001", "audit_type": "internal", "criteria": ["own policies"], "scope_text": "all",
           "clauses": ["9.1", "9.2"], "annex_controls": ["A.8.13"], "org_units": ["OU-0003"],
           "lead_auditor": person(lead), "methods": ["interview"],
           "planned_from": "2026-07-01", "planned_to": "2026-07-03"})
}

#[test]
fn auditors_do_not_audit_their_own_work() {
    let cases: &[(&str, Value)] = &[
        ("OU-0003", json!({"state": "active", "head": "PER-0012"})),
        ("C-0001", json!({"state": "implemented", "annex_refs": ["A.8.13"], "owner": "PER-0012"})),
        ("C-0001", json!({"state": "implemented", "annex_refs": ["A.8.13"], "operator": "PER-0012"})),
        ("PRC-0001", json!({"state": "active", "clause_refs": ["9.1"], "owner": "PER-0012"})),
        ("R-0001", json!({"state": "monitored", "existing_controls": ["C-0009"], "risk_owner": "PER-0012"})),
        ("R-0001", json!({"state": "monitored", "assets": ["AST-0009"], "risk_owner": "PER-0012"})),
        ("TA-0001", json!({"state": "in_progress", "control": "C-0009", "responsible": "PER-0012"})),
        ("CA-0001", json!({"state": "planned", "nonconformity": "NC-0009", "responsible": "PER-0012"})),
        (
            "PER-0012",
            json!({"state": "active", "name": "Auditor", "email": "a@example.org", "org_unit": "OU-0003",
                            "app_roles": ["internal_auditor"]}),
        ),
    ];
    for (reference, fields) in cases {
        let mut house = house();
        house
            .import(&[
                ("C-0009", json!({"state": "implemented", "annex_refs": ["A.8.13"]})),
                ("AST-0009", json!({"state": "active", "org_unit": "OU-0003"})),
                ("NC-0009", json!({"state": "open", "requirement_id": "9.1"})),
                (reference, fields.clone()),
            ])
            .unwrap();
        let plan = house.create(IM, "audit", audit(OTHER)).unwrap();
        let message = assert_refused(house.step(IA, plan, "prepared", json!({})), "lead_auditor");
        assert!(message.contains("PER-0012"), "{message}");
    }
}

#[test]
fn auditors_audit_what_is_not_their_own() {
    let mut house = house();
    house
        .import(&[
            ("C-0001", json!({"state": "implemented", "annex_refs": ["A.5.1"], "owner": "PER-0012"})),
            ("C-0002", json!({"state": "retired", "annex_refs": ["A.8.13"], "owner": "PER-0012"})),
            ("PRC-0001", json!({"state": "active", "clause_refs": ["9.2"], "owner": "PER-0012"})),
            ("R-0001", json!({"state": "closed", "assets": [], "risk_owner": "PER-0012"})),
        ])
        .unwrap();
    let plan = house.create(IM, "audit", audit(OTHER)).unwrap();
    house.step(IA, plan, "prepared", json!({})).unwrap();
    assert_eq!(house.state(plan), "prepared");
}

#[test]
fn every_auditor_of_the_team_is_independent() {
    let mut house = house();
    let control = json!({"state": "implemented", "annex_refs": ["A.8.13"], "owner": "PER-0005"});
    house.import(&[("C-0001", control)]).unwrap();
    let mut fields = common::object(audit(OTHER));
    fields.insert("auditors".to_owned(), json!([person(CO)]));
    let plan = house.create(IM, "audit", Value::Object(fields)).unwrap();
    assert_refused(house.step(IA, plan, "prepared", json!({})), "auditors");
}

#[test]
fn an_internal_audit_belongs_to_a_programme_and_others_do_not_need_one() {
    let mut house = house();
    let mut fields = common::object(audit(OTHER));
    fields.remove("programme");
    let internal = house.create(IM, "audit", Value::Object(fields.clone())).unwrap();
    assert_refused(house.step(IA, internal, "prepared", json!({})), "programme");
    fields.insert("audit_type".to_owned(), json!("surveillance"));
    let external = house.create(IM, "audit", Value::Object(fields)).unwrap();
    house.step(IA, external, "prepared", json!({})).unwrap();
}

/// An audit that is under way, led by the other auditor.
fn under_way() -> (House, String) {
    let mut house = house();
    let plan = house.create(IM, "audit", audit(OTHER)).unwrap();
    house.step(IA, plan, "prepared", json!({})).unwrap();
    house.step(IA, plan, "in_progress", json!({})).unwrap();
    assert_eq!(house.field(plan, "performed_from"), "2026-07-01");
    (house, plan.to_string())
}

#[test]
fn an_audit_is_reported_when_every_requirement_in_scope_has_a_result() {
    let (mut house, plan) = under_way();
    let plan = plan.as_str();
    let check = |id: &str, state: &str, result: &str| json!({"state": state, "audit": plan, "requirement_id": id, "result": result});
    let report = json!({"summary": "good", "conclusion": "conforming"});
    house
        .import(&[("AC-0001", check("9.1 b", "done", "conforming")), ("AC-0002", check("9.2", "done", "not_checked"))])
        .unwrap();
    house.import(&[("AC-0003", check("A.8.13", "open", "conforming"))]).unwrap();
    let message = assert_refused(house.step(OTHER, plan, "reported", report.clone()), "clauses");
    assert!(message.contains("9.2") && message.contains('2'), "{message}");
    house
        .import(&[("AC-0002", check("9.2", "done", "minor")), ("AC-0003", check("A.8.13", "done", "conforming"))])
        .unwrap();
    assert_refused(house.step(OTHER, plan, "reported", json!({"summary": "good"})), "conclusion");
    assert_refused(house.step(OTHER, plan, "reported", json!({"conclusion": "conforming"})), "summary");
    house.step(OTHER, plan, "reported", report).unwrap();
    assert_eq!(house.field(plan, "report_issued_on"), "2026-07-01");
}

#[test]
fn an_audit_closes_when_its_findings_are_accepted() {
    let mut house = house();
    house.import(&[("AU-0001", json!({"state": "reported", "lead_auditor": "PER-0012"}))]).unwrap();
    house.import(&[("F-0001", json!({"state": "issued", "audit": "AU-0001"}))]).unwrap();
    let message = assert_refused(house.step(IA, "AU-0001", "closed", json!({})), "");
    assert!(message.contains("F-0001 is issued"), "{message}");
    house.import(&[("F-0001", json!({"state": "accepted", "audit": "AU-0001"}))]).unwrap();
    house.step(IA, "AU-0001", "closed", json!({})).unwrap();
}

#[test]
fn an_audit_check_that_is_done_states_facts_and_names_its_finding() {
    let mut house = house();
    house.import(&[("AU-0001", json!({"state": "in_progress"})), ("F-0001", json!({"state": "draft"}))]).unwrap();
    let fields = json!({"audit": "AU-0001", "requirement_id": "9.1", "question": "?", "auditor": "PER-0006"});
    let mut check = || house.create(IA, "audit_check", fields.clone()).unwrap();
    let (first, second) = (check(), check());
    assert_refused(house.step(IA, first, "done", json!({})), "result");
    assert_refused(house.step(IA, first, "done", json!({"result": "conforming"})), "evidence_seen");
    for result in ["minor", "major", "observation", "opportunity"] {
        assert_refused(house.step(IA, first, "done", json!({"result": result, "evidence_seen": "x"})), "finding");
    }
    let found = json!({"result": "minor", "evidence_seen": "2 of 12", "finding": "F-0001"});
    house.step(IA, first, "done", found).unwrap();
    assert_eq!(house.field(first, "checked_on"), "2026-07-01");
    house.step(IA, second, "done", json!({"result": "not_checked"})).unwrap();
}

#[test]
fn a_graded_finding_is_issued_with_a_deadline_and_a_nonconformity() {
    let mut house = house();
    house.import(&[("AU-0001", json!({"state": "in_progress"})), ("NC-0001", json!({"state": "open"}))]).unwrap();
    let finding = |grade: &str| {
        json!({"audit": "AU-0001", "grade": grade, "requirement_id": "9.1", "statement": "late",
               "objective_evidence": "2 of 12", "raised_by": "PER-0006", "raised_on": "2026-07-01",
               "responsible": "PER-0004"})
    };
    let minor = house.create(IA, "finding", finding("minor")).unwrap();
    assert_refused(house.step(IA, minor, "issued", json!({"nonconformity": "NC-0001"})), "response_due");
    assert_refused(house.step(IA, minor, "issued", json!({"response_due": "2026-07-31"})), "nonconformity");
    house.step(IA, minor, "issued", json!({"response_due": "2026-07-31", "nonconformity": "NC-0001"})).unwrap();
    house.step(RO, minor, "accepted", json!({})).unwrap();
    let light = house.create(IA, "finding", finding("observation")).unwrap();
    house.step(IA, light, "issued", json!({})).unwrap();
}

/// A nonconformity of the control owner, analysed as far as `fields` say.
fn analysed(house: &mut House, action_needed: bool) -> attestry_model::AnyRef {
    let fields = json!({"source": "monitoring", "grade": "minor", "requirement_id": "A.5.18", "statement": "late",
                        "detected_on": "2026-06-20", "owner": "PER-0005", "due": "2026-12-31"});
    let case = house.create(IM, "nonconformity", fields).unwrap();
    assert_refused(house.step(CO, case, "corrected", json!({"correction": "closed"})), "consequences");
    assert_refused(house.step(CO, case, "corrected", json!({"consequences": "none"})), "correction");
    house.step(CO, case, "corrected", json!({"correction": "closed", "consequences": "none"})).unwrap();
    assert_eq!(house.field(case, "correction_done_on"), "2026-07-01");
    assert_refused(house.step(CO, case, "analysed", json!({"action_needed": true})), "similar_check");
    assert_refused(house.step(CO, case, "analysed", json!({"similar_check": "none"})), "action_needed");
    let mut fields = json!({"similar_check": "none", "action_needed": action_needed});
    if !action_needed {
        assert_refused(house.step(CO, case, "analysed", fields.clone()), "no_action_reason");
        fields["no_action_reason"] = json!("single slip");
    }
    house.step(CO, case, "analysed", fields).unwrap();
    case
}

#[test]
fn a_nonconformity_is_closed_by_somebody_else_than_its_owner() {
    let mut house = house();
    let case = analysed(&mut house, true);
    assert_refused(house.step(IM, case, "no_action", json!({})), "action_needed");
    house.step(CO, case, "action_planned", json!({})).unwrap();
    house.step(CO, case, "action_done", json!({})).unwrap();
    house.step(IM, case, "verified", json!({})).unwrap();
    assert_refused(house.step(IM, case, "closed", json!({"closed_by": person(CO)})), "closed_by");
    house.step(IM, case, "closed", json!({})).unwrap();
    assert_eq!(house.field(case, "closed_by"), person(IM));
    assert_eq!(house.field(case, "closed_on"), "2026-07-01");
}

#[test]
fn the_owner_of_a_nonconformity_cannot_close_it_under_another_name() {
    let mut house = house();
    let own = json!({"state": "verified", "owner": "PER-0002", "correction": "x", "consequences": "x",
                     "similar_check": "x", "action_needed": true, "detected_on": "2026-06-20"});
    house.import(&[("NC-0001", own)]).unwrap();
    assert_refused(house.step(IM, "NC-0001", "closed", json!({"closed_by": person(IA)})), "closed_by");
    house.step(IA, "NC-0001", "closed", json!({})).unwrap();
}

#[test]
fn a_nonconformity_without_action_is_closed_with_the_reason() {
    let mut house = house();
    let case = analysed(&mut house, false);
    assert_refused(house.step(CO, case, "action_planned", json!({})), "action_needed");
    house.step(IM, case, "no_action", json!({})).unwrap();
    assert_eq!(house.state(case), "closed");
}

#[test]
fn the_five_whys_are_at_least_three() {
    let mut house = house();
    house.import(&[("NC-0001", json!({"state": "open"}))]).unwrap();
    let fields = json!({"nonconformity": "NC-0001", "method": "five_whys", "root_cause": "no start signal",
                        "cause_category": "process", "done_by": "PER-0005"});
    let analysis = house.create(IM, "root_cause_analysis", fields).unwrap();
    let whys = |count: usize| json!({"whys": vec![json!({"why": "why?", "because": "so"}); count]});
    assert_refused(house.step(IM, analysis, "agreed", whys(2)), "whys");
    house.step(IM, analysis, "agreed", whys(3)).unwrap();
    assert_eq!(house.field(analysis, "done_on"), "2026-07-01");
}

/// A corrective action for which `responsible` answers.
fn action(house: &mut House, responsible: u32) -> attestry_model::AnyRef {
    house.import(&[("NC-0001", json!({"state": "analysed"}))]).unwrap();
    let fields = json!({"nonconformity": "NC-0001", "what": "start from payroll", "responsible": person(responsible),
                        "due": "2026-12-31"});
    house.create(IM, "corrective_action", fields).unwrap()
}

#[test]
fn a_corrective_action_removes_a_cause_is_proved_and_verified_by_somebody_else() {
    let mut house = house();
    let action = action(&mut house, IM);
    assert_refused(house.step(IM, action, "in_progress", json!({})), "root_cause");
    house.step(IM, action, "in_progress", json!({"root_cause": "RCA-0001"})).unwrap();
    assert_refused(house.step(IM, action, "done", json!({})), "evidence");
    house.step(IM, action, "done", json!({"evidence": ["EV-0001"]})).unwrap();
    assert_eq!(house.field(action, "done_on"), "2026-07-01");
    assert_refused(house.step(IM, action, "verified", json!({})), "responsible");
    house.step(IA, action, "verified", json!({})).unwrap();
}

#[test]
fn an_action_that_is_reopened_is_no_longer_dated_as_done() {
    let mut house = house();
    let action = action(&mut house, CO);
    house.step(CO, action, "in_progress", json!({"root_cause": "RCA-0001"})).unwrap();
    house.step(CO, action, "done", json!({"evidence": ["EV-0001"], "done_on": "2026-06-30"})).unwrap();
    house.step(IM, action, "reopened", json!({})).unwrap();
    assert_eq!(house.field(action, "done_on"), Value::Null);
}

#[test]
fn an_action_that_is_given_up_needs_no_cause() {
    let mut house = house();
    let action = action(&mut house, CO);
    house.step(IM, action, "cancelled", json!({})).unwrap();
}

#[test]
fn whether_an_action_helped_is_judged_by_somebody_else_with_proofs() {
    let mut house = house();
    let action = action(&mut house, CO);
    let verification = |verifier: u32| {
        json!({"corrective_action": action.to_string(), "criterion": "none late", "planned_for": "2026-07-01",
               "verifier": person(verifier)})
    };
    let good = json!({"effective": true, "evidence": ["EV-0001"]});
    let own = house.create(IM, "effectiveness_verification", verification(CO)).unwrap();
    assert_refused(house.step(CO, own, "done", good.clone()), "verifier");
    let other = house.create(IM, "effectiveness_verification", verification(IA)).unwrap();
    assert_refused(house.step(IA, other, "done", json!({"evidence": ["EV-0001"]})), "effective");
    assert_refused(house.step(IA, other, "done", json!({"effective": true})), "evidence");
    let bad = json!({"effective": false, "evidence": ["EV-0001"]});
    assert_refused(house.step(IA, other, "done", bad), "follow_up");
    house.step(IA, other, "done", good).unwrap();
    assert_eq!(house.field(other, "verified_on"), "2026-07-01");
}

fn review(chair: u32) -> Value {
    json!({"planned_for": "2026-07-01", "period_from": "2025-07-01", "period_to": "2026-06-30",
           "chair": person(chair), "participants": [person(chair), person(IM)]})
}

#[test]
fn a_management_review_concludes_and_is_led_by_top_management() {
    let mut house = house();
    let conclusions = json!({"suitability": "suits", "adequacy": "enough", "effectiveness": "works"});
    let held = house.create(IM, "management_review", review(TM)).unwrap();
    house.step(IM, held, "prepared", json!({})).unwrap();
    for field in ["suitability", "adequacy", "effectiveness"] {
        assert_refused(house.step(TM, held, "held", json!({})), field);
    }
    house.step(TM, held, "held", conclusions.clone()).unwrap();
    assert_eq!(house.field(held, "held_on"), "2026-07-01");
    let led_by_staff = house.create(IM, "management_review", review(EM)).unwrap();
    house.step(IM, led_by_staff, "prepared", json!({})).unwrap();
    assert_refused(house.step(TM, led_by_staff, "held", conclusions), "chair");
}

#[test]
fn a_review_input_has_a_trend_where_there_is_one_and_a_reason_for_silence() {
    let mut house = house();
    let review = house.create(IM, "management_review", review(TM)).unwrap().to_string();
    let input = |item: &str, content: &str| json!({"review": review, "item": item, "content": content, "presented_by": "PER-0002"});
    for item in ["d1_nonconformities", "d2_measurements", "d3_audits", "d4_objectives"] {
        let made = house.create(IM, "review_input", input(item, "six open")).unwrap();
        assert_refused(house.step(IM, made, "ready", json!({})), "trend");
        house.step(IM, made, "ready", json!({"trend": "stable"})).unwrap();
    }
    let silent = house.create(IM, "review_input", input("e_feedback", "Nothing to report.")).unwrap();
    assert_refused(house.step(IM, silent, "ready", json!({})), "content");
    let reason = json!({"content": "Nothing to report: no party wrote in the period."});
    house.step(IM, silent, "ready", reason).unwrap();
}

#[test]
fn a_decision_names_who_and_when_unless_nothing_changes() {
    let mut house = house();
    let review = house.create(IM, "management_review", review(TM)).unwrap().to_string();
    let decision = |kind: &str, more: Value| {
        let mut fields = common::object(json!({"review": review, "text": "we do it", "decision_type": kind}));
        fields.extend(common::object(more));
        Value::Object(fields)
    };
    assert_refused(house.create(IM, "decision", decision("risk", json!({"due": "2026-12-31"}))), "responsible");
    assert_refused(house.create(IM, "decision", decision("risk", json!({"responsible": "PER-0005"}))), "due");
    house.create(IM, "decision", decision("no_change", json!({}))).unwrap();
    let both = json!({"responsible": "PER-0005", "due": "2026-12-31"});
    let made = house.create(IM, "decision", decision("risk", both)).unwrap();
    house.step(CO, made, "done", json!({})).unwrap();
    assert_eq!(house.field(made, "done_on"), "2026-07-01");
}

#[test]
fn an_improvement_is_accepted_for_somebody_and_done_with_a_result() {
    let mut house = house();
    let idea = json!({"source": "suggestion", "what": "label templates", "benefit": "culture"});
    let one = house.create(EM, "improvement", idea.clone()).unwrap();
    assert_refused(house.step(IM, one, "accepted", json!({"due": "2026-12-31"})), "responsible");
    assert_refused(house.step(IM, one, "accepted", json!({"responsible": "PER-0005"})), "due");
    house.step(IM, one, "accepted", json!({"responsible": "PER-0005", "due": "2026-12-31"})).unwrap();
    assert_refused(house.step(CO, one, "done", json!({})), "result");
    house.step(CO, one, "done", json!({"result": "used on all wards"})).unwrap();
    assert_eq!(house.field(one, "done_on"), "2026-07-01");
    let other = house.create(EM, "improvement", idea).unwrap();
    house.step(IM, other, "rejected", json!({})).unwrap();
}

#[test]
fn a_certification_goes_on_by_dates_and_a_certificate() {
    let mut house = house();
    house.import(&[("SCO-0001", json!({"state": "effective"}))]).unwrap();
    let cycle = house.create(IM, "certification", json!({"body": "Certifier", "scope": "SCO-0001"})).unwrap();
    assert_refused(house.step(IM, cycle, "stage1_done", json!({})), "stage1_on");
    house.step(IM, cycle, "stage1_done", json!({"stage1_on": "2026-06-01"})).unwrap();
    assert_refused(house.step(IM, cycle, "stage2_done", json!({})), "stage2_on");
    house.step(IM, cycle, "stage2_done", json!({"stage2_on": "2026-06-20"})).unwrap();
    for field in ["certificate_number", "valid_from", "valid_until"] {
        assert_refused(house.step(IM, cycle, "certified", json!({})), field);
    }
    let certificate = json!({"certificate_number": "X1", "valid_from": "2026-07-01", "valid_until": "2029-06-30"});
    house.step(IM, cycle, "certified", certificate).unwrap();
}
