//! Assets, methodologies, assessments, risks, treatments, plans, acceptances, controls and the Statement of Applicability.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use attestry_model::AnyRef;
use attestry_model::decide::{Refusal, covers, state_hash};
use attestry_model::records::Approval;
use common::{AO, CO, EM, House, IA, IM, RO, RO2, TM, assert_denied, assert_refused, object, person};
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

#[test]
fn an_asset_never_needs_itself_and_the_message_names_the_shortest_circle() {
    let mut house = world();
    house.update(IM, "AST-0001", json!({"depends_on": ["AST-0002"]})).unwrap();
    house.update(IM, "AST-0002", json!({"depends_on": ["AST-0003"]})).unwrap();
    let message = assert_refused(house.update(IM, "AST-0003", json!({"depends_on": ["AST-0001"]})), "depends_on");
    assert!(message.ends_with("AST-0003 → AST-0001 → AST-0002 → AST-0003"), "{message}");
    assert_refused(house.update(IM, "AST-0003", json!({"depends_on": ["AST-0003"]})), "depends_on");
    house.update(IM, "AST-0001", json!({"depends_on": ["AST-0002", "AST-0003"]})).unwrap();
}

#[test]
fn an_asset_is_classified_and_its_highest_values_are_explained_before_it_is_active() {
    let mut house = world();
    house.import(&[("CLS-0002", json!({"state": "active", "rank": 2}))]).unwrap();
    let fields = json!({"asset_class": "primary", "category": "information", "owner": person(AO), "in_scope": true,
                        "c_value": 3, "i_value": 1, "a_value": 1, "inherits_values": false, "contains_pii": false,
                        "contains_phi": false, "last_reviewed": "2026-06-01", "next_review": "2027-06-01"});
    let asset = house.create(IM, "asset", fields).unwrap();
    let outcome = house.step(AO, asset, "active", json!({}));
    assert_refused(outcome.clone(), "classification");
    assert_refused(outcome, "valuation_reason");
    assert_refused(house.update(IM, asset, json!({"c_value": 4})), "c_value");
    house.step(AO, asset, "active", json!({"classification": "CLS-0002", "c_value": 2})).unwrap();
}

#[test]
fn media_that_held_classified_information_are_disposed_of_with_proof() {
    let mut house = world();
    let retired = |level: &str| json!({"state": "retired", "category": "media", "classification": level});
    house
        .import(&[
            ("CLS-0001", json!({"state": "active", "rank": 1})),
            ("CLS-0002", json!({"state": "active", "rank": 2})),
            ("AST-0010", retired("CLS-0001")),
            ("AST-0011", retired("CLS-0002")),
        ])
        .unwrap();
    house.step(CO, "AST-0010", "disposed", json!({})).unwrap();
    assert_refused(house.step(CO, "AST-0011", "disposed", json!({})), "disposal_evidence");
    house.step(CO, "AST-0011", "disposed", json!({"disposal_evidence": "EV-0001"})).unwrap();
    assert_eq!(house.field("AST-0011", "disposed_on"), "2026-07-01");
}

#[test]
fn a_methodology_that_contradicts_itself_is_refused_and_an_unfinished_one_is_not() {
    let mut house = House::new();
    let cases = [
        ("likelihood_scale[1].level", json!({"likelihood_scale": [{"level": 2}, {"level": 2}]})),
        ("impact_scale[0].level", json!({"impact_scale": [{"level": 0}]})),
        (
            "likelihood_scale[0].freq_per_year_min",
            json!({"likelihood_scale": [{"level": 1, "freq_per_year_min": "2", "freq_per_year_max": "1"}]}),
        ),
        (
            "impact_scale[0].money_min",
            json!({"impact_scale": [{"level": 1, "money_min": "2 EUR", "money_max": "1 EUR"}]}),
        ),
        ("bands[0].min", json!({"bands": [{"min": 5, "max": 4}]})),
        ("acceptance_max", json!({"acceptance_max": 7, "absolute_max": 6})),
        ("matrix", json!({"likelihood_scale": [{"level": 1}], "impact_scale": [{"level": 1}], "matrix": {"1,2": 2}})),
    ];
    for (field, fields) in cases {
        assert_refused(house.create(IM, "methodology", fields), field);
    }
    let gaps = json!({"likelihood_scale": [{"level": 1}, {"level": 3}], "impact_scale": [{"level": 1}],
                      "matrix": {"1,1": 5, "3,1": 2}, "bands": [{"min": 1, "max": 1}]});
    house.create(IM, "methodology", gaps).unwrap();
}

#[test]
fn weights_of_dimensions_add_up_and_are_needed_where_they_count() {
    let mut house = House::new();
    let weights = |weights: [Value; 4]| {
        let [law, people, operations, reputation] = weights;
        json!({"impact_aggregation": "weighted_sum", "weight_legal": law, "weight_patient_or_customer": people,
               "weight_operations": operations, "weight_reputation": reputation})
    };
    let message = assert_refused(
        house.create(IM, "methodology", weights(["40", "20", "20", "10"].map(Value::from))),
        "weight_reputation",
    );
    assert!(message.contains("90 %"), "{message}");
    let over = weights([json!("80"), json!("30"), Value::Null, Value::Null]);
    assert_refused(house.create(IM, "methodology", over), "weight_patient_or_customer");
    assert_refused(house.create(IM, "methodology", json!({"weight_legal": "101"})), "weight_legal");
    // It may be written step by step; review asks for all of them.
    let begun = weights([json!("40"), Value::Null, json!("20"), Value::Null]);
    let method = house.create(IM, "methodology", begun).unwrap();
    for field in ["weight_patient_or_customer", "weight_reputation"] {
        assert_refused(house.step(IM, method, "in_review", json!({})), field);
    }
    house.update(IM, method, json!({"weight_patient_or_customer": "39.5", "weight_reputation": "0.5"})).unwrap();
    assert!(!matches!(house.step(IM, method, "in_review", json!({})),
            Err(Refusal::Invalid(found)) if found.0.iter().any(|it| it.field.starts_with("weight_"))));
}

#[test]
fn a_methodology_that_comes_into_force_supersedes_the_one_before() {
    let mut house = world();
    house.import(&[("MET-0002", json!({"state": "approved", "version": "2.0"}))]).unwrap();
    house.step(IM, "MET-0002", "effective", json!({})).unwrap();
    assert_eq!(house.state("MET-0001"), "superseded");
    assert_eq!(house.field("MET-0002", "effective_from"), "2026-07-01");
}

#[test]
fn risk_values_come_from_the_matrix_and_cannot_be_typed() {
    let mut house = world();
    let risk = risk(&mut house, json!({"inherent_likelihood": 3, "inherent_impact": 3}));
    assert_eq!(house.field(risk, "inherent_value"), 9);
    assert_eq!(house.field(risk, "current_value"), 6);
    assert_eq!(house.field(risk, "residual_value"), Value::Null);
    assert_refused(house.update(IM, risk, json!({"current_likelihood": 1, "current_value": 9})), "current_value");
    house.update(IM, risk, json!({"current_likelihood": 1})).unwrap();
    assert_eq!(house.field(risk, "current_value"), 3);
    let treatment = treatment(&mut house, risk, json!({}));
    assert_eq!(house.field(treatment, "expected_value"), 2);
    // Without a methodology there is no matrix, and a value from elsewhere stays.
    let mut bare = House::new();
    let risk =
        bare.create(IM, "risk", json!({"current_likelihood": 5, "current_impact": 5, "current_value": 17})).unwrap();
    assert_eq!(bare.field(risk, "current_value"), 17);
}

#[test]
fn levels_lie_within_the_scale() {
    let mut house = world();
    let risk = risk(&mut house, json!({}));
    for field in [
        "inherent_likelihood",
        "inherent_impact",
        "current_likelihood",
        "current_impact",
        "residual_likelihood",
        "residual_impact",
    ] {
        assert_refused(house.update(IM, risk, json!({field: 4})), field);
        house.update(IM, risk, json!({field: 3})).unwrap();
    }
    let treatment = treatment(&mut house, risk, json!({}));
    for field in ["expected_likelihood", "expected_impact"] {
        assert_refused(house.update(IM, treatment, json!({field: 4})), field);
        house.update(IM, treatment, json!({field: 3})).unwrap();
    }
}

#[test]
fn loss_figures_stand_in_their_order() {
    let mut house = world();
    let risk = risk(&mut house, json!({}));
    let cases = [
        ("lef_min", json!({"lef_min": "2", "lef_mode": "1"})),
        ("lef_mode", json!({"lef_mode": "2", "lef_max": "1"})),
        ("lef_min", json!({"lef_min": "2", "lef_max": "1"})),
        ("lef_min", json!({"lef_min": "-1"})),
        ("lm_p5", json!({"lm_p5": "2 EUR", "lm_p95": "1 EUR"})),
    ];
    for (field, fields) in cases {
        assert_refused(house.update(IM, risk, fields), field);
    }
    let right = json!({"lef_min": "0.1", "lef_mode": "1", "lef_max": "2", "lm_p5": "1 EUR", "lm_p95": "2 EUR"});
    house.update(IM, risk, right).unwrap();
}

#[test]
fn a_risk_is_analysed_as_a_whole_scenario() {
    let mut house = world();
    let cases = [
        (json!({"vulnerabilities": []}), "vulnerabilities", json!(["VUL-0001"])),
        (json!({"approach": "event_based", "assets": ["AST-0002"]}), "processes", json!(["BP-0001"])),
        (json!({"assets": ["AST-0003"]}), "assets", json!(["AST-0003", "AST-0001"])),
    ];
    for (otherwise, field, answer) in cases {
        let risk = risk(&mut house, otherwise);
        assert_refused(house.step(IM, risk, "analysed", json!({})), field);
        house.step(IM, risk, "analysed", json!({field: answer})).unwrap();
    }
    let by_event = risk(&mut house, json!({"approach": "event_based", "vulnerabilities": []}));
    house.step(RO, by_event, "analysed", json!({})).unwrap();
}

#[test]
fn a_risk_above_acceptance_has_a_rank_and_no_target_is_above_acceptance() {
    let mut house = world();
    let high = risk(&mut house, json!({}));
    house.step(IM, high, "analysed", json!({})).unwrap();
    assert_refused(house.step(IM, high, "evaluated", json!({})), "priority");
    assert_refused(house.step(IM, high, "evaluated", json!({"priority": 1, "target_value": 3})), "target_value");
    house.step(IM, high, "evaluated", json!({"priority": 1, "target_value": 2})).unwrap();
    let low = risk(&mut house, json!({"current_likelihood": 1, "current_impact": 2}));
    house.step(IM, low, "analysed", json!({})).unwrap();
    house.step(IM, low, "evaluated", json!({})).unwrap();
}

#[test]
fn steps_of_the_risk_owner_are_for_the_owner_of_this_very_risk() {
    let mut house = world();
    let risk = risk(&mut house, json!({"priority": 1}));
    assert_refused(house.step(RO2, risk, "analysed", json!({})), "risk_owner");
    house.step(RO, risk, "analysed", json!({})).unwrap();
    house.step(IM, risk, "evaluated", json!({})).unwrap();
    assert_refused(house.step(RO, risk, "treatment_decided", json!({})), "");
    let treatment = treatment(&mut house, risk, json!({}));
    house.step(IM, treatment, "proposed", json!({})).unwrap();
    assert_refused(house.step(RO2, treatment, "approved", json!({})), "approval");
    assert_refused(house.step(RO2, treatment, "rejected", json!({})), "risk");
    house.step(RO, treatment, "approved", json!({})).unwrap();
    assert_refused(house.step(RO2, risk, "treatment_decided", json!({})), "risk_owner");
    house.step(RO, risk, "treatment_decided", json!({})).unwrap();
    house.step(IM, risk, "monitored", json!({})).unwrap();
    assert_refused(house.step(RO2, risk, "closed", json!({})), "risk_owner");
    house.step(RO, risk, "closed", json!({})).unwrap();
}

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
fn acceptance(house: &mut House, risk: AnyRef, by: u32) -> AnyRef {
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
fn plan(house: &mut House, treatments: &[AnyRef]) -> AnyRef {
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
fn action(house: &mut House, otherwise: Value) -> AnyRef {
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
