//! Taking back: signatures that are revoked, records that are void, and values that nobody can set.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use attestry_model::change::FileFact;
use attestry_model::{AnyRef, Command};
use common::{House, IM, RO, TM, assert_refused};
use serde_json::{Value, json};

fn void(house: &mut House, who: u32, target: AnyRef) {
    let reason = "entered twice".to_owned();
    house.command(who, Command::Void { target, revision: None, reason }).unwrap();
}

/// A statement in force by the signature of top management.
fn statement() -> (House, AnyRef, AnyRef) {
    let mut house = House::new();
    house.import(&[("RA-0001", json!({ "state": "approved" }))]).unwrap();
    let fields = json!({ "version": "1.0", "risk_assessment": "RA-0001", "annex_edition": "ISO/IEC 27001:2022" });
    let soa = house.create(IM, "soa", fields).unwrap();
    house.step(IM, soa, "in_review", json!({})).unwrap();
    house.step(TM, soa, "approved", json!({})).unwrap();
    let approval = house.field(soa, "approval").as_str().unwrap().parse().unwrap();
    (house, soa, approval)
}

#[test]
fn what_came_into_force_by_a_signature_goes_back_when_it_is_revoked() {
    let (mut house, soa, approval) = statement();
    assert_eq!(house.state(soa), "effective");
    house.step(TM, approval, "revoked", json!({})).unwrap();
    assert_eq!((house.state(approval), house.state(soa)), ("revoked", "draft"));
    house.step(IM, soa, "in_review", json!({})).unwrap();
    house.step(TM, soa, "approved", json!({})).unwrap();
    assert_eq!(house.state(soa), "effective");
    assert_ne!(house.field(soa, "approval"), approval.to_string(), "it rests on a signature of its own again");
}

#[test]
fn a_signature_that_is_void_carries_nothing_either() {
    let (mut house, soa, approval) = statement();
    void(&mut house, TM, approval);
    assert_eq!(house.state(soa), "draft");
}

#[test]
fn a_signature_on_which_nothing_rests_takes_nothing_with_it() {
    let (mut house, soa, first) = statement();
    let second = house.signed(soa, common::TM2, "top_management").unwrap();
    house.step(common::TM2, second, "revoked", json!({})).unwrap();
    assert_eq!((house.state(soa), house.state(first)), ("effective", "signed"));
}

#[test]
fn what_is_superseded_is_history_also_without_its_signature() {
    let (mut house, soa, approval) = statement();
    house.now += jiff::SignedDuration::from_hours(24);
    let fields = json!({ "version": "2.0", "risk_assessment": "RA-0001", "annex_edition": "ISO/IEC 27001:2022" });
    let next = house.create(IM, "soa", fields).unwrap();
    house.step(IM, next, "in_review", json!({})).unwrap();
    house.step(TM, next, "approved", json!({})).unwrap();
    assert_eq!(house.state(soa), "superseded");
    house.step(TM, approval, "revoked", json!({})).unwrap();
    assert_eq!((house.state(soa), house.state(next)), ("superseded", "effective"));
}

#[test]
fn a_plan_loses_its_approval_with_that_of_a_risk_owner() {
    let mut house = House::new();
    let risk = json!({ "state": "analysed", "risk_owner": "PER-0004", "current_value": 6 });
    house.import(&[("RA-0001", json!({ "state": "approved" })), ("R-0001", risk)]).unwrap();
    let fields = json!({ "risk": "R-0001", "option": "avoid", "avoid_how": "we stop it", "rationale": "too dear" });
    let treatment = house.create(RO, "treatment", fields).unwrap();
    let fields = json!({ "version": "1.0", "risk_assessment": "RA-0001", "treatments": [treatment.to_string()] });
    let plan = house.create(IM, "treatment_plan", fields).unwrap();
    house.step(IM, plan, "in_review", json!({})).unwrap();
    let owner = house.signed(plan, RO, "risk_owner").unwrap();
    house.step(TM, plan, "approved", json!({})).unwrap();
    house.step(RO, owner, "revoked", json!({})).unwrap();
    assert_eq!(house.state(plan), "draft");
    house.step(IM, plan, "in_review", json!({})).unwrap();
    assert_refused(house.step(TM, plan, "approved", json!({})), "owner_approvals");
}

#[test]
fn a_void_record_is_not_changed_in_any_way() {
    let mut house = House::new();
    let supplier = house.create(IM, "supplier", json!({ "notes": "old" })).unwrap();
    void(&mut house, IM, supplier);
    for fields in
        [json!({ "notes": "new" }), json!({ "title": "new" }), json!({ "tags": ["a"] }), json!({ "notes": null })]
    {
        let message = assert_refused(house.update(IM, supplier, fields), "");
        assert_eq!(message, "SUP-0001 is void; a void record is not changed any more");
    }
    let file = FileFact { name: "a.txt".into(), sha256: "0".repeat(64), size: 1 };
    assert_refused(house.command(IM, Command::Attach { target: supplier, file, reason: None }), "");
    let message = house.import(&[("SUP-0001", json!({ "state": "active", "title": "back" }))]).unwrap_err().to_string();
    assert!(message.contains("SUP-0001 is void"), "{message}");
    // A legal hold keeps it from being disposed of, void or not.
    let reason = "a dispute".to_owned();
    house.command(IM, Command::Hold { target: supplier, hold: true, reason }).unwrap();
    assert_eq!(house.field(supplier, "legal_hold"), true);
    // What files say of it as it stands is no change.
    let fields = house.record(supplier).fields();
    house.import(&[("SUP-0001", Value::Object(fields))]).unwrap();
}

#[test]
fn voiding_carries_out_what_follows_like_every_other_write() {
    // The approval is the case at hand: it rests on `follow` that its subject goes back.
    let (mut house, soa, approval) = statement();
    let reason = "signed by mistake".to_owned();
    let change = house.command(TM, Command::Void { target: approval, revision: None, reason }).unwrap();
    let written: Vec<String> = change.entries.iter().map(|entry| entry.subject.to_string()).collect();
    assert_eq!(written, [approval.to_string(), soa.to_string()]);
}

/// A house with a method of 3 by 3 levels whose risk value is likelihood times impact, and a risk of 2 by 3.
fn measured() -> (House, AnyRef) {
    let mut house = House::new();
    let scale: Vec<Value> = (1..=3).map(|level| json!({ "level": level, "label": format!("level {level}") })).collect();
    let matrix = json!({ "1,1": 1, "1,2": 2, "1,3": 3, "2,1": 2, "2,2": 4, "2,3": 6, "3,1": 3, "3,2": 6, "3,3": 9 });
    let method = json!({ "state": "effective", "version": "1.0", "effective_from": "2026-01-01",
                         "likelihood_scale": scale, "impact_scale": scale, "matrix": matrix });
    house.import(&[("MET-0001", method)]).unwrap();
    let fields = json!({ "risk_owner": "PER-0004", "current_likelihood": 2, "current_impact": 3 });
    let risk = house.create(IM, "risk", fields).unwrap();
    assert_eq!(house.field(risk, "current_value"), 6);
    (house, risk)
}

#[test]
fn a_value_that_is_worked_out_says_so_when_somebody_sets_it() {
    let (mut house, risk) = measured();
    let told = "is worked out from other fields and is 6; change those instead";
    for value in [json!(9), Value::Null] {
        assert_eq!(assert_refused(house.update(IM, risk, json!({ "current_value": value })), "current_value"), told);
    }
    let fields = json!({ "current_value": 7 });
    assert_eq!(assert_refused(house.step(IM, risk, "analysed", fields), "current_value"), told);
    let fields = json!({ "current_likelihood": 2, "current_impact": 3, "current_value": 7 });
    assert_eq!(assert_refused(house.create(IM, "risk", fields), "current_value"), told);
}

#[test]
fn a_form_that_sends_back_what_it_showed_is_no_attempt_to_set_it() {
    let (mut house, risk) = measured();
    house.update(IM, risk, json!({ "current_likelihood": 3, "current_value": 6 })).unwrap();
    assert_eq!(house.field(risk, "current_value"), 9);
    house.update(IM, risk, json!({ "current_impact": 2, "current_value": 6 })).unwrap();
    assert_eq!(house.field(risk, "current_value"), 6);
    house.update(IM, risk, json!({ "current_impact": 1, "current_value": null })).unwrap();
    assert_eq!(house.field(risk, "current_value"), 3);
}
