//! What makes people look at risks again: a control that fails its test, a grave incident, a significant change, a supplier
//! that does not satisfy. And several commands as one change.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

mod common;

use attestry_model::decide::{Command, Part, Refusal};
use attestry_model::records::{RiskAssessment, Task};
use attestry_model::{AnyRef, Kind};
use common::{CO, EM, House, IA, IM, RO, RO2, assert_denied, assert_refused};
use serde_json::{Map, Value, json};

/// Two risks of two owners count on a control; a third one does not.
fn house() -> House {
    let mut house = House::new();
    house
        .import(&[
            ("MET-0001", json!({"state": "effective"})),
            ("SCO-0001", json!({"state": "effective"})),
            ("SUP-0001", json!({"state": "active"})),
            ("AST-0001", json!({"state": "active", "owner": "PER-0003", "supplier": "SUP-0001"})),
            (
                "C-0001",
                json!({"state": "implemented", "owner": "PER-0005", "how": "by hand", "planned_for": "2026-06-01",
                              "next_test_due": "2027-01-01"}),
            ),
            ("EC-0001", json!({"state": "active", "control": "C-0001"})),
            ("NC-0001", json!({"state": "open"})),
            (
                "R-0001",
                json!({"state": "monitored", "risk_owner": "PER-0004", "existing_controls": ["C-0001"],
                              "current_likelihood": 2, "current_impact": 2}),
            ),
            (
                "R-0002",
                json!({"state": "monitored", "risk_owner": "PER-0010", "existing_controls": ["C-0001"],
                              "assets": ["AST-0001"]}),
            ),
            ("R-0003", json!({"state": "monitored", "risk_owner": "PER-0004"})),
            ("R-0004", json!({"state": "closed", "risk_owner": "PER-0004", "existing_controls": ["C-0001"]})),
        ])
        .unwrap();
    house
}

fn test_of(house: &mut House, result: &str) -> AnyRef {
    let fields = json!({"control": "C-0001", "criterion": "EC-0001", "planned_for": "2026-07-01", "tester": "PER-0006",
                        "result": result, "nonconformity": "NC-0001"});
    let test = house.create(IM, "control_test", fields).unwrap();
    house.step(IA, test, "done", json!({})).unwrap();
    test
}

fn tasks(house: &House) -> Vec<(String, String, String)> {
    let told = house.isms.table::<Task>().iter().map(|task| {
        let text = |reference: Option<AnyRef>| reference.unwrap().to_string();
        (text(task.subject), text(task.cause), task.assignee.unwrap().to_string())
    });
    told.collect()
}

#[test]
fn a_failed_test_tells_the_owners_of_the_risks_that_count_on_the_control_in_the_same_change() {
    let mut house = house();
    let test = test_of(&mut house, "not_effective");
    let told = |subject: &str, owner: &str| (subject.to_owned(), test.to_string(), owner.to_owned());
    assert_eq!(tasks(&house), [told("R-0001", "PER-0004"), told("R-0002", "PER-0010")]);
    let written: Vec<String> =
        house.last.as_ref().unwrap().entries.iter().map(|entry| entry.subject.to_string()).collect();
    for subject in [test.to_string().as_str(), "C-0001", "TSK-0001", "TSK-0002"] {
        assert!(written.iter().any(|one| one == subject), "{subject} of {written:?}");
    }
    let risk: AnyRef = "R-0001".parse().unwrap();
    assert_eq!(house.isms.record(risk).unwrap().revision(), 1, "the judgement is left alone");
}

#[test]
fn an_effective_test_tells_nobody() {
    let mut house = house();
    test_of(&mut house, "effective");
    assert!(tasks(&house).is_empty());
}

#[test]
fn a_task_is_written_once_and_one_that_is_done_stays_done_until_there_is_a_new_cause() {
    let mut house = house();
    let first = test_of(&mut house, "not_effective");
    house.update(IM, first, json!({"notes": "seen"})).unwrap();
    assert_eq!(tasks(&house).len(), 2, "a second look at the same test asks for nothing");
    let task: AnyRef = "TSK-0001".parse().unwrap();
    house.step(RO, task, "done", json!({})).unwrap();
    house.update(IM, first, json!({"notes": "seen again"})).unwrap();
    assert_eq!((tasks(&house).len(), house.state(task)), (2, "done"));

    // Repaired, and failing again: the owner who is done is asked again, the one who still has a task is not.
    let control: AnyRef = "C-0001".parse().unwrap();
    house.step(CO, control, "in_progress", json!({})).unwrap();
    house.step(CO, control, "implemented", json!({})).unwrap();
    let second = test_of(&mut house, "not_effective");
    let all = tasks(&house);
    assert_eq!(all.len(), 3);
    assert_eq!(all[2], ("R-0001".to_owned(), second.to_string(), "PER-0004".to_owned()));
    assert_eq!(house.state(task), "done");
}

#[test]
fn a_control_set_to_ineffective_by_hand_tells_the_owners_each_time_that_it_stops_working() {
    let mut house = house();
    let control: AnyRef = "C-0001".parse().unwrap();
    house.step(IM, control, "ineffective", json!({})).unwrap();
    let told = |subject: &str, owner: &str| (subject.to_owned(), "C-0001".to_owned(), owner.to_owned());
    assert_eq!(tasks(&house), [told("R-0001", "PER-0004"), told("R-0002", "PER-0010")]);
    let risk: AnyRef = "R-0001".parse().unwrap();
    assert_eq!(house.isms.record(risk).unwrap().revision(), 1, "the judgement is left alone");
    house.update(IM, control, json!({"notes": "being looked at"})).unwrap();
    assert_eq!(tasks(&house).len(), 2, "it was ineffective before");
    let task: AnyRef = "TSK-0001".parse().unwrap();
    house.step(RO, task, "done", json!({})).unwrap();
    house.update(IM, control, json!({"notes": "still"})).unwrap();
    assert_eq!(tasks(&house).len(), 2, "what is done is not asked for again while nothing new happens");
    // Repaired, and failing again: the one who is done is asked again, the one who still has a task is not.
    house.step(CO, control, "in_progress", json!({})).unwrap();
    house.step(CO, control, "implemented", json!({})).unwrap();
    house.step(IM, control, "ineffective", json!({})).unwrap();
    assert_eq!(tasks(&house)[2..], [told("R-0001", "PER-0004")]);
}

fn runs(house: &House) -> Vec<(String, Vec<String>)> {
    let of = |run: &attestry_model::Stored<RiskAssessment>| {
        (run.cause.unwrap().to_string(), run.risks.iter().map(ToString::to_string).collect())
    };
    house.isms.table::<RiskAssessment>().iter().map(of).collect()
}

#[test]
fn a_grave_incident_plans_a_run_once_it_is_over() {
    let mut house = house();
    house
        .import(&[
            (
                "INC-0001",
                json!({"state": "eradicated", "severity": "high", "risks": ["R-0001"], "assets": ["AST-0001"]}),
            ),
            ("INC-0002", json!({"state": "eradicated", "severity": "low", "risks": ["R-0001"]})),
        ])
        .unwrap();
    let (grave, small): (AnyRef, AnyRef) = ("INC-0001".parse().unwrap(), "INC-0002".parse().unwrap());
    assert!(runs(&house).is_empty());
    house.step(IM, grave, "recovered", json!({})).unwrap();
    house.step(IM, small, "recovered", json!({})).unwrap();
    let expected = [("INC-0001".to_owned(), vec!["R-0001".to_owned(), "R-0002".to_owned()])];
    assert_eq!(runs(&house), expected);
    house.step(IM, grave, "reviewed", json!({"cause": "x", "lessons": "y"})).unwrap();
    assert_eq!(runs(&house), expected);
    let run: AnyRef = "RA-0001".parse().unwrap();
    assert_eq!(house.state(run), "planned");
    assert_eq!(house.field(run, "trigger"), "incident");
    assert_eq!(house.field(run, "planned_for"), "2026-07-15");
    assert_eq!(house.field(run, "participants"), json!(["PER-0002", "PER-0004", "PER-0010"]));
    assert_eq!(tasks(&house), [("RA-0001".to_owned(), "INC-0001".to_owned(), "PER-0002".to_owned())]);
}

#[test]
fn a_significant_change_that_is_approved_names_the_run_that_it_started() {
    let mut house = house();
    let fields = json!({"change_type": "technology", "purpose": "x", "consequences": "y", "unintended": false,
                        "significant": true, "planned_for": "2026-08-01", "affected_assets": ["AST-0001"]});
    let change = house.create(IM, "change", fields).unwrap();
    house.step(IM, change, "assessed", json!({})).unwrap();
    assert!(runs(&house).is_empty());
    house.step(IM, change, "approved", json!({})).unwrap();
    assert_eq!(runs(&house), [(change.to_string(), vec!["R-0002".to_owned()])]);
    assert_eq!(house.field(change, "reassessment"), "RA-0001");
    assert_eq!(house.state(change), "approved", "that the run is named touches no signature");
}

#[test]
fn a_supplier_that_does_not_satisfy_plans_a_run_over_the_risks_of_what_it_provides() {
    let mut house = house();
    let fields = json!({"supplier": "SUP-0001", "method": "audit", "performed_on": "2026-07-01", "assessor": "PER-0002",
                        "result": "unsatisfactory", "follow_up": ["NC-0001"], "valid_until": "2027-07-01"});
    let look = house.create(IM, "supplier_assessment", fields).unwrap();
    assert_eq!(runs(&house), [(look.to_string(), vec!["R-0002".to_owned()])]);
    house.step(IM, look, "reviewed", json!({})).unwrap();
    assert_eq!(runs(&house).len(), 1);
}

fn create(kind: Kind, fields: Value) -> Command {
    Command::Create { kind, fields: common::object(fields) }
}

fn together(commands: Vec<Command>, expecting: &[&str]) -> Command {
    let parts = commands.into_iter().map(Part::alone).collect();
    Command::Together { parts, expecting: expecting.iter().map(|one| one.parse().unwrap()).collect() }
}

#[test]
fn several_commands_are_one_change_and_may_name_what_those_before_them_create() {
    let mut house = house();
    let threat = create(Kind::Threat, json!({"title": "Fire", "origin": "environmental", "affects": ["A"]}));
    let risk = create(Kind::Risk, json!({"title": "Fire in the archive", "threats": ["THR-0001"]}));
    let change = house.command(IM, together(vec![threat, risk], &["THR-0001"])).unwrap();
    assert_eq!(change.entries.len(), 2);
    assert_eq!(house.field("R-0005", "threats"), json!(["THR-0001"]));
}

#[test]
fn of_several_commands_all_are_written_or_none() {
    let mut house = house();
    let size = house.isms.size();
    let good = create(Kind::Threat, json!({"title": "Fire", "origin": "environmental", "affects": ["A"]}));
    let bad = create(Kind::Risk, json!({"current_likelihood": 900}));
    let refused = house.command(IM, together(vec![good.clone(), bad], &[])).unwrap_err();
    let Refusal::Invalid(problems) = &refused else { panic!("{refused:?}") };
    let fields: Vec<&str> = problems.0.iter().map(|one| one.field.as_str()).collect();
    assert!(fields.contains(&"parts[1].title") && fields.contains(&"parts[1].current_likelihood"), "{fields:?}");
    assert_eq!(house.isms.size(), size);

    let twice = together(vec![good.clone()], &["R-0001"]);
    assert!(matches!(house.command(IM, twice).unwrap_err(), Refusal::Stale { .. }), "the number is taken");
    assert_refused(house.command(IM, together(vec![good.clone()], &["THR-0007"])).map(|_| reference()), "expecting");
    let nested = together(vec![together(vec![good.clone()], &[])], &[]);
    assert_refused(house.command(IM, nested).map(|_| reference()), "parts[0]");
    assert_denied(house.command(EM, together(vec![good.clone()], &[])).map(|_| reference()));
    let many = vec![good; attestry_model::decide::TOGETHER_LIMIT + 1];
    assert_refused(house.command(IM, together(many, &[])).map(|_| reference()), "");
    assert_eq!(house.isms.size(), size);
}

#[test]
fn a_command_that_is_denied_denies_the_whole() {
    let mut house = house();
    let own = Command::Update {
        target: "R-0001".parse().unwrap(),
        revision: Some(1),
        fields: Map::from_iter([("override_reason".to_owned(), json!("seen at work"))]),
        reason: None,
    };
    let of_method = Command::Update {
        target: "MET-0001".parse().unwrap(),
        revision: None,
        fields: Map::from_iter([("version".to_owned(), json!("9"))]),
        reason: None,
    };
    let size = house.isms.size();
    assert_denied(house.command(RO2, together(vec![own, of_method], &[])).map(|_| reference()));
    assert_eq!(house.isms.size(), size);
}

fn reference() -> AnyRef {
    "R-0001".parse().unwrap()
}
