//! What time brings: expiry, missed plans, versions that become effective.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

mod common;

use attestry_model::due::due;
use common::House;
use serde_json::{Value, json};

/// One record whose day is `day`, in the state in which it waits for that day.
fn waiting(reference: &str, state: &str, field: &str, day: &str) -> House {
    let mut house = House::new();
    house.import(&[(reference, json!({"state": state, field: day}))]).unwrap();
    house
}

/// What is due at a moment: references and the states that they enter.
fn steps(house: &House, now: &str) -> Vec<(String, &'static str)> {
    let due = due(&house.isms, now.parse().unwrap());
    due.into_iter().map(|step| (step.target.to_string(), step.to.unwrap())).collect()
}

#[test]
fn each_step_is_due_the_moment_its_day_has_come_and_not_before() {
    // Reference, state, field, day, the last moment before, the first moment on which it is due, the state entered.
    let cases = [
        ("RAC-0001", "accepted", "expires_on", "2026-06-30", "2026-06-30T23:59:59Z", "2026-07-01T00:00:00Z", "expired"),
        ("EXC-0001", "approved", "expires_on", "2026-06-30", "2026-06-30T23:59:59Z", "2026-07-01T00:00:00Z", "expired"),
        ("EV-0001", "accepted", "valid_until", "2028-02-29", "2028-02-29T23:59:59Z", "2028-03-01T00:00:00Z", "expired"),
        (
            "CERT-0001",
            "certified",
            "valid_until",
            "2026-06-30",
            "2026-06-30T23:59:59Z",
            "2026-07-01T00:00:00Z",
            "expired",
        ),
        ("PEX-0001", "planned", "planned_for", "2026-06-01", "2026-07-01T23:59:59Z", "2026-07-02T00:00:00Z", "missed"),
        ("CT-0001", "planned", "planned_for", "2026-06-01", "2026-07-01T23:59:59Z", "2026-07-02T00:00:00Z", "missed"),
        ("AR-0001", "planned", "planned_for", "2026-06-01", "2026-07-01T23:59:59Z", "2026-07-02T00:00:00Z", "missed"),
        ("BCX-0001", "planned", "planned_for", "2026-06-01", "2026-07-01T23:59:59Z", "2026-07-02T00:00:00Z", "missed"),
        (
            "DV-0001",
            "approved",
            "effective_from",
            "2026-07-01",
            "2026-06-30T23:59:59Z",
            "2026-07-01T00:00:00Z",
            "effective",
        ),
    ];
    for (reference, state, field, day, before, after, to) in cases {
        let house = waiting(reference, state, field, day);
        assert_eq!(steps(&house, before), [], "{reference} before its day");
        assert_eq!(steps(&house, after), [(reference.to_owned(), to)], "{reference} on its day");
    }
}

#[test]
fn only_what_waits_for_its_day_is_due() {
    for (reference, state, field) in [
        ("EXC-0001", "requested", "expires_on"),
        ("EXC-0001", "expired", "expires_on"),
        ("EV-0001", "collected", "valid_until"),
        ("CT-0001", "done", "planned_for"),
        ("CERT-0001", "suspended", "valid_until"),
        ("DV-0001", "draft", "effective_from"),
        ("DV-0001", "effective", "effective_from"),
    ] {
        let house = waiting(reference, state, field, "2020-01-01");
        assert_eq!(steps(&house, "2026-07-01T00:00:00Z"), [], "{reference} that is {state}");
    }
}

#[test]
fn what_has_no_day_or_is_void_is_never_due() {
    let mut house = House::new();
    house.import(&[("EV-0001", json!({"state": "accepted"}))]).unwrap();
    house
        .import(&[(
            "EV-0002",
            json!({"state": "accepted", "valid_until": "2020-01-01", "void_reason": "entered twice"}),
        )])
        .unwrap();
    assert_eq!(steps(&house, "2026-07-01T00:00:00Z"), []);
}

#[test]
fn nothing_is_left_once_the_steps_are_taken() {
    let mut house = House::new();
    house
        .import(&[
            ("EXC-0001", json!({"state": "approved", "expires_on": "2020-01-01"})),
            ("EXC-0002", json!({"state": "approved", "expires_on": "2020-01-01"})),
            ("BCX-0001", json!({"state": "planned", "planned_for": "2020-01-01"})),
        ])
        .unwrap();
    let found = steps(&house, "2026-07-01T00:00:00Z");
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["EXC-0001", "EXC-0002", "BCX-0001"], "in the order of kinds and numbers");
    for (name, to) in &found {
        house.step(common::SYSTEM, name.as_str(), to, Value::Object(serde_json::Map::new())).unwrap();
    }
    assert_eq!(steps(&house, "2026-07-01T00:00:00Z"), []);
}
