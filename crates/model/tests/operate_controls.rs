//! Operating: exceptions, evidence, criteria and tests of controls, metrics, access reviews, suppliers.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

mod common;

use common::{AO, CO, EM, House, IA, IM, RO, SYSTEM, assert_denied, assert_refused, person};
use serde_json::{Value, json};

/// A control that is implemented, owned by the control owner and operated by the asset owner, with a criterion.
fn house() -> House {
    let mut house = House::new();
    house
        .import(&[
            ("C-0001", json!({"state": "implemented", "owner": "PER-0005", "operator": "PER-0003"})),
            ("EC-0001", json!({"state": "active", "control": "C-0001"})),
            ("NC-0001", json!({"state": "open"})),
            ("TSK-0001", json!({"state": "open"})),
            ("AST-0001", json!({"state": "active"})),
        ])
        .unwrap();
    house
}

fn exception(asked_by: u32) -> Value {
    json!({"reason": "no updates", "compensating": "own zone", "requested_by": person(asked_by),
           "valid_from": "2026-07-01", "expires_on": "2026-12-31", "subject_control": "C-0001"})
}

#[test]
fn nobody_approves_their_own_exception() {
    let mut house = house();
    let other = house.create(EM, "exception", exception(EM)).unwrap();
    house.step(IM, other, "approved", json!({})).unwrap();
    let own = house.create(IM, "exception", exception(IM)).unwrap();
    assert_refused(house.step(IM, own, "approved", json!({})), "requested_by");
    house.signed(own, IM, "isms_manager").unwrap();
    assert_refused(house.step(IM, own, "approved", json!({})), "requested_by");
    house.signed(own, RO, "risk_owner").unwrap();
    house.step(IM, own, "approved", json!({})).unwrap();
    assert_eq!(house.state(own), "approved", "somebody else signed it");
}

fn evidence(collected_by: u32) -> Value {
    json!({"evidence_type": "report", "collected_on": "2026-06-30", "collected_by": person(collected_by),
           "source": "directory", "file_hash": "0f".repeat(32)})
}

#[test]
fn evidence_is_accepted_by_somebody_else_than_its_collector() {
    let mut house = house();
    let proof = house.create(CO, "evidence", evidence(CO)).unwrap();
    assert_refused(house.step(CO, proof, "accepted", json!({})), "reviewed_by");
    assert_refused(house.step(CO, proof, "accepted", json!({"reviewed_by": "PER-0002"})), "reviewed_by");
    house.step(IM, proof, "accepted", json!({})).unwrap();
    assert_eq!(house.field(proof, "reviewed_by"), "PER-0002");
    assert_eq!(house.field(proof, "reviewed_on"), "2026-07-01");
}

#[test]
fn rejected_evidence_says_who_rejected_it() {
    let mut house = house();
    let proof = house.create(CO, "evidence", evidence(CO)).unwrap();
    house.step(IA, proof, "rejected", json!({"reviewed_on": "2026-06-30"})).unwrap();
    assert_eq!(house.field(proof, "reviewed_by"), "PER-0006");
    assert_eq!(house.field(proof, "reviewed_on"), "2026-06-30", "what was said is kept");
}

#[test]
fn evidence_states_a_fact_from_the_start() {
    let mut fields = common::object(evidence(CO));
    fields.remove("source");
    assert_refused(house().create(CO, "evidence", Value::Object(fields)), "source");
}

fn criterion(evaluator: u32, method: &str) -> Value {
    json!({"control": "C-0001", "statement": "few fail", "method": method, "threshold": "5 %", "frequency": "P1Y",
           "evaluator": person(evaluator)})
}

#[test]
fn a_criterion_is_judged_by_somebody_who_does_not_operate_the_control() {
    let mut house = house();
    let by_operator = house.create(IM, "effectiveness_criterion", criterion(AO, "review")).unwrap();
    assert_refused(house.step(IM, by_operator, "active", json!({})), "evaluator");
    house.step(IM, by_operator, "active", json!({"evaluator": "PER-0002"})).unwrap();
}

#[test]
fn a_criterion_by_metric_names_the_metric() {
    let mut house = house();
    let criterion = house.create(IM, "effectiveness_criterion", criterion(IM, "metric")).unwrap();
    assert_refused(house.step(IM, criterion, "active", json!({})), "metric");
    let metric = house.create(IM, "metric", json!({})).unwrap();
    house.step(IM, criterion, "active", json!({"metric": metric.to_string()})).unwrap();
}

fn control_test(tester: u32) -> Value {
    json!({"control": "C-0001", "criterion": "EC-0001", "planned_for": "2026-07-01", "tester": person(tester)})
}

#[test]
fn the_operator_of_a_control_cannot_test_it() {
    let mut house = house();
    let own = house.create(IM, "control_test", control_test(AO)).unwrap();
    assert_refused(house.step(AO, own, "done", json!({"result": "effective"})), "tester");
    let other = house.create(IM, "control_test", control_test(IA)).unwrap();
    house.step(IA, other, "done", json!({"result": "effective"})).unwrap();
    assert_eq!(house.field(other, "tested_on"), "2026-07-01");
    assert_eq!(house.field("C-0001", "last_tested_on"), "2026-07-01");
    assert_eq!(house.state("C-0001"), "implemented");
}

#[test]
fn a_test_that_is_done_has_a_result() {
    let mut house = house();
    let test = house.create(IM, "control_test", control_test(IA)).unwrap();
    assert_refused(house.step(IA, test, "done", json!({})), "result");
}

#[test]
fn a_failed_test_names_a_nonconformity_and_makes_the_control_ineffective() {
    let mut house = house();
    let test = house.create(IM, "control_test", control_test(IA)).unwrap();
    assert_refused(house.step(IA, test, "done", json!({"result": "not_effective"})), "nonconformity");
    let failed = json!({"result": "not_effective", "nonconformity": "NC-0001"});
    house.step(IA, test, "done", failed).unwrap();
    assert_eq!(house.state("C-0001"), "ineffective");
}

#[test]
fn a_failed_test_leaves_a_control_alone_that_is_not_implemented() {
    let mut house = house();
    house.import(&[("C-0001", json!({"state": "in_progress", "operator": "PER-0003"}))]).unwrap();
    let test = house.create(IM, "control_test", control_test(IA)).unwrap();
    house.step(IA, test, "done", json!({"result": "not_effective", "nonconformity": "NC-0001"})).unwrap();
    assert_eq!(house.state("C-0001"), "in_progress");
}

#[test]
fn an_older_test_does_not_speak_for_a_control_that_was_tested_since() {
    let mut house = house();
    let tested = json!({"state": "implemented", "operator": "PER-0003", "last_tested_on": "2026-06-30"});
    house.import(&[("C-0001", tested)]).unwrap();
    let test = house.create(IM, "control_test", control_test(IA)).unwrap();
    let late = json!({"result": "not_effective", "nonconformity": "NC-0001", "tested_on": "2026-03-01"});
    house.step(IA, test, "done", late).unwrap();
    assert_eq!(house.state("C-0001"), "implemented");
    assert_eq!(house.field("C-0001", "last_tested_on"), "2026-06-30");
}

#[test]
fn a_repaired_control_is_not_undone_by_the_review_of_the_test() {
    let mut house = house();
    let test = house.create(IM, "control_test", control_test(IA)).unwrap();
    house.step(IA, test, "done", json!({"result": "not_effective", "nonconformity": "NC-0001"})).unwrap();
    let repaired = json!({"state": "implemented", "operator": "PER-0003", "last_tested_on": "2026-07-01"});
    house.import(&[("C-0001", repaired)]).unwrap();
    house.step(IM, test, "reviewed", json!({})).unwrap();
    assert_eq!(house.state("C-0001"), "implemented");
}

/// A metric that is in force: higher is better, green from 98, amber from 90.
fn measured(formula: &str) -> House {
    let mut house = house();
    let metric = json!({"state": "active", "formula": formula, "direction": "higher_better", "target": "98",
                        "amber": "90", "collector": "PER-0007", "analyst": "PER-0002"});
    house.import(&[("MTR-0001", metric)]).unwrap();
    house
}

fn measurement(more: Value) -> Value {
    let mut fields = common::object(json!({"metric": "MTR-0001", "period_start": "2026-06-01",
        "period_end": "2026-06-30", "measured_on": "2026-07-01", "collected_by": "PER-0007"}));
    fields.extend(common::object(more));
    Value::Object(fields)
}

#[test]
fn the_value_and_the_rating_of_a_measurement_are_computed() {
    let mut house = measured("100 * numerator / denominator");
    for (numerator, value, rating) in [
        ("98", "98", "green"),
        ("97.9", "97.9", "amber"),
        ("90", "90", "amber"),
        ("89.9999", "90", "amber"),
        ("62", "62", "red"),
    ] {
        let raw = measurement(json!({"numerator": numerator, "denominator": "100"}));
        let made = house.create(EM, "measurement", raw).unwrap();
        assert_eq!(house.field(made, "value"), value, "of {numerator}");
        assert_eq!(house.field(made, "rating"), rating, "of {numerator}");
    }
    let typed = house.create(EM, "measurement", measurement(json!({"value": "12", "numerator": "1"}))).unwrap();
    assert_eq!(house.field(typed, "value"), "12", "a value that is typed is kept");
}

#[test]
fn a_formula_in_words_needs_the_value_itself() {
    let mut house = measured("count");
    assert_refused(house.create(EM, "measurement", measurement(json!({"numerator": "3"}))), "value");
    house.create(EM, "measurement", measurement(json!({"value": "3"}))).unwrap();
}

#[test]
fn a_red_value_is_evaluated_with_a_comment_and_a_follow_up() {
    let mut house = measured("count");
    let red = house.create(EM, "measurement", measurement(json!({"value": "12"}))).unwrap();
    assert_refused(house.step(IM, red, "evaluated", json!({"follow_up": "TSK-0001"})), "comment");
    assert_refused(house.step(IM, red, "evaluated", json!({"comment": "late"})), "follow_up");
    house.step(IM, red, "evaluated", json!({"comment": "late", "follow_up": "TSK-0001"})).unwrap();
    assert_eq!(house.field(red, "evaluated_by"), "PER-0002");
    assert_eq!(house.field(red, "evaluated_on"), "2026-07-01");
}

#[test]
fn a_rating_that_the_thresholds_do_not_give_is_not_evaluated() {
    let mut house = measured("count");
    let wrong = house.create(EM, "measurement", measurement(json!({"value": "12", "rating": "green"}))).unwrap();
    let message = assert_refused(house.step(IM, wrong, "evaluated", json!({})), "rating");
    assert!(message.contains("red"), "{message}");
}

#[test]
fn an_access_review_that_is_done_says_how_many_accounts_it_saw() {
    let mut house = house();
    let plan = json!({"system": "AST-0001", "privileged": true, "planned_for": "2026-07-01", "reviewer": "PER-0003"});
    let review = house.create(IM, "access_review", plan).unwrap();
    assert_refused(house.step(AO, review, "done", json!({})), "accounts_total");
    assert_denied(house.step(EM, review, "done", json!({"accounts_total": 12})).map_err(hidden_is_denied));
    house.step(AO, review, "done", json!({"accounts_total": 12})).unwrap();
    assert_eq!(house.field(review, "performed_on"), "2026-07-01");
}

/// What somebody may not even see is absent for them; that is a denial too.
fn hidden_is_denied(refusal: attestry_model::Refusal) -> attestry_model::Refusal {
    match refusal {
        attestry_model::Refusal::Absent(what) => attestry_model::Refusal::Denied(what),
        other => other,
    }
}

#[test]
fn a_run_that_deviated_says_how() {
    let mut house = house();
    let process = house.create(IM, "isms_process", json!({"owner": "PER-0002"})).unwrap();
    let plan = json!({"process": process.to_string(), "planned_for": "2026-07-01", "owner": "PER-0002"});
    let run = house.create(IM, "process_execution", plan).unwrap();
    assert_refused(house.step(IM, run, "done", json!({})), "result");
    assert_refused(house.step(IM, run, "done", json!({"result": "deviation"})), "deviation");
    house.step(IM, run, "done", json!({"result": "deviation", "deviation": "two days late"})).unwrap();
    assert_eq!(house.field(run, "executed_by"), "PER-0002");
    assert_eq!(house.field(run, "executed_on"), "2026-07-01");
}

#[test]
fn an_outsourced_process_names_its_supplier() {
    let mut house = house();
    let fields = json!({"owner": "PER-0002", "clause_refs": ["9.1"], "inputs": "a", "outputs": "b", "criteria": "c",
                        "outsourced": true});
    let process = house.create(IM, "isms_process", fields).unwrap();
    assert_refused(house.step(IM, process, "active", json!({})), "supplier");
    let supplier = house.create(IM, "supplier", json!({})).unwrap();
    house.step(IM, process, "active", json!({"supplier": supplier.to_string()})).unwrap();
}

#[test]
fn a_weighty_cloud_service_comes_with_shared_duties_an_exit_and_a_next_look() {
    let mut house = house();
    let fields = |criticality: &str, cloud: bool| {
        json!({"service": "hosting", "criticality": criticality, "data_access": "regulated", "cloud": cloud,
               "owner": "PER-0002", "security_clauses": true, "privacy_agreement": "signed"})
    };
    let cloud = house.create(IM, "supplier", fields("critical", true)).unwrap();
    for field in ["shared_responsibility", "exit_plan", "next_assessment"] {
        assert_refused(house.step(IM, cloud, "active", json!({})), field);
    }
    let all =
        json!({"shared_responsibility": "they: platform", "exit_plan": "export", "next_assessment": "2027-01-01"});
    house.step(IM, cloud, "active", all).unwrap();
    let light = house.create(IM, "supplier", fields("medium", false)).unwrap();
    house.step(IM, light, "active", json!({})).unwrap();
}

#[test]
fn an_assessment_with_gaps_names_what_follows_and_dates_the_supplier() {
    let mut house = house();
    let supplier = house.create(IM, "supplier", json!({})).unwrap();
    let fields = |result: &str, day: &str, follow_up: Value| {
        json!({"supplier": supplier.to_string(), "method": "interview", "performed_on": day, "assessor": "PER-0002",
               "result": result, "valid_until": "2027-06-01", "follow_up": follow_up})
    };
    let open = house.create(IM, "supplier_assessment", fields("conditional", "2026-06-01", Value::Null));
    assert_refused(open, "follow_up");
    house.create(IM, "supplier_assessment", fields("conditional", "2026-06-01", json!(["TSK-0001"]))).unwrap();
    assert_eq!(house.field(supplier, "last_assessed"), "2026-06-01");
    house.create(IM, "supplier_assessment", fields("satisfactory", "2026-05-01", Value::Null)).unwrap();
    assert_eq!(house.field(supplier, "last_assessed"), "2026-06-01", "an older one changes nothing");
}

#[test]
fn only_the_program_lets_things_expire() {
    let mut house = house();
    let proof = house.create(CO, "evidence", evidence(CO)).unwrap();
    house.step(IM, proof, "accepted", json!({})).unwrap();
    assert_denied(house.step(IM, proof, "expired", json!({})));
    house.step(SYSTEM, proof, "expired", json!({})).unwrap();
}
