//! Controls, weaknesses, and the Statement of Applicability.

use attestry_model::decide::state_hash;
use serde_json::{Value, json};

use crate::acceptance::acceptance;
use crate::common::{CO, IA, IM, RO, TM, assert_refused, object, person};
use crate::plans::action;
use crate::{risk, world};

#[test]
fn a_control_says_how_it_works_when_it_is_due_and_when_it_is_tested() {
    let mut house = world();
    let fields = json!({"source": "annex_a", "purpose": "restore", "control_types": ["corrective"],
                        "acts_on": ["impact"], "owner": person(CO)});
    let control = house.create(IM, "control", fields).unwrap();
    let outcome = house.step(CO, control, "in_progress", json!({}));
    assert_refused(outcome.clone(), "how");
    assert_refused(outcome, "planned_for");
    house.step(CO, control, "in_progress", json!({"how": "daily copies", "planned_for": "2026-09-01"})).unwrap();
    assert_refused(house.step(CO, control, "implemented", json!({})), "next_test_due");
    house.step(CO, control, "implemented", json!({"next_test_due": "2027-01-01"})).unwrap();
    assert_eq!(house.field(control, "implemented_on"), "2026-07-01");
}

#[test]
fn who_audits_an_area_owns_no_control_risk_or_action_in_it() {
    let mut house = world();
    let audit = |state: &str| {
        json!({"state": state, "lead_auditor": person(IA), "annex_controls": ["A.8.13"],
                                     "org_units": ["OU-0001"]})
    };
    house.import(&[("AU-0001", audit("in_progress"))]).unwrap();
    house.update(IM, "PER-0006", json!({"app_roles": ["internal_auditor", "control_owner", "risk_owner"]})).unwrap();
    let fields = json!({"source": "annex_a", "annex_refs": ["A.8.13"], "purpose": "restore", "how": "copies",
                        "control_types": ["corrective"], "acts_on": ["impact"], "owner": person(IA),
                        "planned_for": "2026-09-01"});
    let control = house.create(IM, "control", fields).unwrap();
    let risk = risk(&mut house, json!({"risk_owner": person(IA)}));
    let action = action(&mut house, json!({"responsible": person(IA)}));
    assert_refused(house.step(CO, control, "in_progress", json!({})), "owner");
    assert_refused(house.step(IM, risk, "analysed", json!({})), "risk_owner");
    assert_refused(house.step(IA, action, "in_progress", json!({})), "responsible");
    house.import(&[("AU-0001", audit("closed"))]).unwrap();
    house.step(CO, control, "in_progress", json!({})).unwrap();
    house.step(IM, risk, "analysed", json!({})).unwrap();
    house.step(IA, action, "in_progress", json!({})).unwrap();
}

#[test]
fn a_vulnerability_notes_when_it_was_fixed() {
    let mut house = world();
    let weakness = house.create(CO, "vulnerability", json!({"vuln_type": "technical"})).unwrap();
    house.step(CO, weakness, "mitigated", json!({})).unwrap();
    assert_eq!(house.field(weakness, "fixed_on"), "2026-07-01");
    let weakness = house.create(CO, "vulnerability", json!({"vuln_type": "technical"})).unwrap();
    house.step(RO, weakness, "accepted", json!({})).unwrap();
    assert_eq!(house.field(weakness, "fixed_on"), Value::Null);
}

#[test]
fn an_approved_soa_is_in_force_at_once_and_supersedes_the_one_before() {
    let mut house = world();
    house.import(&[("RA-0001", json!({"state": "approved"}))]).unwrap();
    let mut approved = Vec::new();
    for version in ["1.0", "2.0"] {
        let fields = json!({"version": version, "risk_assessment": "RA-0001", "annex_edition": "ISO/IEC 27001:2022"});
        let soa = house.create(IM, "soa", fields).unwrap();
        house.step(IM, soa, "in_review", json!({})).unwrap();
        house.step(TM, soa, "approved", json!({})).unwrap();
        assert_eq!(house.state(soa), "effective");
        approved.push(soa);
    }
    assert_eq!(house.state(approved[0]), "superseded");
    // A material change takes it back to where it can be worked on, and the signature no longer counts.
    house.update(IM, approved[1], json!({"changes": "all new"})).unwrap();
    assert_eq!(house.state(approved[1]), "draft");
    assert_eq!(house.state("APR-0002"), "invalidated");
}

#[test]
fn a_row_of_the_soa_gives_its_reasons_and_stands_there_once() {
    let mut house = world();
    house.import(&[("SOA-0001", json!({"state": "draft"})), ("OBL-0001", json!({"state": "active"}))]).unwrap();
    let risk = risk(&mut house, json!({})).to_string();
    let basis = json!({"soa": "SOA-0001", "applicable": true, "reasons": ["business"], "justification": "needed",
                       "implementation": "not_implemented"});
    let cases = [
        (json!({"applicable": null}), "applicable", json!(false)),
        (json!({"justification": null}), "justification", json!("needed")),
        (json!({"applicable": false, "justification": null}), "justification", json!("no such thing here")),
        (json!({"reasons": []}), "reasons", json!(["business"])),
        (json!({"reasons": ["risk"]}), "risks", json!([risk])),
        (json!({"reasons": ["contractual"]}), "obligations", json!(["OBL-0001"])),
        (json!({"implementation": null}), "implementation", json!("not_implemented")),
        (json!({"implementation": "implemented"}), "controls", json!(["C-0001"])),
        (json!({"implementation": "planned"}), "planned_date", json!("2026-12-31")),
        (json!({"implementation": "partial", "controls": ["C-0001"]}), "planned_date", json!("2026-12-31")),
    ];
    for (at, (otherwise, field, answer)) in cases.into_iter().enumerate() {
        let mut fields = basis.clone();
        fields["annex_id"] = json!(format!("A.5.{}", at + 1));
        for (name, value) in object(otherwise) {
            fields[name] = value;
        }
        let row = house.create(IM, "applicability", fields).unwrap();
        assert_refused(house.step(IM, row, "decided", json!({})), field);
        house.step(IM, row, "decided", json!({field: answer})).unwrap();
    }
    assert_refused(house.create(IM, "applicability", json!({"soa": "SOA-0001", "annex_id": "A.5.1"})), "annex_id");
    house.create(IM, "applicability", json!({"soa": "SOA-0001", "annex_id": "A.8.1"})).unwrap();
}

#[test]
fn what_a_step_notes_does_not_break_the_signature_made_with_it() {
    let mut house = world();
    let risk = risk(&mut house, json!({"current_likelihood": 1, "current_impact": 2}));
    let acceptance = acceptance(&mut house, risk, RO);
    house.step(RO, acceptance, "accepted", json!({"conditions": "until the new server runs"})).unwrap();
    assert_eq!(house.field("APR-0001", "subject_hash"), state_hash(house.record(acceptance), &house.isms));
    assert_eq!(house.field("APR-0001", "subject_revision"), 2);
}
