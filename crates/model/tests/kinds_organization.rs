//! Organization, people, roles, context and scope: what each kind demands, refuses, notes and sets off.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use common::{AD, EM, House, IM, TM, TM2, assert_denied, assert_refused, person};
use serde_json::json;

#[test]
fn an_organization_names_its_countries_and_currency_by_their_codes_and_is_the_only_active_one() {
    let mut house = House::new();
    assert_refused(house.update(IM, "ORG-0001", json!({"currency": "Euro"})), "currency");
    assert_refused(house.update(IM, "ORG-0001", json!({"countries": ["AT", "Germany"]})), "countries");
    assert_refused(house.update(IM, "ORG-0001", json!({"fiscal_year_start": "13-01"})), "fiscal_year_start");
    house.update(IM, "ORG-0001", json!({"countries": ["AT", "DE"], "fiscal_year_start": "04-01"})).unwrap();
    let second = house
        .create(
            AD,
            "organization",
            json!({"legal_name": "Second Ltd", "purpose": "x", "sector": "other", "countries": ["AT"], "headcount": 3,
                   "currency": "EUR", "timezone": "Europe/Vienna", "top_management": [person(TM)]}),
        )
        .unwrap();
    assert_refused(house.step(IM, second, "active", json!({})), "");
    house.step(AD, "ORG-0001", "retired", json!({})).unwrap();
    house.step(IM, second, "active", json!({})).unwrap();
}

#[test]
fn a_unit_is_never_its_own_parent_and_the_message_names_the_circle() {
    let mut house = House::new();
    let sales = house.create(IM, "org_unit", json!({"parent": "OU-0001"})).unwrap();
    let field = house.create(IM, "org_unit", json!({"parent": sales.to_string()})).unwrap();
    let message = assert_refused(house.update(IM, "OU-0001", json!({"parent": field.to_string()})), "parent");
    assert!(message.ends_with("OU-0001 → OU-0003 → OU-0002 → OU-0001"), "{message}");
    assert_refused(house.update(IM, field, json!({"parent": field.to_string()})), "parent");
    house.update(IM, field, json!({"parent": "OU-0001"})).unwrap();
}

#[test]
fn a_person_has_an_address_of_their_own_in_whatever_case_it_is_written() {
    let mut house = House::new();
    assert_refused(house.create(IM, "person", json!({"email": "TIA@Example.org"})), "email");
    assert_refused(house.create(IM, "person", json!({"email": "tia at example.org"})), "email");
    let new = house.create(IM, "person", json!({"email": "tim@example.org"})).unwrap();
    house.update(IM, new, json!({"email": "Tim@example.org"})).unwrap();
    // Who has left does not keep an address from others.
    house.step(AD, "PER-0007", "left", json!({})).unwrap();
    assert_eq!(house.field("PER-0007", "left_on"), "2026-07-01");
    house.update(IM, new, json!({"email": "emil@example.org"})).unwrap();
}

#[test]
fn a_person_becomes_active_with_a_unit_if_employed_and_never_reports_to_themself() {
    let mut house = House::new();
    let fields = json!({"name": "Nina New", "email": "nina@example.org", "employment": "employee",
                        "joined_on": "2026-07-01", "app_roles": ["employee"]});
    let nina = house.create(IM, "person", fields).unwrap();
    assert_refused(house.step(AD, nina, "active", json!({})), "org_unit");
    assert_refused(house.update(IM, nina, json!({"manager": nina.to_string()})), "manager");
    assert_refused(house.update(IM, nina, json!({"left_on": "2026-06-30"})), "left_on");
    house.step(AD, nina, "active", json!({"org_unit": "OU-0001"})).unwrap();
}

#[test]
fn people_change_their_own_address_but_not_their_own_roles() {
    let mut house = House::new();
    let me = "PER-0007";
    assert_denied(house.update(EM, me, json!({"app_roles": ["top_management"]})));
    assert_denied(house.update(EM, me, json!({"email": "new@example.org", "manager": person(IM)})));
    house.update(EM, me, json!({"email": "new@example.org"})).unwrap();
    house.update(AD, me, json!({"app_roles": ["employee", "asset_owner"]})).unwrap();
}

#[test]
fn a_role_is_never_incompatible_with_itself() {
    let mut house = House::new();
    let role = house.create(IM, "isms_role", json!({})).unwrap();
    let other = house.create(IM, "isms_role", json!({})).unwrap();
    assert_refused(house.update(IM, role, json!({"incompatible_with": [role.to_string()]})), "incompatible_with");
    house.update(IM, role, json!({"incompatible_with": [other.to_string()]})).unwrap();
}

#[test]
fn who_ensures_conformity_is_appointed_by_top_management() {
    let mut house = House::new();
    house
        .import(&[
            ("ROLE-0001", json!({"state": "active", "is_conformity_role": true, "is_reporting_role": false})),
            ("ROLE-0002", json!({"state": "active", "is_conformity_role": false, "is_reporting_role": false})),
        ])
        .unwrap();
    let fields = json!({"role": "ROLE-0001", "person": person(IM), "from_date": "2026-07-01"});
    assert_refused(house.create(IM, "role_assignment", json!({"person": person(IM), "deputy": person(IM)})), "deputy");
    let assignment = house.create(IM, "role_assignment", fields).unwrap();
    assert_refused(house.step(TM, assignment, "active", json!({})), "approval");
    // Somebody else's signature is not an appointment, and one of another version is none either.
    house.signed(assignment, IM, "isms_manager").unwrap();
    assert_refused(house.step(TM, assignment, "active", json!({})), "approval");
    house.signed(assignment, TM, "top_management").unwrap();
    assert_refused(house.step(TM, assignment, "active", json!({"from_date": "2026-08-01"})), "approval");
    house.step(TM, assignment, "active", json!({})).unwrap();
    assert_eq!(house.field(assignment, "approval"), "APR-0002");
    house.step(IM, assignment, "ended", json!({})).unwrap();
    assert_eq!(house.field(assignment, "until_date"), "2026-07-01");

    let fields = json!({"role": "ROLE-0002", "person": person(IM), "from_date": "2026-07-01"});
    let plain = house.create(IM, "role_assignment", fields).unwrap();
    house.step(TM, plain, "active", json!({})).unwrap();
}

#[test]
fn a_mandate_is_carried_and_signed_by_top_management() {
    let mut house = House::new();
    let fields = json!({"sponsor": person(IM), "statement": "We run an ISMS.", "goals": ["trust"],
                        "expected_benefits": [{"benefit": "compliance"}], "isms_manager": person(IM)});
    let mandate = house.create(IM, "mandate", fields).unwrap();
    assert_refused(house.step(IM, mandate, "submitted", json!({})), "sponsor");
    house.step(IM, mandate, "submitted", json!({"sponsor": person(TM)})).unwrap();
    assert_denied(house.step(IM, mandate, "signed", json!({})));
    house.step(TM, mandate, "signed", json!({})).unwrap();
    assert_eq!(house.field("APR-0001", "subject"), mandate.to_string());
    assert_eq!(house.field(mandate, "approval"), "APR-0001");
}

#[test]
fn days_stand_in_their_order() {
    let mut house = House::new();
    let cases = [
        ("resource_allocation", "period_to", json!({"period_from": "2026-02-01", "period_to": "2026-01-31"})),
        ("context_issue", "reviewed_on", json!({"identified_on": "2026-02-01", "reviewed_on": "2026-01-31"})),
        ("context_issue", "next_review", json!({"reviewed_on": "2026-02-01", "next_review": "2026-01-31"})),
        ("interested_party", "next_review", json!({"reviewed_on": "2026-02-01", "next_review": "2026-01-31"})),
        ("obligation", "next_review", json!({"last_assessed": "2026-02-01", "next_review": "2026-01-31"})),
        ("communication_item", "next_due", json!({"last_done": "2026-02-01", "next_due": "2026-01-31"})),
        ("change", "reviewed_on", json!({"implemented_on": "2026-02-01", "reviewed_on": "2026-01-31"})),
        ("asset", "next_review", json!({"last_reviewed": "2026-02-01", "next_review": "2026-01-31"})),
        ("vulnerability", "fixed_on", json!({"found_on": "2026-02-01", "fixed_on": "2026-01-31"})),
        ("vulnerability", "fix_due", json!({"found_on": "2026-02-01", "fix_due": "2026-01-31"})),
        ("risk_assessment", "completed_on", json!({"started_on": "2026-02-01", "completed_on": "2026-01-31"})),
        ("risk", "next_review", json!({"assessed_on": "2026-02-01", "next_review": "2026-01-31"})),
        ("control", "next_test_due", json!({"last_tested_on": "2026-02-01", "next_test_due": "2026-01-31"})),
        ("treatment_action", "due", json!({"start": "2026-02-01", "due": "2026-01-31"})),
        ("treatment_action", "verified_on", json!({"done_on": "2026-02-01", "verified_on": "2026-01-31"})),
        ("risk_acceptance", "expires_on", json!({"accepted_on": "2026-02-01", "expires_on": "2026-01-31"})),
    ];
    for (kind, field, mut fields) in cases {
        assert_refused(house.create(IM, kind, fields.clone()), field);
        fields[field] = json!("2026-02-01");
        house.create(IM, kind, fields).unwrap_or_else(|refusal| panic!("{kind}.{field}: {refusal}"));
    }
}

#[test]
fn amounts_stand_within_their_bounds() {
    let mut house = House::new();
    let cases = [
        ("org_unit", "headcount", json!(-1), json!(0)),
        ("obligation", "notification_hours", json!(-1), json!(24)),
        ("document", "ack_within_days", json!(-1), json!(14)),
        ("classification_level", "rank", json!(0), json!(1)),
        ("vulnerability", "severity", json!("10.1"), json!("10.0")),
        ("asset", "record_count", json!(-1), json!(41_000)),
        ("business_process", "rpo_hours", json!("-0.5"), json!("0.5")),
        ("treatment_action", "effort_days", json!("-2"), json!("2")),
    ];
    for (kind, field, wrong, right) in cases {
        // What is taken into use at once demands its required fields, too; only the bound is of interest here.
        let outcome = house.create(IM, kind, json!({field: wrong}));
        assert_refused(outcome, field);
        house.create(IM, kind, json!({field: right})).unwrap_or_else(|refusal| panic!("{kind}.{field}: {refusal}"));
    }
    let process = json!({"mtpd_hours": "8", "rto_hours": "9"});
    assert_refused(house.create(IM, "business_process", process), "rto_hours");
    house.create(IM, "business_process", json!({"mtpd_hours": "8", "rto_hours": "8"})).unwrap();
}

#[test]
fn a_requirement_says_what_binds_it_and_how_it_is_addressed() {
    let mut house = House::new();
    house.import(&[("IP-0001", json!({"state": "active"})), ("OBL-0001", json!({"state": "active"}))]).unwrap();
    let cases = [
        (
            json!({"nature": "legal", "addressed": true, "how_addressed": "by controls"}),
            "obligation",
            json!("OBL-0001"),
        ),
        (json!({"nature": "expectation", "addressed": true}), "how_addressed", json!("by controls")),
        (json!({"nature": "expectation", "addressed": false}), "reason_not_addressed", json!("out of our reach")),
    ];
    for (mut fields, field, answer) in cases {
        for (name, value) in [
            ("party", json!("IP-0001")),
            ("text", json!("Keep it secret.")),
            ("climate_related", json!(false)),
            ("reviewed_on", json!("2026-06-01")),
        ] {
            fields[name] = value;
        }
        let requirement = house.create(IM, "requirement", fields).unwrap();
        assert_refused(house.step(IM, requirement, "active", json!({})), field);
        house.step(IM, requirement, "active", json!({field: answer})).unwrap();
    }
}

#[test]
fn an_objective_is_measurable_before_it_is_approved() {
    let mut house = House::new();
    house.import(&[("DOC-0001", json!({})), ("MTR-0001", json!({}))]).unwrap();
    let fields = json!({"level": "function", "statement": "At most 5 %", "policy": "DOC-0001", "cia": ["C"],
                        "target": "5", "unit": "%", "direction": "at_most", "due": "2026-12-31", "what": "tests",
                        "resources": "one person", "responsible": person(EM), "evaluation": "average"});
    let objective = house.create(IM, "objective", fields).unwrap();
    let outcome = house.step(TM, objective, "approved", json!({}));
    assert_refused(outcome.clone(), "metrics");
    assert_refused(outcome, "org_unit");
    house.step(TM, objective, "approved", json!({"metrics": ["MTR-0001"], "org_unit": "OU-0001"})).unwrap();
}

/// Everything that a scope needs so that it can be reviewed.
fn scope(house: &mut House, version: &str, units: &[&str]) -> attestry_model::AnyRef {
    let fields = json!({"version": version, "statement": "All we do.", "org_units": units, "sites": ["SITE-0001"],
                        "processes": ["BP-0001"], "systems": ["AST-0001"], "none_excluded": true,
                        "interfaces": [{"name": "Hosting"}], "issues": ["CTX-0001"], "requirements": ["REQ-0001"]});
    house.create(IM, "scope", fields).unwrap()
}

fn scope_world() -> House {
    let mut house = House::new();
    let inside = json!({"state": "active", "in_scope": true});
    let outside = json!({"state": "active", "in_scope": false});
    house
        .import(&[
            ("OU-0002", inside.clone()),
            ("SITE-0001", outside.clone()),
            ("SITE-0002", inside.clone()),
            ("BP-0001", json!({"state": "active"})),
            ("AST-0001", outside.clone()),
            ("AST-0002", inside),
            ("CTX-0001", json!({})),
            ("REQ-0001", json!({})),
        ])
        .unwrap();
    house
}

#[test]
fn a_scope_that_comes_into_force_supersedes_the_one_before_and_marks_what_lies_inside() {
    let mut house = scope_world();
    let first = scope(&mut house, "1.0", &["OU-0001", "OU-0002"]);
    house.step(IM, first, "in_review", json!({})).unwrap();
    house.step(TM, first, "approved", json!({})).unwrap();
    assert_eq!(house.field("SITE-0001", "in_scope"), false, "nothing is marked before the scope is in force");
    house.step(IM, first, "effective", json!({})).unwrap();
    assert_eq!(house.field(first, "effective_from"), "2026-07-01");
    let marks = |house: &House| {
        ["OU-0001", "OU-0002", "SITE-0001", "SITE-0002", "BP-0001", "AST-0001", "AST-0002"]
            .map(|name| house.field(name, "in_scope") == true)
    };
    assert_eq!(marks(&house), [true, true, true, false, true, true, true], "information is in scope without a list");

    let second = scope(&mut house, "1.1", &["OU-0001"]);
    house.step(IM, second, "in_review", json!({})).unwrap();
    house.step(TM2, second, "approved", json!({})).unwrap();
    house.step(IM, second, "effective", json!({})).unwrap();
    assert_eq!(house.state(first), "superseded");
    assert_eq!(house.state(second), "effective");
    assert_eq!(marks(&house), [true, false, true, false, true, true, true]);
    // Settled: nothing further follows from an edit that changes nothing of substance.
    house.update(IM, second, json!({"notes": "printed"})).unwrap();
    assert_eq!(house.last.as_ref().unwrap().entries.len(), 1);
}

#[test]
fn a_scope_lists_exclusions_or_says_that_there_are_none_and_never_both() {
    let mut house = scope_world();
    let scope = scope(&mut house, "1.0", &["OU-0001"]);
    let cafeteria = json!([{"item": "Cafeteria", "justification": "run by others", "effect": "none"}]);
    assert_refused(house.update(IM, scope, json!({"exclusions": cafeteria})), "none_excluded");
    house.update(IM, scope, json!({"none_excluded": false})).unwrap();
    assert_refused(house.step(IM, scope, "in_review", json!({})), "exclusions");
    house.step(IM, scope, "in_review", json!({"exclusions": cafeteria})).unwrap();
}

#[test]
fn nothing_comes_into_force_before_its_day() {
    let mut house = scope_world();
    let scope = scope(&mut house, "1.0", &["OU-0001"]);
    house.step(IM, scope, "in_review", json!({})).unwrap();
    house.step(TM, scope, "approved", json!({})).unwrap();
    assert_refused(house.step(IM, scope, "effective", json!({"effective_from": "2026-07-02"})), "effective_from");
    house.step(IM, scope, "effective", json!({"effective_from": "2026-06-30"})).unwrap();
}
