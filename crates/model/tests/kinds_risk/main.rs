//! Assets, methodologies, assessments, risks, treatments, plans, acceptances, controls and the Statement of Applicability.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

#[path = "../common/mod.rs"]
mod common;

mod acceptance;
mod controls;
mod plans;
mod risks;

use attestry_model::AnyRef;
use common::{House, IM, RO, object, person};
use serde_json::{Value, json};

/// A methodology of 3 by 3 levels: acceptable up to 2, never above 6, top management from 3 on.
fn method(state: &str) -> Value {
    let level = |level: i64| json!({"level": level, "label": format!("level {level}")});
    json!({"state": state, "version": "1.0", "likelihood_scale": [level(1), level(2), level(3)],
           "impact_scale": [level(1), level(2), level(3)],
           "matrix": {"1,1": 1, "1,2": 2, "1,3": 3, "2,1": 2, "2,2": 4, "2,3": 6, "3,1": 3, "3,2": 6, "3,3": 9},
           "bands": [{"name": "low", "min": 1, "max": 2, "authority": "risk_owner"},
                     {"name": "medium", "min": 3, "max": 4, "authority": "isms_manager"},
                     {"name": "high", "min": 5, "max": 9, "authority": "top_management"}],
           "acceptance_max": 2, "absolute_max": 6, "effective_from": "2026-01-01"})
}

/// A house with a methodology in force, a threat, a weakness, assets and a risk of RO with the value 6.
fn world() -> House {
    let mut house = House::new();
    house
        .import(&[
            ("MET-0001", method("effective")),
            ("THR-0001", json!({"state": "active"})),
            ("VUL-0001", json!({"state": "open"})),
            ("AST-0001", json!({"state": "active", "asset_class": "primary", "in_scope": true, "org_unit": "OU-0001"})),
            ("AST-0002", json!({"state": "active", "asset_class": "supporting", "in_scope": true})),
            ("AST-0003", json!({"state": "active", "asset_class": "primary", "in_scope": false})),
            ("BP-0001", json!({"state": "active"})),
            ("C-0001", json!({"state": "planned", "annex_refs": ["A.8.13"]})),
            ("SCO-0001", json!({"state": "effective"})),
            ("EV-0001", json!({"state": "accepted"})),
        ])
        .unwrap();
    house
}

/// A complete risk of RO, identified, with some fields set otherwise.
fn risk(house: &mut House, otherwise: Value) -> AnyRef {
    let mut fields = json!({"approach": "asset_based", "cause": "mail", "event": "encryption", "consequence": "outage",
                            "threats": ["THR-0001"], "vulnerabilities": ["VUL-0001"], "assets": ["AST-0001"],
                            "effects": ["A"], "risk_owner": person(RO), "risk_opportunity": "risk",
                            "current_likelihood": 2, "current_impact": 3, "likelihood_reason": "seen before",
                            "impact_reason": "two days", "methodology": "MET-0001", "assessed_on": "2026-06-01",
                            "next_review": "2027-06-01"});
    for (name, value) in object(otherwise) {
        fields[name] = value;
    }
    house.create(IM, "risk", fields).unwrap()
}

/// A complete draft of a decision to treat a risk.
fn treatment(house: &mut House, risk: AnyRef, otherwise: Value) -> AnyRef {
    let mut fields = json!({"risk": risk.to_string(), "option": "treat", "rationale": "worth it",
                            "controls": ["C-0001"], "expected_likelihood": 1, "expected_impact": 2});
    for (name, value) in object(otherwise) {
        fields[name] = value;
    }
    house.create(IM, "treatment", fields).unwrap()
}

/// The same, approved by the owner of the risk.
fn approved_treatment(house: &mut House, risk: AnyRef, owner: u32) -> AnyRef {
    let treatment = treatment(house, risk, json!({}));
    house.step(IM, treatment, "proposed", json!({})).unwrap();
    house.step(owner, treatment, "approved", json!({})).unwrap();
    treatment
}
