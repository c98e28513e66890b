//! Assets, methodologies, and risks: values, levels, steps.

use attestry_model::decide::Refusal;
use serde_json::{Value, json};

use crate::common::{AO, CO, House, IM, RO, RO2, assert_refused, person};
use crate::{risk, treatment, world};

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
