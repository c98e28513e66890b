//! What is signed together lapses together: the rows of a Statement of Applicability, the decisions of a plan.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use attestry_model::decide::covers;
use attestry_model::records::Approval;
use attestry_model::{AnyRef, Command};
use common::{House, IM, RO, TM};
use serde_json::json;

/// A house with an approved statement of two rows; gives the statement and its rows.
fn approved() -> (House, AnyRef, [AnyRef; 2]) {
    let mut house = House::new();
    house
        .import(&[
            ("MET-0001", json!({ "state": "effective", "version": "1.0" })),
            ("SCO-0001", json!({ "state": "effective", "version": "1.0" })),
            ("RA-0001", json!({ "state": "approved", "methodology": "MET-0001", "scope": "SCO-0001" })),
        ])
        .unwrap();
    let fields = json!({ "version": "1.0", "risk_assessment": "RA-0001", "annex_edition": "ISO/IEC 27001:2022" });
    let soa = house.create(IM, "soa", fields).unwrap();
    let row = |house: &mut House, control: &str| {
        let fields = json!({ "soa": soa.to_string(), "annex_id": control, "applicable": true, "reasons": ["business"],
                             "justification": "basic practice", "implementation": "planned",
                             "planned_date": "2026-12-31" });
        house.create(IM, "applicability", fields).unwrap()
    };
    let rows = [row(&mut house, "A.5.1"), row(&mut house, "A.5.2")];
    house.step(IM, soa, "in_review", json!({})).unwrap();
    house.step(TM, soa, "approved", json!({})).unwrap();
    (house, soa, rows)
}

fn approval(house: &House, soa: AnyRef) -> AnyRef {
    let links = house.isms.links_to(soa);
    links.filter(|link| link.field == "subject").map(|link| link.source).last().unwrap()
}

fn is_covered(house: &House, soa: AnyRef) -> bool {
    let approval = house.isms.get(approval(house, soa).of::<Approval>().unwrap()).unwrap();
    covers(approval, house.isms.record(soa).unwrap(), &house.isms)
}

#[test]
fn a_signature_covers_the_rows_of_the_statement() {
    let (house, soa, _) = approved();
    assert_eq!(house.state(soa), "effective");
    assert!(is_covered(&house, soa));
}

#[test]
fn a_decision_that_changes_takes_the_signature_away() {
    let (mut house, soa, rows) = approved();
    house.update(IM, rows[0], json!({ "applicable": false, "justification": "no longer needed" })).unwrap();
    assert_eq!(house.state(soa), "draft");
    assert_eq!(house.state(approval(&house, soa)), "invalidated");
    assert!(!is_covered(&house, soa));
}

#[test]
fn a_row_that_is_decided_or_opened_again_takes_the_signature_away() {
    let (mut house, soa, rows) = approved();
    house.step(IM, rows[0], "decided", json!({})).unwrap();
    assert_eq!(house.state(soa), "draft");
    assert_eq!(house.state(approval(&house, soa)), "invalidated");

    house.step(IM, rows[1], "decided", json!({})).unwrap();
    house.step(IM, soa, "in_review", json!({})).unwrap();
    house.step(TM, soa, "approved", json!({})).unwrap();
    assert!(house.state(soa) == "effective" && is_covered(&house, soa));
    house.step(IM, rows[1], "undecided", json!({})).unwrap();
    assert_eq!(house.state(soa), "draft");
    assert_eq!(house.state(approval(&house, soa)), "invalidated");
    assert!(!is_covered(&house, soa));
}

#[test]
fn files_that_open_a_row_again_take_the_signature_away() {
    let (mut house, soa, rows) = approved();
    let mut fields = house.record(rows[0]).fields();
    fields.insert("state".into(), "decided".into());
    house.import(&[(&rows[0].to_string(), serde_json::Value::Object(fields))]).unwrap();
    assert_eq!(house.state(soa), "draft");
}

#[test]
fn a_treatment_may_be_approved_after_the_plan_but_not_rejected() {
    for (to, state) in [("approved", "approved"), ("rejected", "draft")] {
        let mut house = House::new();
        let risk = json!({ "state": "analysed", "risk_owner": "PER-0004", "current_value": 6 });
        house.import(&[("RA-0001", json!({ "state": "approved" })), ("R-0001", risk)]).unwrap();
        let fields = json!({ "risk": "R-0001", "option": "avoid", "avoid_how": "we stop it", "rationale": "too dear" });
        let treatment = house.create(RO, "treatment", fields).unwrap();
        house.step(RO, treatment, "proposed", json!({})).unwrap();
        let fields = json!({ "version": "1.0", "risk_assessment": "RA-0001", "treatments": [treatment.to_string()] });
        let plan = house.create(IM, "treatment_plan", fields).unwrap();
        house.step(IM, plan, "in_review", json!({})).unwrap();
        house.signed(plan, RO, "risk_owner").unwrap();
        house.step(TM, plan, "approved", json!({})).unwrap();
        house.step(RO, treatment, to, json!({})).unwrap();
        assert_eq!(house.state(plan), state, "a treatment that is {to}");
    }
}

#[test]
fn the_state_of_implementation_may_go_on_changing() {
    let (mut house, soa, rows) = approved();
    house.update(IM, rows[1], json!({ "planned_date": "2027-01-31" })).unwrap();
    assert_eq!(house.state(soa), "effective");
    assert!(is_covered(&house, soa));
}

#[test]
fn a_row_that_comes_later_or_goes_takes_the_signature_away() {
    let (mut house, soa, _) = approved();
    house.create(IM, "applicability", json!({ "soa": soa.to_string(), "annex_id": "A.5.3" })).unwrap();
    assert_eq!(house.state(soa), "draft");

    let (mut house, soa, rows) = approved();
    let reason = "twice".to_owned();
    house.command(IM, Command::Void { target: rows[0], revision: None, reason }).unwrap();
    assert_eq!(house.state(soa), "draft");

    let (mut house, soa, rows) = approved();
    let other = house.create(IM, "soa", json!({ "version": "2.0" })).unwrap();
    house.update(IM, rows[0], json!({ "soa": other.to_string() })).unwrap();
    assert_eq!(house.state(soa), "draft");
}
