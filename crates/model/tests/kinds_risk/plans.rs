//! Assessments, treatment plans and their actions.

use attestry_model::AnyRef;
use serde_json::{Value, json};

use crate::common::{EM, House, IM, RO, RO2, TM, assert_denied, assert_refused, object, person};
use crate::{approved_treatment, risk, treatment, world};

#[test]
fn an_assessment_notes_its_days_freezes_its_risks_and_supersedes_the_one_before() {
    let mut house = world();
    let risk = risk(&mut house, json!({}));
    let mut approved = Vec::new();
    for _ in 0..2 {
        let fields = json!({"methodology": "MET-0001", "scope": "SCO-0001", "trigger": "periodic",
                            "planned_for": "2026-07-01", "participants": [person(IM)], "risks": [risk.to_string()]});
        let run = house.create(IM, "risk_assessment", fields).unwrap();
        house.step(IM, run, "in_progress", json!({})).unwrap();
        assert_eq!(house.field(run, "started_on"), "2026-07-01");
        house.step(IM, run, "completed", json!({})).unwrap();
        assert_eq!(house.field(run, "completed_on"), "2026-07-01");
        house.step(TM, run, "approved", json!({})).unwrap();
        approved.push(run);
        house.update(IM, risk, json!({"cause": "a forged page"})).unwrap();
    }
    assert_eq!([approved[0], approved[1]].map(|run| house.state(run)), ["superseded", "approved"]);
    let hashes = [approved[0], approved[1]].map(|run| house.field(run, "snapshot_hash"));
    assert_ne!(hashes[0], hashes[1], "the risk changed between the two");
    assert_eq!(hashes[0].as_str().map(str::len), Some(64));
}

/// A treatment plan in review over these decisions.
pub fn plan(house: &mut House, treatments: &[AnyRef]) -> AnyRef {
    house.import(&[("RA-0001", json!({"state": "approved"}))]).unwrap();
    let treatments: Vec<String> = treatments.iter().map(AnyRef::to_string).collect();
    let fields = json!({"version": "1.0", "risk_assessment": "RA-0001", "treatments": treatments});
    let plan = house.create(IM, "treatment_plan", fields).unwrap();
    house.step(IM, plan, "in_review", json!({})).unwrap();
    plan
}

#[test]
fn a_plan_is_approved_by_top_management_once_every_risk_owner_has_signed_it_as_it_stands() {
    let mut house = world();
    let one = risk(&mut house, json!({}));
    let other = risk(&mut house, json!({"risk_owner": person(RO2)}));
    let treatments = [approved_treatment(&mut house, one, RO), approved_treatment(&mut house, other, RO2)];
    let plan = plan(&mut house, &treatments);
    assert_refused(house.step(TM, plan, "approved", json!({})), "owner_approvals");
    house.signed(plan, RO, "risk_owner").unwrap();
    assert_refused(house.step(TM, plan, "approved", json!({})), "owner_approvals");
    house.signed(plan, RO2, "risk_owner").unwrap();
    // The risk owners' signatures do not stand for that of top management.
    assert_denied(house.step(IM, plan, "approved", json!({})));
    // A plan that changes must be signed again.
    house.update(IM, plan, json!({"budget": "1000 EUR"})).unwrap();
    assert_refused(house.step(TM, plan, "approved", json!({})), "owner_approvals");
    let signatures = [RO, RO2].map(|owner| house.signed(plan, owner, "risk_owner").unwrap().to_string());
    house.step(TM, plan, "approved", json!({})).unwrap();
    assert_eq!(house.field(plan, "owner_approvals"), json!(signatures));
    assert_eq!(house.field(plan, "approved_on"), "2026-07-01");
    let by = house.field(plan, "approval").as_str().unwrap().parse::<AnyRef>().unwrap();
    assert_eq!(house.field(by, "signer"), person(TM));
}

#[test]
fn a_plan_in_execution_supersedes_the_one_before() {
    let mut house = world();
    let before = |state: &str| json!({"state": state, "version": "0.9", "approved_on": "2025-01-01"});
    house.import(&[("RTP-0001", before("in_execution")), ("RTP-0002", before("draft"))]).unwrap();
    house.import(&[("RTP-0003", json!({"state": "approved", "approved_on": "2026-07-01"}))]).unwrap();
    house.step(IM, "RTP-0003", "in_execution", json!({})).unwrap();
    let states = ["RTP-0001", "RTP-0002", "RTP-0003"].map(|name| house.state(name));
    assert_eq!(states, ["superseded", "draft", "in_execution"]);
}

/// An action of EM for a risk of RO, planned, with some fields set otherwise.
pub fn action(house: &mut House, otherwise: Value) -> AnyRef {
    let risk = risk(house, json!({}));
    let treatment = treatment(house, risk, json!({}));
    house.import(&[("RTP-0009", json!({"state": "in_execution"}))]).unwrap();
    let mut fields = json!({"plan": "RTP-0009", "treatments": [treatment.to_string()], "control": "C-0001",
                            "what": "build it", "responsible": person(EM), "due": "2026-12-31", "resources": "two",
                            "cost_once": "0 EUR", "priority": "high", "progress": "0"});
    for (name, value) in object(otherwise) {
        fields[name] = value;
    }
    house.create(IM, "treatment_action", fields).unwrap()
}

#[test]
fn an_action_begins_with_its_control_and_cost_and_is_done_with_proof() {
    let mut house = world();
    for (missing, answer) in [("control", json!("C-0001")), ("cost_once", json!("0 EUR"))] {
        let action = action(&mut house, json!({missing: null}));
        assert_refused(house.step(EM, action, "in_progress", json!({})), missing);
        house.step(EM, action, "in_progress", json!({missing: answer})).unwrap();
    }
    let action = action(&mut house, json!({}));
    house.step(EM, action, "in_progress", json!({})).unwrap();
    assert_refused(house.step(EM, action, "blocked", json!({})), "blocked_reason");
    house.step(EM, action, "blocked", json!({"blocked_reason": "supplier is late"})).unwrap();
    house.step(EM, action, "in_progress", json!({})).unwrap();
    assert_refused(house.step(EM, action, "done", json!({})), "evidence");
    house.step(EM, action, "done", json!({"evidence": ["EV-0001"]})).unwrap();
    assert_eq!(house.field(action, "done_on"), "2026-07-01");
}

#[test]
fn who_did_an_action_does_not_verify_it_and_other_risk_owners_neither() {
    let mut house = world();
    let mut done = |responsible: u32| {
        let action = action(&mut house, json!({"responsible": person(responsible)}));
        house.step(responsible, action, "in_progress", json!({})).unwrap();
        house.step(responsible, action, "done", json!({"evidence": ["EV-0001"]})).unwrap();
        action
    };
    let (own, others) = (done(IM), done(EM));
    assert_refused(house.step(IM, own, "verified", json!({})), "verified_by");
    assert_refused(house.step(IM, own, "verified", json!({"verified_by": person(RO)})), "verified_by");
    house.step(RO, own, "verified", json!({})).unwrap();
    assert_eq!(house.field(own, "verified_by"), person(RO));
    assert_eq!(house.field(own, "verified_on"), "2026-07-01");
    assert_refused(house.step(RO2, others, "verified", json!({})), "treatments");
    assert_refused(house.update(IM, others, json!({"verified_by": person(EM)})), "verified_by");
    house.step(IM, others, "verified", json!({})).unwrap();
}

#[test]
fn an_action_is_cancelled_by_the_owner_of_the_risk() {
    let mut house = world();
    let action = action(&mut house, json!({}));
    assert_denied(house.step(IM, action, "cancelled", json!({})));
    assert_refused(house.step(RO2, action, "cancelled", json!({})), "treatments");
    house.step(RO, action, "cancelled", json!({})).unwrap();
}
