//! Decisions about risks, and who accepts what is left.

use attestry_model::AnyRef;
use attestry_model::decide::covers;
use attestry_model::records::Approval;
use serde_json::json;

use crate::common::{House, IM, RO, RO2, TM, assert_refused, person};
use crate::{approved_treatment, risk, treatment, world};

#[test]
fn a_treatment_names_what_its_option_needs() {
    let mut house = world();
    let risk = risk(&mut house, json!({"current_likelihood": 3}));
    let cases = [
        (json!({"controls": []}), "controls", json!(["C-0001"])),
        (json!({"expected_likelihood": null}), "expected_likelihood", json!(1)),
        (json!({"option": "transfer"}), "transfer_to", json!("Insurance Ltd")),
        (json!({"option": "transfer", "transfer_to": "I", "expected_impact": null}), "expected_impact", json!(1)),
        (json!({"option": "avoid"}), "avoid_how", json!("the service is stopped")),
        (json!({"option": "accept"}), "option", json!("treat")),
    ];
    for (otherwise, field, answer) in cases {
        let treatment = treatment(&mut house, risk, otherwise);
        assert_refused(house.step(IM, treatment, "proposed", json!({})), field);
        house.step(IM, treatment, "proposed", json!({field: answer})).unwrap();
    }
    house.update(IM, risk, json!({"current_likelihood": 2})).unwrap();
    let acceptable = treatment(&mut house, risk, json!({"option": "accept"}));
    house.step(IM, acceptable, "proposed", json!({})).unwrap();
}

#[test]
fn an_approved_treatment_supersedes_the_one_before_of_the_same_risk_only() {
    let mut house = world();
    let (one, other) = (risk(&mut house, json!({})), risk(&mut house, json!({})));
    let first = approved_treatment(&mut house, one, RO);
    let apart = approved_treatment(&mut house, other, RO);
    assert_eq!(house.field(first, "decided_on"), "2026-07-01");
    let approval = house
        .isms
        .get(house.field(first, "approval").as_str().unwrap().parse::<AnyRef>().unwrap().of::<Approval>().unwrap());
    assert!(
        covers(approval.unwrap(), house.record(first), &house.isms),
        "the signature covers the decision as it is stored"
    );
    let second = approved_treatment(&mut house, one, RO);
    assert_eq!([first, second, apart].map(|name| house.state(name)), ["superseded", "approved", "approved"]);
}

/// An acceptance of a risk by this person, asked for by the ISMS manager.
pub fn acceptance(house: &mut House, risk: AnyRef, by: u32) -> AnyRef {
    let fields = json!({"risk": risk.to_string(), "accepted_by": person(by), "rationale": "tolerable",
                        "expires_on": "2027-06-30"});
    house.create(IM, "risk_acceptance", fields).unwrap()
}

#[test]
fn a_risk_is_accepted_by_its_owner_or_by_whom_its_band_demands() {
    // Value, who accepts, whether that is enough.
    let cases = [
        ((1, 2), RO, true),
        ((1, 2), RO2, false),
        ((1, 2), TM, true),
        ((2, 2), RO, false),
        ((2, 2), IM, false),
        ((2, 2), TM, true),
        ((2, 3), RO, false),
        ((2, 3), TM, true),
        ((3, 3), TM, false),
    ];
    for ((likelihood, impact), by, enough) in cases {
        let mut house = world();
        let risk = risk(&mut house, json!({"current_likelihood": likelihood, "current_impact": impact}));
        let acceptance = acceptance(&mut house, risk, by);
        let capacity = if by == TM { "top_management" } else { "other" };
        house.signed(acceptance, by, capacity).unwrap();
        let outcome = house.step(RO, acceptance, "accepted", json!({}));
        assert_eq!(outcome.is_ok(), enough, "value {likelihood}×{impact} accepted by {by}: {outcome:?}");
    }
}

#[test]
fn an_isms_manager_accepts_in_their_band_what_somebody_else_asked_for() {
    let mut house = world();
    house.update(IM, "PER-0010", json!({"app_roles": ["risk_owner", "isms_manager"]})).unwrap();
    let risk = risk(&mut house, json!({"current_likelihood": 2, "current_impact": 2}));
    let acceptance = acceptance(&mut house, risk, RO2);
    house.step(RO2, acceptance, "accepted", json!({})).unwrap();
    // But what they asked for themself they do not accept, since they do not own the risk.
    let fields = json!({"risk": risk.to_string(), "accepted_by": person(RO2), "rationale": "tolerable",
                        "expires_on": "2027-06-30"});
    let own = house.create(RO2, "risk_acceptance", fields).unwrap();
    assert_refused(house.step(RO2, own, "accepted", json!({})), "approval");
}

#[test]
fn what_is_accepted_is_the_value_of_today_and_who_accepts_signs() {
    let mut house = world();
    let risk = risk(&mut house, json!({"current_likelihood": 1, "current_impact": 2}));
    let acceptance = acceptance(&mut house, risk, RO);
    assert_eq!(house.field(acceptance, "accepted_value"), 2);
    assert_refused(house.step(RO2, acceptance, "accepted", json!({})), "approval");
    assert_refused(house.step(RO2, acceptance, "declined", json!({})), "risk");
    assert_refused(house.step(RO, acceptance, "accepted", json!({"accepted_value": 1})), "accepted_value");
    assert_refused(house.step(RO, acceptance, "accepted", json!({"expires_on": "2026-06-30"})), "expires_on");
    house.step(RO, acceptance, "accepted", json!({})).unwrap();
    assert_eq!(house.field(acceptance, "accepted_on"), "2026-07-01");
    assert_eq!(house.field("APR-0001", "signer"), person(RO));
}

#[test]
fn an_acceptance_rests_on_a_decision_about_the_same_risk() {
    let mut house = world();
    let (one, other) = (risk(&mut house, json!({})), risk(&mut house, json!({})));
    let decision = treatment(&mut house, other, json!({}));
    let acceptance = acceptance(&mut house, one, RO);
    assert_refused(house.update(RO, acceptance, json!({"treatment": decision.to_string()})), "treatment");
    let decision = treatment(&mut house, one, json!({}));
    house.update(RO, acceptance, json!({"treatment": decision.to_string()})).unwrap();
}

#[test]
fn an_acceptance_ends_when_the_risk_rises_above_it() {
    let mut house = world();
    let risk = risk(&mut house, json!({"current_likelihood": 1, "current_impact": 2}));
    let acceptance = acceptance(&mut house, risk, RO);
    house.step(RO, acceptance, "accepted", json!({})).unwrap();
    house.update(IM, risk, json!({"current_impact": 1})).unwrap();
    assert_eq!(house.state(acceptance), "accepted", "a lower value is still accepted");
    house.update(IM, risk, json!({"current_impact": 3})).unwrap();
    assert_eq!(house.state(acceptance), "invalidated");
}
