//! Competence, courses, quizzes and what people completed.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

mod common;

use common::{EM, House, IM, assert_refused};
use serde_json::{Value, json};

fn house() -> House {
    let mut house = House::new();
    house
        .import(&[
            ("CRQ-0001", json!({"state": "active", "accepted_basis": ["certificate", "experience"]})),
            ("CRQ-0002", json!({"state": "active", "accepted_basis": ["experience"]})),
            ("EV-0001", json!({"state": "accepted"})),
            ("QZ-0001", json!({"state": "active", "pass_percent": "80", "max_attempts": 3})),
            ("CRS-0001", json!({"state": "active", "validity": "P1Y", "quiz": "QZ-0001"})),
            ("CRS-0002", json!({"state": "active", "validity": "P6M"})),
        ])
        .unwrap();
    house
}

fn judgement(requirement: &str, day: &str) -> Value {
    json!({"person": "PER-0007", "requirement": requirement, "met": true, "assessed_by": "PER-0002",
           "assessed_on": day, "evidence": ["EV-0001"]})
}

#[test]
fn competence_that_is_met_is_proved_and_a_gap_is_acted_upon() {
    let mut house = house();
    let with = |changes: Value| {
        let mut fields = common::object(judgement("CRQ-0001", "2026-06-01"));
        fields.extend(common::object(changes));
        Value::Object(fields)
    };
    assert_refused(house.create(IM, "competence_record", with(json!({"evidence": null}))), "evidence");
    assert_refused(house.create(IM, "competence_record", with(json!({"met": false}))), "gap_action");
    assert_refused(house.create(IM, "competence_record", with(json!({"assessed_by": null}))), "assessed_by");
    house.create(IM, "competence_record", with(json!({"met": false, "gap_action": "course"}))).unwrap();
}

#[test]
fn the_newest_judgement_replaces_the_older_ones_in_whatever_order_they_come() {
    let mut house = house();
    let first = house.create(IM, "competence_record", judgement("CRQ-0001", "2025-06-01")).unwrap();
    let other = house.create(IM, "competence_record", judgement("CRQ-0002", "2024-06-01")).unwrap();
    let newest = house.create(IM, "competence_record", judgement("CRQ-0001", "2026-06-01")).unwrap();
    let late = house.create(IM, "competence_record", judgement("CRQ-0001", "2024-01-01")).unwrap();
    let states = [first, newest, late, other].map(|one| house.state(one));
    assert_eq!(states, ["superseded", "active", "superseded", "active"]);
}

#[test]
fn a_course_for_some_says_for_whom() {
    let mut house = house();
    let fields = json!({"topics": ["phishing"], "audience_all": false, "mandatory": true, "validity": "P1Y"});
    let course = house.create(IM, "course", fields).unwrap();
    assert_refused(house.step(IM, course, "active", json!({})), "audience_roles");
    house.step(IM, course, "active", json!({"audience_roles": ["nurse"]})).unwrap();
}

#[test]
fn a_quiz_in_use_has_five_questions_that_can_be_answered() {
    let mut house = house();
    let question = json!({"text": "Where to report?", "options": ["nowhere", "portal"], "correct": [1]});
    let questions = |count: usize, last: &Value| {
        let mut all = vec![question.clone(); count - 1];
        all.push(last.clone());
        json!({"questions": all, "pass_percent": "80", "max_attempts": 3})
    };
    for (count, last, field) in [
        (4, question.clone(), "questions"),
        (5, json!({"options": ["a", "b"], "correct": [1]}), "questions[4].text"),
        (5, json!({"text": "?", "options": ["a"], "correct": [0]}), "questions[4].options"),
        (5, json!({"text": "?", "options": ["a", "b"]}), "questions[4].correct"),
    ] {
        let quiz = house.create(IM, "quiz", questions(count, &last)).unwrap();
        assert_refused(house.step(IM, quiz, "active", json!({})), field);
    }
    let quiz = house.create(IM, "quiz", questions(5, &question)).unwrap();
    house.step(IM, quiz, "active", json!({})).unwrap();
}

/// Assigns a course to the employee; gives the assignment.
fn assigned(house: &mut House, course: &str) -> String {
    let fields = json!({"person": "PER-0007", "course": course, "reason": "periodic", "due": "2026-07-31"});
    house.create(IM, "training_assignment", fields).unwrap().to_string()
}

#[test]
fn an_assignment_is_dated_when_it_is_made() {
    let mut house = house();
    let assignment = assigned(&mut house, "CRS-0001");
    assert_eq!(house.field(assignment.as_str(), "assigned_on"), "2026-07-01");
    let late = json!({"person": "PER-0007", "course": "CRS-0001", "reason": "periodic"});
    assert_refused(house.create(IM, "training_assignment", late), "due");
}

#[test]
fn a_course_that_was_passed_completes_its_assignment_and_holds_for_its_validity() {
    let mut house = house();
    let assignment = assigned(&mut house, "CRS-0001");
    house.step(EM, assignment.as_str(), "started", json!({})).unwrap();
    let fields =
        json!({"assignment": assignment, "completed_on": "2026-06-30", "score": "90", "passed": true, "attempts": 1});
    let done = house.create(IM, "training_completion", fields).unwrap();
    assert_eq!(house.field(done, "valid_until"), "2027-06-30");
    assert_eq!(house.state(assignment.as_str()), "completed");
}

#[test]
fn a_validity_of_months_ends_with_the_month() {
    let mut house = house();
    let assignment = assigned(&mut house, "CRS-0002");
    let fields = json!({"assignment": assignment, "completed_on": "2026-08-31", "passed": true});
    let done = house.create(IM, "training_completion", fields).unwrap();
    assert_eq!(house.field(done, "valid_until"), "2027-02-28");
}

#[test]
fn a_course_that_was_failed_leaves_the_assignment_open() {
    let mut house = house();
    let assignment = assigned(&mut house, "CRS-0001");
    let fields = json!({"assignment": assignment, "completed_on": "2026-07-01", "score": "40", "passed": false});
    house.create(IM, "training_completion", fields).unwrap();
    assert_eq!(house.state(assignment.as_str()), "assigned");
}

#[test]
fn a_waived_assignment_stays_waived() {
    let mut house = house();
    let assignment = assigned(&mut house, "CRS-0002");
    house.step(IM, assignment.as_str(), "waived", json!({})).unwrap();
    let fields = json!({"assignment": assignment, "completed_on": "2026-07-01", "passed": true});
    house.create(IM, "training_completion", fields).unwrap();
    assert_eq!(house.state(assignment.as_str()), "waived");
}

#[test]
fn the_score_of_a_quiz_decides_whether_it_was_passed() {
    let mut house = house();
    let assignment = assigned(&mut house, "CRS-0001");
    for (more, field) in [
        (json!({"passed": true}), "score"),
        (json!({"passed": true, "score": "79"}), "passed"),
        (json!({"passed": true, "score": "80", "attempts": 4}), "attempts"),
    ] {
        let mut fields = common::object(json!({"assignment": assignment, "completed_on": "2026-07-01"}));
        fields.extend(common::object(more));
        assert_refused(house.create(IM, "training_completion", Value::Object(fields)), field);
    }
    let fields =
        json!({"assignment": assignment, "completed_on": "2026-07-01", "passed": true, "score": "80", "attempts": 3});
    house.create(IM, "training_completion", fields).unwrap();
}
