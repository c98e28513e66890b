//! Events, incidents, duties to notify, continuity and tasks.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

mod common;

use common::{CO, EM, House, IM, assert_refused, person};
use serde_json::{Value, json};

fn house() -> House {
    let mut house = House::new();
    let risk = json!({"state": "monitored", "risk_owner": "PER-0004"});
    house
        .import(&[
            ("AST-0001", json!({"state": "active"})),
            ("R-0001", risk.clone()),
            ("R-0002", risk),
            ("TSK-0001", json!({"state": "open", "assignee": "PER-0007"})),
        ])
        .unwrap();
    house
}

#[test]
fn an_event_is_dated_when_it_is_reported_and_may_stay_anonymous() {
    let mut house = house();
    let event = house.create(EM, "event", json!({"channel": "portal", "what": "odd mail"})).unwrap();
    assert_eq!(house.field(event, "reported_at"), "2026-07-01T08:02:00Z");
    assert_eq!(house.field(event, "reported_by"), Value::Null);
    assert_refused(house.create(EM, "event", json!({"channel": "portal"})), "what");
}

#[test]
fn triage_decides_and_says_who_decided() {
    let mut house = house();
    let event = house.create(EM, "event", json!({"channel": "portal", "what": "odd mail"})).unwrap();
    assert_refused(house.step(CO, event, "triaged", json!({})), "decision");
    assert_refused(house.step(CO, event, "triaged", json!({"decision": "incident"})), "incident");
    house.step(CO, event, "triaged", json!({"decision": "false_alarm"})).unwrap();
    assert_eq!(house.field(event, "triaged_by"), person(CO));
    assert_eq!(house.field(event, "triaged_at"), "2026-07-01T08:03:00Z");
}

fn incident(personal_data: bool) -> Value {
    json!({"category": "phishing", "severity": "high", "detected_at": "2026-06-30T10:00:00Z", "manager": "PER-0002",
           "assets": ["AST-0001"], "effects": ["C"], "personal_data": personal_data,
           "timeline": [{"at": "2026-06-30T10:00:00Z", "who": "PER-0007", "what": "reports odd mails"}]})
}

#[test]
fn an_incident_notes_its_milestones_and_is_learnt_from() {
    let mut house = house();
    let one = house.create(IM, "incident", incident(false)).unwrap();
    house.step(IM, one, "triaged", json!({})).unwrap();
    house.step(IM, one, "contained", json!({"contained_at": "2026-06-30T11:00:00Z"})).unwrap();
    house.step(IM, one, "eradicated", json!({})).unwrap();
    house.step(IM, one, "recovered", json!({})).unwrap();
    assert_refused(house.step(IM, one, "reviewed", json!({"cause": "no second factor"})), "lessons");
    assert_refused(house.step(IM, one, "reviewed", json!({"lessons": "old protocols off"})), "cause");
    house.step(IM, one, "reviewed", json!({"cause": "no second factor", "lessons": "old protocols off"})).unwrap();
    house.step(IM, one, "closed", json!({})).unwrap();
    for (field, value) in [
        ("contained_at", "2026-06-30T11:00:00Z"),
        ("eradicated_at", "2026-07-01T08:05:00Z"),
        ("recovered_at", "2026-07-01T08:06:00Z"),
        ("reviewed_on", "2026-07-01"),
        ("closed_at", "2026-07-01T08:08:00Z"),
    ] {
        assert_eq!(house.field(one, field), value, "{field}");
    }
}

#[test]
fn a_milestone_is_not_made_up_where_a_later_one_is_known() {
    let mut house = house();
    let known = json!({"recovered_at": "2026-06-30T12:00:00Z"});
    let one = house.create(IM, "incident", incident(false)).unwrap();
    house.step(IM, one, "triaged", known).unwrap();
    house.step(IM, one, "contained", json!({})).unwrap();
    assert_eq!(house.field(one, "contained_at"), Value::Null);
}

#[test]
fn personal_data_are_judged_before_containment_is_stated() {
    let mut house = house();
    let one = house.create(IM, "incident", incident(true)).unwrap();
    house.step(IM, one, "triaged", json!({})).unwrap();
    let unknown = json!({"breach_assessment": "four factors: low"});
    assert_refused(house.step(IM, one, "contained", unknown), "persons_affected");
    assert_refused(house.step(IM, one, "contained", json!({"persons_affected": 0})), "breach_assessment");
    house.step(IM, one, "contained", json!({"persons_affected": 0, "breach_assessment": "low"})).unwrap();
}

#[test]
fn a_false_alarm_is_closed_without_lessons() {
    let mut house = house();
    let one = house.create(IM, "incident", incident(true)).unwrap();
    house.step(IM, one, "triaged", json!({})).unwrap();
    house.step(IM, one, "false_alarm", json!({})).unwrap();
    assert_eq!(house.state(one), "closed");
}

#[test]
fn the_milestones_of_an_incident_stand_in_order() {
    let mut house = house();
    let at = |clock: &str| format!("2026-06-30T{clock}:00Z");
    let mut fields = common::object(incident(false));
    for (field, clock) in [
        ("occurred_at", "09:00"),
        ("aware_at", "15:00"),
        ("contained_at", "11:00"),
        ("eradicated_at", "12:00"),
        ("recovered_at", "13:00"),
        ("closed_at", "14:00"),
    ] {
        fields.insert(field.to_owned(), json!(at(clock)));
    }
    let one = house.create(IM, "incident", Value::Object(fields)).unwrap();
    for (field, clock) in [
        ("detected_at", "08:59"),
        ("aware_at", "08:59"),
        ("contained_at", "09:59"),
        ("eradicated_at", "10:59"),
        ("recovered_at", "11:59"),
        ("closed_at", "12:59"),
    ] {
        assert_refused(house.update(IM, one, json!({field: at(clock)})), field);
    }
    house.update(IM, one, json!({"eradicated_at": null})).unwrap();
    assert_refused(house.update(IM, one, json!({"recovered_at": at("10:59")})), "recovered_at");
}

#[test]
fn the_timeline_of_an_incident_is_only_added_to() {
    let mut house = house();
    let one = house.create(IM, "incident", incident(false)).unwrap();
    let first = json!({"at": "2026-06-30T10:00:00Z", "who": "PER-0007", "what": "reports odd mails"});
    let second = json!({"at": "2026-06-30T10:30:00Z", "who": "PER-0005", "what": "password reset"});
    let earlier = json!({"at": "2026-06-29T22:00:00Z", "who": "attacker", "what": "logs on"});
    house.update(IM, one, json!({"timeline": [first, second]})).unwrap();
    house.update(IM, one, json!({"timeline": [earlier, first, second]})).unwrap();
    for refused in [json!([earlier, first]), json!([second, first, earlier]), json!(null)] {
        assert_refused(house.update(IM, one, json!({"timeline": refused})), "timeline");
    }
    let changed = json!({"at": "2026-06-30T10:00:00Z", "who": "PER-0007", "what": "reports nothing"});
    assert_refused(house.update(IM, one, json!({"timeline": [earlier, changed, second]})), "timeline");
}

#[test]
fn an_incident_is_noted_at_the_risks_that_came_true() {
    let mut house = house();
    let mut fields = common::object(incident(false));
    fields.insert("risks".to_owned(), json!(["R-0001"]));
    let one = house.create(IM, "incident", Value::Object(fields)).unwrap();
    assert_eq!(house.field("R-0001", "incidents"), json!([one.to_string()]));
    let revision = house.record("R-0001").revision();
    house.update(IM, one, json!({"risks": ["R-0001", "R-0002"]})).unwrap();
    assert_eq!(house.field("R-0002", "incidents"), json!([one.to_string()]));
    assert_eq!(house.record("R-0001").revision(), revision, "what is noted is not noted again");
}

fn duty(house: &mut House, regime: &str, more: Value) -> common::Outcome {
    let mut fields = common::object(json!({"regime": regime, "recipient": "the authority", "required": "yes",
        "clock_start": "2026-06-30T10:00:00Z"}));
    fields.extend(common::object(more));
    house.create(IM, "notification_duty", Value::Object(fields))
}

#[test]
fn the_deadline_of_a_duty_is_counted_from_its_regime() {
    let mut house = house();
    let mut fields = common::object(incident(true));
    fields.insert("persons_affected".to_owned(), json!(499));
    let incident = house.create(IM, "incident", Value::Object(fields)).unwrap().to_string();
    for (regime, due) in [
        ("gdpr_authority", "2026-07-03T10:00:00Z"),
        ("nis2_final_report", "2026-07-30T10:00:00Z"),
        ("hipaa_hhs", "2027-03-02T00:00:00Z"),
    ] {
        let made = duty(&mut house, regime, json!({"incident": incident})).unwrap();
        assert_eq!(house.field(made, "due_at"), due, "{regime}");
    }
    let own = duty(&mut house, "gdpr_authority", json!({"due_at": "2026-07-01T10:00:00Z"})).unwrap();
    assert_eq!(house.field(own, "due_at"), "2026-07-01T10:00:00Z", "a deadline that is stated is kept");
    let obligation = house.create(IM, "obligation", json!({"notification_hours": 36})).unwrap();
    let contract = duty(&mut house, "contract", json!({"obligation": obligation.to_string()})).unwrap();
    assert_eq!(house.field(contract, "due_at"), "2026-07-01T22:00:00Z");
    let unclear = duty(&mut house, "contract", json!({"incident": incident})).unwrap();
    assert_refused(house.step(IM, unclear, "sent", json!({})), "due_at");
}

#[test]
fn a_notification_that_is_sent_late_says_why() {
    let mut house = house();
    let incident = house.create(IM, "incident", incident(true)).unwrap().to_string();
    let late = duty(
        &mut house,
        "nis2_early_warning",
        json!({"incident": incident,
        "clock_start": "2026-06-29T10:00:00Z"}),
    )
    .unwrap();
    assert_refused(house.step(IM, late, "sent", json!({})), "delay_reason");
    house.step(IM, late, "sent", json!({"delay_reason": "the portal was down"})).unwrap();
    assert_eq!(house.field(late, "sent_at"), "2026-07-01T08:04:00Z");
    let in_time = duty(&mut house, "gdpr_authority", json!({"incident": incident})).unwrap();
    house.step(IM, in_time, "sent", json!({})).unwrap();
}

#[test]
fn a_notification_is_left_out_only_by_a_decision_with_a_reason() {
    let mut house = house();
    let incident = house.create(IM, "incident", incident(true)).unwrap().to_string();
    let open = duty(&mut house, "gdpr_authority", json!({"incident": incident})).unwrap();
    let reason = json!({"reason": "no risk to people"});
    assert_refused(house.step(IM, open, "not_required", reason), "required");
    assert_refused(house.step(IM, open, "not_required", json!({"required": "no"})), "reason");
    house.step(IM, open, "not_required", json!({"required": "no", "reason": "no risk to people"})).unwrap();
    assert_eq!(house.field(open, "decided_by"), person(IM));
    let not_due = duty(&mut house, "gdpr_authority", json!({"incident": incident, "required": "no"})).unwrap();
    assert_refused(house.step(IM, not_due, "sent", json!({})), "required");
}

#[test]
fn an_exercise_with_gaps_names_what_follows() {
    let mut house = house();
    let plan = house.create(IM, "bc_plan", json!({})).unwrap();
    let fields = json!({"plan": plan.to_string(), "exercise_type": "restore_test", "planned_for": "2026-07-01",
                        "owner": "PER-0002"});
    let exercise = house.create(IM, "bc_exercise", fields.clone()).unwrap();
    assert_refused(house.step(IM, exercise, "done", json!({})), "result");
    assert_refused(house.step(IM, exercise, "done", json!({"result": "failed"})), "follow_up");
    house.step(IM, exercise, "done", json!({"result": "failed", "follow_up": ["TSK-0001"]})).unwrap();
    assert_eq!(house.field(exercise, "performed_on"), "2026-07-01");
    let smooth = house.create(IM, "bc_exercise", fields).unwrap();
    house.step(IM, smooth, "done", json!({"result": "passed"})).unwrap();
}

#[test]
fn a_task_that_is_done_says_when() {
    let mut house = house();
    house.step(EM, "TSK-0001", "done", json!({})).unwrap_err();
    let fields = json!({"what": "mark the kits", "assignee": "PER-0007", "due": "2026-07-31"});
    let task = house.create(IM, "task", fields.clone()).unwrap();
    house.step(EM, task, "done", json!({})).unwrap();
    assert_eq!(house.field(task, "done_on"), "2026-07-01");
    let earlier = house.create(IM, "task", fields).unwrap();
    house.step(EM, earlier, "done", json!({"done_on": "2026-06-30"})).unwrap();
    assert_eq!(house.field(earlier, "done_on"), "2026-06-30");
}
